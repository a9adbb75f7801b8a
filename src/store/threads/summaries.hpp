#pragma once
// The rows that lists of conversations show.
#include <vector>

#include "store/engine/db.hpp"
#include "store/threads/questions.hpp"
#include "store/threads/views.hpp"

namespace hearback::store {

// Those of a page, in its order, without those that the scope may not see.
std::vector<ThreadSummary> summaries_of(Db& db, const Scope& scope,
                                        const std::vector<ViewRow>& page);

}  // namespace hearback::store
