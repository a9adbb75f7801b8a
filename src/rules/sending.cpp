#include "rules/sending.hpp"

#include "rules/ownership.hpp"

namespace hearback::rules {

SendingVerdict may_send(const OutboxMessage& message, const SendingFacts& facts, Instant now) {
  switch (message.state) {
    case OutboxState::scheduled:
    case OutboxState::queued:
    case OutboxState::sending: break;
    default: return No{"outbox.not-waiting"};
  }
  if (message.recipients.empty()) return No{"outbox.no-recipients"};
  if (!facts.author || !facts.author->active) return No{"author.inactive"};
  if (!facts.mailbox) return No{"mailbox.removed"};
  if (facts.mailbox->owner != message.author) return No{"mailbox.not-yours"};
  if (facts.mailbox->proof == AddressProof::refused)
    return No{not_proven(facts.mailbox->proof).code};
  if (facts.mailbox->state == MailboxState::off) return No{"mailbox.off"};
  if (!facts.candidate_exists) return No{"candidate.missing"};
  if (!facts.author_sees_it) return No{"candidate.access-lost"};
  if (message.state != OutboxState::sending && now < message.not_before)
    return NotBefore{message.not_before, {}};
  // It was written when that was proven, or before proof was asked for: an admin decides.
  if (!is_proven(facts.mailbox->proof))
    return NotBefore{now + kLookForProof, not_proven(facts.mailbox->proof).code};
  return Go{};
}

}  // namespace hearback::rules
