#include "sync/backoff.hpp"

#include <algorithm>

namespace hearback::sync {

Duration spread(Duration pause, Random& random) {
  const auto half = static_cast<std::uint64_t>(pause.count() / 2);
  return pause - Duration(static_cast<std::int64_t>(random.below(half + 1)));
}

Duration Backoff::after(Duration survived, bool throttled, Random& random) {
  constexpr Duration kProven = 5min;
  if (survived >= kProven) next_ = first_;
  if (throttled) next_ = std::max(next_, std::min(most_, Duration(2min)));
  const Duration step = next_;
  next_ = std::min(most_, 2 * next_);
  return spread(step, random);
}

Duration Pace::again(Instant ticks) {
  const auto gone = (ticks - counted_) / of_.forgets;
  counted_ = gone >= count_ ? ticks : counted_ + gone * of_.forgets;
  count_ = gone >= count_ ? 1 : static_cast<int>(count_ - gone) + 1;
  Duration pause{0};
  for (int i = of_.free; i < count_; ++i) {
    pause = i == of_.free ? of_.first : 2 * pause;
    if (pause < of_.most) continue;
    count_ = i + 1;  // more than these make no difference
    return of_.most;
  }
  return pause;
}

}  // namespace hearback::sync
