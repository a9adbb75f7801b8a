#pragma once
// What somebody has put away and sees no more: they can't take it back, and nobody else can, so it
// would lie in the team's archive for good. It is taken up again: at once, as far as one commit may
// look and take along, and in the steps of an errand where that is more.
#include "store/engine/applying.hpp"
#include "store/errands/steps.hpp"

namespace hearback::store {

// These users are no longer active, or see less than before.
void take_up_again(Writing& writing, const std::vector<UserId>& users, Instant at);
ErrandStep take_up_some(Writing& writing, UserId user, std::size_t rows, Instant now);

// Fewer see this candidate than before. Who does is asked at the end of the commit.
void take_up_unseen_of(Writing& writing, CandidateId candidate, Instant at);

// Fewer will, by what the commit has yet to do.
void look_at_marks_of(Writing& writing, CandidateId candidate, Instant at);

// Others may see this thread than before.
void take_up_unseen(Writing& writing, ThreadId thread);

}  // namespace hearback::store
