#include "sync/backoff.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace hearback::sync {
namespace {

TEST(Backoff, S14_PausesAreSpreadOverTheirSecondHalf) {
  SeededRandom random(1);
  std::set<Duration> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(spread(1000ms, random));
  EXPECT_GE(*seen.begin(), 500ms);
  EXPECT_LE(*seen.rbegin(), 1000ms);
  EXPECT_LE(*seen.begin(), 510ms);
  EXPECT_GE(*seen.rbegin(), 990ms);
  EXPECT_GE(seen.size(), 300u);
  EXPECT_EQ(spread(Duration(0), random), Duration(0));
}

}  // namespace
}  // namespace hearback::sync
