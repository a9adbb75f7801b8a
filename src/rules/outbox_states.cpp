#include "rules/outbox_states.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace hearback::rules {
namespace {

using enum OutboxState;
using Phase = OutboxPhase;

struct Step {
  OutboxState from;
  std::optional<Phase> from_phase;  // absent: whatever it is
  OutboxState to;
  std::optional<Phase> to_phase;
};

constexpr std::optional<Phase> kAny = std::nullopt;

constexpr std::array kSteps{
    // waiting: may be put off, taken up, refused by the rules, called back
    Step{scheduled, kAny, scheduled, kAny},
    Step{scheduled, kAny, queued, kAny},
    Step{scheduled, kAny, sending, Phase::none},
    Step{scheduled, kAny, sending, Phase::attempt},
    Step{scheduled, kAny, failed, kAny},
    Step{scheduled, kAny, cancelled, kAny},
    Step{queued, kAny, queued, kAny},
    Step{queued, kAny, sending, Phase::none},
    Step{queued, kAny, sending, Phase::attempt},
    Step{queued, kAny, failed, kAny},
    Step{queued, kAny, cancelled, kAny},
    // before the final dot: certainly not sent, so it may be tried again
    Step{sending, Phase::none, sending, Phase::attempt},
    Step{sending, Phase::none, queued, kAny},
    Step{sending, Phase::none, failed, kAny},
    Step{sending, Phase::attempt, sending, Phase::attempt},
    Step{sending, Phase::attempt, sending, Phase::dot},
    Step{sending, Phase::attempt, queued, kAny},
    Step{sending, Phase::attempt, failed, kAny},
    // past it: the server's answer, or none
    Step{sending, Phase::dot, sent, kAny},
    Step{sending, Phase::dot, seen_in_sent, kAny},
    Step{sending, Phase::dot, uncertain, kAny},
    Step{sending, Phase::dot, failed, kAny},
    Step{uncertain, kAny, uncertain, kAny},
    Step{uncertain, kAny, sent, kAny},
    Step{uncertain, kAny, seen_in_sent, kAny},
    Step{uncertain, kAny, bounced, kAny},
    // gone out
    Step{sent, kAny, sent, kAny},
    Step{sent, kAny, seen_in_sent, kAny},
    Step{sent, kAny, bounced, kAny},
    Step{seen_in_sent, kAny, seen_in_sent, kAny},
    Step{seen_in_sent, kAny, bounced, kAny},
};

}  // namespace

bool may_move(OutboxState from, OutboxPhase from_phase, OutboxState to, OutboxPhase to_phase,
              bool not_taken) {
  if (from == sending && from_phase == Phase::dot && to == queued) return not_taken;
  return std::ranges::any_of(kSteps, [&](const Step& step) {
    return step.from == from && step.to == to &&
           step.from_phase.value_or(from_phase) == from_phase &&
           step.to_phase.value_or(to_phase) == to_phase;
  });
}

bool may_resend(OutboxState from) { return from == uncertain || from == failed; }
bool may_consider_sent(OutboxState from) { return from == uncertain; }
bool never_left(OutboxState state) { return state == failed || state == cancelled; }
bool may_cancel(OutboxState from) { return from == queued || from == scheduled || from == failed; }

}  // namespace hearback::rules
