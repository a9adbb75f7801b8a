#pragma once
// APPEND (RFC 9051 section 6.3.12), with APPENDLIMIT (RFC 7889).
#include <string>
#include <string_view>

#include "protocols/imap/engine.hpp"

namespace hearback::protocols::imap {

Task<Result<>> append_message(Engine& engine, Wire& wire, std::string wire_name,
                              std::string_view message, Instant date);

}  // namespace hearback::protocols::imap
