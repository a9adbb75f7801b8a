#pragma once
// With whom a mailbox's owner keeps mail from Hearback (C-14): theirs alone to see and to change.
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"
#include "rules/never_synced.hpp"

namespace hearback::store {

using rules::Scope;

struct NeverSynced {  // absent: it isn't the asker's own
  Scope scope;
  MailboxId mailbox;
  struct Row {
    std::string own;  // the mailbox's address, in normal form
    std::vector<rules::NeverSyncedEntry> entries;
  };
  using Answer = std::optional<Row>;
};
// Input "mailbox.never-synced-full" where it would come to more than rules::kNeverSyncedMost. What
// is named holds before the next body (S-16). What is named no longer comes from then on, and what
// was withheld is looked for once more: all that the window reaches is judged anew.
struct ChangeNeverSynced {
  MailboxId mailbox;
  std::vector<rules::NeverSyncedEntry> named;
  std::vector<std::string> no_longer;  // normal forms; of one that is named as well nothing changes
  bool at_once =
      false;  // with the mailbox: who was named when its owner had it before doesn't count
};
struct NeverSyncedIs {  // still the same: what sync judged upon
  MailboxId mailbox;
  std::vector<rules::NeverSyncedEntry> entries;
};
struct RecordWithheld {  // S-2: a row of the ledger, for its owner, once for a place; none of what
                         // came from this mailbox before, wherever it lies now
  rules::Location at;
  Instant when;
  std::string message_id = {};
};

}  // namespace hearback::store
