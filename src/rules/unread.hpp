#pragma once
// What does it mean to somebody that a message came to their mailbox (M-7)? It is news; but not old
// mail that came to light since: out of an agreed past, or of an address that was added later. What
// they sent themselves says that they have read what was there before.
#include "base/time.hpp"

namespace hearback::rules {

struct Arrival {
  bool sent = false;  // the mailbox's owner did: here, or it lies where they keep what they sent
  bool own = false;   // it says that the owner wrote it, as anybody can
  bool answered = false;  // the owner sent something that answers it
  Instant message;        // when it was written
  Instant connected;      // the mailbox
  Instant address_since;  // when mail of that address began to be taken in
};
enum class ArrivalMeans { nothing, news, read };
ArrivalMeans means(const Arrival& arrival);

}  // namespace hearback::rules
