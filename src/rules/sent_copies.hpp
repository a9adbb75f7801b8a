#pragma once
// Who puts the copy of a sent message into the mailbox's Sent folder: the provider by itself, or
// we? There should be exactly one (S-1, SEND-13), and no list of host names tells. It is learned
// per mailbox from what is seen.
#include "rules/nouns.hpp"

namespace hearback::rules {

// While nothing is known of a mailbox, its provider is given this long.
inline constexpr Duration kProviderFiles = 60s;
// And this long where it has filed before.
inline constexpr Duration kProviderMayBeLate = std::chrono::hours(2);

struct CopyFacts {
  SavesSent habit = SavesSent::unknown;
  bool there = false;  // the copy lies in Sent, and we haven't filed it
  Duration waited{0};  // since the server took the message
  Duration patience = kProviderFiles;
};

enum class CopyStep { settled, wait, file };

struct CopyVerdict {
  CopyStep step = CopyStep::wait;
  SavesSent habit = SavesSent::unknown;  // what is known now; of file: once it is done
  bool operator==(const CopyVerdict&) const = default;
};

CopyVerdict next_for_copy(const CopyFacts& facts);

}  // namespace hearback::rules
