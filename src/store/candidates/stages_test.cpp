#include <algorithm>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::Role;
using rules::Stage;
using rules::StageKind;

class StagesTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::manager);
    eva = add_user("eva", Role::manager);
    welder = add_job("Welder", {ben.id});
    baker = add_job("Baker", {eva.id, ben.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"});
    application = apply_for(wanda, welder);
  }
  ApplicationId apply_for(CandidateId candidate, JobId job) {
    const auto id = make<ApplicationId>();
    commit(PutApplication{{id, candidate, job, {}, {}, now}, as(ben), "person"});
    return id;
  }
  Jobs::Row job(JobId id) { return *ask(JobById{engine(), id}); }
  const Stage phase(std::size_t at) { return job(welder).stages.phases.at(at); }
  const Stage status(std::size_t at) { return job(welder).stages.statuses.at(at); }
  MoveApplication to_phase(std::size_t at) {
    now = now + std::chrono::minutes(1);
    return {as(ben), application, phase(at).id, {}, {}, {}, "person", now};
  }
  std::string where(const Scope& scope, CandidateId candidate) {
    std::string all;
    const auto found = ask(CandidateById{scope, candidate});
    if (!found) return "nobody";
    for (const auto& one : found->applications)
      all += (all.empty() ? "" : "; ") + one.phase.name + ", " + one.status.name;
    return all;
  }
  ChangeJob changed(std::vector<Stage> phases) {
    return {as(ben), welder, job(welder).version, {}, std::move(phases), {}, now};
  }
  std::vector<std::string> told(const Scope& scope, const PageRequest& page = {},
                                std::string* older = nullptr) {
    const auto found = ask(CandidateTimeline{scope, wanda, page});
    if (!found) return {"nobody"};
    std::vector<std::pair<Instant, std::string>> all;
    for (const auto& one : found->messages)
      all.emplace_back(one.message.date, one.message.envelope.message_id);
    for (const auto& one : found->moves)
      all.emplace_back(one.at, one.by_name + ": " + one.job_title + ", " + one.from_phase + " > " +
                                   one.to_phase + ", " + one.from_status + " > " + one.to_status);
    std::ranges::stable_sort(all, {}, &std::pair<Instant, std::string>::first);
    if (older) *older = found->older;
    std::vector<std::string> words;
    for (auto& [at, text] : all) words.push_back(text);
    return words;
  }
  using Names = std::vector<std::string>;

  rules::User anna, ben, eva;
  JobId welder, baker;
  CandidateId wanda;
  ApplicationId application;
};
HEARBACK_ON_EACH_DATABASE(StagesTest);

TEST_P(StagesTest, O5_ANewJobHasStagesInItsMakersLanguage) {
  auto gerda = add_user("gerda", Role::manager);
  gerda.language = "de";
  commit(PutUser{gerda, std::nullopt, now});
  const auto id = make<JobId>();
  commit(PutJob{{id, "Schweißer"}, {gerda.id}, now, gerda.id});
  EXPECT_EQ(job(id).stages, rules::first_stages(id, "de"));
  commit(PutJob{{id, "Schweißerin"}, {gerda.id}, now, anna.id});  // which it keeps
  EXPECT_EQ(job(id).stages, rules::first_stages(id, "de"));
  EXPECT_EQ(ask(Jobs{as(gerda)}).rows.at(0).stages, rules::first_stages(id, "de"));
  EXPECT_EQ(where(as(ben), wanda), "Application, New");
}

TEST_P(StagesTest, O5_AMoveIsARowAndAnEntryOfTheJournal) {
  const auto entries = [&](std::uint64_t since) { return ask(JournalSince{engine(), since, 100}); };
  const auto before = entries(0).back().position;
  auto both = to_phase(2);
  both.status = status(2).id;
  both.seen_phase = phase(0).id;
  both.seen_status = status(0).id;
  const auto revision = commit(both);
  EXPECT_EQ(where(as(ben), wanda), "Interview, Invited");
  const auto found = ask(CandidateById{as(anna), wanda});
  ASSERT_EQ(found->moved.size(), 1u);
  EXPECT_EQ(found->moved[0], (LastMove{now, ben.id, "ben"}));
  EXPECT_EQ(told(as(ben)), Names{"ben: Welder, Application > Interview, New > Invited"});
  const auto happened = entries(before);
  ASSERT_EQ(happened.size(), 2u);
  EXPECT_EQ(happened[0].kind, "application.phase-changed");
  EXPECT_EQ(happened[1].kind, "application.status-changed");
  EXPECT_EQ(happened[1].before, status(0).id.text());
  EXPECT_EQ(happened[1].after, status(2).id.text());
  EXPECT_EQ(happened[1].subject, application.text());
  EXPECT_EQ(happened[1].candidate, wanda);
  EXPECT_EQ(happened[1].user, ben.id);
  EXPECT_EQ(happened[1].how, "person");
  // Open pages look again: of those who see the candidate.
  const auto heard = [&](const Scope& scope) {
    return std::ranges::any_of(ask(Since{scope, revision - 1}),
                               [](const FeedEntry& e) { return e.kind == "candidate"; });
  };
  EXPECT_TRUE(heard(as(ben)));
  EXPECT_FALSE(heard(as(eva)));
  // Once more it is there already, whatever was seen.
  commit(both);
  EXPECT_EQ(entries(before).size(), 2u);
  EXPECT_EQ(told(as(ben)).size(), 1u);
}

