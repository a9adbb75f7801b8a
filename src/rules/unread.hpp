#pragma once
// Is what came into somebody's mailbox news to them (M-7)? What they wrote themselves isn't; nor is
// old mail that came to light since: out of an agreed past, or of an address that was added later.
#include "base/time.hpp"

namespace hearback::rules {

struct Arrival {
  bool own = false;       // the mailbox's owner wrote it
  Instant message;        // when it was written
  Instant connected;      // the mailbox
  Instant address_since;  // when mail of that address began to be taken in
};
bool is_news(const Arrival& arrival);

}  // namespace hearback::rules
