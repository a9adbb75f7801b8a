// M-2: what somebody has put away and sees no more doesn't lie in the team's archive.
#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

constexpr int kMany = 250;  // more than two steps of Limits::errand_rows

class TakingUp : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
    clara = add_user("clara", Role::manager);
    welder = add_job("Welder", {ben.id, clara.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  }
  void clara_puts_away(int count) {
    for (int i = 0; i < count; ++i) {
      const auto t = thread(wanda);
      const auto m = message("m" + std::to_string(i), "wanda@home.example", "clara@acme.example");
      place(m, t, PlacedBy::address, "wanda@home.example");
      commit(SetThreadDone{t.id, clara.id, true, ask(ThreadById{engine(), t.id})->came, now});
    }
  }
  std::size_t archived(const rules::User& user) {
    std::size_t rows = 0;
    std::string after;
    do {
      const auto page = ask(Threads{as(user), Place::archived, {}, {after, 200}});
      rows += page.rows.size();
      after = page.next;
    } while (!after.empty());
    return rows;
  }
  void leave_company() {
    ChangeUser change{.user = clara.id, .by = anna.id, .name = {}, .role = {}, .all_jobs = {}};
    change.active = false;
    change.at = now;
    commit(change);
  }
  void leave_team() {
    ChangeJob change{.by = as(anna), .job = welder, .title = {}, .phases = {}, .statuses = {}};
    change.at = now;
    change.team_removed = {clara.id};
    commit(change);
  }
  // As the scheduler does, but killed after each step. → how many steps that took.
  int finish() {
    for (int steps = 0;; ++steps) {
      const auto due = ask(ErrandsDue{engine(), now});
      if (due.empty()) return steps;
      commit(AdvanceErrand{due[0].id, now});
      if (GetParam() == On::memory) continue;
      store.reset();
      store = open();
    }
  }

  rules::User anna, ben, clara;
  JobId welder;
  CandidateId wanda;
};
HEARBACK_ON_EACH_DATABASE(TakingUp);

TEST_P(TakingUp, O5_WhoeverLeavesIsShutOutAtOnceHoweverMuchTheyPutAway) {
  const auto session = make<SessionId>();
  commit(AddSession{session, clara.id, "secret", now, now + 1h});
  clara_puts_away(kMany);
  EXPECT_EQ(archived(ben), std::size_t{kMany});
  const auto before = ask(CompanyFacts{engine()}).revision;
  leave_company();
  EXPECT_FALSE(ask(SessionOf{company, "secret", now}));
  EXPECT_FALSE(ask(UserById{engine(), clara.id})->active);
  // The commit takes along so many, whatever there is.
  EXPECT_EQ(archived(ben), kMany - Limits{}.errand_rows);
  EXPECT_LE(ask(CompanyFacts{engine()}).revision - before, Limits{}.errand_rows + 10);
  const auto errand = ask(Errands{as(anna)}).at(0);
  EXPECT_EQ(errand.kind, "take-up-threads");
  EXPECT_EQ(errand.subject, clara.id.text());
  EXPECT_EQ(finish(), 2);
  EXPECT_EQ(archived(ben), 0u);
  EXPECT_TRUE(ask(Errands{as(anna)}).at(0).finished);
}

TEST_P(TakingUp, O5_WhoComesBackMeanwhileHasWhatIsLeft) {
  clara_puts_away(kMany);
  leave_company();
  commit(PutUser{clara, {}, now});
  EXPECT_EQ(finish(), 1);
  EXPECT_EQ(archived(clara), kMany - Limits{}.errand_rows);
}

TEST_P(TakingUp, M2_WhatALeaverOfTheTeamPutAwayIsTakenUp) {
  clara_puts_away(2);
  const auto revision = ask(CompanyFacts{engine()}).revision;
  leave_team();
  EXPECT_EQ(archived(ben), 0u);
  EXPECT_TRUE(ask(Errands{as(anna)}).empty());  // that little is done at once
  std::size_t told = 0;
  for (auto& entry : ask(Since{as(ben), revision})) told += entry.kind == "archive";
  EXPECT_EQ(told, 2u);
}

TEST_P(TakingUp, M2_WhatTheyStillSeeStaysAway) {
  const auto smith = add_job("Smith", {clara.id});
  commit(PutApplication{{make<ApplicationId>(), wanda, smith, {}, {}, now}});
  clara_puts_away(2);
  leave_team();
  EXPECT_EQ(archived(ben), 2u);
  commit(PutJob{{smith, "Smith", rules::JobKind::offer, true}, {}, now});
  EXPECT_EQ(archived(ben), 0u);
}

