#pragma once
// Which messages of a thread are versions of one (S-11): what its reader is shown as one row.
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "rules/access.hpp"

namespace hearback::store {

using rules::Scope;

// Looks beyond the page that is shown: of those that bear one Message-ID at the first that are told
// apart. What lies in no thread that the reader sees is nobody's version.
struct VersionsIn {
  Scope scope;
  std::variant<ThreadId, CandidateId> where;  // a thread, or all of a candidate's
  std::vector<MessageId> messages;            // those of them that are shown
  struct Row {
    MessageId message;
    MessageId first;                   // the message itself, if it is the first
    std::vector<MailboxId> mailboxes;  // where it lies, as far as the reader may know
  };
  using Answer = std::vector<Row>;  // of each that has versions here, itself and all of them
};

}  // namespace hearback::store
