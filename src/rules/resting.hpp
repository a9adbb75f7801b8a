#pragma once
// Does a candidate's mail come in, while jobs are archived? (S-6) And which messages that didn't
// come in are counted, so that the profile can say so?
#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.hpp"

namespace hearback::rules {

// Whoever is in closed jobs alone rests; whoever is in none at all doesn't.
bool rests(bool in_open_job, bool in_closed_job);

// A message of somebody who rests, by its header. Nothing of it is kept, so what can be known of
// it right now has to do.
struct SkippedFacts {
  std::uint32_t uid = 0;
  std::uint32_t known = 0;   // the highest UID of the folder that had been judged before; 0: none
  Instant arrived;           // INTERNALDATE
  Instant last_look;         // when this mailbox was last looked at with success
  bool stored = false;       // a message of this Message-ID is: it came before, or was written here
  bool ours_wrote = false;   // a mailbox of ours is in From
  bool outgoing = false;     // the folder is for what was sent
  std::string_view mailbox;  // address of the one in which it lies
  std::span<const std::string_view> ours{};  // addresses of mailboxes that are on it, in order
};
// Once, as it comes: not what lies there when a folder is first read, or is read again, nor what
// was only moved; and of several mailboxes that get it, in that of the first who is on it.
bool counts_as_skipped(const SkippedFacts& message);

}  // namespace hearback::rules
