#include "rules/unread.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

TEST(Unread, M7_WhatCameSinceOneListensIsNews) {
  const Instant before{1000}, since{2000}, after{3000}, late_in_it{2999};
  struct Case {
    Arrival arrival;
    ArrivalMeans means;
  };
  using enum ArrivalMeans;
  for (const auto& one : {
           Case{{false, false, false, after, since, before}, news},
           Case{{false, false, false, since, since, since}, news},
           Case{{false, false, false, since, late_in_it, before}, news},  // dates tell seconds
           Case{{false, false, false, before, since, before}, nothing},   // of the agreed past
           Case{{false, false, false, since, before, after}, nothing},    // the address came later
           Case{{false, false, true, after, since, before}, nothing},     // answered already
           Case{{false, true, false, after, since, before}, nothing},     // their own, it says
           Case{{true, true, false, after, since, before}, read},
           Case{{true, false, false, after, since, before}, read},  // under another address
       })
    EXPECT_EQ(means(one.arrival), one.means);
}

}  // namespace
}  // namespace hearback::rules
