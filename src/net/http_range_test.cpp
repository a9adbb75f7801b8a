#include "net/http_range.hpp"

#include <gtest/gtest.h>

namespace hearback::net {
namespace {

// "0+5": five octets from the first on; "all"; "beyond".
std::string asked(std::string range, std::uint64_t octets, std::string version = {}) {
  HttpRequest request;
  if (!range.empty()) request.headers.emplace_back("range", std::move(range));
  if (!version.empty()) request.headers.emplace_back("if-range", std::move(version));
  const auto found = asked_range(request, octets, "\"v1\"");
  if (found.is == AskedRange::Is::absent) return "all";
  if (found.is == AskedRange::Is::beyond_end) return "beyond";
  return std::to_string(found.range.at) + "+" + std::to_string(found.range.octets);
}

TEST(HttpRange, OneRangeIsUnderstood) {
  EXPECT_EQ(asked("", 10), "all");
  EXPECT_EQ(asked("bytes=0-4", 10), "0+5");
  EXPECT_EQ(asked("bytes=9-", 10), "9+1");
  EXPECT_EQ(asked("Bytes= 2 - 3 ", 10), "2+2");
  EXPECT_EQ(asked("bytes=5-1000", 10), "5+5");
  EXPECT_EQ(asked("bytes=5-18446744073709551615", 10), "5+5");
  EXPECT_EQ(asked("bytes=-3", 10), "7+3");
  EXPECT_EQ(asked("bytes=-30", 10), "0+10");
}

TEST(HttpRange, BeyondTheEndThereIsNothing) {
  EXPECT_EQ(asked("bytes=10-", 10), "beyond");
  EXPECT_EQ(asked("bytes=-0", 10), "beyond");
  EXPECT_EQ(asked("bytes=0-", 0), "beyond");
  EXPECT_EQ(asked("bytes=-5", 0), "beyond");
}

TEST(HttpRange, WhatIsNotUnderstoodAsksForAll) {
  for (const char* range :
       {"bytes=4-2", "bytes=0-1,4-5", "bytes=", "bytes=-", "bytes=a-b", "bytes=1-b", "bytes=+1-2",
        "items=0-4", "bytes 0-4", "0-4", "bytes=18446744073709551616-", "bytes=1-2-3"})
    EXPECT_EQ(asked(range, 10), "all") << range;
}

TEST(HttpRange, ARangeOfAnotherVersionIsAnsweredWithAll) {
  EXPECT_EQ(asked("bytes=0-4", 10, "\"v1\""), "0+5");
  EXPECT_EQ(asked("bytes=0-4", 10, "\"v2\""), "all");
  EXPECT_EQ(asked("bytes=0-4", 10, "W/\"v1\""), "all");
  EXPECT_EQ(asked("bytes=0-4", 10, "Sun, 01 Nov 2026 09:30:00 GMT"), "all");
}

TEST(HttpRange, IsSaidAsTheStandardWantsIt) {
  using Is = AskedRange::Is;
  EXPECT_EQ(content_range({Is::part, {2, 3}}, 10), "bytes 2-4/10");
  EXPECT_EQ(content_range({Is::beyond_end, {}}, 10), "bytes */10");
}

}  // namespace
}  // namespace hearback::net
