#pragma once
// What the changes of mailboxes share with those of their folders.
#include "store/engine/applying.hpp"

namespace hearback::store {

// Another account lies behind the mailbox: its numbers name other messages, also where a
// UIDVALIDITY is the same (S-10). What was chosen for its folders stays, and so does what was
// brought.
void forget_account(Writing& writing, MailboxId mailbox);

}  // namespace hearback::store
