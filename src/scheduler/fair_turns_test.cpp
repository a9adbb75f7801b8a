#include "scheduler/fair_turns.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "base/random.hpp"

namespace hearback::scheduler {
namespace {

class FairTurnsTest : public testing::Test {
 protected:
  SeededRandom random{1};
  CompanyId slow = CompanyId::make(Instant{1}, random), quick = CompanyId::make(Instant{2}, random);
  FairTurns turns;

  Duration time_of(CompanyId company) const { return company == slow ? Duration(20s) : 100ms; }
  // How many turns the quick one has until the slow one has had so many.
  int until_slow_has_had(int most) {
    int quick_ones = 0;
    for (int slow_ones = 0; slow_ones < most;) {
      const auto next = turns.next();
      if (!next) break;
      ++(*next == slow ? slow_ones : quick_ones);
      turns.took(*next, time_of(*next));
    }
    return quick_ones;
  }
};

// M-6: by time, not by number.
TEST_F(FairTurnsTest, SlowOnesWaitForAsMuchOfOthers) {
  turns.add({slow, quick});
  EXPECT_GE(until_slow_has_had(10), 9 * 200);
}

TEST_F(FairTurnsTest, WhoComesLaterIsNeitherBehindNorAheadForLong) {
  turns.add({slow});
  until_slow_has_had(100);
  turns.add({quick});
  const auto had = until_slow_has_had(10);
  EXPECT_GE(had, 9 * 200);
  EXPECT_LE(had, 11 * 200);
}

TEST_F(FairTurnsTest, BeingAwayForAMomentForgivesNothing) {
  turns.add({slow, quick});
  until_slow_has_had(1);
  turns.drop(slow);
  turns.add({slow});
  EXPECT_EQ(turns.next(), quick);
}

TEST_F(FairTurnsTest, WhoTakesNoTimeTakesTurns) {
  turns.add({slow, quick});
  int slow_ones = 0;
  for (int i = 0; i < 10; ++i) {
    const auto next = turns.next();
    slow_ones += next == slow;
    turns.took(*next, Duration{0});
  }
  EXPECT_EQ(slow_ones, 5);
  turns.drop(slow);
  turns.drop(quick);
  EXPECT_FALSE(turns.next());
}

// All companies are looked at now and then, on the thread that everything else waits for.
TEST_F(FairTurnsTest, ManyCompaniesCostWhatTheyAre) {
  constexpr int kMany = 20'000;
  std::set<CompanyId> many;
  for (int i = 0; i < kMany; ++i) many.insert(CompanyId::make(Instant{i}, random));
  const auto began = std::chrono::steady_clock::now();
  turns.add(many);
  int had = 0;
  for (; const auto next = turns.next(); ++had) {
    turns.took(*next, 1ms);
    turns.drop(*next);
  }
  EXPECT_EQ(had, kMany);
  EXPECT_TRUE(turns.empty());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 30s);
}

}  // namespace
}  // namespace hearback::scheduler
