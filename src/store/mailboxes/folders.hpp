#pragma once
// Folders, how far they were scanned, and which bodies were read there.
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"

namespace hearback::store {

struct PutFolders {  // what LIST showed: new ones are added, vanished ones go with their ranges,
                     // and what they owe has all judged anew (T-3); roles chosen by a user stay:
                     // vanished folders that have one are kept, unlisted; choices reach below
  MailboxId mailbox;
  std::vector<rules::Folder> folders;
};
struct SetFolderRole {  // S-4, by a person; it reaches what lies below, as far as nobody chose
                        // there. T-3: what it owes has all judged anew
  MailboxId mailbox;
  FolderId folder;
  rules::FolderRole role = rules::FolderRole::ignored;
};
struct FolderIsRead {  // S-16: nobody excluded it meanwhile; else conflict "folder.not-read", which
                       // looking again doesn't help. Nor are its numbers others (S-10); else
                       // conflict "folder.reset"
  MailboxId mailbox;
  FolderId folder;
  std::uint32_t uid_validity = 0;  // 0: whatever they mean
};
struct ResetFolder {  // another UIDVALIDITY: ranges go, and attempts with what was kept of them; no
                      // copy lies there any more (messages stay). That it was missed stays so
  MailboxId mailbox;
  FolderId folder;
  std::uint32_t uid_validity = 0;
};
struct AdvanceCursor {  // S-10: replaces the folder's ranges; conflict "folder.reset" if
                        // uid_validity isn't the folder's
  MailboxId mailbox;
  FolderId folder;
  std::uint32_t uid_validity = 0;
  std::vector<rules::ScannedRange> ranges;
};
struct LookAtAllAgain {  // S-10: all that was judged counts as unsettled, in this life and the next
  MailboxId mailbox;
  Instant at;
};
struct ObserveFolder {  // S-13: as a whole; of one that isn't read (any more) nothing is kept
  MailboxId mailbox;
  FolderId folder;
  std::optional<Instant> read_since;
  std::optional<rules::Resting> resting;
  bool missed = false;  // as in Folders
};
struct RecordBody {  // S-2 ledger row, written with the import it allowed
  rules::Location at;
  std::string rule;
  std::uint64_t octets = 0;
  Instant when;
};

}  // namespace hearback::store
