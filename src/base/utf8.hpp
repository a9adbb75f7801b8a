#pragma once
#include <cstdint>
#include <string>

namespace hearback {

// `c`: a code point, no surrogate.
inline void append_utf8(std::string& out, std::uint32_t c) {
  const auto byte = [&](std::uint32_t b) { out += static_cast<char>(b); };
  const auto rest = [&](int bits) { byte(0x80 | (c >> bits & 0x3F)); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) {
    byte(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    byte(0xE0 | c >> 12);
    rest(6);
  } else {
    byte(0xF0 | c >> 18);
    rest(12);
    rest(6);
  }
  rest(0);
}

}  // namespace hearback
