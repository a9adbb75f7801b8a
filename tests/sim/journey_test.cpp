#include <gtest/gtest.h>

#include "sim/journey_scenario.hpp"

namespace hearback::sim {
namespace {

TEST(JourneySeeds, S1_T1_W5_WhatIsSentIsAnsweredIntoItsThread) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    auto verdict = run_journey({seed, "", false});
    ASSERT_TRUE(verdict.ok()) << "seed " << seed << ": " << verdict.broken.front() << "\n  "
                              << verdict.options;
  }
}

TEST(JourneySeeds, TheSameSeedIsTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    EXPECT_EQ(run_journey({seed, "", false}).trace_hash, run_journey({seed, "", false}).trace_hash)
        << seed;
}

}  // namespace
}  // namespace hearback::sim
