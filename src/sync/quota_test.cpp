#include "sync/quota.hpp"

#include <gtest/gtest.h>

namespace hearback::sync {
namespace {

constexpr Duration kHour = std::chrono::hours(1);

Limits small() {
  Limits limits;
  limits.mailbox_day_messages = 100;
  limits.mailbox_day_octets = 1000;
  return limits;
}

// Of the past three quarters, of all the whole; after a day what came first counts no more.
TEST(Quota, S14_WhatOneMailboxMayBringInWithinADay) {
  const auto limits = small();
  const Instant began{5 * kHour.count() + 60'000};
  Quota quota;
  EXPECT_EQ(quota.until_room(began, limits, true), Duration(0));
  quota.note(began, {10, 749});
  EXPECT_EQ(quota.until_room(began, limits, true), Duration(0));
  quota.note(began + 2 * kHour, {10, 1});
  const Instant now = began + 3 * kHour;
  EXPECT_EQ(quota.until_room(now, limits, false), Duration(0));
  EXPECT_EQ(quota.until_room(now, limits, true), 21 * kHour - 1min);
  quota.note(now, {80, 1});
  EXPECT_EQ(quota.until_room(now, limits, false), 21 * kHour - 1min);
  const Instant next_day = now + 21 * kHour;
  EXPECT_EQ(quota.until_room(next_day, limits, false), Duration(0));
  // 90 of the past's 75 are left: three hours later there is room.
  EXPECT_EQ(quota.until_room(next_day, limits, true), 3 * kHour - 1min);
  EXPECT_EQ(quota.until_room(next_day + 3 * kHour, limits, true), Duration(0));
}

// What an import of a large agreed past brings, all at once.
TEST(Quota, C8_ANormalImportDoesNotMeetIt) {
  for (const auto& brought :
       {Quota::Brought{2000, 2000 * 100'000ull}, {20'000, 20'000 * 100'000ull}}) {
    Quota quota;
    quota.note({}, brought);
    EXPECT_EQ(quota.until_room({}, {}, true), Duration(0));
  }
}

}  // namespace
}  // namespace hearback::sync
