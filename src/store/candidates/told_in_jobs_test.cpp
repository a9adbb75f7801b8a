// M-9, O-5: the timeline tells who added a candidate to a job, took them out of it, put them back,
// and merged them.
#include <algorithm>
#include <set>

#include "fakes/store_conformance.hpp"
#include "store/engine/migrations_since_closed_jobs.hpp"
#include "store/engine/stages_of_old.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;
using Told = std::vector<std::string>;

class ToldInJobs : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::manager);
    dora = add_user("dora", Role::manager);
    welder = add_job("Welder", {ben.id});
    baker = add_job("Baker", {dora.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"});
    application = enter(wanda, welder, ben);
  }
  void later() { now = now + 1h; }
  ApplicationId enter(CandidateId candidate, JobId job, const rules::User& by) {
    later();
    const auto id = make<ApplicationId>();
    commit(PutApplication{{id, candidate, job, {}, {}, now}, as(by), "person"});
    return id;
  }
  void take_out(ApplicationId one, const rules::User& by) {
    later();
    commit(RemoveApplication{as(by), one, {}, {}, "person", now});
  }
  void put_back(ApplicationId one, const rules::User& by) {
    later();
    commit(PutBackApplication{as(by), one, "person", now});
  }
  void merge(CandidateId kept, CandidateId merged) {
    later();
    const auto plan = ask(MergePreview{as(anna), kept, merged});
    ASSERT_TRUE(plan);
    commit(MergeCandidates{as(anna), kept, merged, plan->version, false, now});
  }
  void part(CandidateId merged) {
    later();
    commit(UndoMerge{as(anna), merged, now});
  }
  static std::string told(const Move& one) {
    return one.what + " " + one.job_title + (one.by ? " by " + one.by_name : "");
  }
  static std::string told(const MergeTold& one) {
    return std::string(one.undone ? "parted " : "merged ") + (one.exchange ? "exchange " : "") +
           one.name + " by " + one.by_name;
  }
  // Oldest first.
  Told timeline(const Scope& scope, CandidateId candidate, bool jobs = true, bool merges = true) {
    const auto found = ask(CandidateTimeline{scope, candidate, {}});
    if (!found) return {"nobody"};
    std::vector<std::pair<Instant, std::string>> all;
    if (jobs)
      for (const auto& one : found->jobs) all.emplace_back(one.at, told(one));
    if (merges)
      for (const auto& one : found->merges) all.emplace_back(one.at, told(one));
    std::ranges::stable_sort(all, {}, &std::pair<Instant, std::string>::first);
    Told words;
    for (auto& [at, text] : all) words.push_back(text);
    return words;
  }
  Told merges(const rules::User& user, CandidateId candidate) {
    return timeline(as(user), candidate, false);
  }
  std::int64_t rows(const char* table) {
    std::int64_t count = 0;
    tables()->read(
        [&](Db& db) { count = db.row("select count(*) from " + std::string(table))->number(); });
    return count;
  }

  rules::User anna, ben, dora;
  JobId welder, baker;
  CandidateId wanda;
  ApplicationId application;
};
HEARBACK_ON_EACH_DATABASE(ToldInJobs);

TEST_P(ToldInJobs, M9_O5_WhoAddedThemTookThemOutAndPutThemBack) {
  const auto added = now;
  take_out(application, ben);
  const auto gone = now;
  EXPECT_EQ(timeline(as(anna), wanda), (Told{"added Welder by ben", "taken-out Welder by ben"}));
  put_back(application, anna);
  put_back(application, anna);  // it is there
  EXPECT_EQ(timeline(as(ben), wanda),
            (Told{"added Welder by ben", "taken-out Welder by ben", "put-back Welder by anna"}));
  const auto found = ask(CandidateTimeline{as(anna), wanda, {}});
  ASSERT_EQ(found->jobs.size(), 3u);
  EXPECT_EQ(found->jobs[0].at, added);
  EXPECT_EQ(found->jobs[1].at, gone);
  EXPECT_EQ(found->jobs[1].application, application);
  EXPECT_EQ(found->jobs[1].job, welder);
  EXPECT_EQ(found->jobs[1].how, "person");
  EXPECT_TRUE(found->moves.empty());
}

