#include "rules/window.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

using std::chrono::hours;

TEST(Window, C8_FourteenDaysByDefault) {
  const Instant now = *from_rfc3339("2026-11-15T12:00:00.000Z");
  EXPECT_EQ(to_rfc3339(default_window(now)), "2026-11-01T12:00:00.000Z");
}

TEST(Window, C8_TheDateOfReceiptDecides) {
  const Instant since = *from_rfc3339("2026-11-01T12:00:00.000Z");
  EXPECT_TRUE(within_window(since, since));
  EXPECT_FALSE(within_window(since - Duration(1), since));
  EXPECT_TRUE(within_window(Instant{0}, Instant{0}));  // everything
  EXPECT_TRUE(within_window(Instant{0}, since));       // nobody knows when it came
}

TEST(Window, C8_TheSearchIsOneDayWider) {
  const Instant since = *from_rfc3339("2026-11-01T12:00:00.000Z");
  EXPECT_EQ(search_day(since), since - hours(24));
  EXPECT_EQ(search_day(Instant{5}), Instant{0});
}

}  // namespace
}  // namespace hearback::rules
