// T-5: a person says where messages lie, or takes that back.
#include <array>

#include "api/handlers.hpp"
#include "api/http/members.hpp"

namespace hearback::api {
namespace {

constexpr std::array<std::pair<std::string_view, store::Part>, 3> kParts{
    {{"message", store::Part::message},
     {"onward", store::Part::onward},
     {"whole", store::Part::whole}}};

store::CorrectPlacement read_correction(Call& call, Members& members) {
  store::CorrectPlacement change;
  change.id = call.make_id<store::CorrectionId>();
  change.by = call.scope();
  change.at = call.now;
  change.part = members.choice<store::Part>("part", kParts);
  const auto message = members.maybe_id<MessageId>("message");
  const auto into = members.maybe_id<ThreadId>("into");
  const bool whole = change.part == store::Part::whole;
  if (!whole && !message)
    members.refuse("message", "field.required", "“message” is needed: which one.");
  if (whole && message)
    members.refuse("message", "field.unknown", "“message” is not of a whole conversation.");
  if (whole && !into)
    members.refuse("into", "field.required", "“into” is needed: a whole conversation is merged.");
  change.message = message.value_or(MessageId{});
  change.into_is_new = !into;
  change.into = into ? *into : call.make_id<ThreadId>();
  return change;
}

}  // namespace

Reply correct_placement(Call& call) {
  auto id = call.path_id<ThreadId>(0, "thread");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::ThreadById{call.scope(), *id, {"", 1}});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("thread");
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  auto change = read_correction(call, members);
  if (auto problem = members.problem()) return Refusal(*problem);
  change.from = *id;  // as it was asked about: it may have become part of another one
  auto commit = call.commit();
  commit.changes.push_back(change);
  if (auto put = call.store().commit(commit); !put) return Refusal(put.error());
  return json_response(201, {{"id", change.id.text()}, {"thread", change.into.text()}});
}

Reply undo_correction(Call& call) {
  auto id = call.path_id<store::CorrectionId>(0, "correction");
  if (!id) return Refusal(id.error());
  auto commit = call.commit();
  commit.changes.push_back(store::UndoCorrection{call.scope(), *id, call.now});
  if (auto put = call.store().commit(commit); !put) return Refusal(put.error());
  return empty_response();
}

}  // namespace hearback::api
