#pragma once
// What passed-over mail of this commit's candidates has come in after all (resting.hpp).
#include "store/engine/applying.hpp"

namespace hearback::store {

// S-6: mail that was counted and comes in later (its job is open again, and its headers are read
// for another reason) isn't missing any more. Which ones were counted isn't kept: it is told by the
// date, so that mail from before the count leaves it alone.
void count_found(Writing& writing);

}  // namespace hearback::store
