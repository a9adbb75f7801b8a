#include "api/stages.hpp"

#include <algorithm>

#include "api/external_ids.hpp"
#include "api/handlers.hpp"
#include "api/present.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using rules::StageKind;

constexpr StageKind kKinds[] = {StageKind::phase, StageKind::status};

std::string_view member_for(StageKind kind) {
  return kind == StageKind::phase ? "phases" : "statuses";
}

json::object present(const rules::Stage& stage) {
  return {{"id", stage.id.text()}, {"name", stage.name}};
}

const rules::Stage* find(const std::vector<rules::Stage>& among, StageId id) {
  const auto at = std::ranges::find(among, id, &rules::Stage::id);
  return at == among.end() ? nullptr : &*at;
}

std::optional<std::vector<rules::Stage>> read_stages(const Call& call, Members& members,
                                                     StageKind kind, const store::Jobs::Row& job,
                                                     bool current) {
  const auto name = member_for(kind);
  if (!members.has(name)) return std::nullopt;
  const auto& limits = call.house->options.limits;
  const auto& before = job.stages.of(kind);
  const auto most = std::max(before.size(), limits.statuses_of_job);
  std::vector<rules::Stage> stages;
  for (const auto* object : members.objects(name, most)) {
    Members inner(*object, std::string(name) + ".");
    const auto id = inner.maybe_id<StageId>("id");
    if (id && current && !find(before, *id))
      inner.refuse("id", "job.stage-unknown", "The job has no such phase or status.",
                   "Leave “id” out for a new one.");
    stages.push_back({id.value_or(call.make_id<StageId>()),
                      inner.text("name", {1, limits.stage_letters}, Lines::name)});
    members.take_over(inner);
  }
  if (const auto wrong = rules::wrong_with_stages(kind, before, stages, limits); wrong && current)
    members.refuse(name, wrong->code, wrong->what, wrong->hint);
  return stages;
}

// Of each that goes where its applications go: to one that was there and stays.
void read_replacements(Members& members, const store::Jobs::Row& job, JobEdit& edit) {
  for (const auto* object : members.objects("replace", 100)) {
    Members inner(*object, "replace.");
    const auto removed = inner.id<StageId>("removed"), by = inner.id<StageId>("by");
    bool good = false;
    for (const auto kind : kKinds) {
      const auto& wanted = kind == StageKind::phase ? edit.change.phases : edit.change.statuses;
      const auto& before = job.stages.of(kind);
      good |= wanted && find(before, removed) && !find(*wanted, removed) && find(before, by) &&
              find(*wanted, by);
    }
    if (!good && edit.change.version == job.version)
      inner.refuse("by", "job.stage-unknown",
                   "What replaces another must have been there, and stay there.",
                   "Name one that isn't removed.");
    edit.replacements.push_back({removed, by});
    members.take_over(inner);
  }
}

// How many are in what can't go.
Refusal refuse_in_use(const Call& call, const JobEdit& edit, const store::Jobs::Row& job,
                      const Error& error) {
  Problem problem(error);
  json::array stages;
  for (const auto kind : kKinds) {
    const auto& wanted = kind == StageKind::phase ? edit.change.phases : edit.change.statuses;
    if (!wanted) continue;
    for (const auto& stage : job.stages.of(kind)) {
      if (find(*wanted, stage.id)) continue;
      auto count = call.store().ask(store::ApplicationsIn{call.scope(), job.job.id, stage.id});
      if (!count) return Refusal(count.error());
      if (*count == 0) continue;
      auto one = present(stage);
      one["applications"] = *count;
      stages.push_back(std::move(one));
    }
  }
  problem.more["stages"] = std::move(stages);
  return Refusal(std::move(problem));
}

std::optional<Problem> empty_stage(const Call& call, const JobEdit& edit,
                                   const JobEdit::Replacement& one) {
  const auto& limits = call.house->options.limits;
  for (std::size_t moved = 0; moved < limits.moved_in_all; moved += limits.moved_at_once) {
    auto left =
        call.store().ask(store::ApplicationsIn{call.scope(), edit.change.job, one.removed, 1});
    if (!left) return Problem(left.error());
    if (*left == 0) return std::nullopt;
    auto commit = call.commit();
    commit.changes.push_back(store::EmptyStage{call.scope(), edit.change.job, edit.change.version,
                                               one.removed, one.by, std::string(how_of(call)),
                                               call.now});
    if (auto done = call.store().commit(commit); !done) return Problem(done.error());
  }
  return std::nullopt;
}

}  // namespace

