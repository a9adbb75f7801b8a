#pragma once
// What matching and taking in need to know.
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "rules/belonging.hpp"
#include "rules/nouns.hpp"
#include "rules/threading.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

// take_in's one question: all that the store knows about an arriving message.
struct KnownAbout {
  Scope scope;
  rules::Location at;
  std::string message_id;  // may be empty
  std::string fingerprint;
  std::vector<std::string> references;    // In-Reply-To and References, all of them
  std::vector<std::string> participants;  // normal forms of every address on it
  std::vector<std::string> writers = {};  // of those in From
  struct Answer {
    bool copy_known = false;        // this very location is already recorded
    std::optional<MessageId> same;  // same content (message_id AND fingerprint, or fingerprint
                                    // alone when there is no message_id)
    std::vector<rules::Placement> same_placements;
    struct Relative {
      MessageId message;
      rules::KnownPlace place;
      bool operator==(const Relative&) const = default;
    };
    // Stored messages that the references name: of each the first that bears the Message-ID.
    std::vector<Relative> ancestors;
    // Threads in which this one's Message-ID is named, with the first message there that does; of
    // one candidate at most Limits::threads_of_reference.
    std::vector<Relative> descendants;
    // Threads in which one of `references` is named that isn't stored: each once for each, as many.
    std::vector<rules::KnownPlace> siblings;
    struct Match {
      std::string normal;
      CandidateId candidate;
      bool rests = false;  // their mail doesn't come in (S-6)
      // C-14: when somebody added the address, where the reader's owner has a say in what came
      // before, and whether that is open (rules/past).
      Instant past_until = {};
      bool past_open = true;
      auto operator<=>(const Match&) const = default;
    };
    // What `references` names, as the rule of belonging asks: the location's mailbox is the reader,
    // and who has it is told of `writers`.
    std::vector<rules::StoredReference> named;
    std::vector<Match> candidates;               // participants that are synced candidate addresses
    std::vector<std::string> internal;           // participants that are internal
    std::optional<rules::OutboxMessage> outbox;  // ours, by Message-ID
  };
};
// Whose addresses these are, as far as the scope may see them: asked right before bodies are
// fetched, so that what narrows holds at once (S-16).
struct PeopleNamed {
  Scope scope;
  std::vector<std::string> normals;
  MailboxId reader = {};  // the mailbox in which they are; none: its past isn't the question
  struct Answer {
    std::vector<KnownAbout::Answer::Match> candidates;  // synced addresses only
    std::vector<std::string> internal;
  };
};
// Which of these Message-IDs are stored, whose they are and who of `writers` has them: belonging by
// reference, for a batch.
struct StoredMessageIds {
  Scope scope;
  std::vector<std::string> message_ids;
  MailboxId reader;
  std::vector<std::string> writers = {};  // normal forms
  using Answer = std::vector<rules::StoredReference>;
};

}  // namespace hearback::store
