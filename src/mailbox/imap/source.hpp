#pragma once
// The Source of an account on an IMAP server: a folder's series is its UIDVALIDITY, numbers are
// UIDs, the folder in front is the one that EXAMINE has open. A server without IDLE is asked from
// time to time.
#include <memory>

#include "base/limits.hpp"
#include "mailbox/login.hpp"
#include "mailbox/source.hpp"
#include "net/env.hpp"

namespace hearback::mailbox {

// Signed in. Errors: those of open_imap() (connect.hpp).
Task<Result<std::unique_ptr<Source>>> open_imap_source(net::Env& env, Login login, Limits limits,
                                                       Deadlines deadlines);

}  // namespace hearback::mailbox
