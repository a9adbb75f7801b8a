#include "outbox/awaited.hpp"

#include "store/outbox/questions.hpp"

namespace hearback::outbox {
namespace {

constexpr Duration kTidyEach = std::chrono::hours(1);

}  // namespace

Duration Awaited::time_of(OutboxId row, Duration now) {
  if (now - tidied_ >= kTidyEach) tidy(now);
  auto& wait = waits_.try_emplace(row, now, now).first->second;
  wait.asked = now;
  return now - wait.since;
}

void Awaited::tidy(Duration now) {
  std::erase_if(waits_, [&](const auto& one) {
    return now - one.second.asked > store::OutboxDue::kFarthestLook;
  });
  tidied_ = now;
}

}  // namespace hearback::outbox
