#include "store/errands/changes.hpp"

#include <algorithm>
#include <iterator>

#include "base/limits.hpp"
#include "store/candidates/forgetting.hpp"
#include "store/engine/applying.hpp"
#include "store/errands/steps.hpp"
#include "store/people/internal_addresses.hpp"
#include "store/threads/taking_up.hpp"

namespace hearback::store {
namespace {

template <class I>
using Step = ErrandStep (*)(Writing&, I, std::size_t rows, Instant now);
struct Doing {
  std::string_view name;
  Step<const Uuid&> advance;
};
template <class I, Step<I> step>
ErrandStep about(Writing& writing, const Uuid& subject, std::size_t rows, Instant now) {
  return step(writing, I{subject}, rows, now);
}
constexpr Doing kKinds[] = {{kForgetCandidate, about<CandidateId, forget_some>},
                            {kTakeOffAddresses, about<CandidateId, take_off_some>},
                            {kTakeUpThreads, about<UserId, take_up_some>}};

}  // namespace

void begin_errand(Writing& writing, std::string_view kind, const Uuid& subject,
                  std::optional<UserId> by, Instant at) {
  const ErrandId id{subject};
  writing.db.change(
      "insert into errands(company, id, kind, subject, started_by, created, not_before, steps,"
      " done, error) values ($1, $2, $3, $4, $5, $6, $6, 0, 0, '')"
      " on conflict (company, id) do update set kind = excluded.kind,"
      " started_by = excluded.started_by, created = excluded.created,"
      " not_before = excluded.not_before, finished = null, steps = 0, done = 0, error = '',"
      " reached = null where errands.kind <> $7 or errands.finished is not null"
      " or excluded.kind = $7",
      writing.company, id, kind, id.text(), by, at, kForgetCandidate);
}

void apply(Writing& writing, const AdvanceErrand& change) {
  auto row = writing.db.row(
      "select kind, subject from errands where company = $1 and id = $2 and finished is null",
      writing.company, change.id);
  if (!row) return;
  const auto name = row->text();
  const auto subject = ErrandId::parse(row->text());
  const auto kind = std::ranges::find(kKinds, name, &Doing::name);
  if (kind == std::end(kKinds) || !subject)
    refuse(Kind::permanent, "errand.unknown", "This version doesn't know how to do that errand.",
           "Start the version that began it.");
  if (writing.at == Instant{}) writing.at = change.at;
  const auto step = kind->advance(writing, subject->bytes, Limits{}.errand_rows, change.at);
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
