// Modified UTF-7 of mailbox names (RFC 3501 section 5.1.3).
#include <array>
#include <cstdint>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "protocols/imap/session.hpp"

namespace hearback::protocols::imap {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

constexpr std::array<std::int8_t, 256> make_values() {
  std::array<std::int8_t, 256> values{};
  for (auto& v : values) v = -1;
  for (std::size_t i = 0; i < kDigits.size(); ++i)
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::int8_t>(i);
  return values;
}
constexpr auto kValues = make_values();

// What lies between '&' and '-': UTF-16 in base64 without padding.
bool append_shifted(std::string& out, std::string_view digits) {
  std::uint32_t bits = 0, high = 0;
  int have = 0;
  for (char digit : digits) {
    auto value = kValues[static_cast<unsigned char>(digit)];
    if (value < 0) return false;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    have += 6;
    if (have < 16) continue;
    have -= 16;
    std::uint32_t unit = (bits >> have) & 0xFFFF;
    bits &= (1u << have) - 1;
    if (high) {
      if (unit < 0xDC00 || unit > 0xDFFF) return false;
      append_utf8(out, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
      high = 0;
    } else if (unit >= 0xD800 && unit <= 0xDBFF) {
      high = unit;
    } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
      return false;
    } else {
      append_utf8(out, unit);
    }
  }
  return !high && have < 6 && bits == 0;
}

}  // namespace

std::optional<std::string> utf7_to_utf8(std::string_view wire_name) {
  std::string out;
  out.reserve(wire_name.size());
  for (std::size_t at = 0; at < wire_name.size(); ++at) {
    char c = wire_name[at];
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E)
      return std::nullopt;
    if (c != '&') {
      out += c;
      continue;
    }
    auto end = wire_name.find('-', at);
    if (end == std::string_view::npos) return std::nullopt;
    auto digits = wire_name.substr(at + 1, end - at - 1);
    if (digits.empty())
      out += '&';
    else if (!append_shifted(out, digits))
      return std::nullopt;
    at = end;
  }
  return out;
}

}  // namespace hearback::protocols::imap
