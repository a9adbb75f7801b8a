#include "rules/triage.hpp"

namespace hearback::rules {

bool asks_for_an_answer(ThreadKind thread, Direction direction, MessageKind kind) {
  return thread == ThreadKind::conversation && direction == Direction::incoming &&
         (kind == MessageKind::human || kind == MessageKind::bounce);
}

bool answers(OutboxState state) {
  switch (state) {
    case OutboxState::scheduled:
    case OutboxState::queued:
    case OutboxState::sending:
    case OutboxState::sent:
    case OutboxState::seen_in_sent: return true;
    case OutboxState::uncertain:
    case OutboxState::bounced:
    case OutboxState::failed:
    case OutboxState::cancelled: return false;
  }
  return false;
}

bool answers(MessageKind kind, std::optional<OutboxState> state) {
  return kind != MessageKind::automatic && (!state || answers(*state));
}

bool comes_after_ours(const Turns& turns) {
  if (turns.names_ours) return true;
  return !turns.named_by_ours && turns.theirs > turns.ours;
}

bool wakes(const Coming& coming) {
  return coming.names_ours || coming.news || coming.message > coming.last;
}

Triage triage_of(bool asked, bool done) {
  if (done) return Triage::done;
  return asked ? Triage::to_answer : Triage::waiting;
}

}  // namespace hearback::rules
