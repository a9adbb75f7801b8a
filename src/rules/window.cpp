#include "rules/window.hpp"

#include <algorithm>

namespace hearback::rules {

Instant default_window(Instant now) { return now - std::chrono::hours(24 * 14); }

Instant search_day(Instant since) { return std::max(Instant{}, since - std::chrono::hours(24)); }

}  // namespace hearback::rules
