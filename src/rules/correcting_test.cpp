#include "rules/correcting.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

constexpr auto id = [](unsigned char n) {
  ThreadId made;
  made.bytes[0] = n;
  return made;
};

TEST(Correcting, T5_P2_WhatMayLieWhere) {
  CandidateId wanda, bob;
  wanda.bytes[0] = 1;
  bob.bytes[0] = 2;
  const Standing from{id(1), wanda};
  struct Row {
    Standing into;
    std::optional<NotMoved> why;
  };
  const Row rows[] = {
      {{id(2), wanda}, std::nullopt},
      {{id(1), wanda}, NotMoved::same},
      {{id(2), bob}, NotMoved::other_candidate},
      {{id(2), wanda, ThreadKind::internal_forward}, NotMoved::other_kind},
      {{id(2), wanda, ThreadKind::conversation, true}, NotMoved::for_a_few},
      {{id(2), wanda, ThreadKind::conversation, false, true}, NotMoved::for_a_few},
  };
  for (const auto& row : rows) EXPECT_EQ(why_not_moved(from, row.into), row.why);
  EXPECT_EQ(why_not_moved({id(1), wanda, ThreadKind::conversation, true}, {id(2), wanda}),
            NotMoved::for_a_few);
  EXPECT_EQ(why_not_split(from), std::nullopt);
  EXPECT_EQ(why_not_split({id(1), wanda, ThreadKind::conversation, true}), NotMoved::for_a_few);
  EXPECT_EQ(why_not_split({id(1), wanda, ThreadKind::conversation, false, true}),
            NotMoved::for_a_few);
}

TEST(Correcting, T5_WhoMayCorrect) {
  User user;
  user.active = true;
  user.role = Role::admin;
  EXPECT_TRUE(may_correct_placements(user));
  user.role = Role::manager;
  EXPECT_TRUE(may_correct_placements(user));
  user.role = Role::evaluator;
  EXPECT_FALSE(may_correct_placements(user));
}

}  // namespace
}  // namespace hearback::rules
