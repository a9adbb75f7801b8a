#include "sync/account.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hearback::sync {
namespace {

// Servers take seconds to find what came, some of them minutes. Of more than so many numbers the
// newest are the last ones.
constexpr Duration kFoundAfter = 4min, kCameTogether = 1min;
constexpr std::uint32_t kNotFoundMost = 200;

}  // namespace

bool WatchedFolder::is_inbox() const { return ascii_equal(folder.name, "INBOX"); }

mailbox::Cursor WatchedFolder::cursor() const { return {folder.uid_validity, highest()}; }

std::vector<rules::ScannedRange> WatchedFolder::covered() const {
  return cover(cover(settled, ripe), unsettled);
}

void WatchedFolder::ripen(const Demand& demand) {
  ripe = cover(ripe, unsettled);
  unsettled.clear();
  std::erase_if(ripe, [&](const auto& range) { return !satisfies(range, demand); });
}

void WatchedFolder::settle() {
  settled = cover(settled, ripe);
  ripe.clear();
}

void WatchedFolder::judge_unsettled_again() {
  top = highest();
  unsettled.clear();
}

std::uint32_t WatchedFolder::highest() const {
  std::uint32_t highest = top;
  for (const auto* layer : {&settled, &ripe, &unsettled})
    if (!layer->empty()) highest = std::max(highest, layer->back().last);
  return highest;
}

std::optional<std::uint64_t> WatchedFolder::judged_since() const {
  std::optional<std::uint64_t> since;
  for (const auto* layer : {&settled, &ripe, &unsettled})
    for (const auto& range : *layer)
      since = std::min(since.value_or(range.match_revision), range.match_revision);
  return since;
}

void WatchedFolder::searched(std::uint64_t match_revision, std::optional<Instant> since) {
  for (auto* layer : {&settled, &ripe, &unsettled}) {
    for (auto& range : *layer) {
      if (range.match_revision >= match_revision) continue;
      range.match_revision = match_revision;
      if (since) range.since = std::max(range.since, *since);
    }
    *layer = cover({}, *layer);  // those that are equal now are joined
  }
}

void WatchedFolder::uncover(std::uint32_t from, std::uint64_t below) {
  top = highest();
  for (auto* layer : {&settled, &ripe, &unsettled}) {
    std::vector<rules::ScannedRange> kept;
    for (auto range : *layer) {
      if (range.match_revision < below && range.last >= from) {
        if (range.first >= from) continue;
        range.last = from - 1;
      }
      kept.push_back(range);
    }
    *layer = std::move(kept);
  }
  if (highest() == 0) begun = false;
}

void WatchedFolder::note_came(std::uint32_t from, Instant now) {
  std::erase_if(came, [&](const auto& one) { return now - one.first >= kFoundAfter; });
  if (came.empty() || now - came.back().first >= kCameTogether) came.emplace_back(now, from);
}

std::optional<std::uint32_t> WatchedFolder::not_found_yet(Instant now) {
  std::erase_if(came, [&](const auto& one) { return now - one.first >= kFoundAfter; });
  if (came.empty()) return std::nullopt;
  const auto newest = highest();
  return std::max(came.front().second, newest > kNotFoundMost ? newest - kNotFoundMost + 1 : 1);
}

void read_all_again(std::vector<WatchedFolder>& folders) {
  for (auto& folder : folders) {
    if (!folder.wanted() || folder.highest() == 0) continue;
    folder.uncover(1, ~std::uint64_t{0});
    folder.unsaved = folder.behind = true;
    folder.begun = false;
  }
}

std::vector<rules::ScannedRange> Account::to_store(const WatchedFolder& folder) const {
  auto others = cover(folder.ripe, folder.unsettled);
  for (auto& range : others) range.match_revision = 0;
  auto waiting = pending.waiting_in(folder.folder.id);
  for (const auto* places : {&again, &looked_again})
    if (const auto found = places->find(folder.folder.id); found != places->end())
      waiting.insert(waiting.end(), found->second.begin(), found->second.end());
  std::ranges::sort(waiting);
  const auto repeated = std::ranges::unique(waiting);
  waiting.erase(repeated.begin(), repeated.end());
  // Also where it is to be judged again: the next life tells by it what arrives from the past.
  const auto top = folder.highest();
  const std::vector<rules::ScannedRange> known(top > 0 ? 1 : 0, {.first = top, .last = top});
  return unsettle(cover(cover(known, folder.settled), others), waiting);
}

void Account::judge_dropped_again(const rules::Location& at) {
  // What the header says and the message doesn't costs no more than another body.
  constexpr int kJudgedAgain = 2;
  auto* folder = find(at.folder);
  if (!folder || folder->folder.uid_validity != at.uid_validity) return;
  folder->unsaved = true;  // in the store it is unread
  if (++dropped[at] <= kJudgedAgain) again[at.folder].insert(at.uid);
}

void Account::forget_account() {
  folders.clear();
  pending = {};
  again.clear();
  looked_again.clear();
  excused.clear();
  ended_at.clear();
  dropped.clear();
  header_came = body_came = false;
  told_searched.reset();
  told_judged.reset();
}

WatchedFolder* Account::find(const FolderId& id) {
  auto found = std::ranges::find_if(folders, [&](const auto& f) { return f.folder.id == id; });
  return found == folders.end() ? nullptr : &*found;
}

// What is forgotten is counted from the beginning, should it happen again.
void Account::forget_what_is_elsewhere() {
  const auto held = by_id();
  for (auto* counts : {&excused, &ended_at, &dropped}) {
    std::erase_if(*counts, [&](const auto& one) {
      const auto found = held.find(one.first.folder);
      return found == held.end() || found->second->folder.uid_validity != one.first.uid_validity;
    });
    while (counts->size() > kPlacesCounted) counts->erase(counts->begin());
  }
}

std::unordered_map<FolderId, WatchedFolder*> Account::by_id() {
  std::unordered_map<FolderId, WatchedFolder*> found;
  for (auto& folder : folders) found.emplace(folder.folder.id, &folder);
  return found;
}

}  // namespace hearback::sync
