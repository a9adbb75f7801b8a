#pragma once
#include <vector>

#include "store/engine/db.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/threads/questions.hpp"

namespace hearback::store {

// Who said that these lie where they do, of those that somebody did.
void add_corrections(Db& db, const Scope& scope, std::vector<MessageInThread>& shown);
// `from` has become part of `into` (T-8): what can be undone in the one can be undone in the other.
void unite_corrections(Db& db, CompanyId company, ThreadId from, ThreadId into);

}  // namespace hearback::store
