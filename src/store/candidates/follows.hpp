#pragma once
// Who follows which candidate and which job: what somebody wants to have together in a view of
// theirs (M-2). A follow grants nothing. What its user may no longer see shows nothing by it, and
// does so again when they may see it again.
#include <cstddef>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"

namespace hearback::store {

// So many of those that one may see, at most. A page of what is followed looks at each of them.
inline constexpr std::size_t kCandidatesFollowed = 1000, kJobsFollowed = 200;

struct FollowCandidate {  // or follows no longer. Missing ("candidate.missing") for who may not
                          // see them; "follows.too-many-candidates" for one more than one may
  rules::Scope by;
  CandidateId candidate;
  bool follows = true;
  Instant at;
};
struct FollowJob {  // likewise ("job.missing", "follows.too-many-jobs")
  rules::Scope by;
  JobId job;
  bool follows = true;
  Instant at;
};

// Conditions of scoped statements (scope_sql.hpp): the reader follows what they may see.
std::string follows_candidate(const rules::Scope& scope, std::string_view candidate);
std::string follows_job(const rules::Scope& scope, std::string_view job);
// A job that this candidate has an application in.
std::string follows_job_of(const rules::Scope& scope, std::string_view candidate);

}  // namespace hearback::store
