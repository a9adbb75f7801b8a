// What the store is told of a look: of a folder by itself, and when the look is over.
#include <algorithm>
#include <utility>

#include "sync/pass_parts.hpp"

namespace hearback::sync {
namespace {

constexpr std::size_t kPendingKept = 2000;
constexpr Duration kSuccessTold = 1min;

}  // namespace

store::ObserveFolder Pass::observed(const WatchedFolder& folder) const {
  return {account_.mailbox.id, folder.folder.id, folder.folder.read_since, folder.folder.resting,
          folder.missed};
}

store::AdvanceCursor Pass::advanced(const WatchedFolder& folder) const {
  return {account_.mailbox.id, folder.folder.id, folder.folder.uid_validity,
          account_.to_store(folder)};
}

Task<Result<>> Pass::tell_of(WatchedFolder& folder) {
  auto& store = shared_.store();
  const store::Commit commit{account_.company, {observed(folder)}, {account_.is_behind()}};
  auto told = co_await shared_.env().work(account_.turn(net::Lane::write),
                                          [&store, &commit] { return store.commit(commit); });
  if (!told) co_return Failure(told.error());
  folder.told_missed = folder.missed;
  co_return Result<>{};
}

Task<Result<>> Pass::settle(bool everywhere) {
  const Instant now = shared_.env().now(), ticks = shared_.env().ticks();
  auto& mailbox = account_.mailbox;
  store::Commit commit{account_.company, {}, {account_.is_behind()}};
  auto folders = account_.folders;
  if (everywhere && account_.pending.keep_newest(kPendingKept)) account_.let_go = true;
  bool lost_sight = account_.let_go;  // of what answers mail that nobody has brought yet
  store::ObserveMailbox seen;
  seen.id = mailbox.id;
  for (auto& folder : folders) {
    seen.headers_seen += std::exchange(folder.uncounted, 0);
    const bool settles = everywhere && !folder.ripe.empty();
    if (!settles && !folder.unsaved) continue;
    lost_sight = lost_sight || settles;
    if (settles) folder.settle();
    folder.unsaved = false;
    commit.changes.push_back(advanced(folder));
  }
  for (auto& folder : folders) {
    const bool through = folder.is_through();
    folder.missed = folder.missed || (lost_sight && folder.wanted() && !through);
    const bool read = everywhere && through && folder.folder.read_since != mailbox.window_since;
    if (read) folder.folder.read_since = mailbox.window_since;
    if (!read && folder.missed == folder.told_missed) continue;
    folder.told_missed = folder.missed;
    commit.changes.push_back(observed(folder));
  }
  const bool well = account_.trouble.empty();
  const auto& trouble = well ? account_.unlisted : account_.trouble;
  const bool told_long_ago =
      account_.told_well.ms == 0 || ticks - account_.told_well >= kSuccessTold;
  if (well && (scanned_ || told_long_ago || mailbox.last_error != trouble)) seen.last_success = now;
  if (mailbox.last_error != trouble) seen.error = trouble;
  if (!well) seen.next_try = now + kTroubleWait;
  const auto searched = everywhere ? searched_to(folders) : std::nullopt;
  if (searched != account_.told_searched) seen.searched = searched;
  if (searched && account_.told_judged != demand().anew) seen.judged_to = demand().anew;
  if (seen.headers_seen > 0 || seen.last_success || seen.error || seen.searched || seen.judged_to)
    commit.changes.push_back(seen);
  if (!commit.changes.empty()) {
    auto& store = shared_.store();
    auto done = co_await shared_.env().work(account_.turn(net::Lane::write),
                                            [&store, &commit] { return store.commit(commit); });
    if (!done) co_return Failure(done.error());
  }
  account_.folders = std::move(folders);
  account_.let_go = false;
  account_.reads_ahead = true;
  if (seen.last_success) {
    mailbox.last_success = seen.last_success;
    account_.told_well = ticks;
  }
  if (seen.error) mailbox.last_error = *seen.error;
  if (seen.searched) account_.told_searched = seen.searched;
  if (seen.judged_to) account_.told_judged = seen.judged_to;
  co_return Result<>{};
}

// S-5: the match revision whose addresses all that the window reaches was searched for, and what
// they brought is stored; so all of it was judged as demanded. Absent: something is left, or can't
// be read.
std::optional<std::uint64_t> Pass::searched_to(const std::vector<WatchedFolder>& folders) const {
  auto searched = directory_->match_revision();
  for (const auto& folder : folders) {
    if (!folder.wanted()) continue;
    if (!folder.is_through()) return std::nullopt;
    searched = std::min(searched, folder.judged_since().value_or(searched));
  }
  return searched;
}

}  // namespace hearback::sync
