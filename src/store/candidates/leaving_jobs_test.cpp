// O-5: a candidate is taken out of a job, and is put back.
#include "rules/leaving_jobs.hpp"

#include <algorithm>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

class LeavingJobs : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::manager);
    clara = add_user("clara", Role::manager);
    welder = add_job("Welder", {ben.id, clara.id});
    baker = add_job("Baker", {clara.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {baker});
    commit(PutApplication{{application, wanda, welder, {}, {}, now}, as(ben), "person"});
    talk = thread(wanda);
    place(message("one", "wanda@home.example", "clara@acme.example"), talk, PlacedBy::address,
          "wanda@home.example");
  }
  RemoveApplication taken_out(const rules::User& by) {
    return {as(by), application, {}, {}, "person", now};
  }
  PutBackApplication put_back(const rules::User& by) {
    return {as(by), application, "person", now};
  }
  bool sees(const rules::User& user) {
    const bool thread = ask(ThreadById{as(user), talk.id}).has_value();
    EXPECT_EQ(ask(CandidateById{as(user), wanda}).has_value(), thread);
    EXPECT_EQ(threads_seen(as(user), Place::all).size(), thread ? 1u : 0u);
    return thread;
  }
  std::vector<rules::Application> applications() {
    return ask(CandidateById{engine(), wanda})->applications;
  }
  rules::Application in(JobId job) {
    const auto all = applications();
    return *std::ranges::find(all, job, &rules::Application::job);
  }
  void put_away(const rules::User& user) {
    commit(SetThreadDone{talk.id, user.id, true, ask(ThreadById{as(user), talk.id})->came, now});
  }
  std::size_t archived() { return threads_seen(as(anna), Place::archived).size(); }

  rules::User anna, ben, clara;
  JobId welder, baker;
  CandidateId wanda;
  ApplicationId application = make<ApplicationId>();
  rules::Thread talk;
};
HEARBACK_ON_EACH_DATABASE(LeavingJobs);

TEST_P(LeavingJobs, O5_SEE_WhoSawThemByThatJobAloneSeesThemNoMore) {
  ASSERT_TRUE(sees(ben) && sees(clara) && sees(anna));
  commit(FollowCandidate{as(ben), wanda, true, now});
  const auto before = ask(CompanyFacts{engine()}).revision;
  commit(taken_out(clara));
  EXPECT_FALSE(sees(ben));
  EXPECT_TRUE(sees(clara));  // by the other job
  EXPECT_TRUE(sees(anna));
  EXPECT_EQ(applications().size(), 1u);
  EXPECT_EQ(ask(JobById{as(anna), welder})->candidates, 0u);
  EXPECT_TRUE(ask(Candidates{as(ben), "", {}, {}}).rows.empty());
  EXPECT_TRUE(threads_seen(as(ben), Place::followed_candidates).empty());
  EXPECT_FALSE(ask(ApplicationById{as(clara), application}));
  // Who sees them no more hears of that, too.
  bool heard = false;
  for (const auto& entry : ask(Since{as(ben), before})) heard |= entry.id == wanda.text();
  EXPECT_TRUE(heard);
  EXPECT_EQ(refused(taken_out(clara)), "application.missing");
}

TEST_P(LeavingJobs, O5_TheJournalSaysByWhomAndWhen) {
  const auto status = in(welder).status.id;
  now = now + 1h;
  commit(taken_out(clara));
  auto last = ask(JournalSince{engine(), 0, 100}).back();
  EXPECT_EQ(last.kind, "application.removed");
  EXPECT_EQ(last.subject, application.text());
  EXPECT_EQ(last.candidate, wanda);
  EXPECT_EQ(last.user, clara.id);
  EXPECT_EQ(last.at, now);
  EXPECT_EQ(last.how, "person");
  EXPECT_EQ(last.before, status.text());
  commit(put_back(clara));
  last = ask(JournalSince{engine(), 0, 100}).back();
  EXPECT_EQ(last.kind, "application.put-back");
  EXPECT_EQ(last.after, status.text());
}

