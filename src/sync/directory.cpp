#include "sync/directory.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "rules/internal.hpp"

namespace hearback::sync {
namespace {

std::uint64_t hash_of(std::string_view normal) { return std::hash<std::string_view>{}(normal); }

}  // namespace

void Directory::add(const std::vector<Entry>& entries) {
  const auto old = static_cast<std::ptrdiff_t>(owned_.size());
  for (const auto& entry : entries) {
    const auto hash = hash_of(entry.normal);
    owned_.push_back({entry.candidate, hash});
    ++holders_[hash];
  }
  const auto added = owned_.begin() + old;
  std::sort(added, owned_.end());
  if (old == 0 || added == owned_.end() || added[-1] < *added) return;  // ids are in order of time
  std::vector<Owned> merged;
  merged.reserve(owned_.size());
  std::merge(owned_.begin(), added, added, owned_.end(), std::back_inserter(merged));
  owned_ = std::move(merged);
}

void Directory::replace(std::vector<CandidateId> candidates, const std::vector<Entry>& entries) {
  std::ranges::sort(candidates);
  const auto held = [&](const CandidateId& candidate) {
    return std::ranges::binary_search(owned_, candidate, {}, &Owned::candidate);
  };
  // Who is new has nothing to lose: a great many may be added one by one.
  if (std::ranges::any_of(candidates, held))
    std::erase_if(owned_, [&](const Owned& owned) {
      if (!std::ranges::binary_search(candidates, owned.candidate)) return false;
      drop(owned.hash);
      return true;
    });
  add(entries);
}

void Directory::drop(std::uint64_t hash) {
  auto holders = holders_.find(hash);
  if (holders != holders_.end() && --holders->second == 0) holders_.erase(holders);
}

bool Directory::knows(std::string_view normal) const { return holders_.contains(hash_of(normal)); }

bool Directory::may_match(const mail::Envelope& envelope) const {
  bool found = false;
  rules::for_each_participant(envelope, [&](const mail::Address& address) {
    found = found || (!address.normal.empty() && knows(address.normal));
  });
  return found;
}

}  // namespace hearback::sync
