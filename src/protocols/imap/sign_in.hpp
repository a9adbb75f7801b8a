#pragma once
// Coming in and leaving: greeting, STARTTLS, signing in (RFC 9051 sections 6.1, 6.2 and 7.1).
#include <string>

#include "protocols/imap/engine.hpp"

namespace hearback::protocols::imap {

Task<Result<>> read_greeting(Engine& engine, Wire& wire);
Task<Result<>> upgrade_to_tls(Engine& engine, Wire& wire, std::string server_name);
Task<Result<>> sign_in_to(Engine& engine, Wire& wire, sasl::Credentials credentials);
Task<Result<>> leave(Engine& engine, Wire& wire);

}  // namespace hearback::protocols::imap
