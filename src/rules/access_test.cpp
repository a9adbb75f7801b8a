#include "rules/access.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

template <class T>
T numbered(std::uint8_t n) {
  T id;
  id.bytes[15] = n;
  return id;
}

const CompanyId kCompany = numbered<CompanyId>(1);

User person(std::uint8_t n, Role role, bool all_jobs = false) {
  User user;
  user.id = numbered<UserId>(n);
  user.role = role;
  user.all_jobs = all_jobs;
  return user;
}

TEST(Access, P1_HiringTeamDecidesForThoseWhoDoNotSeeAllJobs) {
  const auto evaluator = person(1, Role::evaluator);
  const auto scope = user_scope(kCompany, evaluator);
  EXPECT_FALSE(may_see_candidate(scope, CandidateFacts{}));
  EXPECT_FALSE(may_see_candidate(scope, CandidateFacts{{{}, {numbered<UserId>(2)}}}));
  EXPECT_TRUE(may_see_candidate(scope, CandidateFacts{{{numbered<UserId>(2)}, {evaluator.id}}}));
}

TEST(Access, P1_AdminsAndAllJobsUsersSeeEveryCandidate) {
  EXPECT_TRUE(may_see_candidate(user_scope(kCompany, person(1, Role::admin)), CandidateFacts{}));
  EXPECT_TRUE(
      may_see_candidate(user_scope(kCompany, person(1, Role::manager, true)), CandidateFacts{}));
  EXPECT_TRUE(
      may_see_candidate(user_scope(kCompany, person(1, Role::evaluator, true)), CandidateFacts{}));
  EXPECT_FALSE(may_see_candidate(user_scope(kCompany, person(1, Role::manager)), CandidateFacts{}));
  EXPECT_TRUE(may_see_candidate(engine_scope(kCompany), CandidateFacts{}));
}

TEST(Access, C6_PersonalMailboxIsItsOwnersAloneAdminsIncluded) {
  const MailboxFacts owned{{{{numbered<UserId>(7)}, MailboxRight::manage}}};
  for (const auto right : {MailboxRight::see, MailboxRight::reply, MailboxRight::manage}) {
    EXPECT_TRUE(may_use_mailbox(user_scope(kCompany, person(7, Role::evaluator)), owned, right));
    EXPECT_FALSE(may_use_mailbox(user_scope(kCompany, person(1, Role::admin, true)), owned, right));
    EXPECT_TRUE(may_use_mailbox(engine_scope(kCompany), owned, right));
  }
}

TEST(Access, C10_EachRightToAMailboxIncludesTheOnesBeforeIt) {
  const auto scope = user_scope(kCompany, person(2, Role::manager));
  const MailboxFacts shared{{{{numbered<UserId>(1), numbered<UserId>(2)}, MailboxRight::see},
                             {{numbered<UserId>(2)}, MailboxRight::reply}}};
  EXPECT_TRUE(may_use_mailbox(scope, shared, MailboxRight::see));
  EXPECT_TRUE(may_use_mailbox(scope, shared, MailboxRight::reply));
  EXPECT_FALSE(may_use_mailbox(scope, shared, MailboxRight::manage));
  const auto other = user_scope(kCompany, person(1, Role::manager));
  EXPECT_TRUE(may_use_mailbox(other, shared, MailboxRight::see));
  EXPECT_FALSE(may_use_mailbox(other, shared, MailboxRight::reply));
}

TEST(Access, P2_P3_APrivateThreadIsSeenByThoseWhoWereGivenItAdminsIncluded) {
  ThreadFacts facts{{{{numbered<UserId>(1)}}}, true, {numbered<UserId>(2)}};
  EXPECT_FALSE(may_see_thread(user_scope(kCompany, person(1, Role::evaluator)), facts));
  EXPECT_TRUE(may_see_thread(user_scope(kCompany, person(2, Role::evaluator)), facts));
  EXPECT_FALSE(may_see_thread(user_scope(kCompany, person(3, Role::admin, true)), facts));
  EXPECT_TRUE(may_see_thread(engine_scope(kCompany), facts));
  facts.is_private = false;
  EXPECT_TRUE(may_see_thread(user_scope(kCompany, person(1, Role::evaluator)), facts));
  EXPECT_TRUE(may_see_thread(user_scope(kCompany, person(2, Role::evaluator)), facts));
  EXPECT_FALSE(may_see_thread(user_scope(kCompany, person(4, Role::evaluator)), facts));
}

TEST(Access, O5_WhoIsSwitchedOffSeesNothing) {
  auto gone = person(1, Role::admin, true);
  gone.active = false;
  const auto scope = user_scope(kCompany, gone);
  EXPECT_FALSE(may_see_candidate(scope, {{{gone.id}}}));
  EXPECT_FALSE(may_see_thread(scope, {{{{gone.id}}}, false, {gone.id}}));
  EXPECT_FALSE(may_use_mailbox(scope, {{{{gone.id}, MailboxRight::manage}}}, MailboxRight::see));
}

TEST(Access, RolesAllowWhatTheirNamesSay) {
  EXPECT_TRUE(may_edit_candidates(person(1, Role::admin)));
  EXPECT_TRUE(may_edit_candidates(person(1, Role::manager)));
  EXPECT_FALSE(may_edit_candidates(person(1, Role::evaluator)));
  EXPECT_TRUE(may_move_applications(person(1, Role::admin)));
  EXPECT_TRUE(may_move_applications(person(1, Role::manager)));
  EXPECT_FALSE(may_move_applications(person(1, Role::evaluator, true)));
  EXPECT_TRUE(may_write_mail(person(1, Role::evaluator)));
  EXPECT_TRUE(may_manage_company(person(1, Role::admin)));
  EXPECT_FALSE(may_manage_company(person(1, Role::manager, true)));
  auto gone = person(1, Role::admin);
  gone.active = false;
  EXPECT_FALSE(may_manage_company(gone));
  EXPECT_FALSE(may_write_mail(gone));
  EXPECT_FALSE(may_move_applications(gone));
  EXPECT_FALSE(may_edit_candidates(gone));
}

}  // namespace
}  // namespace hearback::rules
