#pragma once
// What a mailbox has brought already, so that no body is fetched twice.
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "mail/envelope.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

// What of these numbers of a folder is stored already: at a new judgment these bodies aren't
// fetched again. And where in it copies of these messages lie.
struct CopiesInFolder {
  Scope scope;  // the engine's
  MailboxId mailbox;
  FolderId folder;
  std::uint32_t uid_validity = 0;
  std::vector<std::uint32_t> uids;
  std::vector<MessageId> messages = {};
  struct Row {
    std::uint32_t uid = 0;
    MessageId message;
    std::vector<CandidateId> candidates;  // in whose threads it lies
  };
  using Answer = std::vector<Row>;  // by uid
};
// What this mailbox has brought before, under whatever folder, UIDVALIDITY and UID: a moved or
// renumbered message is recognized by its header and size, its body isn't fetched again (S-10). Of
// many that bear one Message-ID, the first few are.
struct BroughtBefore {
  Scope scope;  // the engine's
  MailboxId mailbox;
  struct Found {
    const mail::Envelope* header = nullptr;  // the asker's
    std::uint64_t octets = 0;
  };
  std::vector<Found> found;
  struct Row {
    MessageId message;
    BlobId raw;                           // the source of this mailbox's own copy
    std::vector<CandidateId> candidates;  // in whose threads it lies
  };
  using Answer = std::vector<std::optional<Row>>;  // one for each of `found`
};

}  // namespace hearback::store
