#pragma once
// What leaves.
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

struct OutboxDue {  // engine: what may be worked on now, across the company, oldest first
  Scope scope;
  Instant now;
  std::size_t rows = 50;
  bool also_leased = false;  // what somebody holds, too: the asker knows that nobody does
  struct Row {
    rules::OutboxMessage message;
    std::optional<Instant> lease_until;  // somebody holds it until then
  };
  using Answer = std::vector<Row>;
};
struct OutboxNextDue {  // when the next row becomes due, if any waits
  Scope scope;
  using Answer = std::optional<Instant>;
};
struct OutboxById {
  Scope scope;
  OutboxId id;
  using Answer = std::optional<rules::OutboxMessage>;
};
struct OutboxOf {  // the scope's user's own that are under way or need a decision
  Scope scope;
  using Answer = std::vector<rules::OutboxMessage>;
};

}  // namespace hearback::store
