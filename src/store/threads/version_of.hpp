#pragma once
// What versions.hpp says to readers, asked while a message is being placed.
#include <vector>

#include "base/ids.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

// Whether the message is shown in the thread as a version of one that came before it.
bool is_version(Db& db, CompanyId company, ThreadId thread, MessageId message);
// If it is: the mailboxes in which the others lie.
std::vector<MailboxId> where_others_lie(Db& db, CompanyId company, ThreadId thread,
                                        MessageId message);

}  // namespace hearback::store
