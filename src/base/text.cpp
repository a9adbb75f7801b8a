#include "base/text.hpp"

#include <array>
#include <cstring>

namespace hearback {
namespace {

constexpr char base64_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char base64url_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode64(std::string_view bytes, const char* letters, bool pad) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t v = 0;
    std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) v = v << 8 | (k < n ? std::uint8_t(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k <= n; ++k) out += letters[v >> (18 - 6 * k) & 63];
    if (pad) out.append(3 - n, '=');
  }
  return out;
}

std::optional<std::string> decode64(std::string_view text, const char* letters, bool padded) {
  std::array<std::int8_t, 256> value;
  value.fill(-1);
  for (int i = 0; i < 64; ++i) value[std::uint8_t(letters[i])] = std::int8_t(i);
  if (padded) {
    if (text.size() % 4) return std::nullopt;
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int have = 0;
  for (char c : text) {
    int v = value[std::uint8_t(c)];
    if (v < 0) return std::nullopt;
    bits = bits << 6 | std::uint32_t(v);
    if ((have += 6) >= 8) out += char(bits >> (have -= 8));
    bits &= (1u << have) - 1;
  }
  if (bits) return std::nullopt;
  return out;
}

// Length of the valid UTF-8 sequence at the start of `s`, or 0.
std::size_t sequence(std::string_view s) {
  auto at = [&](std::size_t i) { return i < s.size() ? std::uint8_t(s[i]) : std::uint8_t(0); };
  auto tail = [&](std::size_t i) { return (at(i) & 0xc0) == 0x80; };
  std::uint8_t a = at(0);
  if (a < 0x80) return 1;
  if (a >= 0xc2 && a <= 0xdf) return tail(1) ? 2 : 0;
  if (a >= 0xe0 && a <= 0xef) {
    if (!tail(1) || !tail(2)) return 0;
    if (a == 0xe0 && at(1) < 0xa0) return 0;
    if (a == 0xed && at(1) > 0x9f) return 0;
    return 3;
  }
  if (a >= 0xf0 && a <= 0xf4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (a == 0xf0 && at(1) < 0x90) return 0;
    if (a == 0xf4 && at(1) > 0x8f) return 0;
    return 4;
  }
  return 0;
}

// How many octets at the start are ASCII: nearly all text is, all of it.
std::size_t ascii_run(std::string_view text) {
  std::size_t n = 0;
  for (std::uint64_t eight; n + sizeof eight <= text.size(); n += sizeof eight) {
    std::memcpy(&eight, text.data() + n, sizeof eight);
    if (eight & 0x8080808080808080u) break;
  }
  while (n < text.size() && std::uint8_t(text[n]) < 0x80) ++n;
  return n;
}

}  // namespace

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

bool ascii_equal(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && ascii_lower(a[i]) != ascii_lower(b[i])) return false;
  return true;
}

bool ascii_starts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && ascii_equal(text.substr(0, prefix.size()), prefix);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  auto first = text.find_first_not_of(space);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (;;) {
    auto at = text.find(separator);
    out.push_back(text.substr(0, at));
    if (at == text.npos) return out;
    text.remove_prefix(at + 1);
  }
}

bool is_utf8(std::string_view text) {
  for (text.remove_prefix(ascii_run(text)); !text.empty(); text.remove_prefix(ascii_run(text))) {
    auto n = sequence(text);
    if (!n) return false;
    text.remove_prefix(n);
  }
  return true;
}

std::string to_valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    auto n = sequence(text);
    if (!n) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    std::uint8_t c = std::uint8_t(text[0]);
    if (c >= 0x20 || c == '\t' || c == '\n') out += text.substr(0, n);
    text.remove_prefix(n);
  }
  return out;
}

std::string_view utf8_prefix(std::string_view text, std::size_t max) {
  if (text.size() <= max) return text;
  while (max && (std::uint8_t(text[max]) & 0xc0) == 0x80) --max;
  return text.substr(0, max);
}

std::string to_hex(std::string_view bytes) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (char c : bytes) {
    out += hex[std::uint8_t(c) >> 4];
    out += hex[std::uint8_t(c) & 15];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2) return std::nullopt;
  auto value = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    int a = value(text[i]), b = value(text[i + 1]);
    if (a < 0 || b < 0) return std::nullopt;
    out += char(a << 4 | b);
  }
  return out;
}

std::string to_base64(std::string_view bytes) { return encode64(bytes, base64_letters, true); }
std::string to_base64url(std::string_view bytes) {
  return encode64(bytes, base64url_letters, false);
}
std::optional<std::string> from_base64(std::string_view text) {
  return decode64(text, base64_letters, true);
}
std::optional<std::string> from_base64url(std::string_view text) {
  return decode64(text, base64url_letters, false);
}

std::optional<std::uint64_t> to_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    if (__builtin_mul_overflow(value, 10u, &value)) return std::nullopt;
    if (__builtin_add_overflow(value, std::uint64_t(c - '0'), &value)) return std::nullopt;
  }
  return value;
}

}  // namespace hearback
