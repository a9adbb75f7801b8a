#pragma once
#include "sim/scenario.hpp"

namespace hearback::sim {

// SEND-1, 3, 4, 5, 6, 8, 9, 13, 17, W-5 and C-12. Bugs: resend-after-dot.
Verdict run_outbox(const Run& run);

}  // namespace hearback::sim
