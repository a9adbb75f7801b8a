#include "store/candidates/changes.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/limits.hpp"
#include "store/candidates/address_changes_parts.hpp"
#include "store/candidates/forgetting.hpp"
#include "store/candidates/named.hpp"
#include "store/candidates/non_candidates.hpp"
#include "store/candidates/skipped.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/engine/search_key.hpp"
#include "store/mailboxes/past_sql.hpp"
#include "store/people/internal_addresses.hpp"
#include "store/threads/taking_up.hpp"

namespace hearback::store {
namespace {

using rules::CandidateAddress;

constexpr std::size_t kAddressesMost = 50;  // to which some are added

struct Present : CandidateAddress {
  std::uint64_t match_revision = 0;  // since which it takes part in matching
  std::optional<UserId> added_by = {};
};
using Addresses = std::unordered_map<std::string, Present>;  // by normal form

Addresses present_addresses(Writing& writing, CandidateId candidate) {
  Addresses present;
  for (auto& row :
       writing.db.rows("select normal, address, synced, why_not, since, match_revision, added_by"
                       " from candidate_addresses where company = $1 and candidate = $2",
                       writing.company, candidate)) {
    Present address;
    address.normal = row.text();
    address.address = row.text();
    address.synced = row.flag();
    address.why_not = row.text();
    address.since = row.instant();
    address.match_revision = static_cast<std::uint64_t>(row.number());
    address.added_by = row.maybe_id<UserId>();
    present.emplace(address.normal, address);
  }
  return present;
}

// C-14: another candidate has the address, whom `by` may not see.
bool is_of_the_unseen(Writing& writing, const PutCandidate& change, const std::string& normal) {
  if (!change.by) return false;
  return scoped_row(writing.db, *change.by,
                    "select 1 from candidate_addresses a where a.company = $1 and a.normal = $4"
                    " and a.candidate <> $5 and a.synced = 1 and not " +
                        may_see_candidate(*change.by, "a.candidate") + " limit 1",
                    normal, change.id)
      .has_value();
}

// What is stored for an address that a person wrote: unsynced where it is internal or of somebody
// whom that person may not see, and dated by its last change. What is there stays as it is,
// whatever was shown of it: it may have been passed on to the candidate since. Who was no candidate
// (M-3) had it for nothing.
CandidateAddress judged(Writing& writing, CandidateAddress address, const Addresses& present,
                        const PutCandidate& change) {
  if (address.normal.empty())
    refuse(Kind::input, "candidate.bad-address",
           "One of the candidate's addresses isn't a usable e-mail address.",
           "Write it like name@example.org.");
  const auto before = present.find(address.normal);
  const bool stays = before != present.end() && before->second.why_not != kNonCandidate;
  if (is_internal(writing, address.normal)) {
    address.synced = false;
    address.why_not = kInternalUser;
  } else if (stays) {
    address.synced = before->second.synced;
    address.why_not = before->second.why_not;
  } else if (address.synced) {
    address.synced = !is_of_the_unseen(writing, change, address.normal);
    address.why_not = address.synced ? "" : kOtherCandidate;
  }
  const bool same = before != present.end() && before->second.synced == address.synced &&
                    before->second.why_not == address.why_not;
  address.since = same ? before->second.since : change.at;
  return address;
}

// That an address takes part in matching from now on, or no longer and why; not which it is.
void tell_of_address(Writing& writing, const PutCandidate& change, const char* kind,
                     std::string_view why) {
  writing.happened({.at = change.at,
                    .kind = kind,
                    .subject = change.id.text(),
                    .candidate = change.id,
                    .how = std::string(why)});
}

void tell_journal(Writing& writing, const PutCandidate& change, const Addresses& present,
                  const std::vector<CandidateAddress>& wanted) {
  const auto tell = [&](const char* kind, std::string_view why) {
    tell_of_address(writing, change, kind, why);
  };
  std::unordered_set<std::string> kept;
  for (const auto& address : wanted) {
    kept.insert(address.normal);
    const auto before = present.find(address.normal);
    const bool was = before != present.end() && before->second.synced;
    if (address.synced && !was) tell("address.added", "");
    if (!address.synced && was) tell("address.removed", address.why_not);
  }
  for (const auto& [normal, address] : present)
    if (address.synced && !kept.contains(normal)) tell("address.removed", "person");
  std::vector<CandidateAddress> before;
  for (const auto& [normal, address] : present) before.push_back(address);
  std::ranges::sort(before, {}, &CandidateAddress::normal);
  note_addresses(writing, change.id, change.at, person_of(change.by), before, wanted);
}

// Behind those that are there.
void insert_addresses(Writing& writing, const PutCandidate& change, const Addresses& present,
                      const std::vector<CandidateAddress>& wanted, std::size_t first) {
  Insertion rows(
      "insert into candidate_addresses(company, candidate, normal, position, address, synced,"
      " why_not, since, match_revision, added_by)",
      10);
  std::vector<std::string> added;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& a = wanted[i];
    const auto before = present.find(a.normal);
    const bool same = before != present.end() && before->second.synced == a.synced &&
                      before->second.why_not == a.why_not;
    // This commit's revision, where it is new: every mailbox has yet to look for it (S-5). One
    // that an unseen candidate has isn't looked for, and as far as can be told it is (C-14).
    const bool sought = a.synced || a.why_not == kOtherCandidate;
    if (sought && !same) writing.match_moved = true;
    if (a.synced && !same) added.push_back(a.normal);
    const auto revision = same ? before->second.match_revision : writing.match_revision + 1;
    rows.row(writing.company, change.id, a.normal, first + i, a.address, a.synced, a.why_not,
             a.since, sought ? revision : 0, same ? before->second.added_by : person_of(change.by));
  }
  rows.run(writing.db);
  for (const auto& normal : added) note_adding(writing, change.id, normal, change.by, change.at);
  for (const auto& address : wanted)
    if (address.synced) keep_on(writing, change.id, address.normal);
}

// Where as many new ones come to stand; who stands behind them makes room.
std::size_t room_for(Writing& writing, const PutCandidate& change, std::size_t many) {
  auto& db = writing.db;
  if (change.place)
    if (auto next = db.row("select position from candidate_addresses where company = $1"
                           " and candidate = $2 order by position limit 1 offset $3",
                           writing.company, change.id, *change.place)) {
      const auto position = static_cast<std::size_t>(next->number());
      db.change(
          "update candidate_addresses set position = position + $4 where company = $1"
          " and candidate = $2 and position >= $3",
          writing.company, change.id, position, many);
      return position;
    }
  auto end = db.row(
      "select coalesce(max(position) + 1, 0) from candidate_addresses where company = $1"
      " and candidate = $2",
      writing.company, change.id);
  return static_cast<std::size_t>(end->number());
}

// What is there stays as it is, and so does what somebody else has added since it was asked for.
void add_addresses(Writing& writing, const PutCandidate& change) {
  const auto present = present_addresses(writing, change.id);
  std::unordered_set<std::string> done;
  std::vector<CandidateAddress> wanted;
  for (const auto& address : change.addresses)
    if (!present.contains(address.normal) && done.insert(address.normal).second)
      wanted.push_back(judged(writing, address, present, change));
  if (wanted.empty()) return;
  const auto go = std::ranges::count_if(
      change.takes_off, [&](const auto& normal) { return present.contains(normal); });
  if (present.size() + wanted.size() > kAddressesMost + static_cast<std::size_t>(go))
    refuse(Kind::conflict, "import.too-many-addresses",
           "The candidate would have more than 50 addresses.", "Leave some out.");
  insert_addresses(writing, change, present, wanted, room_for(writing, change, wanted.size()));
  tell_journal(writing, change, {}, wanted);
}

// C-14: an address that is taken off takes along what only it placed.
void let_go(Writing& writing, const PutCandidate& change, const std::string& normal) {
  seal_placements_by(writing, change.id, normal, change.at);
  pass_on(writing, normal, change.at, change.id);
}

void take_off_addresses(Writing& writing, const PutCandidate& change) {
  for (const auto& normal : change.takes_off) {
    auto was = writing.db.row(
        "delete from candidate_addresses where company = $1 and candidate = $2 and normal = $3"
        " returning address, synced, why_not",
        writing.company, change.id, normal);
    if (!was) continue;
    CandidateAddress gone{.address = was->text(), .normal = normal};
    gone.synced = was->flag();
    gone.why_not = was->text();
    note_addresses(writing, change.id, change.at, person_of(change.by), {gone}, {});
    if (!gone.synced) continue;
    tell_of_address(writing, change, "address.removed", "person");
    let_go(writing, change, normal);
  }
}

void put_addresses(Writing& writing, const PutCandidate& change) {
  const auto present = present_addresses(writing, change.id);
  std::unordered_set<std::string> done;
  std::vector<CandidateAddress> wanted;
  for (const auto& address : change.addresses)
    if (done.insert(address.normal).second)
      wanted.push_back(judged(writing, address, present, change));
  writing.db.change("delete from candidate_addresses where company = $1 and candidate = $2",
                    writing.company, change.id);
  insert_addresses(writing, change, present, wanted, 0);
  tell_journal(writing, change, present, wanted);
  for (const auto& address : wanted) {
    const auto before = present.find(address.normal);
    const bool was_synced = before != present.end() && before->second.synced;
    if (!was_synced || address.why_not != kInternalUser) continue;
    seal_placements_by(writing, change.id, address.normal, change.at);
    forget_adding(writing, address.normal);
  }
  for (const auto& [normal, address] : present)
    if (address.synced && !done.contains(normal)) let_go(writing, change, normal);
}

void count_job_today(Writing& writing, UserId by, Instant at) {
  count_one_more_today(writing, by, "jobs", at, Limits{}.jobs_of_user_a_day,
                       {Kind::conflict, "jobs.too-many-today",
                        "You have added as many jobs today as one person may.",
                        "Go on tomorrow, or ask a colleague to add them."});
}

void refuse_one_more_open_job(Writing& writing) {
  refuse_one_more(writing, "jobs where company = $1 and is_open = 1", {},
                  Limits{}.open_jobs_of_company,
                  {Kind::conflict, "jobs.too-many", "There are too many open jobs.",
                   "Close some that are over, or use one that is there."});
}

// S-6: every mailbox looks for the addresses of the job's candidates, as if they were new.
void search_anew(Writing& writing, JobId job, Instant at) {
  writing.db.change(
      "update jobs set caught_up = $3, match_revision = $4, reopened = 0 where company = $1"
      " and id = $2",
      writing.company, job, at, writing.match_revision + 1);
  writing.match_moved = true;
}

// What was passed over meanwhile may be looked for later, for one candidate at a time (CatchUp).
void note_reopened(Writing& writing, JobId job) {
  writing.db.change("update jobs set reopened = $3 where company = $1 and id = $2", writing.company,
                    job, writing.match_revision);
}

// One that isn't there is refused where it is named.
void expect_open(Writing& writing, JobId job) {
  auto found = writing.db.row("select is_open from jobs where company = $1 and id = $2",
                              writing.company, job);
  if (found && !found->flag())
    refuse(Kind::conflict, "job.closed", "This job is closed.",
           "Open it again, or choose another.");
}

// `was_in`: the job that it leaves for this one.
void note_entering(Writing& writing, const PutApplication& change, std::optional<JobId> was_in) {
  const auto& application = change.application;
  InJob note{.what = kAdded,
             .application = application.id,
             .candidate = application.candidate,
             .job = application.job,
             .by = person_of(change.by),
             .how = change.how,
             .at = application.created};
  if (was_in) {
    note.at = std::max(writing.at, application.created);
    auto left = note;
    left.what = kTakenOut;
    left.job = *was_in;
    note_in_job(writing, left);
    note.again = true;
  }
  note_in_job(writing, note);
}

void enter_job(Writing& writing, const PutApplication& change, std::optional<JobId> was_in) {
  const auto& application = change.application;
  if (writing.db.row("select 1 from applications where company = $1 and candidate = $2"
                     " and job = $3 limit 1",
                     writing.company, application.candidate, application.job))
    refuse(Kind::conflict, "application.exists", "The candidate is in this job already.",
           "Look at the application that is there.");
  const auto all = in_stages(writing, application.job);
  const auto phase = stage_or_first(all.phases, application.phase.id);
  const auto status = stage_or_first(all.statuses, application.status.id);
  note_entering(writing, change, was_in);
  writing.happened({.at = was_in ? Instant{} : application.created,
                    .kind = "application.submitted",
                    .subject = application.id.text(),
                    .candidate = application.candidate,
                    .user = person_of(change.by).value_or(UserId{}),
                    .how = change.how,
                    .after = status.id.text()});
  writing.db.change(
      "insert into applications(company, id, candidate, job, phase, status, created)"
      " values ($1, $2, $3, $4, $5, $6, $7) on conflict (company, id) do update set"
      " job = excluded.job, phase = excluded.phase, status = excluded.status, moved_at = null,"
      " moved_by = null",
      writing.company, application.id, application.candidate, application.job, phase.id, status.id,
      application.created);
}

void stay_in_job(Writing& writing, const PutApplication& change, StageId phase, StageId status) {
  const auto& application = change.application;
  const auto all = in_stages(writing, application.job);
  const auto wanted = [](StageId now, StageId given) { return given.empty() ? now : given; };
  move(writing, {.application = application.id,
                 .candidate = application.candidate,
                 .job = application.job,
                 .from_phase = stage_or_first(all.phases, phase),
                 .to_phase = stage_or_first(all.phases, wanted(phase, application.phase.id)),
                 .from_status = stage_or_first(all.statuses, status),
                 .to_status = stage_or_first(all.statuses, wanted(status, application.status.id)),
                 .by = person_of(change.by),
                 .how = change.how});
}

}  // namespace

