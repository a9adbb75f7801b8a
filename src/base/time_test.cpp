#include "base/time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hearback {
namespace {

TEST(Time, WritesRfc3339) {
  EXPECT_EQ(to_rfc3339({0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339({1'793'523'723'004}), "2026-11-01T09:02:03.004Z");
  EXPECT_EQ(to_rfc3339({-1}), "1969-12-31T23:59:59.999Z");
}

TEST(Time, ReadsOffsetsAndFractions) {
  EXPECT_EQ(from_rfc3339("2026-11-01T10:02:03.0049+01:00"), (Instant{1'793'523'723'004}));
  EXPECT_EQ(from_rfc3339("2026-11-01t09:02:03z"), (Instant{1'793'523'723'000}));
  EXPECT_EQ(from_rfc3339("2024-02-29T00:00:00Z").has_value(), true);
}

TEST(Time, RefusesTheRest) {
  for (std::string_view bad :
       {"", "2026-11-01", "2026-11-01T09:02:03", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "2026-11-01T24:00:00Z", "2026-11-01T09:02:03Zx", "2026-11-01T09:02:03+1:00",
        "2026-11-01T09-02-03Z", "26-11-01T09:02:03Z"})
    EXPECT_FALSE(from_rfc3339(bad)) << bad;
}

RC_GTEST_PROP(Time, ComesBack, ()) {
  Instant t{*rc::gen::inRange<std::int64_t>(-62'000'000'000'000, 253'000'000'000'000)};
  RC_ASSERT(from_rfc3339(to_rfc3339(t)) == t);
}

}  // namespace
}  // namespace hearback
