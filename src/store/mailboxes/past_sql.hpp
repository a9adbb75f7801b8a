#pragma once
// rules/past in SQL.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "rules/access.hpp"
#include "rules/nouns.hpp"
#include "store/engine/applying.hpp"

namespace hearback::store {

// Of a row of `added_addresses`: nobody has the address now, and it may come back.
inline constexpr std::string_view kAddingIsAside = "left_at is not null and back_at is null";
// Of rows of `added_addresses` (x) and `mailboxes` (b) of one company: until when what came is past
// (as the owner was asked; else, of a mailbox that was connected while nobody had the address,
// until it was added again); and the conditions that the owner has a say in it, that they didn't
// add it themselves, and that it is open. What was said of it once is said, also where the mailbox
// was connected anew since.
inline const std::string kPastSince =
    "coalesce((select past_u.until from past_requests past_u where past_u.company = b.company"
    "  and past_u.mailbox = b.id and past_u.normal = x.normal),"
    " case when x.left_at <= b.connected then x.back_at else x.since end)";
inline const std::string kPastIsTheirs =
    "(x.left_at is null or x.back_at is not null)"
    " and (x.added_by is null or x.added_by <> b.owner) and (" +
    kPastSince +
    " > b.connected"
    "  or exists (select 1 from past_requests past_r where past_r.company = b.company"
    "   and past_r.mailbox = b.id and past_r.normal = x.normal))";
inline const std::string kPastConcerns =
    kPastIsTheirs +
    " and not exists (select 1 from candidate_addresses past_a where past_a.company = x.company"
    "  and past_a.normal = x.normal and past_a.synced = 1 and past_a.added_by = b.owner)";
inline constexpr std::string_view kPastIsOpen =
    "coalesce((select r.state from past_requests r where r.company = b.company"
    " and r.mailbox = b.id and r.normal = x.normal and r.state <> 'none'), b.past)"
    " in ('opened', 'open')";
// Of a mailbox (b) and a request of it (r): what was judged of it before that was opened has yet to
// be judged again.
inline constexpr std::string_view kPastIsLookedFor = "b.judged_to < r.judged_anew";

// Somebody has added the address. Where no other candidate had it, owners are asked from now on;
// but where it comes back to the candidate it was taken off, all is as it was.
void note_adding(Writing& writing, CandidateId candidate, std::string_view normal,
                 const std::optional<rules::Scope>& by, Instant at);
// Owners are asked from now on, whatever was granted before: so where a candidate has it now whom
// somebody gave it that could see nothing of that.
void begin_adding(Writing& writing, std::string_view normal, const std::optional<UserId>& by,
                  Instant at);
// It was taken off the candidate: where nobody has it any more, what was granted is kept aside for
// as long as that may be undone.
void keep_adding_aside(Writing& writing, std::string_view normal, CandidateId taken_off,
                       Instant at);
inline constexpr Duration kAddingStaysAside = std::chrono::hours(24 * 30);
void prune_addings(Writing& writing, Instant now, std::size_t rows);
// Where nobody has it any more, nothing is left of who did, nor of what owners said (D-1), but for
// others of whom it was taken off.
void leave_adding(Writing& writing, std::string_view normal, Instant at);
// Nor for them: it is nobody's for good.
void forget_adding(Writing& writing, std::string_view normal);
// Likewise of what is kept aside of those that were taken off the candidate, who is deleted.
void forget_addings_aside(Writing& writing, CandidateId taken_off);
// What was taken off the merged one was taken off the kept one from now on; and, once they are
// parted, what was taken off since is whose address it was.
void hand_on_addings_aside(Writing& writing, CandidateId merged, CandidateId kept);
void hand_back_addings_aside(Writing& writing, CandidateId merged, CandidateId kept, Instant at);
// What the owner declined when they had this address connected before stays so.
void take_over_declined(Writing& writing, const rules::Mailbox& box);

}  // namespace hearback::store