// What another system did is told without a name.
TEST_P(ToldInJobs, M9_O5_OfWhomNobodyKnowsNobodyIsNamed) {
  later();
  commit(PutApplication{{make<ApplicationId>(), wanda, baker, {}, {}, now}});
  EXPECT_EQ(timeline(as(anna), wanda), (Told{"added Welder by ben", "added Baker"}));
}

TEST_P(ToldInJobs, M9_P1_OfJobsThatTheReaderMayNotSeeNothingIsTold) {
  const auto other = enter(wanda, baker, anna);
  EXPECT_EQ(timeline(as(ben), wanda), Told{"added Welder by ben"});
  EXPECT_EQ(timeline(as(dora), wanda), Told{"added Baker by anna"});
  take_out(other, anna);
  EXPECT_EQ(timeline(as(ben), wanda), Told{"added Welder by ben"});
  EXPECT_EQ(timeline(as(dora), wanda), Told{"nobody"});
  take_out(application, ben);
  EXPECT_EQ(timeline(as(ben), wanda), Told{"nobody"});
  EXPECT_EQ(timeline(as(anna), wanda).size(), 4u);
}

// When what is remembered for an undo is gone.
TEST_P(ToldInJobs, M9_O5_ItIsToldForAsLongAsTheCandidateIsThere) {
  take_out(application, ben);
  Retention kept;
  now = now + 24h * 100;
  commit(Prune{now, kept});
  EXPECT_EQ(refused(PutBackApplication{as(anna), application, "person", now}),
            "application.missing");
  EXPECT_EQ(timeline(as(anna), wanda), (Told{"added Welder by ben", "taken-out Welder by ben"}));
}

TEST_P(ToldInJobs, M9_PagesTakeThemWithTheMessages) {
  const auto talk = thread(wanda);
  const auto other = add_candidate("W. Other", {"other@home.example"});
  for (int i = 0; i < 3; ++i) {
    later();
    auto m = message("m" + std::to_string(i), "wanda@home.example", "ben@acme.example");
    m.date = now;
    place(m, talk, PlacedBy::address, "wanda@home.example", i == 0);
    take_out(application, anna);
    put_back(application, anna);
    merge(wanda, other);
    part(other);
  }
  std::set<std::string> ids;
  std::size_t told = 0, messages = 0;
  std::string older;
  for (int pages = 0; pages < 20; ++pages) {
    const auto found = ask(CandidateTimeline{as(anna), wanda, {older, 4}});
    ASSERT_TRUE(found);
    EXPECT_LE(found->jobs.size() + found->merges.size() + found->messages.size(), 4u);
    for (const auto& one : found->jobs) ids.insert(one.id.text());
    for (const auto& one : found->merges) ids.insert(one.id.text());
    told += found->jobs.size() + found->merges.size();
    messages += found->messages.size();
    older = found->older;
    if (older.empty()) break;
  }
  EXPECT_EQ(messages, 3u);
  EXPECT_EQ(told, 1u + 6 + 6);
  EXPECT_EQ(ids.size(), told);
}

TEST_P(ToldInJobs, M9_O5_AMergeIsToldByWhomAndWhen) {
  const auto other = add_candidate("W. Other", {"other@home.example"});
  enter(other, baker, dora);
  merge(wanda, other);
  const Told both{"added Welder by ben", "added Baker by dora", "merged W. Other by anna"};
  EXPECT_EQ(timeline(as(anna), wanda), both);
  EXPECT_EQ(timeline(as(anna), other), both);  // their old address leads to the kept one
  EXPECT_EQ(timeline(as(ben), wanda), (Told{"added Welder by ben", "merged W. Other by anna"}));
  const auto found = ask(CandidateTimeline{as(anna), wanda, {}});
  EXPECT_EQ(found->merges.at(0).at, now);
  now = now + 24h * 100;  // when it can be undone no more
  commit(Prune{now, {}});
  EXPECT_EQ(timeline(as(anna), wanda), both);
}

