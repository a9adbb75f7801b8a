#include "rules/leaving_jobs.hpp"

namespace hearback::rules {

std::optional<NotPutBack> why_not_put_back(const Scope& scope, const TakenOut& taken_out,
                                           bool sees_candidate, bool sees_job, Instant now) {
  const bool own =
      scope.kind == Scope::Kind::user && taken_out.by == scope.user && !taken_out.joined_since;
  if (!sees_job || (!sees_candidate && !own)) return NotPutBack::unseen;
  if (now >= taken_out.at + kTakenOutStaysUndoable) return NotPutBack::too_late;
  return std::nullopt;
}

}  // namespace hearback::rules
