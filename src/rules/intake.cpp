#include "rules/intake.hpp"

#include <algorithm>

namespace hearback::rules {

Arrival judge_arrival(const ArrivalFacts& facts) {
  if (facts.place_known) return Arrival::known_copy;
  if (facts.content_known || facts.own_in_sent) return Arrival::further_copy;
  return Arrival::new_message;
}

Direction direction_of(const mail::Envelope& envelope, const Internal& internal, FolderRole role) {
  if (role == FolderRole::outgoing) return Direction::outgoing;
  bool ours = !envelope.from.empty() &&
              std::ranges::all_of(envelope.from, [&](const mail::Address& address) {
                return internal.knows(address.normal);
              });
  return ours ? Direction::outgoing : Direction::incoming;
}

Instant date_of(const mail::Envelope& envelope, Instant internal_date) {
  constexpr Instant first_mail{31536000000};  // 1971-01-01
  if (!envelope.date || *envelope.date < first_mail) return internal_date;
  if (internal_date.ms != 0 && *envelope.date > internal_date + std::chrono::hours(24))
    return internal_date;
  return *envelope.date;
}

}  // namespace hearback::rules