void expect_seen(Writing& writing, const std::optional<rules::Scope>& by, CandidateId candidate) {
  const auto scope = by.value_or(rules::engine_scope(writing.company));
  if (!scoped_row(writing.db, scope,
                  "select 1 from candidates c where c.company = $1 and c.id = $4 and " +
                      may_see_candidate(scope, "c.id"),
                  candidate))
    refuse(Kind::missing, "candidate.missing", "There is no such candidate.", "Look again.");
}

bool sees_job(Writing& writing, const std::optional<rules::Scope>& by, JobId job) {
  const auto scope = by.value_or(rules::engine_scope(writing.company));
  return scoped_row(writing.db, scope,
                    "select 1 from jobs j where j.company = $1 and j.id = $4 and " +
                        may_see_job(scope, "j.id"),
                    job)
      .has_value();
}

Error too_many_candidates_today() {
  return {Kind::conflict, "candidate.too-many-today",
          "You have added as many candidates today as one person may.",
          "Go on tomorrow, or ask a colleague to add them."};
}

void tell_of_job(Writing& writing, JobId job, std::set<UserId> readers) {
  for (auto& row : writing.db.rows("select id from users where company = $1 and active = 1"
                                   " and (role = 'admin' or all_jobs = 1)",
                                   writing.company))
    readers.insert(row.id<UserId>());
  for (const auto& user : readers) writing.tell("directory", job.text(), {}, user);
}

