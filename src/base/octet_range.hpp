#pragma once
// A stretch of octets: of a file, a message, an answer.
#include <cstdint>

namespace hearback {

struct OctetRange {
  std::uint64_t at = 0, octets = 0;
  std::uint64_t end() const { return at + octets; }
  bool operator==(const OctetRange&) const = default;
};

}  // namespace hearback
