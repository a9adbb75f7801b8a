#pragma once
// Threads that turned out to be one (T-8).
#include "base/ids.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

// The thread, or the one that it has become part of.
ThreadId standing_thread(Db& db, CompanyId company, ThreadId thread);

}  // namespace hearback::store
