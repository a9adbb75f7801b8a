#pragma once
// M-3: people who are written with and are no candidates. docs/decisions/0047-non-candidates.md
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"
#include "rules/nouns.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

inline constexpr std::string_view kNonCandidate =
    "non-candidate";  // rules::CandidateAddress::why_not

// ---- changes -----------------------------------------------------------------------------------

// Somebody whom nobody has written to before, else "store.expectation". Their address takes no part
// in matching: only what answers is read. Conversations that begin with them are given to their
// keeper (rules::keeper_of_exchange).
struct AddNonCandidate {
  CandidateId id;
  std::string address;  // as written
  std::string normal;
  std::optional<UserId> keeper;
  UserId by;  // counts toward what they may make in a day ("non-candidate.too-many-today")
  Instant at;
};
// They are a candidate from now on, and all conversations with them are that one's: who sees these
// is who may see the candidate, their keeper no longer as such. What is known of that candidate
// follows as a PutCandidate in the same commit; they count toward what `by` may make in a day.
// Kind::missing, "thread.missing": not there, or not to be seen. Kind::conflict,
// "thread.of-candidate": it is a candidate's already. Kind::denied, "non-candidate.kept":
// rules::may_take_over says no.
struct TakeOver {
  ThreadId thread;
  rules::Scope by;
  Instant at;
};
// As it was before, also where the exchange was added to a candidate; what their address alone has
// placed goes (C-14). Idempotent.
// Kind::missing, "thread.missing": not there, or not to be seen. Kind::conflict,
// "candidate.in-use": somebody has written to them, moved their messages or them, or changed jobs
// or addresses of theirs since.
struct UndoTakeOver {
  ThreadId thread;
  rules::Scope by;
  Instant at;
};

// The exchange with somebody who is no candidate is this candidate's from now on, and so is the
// address, as one that `by` adds (C-14, I-1). The person is none by themselves any more: as with a
// merge (docs/decisions/0046-merging-candidates.md), whose UndoMerge, or UndoTakeOver of one of the
// conversations, puts all back.
// Refused as TakeOver and PutCandidate are; Kind::conflict, "candidate.merged": the candidate has
// become part of another one, "merge.too-many-addresses", "merge.too-large",
// "candidate.leaving-mail".
struct AddToCandidate {
  ThreadId thread;
  CandidateId candidate;
  rules::Scope by;
  Instant at;
};

// ---- expectations ------------------------------------------------------------------------------

// Whom a message is with is still a candidate, or still none.
struct IsNonCandidate {
  CandidateId person;
  bool non_candidate = false;
};

// ---- questions ---------------------------------------------------------------------------------

struct NonCandidate {
  rules::Candidate person;  // nobody knows their name
  std::optional<UserId> keeper;
};
// Whom the reader's next message to this address is with: whom all who see all jobs write with, or
// those of them who don't, each for themselves.
struct NonCandidateWith {
  Scope scope;
  std::string normal;
  using Answer = std::optional<NonCandidate>;
};
// Whom a conversation is with, where that is no candidate.
struct NonCandidateOf {
  Scope scope;
  ThreadId thread;
  using Answer = std::optional<NonCandidate>;
};

}  // namespace hearback::store
