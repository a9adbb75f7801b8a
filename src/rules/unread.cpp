#include "rules/unread.hpp"

#include <algorithm>

namespace hearback::rules {
namespace {

// A Date field tells seconds (RFC 5322, section 3.3): what was written within the one in which the
// mailbox was connected may have come since, and unread is what is looked at.
bool came_since(Instant message, Instant moment) {
  constexpr std::int64_t kSecond = 1000;
  return message.ms >= moment.ms - moment.ms % kSecond;
}

}  // namespace

ArrivalMeans means(const Arrival& arrival) {
  if (arrival.sent) return ArrivalMeans::read;
  if (arrival.own || arrival.answered) return ArrivalMeans::nothing;
  return came_since(arrival.message, std::max(arrival.connected, arrival.address_since))
             ? ArrivalMeans::news
             : ArrivalMeans::nothing;
}

}  // namespace hearback::rules
