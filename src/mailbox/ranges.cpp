#include "mailbox/ranges.hpp"

namespace hearback::mailbox {

std::vector<protocols::imap::UidRange> runs_of(std::span<const std::uint32_t> uids,
                                               std::size_t batch, std::uint32_t bridge) {
  std::vector<protocols::imap::UidRange> runs;
  std::size_t in_run = 0;
  for (std::uint32_t uid : uids) {
    bool joins = !runs.empty() && in_run < batch && uid > runs.back().last &&
                 uid - runs.back().last - 1 <= bridge;
    if (joins) {
      runs.back().last = uid;
      ++in_run;
    } else {
      runs.push_back({uid, uid});
      in_run = 1;
    }
  }
  return runs;
}

}  // namespace hearback::mailbox
