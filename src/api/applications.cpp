// A candidate's applications: one more, and where each of them is (O-5).
#include <algorithm>

#include "api/external_ids.hpp"
#include "api/handlers.hpp"
#include "api/http/members.hpp"
#include "api/present.hpp"
#include "api/stages.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

// One that satisfies `is`, of those that the asker may see.
template <class Is>
Read<std::optional<json::object>> visible_application(const Call& call, CandidateId candidate,
                                                      const Is& is) {
  auto found = call.store().ask(store::CandidateById{call.scope(), candidate});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("candidate");
  const auto& all = (*found)->applications;
  const auto at = std::ranges::find_if(all, is);
  if (at == all.end()) return std::nullopt;
  return present(all, (*found)->job_titles, (*found)->moved)
      .at(static_cast<std::size_t>(at - all.begin()))
      .as_object();
}

Read<std::optional<json::object>> by_id(const Call& call, CandidateId candidate, ApplicationId id) {
  return visible_application(call, candidate, [&](const auto& one) { return one.id == id; });
}

Read<std::optional<json::object>> in_job(const Call& call, CandidateId candidate, JobId job) {
  return visible_application(call, candidate, [&](const auto& one) { return one.job == job; });
}

Reply reply_with(int status, Read<std::optional<json::object>> found) {
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("application");
  return json_response(status, **found);
}

// Where somebody has moved it meanwhile: who, when and where to.
Reply refused_as_it_is(const Call& call, const Error& error, CandidateId candidate,
                       ApplicationId id) {
  if (error.code != "application.moved") return Refusal(error);
  Problem problem(error);
  auto now = by_id(call, candidate, id);
  if (now && *now) problem.more["application"] = std::move(**now);
  return Refusal(std::move(problem));
}

// Whom a commit is about is still there, and seen.
store::PutCandidate as_they_are(const Call& call, CandidateId candidate) {
  return {candidate, {}, {}, call.now, call.scope(), true, true};
}

}  // namespace

Reply add_application(Call& call) {
  auto candidate = call.path_id<CandidateId>(0, "candidate");
  if (!candidate) return Refusal(candidate.error());
  auto seen = call.store().ask(store::CandidateById{call.scope(), *candidate});
  if (!seen) return Refusal(seen.error());
  if (!*seen) return not_found("candidate");
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto job = members.id<JobId>("job");
  const auto phase = members.maybe_id<StageId>("phase");
  const auto status = members.maybe_id<StageId>("status");
  const auto external_id = read_external_id(members).value_or("");
  auto known = call.store().ask(store::JobById{call.scope(), job});
  if (!known) return Refusal(known.error());
  if (!*known) members.refuse("job", "job.unknown", "There is no such job, or you may not see it.");
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  commit.changes.push_back(as_they_are(call, *candidate));
  const auto id = call.make_id<ApplicationId>();
  commit.changes.push_back(store::PutApplication{{.id = id,
                                                  .candidate = *candidate,
                                                  .job = job,
                                                  .phase = {phase.value_or(StageId{}), {}},
                                                  .status = {status.value_or(StageId{}), {}},
                                                  .created = call.now},
                                                 call.scope(),
                                                 std::string(how_of(call))});
  if (!external_id.empty())
    commit.changes.push_back(store::SetExternalId{call.scope(), id, external_id});
  auto done = call.store().commit(commit);
  // The candidate is in the job already: what was wanted is so.
  const bool was_there = !done && done.error().code == "application.exists";
  if (!done && !was_there) return Refusal(done.error());
  return reply_with(was_there ? 200 : 201, in_job(call, *candidate, job));
}

