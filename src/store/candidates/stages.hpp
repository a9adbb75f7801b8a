#pragma once
// A job's phases and statuses, and who moved which application between them when (O-5, A-5). Each
// move is a row beside its entry in the journal, with the names as they were then.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"
#include "rules/nouns.hpp"
#include "rules/stages.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

// ---- changes -----------------------------------------------------------------------------------

struct ChangeJob {  // what is given. Whole lists, in their order; rows of ids that were there stay.
                    // "job.changed" where its title or stages are no more as they were at
                    // `version`; "job.stage-in-use" for one that is to go while applications are
                    // in it
  rules::Scope by;
  JobId job;
  std::uint64_t version = 0;
  std::optional<std::string> title;
  std::optional<std::vector<rules::Stage>> phases, statuses;
  Instant at;
  std::optional<rules::JobKind> kind = std::nullopt;
  std::optional<std::vector<UserId>> team = std::nullopt;  // all of it
  // To those who are on it by then, and from them; "job.team-too-large".
  std::vector<UserId> team_added = {}, team_removed = {};
};
// No job that `by` may see is called so: of two who make the first one at once one looks again.
struct NoJobTitled {
  rules::Scope by;
  std::vector<std::string> titles;  // folded
};
// Nothing happens where it is there already. "application.missing" for who may not see candidate
// and job; "application.moved" where it isn't in what was seen, and that was given;
// "application.stage-unknown" for what its job doesn't have.
struct MoveApplication {
  rules::Scope by;
  ApplicationId application;
  std::optional<StageId> phase, status;
  std::optional<StageId> seen_phase, seen_status;
  std::string how;  // "person", "api", "import", "rule"
  Instant at;
};
// Some of those that are in a phase or status which is to go: Limits::moved_at_once at most. As
// ChangeJob.
struct EmptyStage {
  rules::Scope by;
  JobId job;
  std::uint64_t version = 0;
  StageId stage, to;
  std::string how;
  Instant at;
};

// ---- questions ---------------------------------------------------------------------------------

struct ApplicationById {
  Scope scope;
  ApplicationId application;
  struct Found {
    CandidateId candidate;
    JobId job;
  };
  using Answer = std::optional<Found>;
};
struct ApplicationsIn {  // how many are in a phase or status of a job that the scope may see
  Scope scope;
  JobId job;
  StageId stage;
  std::size_t most = 10'000;  // so many are counted
  using Answer = std::uint64_t;
};
struct StageCounts {  // of each phase and status of a job that the scope may see
  Scope scope;
  JobId job;
  std::size_t most = 10'000;  // are counted of each: nobody waits for the number of more
  struct Row {
    StageId stage;
    std::uint64_t candidates = 0;
    bool operator==(const Row&) const = default;
  };
  using Answer = std::vector<Row>;
};

// Who moved it last; nobody: it is where it began, or nobody knows.
struct LastMove {
  std::optional<Instant> at;
  std::optional<UserId> by;
  std::string by_name;
  bool operator==(const LastMove&) const = default;
};

// What became of an application: it went to another phase or status, or the candidate came into
// the job, was taken out of it, or was put back.
inline constexpr std::string_view kMoved = "moved", kAdded = "added", kTakenOut = "taken-out",
                                  kPutBack = "put-back";
// One of a candidate's, as their timeline tells it.
// docs/decisions/0083-what-became-of-a-candidate-in-jobs.md
struct Move {
  MoveId id;
  ApplicationId application;
  JobId job;
  std::string job_title;
  Instant at;
  std::optional<UserId> by;
  std::string by_name;
  std::string how;
  std::string from_phase, to_phase, from_status, to_status;  // alike: it stayed
  std::string what{kMoved};                                  // of all else these are empty
};

}  // namespace hearback::store
