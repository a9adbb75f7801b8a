#include "sync/account.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hearback::sync {

bool WatchedFolder::is_inbox() const { return ascii_equal(folder.name, "INBOX"); }

FolderState WatchedFolder::state() const {
  FolderState state{folder.uid_validity, settled};
  for (const auto* layer : {&ripe, &unsettled})
    for (const auto& range : *layer) state.ranges = cover(std::move(state.ranges), range);
  return state;
}

std::vector<rules::ScannedRange> WatchedFolder::to_store() const {
  auto ranges = settled;
  for (const auto* layer : {&ripe, &unsettled})
    for (auto range : *layer) {
      range.match_revision = 0;
      ranges = cover(std::move(ranges), range);
    }
  return ranges;
}

void WatchedFolder::ripen(const Demand& demand) {
  for (const auto& range : unsettled) ripe = cover(std::move(ripe), range);
  unsettled.clear();
  std::erase_if(ripe, [&](const auto& range) { return !satisfies(range, demand); });
}

void WatchedFolder::settle() {
  for (const auto& range : ripe) settled = cover(std::move(settled), range);
  ripe.clear();
}

WatchedFolder* Account::find(const FolderId& id) {
  auto found = std::ranges::find_if(folders, [&](const auto& f) { return f.folder.id == id; });
  return found == folders.end() ? nullptr : &*found;
}

}  // namespace hearback::sync
