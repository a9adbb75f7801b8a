#pragma once
// The change feed: "look again", without content.
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

// One entry of the change feed. `candidate` decides who may hear of it; entries without one are
// for `user` alone, or for everybody of the company when that is empty as well.
struct FeedEntry {
  std::uint64_t revision = 0;
  std::string kind;  // "message", "thread", "candidate", "mailbox", "outbox", "directory", "user"
  std::string id;    // of what changed
  CandidateId candidate;
  UserId user;
};
struct Since {
  Scope scope;
  std::uint64_t revision = 0;  // everything after this one, gap-free
  std::size_t rows = 500;
  using Answer = std::vector<FeedEntry>;
};

}  // namespace hearback::store
