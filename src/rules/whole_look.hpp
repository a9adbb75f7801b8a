#pragma once
// S-10: when all of a mailbox is looked at once more. Whatever brings mail in by itself (what
// comes, who is added, what waits for what it answers) has a bound somewhere; what lies beyond one
// comes in by this, within a week.
#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearback::rules {

// `last`: when such a look began, by the clock of then. `goes_on`: it, or the first one, isn't
// through; it is waited for, but not for ever. Mailboxes that were looked at together are due one
// after the other, over a day.
bool is_due_for_a_whole_look(Instant last, Instant now, const MailboxId& mailbox, bool goes_on);

}  // namespace hearback::rules
