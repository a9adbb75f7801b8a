#include "rules/past.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

TEST(Past, C14_WhenItOpens) {
  const Instant connected{1000}, before{1000}, after{1001};
  using enum PastAnswer;
  const struct {
    const char* what;
    PastFacts facts;
    bool open;
  } cases[] = {
      {"asked first, by default", {.added = after, .connected = connected}, false},
      {"known when it was connected", {.added = before, .connected = connected}, true},
      {"known again, and declined when it was connected before",
       {.added = before, .connected = connected, .answer = declined},
       false},
      {"the owner's own doing",
       {.owner_added = true, .added = after, .connected = connected, .answer = declined},
       true},
      {"opens at once", {.added = after, .connected = connected, .choice = PastChoice::open}, true},
      {"being asked", {.added = after, .connected = connected, .answer = asked}, false},
      {"asked before it was to open at once",
       {.added = after, .connected = connected, .choice = PastChoice::open, .answer = asked},
       false},
      {"opened", {.added = after, .connected = connected, .answer = opened}, true},
      {"not now", {.added = after, .connected = connected, .answer = declined}, false},
      {"not now, whatever is chosen later",
       {.added = after, .connected = connected, .choice = PastChoice::open, .answer = declined},
       false},
  };
  for (const auto& one : cases) EXPECT_EQ(past_is_open(one.facts), one.open) << one.what;
}

TEST(Past, C14_TheDateOfReceiptDecides) {
  EXPECT_TRUE(is_of_the_past(Instant{999}, Instant{1000}));
  EXPECT_FALSE(is_of_the_past(Instant{1000}, Instant{1000}));
  EXPECT_FALSE(is_of_the_past(Instant{1000}, Instant{1999}));  // within the same second
  EXPECT_TRUE(is_of_the_past(Instant{1000}, Instant{2000}));
  EXPECT_TRUE(is_of_the_past(Instant{}, Instant{1000}));
  EXPECT_FALSE(is_of_the_past(Instant{}, Instant{}));  // nothing to ask
}

}  // namespace
}  // namespace hearback::rules
