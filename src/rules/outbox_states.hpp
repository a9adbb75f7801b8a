#pragma once
// Which steps a row of the outbox may take (W-5, SEND-2, SEND-4). One table, consulted by the store
// at every move.
//
// A phase says how far the running attempt has gone; it has meaning in `sending` only. Nothing that
// may have been delivered ever returns to the queue by itself: past the final dot only certainty
// that the message was not taken leads back there, or a person's word.
#include "rules/nouns.hpp"

namespace hearback::rules {

// A step that the outbox engine takes under its fence. `not_taken`: the engine is certain that the
// server did not take the message: it refused it for now (a 4yz reply: not accepted, RFC 5321
// section 4.2.1; a sending limit), or the dot that the mark announced was never written. Past the
// mark nothing else brings a row back to the queue (SEND-6).
bool may_move(OutboxState from, OutboxPhase from_phase, OutboxState to, OutboxPhase to_phase,
              bool not_taken = false);

// A person's word (W-5): send once more, "it did go out", don't send.
bool may_resend(OutboxState from);
bool may_consider_sent(OutboxState from);
bool may_cancel(OutboxState from);

// Whether nobody has got it, and it won't go by itself.
bool never_left(OutboxState state);

}  // namespace hearback::rules
