#pragma once
// The end of what grows by itself.
#include "base/limits.hpp"
#include "base/time.hpp"

namespace hearback::store {

struct Prune {  // one step: a bounded number of rows of each table that are older than they are
                // kept
  Instant now;
  Retention kept;
};

}  // namespace hearback::store