TEST_P(LeavingJobs, O5_UndoPutsItBackAsItWas) {
  const auto phases = ask(JobById{as(anna), welder})->stages.phases;
  now = now + 1h;
  commit(MoveApplication{as(ben), application, phases[1].id, {}, {}, {}, "person", now});
  commit(SetExternalId{as(ben), application, "W-1"});
  const auto before = ask(CandidateById{as(clara), wanda});
  now = now + 1h;
  commit(taken_out(clara));
  EXPECT_TRUE(ask(NamedExternally{engine(), {}, {}, {"W-1"}}).applications.empty());
  commit(put_back(clara));
  const auto after = ask(CandidateById{as(clara), wanda});
  EXPECT_EQ(after->applications, before->applications);
  EXPECT_EQ(after->moved, before->moved);
  EXPECT_EQ(ask(NamedExternally{engine(), {}, {}, {"W-1"}}).applications.count("W-1"), 1u);
  EXPECT_TRUE(sees(ben));
  commit(put_back(clara));  // it is so already
  EXPECT_EQ(applications().size(), 2u);
}

TEST_P(LeavingJobs, O5_WhoTookItOutPutsItBackThoughTheySeeThemNoMore) {
  commit(taken_out(ben));
  EXPECT_FALSE(sees(ben));
  commit(put_back(ben));
  EXPECT_TRUE(sees(ben));
  commit(taken_out(clara));
  EXPECT_EQ(refused(put_back(ben)), "application.missing");  // nor hears that there was one
  now = now + rules::kTakenOutStaysUndoable;
  EXPECT_EQ(refused(put_back(clara)), "application.put-back-too-late");
  EXPECT_EQ(refused(put_back(ben)), "application.missing");
}

// They would see mail that was never theirs to see, and so would the job's whole team.
TEST_P(LeavingJobs, SEE_WhatTheCandidateHasBecomePartOfSinceIsNotPutBackUnseen) {
  const auto yara = add_candidate("Yara", {"yara@home.example"}, {});
  commit(taken_out(ben));
  const auto plan = ask(MergePreview{as(anna), wanda, yara});
  commit(MergeCandidates{as(anna), wanda, yara, plan->version, false, now});
  EXPECT_EQ(refused(put_back(ben)), "application.missing");
  EXPECT_FALSE(sees(ben));
  commit(UndoMerge{as(anna), yara, now});
  commit(put_back(ben));
  EXPECT_TRUE(sees(ben));
  // Nor where the candidate became part of another one; who sees that one is told.
  commit(taken_out(ben));
  const auto other = ask(MergePreview{as(anna), yara, wanda});
  commit(MergeCandidates{as(anna), yara, wanda, other->version, false, now});
  EXPECT_EQ(refused(put_back(ben)), "application.missing");
  EXPECT_EQ(refused(put_back(anna)), "candidate.merged");
  // What was merged before, they did see.
  commit(UndoMerge{as(anna), wanda, now});
  commit(put_back(ben));
  const auto again = ask(MergePreview{as(anna), wanda, yara});
  commit(MergeCandidates{as(anna), wanda, yara, again->version, false, now});
  commit(taken_out(ben));
  commit(put_back(ben));
  EXPECT_TRUE(sees(ben));
}

TEST_P(LeavingJobs, S6_WhatWasCaughtUpWithMeanwhileIsLookedForOnceTheyAreBack) {
  const auto match_revision = [&] { return ask(CompanyFacts{engine()}).match_revision; };
  commit(SetJobOpen{welder, false, as(anna), now});
  now = now + 1h;
  commit(taken_out(clara));
  auto before = match_revision();
  commit(put_back(clara));
  EXPECT_EQ(match_revision(), before);  // nothing was caught up with
  commit(taken_out(clara));
  now = now + 1h;
  SetJobOpen open{welder, true, as(anna), now};
  open.catch_up = true;
  commit(open);
  before = match_revision();  // which all mailboxes reach, without them
  now = now + 1h;
  commit(put_back(clara));
  EXPECT_EQ(match_revision(), before + 1);
  EXPECT_EQ(ask(Sought{engine(), before, 10}), std::vector<std::string>{"wanda@home.example"});
}

