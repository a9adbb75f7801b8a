#pragma once
// What mailboxes share of whom their owners name (C-14).
#include "rules/nouns.hpp"
#include "store/engine/applying.hpp"

namespace hearback::store {

// Whom the owner named when they had this address connected before: what was kept from us stays so,
// though it was disconnected meanwhile.
void take_over_never_synced(Writing& writing, const rules::Mailbox& box);

}  // namespace hearback::store