// Whoever sees one of the two alone learns no name of the other's by it.
TEST_P(ToldInJobs, M9_O5_AnUndoneMergeIsToldToWhoSeesBoth) {
  const auto other = add_candidate("W. Other", {"other@home.example"});
  enter(other, baker, dora);
  merge(wanda, other);
  part(other);
  EXPECT_EQ(timeline(as(anna), wanda),
            (Told{"added Welder by ben", "merged W. Other by anna", "parted W. Other by anna"}));
  EXPECT_EQ(timeline(as(anna), other),
            (Told{"added Baker by dora", "merged Wanda by anna", "parted Wanda by anna"}));
  EXPECT_EQ(timeline(as(ben), wanda), Told{"added Welder by ben"});
  EXPECT_EQ(timeline(as(dora), other), Told{"added Baker by dora"});
  enter(other, welder, anna);
  EXPECT_EQ(merges(ben, wanda), (Told{"merged W. Other by anna", "parted W. Other by anna"}));
  EXPECT_EQ(merges(ben, other), (Told{"merged Wanda by anna", "parted Wanda by anna"}));
  merge(wanda, other);
  EXPECT_EQ(merges(ben, wanda), (Told{"merged W. Other by anna", "parted W. Other by anna",
                                      "merged W. Other by anna"}));
}

// Of three: what was told of the one that became part of another one goes along, and back.
TEST_P(ToldInJobs, M9_O5_WhatIsToldGoesAlongAndBack) {
  const auto other = add_candidate("Other", {"other@home.example"});
  const auto third = add_candidate("Third", {"third@home.example"});
  const auto hers = enter(other, baker, dora);
  enter(other, welder, anna);  // put aside by the merge, as Wanda is in that job
  merge(other, third);
  part(third);
  const auto before = timeline(as(anna), other);
  merge(wanda, other);
  take_out(hers, anna);
  EXPECT_EQ(timeline(as(anna), wanda),
            (Told{"added Welder by ben", "added Baker by dora", "added Welder by anna",
                  "merged Third by anna", "parted Third by anna", "merged Other by anna",
                  "taken-out Baker by anna"}));
  EXPECT_EQ(merges(anna, third), (Told{"merged Other by anna", "parted Other by anna"}));
  part(other);
  EXPECT_EQ(timeline(as(anna), wanda),
            (Told{"added Welder by ben", "merged Other by anna", "parted Other by anna"}));
  auto after = before;
  after.insert(after.end(),
               {"merged Wanda by anna", "taken-out Baker by anna", "parted Wanda by anna"});
  EXPECT_EQ(timeline(as(anna), other), after);
}

TEST_P(ToldInJobs, M9_D1_NothingOfItStaysOfWhoIsForgotten) {
  const auto other = add_candidate("Canary", {"other@home.example"});
  const auto third = add_candidate("Third", {"third@home.example"});
  merge(wanda, other);
  part(other);
  merge(third, other);
  EXPECT_EQ(merges(anna, wanda), (Told{"merged Canary by anna", "parted Canary by anna"}));
  commit(ForgetCandidate{third, as(anna), now});  // whom Canary is part of by now
  EXPECT_EQ(merges(anna, wanda), Told{});
  run_errands();
  if (GetParam() != On::memory) EXPECT_EQ(rows("undone_merges"), 0);
  take_out(application, ben);
  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_EQ(timeline(as(anna), wanda), Told{"nobody"});
  run_errands();
  if (GetParam() != On::memory) EXPECT_EQ(rows("application_moves"), 0);
}

// An upgrade tells of those who are in a job, were taken out of it lately, or come back by an undo.
TEST_P(ToldInJobs, M9_O5_WhatWasBeforeIsToldAsFarAsItIsKnown) {
  if (GetParam() == On::memory) GTEST_SKIP();
  const auto other = add_candidate("Other", {"other@home.example"});
  enter(other, welder, anna);  // put aside
  const auto hers = enter(other, baker, dora);
  take_out(hers, dora);
  merge(wanda, other);
  tables()->write([&](Db& db) {
    db.change("delete from application_moves");
    db.change("delete from merged_moves");
    note_jobs_of_old(db);
    db.run(std::string(kToldGoesBack.substr(0, kToldGoesBack.rfind(";\n"))), {});
  });
  EXPECT_EQ(timeline(as(anna), wanda, true, false),
            (Told{"added Welder", "added Welder", "added Baker", "taken-out Baker by dora"}));
  part(other);
  EXPECT_EQ(timeline(as(anna), wanda, true, false), Told{"added Welder"});
  EXPECT_EQ(timeline(as(anna), other, true, false),
            (Told{"added Welder", "added Baker", "taken-out Baker by dora"}));
}

}  // namespace
}  // namespace hearback::store
