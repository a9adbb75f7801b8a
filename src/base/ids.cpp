#include "base/ids.hpp"

namespace hearback {

Uuid make_uuid(Instant now, Random& random) {
  Uuid id;
  random.fill(id);
  auto ms = std::uint64_t(now.ms);
  for (int i = 0; i < 6; ++i) id[std::size_t(i)] = std::uint8_t(ms >> (8 * (5 - i)));
  id[6] = std::uint8_t(0x70 | (id[6] & 0x0f));
  id[8] = std::uint8_t(0x80 | (id[8] & 0x3f));
  return id;
}

std::string to_text(const Uuid& id) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += hex[id[i] >> 4];
    out += hex[id[i] & 15];
  }
  return out;
}

std::optional<Uuid> uuid_from_text(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid id{};
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return std::nullopt;
      continue;
    }
    int v = c >= '0' && c <= '9'   ? c - '0'
            : c >= 'a' && c <= 'f' ? c - 'a' + 10
            : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                   : -1;
    if (v < 0) return std::nullopt;
    id[nibble / 2] = std::uint8_t(id[nibble / 2] << 4 | v);
    ++nibble;
  }
  return id;
}

}  // namespace hearback
