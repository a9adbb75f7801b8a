#pragma once
// The journal: what happened, as rows in the same commit as the fact. The change feed says "look
// again"; the journal is for those who must act on each thing once, in order: triggers, webhooks,
// notifications. Positions have no gaps and no late arrivals. Rows hold ids and codes, no content.
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

struct JournalEntry {
  std::uint64_t position = 0;
  Instant at;           // zero where neither change nor commit says when
  std::string kind;     // "application.submitted", "message.received", …: docs/journal.md
  std::string subject;  // id of what it happened to
  CandidateId candidate;
  UserId user;         // who did it; empty: nobody did, or it isn't known
  std::string how;     // "person", "api", "import", "rule", "reply-to", …
  std::string before;  // codes
  std::string after;
};
struct JournalSince {  // engine: everything after this position
  Scope scope;
  std::uint64_t position = 0;
  std::size_t rows = 200;
  using Answer = std::vector<JournalEntry>;
};
struct JournalPosition {  // engine: up to where a consumer has got; 0: nothing yet
  Scope scope;
  std::string consumer;
  using Answer = std::uint64_t;
};

}  // namespace hearback::store
