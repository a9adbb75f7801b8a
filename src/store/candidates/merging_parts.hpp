#pragma once
// What the question about a merge and the change that makes one share.
#include "store/candidates/merging.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

// What is decided upon: the preview without its counts.
MergePreview::Answer plan_merge(Db& db, const MergePreview& question);

}  // namespace hearback::store
