#pragma once
// Who may put an application back that was taken out of its job, and how long? (O-5)
// docs/decisions/0060-taken-out-of-a-job.md
#include <optional>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"

namespace hearback::rules {

// For so long it can be put back.
inline constexpr Duration kTakenOutStaysUndoable = std::chrono::hours(24 * 30);

struct TakenOut {
  std::optional<UserId> by;
  Instant at;
  bool joined_since =
      false;  // somebody else's mail has become the candidate's, or theirs another's
};

enum class NotPutBack {
  unseen,  // to this person there is nothing of the kind
  too_late,
};
// Whoever sees the candidate and the job. And whoever took it out: as long as they see the job they
// have again what they had, though they may see the candidate no more without it; but not what the
// candidate was given by a merge since, which they have never seen.
std::optional<NotPutBack> why_not_put_back(const Scope& scope, const TakenOut& taken_out,
                                           bool sees_candidate, bool sees_job, Instant now);

}  // namespace hearback::rules
