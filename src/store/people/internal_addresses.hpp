#pragma once
// I-1: an address of a team member (their sign-in address, or one that they connected and that is
// proven to be theirs, C-13) is no candidate's.
#include <string_view>

#include "store/engine/applying.hpp"
#include "store/errands/steps.hpp"

namespace hearback::store {

inline constexpr std::string_view kInternalUser =
    "internal-user";  // rules::CandidateAddress::why_not

// rules::CandidateAddress::why_not, too: somebody else has it, whom the one who added it may not
// see (C-14). They are shown it as synced.
inline constexpr std::string_view kOtherCandidate = "other-candidate";

// Whether a user or a mailbox with a proven address has it now.
bool is_internal(Writing& writing, std::string_view normal);

// The address has just become internal: takes it off every candidate that has it synced, and what
// was stored through it alone off their profiles.
void keep_internal_out(Writing& writing, std::string_view normal, Instant at);

// What lies on the candidate's profile through this address alone leaves it, sealed for undo:
//  - a message placed by this address stays, by another of the candidate's synced addresses, if one
//    is among its participants; else it leaves;
//  - a thread stays while it has another basis: a message placed by another address, or one written
//    here to another synced address of the candidate. Without one it leaves whole, replies
//    included; with one, the replies in it stay.
// What is more than one commit may do is hidden by it from everybody, engines included, and leaves
// in the steps of an errand.
void seal_placements_by(Writing& writing, CandidateId candidate, std::string_view normal,
                        Instant at);

// The errand's step: about `rows` messages of what an address that was taken off has placed. One
// thread is dealt with whole.
ErrandStep take_off_some(Writing& writing, CandidateId candidate, std::size_t rows, Instant now);

// The candidate has the address again: what hasn't left on its account yet stays.
void keep_on(Writing& writing, CandidateId candidate, std::string_view normal);

}  // namespace hearback::store
