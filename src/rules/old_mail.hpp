#pragma once
// What is said of the search for an added address's old mail (S-5), and for how long: while there
// is something new to say, never for ever.
#include <optional>

#include "base/time.hpp"
#include "rules/access.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

// A mailbox, as far as it matters to one address.
struct MailboxSearched {
  bool through = false;  // all that its window reaches was searched for the address, and brought
  MailboxState state = MailboxState::active;
  bool fails = false;         // its server can't be read now
  bool folder_rests = false;  // one of its folders can't be read now
  bool mail_waits = false;    // a message of it couldn't be imported, and will be tried again
};
enum class SearchIs {
  through,
  going_on,
  waiting,  // for a server that can be read again, or for a person who signs in
};
// Absent: it isn't read at all.
std::optional<SearchIs> search_of(const MailboxSearched& mailbox);

// Who is told how far it has come, mailbox by mailbox. An address that takes no part, since
// somebody unseen has it (C-14), isn't searched for, so how long that takes would tell.
bool sees_how_far(const Scope& scope);

bool search_is_told(Instant added, Instant now, bool going_on);

}  // namespace hearback::rules
