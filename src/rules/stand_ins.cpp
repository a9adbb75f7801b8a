#include "rules/stand_ins.hpp"

#include "base/text.hpp"

namespace hearback::rules {

bool is_stand_in(const mail::Envelope& envelope) {
  if (envelope.from.size() != 1 || !envelope.message_id.empty() || envelope.date) return false;
  const auto& from = envelope.from.front();
  return from.normal.empty() &&
         ascii_starts_with(from.name.empty() ? from.spec : from.name, "Microsoft Exchange");
}

bool stands_in(const mail::Envelope& asked, const mail::Envelope& came) {
  return is_stand_in(came) && !is_stand_in(asked);
}

}  // namespace hearback::rules
