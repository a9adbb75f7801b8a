#pragma once
// UIDs as few FETCH commands.
#include <cstdint>
#include <span>
#include <vector>

#include "protocols/imap/session.hpp"

namespace hearback::mailbox {

// `uids` ascending. Runs of at most `batch` UIDs each; a hole of up to `bridge` UIDs (expunged, or
// outside the window: then their headers come along and aren't looked at) doesn't end a run.
std::vector<protocols::imap::UidRange> runs_of(std::span<const std::uint32_t> uids,
                                               std::size_t batch, std::uint32_t bridge = 100);

}  // namespace hearback::mailbox
