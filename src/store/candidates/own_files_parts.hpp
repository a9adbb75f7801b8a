#pragma once
// What becomes of a candidate's own files when they are deleted, merged, or parted again.
#include "store/candidates/own_files.hpp"
#include "store/engine/applying.hpp"

namespace hearback::store {

// A step of forgetting: at most `rows`, those that were removed too. → how many.
std::size_t forget_files(Writing& writing, CandidateId candidate, std::size_t rows);
void give_files(Writing& writing, CandidateId merged, CandidateId kept);
// Those that were put on the merged one, or on who had become part of them. Both stand again.
void take_back_files(Writing& writing, CandidateId merged, CandidateId kept);
// At most `rows` of those that can be put back no more.
void prune_removed_files(Writing& writing, Instant now, std::size_t rows);
// They are no candidate any more: nothing can be put back.
void drop_removed_files(Writing& writing, CandidateId candidate);

}  // namespace hearback::store