void pass_on(Writing& writing, std::string_view normal, Instant at,
             std::optional<CandidateId> taken_off) {
  auto next = writing.db.row(
      "select a.candidate, a.added_by from candidate_addresses a where a.company = $1"
      " and a.normal = $2 and a.why_not = $3 and not exists (select 1 from candidate_addresses o"
      "  where o.company = $1 and o.normal = $2 and o.synced = 1)"
      " order by a.since, a.candidate limit 1",
      writing.company, normal, kOtherCandidate);
  if (!next && taken_off) return keep_adding_aside(writing, normal, *taken_off, at);
  if (!next) return leave_adding(writing, normal, at);
  const auto candidate = next->id<CandidateId>();
  begin_adding(writing, normal, next->maybe_id<UserId>(), at);
  writing.db.change(
      "update candidate_addresses set synced = 1, why_not = '', since = $4, match_revision = $5"
      " where company = $1 and candidate = $2 and normal = $3",
      writing.company, candidate, normal, at, writing.match_revision + 1);
  keep_on(writing, candidate, normal);
  writing.match_moved = true;
  writing.happened(
      {.at = at, .kind = "address.added", .subject = candidate.text(), .candidate = candidate});
  writing.tell("candidate", candidate.text(), candidate);
}

JobsMoved list_in_jobs(Writing& writing, CandidateId candidate) {
  const auto count = [&](std::vector<Row> rows, int by, std::vector<JobId>& jobs) {
    for (auto& row : rows) {
      jobs.push_back(row.id<JobId>());
      writing.db.change(
          "update jobs set candidates = candidates + $3 where company = $1 and id = $2",
          writing.company, jobs.back(), by);
    }
  };
  JobsMoved moved;
  count(writing.db.rows("delete from job_candidates where company = $1 and candidate = $2"
                        " and not exists (select 1 from applications a where a.company = $1"
                        "  and a.candidate = $2 and a.job = job_candidates.job) returning job",
                        writing.company, candidate),
        -1, moved.left);
  count(writing.db.rows("insert into job_candidates(company, job, name_key, candidate)"
                        " select distinct a.company, a.job, c.name_key, a.candidate"
                        " from applications a join candidates c on c.company = a.company"
                        " and c.id = a.candidate where a.company = $1 and a.candidate = $2"
                        " on conflict do nothing returning job",
                        writing.company, candidate),
        1, moved.joined);
  return moved;
}

