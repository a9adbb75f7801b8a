#pragma once
// O-5: a candidate is taken out of a job, and is put back.
// docs/decisions/0060-taken-out-of-a-job.md
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"

namespace hearback::store {

// Whoever saw the candidate by this job alone sees them no more, and what they had put away of
// theirs is taken up again. Without another job the candidate is one without a job. How it was is
// remembered for PutBackApplication; what it was called externally is free.
// Kind::missing, "application.missing": not there, or candidate and job aren't both to be seen.
// Kind::conflict, "application.moved": it isn't in what was seen, and that was given.
struct RemoveApplication {
  rules::Scope by;
  ApplicationId application;
  std::optional<StageId> seen_phase, seen_status;
  std::string how;  // "person", "api"
  Instant at;
};
// It is where it was, moved by whom it was then; in the first phase or status where its own was
// removed since. Nothing happens where it is there.
// Kind::missing, "application.missing": there was none, or rules::why_not_put_back says unseen.
// Kind::conflict: "application.put-back-too-late"; "application.exists": they have entered that job
// again since.
struct PutBackApplication {
  rules::Scope by;
  ApplicationId application;
  std::string how;
  Instant at;
};

}  // namespace hearback::store
