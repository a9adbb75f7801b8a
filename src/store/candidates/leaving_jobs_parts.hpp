#pragma once
// Of what is remembered for PutBackApplication: when it goes.
#include <cstddef>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearback::store {

struct Writing;

// At most `rows` that can be put back no more.
void prune_removed_applications(Writing& writing, Instant now, std::size_t rows);
// D-1: theirs, and those of who became part of them, with what another system called them.
void forget_removed_applications(Writing& writing, CandidateId candidate);

}  // namespace hearback::store
