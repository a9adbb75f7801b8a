#include "mail/unseen.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "base/text.hpp"

namespace hearback::mail {
namespace {

constexpr UChar32 kNonJoiner = 0x200c, kJoiner = 0x200d, kBlackFlag = 0x1f3f4;
constexpr UChar32 kBrailleBlank = 0x2800;

bool is_tag(UChar32 c) { return c >= 0xe0020 && c <= 0xe007f; }
bool is_separator(UChar32 c) { return c == 0x2028 || c == 0x2029; }
bool is_annotation(UChar32 c) { return c >= 0xfff9 && c <= 0xfffb; }

// Signs of format that are drawn (the Arabic number signs) aren't ignorable, and stay.
bool is_unseen(UChar32 c) {
  if (c == kNonJoiner || c == kJoiner) return false;
  const auto type = u_charType(c);
  if (type == U_CONTROL_CHAR) return c >= 0x80;
  if (is_annotation(c)) return true;
  return (type == U_FORMAT_CHAR || type == U_UNASSIGNED) &&
         u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

bool leaves_ink(UChar32 c) {
  return c != kBrailleBlank && !u_isUWhiteSpace(c) &&
         !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; });
}

}  // namespace

std::string without_unseen(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  const auto valid = is_utf8(text) ? std::string(text) : to_valid_utf8(text);
  const auto size = static_cast<std::int32_t>(valid.size());
  std::string out;
  bool in_flag = false;
  for (std::int32_t i = 0; i < size;) {
    const auto begin = i;
    UChar32 c;
    U8_NEXT(valid.data(), i, size, c);
    in_flag = c == kBlackFlag || (in_flag && is_tag(c));
    if (is_separator(c))
      out += ' ';
    else if (in_flag || !is_unseen(c))
      out.append(valid, static_cast<std::size_t>(begin), static_cast<std::size_t>(i - begin));
  }
  return out;
}

std::string_view trim_unseen(std::string_view text) {
  if (!anything_seen(text)) return {};
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t begin = size, end = 0;
  for (std::int32_t i = 0; i < size;) {
    const auto at = i;
    UChar32 c;
    U8_NEXT(text.data(), i, size, c);
    if (u_isUWhiteSpace(c)) continue;
    begin = std::min(begin, at);
    end = i;
  }
  return text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
}

bool anything_seen(std::string_view text) {
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t i = 0; i < size;) {
    UChar32 c;
    U8_NEXT(text.data(), i, size, c);
    if (leaves_ink(c)) return true;
  }
  return false;
}

}  // namespace hearback::mail
