#pragma once
// What is in one folder: EXAMINE (never SELECT: S-8) and STATUS (RFC 9051 sections 6.3.3, 6.3.11).
#include <string>

#include "protocols/imap/engine.hpp"

namespace hearback::protocols::imap {

Task<Result<FolderFacts>> examine_folder(Engine& engine, Wire& wire, std::string wire_name);
Task<Result<FolderFacts>> ask_status(Engine& engine, Wire& wire, std::string wire_name);
// Leaves the folder that is open, without a change to it.
Task<Result<>> leave_folder(Engine& engine, Wire& wire);

}  // namespace hearback::protocols::imap
