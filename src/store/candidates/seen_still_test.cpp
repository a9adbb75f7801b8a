// What somebody asks for about a candidate or a job is asked once more in the commit itself: a
// hiring team may have changed since the page asked.
#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::Role;

class SeenStill : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    clara = add_user("clara", Role::manager);
    welder = add_job("Welder", {clara.id});
    baker = add_job("Baker", {});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  }
  void clara_leaves() {
    ChangeJob change{.by = as(anna), .job = welder, .title = {}, .phases = {}, .statuses = {}};
    change.at = now;
    change.team_removed = {clara.id};
    commit(change);
  }
  PutApplication applies(CandidateId candidate, JobId job) {
    return {{make<ApplicationId>(), candidate, job, {}, {}, now}, as(clara), "person"};
  }

  rules::User anna, clara;
  JobId welder, baker;
  CandidateId wanda;
};
HEARBACK_ON_EACH_DATABASE(SeenStill);

TEST_P(SeenStill, S7_WhoLeftTheTeamForgetsNobody) {
  clara_leaves();
  EXPECT_EQ(refused(ForgetCandidate{wanda, as(clara), now}), "candidate.missing");
  EXPECT_TRUE(ask(CandidateById{as(anna), wanda}));
  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_EQ(refused(ForgetCandidate{wanda, as(anna), now}), "candidate.missing");
}

TEST_P(SeenStill, S7_WhoSeesTheCandidateForgetsThem) {
  commit(ForgetCandidate{wanda, as(clara), now});
  EXPECT_EQ(ask(Errands{as(clara)}).at(0).started_by, clara.id);
  EXPECT_FALSE(ask(CandidateById{as(anna), wanda}));
}

// M-3: who is none (again) isn't deleted for good as if they were.
TEST_P(SeenStill, M3_WhoIsNoCandidateAnyMoreIsNotForgotten) {
  const auto person = make<CandidateId>();
  commit(AddNonCandidate{person, "pat@agency.example", "pat@agency.example", {}, anna.id, now});
  const auto talk = thread(person);
  commit(AddThread{talk});
  PutCandidate put{person, "Pat", {address("pat@agency.example")}, now, as(anna)};
  commit(TakeOver{talk.id, as(anna), now}, put);
  commit(UndoTakeOver{talk.id, as(anna), now});
  EXPECT_EQ(refused(ForgetCandidate{person, as(anna), now}), "candidate.missing");
  EXPECT_TRUE(ask(ThreadById{as(anna), talk.id}));
}

TEST_P(SeenStill, P2_WhoLeftTheTeamClosesNoJob) {
  clara_leaves();
  EXPECT_EQ(refused(SetJobOpen{welder, false, as(clara), now}), "job.missing");
  EXPECT_TRUE(ask(JobById{as(anna), welder})->job.open);
}

TEST_P(SeenStill, S6_WhoLeftTheTeamCatchesUpWithNobody) {
  clara_leaves();
  EXPECT_EQ(refused(CatchUp{wanda, as(clara), now}), "candidate.missing");
}

TEST_P(SeenStill, P2_NobodyIsPutInAJobThatOneDoesNotSee) {
  const auto otto = add_candidate("Otto", {}, {welder});
  EXPECT_EQ(refused(applies(otto, baker)), "store.reference-missing");
  // Nor is said whether it is closed.
  commit(SetJobOpen{baker, false, as(anna), now});
  EXPECT_EQ(refused(applies(otto, baker)), "store.reference-missing");
  clara_leaves();
  EXPECT_EQ(refused(applies(make<CandidateId>(), welder)), "store.reference-missing");
}

}  // namespace
}  // namespace hearback::store
