#pragma once
// Whose mail doesn't come in while jobs are archived (S-6), how much of it was passed over, and how
// it is caught up with. Which candidate rests is told by the jobs' rows, never stored: closing one
// holds at once, however many candidates it has.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

// In SQL, as rules::rests says: 1 or 0 for the candidate that the expression holds; $1 the company.
std::string rests(std::string_view candidate);

// When jobs of the candidate were caught up with last, in SQL, 0: never. What was counted before
// has come in since; a job that they came into only later didn't look for theirs.
std::string caught_up(std::string_view candidate);
inline constexpr std::int64_t kDayOfSkipped = 86'400'000;

// About mail that is passed over, before it is counted.
struct KnownOfSkipped {
  Scope scope;                           // the engine's
  std::vector<std::string> normals;      // participants
  std::vector<std::string> message_ids;  // headers' values
  struct Answer {
    std::vector<std::string> mailboxes;  // of `normals`: addresses of mailboxes that are read
    std::vector<std::string> stored;     // of `message_ids`
  };
};
struct CountSkipped {  // mail of a candidate who rests; nothing where they don't any more, or are
                       // gone. Nothing is kept but how many there were in a day (UTC).
  CandidateId candidate;
  std::uint64_t messages = 0;
  Instant at;
};
struct CatchUp {  // all mailboxes are searched for this candidate's addresses, as for new ones, and
                  // what was passed over is no longer told. "candidate.rests" where they still do;
                  // "candidate.missing" for one whom `by` doesn't see
  CandidateId candidate;
  rules::Scope by;
  Instant at;
};

}  // namespace hearback::store
