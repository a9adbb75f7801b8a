#include "rules/unread.hpp"

#include <algorithm>

namespace hearback::rules {

ArrivalMeans means(const Arrival& arrival) {
  if (arrival.sent) return ArrivalMeans::read;
  if (arrival.own || arrival.answered) return ArrivalMeans::nothing;
  return arrival.message >= std::max(arrival.connected, arrival.address_since)
             ? ArrivalMeans::news
             : ArrivalMeans::nothing;
}

}  // namespace hearback::rules
