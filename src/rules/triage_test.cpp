#include "rules/triage.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

TEST(Triage, M8_PersonsAndBouncesAskForAnAnswer) {
  using enum MessageKind;
  struct Case {
    ThreadKind thread;
    Direction direction;
    MessageKind kind;
    bool asks;
  };
  const auto talk = ThreadKind::conversation;
  for (const auto& one : {
           Case{talk, Direction::incoming, human, true},
           Case{talk, Direction::incoming, bounce, true},
           Case{talk, Direction::incoming, automatic, false},
           Case{talk, Direction::incoming, list, false},
           Case{talk, Direction::outgoing, human, false},
           Case{ThreadKind::internal_forward, Direction::incoming, human, false},
       })
    EXPECT_EQ(asks_for_an_answer(one.thread, one.direction, one.kind), one.asks);
}

TEST(Triage, M8_WhatDidNotArriveIsNoAnswer) {
  using enum OutboxState;
  for (const auto state : {scheduled, queued, sending, sent, seen_in_sent})
    EXPECT_TRUE(answers(state));
  for (const auto state : {uncertain, bounced, failed, cancelled}) EXPECT_FALSE(answers(state));
  EXPECT_TRUE(answers(MessageKind::human, {}));
  EXPECT_TRUE(answers(MessageKind::human, sent));
  EXPECT_FALSE(answers(MessageKind::human, failed));
  EXPECT_FALSE(answers(MessageKind::automatic, {}));  // an acknowledgement, a colleague's absence
}

TEST(Triage, M8_ReferencesTellTheOrderWhereClocksDiffer) {
  const Instant early{1000}, late{2000};
  EXPECT_TRUE(comes_after_ours({.theirs = late, .ours = early}));
  EXPECT_FALSE(comes_after_ours({.theirs = early, .ours = late}));
  EXPECT_FALSE(comes_after_ours({.theirs = early, .ours = early}));
  EXPECT_TRUE(comes_after_ours({.theirs = early, .ours = late, .names_ours = true}));
  EXPECT_FALSE(comes_after_ours({.theirs = late, .ours = early, .named_by_ours = true}));
}

TEST(Triage, M8_DoneLastsUntilAPersonWritesAgain) {
  EXPECT_TRUE(wakes({Instant{2000}, Instant{1000}, false}));
  EXPECT_FALSE(wakes({Instant{1000}, Instant{1000}, false}));
  EXPECT_FALSE(wakes({Instant{500}, Instant{1000}, false}));
  EXPECT_TRUE(wakes({Instant{500}, Instant{1000}, true}));
  EXPECT_TRUE(wakes({Instant{500}, Instant{1000}, false, true}));
  EXPECT_EQ(triage_of(true, false), Triage::to_answer);
  EXPECT_EQ(triage_of(false, false), Triage::waiting);
  EXPECT_EQ(triage_of(true, true), Triage::done);
  EXPECT_EQ(triage_of(false, true), Triage::done);
}

}  // namespace
}  // namespace hearback::rules
