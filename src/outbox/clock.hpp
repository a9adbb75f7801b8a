#pragma once
// The time that the outbox goes by: the wall clock's without its jumps. What is a duration (an age,
// a pause, a lease) must not end because somebody set the clock (REL12).
#include <optional>

#include "base/time.hpp"
#include "net/env.hpp"

namespace hearback::outbox {

class Clock {
 public:
  explicit Clock(net::Env& env) : env_(env), wall_(env.now()), at_(env.ticks().ms) {}

  // A jump of the wall clock is believed only when it has stood for a while.
  Instant now();
  // Whichever is later: for what may be early but must not be late, like another try.
  Instant latest();
  Duration elapsed() { return Duration(env_.ticks().ms); }  // since some moment; never jumps

 private:
  net::Env& env_;
  Instant wall_;  // when elapsed() was at_
  Duration at_;
  std::optional<Duration> jumped_;  // when the wall clock was first seen elsewhere
};

}  // namespace hearback::outbox
