#include "store/candidates/follows.hpp"

#include "store/engine/applying.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {
namespace {

// Where the follows of one kind lie.
struct Follows {
  std::string table, of;  // and the column that says what is followed
  std::size_t most;
  Error too_many;
};
const Follows kOfCandidates = {"candidate_follows",
                               "candidate",
                               kCandidatesFollowed,
                               {Kind::conflict, "follows.too-many-candidates",
                                "You follow as many candidates as one person may.",
                                "Stop following some whom you no longer need to watch."}};
const Follows kOfJobs = {
    "job_follows",
    "job",
    kJobsFollowed,
    {Kind::conflict, "follows.too-many-jobs", "You follow as many jobs as one person may.",
     "Stop following some that are over."}};

// What somebody may no longer see they can't stop following: it isn't counted. → whether anything
// changed. `seen`: the condition that they may see what is in the column.
template <class Followed>
bool follow(Writing& writing, const Follows& where, const Followed& change, const auto& what,
            const std::string& seen) {
  const auto& user = change.by.user;
  const auto own = where.table + " f where f.company = $1 and f.user_id = $2";
  if (!change.follows)
    return writing.db.change("delete from " + where.table +
                                 " where company = $1 and user_id = $2 and " + where.of + " = $3",
                             writing.company, user, what) > 0;
  if (writing.db.row("select 1 from " + own + " and f." + where.of + " = $3", writing.company, user,
                     what))
    return false;
  auto count = scoped_row(writing.db, change.by, "select count(*) from " + own + " and " + seen);
  if (static_cast<std::size_t>(count->number()) >= where.most) throw Refused{where.too_many};
  writing.db.change("insert into " + where.table + "(company, user_id, " + where.of +
                        ", at) values ($1, $2, $3, $4)",
                    writing.company, user, what, change.at);
  return true;
}

// The planner is left no other way in than the row that is at hand (0018).
std::string there_is(const std::string& row) {
  return "exists (select 1 from " + row + " limit 1 offset 0)";
}

}  // namespace

void apply(Writing& writing, const FollowCandidate& change) {
  if (!scoped_row(writing.db, change.by,
                  "select 1 from candidates c where c.company = $1 and c.id = $4"
                  " and c.non_candidate = 0 and " +
                      may_see_candidate(change.by, "c.id"),
                  change.candidate))
    refuse(Kind::missing, "candidate.missing",
           "There is no such candidate, or you may not see it.");
  if (!follow(writing, kOfCandidates, change, change.candidate,
              may_see_candidate(change.by, "f.candidate")))
    return;
  writing.tell("follow", change.candidate.text(), {}, change.by.user);
  // The others are shown who follows them.
  writing.tell("followers", change.candidate.text(), change.candidate);
}

void apply(Writing& writing, const FollowJob& change) {
  if (!scoped_row(writing.db, change.by,
                  "select 1 from jobs j where j.company = $1 and j.id = $4 and " +
                      may_see_job(change.by, "j.id"),
                  change.job))
    refuse(Kind::missing, "job.missing", "There is no such job, or you may not see it.");
  if (follow(writing, kOfJobs, change, change.job, may_see_job(change.by, "f.job")))
    writing.tell("follow", change.job.text(), {}, change.by.user);
}

std::string follows_candidate(const rules::Scope& scope, std::string_view candidate) {
  return "(" +
         there_is(
             "candidate_follows follow_c where follow_c.company = $1"
             " and follow_c.user_id = $2 and follow_c.candidate = " +
             std::string(candidate)) +
         " and " + may_see_candidate(scope, candidate) + ")";
}

std::string follows_job(const rules::Scope& scope, std::string_view job) {
  return "(" +
         there_is(
             "job_follows follow_j where follow_j.company = $1 and follow_j.user_id = $2"
             " and follow_j.job = " +
             std::string(job)) +
         " and " + may_see_job(scope, job) + ")";
}

std::string follows_job_of(const rules::Scope& scope, std::string_view candidate) {
  return there_is("applications follow_a where follow_a.company = $1 and follow_a.candidate = " +
                  std::string(candidate) + " and " + follows_job(scope, "follow_a.job"));
}

}  // namespace hearback::store
