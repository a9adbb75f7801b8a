#pragma once
// A Scope in SQL. This is the only place in the store that says what a reader may see; rules/access
// says the same in C++, and a property test on both databases holds the two equal (P-1, C-6).
//
// Every scoped statement begins with the same three parameters, scope_params():
//   $1 the company, $2 the user, $3 whether the reader sees every job (engines, too).
#include <string>
#include <string_view>

#include "rules/access.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

std::vector<Value> scope_params(const rules::Scope& scope);

// Conditions; `column` is the SQL expression that holds the id.
std::string may_see_candidate(std::string_view column);
std::string may_see_job(std::string_view column);
// A mailbox is its owner's alone, admins included; engines see all. `owner` is the owner's column.
std::string may_see_mailbox(const rules::Scope& scope, std::string_view owner);
// An entry of the feed, with columns `candidate` and `user_id`.
std::string may_hear_of(const rules::Scope& scope, std::string_view table);

// Runs a statement whose first parameters are the scope's.
template <class... P>
std::vector<Row> scoped_rows(Db& db, const rules::Scope& scope, std::string_view sql,
                             const P&... more) {
  auto params = scope_params(scope);
  (params.push_back(value_of(more)), ...);
  return db.run(sql, params).rows;
}
template <class... P>
std::optional<Row> scoped_row(Db& db, const rules::Scope& scope, std::string_view sql,
                              const P&... more) {
  auto found = scoped_rows(db, scope, sql, more...);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

}  // namespace hearback::store
