#include "mail/extent.hpp"

#include <algorithm>

namespace hearback::mail {

std::vector<OctetRange> beside(std::uint64_t total, std::span<const Extent> files) {
  std::vector<OctetRange> taken;
  for (const auto& file : files) taken.push_back(file.range);
  std::ranges::sort(taken, {}, &OctetRange::at);
  std::vector<OctetRange> out;
  std::uint64_t at = 0;
  const auto keep_until = [&](std::uint64_t end) {
    if (at < end) out.push_back({at, end - at});
  };
  for (const auto& range : taken) {
    keep_until(std::min(range.at, total));
    at = std::max(at, range.end());
  }
  keep_until(total);
  return out;
}

}  // namespace hearback::mail
