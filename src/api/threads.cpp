// Lists of conversations, and one of them. Every door asks the store through the reader's scope.
#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>

#include "api/handlers.hpp"
#include "api/http/members.hpp"
#include "api/present.hpp"
#include "api/stages.hpp"
#include "mail/address.hpp"
#include "rules/compose.hpp"
#include "store/threads/versions.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

Read<store::Place> place_parameter(const Call& call) {
  using enum store::Place;
  const auto text = call.request->parameter("place").value_or("all");
  for (const auto one :
       {inbox, sent, all, followed_candidates, followed_jobs, non_candidates, archived})
    if (text == word_for(one)) return one;
  return refuse_field("place", "field.invalid",
                      "“place” is inbox, sent, all, followed-candidates, followed-jobs,"
                      " non-candidates or archived.");
}

Read<std::optional<rules::Triage>> triage_parameter(const Call& call, store::Place place,
                                                    const std::optional<CandidateId>& candidate) {
  const auto text = call.request->parameter("triage");
  if (!text) return std::nullopt;
  if ((place != store::Place::inbox && place != store::Place::sent) || candidate)
    return refuse_field("triage", "field.invalid",
                        "“triage” goes with “place” inbox or sent, and without “candidate”.");
  for (const auto one : {rules::Triage::to_answer, rules::Triage::waiting, rules::Triage::done})
    if (*text == word_for(one)) return one;
  return refuse_field("triage", "field.invalid", "“triage” is to_answer, waiting or done.");
}

Read<store::ThreadFilter> filter_parameters(const Call& call) {
  store::ThreadFilter filter;
  auto job = id_parameter<JobId>(call, "job");
  if (!job) return Refusal(job.error());
  filter.job = *job;
  if (const auto person = call.request->parameter("person")) {
    const auto normal = mail::normal_form(*person);
    if (!normal) return refuse_field("person", "field.invalid", "“person” is not an address.");
    filter.person = *normal;
  }
  const auto unread = flag_parameter(call, "unread");
  if (!unread) return Refusal(unread.error());
  filter.unread = unread->value_or(false);
  const auto to_answer = flag_parameter(call, "to_answer");
  if (!to_answer) return Refusal(to_answer.error());
  filter.to_answer = to_answer->value_or(false);
  return filter;
}

// Whether who has waited longest comes first.
Read<bool> order_parameter(const Call& call, const store::Threads& asked) {
  const auto text = call.request->parameter("order").value_or("newest");
  if (text == "newest") return false;
  if (text != "longest")
    return refuse_field("order", "field.invalid", "“order” is newest or longest.");
  if (!(asked.filter.to_answer || asked.triage == rules::Triage::to_answer) || asked.candidate)
    return refuse_field("order", "field.invalid",
                        "“order” longest goes with “to_answer”, or “triage” to_answer, and without"
                        " “candidate”.");
  return true;
}

struct Versions {
  std::unordered_map<MessageId, store::VersionsIn::Row> rows;
  std::unordered_map<MessageId, std::uint64_t> of_first;  // how many there are of each
};

Result<Versions> versions_in(Call& call, decltype(store::VersionsIn::where) where,
                             const std::vector<store::MessageInThread>& shown) {
  store::VersionsIn question{call.scope(), where, {}};
  for (const auto& row : shown) question.messages.push_back(row.message.id);
  auto rows = call.store().ask(question);
  if (!rows) return Failure(rows.error());
  Versions versions;
  for (auto& row : *rows) {
    ++versions.of_first[row.first];
    versions.rows.emplace(row.message, std::move(row));
  }
  return versions;
}

json::value who_corrected(const std::optional<store::Corrected>& corrected) {
  if (!corrected) return nullptr;
  json::value from = nullptr;
  if (corrected->from)
    from = json::object{{"id", corrected->from->text()}, {"subject", corrected->from_subject}};
  return json::object{{"id", corrected->id.text()},
                      {"by", corrected->by},
                      {"at", to_rfc3339(corrected->at)},
                      {"from", std::move(from)}};
}

