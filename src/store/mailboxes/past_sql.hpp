#pragma once
// rules/past in SQL.
#include <optional>
#include <string>
#include <string_view>

#include "rules/access.hpp"
#include "store/engine/applying.hpp"

namespace hearback::store {

// Conditions on rows of `added_addresses` (x) and `mailboxes` (b) of one company: that the owner
// has a say in it, and that it is open.
inline constexpr std::string_view kPastConcerns =
    "x.added_by <> b.owner and x.since > b.connected"
    " and not exists (select 1 from candidate_addresses past_a where past_a.company = x.company"
    "  and past_a.normal = x.normal and past_a.synced = 1 and past_a.added_by = b.owner)";
inline constexpr std::string_view kPastIsOpen =
    "coalesce((select r.state from past_requests r where r.company = b.company"
    " and r.mailbox = b.id and r.normal = x.normal), b.past) in ('opened', 'open')";

// Somebody has added the address. Where no other candidate had it, owners are asked from now on.
void note_adding(Writing& writing, CandidateId candidate, std::string_view normal,
                 const std::optional<rules::Scope>& by, Instant at);
// Owners are asked from now on, whatever was granted before: so where a candidate has it now whom
// somebody gave it that could see nothing of that.
void begin_adding(Writing& writing, std::string_view normal, const std::optional<UserId>& by,
                  Instant at);
// Where nobody has it any more, nothing is left of who did, nor of what owners said (D-1).
void forget_adding(Writing& writing, std::string_view normal);

}  // namespace hearback::store
