#include "mail/day.hpp"

#include <gtest/gtest.h>

namespace hearback::mail {
namespace {

using namespace std::chrono;

TEST(Day, M6_BeginsAtMidnightWhereOneLives) {
  struct Case {
    year_month_day day;
    std::string_view zone, expected;
  };
  const Case cases[] = {
      {2026y / 11 / 4, "UTC", "2026-11-04T00:00:00.000Z"},
      {2026y / 11 / 4, "Asia/Tokyo", "2026-11-03T15:00:00.000Z"},
      {2026y / 7 / 1, "Europe/Zurich", "2026-06-30T22:00:00.000Z"},
      {2026y / 12 / 1, "Europe/Zurich", "2026-11-30T23:00:00.000Z"},
      {2026y / 3 / 29, "Europe/Zurich", "2026-03-28T23:00:00.000Z"},
      {2026y / 1 / 1, "America/New_York", "2026-01-01T05:00:00.000Z"},
      {2018y / 11 / 4, "America/Sao_Paulo", "2018-11-04T03:00:00.000Z"},  // there is no midnight
      {2018y / 11 / 5, "America/Sao_Paulo", "2018-11-05T02:00:00.000Z"},
      {2023y / 11 / 5, "America/Havana", "2023-11-05T04:00:00.000Z"},  // there are two
      {2026y / 11 / 4, "Nowhere/Land", "2026-11-04T00:00:00.000Z"},
  };
  for (const auto& [day, zone, expected] : cases)
    EXPECT_EQ(to_rfc3339(beginning_of(day, zone)), expected) << zone;
}

}  // namespace
}  // namespace hearback::mail
