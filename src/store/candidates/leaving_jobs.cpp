#include "store/candidates/leaving_jobs.hpp"

#include "rules/leaving_jobs.hpp"
#include "store/candidates/forgetting.hpp"
#include "store/candidates/leaving_jobs_parts.hpp"
#include "store/candidates/skipped.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/threads/taking_up.hpp"

namespace hearback::store {
namespace {

[[noreturn]] void no_such_application() {
  refuse(Kind::missing, "application.missing", "There is no such application.");
}

struct Left {
  CandidateId candidate;
  JobId job;
  StageId phase, status;
};

Left leaving(Writing& writing, const RemoveApplication& change) {
  auto row = scoped_row(writing.db, change.by,
                        "select a.candidate, a.job, a.phase, a.status from applications a"
                        " where a.company = $1 and a.id = $4 and " +
                            may_see_candidate(change.by, "a.candidate") + " and " +
                            may_see_job(change.by, "a.job"),
                        change.application);
  if (!row) no_such_application();
  Left left;
  left.candidate = row->id<CandidateId>();
  left.job = row->id<JobId>();
  left.phase = row->id<StageId>();
  left.status = row->id<StageId>();
  if ((change.seen_phase && *change.seen_phase != left.phase) ||
      (change.seen_status && *change.seen_status != left.status))
    refuse(Kind::conflict, "application.moved", "A colleague has moved this application.",
           "Look where it is now.");
  return left;
}

// What another system calls it names nothing meanwhile, and may name another one by then.
void remember(Writing& writing, const RemoveApplication& change) {
  writing.db.change(
      "insert into removed_applications(company, id, candidate, job, phase, status, created,"
      " moved_at, moved_by, external_id, removed_by, at, number) select a.company, a.id,"
      " a.candidate, a.job, a.phase, a.status, a.created, a.moved_at, a.moved_by, coalesce((select "
      "e.external_id"
      "  from external_ids e where e.company = $1 and e.object = $2), ''), $3, $4, $5"
      " from applications a where a.company = $1 and a.id = $2",
      writing.company, change.application, person_of(change.by), change.at, writing.revision);
  for (const auto* gone : {"applications where company = $1 and id = $2",
                           "external_ids where company = $1 and object = $2"})
    writing.db.change("delete from " + std::string(gone), writing.company, change.application);
}

// Whom the candidate's jobs are told to, and who sees the candidate.
void follow_jobs(Writing& writing, CandidateId candidate) {
  const auto moved = list_in_jobs(writing, candidate);
  for (const auto& job : moved.left) drop_audience(writing.db, writing.company, candidate, job);
  for (const auto& job : moved.joined) add_audience(writing.db, writing.company, candidate, job);
}

void tell_journal(Writing& writing, const char* kind, const Left& what, ApplicationId application,
                  const rules::Scope& by, const std::string& how, Instant at) {
  const bool left = std::string_view(kind) == "application.removed";
  writing.happened({.at = at,
                    .kind = kind,
                    .subject = application.text(),
                    .candidate = what.candidate,
                    .user = person_of(by).value_or(UserId{}),
                    .how = how,
                    .before = left ? what.status.text() : std::string(),
                    .after = left ? std::string() : what.status.text()});
}

// What is remembered of one that was taken out, if it may be put back.
struct Remembered {
  Left what;
  Instant created, taken_out;
  std::optional<Instant> moved_at;
  std::optional<UserId> moved_by;
  std::string external_id;
};

Remembered remembered(Writing& writing, const PutBackApplication& change) {
  auto row = scoped_row(
      writing.db, change.by,
      "select r.candidate, r.job, r.phase, r.status, r.created, r.moved_at, r.moved_by,"
      " r.external_id, r.removed_by, r.at, case when exists (select 1 from merged_candidates g"
      "  where g.company = $1 and g.number >= r.number and (g.stands = r.candidate"
      "  or g.merged = r.candidate)) then 1 else 0 end, case when " +
          may_see_candidate(change.by, "r.candidate") + " then 1 else 0 end, case when " +
          may_see_job(change.by, "r.job") +
          " then 1 else 0 end from removed_applications r where r.company = $1 and r.id = $4",
      change.application);
  if (!row) no_such_application();
  Remembered found;
  found.what.candidate = row->id<CandidateId>();
  found.what.job = row->id<JobId>();
  found.what.phase = row->id<StageId>();
  found.what.status = row->id<StageId>();
  found.created = row->instant();
  found.moved_at = row->maybe_instant();
  found.moved_by = row->maybe_id<UserId>();
  found.external_id = row->text();
  rules::TakenOut taken_out;
  taken_out.by = row->maybe_id<UserId>();
  found.taken_out = taken_out.at = row->instant();
  taken_out.joined_since = row->flag();
  const bool sees_candidate = row->flag(), sees_job = row->flag();
  const auto why_not =
      rules::why_not_put_back(change.by, taken_out, sees_candidate, sees_job, change.at);
  if (why_not == rules::NotPutBack::unseen) no_such_application();
  if (why_not)
    refuse(Kind::conflict, "application.put-back-too-late", "This can be undone for 30 days.",
           "Add the candidate to the job again.");
  return found;
}

// S-6: the job was caught up with while the candidate wasn't in it. As the application was made
// before, what was passed over is told no more; so it is looked for now.
void catch_up_with(Writing& writing, const Remembered& was) {
  if (!writing.db.row("select 1 from jobs where company = $1 and id = $2 and caught_up >= $3",
                      writing.company, was.what.job, was.taken_out))
    return;
  writing.db.change(
      "update candidate_addresses set match_revision = $3"
      " where company = $1 and candidate = $2 and synced = 1",
      writing.company, was.what.candidate, writing.match_revision + 1);
  writing.match_moved = true;
}

void put_back(Writing& writing, const PutBackApplication& change, const Remembered& was) {
  auto& db = writing.db;
  const auto company = writing.company;
  if (db.row(
          "select 1 from applications where company = $1 and candidate = $2 and job = $3 limit 1",
          company, was.what.candidate, was.what.job))
    refuse(Kind::conflict, "application.exists", "The candidate is in this job already.",
           "Look at the application that is there.");
  const auto all = in_stages(writing, was.what.job);
  db.change(
      "insert into applications(company, id, candidate, job, phase, status, created, moved_at,"
      " moved_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      company, change.application, was.what.candidate, was.what.job,
      still_or_first(all.phases, was.what.phase).id,
      still_or_first(all.statuses, was.what.status).id, was.created, was.moved_at, was.moved_by);
  // Unless another one is called so by now, or this one something else: a merge that can be undone
  // no more hands its id on.
  if (!was.external_id.empty())
    db.change(
        "insert into external_ids(company, kind, external_id, object, number)"
        " select $1, 'application', $2, $3, $4 where not exists (select 1 from external_ids e"
        "  where e.company = $1 and e.kind = 'application' and e.external_id = $2)"
        " on conflict do nothing",
        company, was.external_id, change.application, writing.revision + 1);
  db.change("delete from removed_applications where company = $1 and id = $2", company,
            change.application);
  catch_up_with(writing, was);
}

}  // namespace

void prune_removed_applications(Writing& writing, Instant now, std::size_t rows) {
  writing.db.change(
      "delete from removed_applications where company = $1 and id in (select id"
      " from removed_applications where company = $1 and at <= $2 order by at limit $3)",
      writing.company, now - rules::kTakenOutStaysUndoable, rows);
}

void forget_removed_applications(Writing& writing, CandidateId candidate) {
  writing.db.change(
      "delete from removed_applications where company = $1 and (candidate = $2 or candidate in"
      " (select g.merged from merged_candidates g where g.company = $1 and g.stands = $2))",
      writing.company, candidate);
}

void apply(Writing& writing, const RemoveApplication& change) {
  const auto left = leaving(writing, change);
  expect_remembered(writing, left.candidate);
  const auto saw = who_sees(writing.db, writing.company, left.candidate);
  const bool rested = is_resting(writing, left.candidate);
  remember(writing, change);
  // S-6: out of the last of their jobs that was archived, their mail comes in.
  if (rested) note_if_awake(writing, left.candidate);
  follow_jobs(writing, left.candidate);
  note_in_job(writing, {.what = kTakenOut,
                        .application = change.application,
                        .candidate = left.candidate,
                        .job = left.job,
                        .by = person_of(change.by),
                        .how = change.how,
                        .at = change.at});
  tell_journal(writing, "application.removed", left, change.application, change.by, change.how,
               change.at);
  // Who sees them no more hears of it as well: what is open there is theirs no longer.
  for (const auto& user : saw) writing.tell("candidate", left.candidate.text(), {}, user);
  take_up_unseen_of(writing, left.candidate, change.at);
}

void apply(Writing& writing, const PutBackApplication& change) {
  if (scoped_row(writing.db, change.by,
                 "select 1 from applications a where a.company = $1 and a.id = $4 and " +
                     may_see_candidate(change.by, "a.candidate") + " and " +
                     may_see_job(change.by, "a.job"),
                 change.application))
    return;
  const auto was = remembered(writing, change);
  expect_remembered(writing, was.what.candidate);
  expect_candidate(writing, was.what.candidate);
  const bool rested = is_resting(writing, was.what.candidate);
  put_back(writing, change, was);
  if (rested) note_if_awake(writing, was.what.candidate);
  follow_jobs(writing, was.what.candidate);
  note_in_job(writing, {.what = kPutBack,
                        .application = change.application,
                        .candidate = was.what.candidate,
                        .job = was.what.job,
                        .by = person_of(change.by),
                        .how = change.how,
                        .at = change.at});
  tell_journal(writing, "application.put-back", was.what, change.application, change.by, change.how,
               change.at);
  writing.tell("candidate", was.what.candidate.text(), was.what.candidate);
}

}  // namespace hearback::store
