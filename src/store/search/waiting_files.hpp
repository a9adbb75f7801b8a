#pragma once
// What is sealed lies in no conversation, so its files aren't read, and nothing that looks for
// files to be read comes upon it: its mark (`files_unread`) is turned below zero, out of their
// index, until the message is placed again.
#include <vector>

#include "base/ids.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

// Of those of them that lie in no conversation any more.
void files_rest(Db& db, CompanyId company, const std::vector<MessageId>& messages);
void files_wait_again(Db& db, CompanyId company, MessageId message);

}  // namespace hearback::store
