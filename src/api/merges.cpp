// O-5: two profiles of one person become one; and that is taken back.
#include <array>

#include "api/handlers.hpp"
#include "api/http/members.hpp"
#include "api/http/once.hpp"
#include "api/present.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, bool>, 2> kNames = {
    {{"kept", false}, {"merged", true}}};

std::string_view of_whom(bool kept, bool merged) {
  return kept && merged ? "both" : kept ? "kept" : "merged";
}

json::object present(const store::MergePreview::Found& found) {
  json::array addresses, applications, gain;
  for (const auto& one : found.addresses)
    addresses.push_back(json::object{{"address", one.address.address},
                                     {"synced", one.address.synced},
                                     {"why_not", one.address.why_not},
                                     {"of", of_whom(one.of_kept, one.of_merged)}});
  for (const auto& one : found.applications)
    applications.push_back(json::object{
        {"id", one.application.id.text()},
        {"job", json::object{{"id", one.application.job.text()}, {"title", one.job_title}}},
        {"phase", one.application.phase.name},
        {"status", one.application.status.name},
        {"of", of_whom(one.of_kept, !one.of_kept)},
        {"left_out", one.left_out}});
  for (const auto& one : found.gain)
    gain.push_back(json::object{{"id", one.user.text()},
                                {"name", one.name},
                                {"sees", of_whom(one.sees_kept, !one.sees_kept)}});
  return {{"kept_name", found.kept_name},
          {"merged_name", found.merged_name},
          {"addresses", std::move(addresses)},
          {"applications", std::move(applications)},
          {"threads", found.threads},
          {"messages", found.messages},
          {"files", found.files},
          {"more", found.more},
          {"followers", found.followers},
          {"gain", std::move(gain)},
          {"version", found.version}};
}

}  // namespace

Reply preview_merge(Call& call) {
  auto id = call.path_id<CandidateId>(0, "candidate");
  if (!id) return Refusal(id.error());
  auto with = id_parameter<CandidateId>(call, "with");
  if (!with) return Refusal(with.error());
  if (!*with) return refuse_field("with", "field.required", "“with” is needed: which candidate.");
  if (**with == *id)
    return refuse_field("with", "merge.same", "This is the same candidate.", "Choose another one.");
  auto found = call.store().ask(store::MergePreview{call.scope(), *id, **with});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("candidate");
  return json_response(200, present(**found));
}

namespace {

Reply merge(const Call& call, CandidateId kept, const Once& once) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  store::MergeCandidates change{
      .by = call.scope(),
      .kept = kept,
      .merged = members.id<CandidateId>("with"),
      .version = members.text("version", {1, 100}),
      .merged_name = members.maybe_choice<bool>("name", kNames).value_or(false),
      .at = call.now};
  if (change.kept == change.merged)
    members.refuse("with", "merge.same", "This is the same candidate.", "Choose another one.");
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  commit.changes.push_back(std::move(change));
  return once.commit(call, std::move(commit), empty_response());
}

}  // namespace

Reply merge_candidates(Call& call) {
  auto id = call.path_id<CandidateId>(0, "candidate");
  if (!id) return Refusal(id.error());
  return Once::answer(call, [&](const Once& once) { return merge(call, *id, once); });
}

Reply undo_merge(Call& call) {
  auto id = call.path_id<CandidateId>(0, "merge");
  if (!id) return Refusal(id.error());
  auto commit = call.commit();
  commit.changes.push_back(store::UndoMerge{call.scope(), *id, call.now});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return empty_response();
}

}  // namespace hearback::api