// Its way out; and to whom it went unseen by the others, for its writer's eyes.
json::value present_outbox(const store::MessageInThread& row, UserId reader) {
  if (!row.outbox) return nullptr;
  auto shown = present(*row.outbox, reader);
  if (row.outbox->author != reader) return shown;
  json::array bcc;
  for (auto& address : rules::unseen_recipients(row.message.envelope, row.outbox->recipients))
    bcc.push_back(json::value(std::move(address)));
  shown["bcc"] = std::move(bcc);
  return shown;
}

json::object present_message(const store::MessageInThread& row, const Versions& versions,
                             UserId reader) {
  const auto& message = row.message;
  json::array attachments;
  for (const auto& attachment : message.attachments) attachments.push_back(present(attachment));
  json::value version_of = nullptr;
  json::array version_in;
  std::uint64_t count = 1;
  if (const auto at = versions.rows.find(message.id); at != versions.rows.end()) {
    const auto& version = at->second;
    count = versions.of_first.at(version.first);
    if (version.first != version.message) version_of = json::value(version.first.text());
    for (const auto mailbox : version.mailboxes) version_in.push_back(json::value(mailbox.text()));
  }
  return {{"id", message.id.text()},
          {"from", present(message.envelope.from)},
          {"to", present(message.envelope.to)},
          {"cc", present(message.envelope.cc)},
          {"people_left_out", row.people_left_out},
          {"subject", message.envelope.subject},
          {"date", to_rfc3339(message.date)},
          {"kind", word_for(message.kind)},
          {"direction", word_for(message.direction)},
          {"snippet", message.snippet},
          {"attachments", std::move(attachments)},
          {"versions", count},
          {"version_of", std::move(version_of)},
          {"version_in", std::move(version_in)},
          {"why", json::object{{"by", word_for(row.placement.by)},
                               {"detail", row.placement.detail},
                               {"corrected", who_corrected(row.corrected)}}},
          {"outbox", present_outbox(row, reader)}};
}

}  // namespace

Reply list_threads(Call& call) {
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  auto place = place_parameter(call);
  if (!place) return Refusal(place.error());
  auto candidate = id_parameter<CandidateId>(call, "candidate");
  if (!candidate) return Refusal(candidate.error());
  auto triage = triage_parameter(call, *place, *candidate);
  if (!triage) return Refusal(triage.error());
  auto filter = filter_parameters(call);
  if (!filter) return Refusal(filter.error());
  store::Threads question{call.scope(), *place, *candidate, *page, *triage, *filter};
  auto order = order_parameter(call, question);
  if (!order) return Refusal(order.error());
  question.longest_first = *order;
  auto found = call.store().ask(question);
  if (!found) return Refusal(found.error());
  json::array rows;
  for (const auto& row : found->rows) rows.push_back(present(row));
  auto answer = rows_of(std::move(rows));
  answer["next"] = next_page(found->next);
  return json_response(200, answer);
}

Reply get_thread(Call& call) {
  auto id = call.path_id<ThreadId>(0, "thread");
  if (!id) return Refusal(id.error());
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  auto found = call.store().ask(store::ThreadById{call.scope(), *id, *page});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("thread");
  const auto& thread = (*found)->thread;
  const auto versions = versions_in(call, thread.id, (*found)->messages);
  if (!versions) return Refusal(versions.error());
  json::array messages;
  for (const auto& row : (*found)->messages)
    messages.push_back(present_message(row, *versions, call.user().id));
  return json_response(200, {{"id", thread.id.text()},
                             {"candidate", thread.candidate.text()},
                             {"candidate_name", (*found)->candidate_name},
                             {"non_candidate", (*found)->non_candidate},
                             {"subject", thread.subject},
                             {"kind", word_for(thread.kind)},
                             {"count", (*found)->count},
                             {"triage", word_or_null((*found)->triage)},
                             {"asked_at", when((*found)->asked_at)},
                             {"waits", (*found)->waits},
                             {"unread", (*found)->unread},
                             {"marked_unread", (*found)->marked_unread},
                             {"came", (*found)->came},
                             {"messages", std::move(messages)},
                             {"older", next_page((*found)->older)}});
}

