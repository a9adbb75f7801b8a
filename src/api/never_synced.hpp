#pragma once
// Whom a mailbox's owner names (C-14), read from a body.
#include <string_view>
#include <vector>

#include "api/http/members.hpp"
#include "rules/never_synced.hpp"

namespace hearback::api {

std::vector<rules::NeverSyncedEntry> read_never_synced(Members& members, std::string_view name);

}  // namespace hearback::api