TEST_P(StagesTest, O5_NobodyOverwritesWhatTheyHaventSeen) {
  auto first = to_phase(1), second = to_phase(2);
  first.seen_phase = second.seen_phase = phase(0).id;
  commit(first);
  EXPECT_EQ(refused(second), "application.moved");
  EXPECT_EQ(refused_kind, Kind::conflict);
  EXPECT_EQ(where(as(ben), wanda), "Review, New");
  // Of the status nothing was changed: that it was seen is enough.
  commit(MoveApplication{as(ben), application, {}, status(1).id, {}, status(0).id, "person", now});
  EXPECT_EQ(where(as(ben), wanda), "Review, In review");
  second.seen_phase = phase(1).id;
  commit(second);
  EXPECT_EQ(where(as(ben), wanda), "Interview, In review");
}

TEST_P(StagesTest, P1_OnlyWhoSeesCandidateAndJobMoves) {
  auto hers = to_phase(1);
  hers.by = as(eva);
  EXPECT_EQ(refused(hers), "application.missing");
  apply_for(wanda, baker);  // now eva sees the candidate, but not this job
  EXPECT_EQ(refused(hers), "application.missing");
  EXPECT_FALSE(ask(ApplicationById{as(eva), application}));
  EXPECT_TRUE(ask(ApplicationById{as(ben), application}));
  EXPECT_EQ(ask(ApplicationsIn{as(eva), welder, phase(0).id}), 0u);
  EXPECT_EQ(ask(ApplicationsIn{as(ben), welder, phase(0).id}), 1u);
  commit(to_phase(1));
  EXPECT_EQ(told(as(eva)), Names{});
  EXPECT_EQ(told(as(ben)).size(), 1u);
  auto strange = to_phase(1);
  strange.phase = job(baker).stages.phases.at(1).id;
  EXPECT_EQ(refused(strange), "application.stage-unknown");
  strange.phase = status(1).id;
  EXPECT_EQ(refused(strange), "application.stage-unknown");
}

TEST_P(StagesTest, M9_MovesStandOnTheTimelineAmongTheMessages) {
  auto t = thread(wanda);
  const auto send = [&](const std::string& id, bool first = false) {
    now = now + std::chrono::minutes(1);
    auto m = message(id, "wanda@home.example", "ben@acme.example");
    m.date = now;
    place(m, t, rules::PlacedBy::address, "wanda@home.example", first);
  };
  send("a@x", true);
  commit(to_phase(1));
  send("b@x");
  commit(to_phase(2));
  commit(to_phase(3));
  const Names all{"a@x", "ben: Welder, Application > Review, New > New", "b@x",
                  "ben: Welder, Review > Interview, New > New",
                  "ben: Welder, Interview > Offer, New > New"};
  EXPECT_EQ(told(as(ben)), all);
  for (std::size_t rows = 1; rows <= all.size(); ++rows) {
    Names paged;
    std::string older;
    do {
      auto page = told(as(ben), {older, rows}, &older);
      EXPECT_LE(page.size(), rows);
      paged.insert(paged.begin(), page.begin(), page.end());
    } while (!older.empty() && paged.size() < 20);
    EXPECT_EQ(paged, all) << rows;
  }
  // As they were called then.
  auto phases = job(welder).stages.phases;
  phases[3].name = "Contract";
  commit(changed(phases));
  EXPECT_EQ(told(as(ben)), all);
  EXPECT_EQ(where(as(ben), wanda), "Contract, New");
}