Reply move_application(Call& call) {
  auto id = call.path_id<ApplicationId>(0, "application");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::ApplicationById{call.scope(), *id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("application");
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  store::MoveApplication change{.by = call.scope(),
                                .application = *id,
                                .phase = members.maybe_id<StageId>("phase"),
                                .status = members.maybe_id<StageId>("status"),
                                .seen_phase = {},
                                .seen_status = {},
                                .how = std::string(how_of(call)),
                                .at = call.now};
  const auto external_id = read_external_id(members);
  if (!change.phase && !change.status && !external_id)
    members.refuse("phase", "field.required", "“phase” or “status” is needed.");
  if (const auto* from = members.object("from")) {
    Members inner(*from, "from.");
    if (change.phase) change.seen_phase = inner.id<StageId>("phase");
    if (change.status) change.seen_status = inner.id<StageId>("status");
    members.take_over(inner);
  }
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  if (external_id) commit.changes.push_back(store::SetExternalId{call.scope(), *id, *external_id});
  if (change.phase || change.status) commit.changes.push_back(change);
  auto done = call.store().commit(commit);
  if (done) return reply_with(200, by_id(call, (*found)->candidate, *id));
  return refused_as_it_is(call, done.error(), (*found)->candidate, *id);
}

Reply remove_application(Call& call) {
  auto id = call.path_id<ApplicationId>(0, "application");
  if (!id) return Refusal(id.error());
  auto phase = id_parameter<StageId>(call, "phase");
  if (!phase) return Refusal(phase.error());
  auto status = id_parameter<StageId>(call, "status");
  if (!status) return Refusal(status.error());
  auto found = call.store().ask(store::ApplicationById{call.scope(), *id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("application");
  auto commit = call.commit();
  commit.changes.push_back(store::RemoveApplication{call.scope(), *id, *phase, *status,
                                                    std::string(how_of(call)), call.now});
  if (auto done = call.store().commit(commit); !done)
    return refused_as_it_is(call, done.error(), (*found)->candidate, *id);
  return empty_response();
}

Reply put_back_application(Call& call) {
  auto id = call.path_id<ApplicationId>(0, "application");
  if (!id) return Refusal(id.error());
  auto commit = call.commit();
  commit.changes.push_back(
      store::PutBackApplication{call.scope(), *id, std::string(how_of(call)), call.now});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return empty_response();
}

namespace {

// Whose application it is, and in which job: each by its id, or by what the other system calls it.
struct Meant {
  std::optional<CandidateId> candidate;
  std::optional<JobId> job;
  std::optional<StageId> phase, status;
};

Read<Meant> read_meant(const Call& call) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  Meant meant{.candidate = members.maybe_id<CandidateId>("candidate"),
              .job = members.maybe_id<JobId>("job"),
              .phase = members.maybe_id<StageId>("phase"),
              .status = members.maybe_id<StageId>("status")};
  const auto candidate = members.maybe_text("candidate_external_id", {1, 200}, Lines::name);
  const auto job = members.maybe_text("job_external_id", {1, 200}, Lines::name);
  auto named = call.store().ask(
      store::NamedExternally{call.scope(), {job.value_or("")}, {candidate.value_or("")}, {}});
  if (!named) return Refusal(named.error());
  if (candidate && !meant.candidate) {
    meant.candidate = led_to(named->candidates, *candidate);
    if (!meant.candidate)
      members.refuse("candidate_external_id", "candidate.missing", "There is no such candidate.");
  }
  if (job && !meant.job) {
    meant.job = led_to(named->jobs, *job);
    if (!meant.job)
      members.refuse("job_external_id", "job.unknown",
                     "There is no such job, or you may not see it.");
  }
  if (auto problem = members.problem()) return Refusal(*problem);
  return meant;
}

// Where it is said to be; what isn't said stays.
void add_move(const Call& call, const Meant& meant, ApplicationId id, store::Commit& commit) {
  if (!meant.phase && !meant.status) return;
  commit.changes.push_back(store::MoveApplication{.by = call.scope(),
                                                  .application = id,
                                                  .phase = meant.phase,
                                                  .status = meant.status,
                                                  .seen_phase = {},
                                                  .seen_status = {},
                                                  .how = std::string(how_of(call)),
                                                  .at = call.now});
}

bool is_called(const store::CandidateById::Found& found, ApplicationId id,
               const std::string& external_id) {
  return std::ranges::any_of(found.applications, [&](const auto& one) {
    return one.id == id && one.external_id == external_id;
  });
}

Reply move_meant(const Call& call, const Meant& meant, ApplicationId id,
                 const std::string& external_id) {
  auto found = call.store().ask(store::ApplicationById{call.scope(), id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("application");
  auto candidate = call.store().ask(
      store::CandidateById{call.scope(), meant.candidate.value_or((*found)->candidate)});
  if (!candidate) return Refusal(candidate.error());
  if (!*candidate || (*candidate)->candidate.id != (*found)->candidate ||
      (meant.job && *meant.job != (*found)->job))
    return refuse(Kind::conflict, "application.other-candidate",
                  "This external id is that of another candidate’s application, or of one in "
                  "another job.",
                  "Look which of the two it is.");
  auto commit = call.commit();
  // What a merge put aside leads here; its record would move the kept one back and forth each
  // night.
  if (is_called(**candidate, id, external_id)) add_move(call, meant, id, commit);
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return reply_with(200, by_id(call, (*found)->candidate, id));
}

Reply make_meant(const Call& call, const Meant& meant, const std::string& external_id) {
  for (const auto& [there, name] : {std::pair(meant.candidate.has_value(), "candidate"),
                                    std::pair(meant.job.has_value(), "job")})
    if (!there)
      return refuse_field(name, "field.required", "“" + std::string(name) + "” is needed.");
  auto seen = call.store().ask(store::CandidateById{call.scope(), *meant.candidate});
  if (!seen) return Refusal(seen.error());
  if (!*seen) return not_found("candidate");
  auto job = call.store().ask(store::JobById{call.scope(), *meant.job});
  if (!job) return Refusal(job.error());
  if (!*job)
    return refuse_field("job", "job.unknown", "There is no such job, or you may not see it.");
  const auto& all = (*seen)->applications;
  const auto at = std::ranges::find(all, *meant.job, &rules::Application::job);
  const bool was_there = at != all.end();
  if (was_there && !at->external_id.empty() && at->external_id != external_id)
    return refuse(Kind::conflict, "external-id.other",
                  "The candidate’s application for this job has another external id.",
                  "Look which of the two it is.");
  const auto id = was_there ? at->id : call.make_id<ApplicationId>();
  auto commit = call.commit();
  commit.changes.push_back(as_they_are(call, (*seen)->candidate.id));
  if (was_there)
    add_move(call, meant, id, commit);
  else
    commit.changes.push_back(
        store::PutApplication{{.id = id,
                               .candidate = (*seen)->candidate.id,
                               .job = *meant.job,
                               .phase = {meant.phase.value_or(StageId{}), {}},
                               .status = {meant.status.value_or(StageId{}), {}},
                               .created = call.now},
                              call.scope(),
                              std::string(how_of(call))});
  commit.changes.push_back(store::SetExternalId{call.scope(), id, external_id});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return reply_with(was_there ? 200 : 201, by_id(call, (*seen)->candidate.id, id));
}

Read<std::optional<ApplicationId>> application_named(const Call& call,
                                                     const std::string& external_id) {
  auto named = call.store().ask(store::NamedExternally{call.scope(), {}, {}, {external_id}});
  if (!named) return Refusal(named.error());
  return led_to(named->applications, external_id);
}

}  // namespace

Reply get_application_named(Call& call) {
  auto external_id = external_id_in_path(call);
  if (!external_id) return Refusal(external_id.error());
  auto id = application_named(call, *external_id);
  if (!id) return Refusal(id.error());
  if (!*id) return not_found("application");
  auto found = call.store().ask(store::ApplicationById{call.scope(), **id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("application");
  return reply_with(200, by_id(call, (*found)->candidate, **id));
}

Reply put_application(Call& call) {
  auto external_id = external_id_in_path(call);
  if (!external_id) return Refusal(external_id.error());
  auto meant = read_meant(call);
  if (!meant) return Refusal(meant.error());
  return put_externally(
      call, [&] { return application_named(call, *external_id); },
      [&](Call& one) { return make_meant(one, *meant, *external_id); },
      [&](Call& one, ApplicationId id) { return move_meant(one, *meant, id, *external_id); });
}

}  // namespace hearback::api
