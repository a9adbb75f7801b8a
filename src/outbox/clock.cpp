#include "outbox/clock.hpp"

#include <algorithm>

namespace hearback::outbox {
namespace {

constexpr Duration kDrift = 2min;  // between two looks: set right by hand or by NTP, no jump
constexpr Duration kBelieve = 10min;

}  // namespace

Instant Clock::now() {
  const auto wall = env_.now();
  const auto run = elapsed();
  const auto expected = wall_ + (run - at_);
  const auto off = std::max(wall - expected, expected - wall);
  if (off <= kDrift) {
    jumped_.reset();
  } else {
    if (!jumped_) jumped_ = run;
    if (run - *jumped_ < kBelieve) return expected;
    jumped_.reset();
  }
  wall_ = wall;
  at_ = run;
  return wall;
}

Instant Clock::latest() { return std::max(now(), env_.now()); }

}  // namespace hearback::outbox
