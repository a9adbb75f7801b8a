#pragma once
// What making a candidate of somebody and adding their exchange to one share.
#include <optional>
#include <string>

#include "rules/access.hpp"
#include "store/candidates/non_candidates.hpp"
#include "store/engine/applying.hpp"

namespace hearback::store {

struct With {
  ThreadId thread;  // as it stands
  CandidateId person;
  bool non_candidate = false;
  std::optional<UserId> keeper;
};
// Whom a conversation that is seen is with; refuses "thread.missing".
With seen_with(Writing& writing, const Scope& by, ThreadId asked);
// With somebody who is no candidate; refuses "thread.of-candidate" and what
// expect_may_take_over refuses.
With expect_exchange(Writing& writing, const Scope& by, ThreadId asked);
// Refuses "non-candidate.kept".
void expect_may_take_over(const Scope& by, const std::optional<UserId>& keeper);
// Whether an exchange with an address, by its normal form, is kept by them, or by all who see all
// jobs: there is one (M-3).
bool is_kept(Writing& writing, const std::string& normal, const std::optional<UserId>& keeper);
[[noreturn]] void refuse_in_use();

// Their conversations lie in another view now: one statement, however many these are. One of them
// says so to who sees them all; none is told of where there is none.
void change_place(Writing& writing, CandidateId person, std::optional<ThreadId> shown, Place from,
                  Place into);
// What there was with them before they were taken over is its keeper's to see as such, or no
// longer.
void give_to_keeper(Writing& writing, CandidateId person, UserId keeper, Instant taken_over);
void take_from_keeper(Writing& writing, CandidateId person, UserId keeper);
// What answers a message that was written here is read whoever it comes from, so it stays; what the
// address alone has brought goes. `by`: what that address has brought into that conversation. → how
// many
struct BroughtBy {
  ThreadId thread;
  std::string normal;
};
std::size_t keep_answers(Writing& writing, CandidateId person,
                         const std::optional<BroughtBy>& by = std::nullopt);

}  // namespace hearback::store
