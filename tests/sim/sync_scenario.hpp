#pragma once
#include "sim/scenario.hpp"

namespace hearback::sim {

// SYNC-1, 2, 3, 5, 6, 9 and 11. Bugs: cursor-without-messages,
// body-before-its-candidate.
Verdict run_sync(const Run& run);

}  // namespace hearback::sim
