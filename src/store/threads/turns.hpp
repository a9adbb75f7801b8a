#pragma once
// Whose turn it is in each thread (rules/triage.hpp), as columns that follow its messages:
// `answered`, the newest of ours that stands as an answer, and `asked_at`, the date of the oldest
// that asks for one since. And who has put it away: `thread_done`; of those who see it no more and
// whose marks were taken up (taking_up.hpp) only that somebody had, and up to what: `settled_at`.
#include "base/ids.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

// A message is new in the thread, its way out moved, or another copy came. Costs no more in a long
// thread than in a short one, as long as the message isn't the newest of ours.
void count_turn(Db& db, CompanyId company, ThreadId thread, MessageId message);
// A message is new in the thread: for whom it was done, it may be so no longer.
void wake(Db& db, CompanyId company, ThreadId thread, MessageId message);
// What one of us wrote there didn't arrive, or nobody knows, and nobody decided so: whoever put it
// away looks again, with that answer or before, for it isn't what they left.
void wake_all(Db& db, CompanyId company, ThreadId thread);
// What somebody had put away who sees it no more waits for an answer again.
void unsettle(Db& db, CompanyId company, ThreadId thread);
// Where messages come to it from one that isn't settled itself.
void unsettle_with(Db& db, CompanyId company, ThreadId from, ThreadId into);
// After messages were taken out of the thread, or others came to it as a whole.
void count_turns_again(Db& db, CompanyId company, ThreadId thread);
// Whether one that asks for an answer came after these (`placements.came`).
bool asked_since(Db& db, CompanyId company, ThreadId thread, std::int64_t seen);
// Before `from` goes: put away is what was in both.
void unite_done(Db& db, CompanyId company, ThreadId from, ThreadId into);

}  // namespace hearback::store
