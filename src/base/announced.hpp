#pragma once
// Sizes that the other side announces.
#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/limits.hpp"

namespace hearback {

// The most that may come of a message that was announced so large: mail servers estimate, some of
// them badly.
inline std::uint64_t most_that_comes(const Limits& limits, std::optional<std::uint64_t> announced) {
  const std::uint64_t most = limits.imap_literal_octets;
  if (!announced || *announced > most) return most;
  return std::min(most, 2 * *announced + limits.imap_body_slack);
}

}  // namespace hearback
