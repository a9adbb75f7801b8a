#include "mailbox/ranges.hpp"

#include <gtest/gtest.h>

namespace hearback::mailbox {
namespace {

std::vector<std::pair<std::uint32_t, std::uint32_t>> runs(std::vector<std::uint32_t> uids,
                                                          std::size_t batch, std::uint32_t bridge) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> result;
  for (auto r : runs_of(uids, batch, bridge)) result.push_back({r.first, r.last});
  return result;
}

TEST(Ranges, RunsAreBoundedAndBridgeSmallHolesOnly) {
  using Runs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  EXPECT_EQ(runs({}, 3, 0), Runs{});
  EXPECT_EQ(runs({1, 2, 3, 4, 5}, 3, 0), (Runs{{1, 3}, {4, 5}}));
  EXPECT_EQ(runs({1, 4, 9}, 10, 2), (Runs{{1, 4}, {9, 9}}));
  EXPECT_EQ(runs({7, 4294967295u}, 10, 100), (Runs{{7, 7}, {4294967295u, 4294967295u}}));
}

}  // namespace
}  // namespace hearback::mailbox
