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
  EXPECT_FALSE(may_see(scope, CandidateFacts{}));
  EXPECT_FALSE(may_see(scope, CandidateFacts{{{}, {numbered<UserId>(2)}}}));
  EXPECT_TRUE(may_see(scope, CandidateFacts{{{numbered<UserId>(2)}, {evaluator.id}}}));
}

TEST(Access, P1_AdminsAndAllJobsUsersSeeEveryCandidate) {
  EXPECT_TRUE(may_see(user_scope(kCompany, person(1, Role::admin)), CandidateFacts{}));
  EXPECT_TRUE(may_see(user_scope(kCompany, person(1, Role::manager, true)), CandidateFacts{}));
  EXPECT_TRUE(may_see(user_scope(kCompany, person(1, Role::evaluator, true)), CandidateFacts{}));
  EXPECT_FALSE(may_see(user_scope(kCompany, person(1, Role::manager)), CandidateFacts{}));
  EXPECT_TRUE(may_see(engine_scope(kCompany), CandidateFacts{}));
}

TEST(Access, C6_PersonalMailboxIsItsOwnersAloneAdminsIncluded) {
  Mailbox mailbox;
  mailbox.owner = numbered<UserId>(7);
  EXPECT_TRUE(may_see(user_scope(kCompany, person(7, Role::evaluator)), mailbox));
  EXPECT_FALSE(may_see(user_scope(kCompany, person(1, Role::admin, true)), mailbox));
  EXPECT_TRUE(may_see(engine_scope(kCompany), mailbox));
}

TEST(Access, RolesAllowWhatTheirNamesSay) {
  EXPECT_TRUE(may_edit_candidates(person(1, Role::admin)));
  EXPECT_TRUE(may_edit_candidates(person(1, Role::manager)));
  EXPECT_FALSE(may_edit_candidates(person(1, Role::evaluator)));
  EXPECT_TRUE(may_write_mail(person(1, Role::evaluator)));
  EXPECT_TRUE(may_manage_company(person(1, Role::admin)));
  EXPECT_FALSE(may_manage_company(person(1, Role::manager, true)));
  auto gone = person(1, Role::admin);
  gone.active = false;
  EXPECT_FALSE(may_manage_company(gone));
  EXPECT_FALSE(may_write_mail(gone));
  EXPECT_FALSE(may_edit_candidates(gone));
}

}  // namespace
}  // namespace hearback::rules
