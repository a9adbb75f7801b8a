#pragma once
// What the changes and questions about candidates share of a job's stages (stages.hpp).
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/stages.hpp"
#include "store/candidates/stages.hpp"
#include "store/engine/applying.hpp"

namespace hearback::store {

// Whom the journal names.
inline std::optional<UserId> person_of(const std::optional<rules::Scope>& by) {
  return by && !by->user.empty() ? std::optional(by->user) : std::nullopt;
}

// That who asks for a change sees what it is about, asked as it is made: a hiring team may have
// changed since the page was. Nobody given: who sees all. Refuses "candidate.missing".
void expect_seen(Writing& writing, const std::optional<rules::Scope>& by, CandidateId candidate);
bool sees_job(Writing& writing, const std::optional<rules::Scope>& by, JobId job);

// News of a job to those who may see it, and to `readers`, who might until now (SEE-4).
void tell_of_job(Writing& writing, JobId job, std::set<UserId> readers);

// What a new job begins with, in the language of who made it.
void begin_stages(Writing& writing, JobId job, std::optional<UserId> by);
rules::Stages in_stages(Writing& writing, JobId job);
std::unordered_map<JobId, rules::Stages> load_stages(Db& db, CompanyId company,
                                                     const std::vector<JobId>& jobs);
// The one with this id, or the first where none is named; refuses "application.stage-unknown".
rules::Stage stage_or_first(const std::vector<rules::Stage>& among, StageId id);
// Where an application was, or where applications begin if that was removed since.
rules::Stage still_or_first(const std::vector<rules::Stage>& among, StageId id);

// An application changes its phase or its status: its row, the move, the journal and the feed.
struct Moving {
  ApplicationId application;
  CandidateId candidate;
  JobId job;
  rules::Stage from_phase = {}, to_phase = {}, from_status = {}, to_status = {};
  std::optional<UserId> by = {};
  std::string how = {};
  Instant at = {};  // none: the commit's
};
void move(Writing& writing, const Moving& moving);

// The candidate came into the job, was taken out of it, or was put back: one row, as of a move. It
// is the event of the next entry in the journal. `again`: the second one of that entry.
struct InJob {
  std::string_view what;  // kAdded, kTakenOut, kPutBack
  ApplicationId application;
  CandidateId candidate;
  JobId job;
  std::optional<UserId> by = {};
  std::string_view how = {};
  Instant at;
  bool again = false;
};
void note_in_job(Writing& writing, const InJob& note);
// M-3: of who is no candidate again nothing of it is told.
void drop_moves(Writing& writing, CandidateId candidate);

// The newest of a candidate's moves below (at, id), in jobs that the scope may see; newest first.
std::vector<Move> moves_below(Db& db, const rules::Scope& scope, CandidateId candidate, Instant at,
                              MoveId id, std::size_t rows);

// At most `rows` of them go with their candidate (D-1).
std::size_t forget_moves(Writing& writing, CandidateId candidate, std::size_t rows);

}  // namespace hearback::store
