#include "sync/backoff.hpp"

#include <algorithm>

namespace hearback::sync {

Duration Backoff::after(Duration survived, bool throttled, Random& random) {
  constexpr Duration kProven = 5min;
  if (survived >= kProven) next_ = first_;
  if (throttled) next_ = std::max(next_, std::min(most_, Duration(2min)));
  const Duration step = next_;
  next_ = std::min(most_, 2 * next_);
  const auto half = static_cast<std::uint64_t>(step.count() / 2);
  return step - Duration(static_cast<std::int64_t>(random.below(half + 1)));
}

}  // namespace hearback::sync
