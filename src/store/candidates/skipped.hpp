#pragma once
// Of mail that was passed over while a candidate rested (resting.hpp): what has come in after all,
// and whose has to be looked for.
#include "store/engine/applying.hpp"

namespace hearback::store {

// S-6: mail that was counted and comes in later (its job is open again, and its headers are read
// for another reason) isn't missing any more. Which ones were counted isn't kept: it is told by the
// date, so that mail from before the count leaves it alone.
void count_found(Writing& writing);

// S-6: not all that is passed over is counted, so whose mail may be missing is noted where they
// come to rest no longer: asked before the change, and noted after it where they don't rest by
// then. CatchUp looks for it once. A job that opens is noted for all of its candidates at once.
bool is_resting(Writing& writing, CandidateId candidate);
void note_if_awake(Writing& writing, CandidateId candidate);
// What is noted of the one is noted of the other, too.
void share_what_is_noted(Writing& writing, CandidateId from, CandidateId to);

}  // namespace hearback::store
