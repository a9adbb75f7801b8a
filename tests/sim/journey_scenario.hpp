#pragma once
#include "sim/scenario.hpp"

namespace hearback::sim {

// Both engines: S-1, S-11, T-1, W-5, SEND-5, SEND-13, SYNC-1, SYNC-5, SYNC-9.
Verdict run_journey(const Run& run);

}  // namespace hearback::sim
