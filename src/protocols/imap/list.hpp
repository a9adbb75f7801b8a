#pragma once
// What folders there are: NAMESPACE (RFC 2342), LIST with SPECIAL-USE (RFC 6154), XLIST before it.
#include <vector>

#include "protocols/imap/engine.hpp"

namespace hearback::protocols::imap {

Task<Result<std::vector<ListedFolder>>> list_folders(Engine& engine, Wire& wire);

}  // namespace hearback::protocols::imap
