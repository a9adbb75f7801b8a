// A candidate's applications: one more, and where each of them is (O-5).
#include <algorithm>

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
  auto known = call.store().ask(store::JobById{call.scope(), job});
  if (!known) return Refusal(known.error());
  if (!*known) members.refuse("job", "job.unknown", "There is no such job, or you may not see it.");
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  commit.changes.push_back(store::PutApplication{{.id = call.make_id<ApplicationId>(),
                                                  .candidate = *candidate,
                                                  .job = job,
                                                  .phase = {phase.value_or(StageId{}), {}},
                                                  .status = {status.value_or(StageId{}), {}},
                                                  .created = call.now},
                                                 call.user().id,
                                                 std::string(how_of(call))});
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
  if (!change.phase && !change.status)
    members.refuse("phase", "field.required", "“phase” or “status” is needed.");
  if (const auto* from = members.object("from")) {
    Members inner(*from, "from.");
    if (change.phase) change.seen_phase = inner.id<StageId>("phase");
    if (change.status) change.seen_status = inner.id<StageId>("status");
    members.take_over(inner);
  }
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  commit.changes.push_back(change);
  auto done = call.store().commit(commit);
  if (done) return reply_with(200, by_id(call, (*found)->candidate, *id));
  if (done.error().code != "application.moved") return Refusal(done.error());
  // Who moved it, when and where to.
  Problem problem(done.error());
  auto now = by_id(call, (*found)->candidate, *id);
  if (now && *now) problem.more["application"] = std::move(**now);
  return Refusal(std::move(problem));
}

}  // namespace hearback::api
