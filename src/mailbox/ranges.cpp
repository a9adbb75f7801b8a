#include "mailbox/ranges.hpp"

namespace hearback::mailbox {

std::vector<IdRange> runs_of(std::span<const RemoteId> ids, std::size_t batch,
                             std::uint32_t bridge) {
  std::vector<IdRange> runs;
  std::size_t in_run = 0;
  for (RemoteId id : ids) {
    bool joins = !runs.empty() && in_run < batch && id > runs.back().last &&
                 id - runs.back().last - 1 <= bridge;
    if (joins) {
      runs.back().last = id;
      ++in_run;
    } else {
      runs.push_back({id, id});
      in_run = 1;
    }
  }
  return runs;
}

}  // namespace hearback::mailbox
