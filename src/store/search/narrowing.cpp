#include "store/search/narrowing.hpp"

#include <utility>

namespace hearback::store {
namespace {

constexpr std::size_t kJobsAtOnce = 64;  // whose candidates are looked at
constexpr std::size_t kNamed = 100;      // candidates, or jobs, that a filter means

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const auto& part : parts) (all += all.empty() ? "" : " ") += part;
  return all;
}

void too_many_named(std::string_view filter, const std::vector<std::string>& names,
                    NamedBySearch& named) {
  std::string part;
  for (const auto& name : names) {
    const bool quoted = name.find(' ') != name.npos;
    (part += part.empty() ? "" : " ") += filter;
    part += quoted ? ":\"" + name + "\"" : ":" + name;
  }
  named.problems.push_back({"search.too-many-named", std::move(part)});
}

}  // namespace

std::string list_from(std::size_t first, std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) (list += i ? ", $" : "($") += std::to_string(first + i);
  return list + ")";
}

void name_filters(Reading& reading, const Scope& scope, const rules::Search& search,
                  NamedBySearch& named) {
  if (!search.candidates.empty()) {
    const auto found =
        answer(reading, Candidates{scope, joined(search.candidates), std::nullopt, {"", kNamed}});
    for (auto& row : found.rows) named.candidates.push_back(value_of(row.candidate.id));
    named.to_nothing = named.candidates.empty();
    if (!found.next.empty()) too_many_named("candidate", search.candidates, named);
  }
  if (search.jobs.empty()) return;
  Jobs jobs{scope, joined(search.jobs), std::nullopt, {"", kNamed}};
  bool more = true;
  for (int pages = 0; more && pages < 10 && named.jobs.size() < kNamed; ++pages) {
    auto page = answer(reading, jobs);
    for (auto& row : page.rows) named.jobs.push_back(value_of(row.job.id));
    more = !page.next.empty();
    jobs.page.after = page.next;
  }
  if (more) too_many_named("job", search.jobs, named);
  named.to_nothing = named.to_nothing || named.jobs.empty();
}

// Job by job: a planner that is asked for the distinct ones of all reads them all before it has the
// first.
std::optional<std::set<CandidateId>> few_in_jobs(Db& db, CompanyId company,
                                                 std::span<const Value> jobs) {
  const Value shared[] = {value_of(company), value_of(kFewCandidates + 1)};
  std::set<CandidateId> few;
  for (; !jobs.empty(); jobs = jobs.subspan(std::min(jobs.size(), kJobsAtOnce))) {
    std::vector<std::vector<Value>> each;
    for (const auto& job : jobs.first(std::min(jobs.size(), kJobsAtOnce))) each.push_back({job});
    for (auto& rows : db.run_each("select n.candidate from job_candidates n where n.company = $1"
                                  " and n.job = $3 order by n.name_key, n.candidate limit $2",
                                  shared, each))
      for (auto& row : rows) few.insert(row.id<CandidateId>());
    if (few.size() > kFewCandidates) return std::nullopt;
  }
  return few;
}

std::optional<std::set<CandidateId>> few_of_teams(Db& db, const Scope& scope) {
  std::vector<Value> jobs;
  for (auto& row : db.rows("select job from job_team where company = $1 and user_id = $2",
                           scope.company, scope.user))
    jobs.push_back(value_of(row.id<JobId>()));
  return few_in_jobs(db, scope.company, jobs);
}

}  // namespace hearback::store
