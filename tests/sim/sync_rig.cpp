#include "sim/sync_rig.hpp"

namespace hearback::sim {

SyncRig::SyncRig(std::uint64_t seed, Instant window_since)
    : world(seed),
      imap(world.serve<ImapServer>("imap.example.org", 993)),
      office(world),
      store(world, office.store()),
      account(&imap.add_account("max@example.org", "secret")) {
  user = office.add_user("Max", "max@example.org");
  jo = office.add_candidate("Jo", {"jo@candidate.example"});
  mailbox = office.add_mailbox(user, "max@example.org", {.window_since = window_since});
}

SyncRig::Letter SyncRig::from_jo(std::string message_id) {
  Letter letter;
  letter.from = "Jo <jo@candidate.example>";
  letter.to = "max@example.org";
  letter.message_id = std::move(message_id);
  return letter;
}

SyncRig::Letter SyncRig::private_mail(std::string message_id) {
  Letter letter;
  letter.from = "aunt@family.example";
  letter.to = "max@example.org";
  letter.message_id = std::move(message_id);
  letter.text = "jo@candidate.example is only spoken of.\r\n";
  return letter;
}

std::uint32_t SyncRig::deliver(const std::string& folder, const Letter& letter) {
  return deliver(folder, letter, world.now());
}

std::uint32_t SyncRig::deliver(const std::string& folder, const Letter& letter,
                               Instant internal_date) {
  return account->deliver(folder,
                          raw_message({.from = letter.from,
                                       .to = letter.to,
                                       .subject = letter.subject,
                                       .message_id = letter.message_id,
                                       .text = letter.text,
                                       .in_reply_to = letter.in_reply_to,
                                       .date = internal_date}),
                          internal_date);
}

void SyncRig::start(sync::Options options) {
  env = std::make_unique<SimEnv>(world);
  engine = std::make_unique<sync::Engine>(*env, store, options);
  env->spawn(engine->run());
}

void SyncRig::crash() {
  if (!env) return;
  env->crash();
  env->drop_tasks();
  engine.reset();
  env.reset();
}

bool SyncRig::stop() {
  env->stop();
  world.run_for(2min);
  const bool idle = env->idle();
  crash();
  return idle;
}

std::vector<store::ThreadById::Found> SyncRig::threads() {
  std::vector<store::ThreadById::Found> found;
  store::Threads question{office.scope()};
  question.page.rows = 200;
  for (;;) {
    auto page = office.ask(question);
    for (auto& row : page.rows) {
      auto thread = office.ask(store::ThreadById{office.scope(), row.thread.id});
      if (thread) found.push_back(std::move(*thread));
    }
    if (page.next.empty()) return found;
    question.page.after = page.next;
  }
}

std::multiset<std::string> SyncRig::imported() {
  std::map<MessageId, std::string> messages;
  for (const auto& thread : threads())
    for (const auto& m : thread.messages) messages[m.message.id] = m.message.envelope.message_id;
  std::multiset<std::string> ids;
  for (const auto& [id, message_id] : messages) ids.insert(message_id);
  return ids;
}

std::uint64_t SyncRig::copies_of(const std::string& message_id) {
  for (const auto& thread : threads())
    for (const auto& m : thread.messages)
      if (m.message.envelope.message_id == message_id)
        return office.ask(store::CopiesOf{office.scope(), m.message.id}).size();
  return 0;
}

rules::Mailbox SyncRig::mailbox_row() {
  return office.ask(store::MailboxById{office.scope(), mailbox}).value();
}

rules::Folder SyncRig::folder(const std::string& name) {
  for (auto& row : office.ask(store::Folders{office.scope(), mailbox}))
    if (row.folder.name == name) return std::move(row.folder);
  return {};
}

store::MailboxHealth::Answer SyncRig::health() {
  return office.ask(store::MailboxHealth{office.scope(), mailbox});
}

std::vector<store::Quarantined::Row> SyncRig::quarantined() {
  std::vector<store::Quarantined::Row> rows;
  store::PageRequest page{.after = {}, .rows = 200};
  do {
    auto found = office.ask(store::Quarantined{office.scope(), mailbox, page});
    for (auto& row : found.rows)
      if (!row.reason.empty()) rows.push_back(std::move(row));
    page.after = found.next;
  } while (!page.after.empty());
  return rows;
}

std::multiset<std::string> SyncRig::bodies_asked() const {
  std::multiset<std::string> ids;
  for (const auto& body : account->bodies()) {
    std::string id = "gone";
    for (const auto& folder : account->folders())
      if (folder->name == body.folder && folder->uid_validity == body.uid_validity)
        for (const auto& message : folder->messages)
          if (message.uid == body.uid) {
            id = header_value(message.raw, "Message-ID");
            if (id.size() > 2) id = id.substr(1, id.size() - 2);
          }
    ids.insert(id);
  }
  return ids;
}

std::multiset<std::string> SyncRig::private_bodies() const {
  auto ids = bodies_asked();
  std::erase_if(ids, [](const std::string& id) { return !id.starts_with("private"); });
  return ids;
}

}  // namespace hearback::sim
