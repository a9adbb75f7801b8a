#pragma once
#include "sim/scenario.hpp"

namespace hearback::sim {

// SEND-1, 3, 4, 5, 6, 8, 9, 13, 17 and W-5. Bugs: resend-after-dot.
Verdict run_outbox(const Run& run);

}  // namespace hearback::sim
