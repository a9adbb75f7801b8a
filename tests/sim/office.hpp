#pragma once
// A small company in a store of its own: people, candidates, mailboxes on model servers.
#include <memory>
#include <string>
#include <vector>

#include "sim/model_imap.hpp"
#include "sim/model_smtp.hpp"
#include "sim/sim_env.hpp"
#include "store/store.hpp"

namespace hearback::sim {

class Office {
 public:
  // An empty company on an embedded database in memory.
  explicit Office(World& world);
  // Another company in the same store.
  Office(World& world, const Office& neighbor);

  store::Store& store() { return *store_; }
  CompanyId company() const { return company_; }
  store::Scope scope() const { return rules::engine_scope(company_); }

  // Companies that were there before, in the same store.
  void add_companies(int count);
  UserId add_user(const std::string& name, const std::string& address);
  // With an application to the one job there is; everybody is on its hiring team.
  CandidateId add_candidate(const std::string& name, std::vector<std::string> addresses);
  // An application to another job, which stays open.
  void put_in_another_job(CandidateId candidate);
  // The job there is: closed, or opened again.
  void set_job_open(bool open, bool catch_up = false);
  // Replaces the candidate's addresses.
  void put_addresses(CandidateId candidate, const std::string& name,
                     const std::vector<std::string>& addresses);

  struct Servers {
    std::string imap_host = "imap.example.org";
    std::string smtp_host = "smtp.example.org";
    std::string password = "secret";
    rules::SavesSent saves_sent = rules::SavesSent::unknown;
    Instant window_since{0};
  };
  // Login name: the address. The accounts on the model servers are the caller's to make.
  MailboxId add_mailbox(UserId owner, const std::string& address, const Servers& servers);

  // A message written in the page: stored, placed in a thread, queued.
  struct Letter {
    UserId author;
    MailboxId mailbox;
    CandidateId candidate;
    std::string from, to;
    std::string subject = "Interview";
    std::string text = "Hello,\r\n.dots\r\n..and more\r\n";
    std::vector<std::string> in_reply_to;
    std::optional<ThreadId> thread;  // absent: a new one
    Instant not_before;
    std::vector<std::string> also_to;
  };
  rules::OutboxMessage queue(const Letter& letter);

  // Fails the program when refused: what the office does is allowed.
  void commit(std::vector<store::Change> changes);
  template <class Question>
  typename Question::Answer ask(const Question& question) {
    auto answer = store_->ask(question);
    if (!answer) throw_error(answer.error());
    return std::move(*answer);
  }
  rules::OutboxMessage outbox(OutboxId id);

 private:
  void move_in();
  std::vector<rules::CandidateAddress> written(const std::vector<std::string>& addresses) const;
  [[noreturn]] static void throw_error(const Error& error);

  World& world_;
  SeededRandom store_random_;
  std::shared_ptr<store::Store> store_;
  CompanyId company_;
  JobId job_;
  std::vector<UserId> team_;
};

// A plain message as a mail program writes it. `date`: into the Date field.
struct Note {
  std::string from, to, subject, message_id;
  std::string text = "Hello\r\n";
  std::vector<std::string> in_reply_to;  // also into References
  std::string hearback_id;
  Instant date;
};
std::string raw_message(const Note& note);

}  // namespace hearback::sim
