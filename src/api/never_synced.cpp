// With whom the asker keeps mail of a mailbox of theirs from Hearback (C-14). Whoever else may use
// that mailbox, and every admin, finds nothing here.
#include "api/never_synced.hpp"

#include "api/handlers.hpp"
#include "api/present.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

struct Own {
  MailboxId mailbox;
  std::vector<rules::NeverSyncedEntry> entries;
};

Read<Own> own_list(const Call& call) {
  auto id = call.path_id<MailboxId>(0, "mailbox");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::NeverSynced{call.scope(), *id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("mailbox");
  return Own{*id, std::move((*found)->entries)};
}

}  // namespace

std::vector<rules::NeverSyncedEntry> read_never_synced(Members& members, std::string_view name) {
  std::vector<rules::NeverSyncedEntry> entries;
  for (const auto& text :
       members.texts(name, {0, rules::kNeverSyncedMost}, {1, rules::kNeverSyncedOctets})) {
    auto entry = rules::never_synced_entry(text);
    if (!entry)
      members.refuse(name, "mailbox.never-synced-entry",
                     "“" + text + "” is neither an e-mail address nor a domain.",
                     "Write it like jane@example.org, or like example.org for everybody there.");
    else
      entries.push_back(std::move(*entry));
  }
  return entries;
}

Reply list_never_synced(Call& call) {
  auto own = own_list(call);
  if (!own) return Refusal(own.error());
  json::array rows;
  for (const auto& entry : own->entries) rows.push_back(json::object{{"entry", entry.written}});
  return json_response(200, rows_of(std::move(rows)));
}

Reply change_never_synced(Call& call) {
  auto own = own_list(call);
  if (!own) return Refusal(own.error());
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  store::ChangeNeverSynced change{own->mailbox, read_never_synced(members, "add"), {}};
  for (auto& entry : read_never_synced(members, "remove"))
    change.no_longer.push_back(std::move(entry.normal));
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  commit.changes.push_back(std::move(change));
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return list_never_synced(call);
}

}  // namespace hearback::api
