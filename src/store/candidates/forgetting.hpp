#pragma once
// Forgetting a candidate (S-7, D-1) in steps: hidden at once (ForgetCandidate), then taken away
// (AdvanceErrand) however much there is.
#include <string_view>
#include <vector>

#include "store/engine/applying.hpp"
#include "store/errands/steps.hpp"

namespace hearback::store {

// Who may see the candidate, active or not: whoever no longer may after this commit hears of it
// only where they are named beforehand.
std::vector<UserId> who_sees(Db& db, CompanyId company, CandidateId candidate);

Error too_many_candidates_today();

// Refuses (Kind::missing, "candidate.missing") somebody who is written with and is none (M-3).
void expect_candidate(Writing& writing, CandidateId candidate);

// The rows that candidates of a job are listed and counted by follow the applications. → in which
// jobs the candidate is listed no longer, and newly.
struct JobsMoved {
  std::vector<JobId> left, joined;
};
JobsMoved list_in_jobs(Writing& writing, CandidateId candidate);

// Nobody has this address synced any more: of those who were kept from it because somebody else had
// it (kOtherCandidate), it is now the one's who has waited longest. `taken_off`: of whom it was
// taken off, and may be added to again.
void pass_on(Writing& writing, std::string_view normal, Instant at,
             std::optional<CandidateId> taken_off = {});

// At most `rows` of what is stored of the candidate. Waits while a message is just leaving.
ErrandStep forget_some(Writing& writing, CandidateId candidate, std::size_t rows, Instant now);

}  // namespace hearback::store
