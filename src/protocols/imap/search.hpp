#pragma once
// UID SEARCH (RFC 9051 section 6.4.4), as ESEARCH (RFC 4731) where offered.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/engine.hpp"
#include "protocols/imap/session.hpp"

namespace hearback::protocols::imap {

using Uids = std::vector<std::uint32_t>;  // ascending, each once

// `criteria` is ASCII and no user's word.
Task<Result<Uids>> search(Engine& engine, Wire& wire, std::string criteria);
Task<Result<Uids>> search_header(Engine& engine, Wire& wire, std::string field,
                                 std::vector<std::string> values);
Task<Result<Uids>> search_addresses(Engine& engine, Wire& wire, std::vector<std::string> addresses,
                                    Instant since, std::optional<UidRange> among);
Task<Result<Uids>> fetch_uids(Engine& engine, Wire& wire);

}  // namespace hearback::protocols::imap
