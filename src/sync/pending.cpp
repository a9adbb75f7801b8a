#include "sync/pending.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

namespace hearback::sync {
namespace {

constexpr std::size_t kHeard = 20'000;  // during one question: then any may have been told of

std::uint64_t hash_of(const std::string& message_id) {
  return std::hash<std::string>{}(message_id);
}

}  // namespace

Pending::Hashes Pending::hashes_of(const std::vector<std::string>& message_ids) {
  Hashes hashes;
  for (const auto& id : message_ids) hashes.insert(hash_of(id));
  return hashes;
}

std::uint32_t Pending::number_of(const FolderId& folder) {
  const auto [known, anew] = numbers_.emplace(folder, static_cast<std::uint32_t>(folders_.size()));
  if (anew) folders_.push_back(folder);
  return known->second;
}

bool Pending::add(const FolderId& folder, std::uint32_t uid,
                  const std::vector<std::string>& references) {
  if (heard_.size() >= kHeard ||
      (!heard_.empty() && std::ranges::any_of(references, [&](const auto& id) {
        return heard_.contains(hash_of(id));
      })))
    return false;
  const At at{number_of(folder), uid};
  if (waiting_.contains(at)) return true;
  const auto count = static_cast<std::uint32_t>(std::min(references.size(), kNearest));
  if (references_ + count > kMost) {
    overflowed_ = true;
    return true;
  }
  if (by_reference_.size() + count > 2 * kMost) forget_taken();
  waiting_.emplace(at, count);
  references_ += count;
  for (std::uint32_t i = 0; i < count; ++i) by_reference_.emplace(hash_of(references[i]), at);
  return true;
}

std::set<Pending::Place> Pending::take(const Hashes& message_ids) {
  std::set<Place> places;
  if (listening_ && heard_.size() < kHeard) heard_.insert(message_ids.begin(), message_ids.end());
  if (waiting_.empty()) return places;
  for (auto hash : message_ids) {
    const auto [first, last] = by_reference_.equal_range(hash);
    for (auto entry = first; entry != last; ++entry) {
      const auto found = waiting_.find(entry->second);
      if (found == waiting_.end()) continue;
      places.insert({folders_[entry->second.folder], entry->second.uid});
      references_ -= found->second;
      waiting_.erase(found);
    }
    by_reference_.erase(first, last);
  }
  if (waiting_.empty()) by_reference_.clear();
  return places;
}

std::vector<std::uint32_t> Pending::waiting_in(const FolderId& folder) const {
  std::vector<std::uint32_t> uids;
  const auto number = numbers_.find(folder);
  if (number == numbers_.end()) return uids;
  for (auto one = waiting_.lower_bound({number->second, 0});
       one != waiting_.end() && one->first.folder == number->second; ++one)
    uids.push_back(one->first.uid);
  return uids;
}

void Pending::drop(const FolderId& folder) {
  const auto number = number_of(folder);
  std::erase_if(waiting_, [&](const auto& one) {
    if (one.first.folder != number) return false;
    references_ -= one.second;
    return true;
  });
  forget_taken();
}

void Pending::forget_taken() {
  std::erase_if(by_reference_, [&](const auto& entry) { return !waiting_.contains(entry.second); });
}

bool Pending::keep_newest(std::size_t most) {
  if (references_ <= most) return false;
  std::vector<std::size_t> counts(folders_.size(), 0);
  for (const auto& [at, references] : waiting_) counts[at.folder] += references;
  // What small folders don't need of their share the large ones have.
  std::vector<std::size_t> by_size(folders_.size()), room(folders_.size(), 0);
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::ranges::sort(by_size, {}, [&](std::size_t folder) { return counts[folder]; });
  for (std::size_t i = 0; i < by_size.size(); ++i) {
    const auto folder = by_size[i];
    room[folder] = std::min(counts[folder], most / (by_size.size() - i));
    most -= room[folder];
  }
  for (auto one = waiting_.end(); one != waiting_.begin();) {
    --one;
    auto& left = room[one->first.folder];
    if (left > 0) {
      left -= std::min<std::size_t>(left, one->second);
      continue;
    }
    references_ -= one->second;
    one = waiting_.erase(one);
  }
  forget_taken();
  return true;
}

}  // namespace hearback::sync
