#include <string>

#include "store/candidates/stages.hpp"
#include "store/engine/stages_of_old.hpp"

namespace hearback::store {
namespace {

// Apart from those of what is noted as it happens.
MoveId id_of(std::uint64_t number) {
  MoveId id;
  id.bytes[3] = 3;
  for (std::size_t i = 0; i < 6; ++i)
    id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

struct Source {
  std::string_view what;
  std::string_view of;  // whose candidate may be part of another one by now
};

constexpr Source kSources[] = {
    {kAdded,
     "select company, id, candidate, job, created as at, null as by_whom from applications"},
    {kAdded,
     "select company, id, candidate, job, created as at, null as by_whom"
     " from removed_applications"},
    {kTakenOut,
     "select company, id, candidate, job, at, removed_by as by_whom from removed_applications"},
    // Put aside by a merge, and there again once that is undone.
    {kAdded,
     "select a.company, a.id, a.merged as candidate, a.job, a.created as at, null as by_whom"
     " from merged_applications a where not exists (select 1 from applications o"
     "  where o.company = a.company and o.id = a.id) and not exists (select 1"
     "  from removed_applications o where o.company = a.company and o.id = a.id)"
     " and not exists (select 1 from merged_applications o where o.company = a.company"
     "  and o.id = a.id and o.merged < a.merged)"},
};

void note_all(Db& db, const Source& source, std::uint64_t& number) {
  constexpr std::size_t kAtOnce = 1000;  // rows
  CompanyId company;
  ApplicationId application;
  for (bool more = true; more;) {
    auto rows = db.rows(
        "select x.company, x.id, c.id, x.job, x.at, x.by_whom from (" + std::string(source.of) +
            ") x join candidates c on c.company = x.company and c.id = coalesce((select g.stands"
            "  from merged_candidates g where g.company = x.company and g.merged = x.candidate),"
            "  x.candidate) where (x.company, x.id) > ($1, $2) order by x.company, x.id limit $3",
        company, application, kAtOnce);
    more = rows.size() == kAtOnce;
    Insertion into(
        "insert into application_moves(company, id, candidate, application, job, at, moved_by, how,"
        " what, from_phase, to_phase, from_status, to_status)",
        13);
    for (auto& row : rows) {
      company = row.id<CompanyId>();
      application = row.id<ApplicationId>();
      const auto candidate = row.id<CandidateId>();
      const auto job = row.id<JobId>();
      const auto at = row.instant();
      into.row(company, id_of(++number), candidate, application, job, at, row.maybe_id<UserId>(),
               "person", source.what, "", "", "", "");
    }
    into.run(db);
  }
}

}  // namespace

void note_jobs_of_old(Db& db) {
  std::uint64_t number = 0;
  for (const auto& source : kSources) note_all(db, source, number);
}

}  // namespace hearback::store