void apply(Writing& writing, const PutJob& change) {
  const auto& job = change.job;
  auto before = writing.db.row("select is_open from jobs where company = $1 and id = $2",
                               writing.company, job.id);
  if (!before && change.by) count_job_today(writing, *change.by, change.at);
  if (job.open && !(before && before->flag())) refuse_one_more_open_job(writing);
  writing.db.change(
      "insert into jobs(company, id, title, kind, is_open, changed, closed, title_key)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (company, id) do update set"
      " title = excluded.title, title_key = excluded.title_key, kind = excluded.kind,"
      " is_open = excluded.is_open, changed = excluded.changed, closed = case when excluded.closed "
      "is null then null"
      "  else coalesce(jobs.closed, excluded.closed) end",
      writing.company, job.id, job.title, job.kind, job.open, change.at,
      job.open ? std::nullopt : std::optional(change.at), search_key(job.title));
  if (!before) begin_stages(writing, job.id, change.by);
  std::set<UserId> readers(change.team.begin(), change.team.end());
  for (auto& row : writing.db.rows("delete from job_team where company = $1 and job = $2"
                                   " returning user_id",
                                   writing.company, job.id))
    readers.insert(row.id<UserId>());
  Insertion team("insert into job_team(company, job, user_id)", 3);
  for (const auto& user : change.team) team.row(writing.company, job.id, user);
  team.run(writing.db, "on conflict do nothing");
  std::vector<UserId> left;
  std::ranges::copy_if(readers, std::back_inserter(left), [&](const UserId& user) {
    return std::ranges::find(change.team, user) == change.team.end();
  });
  take_up_again(writing, left, change.at);
  tell_of_job(writing, job.id, std::move(readers));
}

