#include "rules/files.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"

namespace hearback::rules {
namespace {

constexpr std::array<std::string_view, 9> kWords{
    "cv",   "resume",     "r\u00e9sum\u00e9",   "curriculum",      "vitae",
    "vita", "lebenslauf", "re\u0301sume\u0301", "r\u00c9sum\u00c9"};

bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }
// What isn't ASCII is part of a word, but for the blanks and dashes of word processors.
bool letter(char c) { return upper(c) || lower(c) || beyond_ascii(c); }

// The blanks, dashes and marks of Latin-1 (U+00A0), of General Punctuation (U+2000 to U+206F) and
// of CJK (U+3000 to U+303F) as a blank.
std::string with_plain_blanks(std::string_view name) {
  std::string plain;
  for (std::size_t at = 0; at < name.size();) {
    const auto rest = name.substr(at);
    const bool three = rest.size() > 2 && (rest.starts_with("\xE2\x80") ||
                                           (rest.starts_with("\xE2\x81") && rest[2] <= '\xAF') ||
                                           rest.starts_with("\xE3\x80"));
    const std::size_t octets = three ? 3 : rest.starts_with("\u00a0") ? 2 : 0;
    plain += octets ? ' ' : name[at];
    at += std::max<std::size_t>(octets, 1);
  }
  return plain;
}

// Between a small letter and a capital, and before the last of several capitals: "DoeCV", "CVDoe".
// Which letters beyond ASCII are capitals isn't known here: "CV" alone is told from them.
bool begins(std::string_view name, std::size_t at) {
  if (beyond_ascii(name[at])) return name.substr(0, at).ends_with("CV");
  if (!upper(name[at])) return false;
  if (beyond_ascii(name[at - 1])) return name.substr(at).starts_with("CV");
  return lower(name[at - 1]) || (at + 1 < name.size() && lower(name[at + 1]));
}

}  // namespace

bool names_cv(std::string_view written) {
  const auto plain = with_plain_blanks(written);
  const std::string_view filename = plain;
  for (std::size_t at = 0; at < filename.size();) {
    if (!letter(filename[at])) {
      ++at;
      continue;
    }
    auto end = at + 1;
    while (end < filename.size() && letter(filename[end]) && !begins(filename, end)) ++end;
    const auto word = ascii_lower(filename.substr(at, end - at));
    if (std::ranges::find(kWords, word) != kWords.end()) return true;
    at = end;
  }
  return false;
}

}  // namespace hearback::rules
