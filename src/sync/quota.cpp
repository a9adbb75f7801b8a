#include "sync/quota.hpp"

namespace hearback::sync {
namespace {

constexpr Duration kHour = std::chrono::hours(1);
constexpr std::int64_t kHours = 24;

std::int64_t hour_of(Instant ticks) { return ticks.ms / kHour.count(); }

}  // namespace

void Quota::note(Instant ticks, const Brought& more) {
  auto& hour = hours_[hour_of(ticks)];
  hour.messages += more.messages;
  hour.octets += more.octets;
}

Duration Quota::until_room(Instant ticks, const Limits& limits, bool past) {
  const auto now = hour_of(ticks);
  std::erase_if(hours_, [&](const auto& one) { return one.first <= now - kHours; });
  const auto share = [&](std::uint64_t whole) { return past ? whole / 4 * 3 : whole; };
  Brought left;
  for (const auto& [hour, brought] : hours_) {
    left.messages += brought.messages;
    left.octets += brought.octets;
  }
  const auto full = [&] {
    return left.messages >= share(limits.mailbox_day_messages) ||
           left.octets >= share(limits.mailbox_day_octets);
  };
  if (!full()) return Duration(0);
  for (const auto& [hour, brought] : hours_) {
    left.messages -= brought.messages;
    left.octets -= brought.octets;
    if (!full()) return Instant{(hour + kHours) * kHour.count()} - ticks;
  }
  return kHour;  // of a bound of nothing
}

}  // namespace hearback::sync
