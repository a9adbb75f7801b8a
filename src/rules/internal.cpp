#include "rules/internal.hpp"

namespace hearback::rules {

Internal::Internal(const std::vector<std::string>& normal_forms)
    : addresses_(normal_forms.begin(), normal_forms.end()) {
  addresses_.erase(std::string());
}

bool Internal::knows(std::string_view normal) const {
  return !normal.empty() && addresses_.contains(normal);
}

bool any_internal(const mail::Envelope& envelope, const Internal& internal) {
  bool any = false;
  for_each_participant(
      envelope, [&](const mail::Address& address) { any = any || internal.knows(address.normal); });
  return any;
}

}  // namespace hearback::rules
