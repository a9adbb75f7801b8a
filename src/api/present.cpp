#include "api/present.hpp"

#include "api/events.hpp"

namespace hearback::api {

namespace json = boost::json;

std::string_view word_of(rules::Role value) {
  switch (value) {
    case rules::Role::admin: return "admin";
    case rules::Role::manager: return "manager";
    case rules::Role::evaluator: return "evaluator";
  }
  return "";
}

std::string_view word_of(rules::JobKind value) {
  switch (value) {
    case rules::JobKind::offer: return "offer";
    case rules::JobKind::talent_pool: return "talent_pool";
    case rules::JobKind::campaign: return "campaign";
  }
  return "";
}

std::string_view word_of(rules::Direction value) {
  return value == rules::Direction::incoming ? "incoming" : "outgoing";
}

std::string_view word_of(rules::MessageKind value) {
  switch (value) {
    case rules::MessageKind::human: return "human";
    case rules::MessageKind::automatic: return "automatic";
    case rules::MessageKind::bounce: return "bounce";
    case rules::MessageKind::list: return "list";
  }
  return "";
}

std::string_view word_of(rules::ThreadKind value) {
  return value == rules::ThreadKind::conversation ? "conversation" : "internal_forward";
}

std::string_view word_of(rules::Triage value) {
  switch (value) {
    case rules::Triage::to_answer: return "to_answer";
    case rules::Triage::waiting: return "waiting";
    case rules::Triage::done: return "done";
  }
  return "";
}

std::string_view word_of(rules::PlacedBy value) {
  switch (value) {
    case rules::PlacedBy::reply_to: return "reply_to";
    case rules::PlacedBy::address: return "address";
    case rules::PlacedBy::sent_here: return "sent_here";
  }
  return "";
}

std::string_view word_of(rules::OutboxState value) {
  switch (value) {
    case rules::OutboxState::scheduled: return "scheduled";
    case rules::OutboxState::queued: return "queued";
    case rules::OutboxState::sending: return "sending";
    case rules::OutboxState::uncertain: return "uncertain";
    case rules::OutboxState::sent: return "sent";
    case rules::OutboxState::seen_in_sent: return "seen_in_sent";
    case rules::OutboxState::bounced: return "bounced";
    case rules::OutboxState::failed: return "failed";
    case rules::OutboxState::cancelled: return "cancelled";
  }
  return "";
}

std::string_view word_of(rules::MailboxKind value) {
  switch (value) {
    case rules::MailboxKind::personal: return "personal";
    case rules::MailboxKind::shared: return "shared";
    case rules::MailboxKind::hosted: return "hosted";
  }
  return "";
}

std::string_view word_of(rules::MailboxState value) {
  switch (value) {
    case rules::MailboxState::active: return "active";
    case rules::MailboxState::needs_sign_in: return "needs_sign_in";
    case rules::MailboxState::off: return "off";
  }
  return "";
}

std::string_view word_of(rules::AddressProof value) {
  switch (value) {
    case rules::AddressProof::none: return "none";
    case rules::AddressProof::refused: return "refused";
    case rules::AddressProof::sign_in: return "sign_in";
    case rules::AddressProof::admin: return "admin";
  }
  return "";
}

std::string_view word_of(rules::FolderRole value) {
  switch (value) {
    case rules::FolderRole::incoming: return "incoming";
    case rules::FolderRole::outgoing: return "outgoing";
    case rules::FolderRole::ignored: return "ignored";
  }
  return "";
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
          {"role", word_of(user.role)},
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
          {"state", word_of(message.state)},
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

Read<json::object> present_me(House& house, const rules::Scope& scope, UserId id) {
  // First how far the feed has got: what happens to the user from here on is told.
  auto company = house.store.ask(store::CompanyFacts{scope});
  if (!company) return Refusal(company.error());
  auto user = house.store.ask(store::UserById{scope, id});
  if (!user) return Refusal(user.error());
  if (!*user) return refuse(Kind::missing, "user.missing", "There is no such user.");
  auto me = present(**user);
  me["signature_html"] = (*user)->signature_html;
  return json::object{
      {"user", std::move(me)},
      {"company", json::object{{"id", scope.company.text()}, {"name", company->name}}},
      {"events_since", mark_of(house, scope.company, id, company->revision)}};
}

}  // namespace hearback::api
