#pragma once
// What a watch holds of its mailbox between passes, and what all watches share.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/limits.hpp"
#include "mailbox/room.hpp"
#include "net/env.hpp"
#include "rules/belonging.hpp"
#include "store/store.hpp"
#include "sync/backoff.hpp"
#include "sync/directory.hpp"
#include "sync/engine.hpp"
#include "sync/pending.hpp"
#include "sync/quota.hpp"
#include "sync/resync.hpp"

namespace hearback::sync {

// After this the inbox is tried again when it can't be read for now.
inline constexpr Duration kTroubleWait = 30s;
// Any other folder rests for longer and longer, and so does one that starts over again and again.
inline constexpr Pace::Of kRefused{
    .free = 0, .first = kTroubleWait, .most = 30min, .forgets = std::chrono::hours(1)};
// Likewise one that the server won't open; that passes by a person's doing, if at all.
inline constexpr Duration kParked = 30min;
inline constexpr const char* kStartsOverCode = "sync.starts-over";
inline constexpr Pace::Of kStartsOver{
    .free = 3, .first = 1min, .most = 30min, .forgets = std::chrono::hours(1)};

// The server's word about one folder, or one message of it; the connection is fine.
inline bool concerns_the_folder(const Error& error) {
  using enum mailbox::Trouble;
  const auto trouble = mailbox::trouble_of(error);
  return trouble == request || trouble == folder || trouble == for_now;
}
// Not for a while, but as such: what was asked for may be the matter.
inline bool refused_as_such(const Error& error) {
  return mailbox::trouble_of(error) == mailbox::Trouble::request;
}

// store::AccountIs.
inline constexpr const char* kAnotherAccountCode = "mailbox.another-account";
// What the pass was begun with holds no longer: the window, a folder's role, the account. Another
// one is begun.
inline Failure settings_have_moved() {
  return fail(Kind::conflict, "sync.settings-moved", "The mailbox's settings were changed.");
}
inline bool from_moved_settings(const Error& error) {
  return error.code == "sync.settings-moved" || error.code == "folder.not-read" ||
         error.code == "folder.reset" || error.code == kAnotherAccountCode;
}

// Places of which something is counted, at most, between two listings of the folders.
inline constexpr std::size_t kPlacesCounted = 10'000;

struct WatchedFolder {
  rules::Folder folder;
  // The cursor in layers, each with the true revision. `settled` may be relied on for ever. In the
  // others lie messages that answer something unknown: it may have arrived before them in a folder
  // that hasn't been looked at since. So what was judged (`unsettled`) ripens when the next look at
  // all folders begins, and is settled when that look has ended (resync.hpp).
  std::vector<rules::ScannedRange> settled, ripe, unsettled;
  bool unsaved = false;         // judged without effect: told to the store with what comes next
  std::uint64_t uncounted = 0;  // headers of these that the ledger hasn't been told of
  // It is left alone until then, by net::Env::ticks; ms 0: it isn't. A pass begins with ending it.
  Instant rests_until;
  Pace refused{kRefused}, starts_over{kStartsOver};
  std::uint32_t top = 0;  // that was ever judged, though it may be to be judged again
  bool anew = false;      // its numbers are others, and folders are to be listed before it is read
  bool behind = false;    // below what arrives there is more to be judged
  bool begun = false;     // it was looked through, or was empty: what isn't covered arrives
  // The connection ended while the headers of these were asked for: perhaps over one of them, which
  // is narrowed down the next times (left_out.cpp).
  std::optional<IdRange> ended_among;
  // So it did when this one was asked for alone; and again: with these it always does.
  std::uint32_t suspect = 0;
  // Likewise of whatever lies above: "n:*" names the last message also where that lies below n. Of
  // these only what is there is asked for, until something has come.
  bool exactly = false;
  std::set<std::uint32_t> hang_up;
  // Numbers from which on, and when, they were judged for the first time (net::Env::ticks): a
  // server may not find yet what came just now. Oldest first; what is older is forgotten.
  std::vector<std::pair<Instant, std::uint32_t>> came;
  // It hadn't been looked through when others were settled: what these hold may answer the new mail
  // that it has brought since, of which the oldest is of then.
  bool missed = false, told_missed = false;  // the latter: as the store knows it
  std::optional<Instant> brought_since;
  // So it was when this life began: what the store knows already, it may have brought then.
  bool may_have_brought = false;

  bool wanted() const { return folder.role != rules::FolderRole::ignored; }
  bool rests() const { return rests_until.ms != 0; }
  bool synced() const { return wanted() && !rests(); }
  // All that the window reaches has been looked at.
  bool is_through() const { return synced() && !folder.resting && begun && !behind; }
  bool is_inbox() const;
  mailbox::Cursor cursor() const;
  std::vector<rules::ScannedRange> covered() const;  // all layers
  void ripen(const Demand& demand);                  // what doesn't satisfy it is dropped
  void settle();
  void judge_unsettled_again();

