#pragma once
// The change feed: "look again", without content.
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/limits.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

// One entry of the change feed, and its audience: `user` alone, where one is named (who must see
// `thread`, where that is named, too); else who may see `thread`; else who may see `mailbox`; else
// who may see `candidate`; else everybody of the company.
struct FeedEntry {
  std::uint64_t revision = 0;
  std::string kind;  // "message", "thread", "candidate", "mailbox", "outbox", "directory", "user",
                     // "session", "follow" (one of the user's own), "followers" (of the candidate),
                     // "archive" (somebody put a thread away, or took it back)
  std::string id;    // of what changed
  CandidateId candidate;  // beside a thread: whose it is
  UserId user;
  ThreadId thread;
  MailboxId mailbox;
};
struct Prunable {  // engine: whether there is more for Prune to take away
  Scope scope;
  Instant now;
  Retention kept;
  using Answer = bool;
};
struct Since {
  Scope scope;
  std::uint64_t revision = 0;  // everything after this one, gap-free; see CompanyFacts::feed_start
  std::size_t rows = 500;
  // Up to this one: whoever may see little asks for a stretch at a time, since each entry of it is
  // looked at.
  std::uint64_t upto = INT64_MAX;
  using Answer = std::vector<FeedEntry>;
};

}  // namespace hearback::store
