#pragma once
// What the question about a merge and the change that makes one share.
#include "store/candidates/merging.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

// What is decided upon: the preview without its counts.
MergePreview::Answer plan_merge(Db& db, const MergePreview& question);
// Refuses what is too much for one candidate, or for one commit.
void expect_mergeable(Db& db, CompanyId company, CandidateId kept, CandidateId merged,
                      std::size_t addresses);

}  // namespace hearback::store
