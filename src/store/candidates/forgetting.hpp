#pragma once
// Forgetting a candidate (S-7, D-1) in steps: hidden at once (ForgetCandidate), then taken away
// (AdvanceErrand) however much there is.
#include <optional>
#include <string_view>

#include "store/engine/applying.hpp"

namespace hearback::store {

inline constexpr std::string_view kForgetCandidate = "forget-candidate";  // Errand::kind

// The rows that candidates of a job are listed and counted by follow the applications.
void list_in_jobs(Writing& writing, CandidateId candidate);

// Nobody has this address synced any more: of those who were kept from it because somebody else had
// it (kOtherCandidate), it is now the one's who has waited longest.
void pass_on(Writing& writing, std::string_view normal, Instant at);

struct Forgotten {
  std::size_t rows = 0;   // dealt with in this step
  bool finished = false;  // nothing of the candidate is left
  // Nothing was done: a message is just leaving. Not again before then.
  std::optional<Instant> waits_until = {};
};
// At most `rows` of them.
Forgotten forget_some(Writing& writing, CandidateId candidate, std::size_t rows, Instant now);

}  // namespace hearback::store