void apply(Writing& writing, const SetJobOpen& change) {
  auto before = writing.db.row("select is_open from jobs where company = $1 and id = $2",
                               writing.company, change.job);
  if (!before || !sees_job(writing, change.by, change.job))
    refuse(Kind::missing, "job.missing", "There is no such job.");
  if (before->flag() == change.open) return;
  if (change.open && change.catch_up) search_anew(writing, change.job, change.at);
  if (change.open && !change.catch_up) note_reopened(writing, change.job);
  if (change.open) refuse_one_more_open_job(writing);
  writing.db.change(
      "update jobs set is_open = $3, changed = $4, closed = $5 where company = $1 and id = $2",
      writing.company, change.job, change.open, change.at,
      change.open ? std::nullopt : std::optional(change.at));
  writing.happened({.at = change.at,
                    .kind = change.open ? "job.opened" : "job.closed",
                    .subject = change.job.text(),
                    .user = change.by.user,
                    .how = "person"});
  std::set<UserId> team;
  for (auto& row : writing.db.rows("select user_id from job_team where company = $1 and job = $2",
                                   writing.company, change.job))
    team.insert(row.id<UserId>());
  tell_of_job(writing, change.job, std::move(team));
}

void apply(Writing& writing, const PutCandidate& change) {
  expect_remembered(writing, change.id);
  expect_candidate(writing, change.id);
  if (change.is_there) {
    expect_seen(writing, change.by, change.id);
  } else if (!writing.db.row("select 1 from candidates where company = $1 and id = $2",
                             writing.company, change.id)) {
    if (change.by && !change.by->user.empty())
      count_one_more_today(writing, change.by->user, "candidates", change.at,
                           Limits{}.candidates_of_user_a_day, too_many_candidates_today());
    writing.happened({.at = change.at,
                      .kind = "candidate.added",
                      .subject = change.id.text(),
                      .candidate = change.id});
  }
  if (!change.adds || !change.name.empty()) {
    const auto key = search_key(change.name);
    writing.db.change(
        "insert into candidates(company, id, name, name_key, created) values ($1, $2, $3, $4, $5)"
        " on conflict (company, id) do update set name = excluded.name,"
        " name_key = excluded.name_key",
        writing.company, change.id, change.name, key, change.at);
    writing.db.change(
        "update job_candidates set name_key = $3 where company = $1 and candidate = $2",
        writing.company, change.id, key);
  }
  if (change.adds) {
    add_addresses(writing, change);
    take_off_addresses(writing, change);
  } else {
    put_addresses(writing, change);
  }
  keep_named(writing.db, writing.company, change.id);
  writing.tell("candidate", change.id.text(), change.id);
}

