#include "mail/signed_data.hpp"

#include <cstdint>

namespace hearback::mail {
namespace {

constexpr std::string_view signed_data_id = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

struct Value {
  std::uint8_t tag = 0;
  bool endless = false;      // its end is marked by two zero octets
  std::string_view content;  // of an endless one: all that follows
};

// The value at the start of `rest`, which is moved behind it; of an endless one only behind its
// head. X.690 section 8.1.
bool take(std::string_view& rest, Value& out) {
  if (rest.size() < 2) return false;
  out.tag = std::uint8_t(rest[0]);
  if ((out.tag & 0x1f) == 0x1f) return false;  // long tags aren't used here
  std::size_t length = std::uint8_t(rest[1]);
  rest.remove_prefix(2);
  out.endless = length == 0x80;
  if (out.endless) {
    out.content = rest;
    return true;
  }
  if (length > 0x80) {
    std::size_t octets = length & 0x7f;
    if (octets > 4 || octets > rest.size()) return false;
    length = 0;
    for (std::size_t i = 0; i < octets; ++i) length = length << 8 | std::uint8_t(rest[i]);
    rest.remove_prefix(octets);
  }
  if (length > rest.size()) return false;
  out.content = rest.substr(0, length);
  rest.remove_prefix(length);
  return true;
}

// Goes into a value of that tag.
bool enter(std::string_view& rest, std::uint8_t tag) {
  Value value;
  if (!take(rest, value) || value.tag != tag) return false;
  rest = value.content;
  return true;
}

// An octet string, whole or in pieces, one level of which is all that anybody writes.
bool octets(std::string_view rest, std::string& out) {
  Value value, piece;
  if (!take(rest, value)) return false;
  if (value.tag == 0x04 && !value.endless) {
    out = value.content;
    return true;
  }
  if (value.tag != 0x24) return false;
  for (rest = value.content; !rest.empty();) {
    if (!take(rest, piece)) return false;
    if (piece.tag == 0 && piece.content.empty()) break;  // the end of an endless one
    if (piece.tag != 0x04 || piece.endless) return false;
    out += piece.content;
  }
  return true;
}

}  // namespace

std::optional<std::string> signed_content(std::string_view der) {
  constexpr std::uint8_t sequence = 0x30, set = 0x31, integer = 0x02, id = 0x06, explicit0 = 0xa0;
  Value value;
  std::string out;
  auto rest = der;
  if (!enter(rest, sequence) || !take(rest, value) || value.tag != id ||
      value.content != signed_data_id || !enter(rest, explicit0) || !enter(rest, sequence) ||
      !take(rest, value) || value.tag != integer || !take(rest, value) || value.tag != set ||
      value.endless || !enter(rest, sequence) || !take(rest, value) || value.tag != id ||
      !enter(rest, explicit0) || !octets(rest, out))
    return std::nullopt;
  return out;
}

}  // namespace hearback::mail
