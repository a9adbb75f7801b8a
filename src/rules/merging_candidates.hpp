#pragma once
// Two profiles of one person become one (O-5): what the kept one has then, and what each has after
// that was taken back. docs/decisions/0046-merging-candidates.md
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

// Who changes candidates for all who see them: admins and managers.
bool may_merge_candidates(const User& user);

// For so long a merge can be taken back.
inline constexpr Duration kMergeStaysUndoable = std::chrono::hours(24 * 30);
// That one candidate may have.
inline constexpr std::size_t kAddressesOfCandidate = 50;

// An address of one of the two, with what its matching remembers: since which match revision it
// takes part, and who added it.
struct MergedAddress {
  CandidateAddress address;
  std::int64_t match_revision = 0;
  std::optional<UserId> added_by = {};
  bool operator==(const MergedAddress&) const = default;
};
using MergedAddresses = std::vector<MergedAddress>;

enum class NotMerged {
  same,                // with itself
  too_many_addresses,  // they would have more than one candidate may
};
// `addresses`: of the two together.
std::optional<NotMerged> why_not_merged(CandidateId kept, CandidateId merged,
                                        std::size_t addresses);

// What the kept one has then: each address once, its own first. One that both have takes part in
// matching if it does for either: it is the same person's. Any other keeps its state.
MergedAddresses merge_addresses(const MergedAddresses& kept, const MergedAddresses& merged);

// An application for a job that the kept one is in as well doesn't come along: theirs stays as it
// is, and the other one is put aside until the merge is undone.
bool comes_along(const Application& one, const std::vector<Application>& kept);

// Taken back: of what the kept one has `now`, each gets what it had before. What was added since
// stays; what was taken off since is given back to nobody, since a person, or an internal address
// (I-1), has narrowed what is read; and what no longer takes part doesn't for either. Of an address
// that took no part for the merged one nothing is taken back from the kept one. Who was no
// candidate (M-3) has theirs again whatever became of it: nothing is read by it.
struct PartedAddresses {
  MergedAddresses kept, merged;
};
PartedAddresses part_addresses(const MergedAddresses& now, const MergedAddresses& kept_before,
                               const MergedAddresses& merged_before);

}  // namespace hearback::rules