void apply(Writing& writing, const PutApplication& change) {
  const auto& application = change.application;
  expect_remembered(writing, application.candidate);
  expect_candidate(writing, application.candidate);
  if (writing.db.row("select 1 from applications where company = $1 and id = $2"
                     " and candidate <> $3",
                     writing.company, application.id, application.candidate))
    refuse(Kind::conflict, "application.other-candidate",
           "This application belongs to another candidate.");
  auto before =
      writing.db.row("select job, phase, status from applications where company = $1 and id = $2",
                     writing.company, application.id);
  const auto was_in = before ? std::optional(before->id<JobId>()) : std::nullopt;
  const bool stays = was_in == application.job;
  if (!sees_job(writing, change.by, application.job))
    refuse(Kind::conflict, "store.reference-missing", "There is no such job.", "Look again.");
  if (!stays) expect_open(writing, application.job);
  if (stays) {
    const auto phase = before->id<StageId>();
    stay_in_job(writing, change, phase, before->id<StageId>());
  } else {
    const bool rested = is_resting(writing, application.candidate);
    enter_job(writing, change, was_in);
    if (rested) note_if_awake(writing, application.candidate);
  }
  const auto moved = list_in_jobs(writing, application.candidate);
  for (const auto& job : moved.left)
    drop_audience(writing.db, writing.company, application.candidate, job);
  for (const auto& job : moved.joined)
    add_audience(writing.db, writing.company, application.candidate, job);
  if (!moved.left.empty())
    take_up_unseen_of(writing, application.candidate, std::max(writing.at, application.created));
  writing.tell("candidate", application.candidate.text(), application.candidate);
}

}  // namespace hearback::store
