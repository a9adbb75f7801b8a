// The asker's own mailboxes, as they are: folders, ledger, quarantine (C-6, S-2, S-4, S-12, S-13).
#include "api/mailboxes.hpp"

#include <algorithm>
#include <array>

#include "api/handlers.hpp"
#include "api/present.hpp"
#include "base/text.hpp"
#include "mail/spec.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, rules::FolderRole>, 3> kRoles = {
    {{"incoming", rules::FolderRole::incoming},
     {"outgoing", rules::FolderRole::outgoing},
     {"ignored", rules::FolderRole::ignored}}};

json::object present(const rules::ServerSettings& server) {
  return {{"host", server.host},
          {"port", server.port},
          {"security", server.security},
          {"user", server.user}};
}

json::value present(const std::optional<rules::Resting>& resting) {
  if (!resting) return nullptr;
  return json::object{{"why", resting->why},
                      {"since", to_rfc3339(resting->since)},
                      {"next_try", to_rfc3339(resting->next_try)}};
}

Read<rules::Folder> folder_in(const Call& call, MailboxId mailbox) {
  auto id = call.path_id<FolderId>(1, "folder");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::FolderById{call.scope(), mailbox, *id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("folder");
  return std::move(**found);
}

Reply commit_and_say_nothing(const Call& call, store::Change change) {
  auto commit = call.commit();
  commit.changes.push_back(std::move(change));
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return empty_response();
}

}  // namespace

