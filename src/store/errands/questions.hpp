#pragma once
// Errands: work that would hold a company's lock for too long as one commit. A row says what is to
// be done; each step is one bounded commit, so that a crash loses nothing and everybody else gets
// their turn in between.
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

struct Errand {
  ErrandId id;
  std::string kind;     // "forget-candidate", "take-off-addresses", "take-up-threads"
  std::string subject;  // the id of what it is about
  std::optional<UserId> started_by;
  Instant created, not_before;
  std::optional<Instant> finished;
  std::uint64_t steps = 0, done = 0;  // commits so far, rows that they dealt with
  std::string error;                  // code of what stopped the last step; it is tried again
};

struct ErrandsDue {  // engine: unfinished ones, the longest waiting first. What is farther ahead
                     // than kFarthest was put off by a clock that was wrong, so it is due.
  static constexpr Duration kFarthest = std::chrono::hours(1);
  Scope scope;
  Instant now;
  std::size_t rows = 20;
  using Answer = std::vector<Errand>;
};
struct ErrandsNextDue {  // engine: when the first unfinished one is due; nothing: there is none
  Scope scope;
  using Answer = std::optional<Instant>;
};
struct Errands {  // the newest: admins see the company's, others what they started themselves
  Scope scope;
  using Answer = std::vector<Errand>;
};

}  // namespace hearback::store
