#pragma once
// Of whom a search can be at all, before words are looked at: whom its filters name, and how few
// those are.
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "rules/search.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/db.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {

// Of so many each is looked at, instead of what the company has.
inline constexpr std::size_t kFewCandidates = 200;

struct NamedBySearch {
  std::vector<rules::SearchProblem> problems;
  bool to_nothing = false;
  std::vector<Value> candidates, jobs;  // named by filters; none: by none
};
void name_filters(Reading& reading, const Scope& scope, const rules::Search& search,
                  NamedBySearch& named);

// Who is in these jobs, and in those of whose team the user is. nullopt: not few.
std::optional<std::set<CandidateId>> few_in_jobs(Db& db, CompanyId company,
                                                 std::span<const Value> jobs);
std::optional<std::set<CandidateId>> few_of_teams(Db& db, const Scope& scope);

// ($7, $8, …)
std::string list_from(std::size_t first, std::size_t count);

}  // namespace hearback::store
