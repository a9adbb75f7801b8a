#include "store/errands/changes.hpp"

#include <algorithm>
#include <iterator>

#include "base/limits.hpp"
#include "store/candidates/forgetting.hpp"
#include "store/engine/applying.hpp"
#include "store/errands/steps.hpp"
#include "store/people/internal_addresses.hpp"

namespace hearback::store {
namespace {

struct Doing {
  std::string_view name;
  ErrandStep (*advance)(Writing&, CandidateId, std::size_t rows, Instant now);
};
constexpr Doing kKinds[] = {{kForgetCandidate, forget_some}, {kTakeOffAddresses, take_off_some}};

}  // namespace

void begin_errand(Writing& writing, std::string_view kind, CandidateId candidate,
                  std::optional<UserId> by, Instant at) {
  writing.db.change(
      "insert into errands(company, id, kind, subject, started_by, created, not_before, steps,"
      " done, error) values ($1, $2, $3, $4, $5, $6, $6, 0, 0, '')"
      " on conflict (company, id) do update set kind = excluded.kind,"
      " started_by = excluded.started_by, created = excluded.created,"
      " not_before = excluded.not_before, finished = null, steps = 0, done = 0, error = ''",
      writing.company, ErrandId{candidate.bytes}, kind, candidate.text(), by, at);
}

void apply(Writing& writing, const AdvanceErrand& change) {
  auto row = writing.db.row(
      "select kind, subject from errands where company = $1 and id = $2 and finished is null",
      writing.company, change.id);
  if (!row) return;
  const auto name = row->text();
  const auto subject = CandidateId::parse(row->text());
  const auto kind = std::ranges::find(kKinds, name, &Doing::name);
  if (kind == std::end(kKinds) || !subject)
    refuse(Kind::permanent, "errand.unknown", "This version doesn't know how to do that errand.",
           "Start the version that began it.");
  if (writing.at == Instant{}) writing.at = change.at;
  const auto step = kind->advance(writing, *subject, Limits{}.errand_rows, change.at);
  writing.db.change(
      "update errands set steps = steps + 1, done = done + $3, error = '', finished = $4,"
      " not_before = coalesce($5, not_before) where company = $1 and id = $2",
      writing.company, change.id, step.rows,
      step.finished ? std::optional(change.at) : std::nullopt, step.waits_until);
}

void apply(Writing& writing, const PutOffErrand& change) {
  writing.db.change(
      "update errands set not_before = $3, error = $4"
      " where company = $1 and id = $2 and finished is null",
      writing.company, change.id, change.not_before, change.error);
}

}  // namespace hearback::store
