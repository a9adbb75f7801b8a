#pragma once
// APPEND (RFC 9051 section 6.3.12), with UIDPLUS (RFC 4315) and APPENDLIMIT (RFC 7889).
#include <optional>
#include <string>
#include <string_view>

#include "protocols/imap/engine.hpp"

namespace hearback::protocols::imap {

Task<Result<std::optional<std::uint32_t>>> append_message(Engine& engine, Wire& wire,
                                                          std::string wire_name,
                                                          std::string_view message, Instant date);

}  // namespace hearback::protocols::imap
