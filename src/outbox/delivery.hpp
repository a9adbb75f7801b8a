#pragma once
// One attempt to hand a message to its mailbox's outgoing server.
#include "outbox/held.hpp"

namespace hearback::outbox {

// The row is held, and `scheduled` or `queued`. When it returns, the outcome is committed: the row
// is queued again, failed, uncertain, or sent (then still held, for its copy: see sent_copy.hpp).
// Or it was lost to another; or the store is out of reach and the lease is left to run out.
Task<void> deliver(Held& row);

}  // namespace hearback::outbox
