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
// What isn't ASCII is part of a word.
bool letter(char c) { return upper(c) || lower(c) || static_cast<unsigned char>(c) >= 0x80; }

// Between a small letter and a capital, and before the last of several capitals: "DoeCV", "CVDoe".
bool begins(std::string_view name, std::size_t at) {
  if (!upper(name[at])) return false;
  return lower(name[at - 1]) || (at + 1 < name.size() && lower(name[at + 1]));
}

}  // namespace

bool names_cv(std::string_view filename) {
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
