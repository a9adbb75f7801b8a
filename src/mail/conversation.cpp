#include "mail/conversation.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mail/codec.hpp"

namespace hearback::mail {
namespace {

constexpr std::size_t kHeadOctets = 22;   // reserved octet, 5 of time, 16 of GUID
constexpr std::size_t kMostOctets = 998;  // of the field that are looked at

}  // namespace

std::string conversation_of(std::string_view thread_index) {
  const auto octets = decode_base64(thread_index.substr(0, kMostOctets));
  if (octets.size() < kHeadOctets || octets.front() != 1) return {};
  const auto head = std::string_view(octets).substr(0, kHeadOctets);
  // Nothing is shared by those who fill it with zeros.
  if (std::ranges::all_of(head.substr(6), [&](char c) { return c == head[6]; })) return {};
  return "thread-index:" + to_hex(head);
}

}  // namespace hearback::mail
