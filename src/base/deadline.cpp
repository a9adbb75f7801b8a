#include "base/deadline.hpp"

#include <algorithm>

namespace hearback {

using Clock = std::chrono::steady_clock;

Deadline::Deadline(Duration from_now) : at_(Clock::now() + from_now) {}

Duration Deadline::left() const {
  // Rounded up, so that a wait of what is left doesn't end a moment early and is begun again.
  return std::max(std::chrono::ceil<Duration>(at_ - Clock::now()), Duration{0});
}

}  // namespace hearback
