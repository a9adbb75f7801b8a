#pragma once
// What is said of the search for an added address's old mail (S-5), and for how long: while there
// is something new to say, never for ever.
#include <optional>

#include "base/time.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

// A mailbox, as far as it matters to one address.
struct MailboxSearched {
  bool through = false;  // all that its window reaches was searched for the address, and brought
  MailboxState state = MailboxState::active;
  bool fails = false;         // its server can't be read now
  bool folder_rests = false;  // one of its folders can't be read now
};
enum class SearchIs {
  through,
  going_on,
  waiting,  // for a server that can be read again, or for a person who signs in
};
// Absent: it isn't read at all.
std::optional<SearchIs> search_of(const MailboxSearched& mailbox);

bool search_is_told(Instant added, Instant now, bool going_on);

}  // namespace hearback::rules