Read<rules::Mailbox> own_mailbox(const Call& call) {
  auto id = call.path_id<MailboxId>(0, "mailbox");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::MailboxById{call.scope(), *id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("mailbox");
  return std::move(**found);
}

Read<json::object> present_mailbox(const Call& call, const rules::Mailbox& mailbox) {
  auto health = call.store().ask(store::MailboxHealth{call.scope(), mailbox.id});
  if (!health) return Refusal(health.error());
  auto quarantined = call.store().ask(store::QuarantinedCount{
      call.scope(), mailbox.id, call.house->options.limits.quarantined_counted});
  if (!quarantined) return Refusal(quarantined.error());
  auto past = call.store().ask(store::PastChosen{call.scope(), mailbox.id, store::kPastCounted});
  if (!past) return Refusal(past.error());
  const bool everything = mailbox.window_since.ms == 0;
  // What the mailbox can't be told for the very reason.
  std::string error = mailbox.last_error;
  if (auto storing = call.store().storing();
      !storing && mailbox.state == rules::MailboxState::active)
    error = storing.error().code;
  return json::object{
      {"id", mailbox.id.text()},
      {"address", mailbox.address},
      {"address_proof", word_for(mailbox.proof)},
      {"kind", word_for(mailbox.kind)},
      {"state", word_for(mailbox.state)},
      {"imap", present(mailbox.imap)},
      {"smtp", present(mailbox.smtp)},
      {"window_since", everything ? json::value(nullptr) : when(mailbox.window_since)},
      {"connected", to_rfc3339(mailbox.connected)},
      {"consent_at", to_rfc3339(mailbox.consent.at)},
      {"last_success", when(mailbox.last_success)},
      {"last_error", error},
      {"send_error", mailbox.send_error},
      {"next_try", when(mailbox.next_try)},
      {"importing", health->folders_left > 0},
      {"folders_left", health->folders_left},
      {"folders_left_resting", health->folders_left_resting},
      {"folders_resting", health->folders_resting},
      {"headers_seen", mailbox.headers_seen},
      {"bodies_fetched", mailbox.bodies_fetched},
      {"quarantined", *quarantined},
      {"past_asked", *past ? (*past)->asked : 0}};
}

std::optional<Instant> read_window(Members& members) {
  const auto since = members.instant_or_null("since");
  if (!since.given) members.refuse("since", "field.required", "“since” is needed.");
  return since.instant;
}

Reply list_mailboxes(Call& call) {
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  auto mailboxes =
      call.store().ask(store::Mailboxes{call.scope(), rules::MailboxRight::manage, *page});
  if (!mailboxes) return Refusal(mailboxes.error());
  json::array rows;
  for (const auto& mailbox : mailboxes->rows) {
    auto row = present_mailbox(call, mailbox);
    if (!row) return Refusal(row.error());
    rows.push_back(std::move(*row));
  }
  auto answer = rows_of(std::move(rows));
  answer["next"] = next_page(mailboxes->next);
  return json_response(200, answer);
}

Reply get_mailbox(Call& call) {
  auto mailbox = own_mailbox(call);
  if (!mailbox) return Refusal(mailbox.error());
  auto answer = present_mailbox(call, *mailbox);
  if (!answer) return Refusal(answer.error());
  return json_response(200, *answer);
}

Reply disconnect_mailbox(Call& call) {
  auto mailbox = own_mailbox(call);
  if (!mailbox) return Refusal(mailbox.error());
  return commit_and_say_nothing(call, store::RemoveMailbox{mailbox->id});
}

Reply set_window(Call& call) {
  auto mailbox = own_mailbox(call);
  if (!mailbox) return Refusal(mailbox.error());
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto since = read_window(members);
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  commit.changes.push_back(store::SetWindow{mailbox->id, window_start(since)});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return get_mailbox(call);
}

Reply list_folders(Call& call) {
  auto mailbox = own_mailbox(call);
  if (!mailbox) return Refusal(mailbox.error());
  auto folders = call.store().ask(store::Folders{call.scope(), mailbox->id});
  if (!folders) return Refusal(folders.error());
  auto imported = call.store().ask(store::ImportedByFolder{call.scope(), mailbox->id});
  if (!imported) return Refusal(imported.error());
  json::array rows;
  for (const auto& row : *folders)
    rows.push_back(json::object{{"id", row.folder.id.text()},
                                {"name", row.folder.name},
                                {"role", word_for(row.folder.role)},
                                {"role_by_user", row.folder.role_by_user},
                                {"imported", (*imported)[row.folder.id]},
                                {"special_use", row.folder.special_use},
                                {"resting", present(row.folder.resting)}});
  return json_response(200, rows_of(std::move(rows)));
}

Reply set_folder_role(Call& call) {
  auto mailbox = own_mailbox(call);
  if (!mailbox) return Refusal(mailbox.error());
  auto folder = folder_in(call, mailbox->id);
  if (!folder) return Refusal(folder.error());
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto role = members.choice<rules::FolderRole>("role", kRoles);
  if (auto problem = members.problem()) return Refusal(*problem);
  return commit_and_say_nothing(call, store::SetFolderRole{mailbox->id, folder->id, role});
}

Reply list_bodies(Call& call) {
  auto mailbox = own_mailbox(call);
  if (!mailbox) return Refusal(mailbox.error());
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  auto found = call.store().ask(store::BodyLedger{call.scope(), mailbox->id, *page});
  if (!found) return Refusal(found.error());
  json::array rows;
  for (const auto& row : found->rows)
    rows.push_back(json::object{{"at", to_rfc3339(row.at)},
                                {"folder", row.folder},
                                {"uid", row.uid},
                                {"rule", row.rule},
                                {"octets", row.octets}});
  auto answer = rows_of(std::move(rows));
  answer["next"] = next_page(found->next);
  return json_response(200, answer);
}

Reply list_quarantined(Call& call) {
  auto mailbox = own_mailbox(call);
  if (!mailbox) return Refusal(mailbox.error());
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  auto found = call.store().ask(store::Quarantined{call.scope(), mailbox->id, *page});
  if (!found) return Refusal(found.error());
  json::array rows;
  for (const auto& row : found->rows)
    rows.push_back(json::object{{"folder", row.folder},
                                {"folder_id", row.at.folder.text()},
                                {"uid", row.at.uid},
                                {"reason", row.reason},
                                {"attempts", row.attempts},
                                {"since", to_rfc3339(row.since)},
                                {"given_up", row.given_up}});
  auto answer = rows_of(std::move(rows));
  answer["next"] = next_page(found->next);
  return json_response(200, answer);
}

Reply retry_quarantined(Call& call) {
  auto mailbox = own_mailbox(call);
  if (!mailbox) return Refusal(mailbox.error());
  const auto folder = FolderId::parse(call.path.at(1));
  const auto uid = number_in_path(call.path.at(2));
  if (!folder || !uid || *uid > UINT32_MAX) return not_found("message");
  auto found = call.store().ask(
      store::QuarantinedAt{call.scope(), mailbox->id, *folder, {static_cast<std::uint32_t>(*uid)}});
  if (!found) return Refusal(found.error());
  if (found->empty()) return not_found("message");
  return commit_and_say_nothing(call, store::RetryQuarantined{found->front().at});
}

Reply list_offered_servers(Call& call) {
  const auto domain = mail::normal_domain(call.request->parameter("domain").value_or(""));
  if (!domain)
    return refuse_field("domain", "field.invalid", "“domain” is what follows the @ of an address.");
  auto found = call.store().ask(store::OfferedServers{call.scope(), *domain});
  if (!found) return Refusal(found.error());
  const auto server = [](const rules::ServerSettings& of) {
    return json::object{{"host", of.host}, {"port", of.port}, {"security", of.security}};
  };
  json::array rows;
  if (*found)
    rows.push_back(json::object{{"owner_name", (*found)->owner_name},
                                {"imap", server((*found)->imap)},
                                {"smtp", server((*found)->smtp)}});
  return json_response(200, rows_of(std::move(rows)));
}

}  // namespace hearback::api