json::array present(const std::vector<rules::Stage>& stages) {
  json::array list;
  for (const auto& stage : stages) list.push_back(present(stage));
  return list;
}

json::array present(const std::vector<rules::Application>& applications,
                    const std::vector<std::string>& titles,
                    const std::vector<store::LastMove>& moved) {
  json::array list;
  for (std::size_t i = 0; i < applications.size(); ++i) {
    const auto& application = applications[i];
    list.push_back(json::object{{"id", application.id.text()},
                                {"external_id", present_external_id(application.external_id)},
                                {"job", application.job.text()},
                                {"job_title", titles[i]},
                                {"phase", present(application.phase)},
                                {"status", present(application.status)},
                                {"created", to_rfc3339(application.created)},
                                {"moved_at", when(moved[i].at)},
                                {"moved_by", moved[i].by_name}});
  }
  return list;
}

json::object present(const store::Move& move) {
  return {{"id", move.id.text()},
          {"application", move.application.text()},
          {"job", move.job.text()},
          {"job_title", move.job_title},
          {"at", to_rfc3339(move.at)},
          {"by", move.by_name},
          {"how", move.how},
          {"from_phase", move.from_phase},
          {"to_phase", move.to_phase},
          {"from_status", move.from_status},
          {"to_status", move.to_status}};
}

json::object present_in_job(const store::Move& move) {
  return {{"id", move.id.text()},
          {"application", move.application.text()},
          {"job", move.job.text()},
          {"job_title", move.job_title},
          {"at", to_rfc3339(move.at)},
          {"by", move.by_name},
          {"how", move.how},
          {"what", move.what == store::kTakenOut  ? "taken_out"
                   : move.what == store::kPutBack ? "put_back"
                                                  : "added"}};
}

std::string_view how_of(const Call& call) { return call.asker.session ? "person" : "api"; }

JobEdit read_job_edit(const Call& call, Members& members, const store::Jobs::Row& job) {
  JobEdit edit;
  // Of a job that isn't any more as it was shown, the store says so: nothing else is wrong.
  auto version = static_cast<std::int64_t>(job.version);
  if (members.has("version")) version = members.number("version", 1, INT64_MAX);
  const bool current = version == static_cast<std::int64_t>(job.version);
  edit.change = {.by = call.scope(),
                 .job = job.job.id,
                 .version = static_cast<std::uint64_t>(version),
                 .title = members.maybe_text("title", {1, 200}, Lines::name),
                 .phases = read_stages(call, members, StageKind::phase, job, current),
                 .statuses = read_stages(call, members, StageKind::status, job, current),
                 .at = call.now};
  const auto& change = edit.change;
  if (!members.has("version") && (change.phases || change.statuses))
    members.refuse("version", "field.required", "“version” is needed.",
                   "Send that of the job as it was shown.");
  read_replacements(members, job, edit);
  return edit;
}

Reply save_job_edit(const Call& call, const JobEdit& edit, const store::Jobs::Row& job,
                    store::Commit commit) {
  for (const auto& one : edit.replacements)
    if (auto problem = empty_stage(call, edit, one)) return Refusal(std::move(*problem));
  commit.changes.push_back(edit.change);
  auto done = call.store().commit(commit);
  if (done) return empty_response();
  if (done.error().code == "job.stage-in-use") return refuse_in_use(call, edit, job, done.error());
  return Refusal(done.error());
}

Reply count_stages(Call& call) {
  auto id = call.path_id<JobId>(0, "job");
  if (!id) return Refusal(id.error());
  auto job = call.store().ask(store::JobById{call.scope(), *id});
  if (!job) return Refusal(job.error());
  if (!*job) return not_found("job");
  auto counts = call.store().ask(store::StageCounts{call.scope(), *id});
  if (!counts) return Refusal(counts.error());
  json::object answer;
  for (const auto kind : kKinds) {
    json::array rows;
    for (const auto& stage : (*job)->stages.of(kind)) {
      const auto at = std::ranges::find(*counts, stage.id, &store::StageCounts::Row::stage);
      auto row = present(stage);
      row["candidates"] = at == counts->end() ? 0 : at->candidates;
      rows.push_back(std::move(row));
    }
    answer[member_for(kind)] = std::move(rows);
  }
  return json_response(200, answer);
}

}  // namespace hearback::api
