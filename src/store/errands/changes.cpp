#include "store/errands/changes.hpp"

#include "base/limits.hpp"
#include "store/candidates/forgetting.hpp"
#include "store/engine/applying.hpp"

namespace hearback::store {

void apply(Writing& writing, const AdvanceErrand& change) {
  auto row = writing.db.row(
      "select kind, subject from errands where company = $1 and id = $2 and finished is null",
      writing.company, change.id);
  if (!row) return;
  const auto kind = row->text();
  const auto subject = CandidateId::parse(row->text());
  if (kind != kForgetCandidate || !subject)
    refuse(Kind::permanent, "errand.unknown", "This version doesn't know how to do that errand.",
           "Start the version that began it.");
  if (writing.at == Instant{}) writing.at = change.at;
  const auto step = forget_some(writing, *subject, Limits{}.errand_rows, change.at);
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
