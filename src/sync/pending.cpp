#include "sync/pending.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

namespace hearback::sync {
namespace {

constexpr std::size_t kHeard = 20'000;  // during one question: then any may have been told of

}  // namespace

Pending::Hashes Pending::hashes_of(const std::vector<std::string>& message_ids) {
  Hashes hashes;
  for (const auto& id : message_ids) hashes.insert(std::hash<std::string>{}(id));
  return hashes;
}

bool Pending::add(const FolderId& folder, std::uint32_t uid,
                  const std::vector<std::string>& references) {
  const auto hashes = hashes_of(references);
  if (heard_.size() >= kHeard ||
      std::ranges::any_of(hashes, [&](auto hash) { return heard_.contains(hash); }))
    return false;
  auto known = std::ranges::find(folders_, folder);
  if (known == folders_.end()) known = folders_.insert(known, folder);
  const auto number = static_cast<std::uint32_t>(known - folders_.begin());
  for (auto hash : hashes) entries_.push_back({hash, uid, number});
  return true;
}

std::set<Pending::Place> Pending::take(const std::vector<std::string>& message_ids) {
  std::set<Place> places;
  if ((entries_.empty() && !listening_) || message_ids.empty()) return places;
  const auto hashes = hashes_of(message_ids);
  if (listening_ && heard_.size() < kHeard) heard_.insert(hashes.begin(), hashes.end());
  for (const auto& entry : entries_)
    if (hashes.contains(entry.hash)) places.insert({folders_[entry.folder], entry.uid});
  if (!places.empty())
    std::erase_if(entries_, [&](const Entry& entry) {
      return places.contains({folders_[entry.folder], entry.uid});
    });
  return places;
}

bool Pending::waits_for(const std::vector<std::string>& message_ids) const {
  if (entries_.empty()) return false;
  const auto hashes = hashes_of(message_ids);
  return std::ranges::any_of(entries_,
                             [&](const Entry& entry) { return hashes.contains(entry.hash); });
}

void Pending::drop(const FolderId& folder) {
  std::erase_if(entries_, [&](const Entry& entry) { return folders_[entry.folder] == folder; });
}

void Pending::keep_newest(std::size_t most) {
  if (entries_.size() <= most) return;
  std::ranges::sort(entries_, [](const Entry& a, const Entry& b) {
    return std::pair(a.folder, b.uid) < std::pair(b.folder, a.uid);
  });
  std::vector<std::size_t> counts(folders_.size(), 0);
  for (const auto& entry : entries_) ++counts[entry.folder];
  // What small folders don't need of their share the large ones have.
  std::vector<std::size_t> by_size(folders_.size()), room(folders_.size(), 0);
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::ranges::sort(by_size, {}, [&](std::size_t folder) { return counts[folder]; });
  for (std::size_t i = 0; i < by_size.size(); ++i) {
    const auto folder = by_size[i];
    room[folder] = std::min(counts[folder], most / (by_size.size() - i));
    most -= room[folder];
  }
  std::vector<Entry> kept;
  for (const auto& entry : entries_)
    if (room[entry.folder] > 0) {
      --room[entry.folder];
      kept.push_back(entry);
    }
  entries_ = std::move(kept);
}

}  // namespace hearback::sync
