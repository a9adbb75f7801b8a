#pragma once
// One mailbox of one recruiter, watched by the real sync engine in the simulated world.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/faulty_store.hpp"
#include "sim/office.hpp"
#include "sync/engine.hpp"

namespace hearback::sim {

class SyncRig {
 public:
  explicit SyncRig(std::uint64_t seed = 1, Instant window_since = {0});
  ~SyncRig() { crash(); }

  // A message of the mailbox: `about` decides whether it is a candidate's.
  struct Letter {
    std::string from, to, subject = "Hello", message_id;
    std::vector<std::string> in_reply_to;
    std::string text = "Some words.\r\n";
  };
  std::uint32_t deliver(const std::string& folder, const Letter& letter);
  std::uint32_t deliver(const std::string& folder, const Letter& letter, Instant internal_date);
  static Letter from_jo(std::string message_id);
  static Letter private_mail(std::string message_id);

  void start(sync::Options options = {});
  void crash();  // kill -9; the store stays
  bool stop();   // a clean end; false: tasks were left
  // Until nothing has to be done any more, as far as the poll can tell.
  void settle() { world.run_for(5min); }

  // Message-IDs of what lies in candidates' threads, once per message.
  std::multiset<std::string> imported();
  std::vector<store::ThreadById::Found> threads();
  std::uint64_t copies_of(const std::string& message_id);
  rules::Mailbox mailbox_row();
  rules::Folder folder(const std::string& name);
  store::MailboxHealth::Answer health();
  bool importing() { return health().folders_left > 0; }
  std::vector<store::Quarantined::Row> quarantined();
  // Message-IDs whose bodies were asked for.
  std::multiset<std::string> bodies_asked() const;
  std::multiset<std::string> private_bodies() const;  // those that begin with "private"

  World world;
  ImapServer& imap;
  Office office;
  FaultyStore store;  // what the engine sees; without faults unless a test wants them
  ImapAccount* account;
  UserId user;
  CandidateId jo;
  MailboxId mailbox;
  std::unique_ptr<SimEnv> env;
  std::unique_ptr<sync::Engine> engine;

 private:
  std::map<std::tuple<std::string, std::uint32_t, std::uint32_t>, std::string> ids_;
};

}  // namespace hearback::sim
