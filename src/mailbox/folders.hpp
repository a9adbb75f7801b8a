#pragma once
#include <vector>

#include "mailbox/connect.hpp"
#include "rules/nouns.hpp"

namespace hearback::mailbox {

// The account's folders with the roles that rules::assign_roles gives them (S-4). Ids are new each
// time; the store keeps those of folders it knows by their wire name. Those whose name can't be
// recorded are left out, and counted in the log: one of them must not stop the mailbox.
Task<Result<std::vector<rules::Folder>>> list_folders(net::Env& env, ImapLine& line);

}  // namespace hearback::mailbox