  std::uint32_t highest() const;                           // that was ever judged; 0: nothing was
  bool arrives() const { return begun || highest() > 0; }  // what lies above
  // The earliest match revision that something was judged under: it is to be searched for what
  // was added later. Absent: nothing was judged.
  std::optional<std::uint64_t> judged_since() const;
  // As if judged under it; where the server was asked, no further back than it was.
  void searched(std::uint64_t match_revision, std::optional<Instant> since);
  void uncover(std::uint32_t from, std::uint64_t below);  // what was judged under less, from there
  void note_came(std::uint32_t from, Instant now);
  // From where on a search isn't to be believed. Absent: it is.
  std::optional<std::uint32_t> not_found_yet(Instant now);
};

// As if nothing had been judged yet.
void read_all_again(std::vector<WatchedFolder>& folders);

struct Account {
  CompanyId company;
  rules::Mailbox mailbox;
  rules::ServerSettings signed_in_with;  // what is known here is of this account
  std::vector<WatchedFolder> folders;    // in the order in which they are looked at
  Pending pending;
  bool judged_once_more = false;  // in this look: what found no room in `pending` in the last one
  Quota quota;
  // To be judged once more: what they answer has come in, or somebody wants it tried again.
  std::map<FolderId, std::set<std::uint32_t>> again;
  std::map<FolderId, std::set<std::uint32_t>> looked_again;  // those that it is being done with
  // Some that waited for what they answer were let go of, and that isn't stored yet (`missed`).
  bool let_go = false;
  // Attempts that failed for no fault of the message: the store could not be reached.
  std::map<rules::Location, int> excused;
  // The connection ended while their bodies were asked for, so often.
  std::map<rules::Location, int> ended_at;
  // Their match went between the header and the store, so often.
  std::map<rules::Location, int> dropped;
  bool header_came = false, body_came = false;  // any: the server gives them
  bool narrowed =
      false;  // the connection has ended over what it was asked for, though it gives some
  // Messages set aside since the server doesn't give them: of the inbox, and of all other folders.
  std::size_t inbox_left_out = 0, left_out = 0;
  // Where the past waits for room in memory, and when it looks again (net::Env::ticks).
  std::optional<mailbox::Room::Place> past_in_line;
  Instant past_due;
  bool arrived = false;  // somebody said so, of a folder that isn't open
  // How many numbers the server is asked to search at once: fewer, once that took it long.
  std::uint32_t searched_at_once = mailbox::kLastId;
  // Settings were changed, and not looked at since: a pass leaves off where it is.
  bool settings_moved = false;
  // The next headers are asked for while the last ones are judged. Not where that failed, until a
  // pass is through.
  bool reads_ahead = true;
  // How far the store knows all of it to be searched (S-5), and by which count to be judged anew.
  std::optional<std::uint64_t> told_searched, told_judged;
  Instant told_well;  // to the store, by net::Env::ticks; ms 0: never
  // A folder without which the mailbox isn't well can't be read for now, though the server answers.
  std::string trouble;
  // Why the folders, which are known, can't be listed for now: there may be others.
  std::string unlisted;

  // The folder's cursor for the store: what isn't settled, or waits, is marked so.
  std::vector<rules::ScannedRange> to_store(const WatchedFolder& folder) const;
  // It may have a match again, or wait for what it answers: it is judged once more.
  void judge_dropped_again(const rules::Location& at);
  // Another account lies behind the mailbox: what is known of its folders is of the other one.
  void forget_account();
  // What is counted of messages that lie where nothing is read any more; of too many, some.
  void forget_what_is_elsewhere();
  WatchedFolder* find(const FolderId& id);
  // For many questions. Valid until `folders` is changed.
  std::unordered_map<FolderId, WatchedFolder*> by_id();
  // With each commit of what was seen there.
  store::AccountIs is_behind() const { return {mailbox.id, signed_in_with}; }
  // For blocking work: mailboxes take turns.
  net::Turn turn(net::Lane lane) const { return {lane, net::Standing::engine, mailbox.id.text()}; }
};

// Services of the engine to its watches. All on the engine's thread.
class Shared {
 public:
  virtual ~Shared() = default;
  virtual net::Env& env() = 0;
  virtual store::Store& store() = 0;
  virtual const Options& options() const = 0;
  // Runs a task beside the watches; the engine waits for it before it ends.
  virtual void spawn(Task<void> task) = 0;
  // The company's addresses: one for all watches, kept up to date as long as the engine runs.
  virtual std::shared_ptr<const Directory> directory(const CompanyId& company) = 0;
  // For the bodies of all mailboxes.
  virtual mailbox::Room& room() = 0;
  // These became a candidate's: other mailboxes may hold answers to them.
  virtual void placed(CompanyId company, MailboxId by, const std::vector<std::string>& ids) = 0;
};

}  // namespace hearback::sync
