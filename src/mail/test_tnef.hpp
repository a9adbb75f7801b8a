#pragma once
// For the tests of this room: a winmail.dat, octet by octet (MS-OXTNEF section 2.1.3).
#include <cstdint>
#include <string>
#include <string_view>

namespace hearback::mail {

inline std::string little_endian(std::uint32_t number, std::size_t octets) {
  std::string out;
  for (std::size_t i = 0; i < octets; ++i) out += static_cast<char>(number >> (8 * i) & 0xff);
  return out;
}

inline const std::string kTnefBegin = little_endian(0x223e9f78, 4) + little_endian(1, 2);
inline constexpr std::uint32_t kTnefCodepage = 0x00069007, kTnefBody = 0x0002800c,
                               kTnefFile = 0x00069002, kTnefTitle = 0x00018010,
                               kTnefData = 0x0006800f, kTnefProperties = 0x00069005;

inline std::string tnef_attribute(std::uint32_t id, std::string_view value) {
  std::uint32_t sum = 0;
  for (char c : value) sum += static_cast<std::uint8_t>(c);
  return "\x02" + little_endian(id, 4) +
         little_endian(static_cast<std::uint32_t>(value.size()), 4) + std::string(value) +
         little_endian(sum & 0xffff, 2);
}

inline std::string tnef_file(std::string_view name, std::string_view content) {
  return tnef_attribute(kTnefFile, "") + tnef_attribute(kTnefTitle, name) +
         tnef_attribute(kTnefData, content);
}

// A property of one text (8-bit), filled up to four octets.
inline std::string tnef_property(std::uint32_t id, std::string_view value) {
  const auto octets = static_cast<std::uint32_t>(value.size());
  return little_endian(0x1e, 2) + little_endian(id, 2) + little_endian(1, 4) +
         little_endian(octets, 4) + std::string(value) + std::string((4 - octets % 4) % 4, '\0');
}

}  // namespace hearback::mail
