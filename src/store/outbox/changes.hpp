#pragma once
// What leaves: every step of a message on its way out.
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"

namespace hearback::store {

struct AddOutbox {
  rules::OutboxMessage message;
};
struct ClaimOutbox {  // compare-and-swap on the fence: conflict when another was faster
  OutboxId id;
  std::uint64_t expected_fence = 0;  // becomes expected_fence + 1
  Instant lease_until;
};
struct ProlongOutbox {  // a long attempt goes on: the same fence. Conflict "outbox.fence" if it was
                        // claimed anew; nothing happens where the lease was given back.
  OutboxId id;
  std::uint64_t fence = 0;
  Instant lease_until;
};
struct MoveOutbox {  // every later step of an attempt, under the claim's fence (SEND-2); conflict
                     // "outbox.fence" if it was claimed anew, "outbox.illegal-move" where
                     // rules/outbox_states forbids the step. An empty `answer` keeps the last one.
  OutboxId id;
  std::uint64_t fence = 0;
  rules::OutboxState state = rules::OutboxState::queued;
  rules::OutboxPhase phase = rules::OutboxPhase::none;
  Instant not_before;
  bool release = false;    // give the lease back
  bool not_taken = false;  // for certain, though the mark was set: see rules::may_move
  std::optional<Instant> sent;
  std::optional<bool> copy_filed;
  std::optional<bool> filing;
  Duration waits{0};  // added to what the message has waited
  std::string why;
  std::string answer;
  Instant at;
};
struct DecideOutbox {  // a person's word on an uncertain or failed row
  OutboxId id;
  UserId user;
  enum class Word { resend, consider_sent, cancel } word = Word::cancel;
  Instant at;
};

}  // namespace hearback::store
