#pragma once
// One mailbox, watched: connect, look at everything, stay on IDLE, look again; back off when the
// server fails. Lives on the engine's thread; other rooms are heard of through the store only.
//
// With several nodes a watch will hold a lease on its mailbox here, and its fence will go into
// every commit.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mailbox/login.hpp"
#include "mailbox/source.hpp"
#include "sync/account.hpp"
#include "sync/backoff.hpp"

namespace hearback::sync {

class Watch : public std::enable_shared_from_this<Watch> {
 public:
  Watch(Shared& shared, CompanyId company, MailboxId mailbox, Duration delay);

  // Until end(), or until only a person can help. Spawn it once.
  static Task<void> run(std::shared_ptr<Watch> self, std::function<void()> ended);

  void settings_changed();  // also cuts a back-off short
  void touched();           // something of its row was changed, perhaps the password
  void addresses_added();
  void hear_placed(const Pending::Hashes& message_ids);
  void end();
  bool finished() const { return finished_; }

  const CompanyId& company() const { return account_.company; }
  const MailboxId& mailbox() const { return account_.mailbox.id; }

 private:
  struct Settings;

  bool over() const;
  void wake();
  Task<Result<>> live();
  Task<Result<>> watch(mailbox::Source& source);
  Task<Result<mailbox::Login>> load();
  Task<void> back_off(Duration wait);
  Task<Result<>> refresh_folders(mailbox::Source& source);
  void take_folders(std::vector<store::Folders::Row> rows);
  bool listing_is_due() const;
  Task<Result<>> follow_choices(mailbox::Source& source, std::vector<rules::Folder>& listed,
                                std::vector<store::Change>& numbered);
  Task<Result<bool>> rest(mailbox::Source& source, std::uint64_t heard_before);
  WatchedFolder* resting_folder();
  Duration until_rested() const;
  Task<void> report(Error why, Instant next_try);
  Task<bool> need_sign_in(Error why);
  int patience() const;

  // The outgoing folder, beside the one that is waited for: the same connection tells of it, where
  // the server can do that; else a second one idles on it, where the server allows one.
  Task<Result<>> listen(mailbox::Source& source);
  bool gave_up(const mailbox::Source& source) const;
  bool listens() const;
  Task<Result<bool>> missed_beside(mailbox::Source& source);
  WatchedFolder* listened_folder(const mailbox::Source& source);
  const WatchedFolder* folder_beside();
  bool side_is_due();
  void start_side(mailbox::Login login);
  static Task<void> run_side(std::shared_ptr<Watch> self, mailbox::Login login, std::string folder,
                             std::uint64_t life);
  Task<Result<>> idle_beside(mailbox::Source& source, std::string folder, std::uint64_t life);

  Shared& shared_;
  Account account_;
  Duration delay_;
  Backoff backoff_;
  std::unique_ptr<net::Signal> quiet_;  // ends waits without a connection
  Pace side_broke_;
  Pace narrowing_;           // connections that ended over single messages
  Duration asked_pause_{0};  // by the server, with its last refusal
  mailbox::Source* main_ = nullptr;
  mailbox::Source* side_ = nullptr;
  std::uint64_t life_ = 0;  // counts connections
  bool ending_ = false, finished_ = false;
  bool look_everywhere_ = false;
  std::optional<std::uint64_t> side_life_;  // for which one runs, or is being made
  Instant side_next_;                       // by the ticks: not before
  bool listens_ = false;               // this life's server agreed to tell of the folder beside
  std::uint64_t heard_elsewhere_ = 0;  // as far as it was looked into
  mailbox::Cursor missed_;             // how far it reached when it was asked last
  int untold_ = 0;                     // mail found there in a row of which it told nothing
  Pace overflowed_;
  Instant listen_next_;  // by the ticks: not before
  Pace listing_;
  Instant listing_next_;  // likewise, while it is refused
  bool touched_ = false;
  bool told_ = false;         // by the server, of the folder that was waited for
  bool told_beside_ = false;  // or of the one beside
  bool quota_known_ = false;  // what an earlier life brought in today
  // Sign-ins refused in a row.
  int refusals_ = 0;
  // When what it signs in with was last seen to be taken by the server, before it was saved.
  std::optional<Instant> proven_;
  // With what it signs in, by a hash: what was tried last, and what is known to have worked. 0:
  // none.
  std::size_t tried_ = 0, worked_ = 0;
};

}  // namespace hearback::sync
