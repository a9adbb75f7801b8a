#include "rules/unread.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

TEST(Unread, M7_WhatCameSinceOneListensIsNews) {
  const Instant before{1000}, since{2000}, after{3000};
  struct Case {
    Arrival arrival;
    bool news;
  };
  for (const auto& one : {
           Case{{false, after, since, before}, true}, Case{{false, since, since, since}, true},
           Case{{false, before, since, before}, false},  // out of the agreed past
           Case{{false, since, before, after}, false},   // the address was added later
           Case{{true, after, since, before}, false},    // their own
       })
    EXPECT_EQ(is_news(one.arrival), one.news);
}

}  // namespace
}  // namespace hearback::rules
