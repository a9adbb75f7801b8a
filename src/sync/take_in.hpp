#pragma once
// The only entrance: every message that becomes part of the hub, from whatever provider, passes
// here. The store is asked one question for each, `rules` decide (identity, belonging, threading,
// direction), and ONE commit takes the messages, their copies and placements, the ledger rows AND
// what the caller adds: the advanced cursor. Blocks: run it where the environment allows that.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "mail/envelope.hpp"
#include "rules/nouns.hpp"
#include "store/store.hpp"

namespace hearback::sync {

// What of a message decides, or is stored beside its source.
struct MessageFacts {
  mail::Envelope envelope;
  rules::MessageKind kind = rules::MessageKind::human;
  std::string fingerprint;
  std::string snippet;
  std::string words;  // rules::findable
  std::vector<rules::Attachment> attachments;
  std::vector<std::string> attached_ids;  // of attached originals (T-3)
  std::string conversation;               // mail::conversation_of
  std::optional<OutboxId> hearback_id;    // X-Hearback-Id
};
// Errors: those of mail::parse.
Result<MessageFacts> read_facts(std::string_view raw, const Limits& limits);

struct Incoming {
  rules::Location at;
  rules::FolderRole role = rules::FolderRole::incoming;  // of the folder it lies in
  Instant internal_date;
  std::string rule;  // the ledger's word for what allowed the body; empty: no body was fetched
  std::vector<CandidateId> about;  // who they are whose mail it is by that
  std::string raw;
  MessageFacts facts;
  // The source is another message's than the header was (rules::is_another).
  struct Another {
    bool given_up = false;  // it was the last attempt
  };
  std::optional<Another> another;
  // It can't be taken in: it is set aside, and nothing else is judged of it (S-12). The facts are
  // its header's.
  struct Failed {
    std::string why;        // error code
    bool given_up = false;  // its source is kept, unless somebody on it is never synced (C-14)
  };
  std::optional<Failed> failed;
  // Recognized by its header, or stored at this very place: there is no raw.
  struct Recognized {
    MessageId message;
    BlobId source;  // of a copy of this mailbox
    std::vector<CandidateId> placed_with;
  };
  std::optional<Recognized> recognized;
};

struct TakenIn {
  std::uint64_t messages = 0;            // new
  std::uint64_t copies = 0;              // further copies of known messages
  std::uint64_t not_ours = 0;            // matched when the body was fetched, but no longer
  std::vector<rules::Location> dropped;  // of these, what may match again: marked unread
  std::vector<std::string> placed;  // Message-IDs that are now a candidate's: answers belong too
};

// Cursors among these say no more that what was dropped was read.
void leave_unread(std::vector<store::Change>& changes, const std::vector<rules::Location>& dropped);

class TakeIn {
 public:
  // `seed`: for ids, which are no secrets.
  TakeIn(store::Store& store, CompanyId company, Instant now, std::uint64_t seed,
         const Limits& limits = {})
      : store_(store), company_(company), now_(now), seed_(seed), limits_(limits) {}

  // `batch` is put in the order of writing, so that parents come before their answers. `extra` is
  // committed with it. Where somebody else's commit changed what was judged upon meanwhile:
  // Kind::conflict, code "store.expectation". `batch` is whole then; judge it again after a pause.
  Result<TakenIn> commit(std::vector<Incoming>& batch, const std::vector<store::Change>& extra,
                         std::vector<store::Expectation> expected = {});

 private:
  store::Store& store_;
  CompanyId company_;
  Instant now_;
  std::uint64_t seed_;
  Limits limits_;
};

}  // namespace hearback::sync
