#pragma once
// When to stop waiting for something outside, whatever it does. Measured on the monotonic clock: a
// wall clock that is set meanwhile moves it neither way.
#include <chrono>

#include "base/time.hpp"

namespace hearback {

class Deadline {
 public:
  explicit Deadline(Duration from_now);
  Duration left() const;  // never below zero
  bool over() const { return left() == Duration{0}; }

 private:
  std::chrono::steady_clock::time_point at_;
};

}  // namespace hearback
