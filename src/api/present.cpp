#include "api/present.hpp"

#include "api/events.hpp"

namespace hearback::api {

namespace json = boost::json;

std::string_view word_for(store::Place place) {
  switch (place) {
    case store::Place::inbox: return "inbox";
    case store::Place::sent: return "sent";
    case store::Place::all: return "all";
    case store::Place::followed_candidates: return "followed-candidates";
    case store::Place::followed_jobs: return "followed-jobs";
    case store::Place::non_candidates: return "non-candidates";
    case store::Place::archived: return "archived";
  }
  return {};
}

json::value when(std::optional<Instant> instant) {
  if (!instant) return nullptr;
  return json::value(to_rfc3339(*instant));
}

json::value next_page(const std::string& cursor) {
  if (cursor.empty()) return nullptr;
  return json::value(cursor);
}

json::object rows_of(json::array rows) {
  json::object answer;
  answer["rows"] = std::move(rows);
  return answer;
}

json::object present(const rules::User& user) {
  return {{"id", user.id.text()},
          {"name", user.name},
          {"email", user.email},
          {"role", word_for(user.role)},
          {"all_jobs", user.all_jobs || user.role == rules::Role::admin},
          {"language", user.language},
          {"time_zone", user.time_zone},
          {"active", user.active}};
}

json::object present(const store::AddressClaims::Row& claim) {
  return {{"id", claim.mailbox.text()},      {"user", claim.owner.id.text()},
          {"user_name", claim.owner.name},   {"address", claim.address_normal},
          {"imap_host", claim.imap_host},    {"smtp_host", claim.smtp_host},
          {"since", to_rfc3339(claim.since)}};
}

json::object present(const rules::OutboxMessage& message, UserId reader) {
  const bool waits =
      message.state == rules::OutboxState::queued || message.state == rules::OutboxState::scheduled;
  return {{"id", message.id.text()},
          {"state", word_for(message.state)},
          {"mine", message.author == reader},
          {"thread", message.thread.text()},
          {"candidate", message.candidate.text()},
          {"message", message.message.text()},
          {"created", to_rfc3339(message.created)},
          {"sent", when(message.sent)},
          {"attempts", message.attempts},
          {"next_try", waits ? when(message.not_before) : json::value(nullptr)},
          {"copy_filed", message.copy_filed},
          {"why", message.why},
          {"answer", message.author == reader ? message.answer : std::string()}};
}

json::object present(const rules::Attachment& attachment) {
  return {{"index", attachment.index},
          {"filename", attachment.filename},
          {"type", attachment.type},
          {"octets", attachment.octets},
          {"content_id", attachment.content_id},
          {"inline", attachment.is_inline}};
}

json::array present(const std::vector<mail::Address>& people) {
  json::array list;
  for (const auto& person : people)
    list.push_back(json::object{{"name", person.name}, {"address", person.spec}});
  return list;
}

json::object present(const Error& error) {
  return {{"code", error.code}, {"what", error.what}, {"hint", error.hint}};
}

json::array present(const store::CandidatesWith::Answer& holders) {
  json::array rows;
  for (const auto& row : holders)
    rows.push_back(
        json::object{{"id", row.candidate.text()}, {"name", row.name}, {"address", row.address}});
  return rows;
}

json::value word_or_null(const std::optional<rules::Triage>& triage) {
  return triage ? json::value(word_for(*triage)) : json::value(nullptr);
}

json::object present(const store::ThreadSummary& row) {
  json::array jobs, done_by;
  for (const auto& title : row.job_titles) jobs.push_back(json::value(title));
  for (const auto& name : row.done_by) done_by.push_back(json::value(name));
  return {{"id", row.thread.id.text()},
          {"candidate", row.thread.candidate.text()},
          {"candidate_name", row.candidate_name},
          {"non_candidate", row.non_candidate},
          {"jobs", std::move(jobs)},
          {"subject", row.thread.subject},
          {"kind", word_for(row.thread.kind)},
          {"messages", row.messages},
          {"last_at", to_rfc3339(row.thread.last_at)},
          {"last_from", row.last_from},
          {"last_direction", word_for(row.last_direction)},
          {"last_kind", word_for(row.last_kind)},
          {"last_snippet", row.last_snippet},
          {"has_attachments", row.has_attachments},
          {"last_outbox_state",
           row.last_outbox ? json::value(word_for(*row.last_outbox)) : json::value(nullptr)},
          {"triage", word_or_null(row.triage)},
          {"asked_at", when(row.asked_at)},
          {"waits", row.waits},
          {"unread", row.unread},
          {"came", row.came},
          {"done_by", std::move(done_by)},
          {"done_by_others", row.done_by_others}};
}

Read<json::object> present_me(House& house, const rules::Scope& scope, UserId id) {
  // First how far the feed has got: what happens to the user from here on is told.
  auto company = house.store.ask(store::CompanyFacts{scope});
  if (!company) return Refusal(company.error());
  auto user = house.store.ask(store::UserById{scope, id});
  if (!user) return Refusal(user.error());
  if (!*user) return refuse(Kind::missing, "user.missing", "There is no such user.");
  auto me = present(**user);
  me["signature_html"] = (*user)->signature_html;
  me["after_answer"] = word_for((*user)->after_answer);
  return json::object{
      {"user", std::move(me)},
      {"company", json::object{{"id", scope.company.text()}, {"name", company->name}}},
      {"events_since", mark_of(house, scope.company, id, company->revision)}};
}

}  // namespace hearback::api
