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

namespace hearback::store {

inline constexpr std::string_view kNonCandidate =
    "non-candidate";  // rules::CandidateAddress::why_not

// ---- changes -----------------------------------------------------------------------------------

// Somebody whom nobody has written to before. Their address takes no part in matching: only what
// answers is read. Conversations that begin with them are given to their keeper
// (rules::keeper_of_exchange).
struct AddNonCandidate {
  CandidateId id;
  std::string address;  // as written
  std::string normal;
  std::optional<UserId> keeper;
  Instant at;
};
// They are a candidate from now on, and all conversations with them are that one's; what is known
// of that candidate follows as a PutCandidate in the same commit.
// Kind::missing, "thread.missing": not there, or not to be seen. Kind::conflict,
// "thread.of-candidate": it is a candidate's already. Kind::denied, "non-candidate.kept":
// rules::may_take_over says no.
struct TakeOver {
  ThreadId thread;
  rules::Scope by;
  Instant at;
};
// As it was before; what their address alone has placed goes (C-14). Idempotent.
// Kind::missing, "thread.missing": not there, or not to be seen. Kind::conflict,
// "candidate.in-use": they have got into another job, moved in it, or got another address since.
struct UndoTakeOver {
  ThreadId thread;
  rules::Scope by;
  Instant at;
};

// ---- questions ---------------------------------------------------------------------------------

struct NonCandidate {
  rules::Candidate person;  // nobody knows their name
  std::optional<UserId> keeper;
};
// Whom the reader's next message to this address is with: whom all who see all jobs write with, or
// those of them who don't, each for themselves.
struct NonCandidateWith {
  rules::Scope scope;
  std::string normal;
  using Answer = std::optional<NonCandidate>;
};
// Whom a conversation is with, where that is no candidate.
struct NonCandidateOf {
  rules::Scope scope;
  ThreadId thread;
  using Answer = std::optional<NonCandidate>;
};

}  // namespace hearback::store
