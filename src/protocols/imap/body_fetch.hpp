#pragma once
// UID FETCH of whole messages, exactly those asked for (S-2); always BODY.PEEK (S-8).
#include <functional>
#include <vector>

#include "protocols/imap/engine.hpp"

namespace hearback::protocols::imap {

Task<Result<>> fetch_messages(Engine& engine, Wire& wire, std::vector<BodyWanted> wanted,
                              const std::function<void(const BodyItem&)>& item);

}  // namespace hearback::protocols::imap
