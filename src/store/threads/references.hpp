#pragma once
// In which threads a Message-ID is named: rows that follow the messages placed there, so that an
// arriving message asks about threads, however many messages name the same.
#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

// After the message was placed.
void add_references(Db& db, CompanyId company, const rules::Placement& placed, Instant at);
// Before `from` goes: what is named in it is named in `into`, which is of the same candidate.
void unite_references(Db& db, CompanyId company, ThreadId from, ThreadId into);
// After messages were taken out of the thread.
void count_references_again(Db& db, CompanyId company, ThreadId thread);

}  // namespace hearback::store
