#pragma once
// Numbers of messages as few ranges to ask for.
#include <cstdint>
#include <span>
#include <vector>

#include "mailbox/source.hpp"

namespace hearback::mailbox {

// `ids` ascending. Runs of at most `batch` of them each; a hole of up to `bridge` numbers
// (expunged, or outside the window: then their headers come along and aren't looked at) doesn't end
// a run.
std::vector<IdRange> runs_of(std::span<const RemoteId> ids, std::size_t batch,
                             std::uint32_t bridge = 100);

}  // namespace hearback::mailbox
