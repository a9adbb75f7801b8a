#pragma once
// What the tests of the outbox stand on: one mailbox, or many.
#include <memory>
#include <optional>
#include <string>

#include "outbox/engine.hpp"
#include "sim/model_imap.hpp"
#include "sim/model_smtp.hpp"
#include "sim/office.hpp"
#include "sim/sim_env.hpp"

namespace hearback::sim {

using rules::OutboxState;

// One message, one mailbox; trouble only where a test says so.
class One {
 public:
  explicit One(std::uint64_t seed = 1, rules::SavesSent saves_sent = rules::SavesSent::no)
      : world(seed),
        imap(world.serve<ImapServer>("imap.example.org", 993)),
        smtp(world.serve<SmtpServer>("smtp.example.org", 465)),
        office(world) {
    account = &imap.add_account("max@example.org", "secret");
    smtp.add_account("max@example.org", "secret");
    user = office.add_user("Max", "max@example.org");
    candidate = office.add_candidate("Jo", {"jo@candidate.example"});
    mailbox = office.add_mailbox(user, "max@example.org", {.saves_sent = saves_sent});
  }
  ~One() { end(); }

  void write(std::optional<Instant> not_before = {}) {
    row = office.queue({.author = user,
                        .mailbox = mailbox,
                        .candidate = candidate,
                        .from = "max@example.org",
                        .to = "jo@candidate.example",
                        .not_before = not_before.value_or(world.now())});
  }
  void start(outbox::Options options = {}, store::Store* store = nullptr) {
    env = std::make_unique<SimEnv>(world);
    engine = std::make_unique<outbox::Engine>(*env, store ? *store : office.store(), options);
    env->spawn(engine->run());
  }
  void end() {
    if (!env) return;
    env->crash();
    env->drop_tasks();
    engine.reset();
    env.reset();
  }
  rules::OutboxMessage now() { return office.outbox(row.id); }
  OutboxState state() { return now().state; }
  std::size_t accepted() { return smtp.accepted_with(row.message_id); }
  std::size_t copies() { return account->count("Sent", row.message_id); }
  rules::SavesSent habit() {
    return office.ask(store::MailboxById{office.scope(), mailbox}).value().saves_sent;
  }
  bool decide(store::DecideOutbox::Word word) {
    return office.store()
        .commit({office.company(), {store::DecideOutbox{row.id, user, word, world.now()}}, {}})
        .has_value();
  }

  World world;
  ImapServer& imap;
  SmtpServer& smtp;
  Office office;
  ImapAccount* account = nullptr;
  UserId user;
  CandidateId candidate;
  MailboxId mailbox;
  rules::OutboxMessage row;
  std::unique_ptr<SimEnv> env;
  std::unique_ptr<outbox::Engine> engine;
};

// Many mailboxes of one company, each with an account on a server of its own choice.
class Many {
 public:
  Many() : world(1), imap(world.serve<ImapServer>("imap.example.org", 993)), office(world) {
    candidate = office.add_candidate("Jo", {"jo@candidate.example"});
    user = office.add_user("Max", "max@example.org");
  }
  ~Many() {
    env->crash();
    env->drop_tasks();
  }
  SmtpServer& server(const std::string& host) { return world.serve<SmtpServer>(host, 465); }
  MailboxId mailbox(SmtpServer& smtp, const std::string& host, const std::string& address) {
    imap.add_account(address, "secret");
    smtp.add_account(address, "secret");
    return office.add_mailbox(user, address,
                              {.smtp_host = host, .saves_sent = rules::SavesSent::no});
  }
  OutboxId write(MailboxId from, const std::string& address) {
    return office
        .queue({.author = user,
                .mailbox = from,
                .candidate = candidate,
                .from = address,
                .to = "jo@candidate.example",
                .not_before = world.now()})
        .id;
  }
  void start(outbox::Options options = {}) {
    env = std::make_unique<SimEnv>(world);
    engine = std::make_unique<outbox::Engine>(*env, office.store(), options);
    env->spawn(engine->run());
  }

  World world;
  ImapServer& imap;
  Office office;
  UserId user;
  CandidateId candidate;
  std::unique_ptr<SimEnv> env;
  std::unique_ptr<outbox::Engine> engine;
};

// A company beside them, in the same store.
class Neighbor {
 public:
  Neighbor(Many& many, const std::string& name) : office(many.world, many.office), many_(many) {
    candidate = office.add_candidate("Jo", {"jo@candidate.example"});
    user = office.add_user(name, name + "@example.org");
  }
  MailboxId mailbox(SmtpServer& smtp, const std::string& host, const std::string& address) {
    many_.imap.add_account(address, "secret");
    smtp.add_account(address, "secret");
    return office.add_mailbox(user, address,
                              {.smtp_host = host, .saves_sent = rules::SavesSent::no});
  }
  OutboxId write(MailboxId from, const std::string& address) {
    return office
        .queue({.author = user,
                .mailbox = from,
                .candidate = candidate,
                .from = address,
                .to = "jo@candidate.example",
                .not_before = many_.world.now()})
        .id;
  }

  Office office;
  UserId user;
  CandidateId candidate;

 private:
  Many& many_;
};

}  // namespace hearback::sim
