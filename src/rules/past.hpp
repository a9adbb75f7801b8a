#pragma once
// Does the past of a mailbox open for an address that somebody has added to a candidate? (C-14)
// New mail isn't asked about. The store says the same in SQL (store/mailboxes/past), and a test
// holds the two equal.
#include <cstdint>

#include "base/time.hpp"

namespace hearback::rules {

// What the mailbox's owner has chosen, once for all.
enum class PastChoice { ask, open };
// What they were asked of one address: nobody asks before there is mail of it.
enum class PastAnswer { none, asked, opened, declined };

struct PastFacts {
  bool owner_added = false;  // the address, themselves
  Instant added, connected;  // the address; the mailbox
  PastChoice choice = PastChoice::ask;
  PastAnswer answer = PastAnswer::none;
};
// Whom the company had before the mailbox was connected is covered by the window that its owner
// chose then (C-8), but for what they had declined when it was connected before. What is asked
// stays asked until it is answered.
bool past_is_open(const PastFacts& facts);

// The server's date of receipt decides, as with the window; servers tell whole seconds. Of what has
// none nobody knows that it is new.
inline bool is_of_the_past(Instant arrived, Instant added) {
  return arrived.ms < added.ms - added.ms % 1000;
}

}  // namespace hearback::rules
