#pragma once
// When a day of the calendar begins where somebody lives.
#include <chrono>
#include <string_view>

#include "base/time.hpp"

namespace hearback::mail {

// `zone`: "Europe/Paris", of the time zone database; one that isn't known is taken for UTC. A day
// whose midnight the clocks leap over begins where they land; one that has two begins at the first.
Instant beginning_of(std::chrono::year_month_day day, std::string_view zone);

}  // namespace hearback::mail
