#pragma once
// The copy in the mailbox's Sent folder: exactly one (S-1, SEND-13), and the proof that a message
// of unknown fate went out (W-5). Hearback files a copy only when it knows that the server took the
// message, so a copy of an uncertain message can only be the provider's doing, or have come back to
// a connected mailbox.
#include "outbox/held.hpp"

namespace hearback::outbox {

// A row that is held and `uncertain`: looks into Sent, among the copies that sync has seen, and for
// an answer. Found: sent. Not found: proves nothing. It looks again ever more rarely; then it is a
// person's to decide, and only what sync brings is still looked at. `waited`: for how long this
// process has seen it so.
Task<void> reconcile(Held& row, Duration waited);

// A row that is held and `sent`, whose copy isn't known: finds it, waits for it, or files it
// (rules/sent_copies).
Task<void> settle_copy(Held& row, Duration waited);

}  // namespace hearback::outbox
