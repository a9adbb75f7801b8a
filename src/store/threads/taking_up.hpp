#pragma once
// What somebody has put away and sees no more: they can't take it back, and nobody else can, so it
// would lie in the team's archive for good. It is taken up again: at once, as far as one commit may
// take along, and in the steps of an errand where that is more.
#include "store/engine/applying.hpp"
#include "store/errands/steps.hpp"

namespace hearback::store {

// The user is no longer active, or sees less than before.
void take_up_again(Writing& writing, UserId user, Instant at);
ErrandStep take_up_some(Writing& writing, UserId user, std::size_t rows, Instant now);

// Others may see this thread than before.
void take_up_unseen(Writing& writing, ThreadId thread);

}  // namespace hearback::store
