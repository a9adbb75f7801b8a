#include "rules/unread.hpp"

#include <algorithm>

namespace hearback::rules {

bool is_news(const Arrival& arrival) {
  return !arrival.own && arrival.message >= std::max(arrival.connected, arrival.address_since);
}

}  // namespace hearback::rules