TEST_P(LeavingJobs, D1_WhatCanBePutBackNoMoreIsRememberedNoMore) {
  Retention kept;  // of all else
  for (auto* one :
       {&kept.uploads, &kept.answers, &kept.counts, &kept.errands, &kept.journal, &kept.feed})
    *one = std::chrono::hours(24 * 365);
  commit(taken_out(clara));
  now = now + rules::kTakenOutStaysUndoable - 1ms;
  EXPECT_FALSE(ask(Prunable{engine(), now, kept}));
  commit(Prune{now, kept});
  commit(put_back(clara));
  commit(taken_out(clara));
  now = now + rules::kTakenOutStaysUndoable;
  EXPECT_TRUE(ask(Prunable{engine(), now, kept}));
  commit(Prune{now, kept});
  EXPECT_FALSE(ask(Prunable{engine(), now, kept}));
  EXPECT_EQ(refused(put_back(clara)), "application.missing");
}

TEST_P(LeavingJobs, O5_WhatWasTakenOutBeforeAMergeIsPutBackOnceThatIsUndone) {
  const auto other = add_candidate("W. Anda", {"other@home.example"}, {});
  commit(taken_out(clara));
  const auto plan = ask(MergePreview{as(anna), other, wanda});
  commit(MergeCandidates{as(anna), other, wanda, plan->version, false, now});
  EXPECT_EQ(refused(put_back(anna)), "candidate.merged");
  commit(UndoMerge{as(anna), wanda, now});
  commit(put_back(clara));
  EXPECT_EQ(applications().size(), 2u);
}

TEST_P(LeavingJobs, O5_WhoMayNotSeeItTakesNothingOut) {
  const auto dora = add_user("dora", Role::manager);
  EXPECT_EQ(refused(taken_out(dora)), "application.missing");
  const auto other = in(baker).id;  // in a job that Ben doesn't see
  EXPECT_EQ(refused(RemoveApplication{as(ben), other, {}, {}, "person", now}),
            "application.missing");
  EXPECT_EQ(applications().size(), 2u);
}

TEST_P(LeavingJobs, O5_WhatAColleagueHasMovedSinceIsShownFirst) {
  const auto job = ask(JobById{as(anna), welder})->stages;
  commit(MoveApplication{as(ben), application, job.phases[1].id, {}, {}, {}, "person", now});
  auto change = taken_out(clara);
  change.seen_phase = job.phases[0].id;
  change.seen_status = job.statuses[0].id;
  EXPECT_EQ(refused(change), "application.moved");
  change.seen_phase = job.phases[1].id;
  change.seen_status = job.statuses[1].id;
  EXPECT_EQ(refused(change), "application.moved");
  change.seen_status = job.statuses[0].id;
  commit(change);
  EXPECT_EQ(applications().size(), 1u);
}

TEST_P(LeavingJobs, O5_WithoutAnotherJobTheyAreACandidateWithoutOne) {
  commit(taken_out(clara));
  commit(RemoveApplication{as(clara), applications().front().id, {}, {}, "person", now});
  EXPECT_FALSE(sees(clara));
  EXPECT_TRUE(sees(anna));
  EXPECT_TRUE(applications().empty());
  // S-6: who is in none at all doesn't rest.
  EXPECT_FALSE(ask(CandidateById{as(anna), wanda})->rest);
  EXPECT_EQ(ask(SyncedAddresses{engine(), {}, {}}).size(), 1u);
}

TEST_P(LeavingJobs, O5_S6_WhoIsLeftInClosedJobsAloneRests) {
  commit(SetJobOpen{baker, false, as(anna), now});
  EXPECT_FALSE(ask(CandidateById{as(anna), wanda})->rest);
  commit(taken_out(clara));
  EXPECT_TRUE(ask(CandidateById{as(anna), wanda})->rest);
  commit(put_back(clara));
  EXPECT_FALSE(ask(CandidateById{as(anna), wanda})->rest);
  // Out of a closed job, and back into it.
  const auto closed = in(baker).id;
  commit(RemoveApplication{as(clara), closed, {}, {}, "person", now});
  commit(PutBackApplication{as(clara), closed, "person", now});
  EXPECT_EQ(applications().size(), 2u);
}