Reply get_timeline(Call& call) {
  auto id = call.path_id<CandidateId>(0, "candidate");
  if (!id) return Refusal(id.error());
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  auto found = call.store().ask(store::CandidateTimeline{call.scope(), *id, *page});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("candidate");
  const auto& timeline = *found;
  const auto versions = versions_in(call, *id, timeline->messages);
  if (!versions) return Refusal(versions.error());
  std::unordered_map<ThreadId, json::object> threads;
  for (const auto& thread : timeline->threads)
    threads[thread.id] = {
        {"id", thread.id.text()}, {"subject", thread.subject}, {"kind", word_for(thread.kind)}};
  json::array messages;
  for (const auto& row : timeline->messages) {
    auto message = present_message(row, *versions, call.user().id);
    message["thread"] = threads.at(row.placement.thread);
    const auto ours = timeline->ours.find(row.message.id);
    message["ours"] = ours == timeline->ours.end() ? json::value() : present({ours->second}).at(0);
    messages.push_back(std::move(message));
  }
  json::array moves;
  for (const auto& move : timeline->moves) moves.push_back(present(move));
  json::array jobs;
  for (const auto& one : timeline->jobs) jobs.push_back(present_in_job(one));
  json::array merges;
  for (const auto& one : timeline->merges)
    merges.push_back(json::object{{"id", one.id.text()},
                                  {"at", to_rfc3339(one.at)},
                                  {"name", one.name},
                                  {"by", one.by_name},
                                  {"undone", one.undone},
                                  {"exchange", one.exchange}});
  json::array addresses;
  for (const auto& one : timeline->addresses)
    addresses.push_back(json::object{{"id", one.id.text()},
                                     {"at", to_rfc3339(one.at)},
                                     {"address", one.address},
                                     {"added", one.added},
                                     {"by", one.by_name},
                                     {"how", one.how}});
  return json_response(200, {{"messages", std::move(messages)},
                             {"moves", std::move(moves)},
                             {"jobs", std::move(jobs)},
                             {"addresses", std::move(addresses)},
                             {"merges", std::move(merges)},
                             {"older", next_page(timeline->older)}});
}

Reply change_thread(Call& call) {
  auto id = call.path_id<ThreadId>(0, "thread");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::ThreadById{call.scope(), *id, {"", 1}});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("thread");
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const bool turns = members.has("done"), reads = members.has("unread");
  const bool done = members.flag("done", false), unread = members.flag("unread", false);
  if (!turns && !reads) members.refuse("done", "field.required", "“done” or “unread” is needed.");
  std::optional<std::int64_t> seen;
  if (members.has("seen")) seen = members.number("seen", 0, INT64_MAX);
  if (done && !seen)
    members.refuse("seen", "field.required", "“seen” is needed.",
                   "Send what “came” said of the conversation that was shown.");
  if (auto problem = members.problem()) return Refusal(*problem);
  if (turns && !(*found)->triage)
    return refuse(Kind::conflict, "thread.not-in-your-mail",
                  "This conversation lies neither in your inbox nor in what you sent.",
                  "Those who have it there can mark it as done.");
  auto commit = call.commit();
  if (turns)
    commit.changes.push_back(
        store::SetThreadDone{*id, call.user().id, done, seen.value_or(0), call.now});
  if (reads) commit.changes.push_back(store::SetThreadUnread{*id, call.user().id, unread, seen});
  if (auto put = call.store().commit(commit); !put) return Refusal(put.error());
  return empty_response();
}

Reply get_counts(Call& call) {
  auto count = call.store().ask(store::ToAnswer{call.scope()});
  if (!count) return Refusal(count.error());
  return json_response(200, {{"to_answer", *count}});
}

Reply get_unread_counts(Call& call) {
  auto unread = call.store().ask(store::UnreadCounts{call.scope()});
  if (!unread) return Refusal(unread.error());
  json::object places;
  for (const auto& row : *unread) places[word_for(row.place)] = row.count;
  return json_response(200, std::move(places));
}

}  // namespace hearback::api
