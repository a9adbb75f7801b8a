#include "store/candidates/stages.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/limits.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/engine/search_key.hpp"
#include "store/threads/taking_up.hpp"

namespace hearback::store {
namespace {

using rules::Stage;
using rules::StageKind;

constexpr StageKind kKinds[] = {StageKind::phase, StageKind::status};

const Stage* find_stage(const std::vector<Stage>& among, StageId id) {
  const auto at = std::ranges::find(among, id, &Stage::id);
  return at == among.end() ? nullptr : &*at;
}

[[noreturn]] void unknown_stage() {
  refuse(Kind::input, "application.stage-unknown", "The job has no such phase or status.",
         "Look at the job again, and choose one that it has.");
}

[[noreturn]] void no_such_job() { refuse(Kind::missing, "job.missing", "There is no such job."); }

// Of a job that `by` may see, as it was at `version`.
void expect_version(Writing& writing, const Scope& by, JobId job, std::uint64_t version) {
  auto row = scoped_row(writing.db, by,
                        "select j.version from jobs j where j.company = $1 and j.id = $4 and " +
                            may_see_job(by, "j.id"),
                        job);
  if (!row) no_such_job();
  if (static_cast<std::uint64_t>(row->number()) != version)
    refuse(Kind::conflict, "job.changed", "A colleague has changed this job meanwhile.",
           "Look at it again, and repeat what is still to be changed.");
}

void put_stages(Writing& writing, JobId job, StageKind kind, const std::vector<Stage>& before,
                const std::vector<Stage>& wanted) {
  auto& db = writing.db;
  const std::string column(rules::word_of(kind));
  for (const auto& stage : before) {
    if (find_stage(wanted, stage.id)) continue;
    if (db.row("select 1 from applications where company = $1 and job = $2 and " + column +
                   " = $3 limit 1",
               writing.company, job, stage.id))
      refuse(Kind::conflict, "job.stage-in-use", "Applications are in what is to be removed.",
             "Say where they go.");
    db.change("delete from job_stages where company = $1 and job = $2 and id = $3", writing.company,
              job, stage.id);
  }
  Insertion rows("insert into job_stages(company, job, id, kind, position, name)", 6);
  for (std::size_t i = 0; i < wanted.size(); ++i)
    rows.row(writing.company, job, wanted[i].id, kind, i, wanted[i].name);
  rows.run(db,
           "on conflict (company, job, id) do update set position = excluded.position,"
           " name = excluded.name");
}

void expect_good(StageKind kind, const std::vector<Stage>& before,
                 const std::vector<Stage>& wanted) {
  if (const auto wrong = rules::wrong_with_stages(kind, before, wanted, {})) throw Refused{*wrong};
}

// Who was on the team or is now, where something of it changed.
std::optional<std::set<UserId>> put_kind_and_team(Writing& writing, const ChangeJob& change) {
  auto& db = writing.db;
  std::optional<std::set<UserId>> readers;
  if (change.kind &&
      db.change("update jobs set kind = $3, changed = $4 where company = $1 and id = $2"
                " and kind <> $3",
                writing.company, change.job, *change.kind, change.at) > 0)
    readers.emplace();
  if (!change.team && change.team_added.empty() && change.team_removed.empty()) return readers;
  std::set<UserId> before;
  for (auto& row : db.rows("select user_id from job_team where company = $1 and job = $2",
                           writing.company, change.job))
    before.insert(row.id<UserId>());
  // Who left it since it was asked for doesn't come back by what was asked; nor does who came go.
  auto after = change.team ? std::set(change.team->begin(), change.team->end()) : before;
  for (const auto& user : change.team_removed) after.erase(user);
  after.insert(change.team_added.begin(), change.team_added.end());
  if (before == after) return readers;
  if (!change.team && after.size() > Limits{}.team_of_job)
    refuse(Kind::conflict, "job.team-too-large", "The hiring team would be too large.",
           "Name fewer colleagues.");
  db.change("delete from job_team where company = $1 and job = $2", writing.company, change.job);
  Insertion team("insert into job_team(company, job, user_id)", 3);
  for (const auto& user : after) team.row(writing.company, change.job, user);
  team.run(db);
  std::vector<UserId> left;
  std::ranges::set_difference(before, after, std::back_inserter(left));
  take_up_again(writing, left, change.at);
  before.insert(after.begin(), after.end());
  return before;
}

// How a query of moves names its columns: read_move().
constexpr std::string_view kMoveColumns =
    "v.id, v.application, v.job, j.title, v.at, v.moved_by, u.name, v.how, v.from_phase,"
    " v.to_phase, v.from_status, v.to_status, v.what";

Move read_move(Row& row) {
  Move move;
  move.id = row.id<MoveId>();
  move.application = row.id<ApplicationId>();
  move.job = row.id<JobId>();
  move.job_title = row.text();
  move.at = row.instant();
  move.by = row.maybe_id<UserId>();
  move.by_name = row.maybe_text().value_or("");
  move.how = row.text();
  move.from_phase = row.text();
  move.to_phase = row.text();
  move.from_status = row.text();
  move.to_status = row.text();
  move.what = row.text();
  return move;
}

// What the journal numbers is what the row is found by: they are the same event.
MoveId id_of_next(const Writing& writing) {
  MoveId id;
  const auto position = writing.journal_position + writing.journal.size() + 1;
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[15 - i] = static_cast<std::uint8_t>(position >> (8 * i));
  return id;
}

}  // namespace

std::unordered_map<JobId, rules::Stages> load_stages(Db& db, CompanyId company,
                                                     const std::vector<JobId>& jobs) {
  std::unordered_map<JobId, rules::Stages> found;
  in_chunks({value_of(company)}, values_of(jobs), [&](InList list, Params params) {
    for (auto& row : db.run("select s.job, s.kind, s.id, s.name from job_stages s"
                            " where s.company = $1 and s.job in " +
                                list + " order by s.job, s.kind, s.position",
                            params)
                         .rows) {
      const auto job = row.id<JobId>();
      const auto kind = row.word<StageKind>();
      const auto id = row.id<StageId>();
      found[job].of(kind).push_back({id, row.text()});
    }
  });
  return found;
}

void begin_stages(Writing& writing, JobId job, std::optional<UserId> by) {
  std::string language;
  if (by)
    if (auto row = writing.db.row("select language from users where company = $1 and id = $2",
                                  writing.company, *by))
      language = row->text();
  const auto all = rules::first_stages(job, language);
  for (const auto kind : kKinds) put_stages(writing, job, kind, {}, all.of(kind));
}

rules::Stages in_stages(Writing& writing, JobId job) {
  return load_stages(writing.db, writing.company, {job})[job];
}

Stage stage_or_first(const std::vector<Stage>& among, StageId id) {
  const auto* found = id.empty() && !among.empty() ? &among.front() : find_stage(among, id);
  if (!found) unknown_stage();
  return *found;
}

Stage still_or_first(const std::vector<Stage>& among, StageId id) {
  return stage_or_first(among, find_stage(among, id) ? id : StageId{});
}

void move(Writing& writing, const Moving& moving) {
  const bool phase = moving.from_phase.id != moving.to_phase.id;
  const bool status = moving.from_status.id != moving.to_status.id;
  if (!phase && !status) return;
  const auto asked = moving.at == Instant{} ? writing.at : moving.at;
  const auto id = id_of_next(writing);
  // Of two that were asked for at once the later one isn't dated before the other.
  auto moved = writing.db.row(
      "update applications set phase = $3, status = $4, moved_by = $6,"
      " moved_at = case when moved_at > $5 then moved_at else $5 end"
      " where company = $1 and id = $2 returning moved_at",
      writing.company, moving.application, moving.to_phase.id, moving.to_status.id, asked,
      moving.by);
  const auto at = moved ? moved->instant() : asked;
  writing.db.change(
      "insert into application_moves(company, id, candidate, application, job, at, moved_by, how,"
      " from_phase, to_phase, from_status, to_status)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      writing.company, id, moving.candidate, moving.application, moving.job, at, moving.by,
      moving.how, moving.from_phase.name, moving.to_phase.name, moving.from_status.name,
      moving.to_status.name);
  const auto tell = [&](const char* kind, const Stage& from, const Stage& to) {
    writing.happened({.at = moving.at,
                      .kind = kind,
                      .subject = moving.application.text(),
                      .candidate = moving.candidate,
                      .user = moving.by.value_or(UserId{}),
                      .how = moving.how,
                      .before = from.id.text(),
                      .after = to.id.text()});
  };
  if (phase) tell("application.phase-changed", moving.from_phase, moving.to_phase);
  if (status) tell("application.status-changed", moving.from_status, moving.to_status);
  writing.tell("candidate", moving.candidate.text(), moving.candidate);
}

void note_in_job(Writing& writing, const InJob& note) {
  auto id = id_of_next(writing);
  if (note.again) id.bytes[7] = 1;  // behind the first
  writing.db.change(
      "insert into application_moves(company, id, candidate, application, job, at, moved_by, how,"
      " what, from_phase, to_phase, from_status, to_status)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', '', '')",
      writing.company, id, note.candidate, note.application, note.job, note.at, note.by, note.how,
      note.what);
}

void drop_moves(Writing& writing, CandidateId candidate) {
  writing.db.change("delete from application_moves where company = $1 and candidate = $2",
                    writing.company, candidate);
}

std::vector<Move> moves_below(Db& db, const Scope& scope, CandidateId candidate, Instant at,
                              MoveId id, std::size_t rows) {
  std::vector<Move> moves;
  for (auto& row :
       scoped_rows(db, scope,
                   "select " + std::string(kMoveColumns) +
                       " from application_moves v cross join jobs j left join users u"
                       " on u.company = v.company and u.id = v.moved_by"
                       " where j.company = v.company and j.id = v.job and v.company = $1 and "
                       "v.candidate = $4 and (v.at, v.id) < ($5, $6) and " +
                       may_see_job(scope, "v.job") + " order by v.at desc, v.id desc limit $7",
                   candidate, at, id, rows))
    moves.push_back(read_move(row));
  return moves;
}

std::size_t forget_moves(Writing& writing, CandidateId candidate, std::size_t rows) {
  return static_cast<std::size_t>(
      writing.db.change("delete from application_moves where company = $1 and id in (select id"
                        " from application_moves where company = $1 and candidate = $2 limit $3)",
                        writing.company, candidate, rows));
}

void apply(Writing& writing, const ChangeJob& change) {
  auto row = scoped_row(writing.db, change.by,
                        "select j.title from jobs j where j.company = $1 and j.id = $4 and " +
                            may_see_job(change.by, "j.id"),
                        change.job);
  if (!row) no_such_job();
  const bool titled = change.title && *change.title != row->text();
  const auto before = in_stages(writing, change.job);
  const auto wanted = [&](StageKind kind) -> const std::vector<Stage>* {
    const auto& given = kind == StageKind::phase ? change.phases : change.statuses;
    return given && *given != before.of(kind) ? &*given : nullptr;
  };
  auto readers = put_kind_and_team(writing, change);
  if (!titled && !wanted(StageKind::phase) && !wanted(StageKind::status)) {
    if (readers) tell_of_job(writing, change.job, std::move(*readers));
    return;
  }
  expect_version(writing, change.by, change.job, change.version);
  for (const auto kind : kKinds)
    if (const auto* list = wanted(kind)) {
      expect_good(kind, before.of(kind), *list);
      put_stages(writing, change.job, kind, before.of(kind), *list);
    }
  writing.db.change(
      "update jobs set title = coalesce($3, title), title_key = coalesce($5, title_key),"
      " changed = $4, version = version + 1 where company = $1 and id = $2",
      writing.company, change.job, change.title, change.at,
      change.title ? std::optional(search_key(*change.title)) : std::nullopt);
  tell_of_job(writing, change.job, readers.value_or(std::set<UserId>()));
}

void apply(Writing& writing, const MoveApplication& change) {
  auto row = scoped_row(writing.db, change.by,
                        "select a.candidate, a.job, a.phase, a.status from applications a"
                        " where a.company = $1 and a.id = $4 and " +
                            may_see_candidate(change.by, "a.candidate") + " and " +
                            may_see_job(change.by, "a.job"),
                        change.application);
  if (!row) refuse(Kind::missing, "application.missing", "There is no such application.");
  Moving moving{.application = change.application,
                .candidate = row->id<CandidateId>(),
                .job = row->id<JobId>(),
                .by = change.by.user.empty() ? std::nullopt : std::optional(change.by.user),
                .how = change.how,
                .at = change.at};
  const auto all = in_stages(writing, moving.job);
  const auto set = [&](StageKind kind, StageId now, const std::optional<StageId>& to,
                       const std::optional<StageId>& seen, Stage& from, Stage& into) {
    from = stage_or_first(all.of(kind), now);
    into = to ? stage_or_first(all.of(kind), *to) : from;
    if (into.id != now && seen && *seen != now)
      refuse(Kind::conflict, "application.moved", "A colleague has moved this application.",
             "Look where it is now.");
  };
  const auto phase = row->id<StageId>(), status = row->id<StageId>();
  set(StageKind::phase, phase, change.phase, change.seen_phase, moving.from_phase, moving.to_phase);
  set(StageKind::status, status, change.status, change.seen_status, moving.from_status,
      moving.to_status);
  move(writing, moving);
}

void apply(Writing& writing, const EmptyStage& change) {
  expect_version(writing, change.by, change.job, change.version);
  const auto all = in_stages(writing, change.job);
  const auto kind = find_stage(all.phases, change.stage) ? StageKind::phase : StageKind::status;
  const auto* from = find_stage(all.of(kind), change.stage);
  const auto* to = find_stage(all.of(kind), change.to);
  if (!from || !to || from == to) unknown_stage();
  const bool phase = kind == StageKind::phase;
  for (auto& row :
       writing.db.rows("select id, candidate, phase, status from applications where company = $1"
                       " and job = $2 and " +
                           std::string(rules::word_of(kind)) + " = $3 limit $4",
                       writing.company, change.job, change.stage, Limits{}.moved_at_once)) {
    Moving moving{.application = row.id<ApplicationId>(),
                  .candidate = row.id<CandidateId>(),
                  .job = change.job,
                  .by = change.by.user,
                  .how = change.how,
                  .at = change.at};
    moving.from_phase = stage_or_first(all.phases, row.id<StageId>());
    moving.from_status = stage_or_first(all.statuses, row.id<StageId>());
    moving.to_phase = phase ? *to : moving.from_phase;
    moving.to_status = phase ? moving.from_status : *to;
    move(writing, moving);
  }
}

AnswerTo<ApplicationById> answer(Reading& reading, const ApplicationById& question) {
  const auto& scope = question.scope;
  auto row = scoped_row(reading.db, scope,
                        "select a.candidate, a.job from applications a where a.company = $1"
                        " and a.id = $4 and " +
                            may_see_candidate(scope, "a.candidate") + " and " +
                            may_see_job(scope, "a.job"),
                        question.application);
  if (!row) return std::nullopt;
  ApplicationById::Found found;
  found.candidate = row->id<CandidateId>();
  found.job = row->id<JobId>();
  return found;
}

AnswerTo<ApplicationsIn> answer(Reading& reading, const ApplicationsIn& question) {
  const auto& scope = question.scope;
  std::uint64_t count = 0;
  for (const auto kind : kKinds) {
    auto row = scoped_row(reading.db, scope,
                          "select count(*) from (select 1 from applications a"
                          " where a.company = $1 and a.job = $4 and a." +
                              std::string(rules::word_of(kind)) + " = $5 and " +
                              may_see_job(scope, "a.job") + " limit $6) x",
                          question.job, question.stage, question.most);
    count += static_cast<std::uint64_t>(row->number());
  }
  return count;
}

AnswerTo<StageCounts> answer(Reading& reading, const StageCounts& question) {
  const auto& scope = question.scope;
  StageCounts::Answer counts;
  if (!scoped_row(reading.db, scope,
                  "select 1 from jobs j where j.company = $1 and j.id = $4 and " +
                      may_see_job(scope, "j.id"),
                  question.job))
    return counts;
  for (const auto kind : kKinds) {
    const std::string word(rules::word_of(kind));
    for (auto& row :
         reading.db.rows("select s.id, (select count(*) from (select 1 from applications a"
                         " where a.company = $1 and a.job = $2 and a." +
                             word +
                             " = s.id limit $4) few) from job_stages s where s.company = $1"
                             " and s.job = $2 and s.kind = $3",
                         scope.company, question.job, word, question.most)) {
      auto& one = counts.emplace_back();
      one.stage = row.id<StageId>();
      one.candidates = static_cast<std::uint64_t>(row.number());
    }
  }
  return counts;
}

}  // namespace hearback::store
