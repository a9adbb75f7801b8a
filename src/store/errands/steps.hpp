#pragma once
// What an errand does: its first part lies in the commit that begins it, the rest in bounded steps
// (AdvanceErrand).
#include <optional>
#include <string_view>

#include "store/engine/applying.hpp"

namespace hearback::store {

// Errand::kind. The subject of the first two is a candidate, that of the last a user.
inline constexpr std::string_view kForgetCandidate = "forget-candidate";
inline constexpr std::string_view kTakeOffAddresses = "take-off-addresses";
inline constexpr std::string_view kTakeUpThreads = "take-up-threads";

struct ErrandStep {
  std::size_t rows = 0;   // dealt with in this step
  bool finished = false;  // nothing is left to be done
  // Nothing was done, for something has to happen first. Not again before then.
  std::optional<Instant> waits_until = {};
};

// Whom it is about, a candidate or a user, has one errand at a time: begun anew where there was
// one. Who is being forgotten needs no other, and none takes the place of that.
void begin_errand(Writing& writing, std::string_view kind, const Uuid& subject,
                  std::optional<UserId> by, Instant at);

}  // namespace hearback::store
