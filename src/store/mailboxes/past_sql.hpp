#pragma once
// rules/past in SQL.
#include <string>
#include <string_view>

#include "rules/access.hpp"
#include "store/engine/applying.hpp"

namespace hearback::store {

// Conditions on rows of `added_addresses` (x) and `mailboxes` (b) of one company: that the owner
// has a say in it, and that it is open.
inline constexpr std::string_view kPastConcerns = "x.added_by <> b.owner and x.since > b.connected";
inline constexpr std::string_view kPastIsOpen =
    "coalesce((select r.state from past_requests r where r.company = b.company"
    " and r.mailbox = b.id and r.normal = x.normal), b.past) in ('opened', 'open')";

// Somebody has added the address, which no other candidate had: owners are asked from now on.
void note_adding(Writing& writing, CandidateId candidate, std::string_view normal,
                 const std::optional<rules::Scope>& by, Instant at);
// Where nobody has it any more, nothing is left of who did, nor of what owners said (D-1).
void forget_adding(Writing& writing, std::string_view normal);

}  // namespace hearback::store
