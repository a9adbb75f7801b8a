#include "rules/merging_candidates.hpp"

#include <algorithm>

#include "rules/access.hpp"

namespace hearback::rules {
namespace {

template <class All>
auto* find_same(All& all, const MergedAddress& one) {
  const auto at = std::ranges::find_if(
      all, [&](const auto& other) { return other.address.normal == one.address.normal; });
  return at == all.end() ? nullptr : &*at;
}

// M-3: of somebody who is no candidate.
bool is_for_nothing(const MergedAddress& one) { return one.address.why_not == "non-candidate"; }

// As it was, unless it no longer takes part; then as it is. Whether it is a colleague's is so now,
// whatever was then (I-1). What was looked for since needn't be
// looked for again.
MergedAddress as_before(const MergedAddress& before, const MergedAddress& now) {
  auto one = before;
  const auto is_internal = [](const MergedAddress& address) {
    return address.address.why_not == "internal-user";
  };
  if (is_internal(before) || is_internal(now) || (before.address.synced && !now.address.synced)) {
    one = now;
    one.address.address = before.address.address;
  } else if (before.address.synced) {
    one.match_revision = std::max(before.match_revision, now.match_revision);
  }
  return one;
}

}  // namespace

bool may_merge_candidates(const User& user) { return may_edit_candidates(user); }

std::optional<NotMerged> why_not_merged(CandidateId kept, CandidateId merged,
                                        std::size_t addresses) {
  if (kept == merged) return NotMerged::same;
  if (addresses > kAddressesOfCandidate) return NotMerged::too_many_addresses;
  return std::nullopt;
}

MergedAddresses merge_addresses(const MergedAddresses& kept, const MergedAddresses& merged) {
  auto all = kept;
  for (const auto& one : merged) {
    auto* same = find_same(all, one);
    if (!same)
      all.push_back(one);
    else if (one.address.synced && !same->address.synced)
      *same = one;
  }
  return all;
}

bool comes_along(const Application& one, const std::vector<Application>& kept) {
  return std::ranges::none_of(kept, [&](const auto& other) { return other.job == one.job; });
}

PartedAddresses part_addresses(const MergedAddresses& now, const MergedAddresses& kept_before,
                               const MergedAddresses& merged_before) {
  PartedAddresses parted;
  for (const auto& one : now) {
    const auto* kept = find_same(kept_before, one);
    const auto* merged = find_same(merged_before, one);
    // By an address that took no part for the merged one, or that they didn't have, nothing became
    // otherwise for the kept one: what has since stays so.
    const bool given = merged && merged->address.synced;
    if (kept) parted.kept.push_back(given ? as_before(*kept, one) : one);
    if (!kept && !merged) parted.kept.push_back(one);
  }
  for (const auto& one : merged_before) {
    if (is_for_nothing(one))
      parted.merged.push_back(one);
    else if (const auto* still = find_same(now, one))
      parted.merged.push_back(find_same(kept_before, one) ? as_before(one, *still) : *still);
  }
  return parted;
}

}  // namespace hearback::rules
