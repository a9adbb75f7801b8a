// Somebody on many hiring teams: their pages are merged from many runs of index rows, and cost a
// page however much lies in those jobs (M-1, M-2).
#include <algorithm>
#include <chrono>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

constexpr std::size_t kJobs = 60;

class ManyTeamsTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    admin = add_user("anna", rules::Role::admin);
    recruiter = add_user("ben", rules::Role::manager);
    for (std::size_t j = 0; j < kJobs; ++j)
      jobs.push_back(add_job("Job " + std::to_string(j), {recruiter.id}));
  }

  // Past the store, so that it is quick: candidates of every job, every tenth with a thread.
  void fill(std::size_t of_each_job) {
    const auto database = tables();
    database->write([&](Db& db) {
      Insertion people("insert into candidates(company, id, name, name_key, created)", 5);
      Insertion applications(
          "insert into applications(company, id, candidate, job, phase, status, created)", 7);
      Insertion listed("insert into job_candidates(company, job, name_key, candidate)", 4);
      Insertion threads("insert into threads(company, id, candidate, kind, subject, last_at)", 6);
      Insertion rows("insert into view_rows(company, place, holder, audience, at, thread)", 6);
      for (std::size_t i = 0; i < of_each_job; ++i)
        for (const auto& job : jobs) {
          const auto candidate = make<CandidateId>();
          const auto name = "candidate " + std::to_string(random.below(1'000'000));
          people.row(company, candidate, name, name, now);
          applications.row(company, make<ApplicationId>(), candidate, job,
                           rules::first_stage_id(job, rules::StageKind::phase, 0),
                           rules::first_stage_id(job, rules::StageKind::status, 0), now);
          listed.row(company, job, name, candidate);
          if (i % 10 != 0) continue;
          const auto thread = make<ThreadId>();
          threads.row(company, thread, candidate, "conversation", "About the job", now);
          for (const Value& audience : {value_of(company), value_of(job)})
            rows.row(company, "all", company, audience, now, thread);
        }
      for (auto* all : {&people, &applications, &listed, &threads, &rows}) all->run(db);
      db.change(
          "update jobs set candidates = (select count(*) from job_candidates n"
          " where n.company = jobs.company and n.job = jobs.id)");
      if (GetParam() == On::postgres) db.run("analyze", {});
    });
  }

  // The quickest of some: what else runs on the machine only adds to it.
  template <class Question>
  double ms_for(const Question& question) {
    double least = 1e9;
    for (int i = 0; i < 15; ++i) {
      const auto began = std::chrono::steady_clock::now();
      EXPECT_EQ(ask(question).rows.size(), 50u);
      const std::chrono::duration<double, std::milli> took =
          std::chrono::steady_clock::now() - began;
      least = std::min(least, took.count());
    }
    return least;
  }
  std::vector<double> ms_for_pages() {
    return {ms_for(Threads{as(recruiter), Place::all, {}, {}}),
            ms_for(Candidates{as(recruiter), "", {}, {}})};
  }

  rules::User admin, recruiter;
  std::vector<JobId> jobs;
};
INSTANTIATE_TEST_SUITE_P(Each, ManyTeamsTest, testing::Values(On::file, On::postgres), name_of);

TEST_P(ManyTeamsTest, M_1_pages_of_somebody_on_many_teams_are_the_admins_in_the_same_order) {
  fill(20);
  const auto thread_ids = [&](const rules::User& user) {
    std::vector<ThreadId> ids;
    PageRequest page{"", 7};
    do {
      auto found = ask(Threads{as(user), Place::all, {}, page});
      for (auto& row : found.rows) ids.push_back(row.thread.id);
      page.after = found.next;
    } while (!page.after.empty());
    return ids;
  };
  const auto candidate_ids = [&](const rules::User& user) {
    std::vector<CandidateId> ids;
    PageRequest page{"", 50};
    do {
      auto found = ask(Candidates{as(user), "", {}, page});
      for (auto& row : found.rows) ids.push_back(row.candidate.id);
      page.after = found.next;
    } while (!page.after.empty());
    return ids;
  };
  EXPECT_EQ(thread_ids(recruiter).size(), 2 * kJobs);
  EXPECT_EQ(thread_ids(recruiter), thread_ids(admin));
  EXPECT_EQ(candidate_ids(recruiter).size(), 20 * kJobs);
  EXPECT_EQ(candidate_ids(recruiter), candidate_ids(admin));
}

TEST_P(ManyTeamsTest, M_1_a_page_costs_no_more_when_more_lies_in_the_jobs) {
  fill(30);
  const auto little = ms_for_pages();
  fill(600);
  const auto much = ms_for_pages();
  for (std::size_t i = 0; i < much.size(); ++i)
    EXPECT_LT(much[i], 3 * little[i]) << (i ? "candidates" : "threads");
}

}  // namespace
}  // namespace hearback::store