// A request waits for its turn while a colleague's is done.
TEST_P(StagesTest, M9_MovesAreToldInTheOrderInWhichTheyWereMade) {
  const auto first = to_phase(1);
  auto second = to_phase(2);
  second.at = first.at - std::chrono::minutes(1);
  commit(first);
  commit(second);
  const auto moves = ask(CandidateTimeline{as(ben), wanda, {}})->moves;
  ASSERT_EQ(moves.size(), 2u);
  const auto last =
      std::ranges::max(moves, {}, [](const auto& one) { return std::pair(one.at, one.id); });
  EXPECT_EQ(last.to_phase, phase(2).name);
  EXPECT_EQ(last.at, first.at);
}

TEST_P(StagesTest, O5_StagesAreAddedRenamedOrderedAndRemoved) {
  auto phases = job(welder).stages.phases;
  const auto version = job(welder).version;
  std::swap(phases[2], phases[3]);
  phases[1].name = "First look";
  phases.push_back({make<StageId>(), "Trial day"});
  auto change = changed(phases);
  change.title = "Welder (m/f/d)";
  commit(change);
  EXPECT_EQ(job(welder).stages.phases, phases);
  EXPECT_EQ(job(welder).job.title, "Welder (m/f/d)");
  EXPECT_EQ(job(welder).version, version + 1);
  commit(change);  // nothing is left to be done, though it isn't that version any more
  EXPECT_EQ(job(welder).version, version + 1);
  // What a colleague did meanwhile isn't undone.
  phases.pop_back();
  EXPECT_EQ(refused(ChangeJob{as(ben), welder, version, {}, phases, {}, now}), "job.changed");
  commit(changed(phases));
  EXPECT_EQ(job(welder).stages.phases, phases);
  auto twice = phases;
  twice[1].name = "application";
  EXPECT_EQ(refused(changed(twice)), "job.stage-named-twice");
  EXPECT_EQ(refused(changed({})), "job.no-stages");
  auto hers = changed({phases[0]});
  hers.by = as(eva);
  EXPECT_EQ(refused(hers), "job.missing");
}

TEST_P(StagesTest, O5_WhatApplicationsAreInGoesOnlyOnceTheyLeft) {
  const auto most = Limits{}.moved_at_once;
  std::vector<Change> many;
  std::vector<CandidateId> people{wanda};
  for (std::size_t i = 0; i < most; ++i) {
    people.push_back(make<CandidateId>());
    many.emplace_back(PutCandidate{people.back(), "C", {}, now});
    many.emplace_back(PutApplication{{make<ApplicationId>(), people.back(), welder, {}, {}, now}});
  }
  ASSERT_TRUE(try_commit(std::move(many)));
  const auto first = phase(0), to = phase(1);
  auto left = job(welder).stages.phases;
  left.erase(left.begin());
  EXPECT_EQ(refused(changed(left)), "job.stage-in-use");
  EXPECT_EQ(ask(ApplicationsIn{as(ben), welder, first.id}), most + 1);
  EXPECT_EQ(ask(ApplicationsIn{as(ben), welder, first.id, 5}), 5u);
  const EmptyStage empty{as(ben), welder, job(welder).version, first.id, to.id, "person", now};
  commit(empty);
  EXPECT_EQ(ask(ApplicationsIn{as(ben), welder, first.id}), 1u);
  EXPECT_EQ(refused(changed(left)), "job.stage-in-use");
  commit(empty);
  commit(changed(left));
  EXPECT_EQ(refused(empty), "job.changed");
  for (const auto& person : people) EXPECT_EQ(where(as(ben), person), "Review, New");
  EXPECT_EQ(told(as(ben)), Names{"ben: Welder, Application > Review, New > New"});
  auto strange = empty;
  strange.version = job(welder).version;
  EXPECT_EQ(refused(strange), "application.stage-unknown");
}

TEST_P(StagesTest, D1_MovesGoWithTheirCandidate) {
  for (std::size_t i = 0; i < 150; ++i) commit(to_phase(i % 2 + 1));
  const auto other = add_candidate("Otto", {});
  const auto hers = apply_for(other, welder);
  commit(MoveApplication{as(ben), hers, phase(1).id, {}, {}, {}, "person", now});
  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_EQ(told(as(anna)), Names{"nobody"});
  EXPECT_GE(run_errands(), 2);
  if (GetParam() == On::memory) return;
  tables()->read([&](Db& db) {
    EXPECT_EQ(db.row("select count(*) from application_moves where what = 'moved'")->number(), 1);
  });
}