// Nor does one commit look at all that somebody put away: what they still see may be very much.
TEST_P(TakingUp, M2_HoweverMuchTheyStillSeeEachStepIsBounded) {
  const auto smith = add_job("Smith", {clara.id});
  commit(PutApplication{{make<ApplicationId>(), wanda, smith, {}, {}, now}});
  clara_puts_away(kMany);
  const auto will = add_candidate("Will", {"will@home.example"}, {welder});
  const auto t = thread(will);
  place(message("w", "will@home.example", "clara@acme.example"), t, PlacedBy::address,
        "will@home.example");
  commit(SetThreadDone{t.id, clara.id, true, ask(ThreadById{engine(), t.id})->came, now});
  EXPECT_EQ(archived(ben), kMany + 1u);
  // Many leave at once: what a commit may look at is shared among them.
  std::vector<UserId> leave{clara.id};
  for (int i = 0; i < 19; ++i)
    leave.push_back(add_user("u" + std::to_string(i), Role::evaluator).id);
  ChangeJob change{.by = as(anna), .job = welder, .title = {}, .phases = {}, .statuses = {}};
  change.at = now;
  change.team_added = leave;
  commit(change);
  change.team_added = {};
  change.team_removed = leave;
  commit(change);
  ASSERT_EQ(ask(Errands{as(anna)}).size(), 1u);
  EXPECT_EQ(archived(ben), kMany + 1u);
  EXPECT_EQ(finish(), 1);
  EXPECT_EQ(archived(ben), std::size_t{kMany});
}

// Of who loses sight of one candidate, what they put away of others isn't looked at, however much.
TEST_P(TakingUp, M2_WhatWasPutAwayOfOthersIsNotLookedAt) {
  clara_puts_away(kMany);
  const auto will = add_candidate("Will", {"will@home.example"});
  const rules::Application application{make<ApplicationId>(), will, welder, {}, {}, now};
  commit(PutApplication{application});
  const auto t = thread(will);
  place(message("w", "will@home.example", "clara@acme.example"), t, PlacedBy::address,
        "will@home.example");
  for (const auto& user : {ben, clara})
    commit(SetThreadDone{t.id, user.id, true, ask(ThreadById{engine(), t.id})->came, now});
  commit(RemoveApplication{as(anna), application.id, {}, {}, "person", now});
  EXPECT_EQ(archived(anna), std::size_t{kMany});
  EXPECT_TRUE(ask(Errands{as(anna)}).empty());  // not one look was put off
}

// Nor is it at once what they put away of this one, where that is more than a commit looks at.
TEST_P(TakingUp, M2_HoweverMuchWasPutAwayOfOneCandidateACommitIsBounded) {
  clara_puts_away(kMany);
  const auto revision = ask(CompanyFacts{engine()}).revision;
  const auto application = ask(CandidateById{engine(), wanda})->applications.front().id;
  commit(RemoveApplication{as(anna), application, {}, {}, "person", now});
  EXPECT_EQ(archived(anna), kMany - Limits{}.errand_rows);
  EXPECT_LE(ask(CompanyFacts{engine()}).revision - revision, Limits{}.errand_rows + 10);
  const auto errands = ask(Errands{as(anna)});
  ASSERT_EQ(errands.size(), 1u);
  EXPECT_EQ(errands[0].subject, clara.id.text());
  EXPECT_LE(finish(), 2);
  EXPECT_EQ(archived(anna), 0u);
}

// Likewise where the candidate goes into a job that they aren't on.
TEST_P(TakingUp, M2_WhatACandidateWasInWithAnotherTeamIsTakenUp) {
  const auto smith = add_job("Smith", {ben.id});
  const auto will = add_candidate("Will", {"will@home.example"});
  rules::Application application{make<ApplicationId>(), will, welder, {}, {}, now};
  commit(PutApplication{application});
  const auto t = thread(will);
  place(message("w", "will@home.example", "clara@acme.example"), t, PlacedBy::address,
        "will@home.example");
  for (const auto& user : {ben, clara})
    commit(SetThreadDone{t.id, user.id, true, ask(ThreadById{engine(), t.id})->came, now});
  EXPECT_EQ(archived(ben), 1u);
  application.job = smith;
  commit(PutApplication{application});
  EXPECT_EQ(archived(ben), 1u);  // he still sees it
  commit(SetThreadDone{t.id, ben.id, false, ask(ThreadById{engine(), t.id})->came, now});
  EXPECT_EQ(archived(ben), 0u);
}

TEST_P(TakingUp, M2_WhoNoLongerSeesAllJobsPutsAwayWhatTheySee) {
  const auto dora = add_user("dora", Role::manager, true);
  const auto t = thread(wanda);
  place(message("m", "wanda@home.example", "ben@acme.example"), t, PlacedBy::address,
        "wanda@home.example");
  commit(SetThreadDone{t.id, dora.id, true, ask(ThreadById{engine(), t.id})->came, now});
  EXPECT_EQ(archived(ben), 1u);
  auto less = dora;
  less.all_jobs = false;
  commit(PutUser{less, {}, now});
  EXPECT_EQ(archived(ben), 0u);
}

TEST_P(TakingUp, M2_WhatBecomesPrivateIsTakenUpByWhoIsLeftOut) {
  const auto t = thread(wanda);
  place(message("m", "wanda@home.example", "ben@acme.example"), t, PlacedBy::address,
        "wanda@home.example");
  for (const auto& user : {ben, clara})
    commit(SetThreadDone{t.id, user.id, true, ask(ThreadById{engine(), t.id})->came, now});
  commit(SetThreadAccess{t.id, true, {{ben.id, "given"}}});
  const auto rows = ask(Threads{as(ben), Place::archived, {}, {}}).rows;
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].done_by, std::vector<std::string>{"ben"});
}

}  // namespace
}  // namespace hearback::store