TEST_P(LeavingJobs, M2_WhatSomebodyPutAwayAndSeesNoMoreIsTakenUp) {
  put_away(ben);
  EXPECT_EQ(archived(), 1u);
  commit(taken_out(anna));
  run_errands();
  EXPECT_EQ(archived(), 0u);
  commit(put_back(anna));
  put_away(clara);
  commit(taken_out(anna));
  run_errands();
  EXPECT_EQ(archived(), 1u);  // she still sees it
}

TEST_P(LeavingJobs, O5_WhoHasEnteredTheJobAgainStaysThere) {
  commit(taken_out(clara));
  commit(PutApplication{{make<ApplicationId>(), wanda, welder, {}, {}, now}, as(ben), "person"});
  EXPECT_EQ(refused(put_back(clara)), "application.exists");
  EXPECT_EQ(applications().size(), 2u);
}

TEST_P(LeavingJobs, O5_AStageThatIsGoneIsTheFirst) {
  auto job = *ask(JobById{as(anna), welder});
  commit(MoveApplication{as(ben), application, job.stages.phases[1].id, {}, {}, {}, "person", now});
  commit(taken_out(clara));
  job.stages.phases.erase(job.stages.phases.begin() + 1);
  commit(ChangeJob{as(anna), welder, job.version, {}, job.stages.phases, {}, now});
  commit(put_back(clara));
  const auto all = applications();
  const auto back = std::ranges::find(all, application, &rules::Application::id);
  ASSERT_NE(back, all.end());
  EXPECT_EQ(back->phase.id, job.stages.phases[0].id);
}

TEST_P(LeavingJobs, O5_D1_WhoIsForgottenIsPutBackNowhere) {
  commit(taken_out(clara));
  // Nor is what became part of them.
  const auto other = add_candidate("Other", {"other@home.example"}, {});
  const auto plan = ask(MergePreview{as(anna), other, wanda});
  commit(MergeCandidates{as(anna), other, wanda, plan->version, false, now});
  commit(ForgetCandidate{other, as(anna), now});
  // At once: the errand has yet to run.
  EXPECT_EQ(refused(put_back(clara)), "application.missing");
  EXPECT_EQ(refused(put_back(anna)), "application.missing");
  run_errands();
  EXPECT_EQ(refused(put_back(clara)), "application.missing");
}

TEST_P(LeavingJobs, O5_WhatCameWithAMergeAndWasTakenOutStaysOut) {
  const auto other = add_candidate("W. Anda", {"other@home.example"}, {});
  const auto id = make<ApplicationId>();
  const auto cook = add_job("Cook", {clara.id});
  commit(PutApplication{{id, other, cook, {}, {}, now}, as(anna), "person"});
  const auto plan = ask(MergePreview{as(anna), wanda, other});
  commit(MergeCandidates{as(anna), wanda, other, plan->version, false, now});
  commit(RemoveApplication{as(anna), id, {}, {}, "person", now});
  commit(UndoMerge{as(anna), other, now});
  EXPECT_TRUE(ask(CandidateById{engine(), other})->applications.empty());
  commit(PutBackApplication{as(anna), id, "person", now});
  EXPECT_EQ(ask(CandidateById{engine(), other})->applications.size(), 1u);
  EXPECT_EQ(applications().size(), 2u);
}

TEST_P(LeavingJobs, O5_WhoIsPartedAgainIsListedInTheJobThatTheyKept) {
  const auto other = add_candidate("W. Anda", {"other@home.example"}, {welder});
  const auto theirs = thread(other);
  place(message("two", "other@home.example", "clara@acme.example"), theirs, PlacedBy::address,
        "other@home.example");
  const auto plan = ask(MergePreview{as(anna), wanda, other});
  commit(MergeCandidates{as(anna), wanda, other, plan->version, false, now});
  commit(taken_out(clara));
  EXPECT_TRUE(threads_seen(as(ben), Place::all).empty());
  commit(UndoMerge{as(anna), other, now});
  EXPECT_EQ(threads_seen(as(ben), Place::all), std::vector{theirs.id});
}

}  // namespace
}  // namespace hearback::store
