#pragma once
// Waiting for a change: IDLE (RFC 2177), or NOOP now and then.
#include "protocols/imap/engine.hpp"

namespace hearback::protocols::imap {

// `idle_works`: kept by the session; false once the server showed that its IDLE is none.
Task<Result<bool>> wait_for_change(Engine& engine, Wire& wire, Duration renew, bool& idle_works);

}  // namespace hearback::protocols::imap
