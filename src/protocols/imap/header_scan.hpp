#pragma once
// UID FETCH of the ten header fields of S-2, by ranges; always BODY.PEEK, which sets no flag (S-8).
#include "protocols/imap/engine.hpp"

namespace hearback::protocols::imap {

Task<Result<>> scan_headers(Engine& engine, Wire& wire, const Session::HeaderScan& scan);

}  // namespace hearback::protocols::imap
