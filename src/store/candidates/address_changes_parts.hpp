#pragma once
// How what becomes of a candidate's addresses is noted for their timeline, and where that goes when
// candidates are merged, parted, or deleted.
#include <string_view>
#include <vector>

#include "rules/merging_candidates.hpp"
#include "store/candidates/address_changes.hpp"
#include "store/engine/applying.hpp"

namespace hearback::store {

inline constexpr std::string_view kByPerson = "person", kByMerge = "merged";

// Whether it looks synced to who added it: one that waits for somebody unseen does (C-14), so that
// it comes and goes in the timeline as any other.
bool looks_synced(const rules::CandidateAddress& address);

struct AddressNote {
  CandidateId candidate;
  std::string_view address, normal;
  bool added = false;
  Instant at;
  std::optional<UserId> by = {};
  std::string_view how = kByPerson;
  std::optional<CandidateId> merged = {};  // by whose merge it came
};
void note_address(Writing& writing, const AddressNote& note);

// Some were written, some taken off: each that looks otherwise than before is noted. What a
// candidate began with isn't: it came with them.
void note_addresses(Writing& writing, CandidateId candidate, Instant at, std::optional<UserId> by,
                    const std::vector<rules::CandidateAddress>& before,
                    const std::vector<rules::CandidateAddress>& after);

// The newest of a candidate's below (at, id); newest first. Who may see the candidate may see them.
std::vector<AddressChange> address_changes_below(Db& db, CompanyId company, CandidateId candidate,
                                                 Instant at, AddressChangeId id, std::size_t rows);

// The kept one's timeline tells of both, and which addresses came: `before` and `after` are the
// kept one's.
struct AddressesGiven {
  CandidateId kept, merged;
  Instant at;
  std::optional<UserId> by;
};
void give_address_changes(Writing& writing, const AddressesGiven& given,
                          const rules::MergedAddresses& before,
                          const rules::MergedAddresses& after);
// What is told of the merged one's addresses, of then and of since, goes back. Of what isn't the
// kept one's nothing stays with it, since whoever sees it alone knows nothing of the other: what
// was done `since` they were one goes back or, where it is neither one's, altogether; and of before
// it is told of the other's addresses by mistakes alone, or by an upgrade, which go as well. Both
// stand again. `of_merged`, `of_kept`: what each had before, and has now.
void take_back_address_changes(Writing& writing, CandidateId merged, CandidateId kept,
                               Instant since, const rules::MergedAddresses& of_merged,
                               const rules::MergedAddresses& of_kept);
// They are no candidate (any more): nothing is told.
void drop_address_changes(Writing& writing, CandidateId candidate);
// These were the candidate's, who is being deleted: they are told of nobody else but those who have
// them. As much as one commit may at once, and the rest by the errand, which knows of it by what is
// noted of the candidate.
void forget_addresses_elsewhere(Writing& writing, CandidateId candidate,
                                const std::vector<std::string>& normals, Instant at);
// A step of forgetting: at most `rows`, of theirs and of what is told elsewhere. → how many.
std::size_t forget_address_changes(Writing& writing, CandidateId candidate, std::size_t rows);
// At most `rows` of those that are due: one whose address the candidate doesn't have any more tells
// none from now on, only that there was one. So none is told for longer than thirty days after it
// was taken off, whoever may have been deleted meanwhile who had it too. Of the others it is looked
// at again thirty days later.
void prune_address_changes(Writing& writing, Instant now, std::size_t rows);

// Of what was added, or had become a colleague's, before changes were noted.
void note_addresses_of_old(Db& db);

}  // namespace hearback::store
