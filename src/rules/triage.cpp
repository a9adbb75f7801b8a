#include "rules/triage.hpp"

namespace hearback::rules {

bool asks_for_an_answer(ThreadKind thread, Direction direction, MessageKind kind) {
  return thread == ThreadKind::conversation && direction == Direction::incoming &&
         (kind == MessageKind::human || kind == MessageKind::bounce);
}

bool answers(OutboxState state) {
  return state != OutboxState::bounced && state != OutboxState::failed &&
         state != OutboxState::cancelled;
}

bool comes_after_ours(const Turns& turns) {
  if (turns.names_ours) return true;
  return !turns.named_by_ours && turns.theirs > turns.ours;
}

bool wakes(Instant message, Instant last, bool names_ours) { return names_ours || message > last; }

Triage triage_of(bool asked, bool done) {
  if (done) return Triage::done;
  return asked ? Triage::to_answer : Triage::waiting;
}

}  // namespace hearback::rules
