#include "mail/text.hpp"

#include <cstdint>

#include "base/text.hpp"
#include "mail/phrases.hpp"

namespace hearback::mail {

namespace {

// Nearly all lines: single spaces inside, and nothing else that counts as one. Without a branch, so
// that many octets are looked at in one step.
bool is_one_line(std::string_view text) {
  if (text.empty()) return true;
  std::uint8_t wrong = text.front() == ' ' || std::uint8_t(text.back()) <= ' ';
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto c = std::uint8_t(text[i]);
    wrong |= std::uint8_t(c < ' ') | std::uint8_t(c == 0xC2) |
             (std::uint8_t(c == ' ') & std::uint8_t(text[i + 1] == ' '));
  }
  return !wrong;
}

}  // namespace

std::string one_line(std::string_view text) {
  if (is_one_line(text)) return std::string(text);
  std::string out;
  out.resize_and_overwrite(text.size(), [&](char* to, std::size_t) {
    std::size_t n = 0;
    bool space = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      char c = text[i];
      bool hard = c == '\xC2' && i + 1 < text.size() && text[i + 1] == '\xA0';
      if (hard || std::uint8_t(c) <= ' ') {
        space = n > 0;
        i += hard;
        continue;
      }
      if (space) to[n++] = ' ';
      space = false;
      to[n++] = c;
    }
    return n;
  });
  return out;
}

std::string fold_case(std::string_view text) {
  std::string out = ascii_lower(text);
  for (auto i = out.find('\xC3'); i != out.npos; i = out.find('\xC3', i + 1)) {
    auto low = i + 1 < out.size() ? std::uint8_t(out[i + 1]) : std::uint8_t(0);
    if (low >= 0x80 && low <= 0x9e && low != 0x97) out[i + 1] = char(low + 0x20);
  }
  return out;
}

std::string snippet(std::string_view text, std::size_t max) {
  constexpr std::size_t looked_at = 64 << 10;
  return snippet(split_quoted(utf8_prefix(text, looked_at)), max);
}

std::string snippet(const Split& parts, std::size_t max) {
  std::string own;
  for (auto line : split(parts.fresh, '\n')) {
    if (trim(line).starts_with('>')) continue;
    own += line;
    own += '\n';
    if (own.size() > 4 * max + 1000) break;
  }
  std::string line = one_line(own);
  if (line.size() <= max) return line;
  auto cut = utf8_prefix(line, max);
  auto space = cut.rfind(' ');
  if (line[cut.size()] != ' ' && space != cut.npos && space > cut.size() / 2)
    cut = cut.substr(0, space);
  return std::string(trim(cut));
}

}  // namespace hearback::mail
