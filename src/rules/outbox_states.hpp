#pragma once
// Which steps a row of the outbox may take (W-5, SEND-2, SEND-4). One table, consulted by the store
// at every move.
//
// A phase says how far the running attempt has gone; it has meaning in `sending` only. Nothing that
// may have been delivered ever returns to the queue by itself: past the final dot only the server's
// own word that it did not take the message leads back there, or a person's.
#include <string_view>

#include "rules/nouns.hpp"

namespace hearback::rules {

// A step that the outbox engine takes under its fence. `answer`: the server's reply that led to it,
// where there is one. Past the dot only its refusal for now (a 4yz reply: not accepted, RFC 5321
// section 4.2.1) brings a row back to the queue (SEND-6).
bool may_move(OutboxState from, OutboxPhase from_phase, OutboxState to, OutboxPhase to_phase,
              std::string_view answer = {});

// A person's word (W-5): send once more, "it did go out", don't send.
bool may_resend(OutboxState from);
bool may_consider_sent(OutboxState from);
bool may_cancel(OutboxState from);

}  // namespace hearback::rules
