#include "sync/account.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hearback::sync {

bool WatchedFolder::is_inbox() const { return ascii_equal(folder.name, "INBOX"); }

FolderState WatchedFolder::state() const {
  FolderState state{folder.uid_validity, settled};
  for (const auto& range : unsettled) state.ranges = cover(std::move(state.ranges), range);
  return state;
}

std::vector<rules::ScannedRange> WatchedFolder::to_store() const {
  auto ranges = settled;
  for (auto range : unsettled) {
    range.match_revision = 0;
    ranges = cover(std::move(ranges), range);
  }
  return ranges;
}

void WatchedFolder::settle() {
  settled = state().ranges;
  unsettled.clear();
}

WatchedFolder* Account::find(const FolderId& id) {
  auto found = std::ranges::find_if(folders, [&](const auto& f) { return f.folder.id == id; });
  return found == folders.end() ? nullptr : &*found;
}

}  // namespace hearback::sync
