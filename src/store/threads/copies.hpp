#pragma once
// What a mailbox has brought already, so that no body is fetched twice.
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

// What of a folder is stored already, of these UIDs and of these messages: at a new judgment their
// bodies aren't fetched again.
struct CopiesInFolder {
  Scope scope;  // the engine's
  MailboxId mailbox;
  FolderId folder;
  std::uint32_t uid_validity = 0;
  std::vector<std::uint32_t> uids;
  std::vector<MessageId> messages;
  struct Row {
    std::uint32_t uid = 0;
    MessageId message;
    std::vector<CandidateId> candidates;  // in whose threads it lies
  };
  using Answer = std::vector<Row>;  // by UID, each once
};
// Messages that this mailbox has brought before, under whatever folder, UIDVALIDITY and UID: a
// moved or renumbered message is recognized by its header, its body isn't fetched again (S-10).
struct BroughtBefore {
  Scope scope;  // the engine's
  MailboxId mailbox;
  std::vector<std::string> message_ids;
  struct Row {
    MessageId message;
    mail::Envelope envelope;
    std::uint64_t octets = 0;             // of this mailbox's own copy
    BlobId raw;                           // the source of that copy
    std::vector<CandidateId> candidates;  // in whose threads it lies
  };
  using Answer = std::vector<Row>;
};

}  // namespace hearback::store
