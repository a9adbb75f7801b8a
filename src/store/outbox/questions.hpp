#pragma once
// What leaves.
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

// Engine: the first row of each mailbox that may be worked on now, oldest first. So neither a
// mailbox with many nor a row that somebody holds hides others. What is to be sent and what is to
// be looked into (doubts, copies) are two lanes.
struct OutboxDue {
  Scope scope;
  Instant now;
  Instant now_for_scheduled;         // what a person wants sent later doesn't go by another's clock
  bool settling = false;             // the lane
  std::optional<MailboxId> mailbox;  // of this one alone
  bool all_of_it = false;            // and not only its first row
  bool also_leased = false;          // what somebody holds, too: the asker knows that nobody does
  std::vector<std::string> but_for_hosts = {};  // not of mailboxes at these
  std::size_t rows = 50;
  struct Position {  // of a row in the answer's order
    Instant not_before, created;
    OutboxId id;
    bool operator==(const Position&) const = default;
  };
  std::optional<Position> after;  // the page that follows it
  // What waits to be tried, or looked into, again waits for less than that: a farther time was set
  // by a clock that was wrong, so the row is due.
  static constexpr Duration kFarthestTry = std::chrono::minutes(40);
  static constexpr Duration kFarthestLook = std::chrono::hours(14);
  struct Row {
    rules::OutboxMessage message;
    std::optional<Instant> lease_until;  // somebody holds it until then
    std::string host;                    // of the server that is to be talked to
    std::string account;  // opaque: another once the settings for that server have changed
    Position position() const { return {message.not_before, message.created, message.id}; }
  };
  using Answer = std::vector<Row>;
};
struct OutboxNextDue {  // whether anything is at work, and when the next row becomes due after now
  Scope scope;
  Instant now;
  struct Found {
    bool at_work = false;
    std::optional<Instant> next;
  };
  using Answer = Found;
};
struct OutboxById {
  Scope scope;
  OutboxId id;
  using Answer = std::optional<rules::OutboxMessage>;
};
struct WasAnswered {  // whether somebody's message came that names this Message-ID
  Scope scope;
  std::string message_id;
  using Answer = bool;
};
// The scope's user's own that are under way or need a decision, newest first.
struct OutboxOf {
  Scope scope;
  PageRequest page = {};
  using Answer = Page<rules::OutboxMessage>;
};

}  // namespace hearback::store
