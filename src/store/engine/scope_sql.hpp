#pragma once
// A Scope in SQL. This is the only place in the store that says what a reader may see; rules/access
// says the same in C++, and a property test on both databases holds the two equal (P-1, P-2, C-6).
// docs/doors.md lists which question asks which of these, and a test holds the list true.
//
// Every scoped statement begins with the same three parameters, scope_params():
//   $1 the company, $2 the user (nobody has none), $3 whether the reader sees every job.
#include <string>
#include <string_view>

#include "rules/access.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

using rules::Scope;

std::vector<Value> scope_params(const Scope& scope);

// Conditions; `column` is the SQL expression that holds the id.
std::string may_see_candidate(const Scope& scope, std::string_view column);
std::string may_see_job(const Scope& scope, std::string_view column);
std::string may_see_thread(const Scope& scope, std::string_view column);
// The part of may_see_thread that index rows don't follow: the candidate isn't being forgotten, and
// no address that is being taken off has placed anything there. The second says that nothing of
// the kind happens in the company, as nearly always: then no thread need be asked.
std::string stays(std::string_view thread);
std::string everything_stays();
// As may_see_thread, where the row of `threads` is at hand.
std::string may_see_thread_row(const Scope& scope, std::string_view table);
// As that, where the reader is known to see the thread's candidate.
std::string may_see_thread_of_seen(const Scope& scope, std::string_view table);
// That a user of some row, not the one who asks, may read a thread, whose row is at hand: what
// may_see_thread_row says of a user, but for what is there for nobody. `user`: the SQL expression
// that holds the id.
std::string user_may_read(std::string_view user, std::string_view table);
std::string may_use_mailbox(const Scope& scope, std::string_view column, rules::MailboxRight right);
// What lies in the outbox is seen with its thread. Where that has left the profile meanwhile, its
// author still decides what becomes of the message. Of a candidate who is being forgotten the
// engine sees what is leaving. `table` has the columns of `outbox`.
std::string may_see_outbox(const Scope& scope, std::string_view table);
// It is being handed over, or was, perhaps, and its copy isn't known to lie in its author's Sent
// folder.
std::string is_leaving(std::string_view table);
// An entry of the feed, with columns `thread`, `mailbox`, `candidate` and `user_id`.
std::string may_hear_of(const Scope& scope, std::string_view table);

// Runs a statement whose first parameters are the scope's.
template <class... P>
std::vector<Row> scoped_rows(Db& db, const Scope& scope, std::string_view sql, const P&... more) {
  auto params = scope_params(scope);
  (params.push_back(value_of(more)), ...);
  return db.run(sql, params).rows;
}
template <class... P>
std::optional<Row> scoped_row(Db& db, const Scope& scope, std::string_view sql, const P&... more) {
  auto found = scoped_rows(db, scope, sql, more...);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

}  // namespace hearback::store
