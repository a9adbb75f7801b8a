#pragma once
// May this message leave: from here, to them, now? (W-5, SEND-9, SEND-11, SEND-12, C-13)
// Asked before an attempt, and again just before the end of DATA: what was true when the message
// was written may have changed.
#include <optional>
#include <string>
#include <variant>

#include "rules/nouns.hpp"

namespace hearback::rules {

// What the store knows at this moment; absent: no longer there.
struct SendingFacts {
  std::optional<User> author;
  std::optional<Mailbox> mailbox;
  bool candidate_exists = true;  // true, too, for mail that concerns no candidate
  bool author_sees_it = true;    // the conversation
};

struct Go {
  bool operator==(const Go&) const = default;
};
struct NotBefore {
  Instant t;
  std::string why;  // code
  bool operator==(const NotBefore&) const = default;
};
struct No {
  std::string why;  // code: "mailbox.removed"
  bool operator==(const No&) const = default;
};
using SendingVerdict = std::variant<Go, NotBefore, No>;

// How soon what waits for an address to be proven (C-13) is looked at again, if nobody wakes it.
inline constexpr Duration kLookForProof = std::chrono::minutes(30);

// That the mailbox can't be read just now (needs_sign_in) doesn't keep it from sending (C-12).
SendingVerdict may_send(const OutboxMessage& message, const SendingFacts& facts, Instant now);

}  // namespace hearback::rules
