#include "outbox/awaited.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.hpp"
#include "outbox/retry.hpp"

namespace hearback::outbox {
namespace {

OutboxId a_row() {
  static SeededRandom random{1};
  return OutboxId::make(Instant{1}, random);
}

TEST(Awaited, W5_TheTimeGoesOnUntilItIsForgotten) {
  Awaited awaited;
  const auto row = a_row(), other = a_row();
  EXPECT_EQ(awaited.time_of(row, 5min), 0s);
  EXPECT_EQ(awaited.time_of(other, 7min), 0s);
  EXPECT_EQ(awaited.time_of(row, 25min), 20min);
  awaited.forget(row);
  EXPECT_EQ(awaited.time_of(row, 30min), 0s);
  EXPECT_EQ(awaited.time_of(other, 30min), 23min);
}

// What is looked at twice a day is waited for, however long.
TEST(Awaited, W5_ASlowLookForgetsNothing) {
  Awaited awaited;
  const auto row = a_row();
  Duration now = 0s;
  EXPECT_EQ(awaited.time_of(row, now), 0s);
  for (int i = 0; i < 100; ++i) {
    now += kSlowLook + Options{}.reconcile_most;
    awaited.time_of(a_row(), now - 1min);
    EXPECT_EQ(awaited.time_of(row, now), now);
  }
}

// A person decides, another process goes on, a candidate is deleted: the process isn't told.
TEST(Awaited, WhatIsOverElsewhereTakesNoRoom) {
  Awaited awaited;
  Duration now = 0s;
  const auto row = a_row();
  std::size_t most = 0;
  for (int day = 0; day < 30; ++day)
    for (int i = 0; i < 100; ++i) {
      now += 864s;
      awaited.time_of(a_row(), now);  // never again
      awaited.time_of(row, now);
      most = std::max(most, awaited.size());
    }
  EXPECT_EQ(awaited.time_of(row, now), now - 864s);
  EXPECT_LE(most, 100u);
}

}  // namespace
}  // namespace hearback::outbox
