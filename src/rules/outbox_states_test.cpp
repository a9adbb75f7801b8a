#include "rules/outbox_states.hpp"

#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace hearback::rules {
namespace {

using enum OutboxState;
using Phase = OutboxPhase;

constexpr OutboxState kStates[] = {scheduled,    queued,  sending, uncertain, sent,
                                   seen_in_sent, bounced, failed,  cancelled};
constexpr Phase kPhases[] = {Phase::none, Phase::attempt, Phase::dot};

bool reaches(OutboxState from, Phase phase, OutboxState to) {
  for (auto to_phase : kPhases)
    if (may_move(from, phase, to, to_phase)) return true;
  return false;
}

std::set<OutboxState> targets(OutboxState from, Phase phase) {
  std::set<OutboxState> found;
  for (auto to : kStates)
    if (reaches(from, phase, to)) found.insert(to);
  return found;
}

TEST(OutboxStates, SEND2_WhereEachStateLeads) {
  using Set = std::set<OutboxState>;
  for (auto phase : kPhases) {
    EXPECT_EQ(targets(scheduled, phase), (Set{scheduled, queued, sending, failed, cancelled}));
    EXPECT_EQ(targets(queued, phase), (Set{queued, sending, failed, cancelled}));
    EXPECT_EQ(targets(uncertain, phase), (Set{uncertain, sent, seen_in_sent, bounced}));
    EXPECT_EQ(targets(sent, phase), (Set{sent, seen_in_sent, bounced}));
    EXPECT_EQ(targets(seen_in_sent, phase), (Set{seen_in_sent, bounced}));
    EXPECT_EQ(targets(bounced, phase), Set{});
    EXPECT_EQ(targets(failed, phase), Set{});
    EXPECT_EQ(targets(cancelled, phase), Set{});
  }
  EXPECT_EQ(targets(sending, Phase::none), (Set{sending, queued, failed}));
  EXPECT_EQ(targets(sending, Phase::attempt), (Set{sending, queued, failed}));
  EXPECT_EQ(targets(sending, Phase::dot), (Set{sent, seen_in_sent, uncertain, failed}));
}

TEST(OutboxStates, SEND2_PhasesOnlyMoveForward) {
  EXPECT_TRUE(may_move(queued, Phase::none, sending, Phase::attempt));
  EXPECT_TRUE(may_move(sending, Phase::none, sending, Phase::attempt));
  EXPECT_TRUE(may_move(sending, Phase::attempt, sending, Phase::dot));
  EXPECT_FALSE(may_move(queued, Phase::none, sending, Phase::dot));
  EXPECT_FALSE(may_move(sending, Phase::none, sending, Phase::dot));
  EXPECT_FALSE(may_move(sending, Phase::attempt, sending, Phase::none));
  EXPECT_FALSE(may_move(sending, Phase::dot, sending, Phase::attempt));
  EXPECT_FALSE(may_move(sending, Phase::dot, sending, Phase::none));
}

// SEND-6: greylisting answers the dot itself; the message was not accepted then.
TEST(OutboxStates, SEND6_OnlyCertaintyBringsARowBackFromTheDot) {
  EXPECT_TRUE(may_move(sending, Phase::dot, queued, Phase::none, true));
  EXPECT_FALSE(may_move(sending, Phase::dot, queued, Phase::none));
  EXPECT_FALSE(may_move(uncertain, Phase::dot, queued, Phase::none, true));
}

// Follow every chain of the engine's moves from past the dot: none reaches a state that sends.
TEST(OutboxStates, SEND4_NothingPastTheDotReturnsToTheQueue) {
  std::set<std::pair<OutboxState, Phase>> seen{{sending, Phase::dot}}, open = seen;
  while (!open.empty()) {
    auto [from, phase] = *open.begin();
    open.erase(open.begin());
    for (auto to : kStates)
      for (auto to_phase : kPhases)
        if (may_move(from, phase, to, to_phase) && seen.insert({to, to_phase}).second)
          open.insert({to, to_phase});
  }
  for (auto [state, phase] : seen) {
    EXPECT_NE(state, queued);
    EXPECT_NE(state, scheduled);
    if (state == sending) EXPECT_EQ(phase, Phase::dot);
  }
}

TEST(OutboxStates, SEND6_CertaintyAllowsNothingElse) {
  for (auto from : kStates)
    for (auto phase : kPhases)
      for (auto to : kStates)
        for (auto to_phase : kPhases) {
          const bool past_dot = from == sending && phase == Phase::dot && to == queued;
          EXPECT_EQ(may_move(from, phase, to, to_phase, true),
                    past_dot || may_move(from, phase, to, to_phase));
        }
}

TEST(OutboxStates, W5_WhatAPersonMayDecide) {
  for (auto state : kStates) {
    EXPECT_EQ(may_resend(state), state == uncertain || state == failed);
    EXPECT_EQ(may_consider_sent(state), state == uncertain);
    EXPECT_EQ(may_cancel(state), state == queued || state == scheduled || state == failed);
    EXPECT_EQ(never_left(state), state == failed || state == cancelled);
  }
}

}  // namespace
}  // namespace hearback::rules