TEST_P(StagesTest, O5_CandidatesAreListedByPhaseAndStatusOfAJob) {
  const auto yara = add_candidate("Yara", {"yara@home.example"});
  const auto xena = add_candidate("Xena", {"xena@home.example"});
  apply_for(yara, welder);
  const auto hers = apply_for(xena, welder);
  apply_for(xena, baker);
  const auto by = [&](const Scope& scope, JobId job, std::optional<StageId> phase,
                      std::optional<StageId> status = {}, std::string text = {}) {
    std::string names;
    std::string after;
    do {  // one by one: pages join
      auto page = ask(Candidates{scope, text, job, {after, 1}, phase, status});
      for (auto& row : page.rows) names += row.candidate.name + " ";
      after = page.next;
    } while (!after.empty());
    return names;
  };
  EXPECT_EQ(by(as(ben), welder, phase(0).id), "Wanda Xena Yara ");
  commit(MoveApplication{as(ben), hers, phase(1).id, status(1).id, {}, {}, "person", now});
  EXPECT_EQ(by(as(ben), welder, phase(0).id), "Wanda Yara ");
  EXPECT_EQ(by(as(ben), welder, phase(1).id), "Xena ");
  EXPECT_EQ(by(as(ben), welder, {}, status(0).id), "Wanda Yara ");
  EXPECT_EQ(by(as(ben), welder, phase(1).id, status(1).id), "Xena ");
  EXPECT_EQ(by(as(ben), welder, phase(1).id, status(0).id), "");
  EXPECT_EQ(by(as(ben), welder, phase(0).id, {}, "yar"), "Yara ");
  EXPECT_EQ(by(as(anna), welder, phase(1).id), "Xena ");
  // Another job's phase holds nobody, nor does any for who doesn't see the job.
  EXPECT_EQ(by(as(ben), baker, phase(0).id), "");
  EXPECT_EQ(by(as(eva), welder, phase(0).id), "");
  EXPECT_EQ(by(as(eva), baker, job(baker).stages.phases[0].id), "Xena ");

  const auto count = [&](const Scope& scope, StageId stage) {
    const auto counts = ask(StageCounts{scope, welder});
    const auto at = std::ranges::find(counts, stage, &StageCounts::Row::stage);
    return at == counts.end() ? 0 : at->candidates;
  };
  EXPECT_EQ(count(as(ben), phase(0).id), 2u);
  EXPECT_EQ(count(as(ben), phase(1).id), 1u);
  EXPECT_EQ(count(as(ben), status(0).id), 2u);
  EXPECT_EQ(count(as(ben), status(2).id), 0u);
  EXPECT_TRUE(ask(StageCounts{as(eva), welder}).empty());
  for (const auto& row : ask(StageCounts{as(ben), welder, 1})) EXPECT_LE(row.candidates, 1u);
}

TEST_P(StagesTest, O5_APhaseThatManyAreInIsListedByName) {
  if (GetParam() == On::memory) GTEST_SKIP();  // its tables are nobody else’s
  constexpr std::size_t kMany = 560;           // more than are put in order at once
  const auto first = phase(0), second = phase(1);
  tables()->write([&](Db& db) {
    Insertion people("insert into candidates(company, id, name, name_key, created)", 5);
    Insertion in("insert into applications(company, id, candidate, job, phase, status, created)",
                 7);
    Insertion listed("insert into job_candidates(company, job, name_key, candidate)", 4);
    for (std::size_t i = 0; i < kMany; ++i) {
      const auto id = make<CandidateId>();
      const auto name = "zz" + std::to_string(10'000 + i);
      people.row(company, id, name, name, now);
      in.row(company, make<ApplicationId>(), id, welder, i % 100 == 0 ? second.id : first.id,
             status(0).id, now);
      listed.row(company, welder, name, id);
    }
    people.run(db), in.run(db), listed.run(db);
    db.change("update jobs set candidates = $3 where company = $1 and id = $2", company, welder,
              kMany + 1);
  });
  const auto page = ask(Candidates{as(ben), "", welder, {{}, 3}, first.id});
  ASSERT_EQ(page.rows.size(), 3u);
  EXPECT_EQ(page.rows[0].candidate.name, "Wanda");
  EXPECT_EQ(page.rows[1].candidate.name, "zz10001");
  const auto next = ask(Candidates{as(ben), "", welder, {page.next, 1}, first.id});
  EXPECT_EQ(next.rows.at(0).candidate.name, "zz10003");
  const auto few = ask(Candidates{as(ben), "", welder, {{}, 2}, second.id});
  EXPECT_EQ(few.rows.at(1).candidate.name, "zz10100");
}

}  // namespace
}  // namespace hearback::store
