#include "mail/uuencode.hpp"

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"
#include "mail/codec.hpp"
#include "mail/lines.hpp"

namespace hearback::mail {
namespace {

constexpr std::size_t max_name = 2000;  // octets, before its charset is known

bool is_uu(char c) { return c >= ' ' && c <= '`'; }
std::uint32_t uu_value(char c) { return (std::uint32_t(std::uint8_t(c)) - 32) & 63; }

// "begin 644 name" → name; empty: the line begins no file.
std::string_view file_name(std::string_view line, bool* base64) {
  constexpr std::string_view plain = "begin ", sister = "begin-base64 ";
  *base64 = line.starts_with(sister);
  if (!*base64 && !line.starts_with(plain)) return {};
  line.remove_prefix(*base64 ? sister.size() : plain.size());
  std::size_t digits = 0;
  while (digits < line.size() && line[digits] >= '0' && line[digits] <= '7') ++digits;
  if (digits < 3 || digits > 4 || digits >= line.size() || line[digits] != ' ') return {};
  return trim(line.substr(digits + 1)).substr(0, max_name);
}

// One line of data; false when it is none. A few spaces at its end may have been lost on the way.
bool decode_line(std::string_view line, std::string& out) {
  if (line.empty() || !std::all_of(line.begin(), line.end(), is_uu)) return false;
  std::size_t octets = uu_value(line.front());
  line.remove_prefix(1);
  std::size_t letters = (octets + 2) / 3 * 4;
  constexpr std::size_t lost = 8, checks = 2;  // spaces at most, and characters behind the data
  if (line.size() > letters + checks || line.size() + lost < letters) return false;
  for (std::size_t i = 0; i < letters && octets > 0; i += 4) {
    std::uint32_t group = 0;
    for (std::size_t k = i; k < i + 4; ++k)
      group = group << 6 | (k < line.size() ? uu_value(line[k]) : 0);
    for (int shift = 16; shift >= 0 && octets > 0; shift -= 8, --octets)
      out += char(group >> shift & 255);
  }
  return true;
}

bool is_base64_line(std::string_view line) {
  return !line.empty() && std::all_of(line.begin(), line.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
  });
}

// Reads the data behind a "begin" line up to its end; false when it has none. A line that is no
// data stops it, and no "begin" line is data: so no line is read more than twice.
bool read_file(Lines& lines, bool base64, std::string& content) {
  std::string encoded;
  std::string_view line;
  bool data = false;
  while (lines.peek(line)) {
    if (base64 ? line == "====" : line == "end" && data) {
      lines.next(line);
      content = base64 ? decode_base64(encoded) : content;
      return true;
    }
    if (base64) {
      if (!is_base64_line(line)) return false;
      encoded += line;
    } else if (!(data && line.empty()) && !decode_line(line, content)) {
      return false;
    }
    data = true;
    lines.next(line);
  }
  return false;
}

}  // namespace

Unpacked unpack_uuencode(std::string_view text, std::size_t max_files) {
  Unpacked out;
  Lines lines(text);
  std::string_view line;
  std::size_t kept = 0;  // up to where the text is in `out`
  while (out.files.size() < max_files) {
    const std::size_t at = lines.position();
    if (!lines.next(line)) break;
    bool base64;
    auto name = file_name(line, &base64);
    if (name.empty()) continue;
    std::string content;
    if (!read_file(lines, base64, content)) continue;
    out.text += text.substr(kept, at - kept);
    kept = lines.position();
    out.files.push_back({std::string(name), std::move(content)});
  }
  out.text += text.substr(kept);
  return out;
}

}  // namespace hearback::mail
