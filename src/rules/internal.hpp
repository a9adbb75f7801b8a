#pragma once
// Who is internal: the company's users and team mailboxes (I-1, I-4). Internal domains (I-2) will
// be answered here too.
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "mail/envelope.hpp"

namespace hearback::rules {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

class Internal {
 public:
  Internal() = default;
  explicit Internal(const std::vector<std::string>& normal_forms);
  // `normal`: mail::normal_form of an address.
  bool knows(std::string_view normal) const;

 private:
  std::unordered_set<std::string, TextHash, std::equal_to<>> addresses_;
};

// Calls `visit(const mail::Address&)` for everybody in From, To, Cc, Bcc and Reply-To.
template <class Visit>
void for_each_participant(const mail::Envelope& envelope, Visit visit) {
  for (const auto* list :
       {&envelope.from, &envelope.to, &envelope.cc, &envelope.bcc, &envelope.reply_to})
    for (const auto& address : *list) visit(address);
}

bool any_internal(const mail::Envelope& envelope, const Internal& internal);

}  // namespace hearback::rules
