#pragma once
// Which addresses a candidate got and lost, when, by whom and why, as their timeline tells it
// (M-9). docs/decisions/0074-addresses-in-the-timeline.md
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearback::store {

struct AddressChange {
  AddressChangeId id;
  Instant at;
  std::string address;  // as it was written; empty: not told any more (0074)
  bool added = false;   // else taken off, or no longer synced
  std::optional<UserId> by;
  std::string by_name;
  std::string how;  // "person", "merged", or why it isn't synced ("internal-user")
};

}  // namespace hearback::store
