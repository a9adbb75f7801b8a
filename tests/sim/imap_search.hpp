#pragma once
// The search keys of IMAP (RFC 3501 section 6.4.4) that the model server knows.
#include <cstdint>
#include <vector>

#include "sim/imap_command.hpp"
#include "sim/model_imap.hpp"

namespace hearback::sim {

struct SearchedMessage {
  const ImapMessage& message;
  std::uint32_t number = 0;                // in the session's view
  const std::vector<std::uint32_t>& view;  // UIDs
};

// Reads one key. False: it isn't known, or is malformed.
bool search_key(CommandReader& in, const SearchedMessage& one, bool* match);

}  // namespace hearback::sim
