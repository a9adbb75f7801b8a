#pragma once
// Bytes and text. `std::string` holds either; text is UTF-8 once it has passed `mail`.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hearback {

// ASCII only; other bytes stay as they are.
char ascii_lower(char c);
std::string ascii_lower(std::string_view text);
bool ascii_equal(std::string_view a, std::string_view b);  // without regard to ASCII case
bool ascii_starts_with(std::string_view text, std::string_view prefix);
std::string_view trim(std::string_view text);  // spaces, tabs, CR, LF at both ends
std::vector<std::string_view> split(std::string_view text, char separator);

bool is_utf8(std::string_view text);
// Invalid sequences become U+FFFD; NUL and other C0 controls but tab and newline are dropped.
std::string to_valid_utf8(std::string_view text);
// At most `max` bytes, cut at a character boundary.
std::string_view utf8_prefix(std::string_view text, std::size_t max);

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);
std::string to_base64(std::string_view bytes);              // RFC 4648 section 4
std::string to_base64url(std::string_view bytes);           // section 5, without padding
std::optional<std::string> from_base64(std::string_view);   // strict: no white space
std::optional<std::string> from_base64url(std::string_view);

// Whole text, no sign, no white space; nullopt on overflow.
std::optional<std::uint64_t> to_number(std::string_view text);

inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace hearback
