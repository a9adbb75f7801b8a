#pragma once
// Being told of a folder that isn't open (NOTIFY, RFC 5465).
#include <string>

#include "protocols/imap/engine.hpp"

namespace hearback::protocols::imap {

// False: the server doesn't do that, or not for this folder.
Task<Result<bool>> listen_for(Engine& engine, Wire& wire, std::string wire_name);

}  // namespace hearback::protocols::imap
