#pragma once
// Everything the program reads. Each question names its answer. A question that a person's eyes
// may see takes the reader's Scope, and answers only what that scope may see; `rules::engine_scope`
// is the engines' own.
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"
#include "rules/nouns.hpp"

namespace hearback::store {

using rules::Scope;

// Keyset paging: `after` is the opaque cursor of the previous page, empty for the first.
struct PageRequest {
  std::string after;
  std::size_t rows = 50;
};
template <class T>
struct Page {
  std::vector<T> rows;
  std::string next;  // empty: that was the last page
};

// ---- company, people ---------------------------------------------------------------------

struct Companies {  // all of them: engines claim work across companies
  using Answer = std::vector<CompanyId>;
};
struct CompanyFacts {
  Scope scope;
  struct Answer {
    std::string name;
    std::uint64_t revision = 0;        // of the change feed
    std::uint64_t match_revision = 0;  // moves when addresses that decide matching change
  };
};
struct SignIn {  // every company that knows this address (normal form); for the password check
  std::string email_normal;
  struct Found {
    CompanyId company;
    rules::User user;
    std::string password_hash;
  };
  using Answer = std::vector<Found>;
};
struct SessionOf {  // `secret_hash`: BLAKE2b of the cookie's secret
  CompanyId company;
  std::string secret_hash;
  Instant now;
  struct Found {
    SessionId id;
    rules::User user;
    Instant expires;
  };
  using Answer = std::optional<Found>;
};
struct TokenOf {
  CompanyId company;
  std::string secret_hash;
  struct Found {
    TokenId id;
    rules::User user;
  };
  using Answer = std::optional<Found>;
};
struct TokensOf {
  Scope scope;  // the user's own
  struct Row {
    TokenId id;
    std::string name;
    Instant created;
    std::optional<Instant> last_used;
  };
  using Answer = std::vector<Row>;
};
struct Users {
  Scope scope;
  using Answer = std::vector<rules::User>;
};
struct UserById {
  Scope scope;
  UserId user;
  using Answer = std::optional<rules::User>;
};

// ---- jobs and candidates -----------------------------------------------------------------

struct Jobs {
  Scope scope;
  struct Row {
    rules::Job job;
    std::vector<UserId> team;
    std::uint64_t candidates = 0;  // that the scope may see
  };
  using Answer = std::vector<Row>;
};
struct Candidates {
  Scope scope;
  std::string text;  // part of the name or of an address; empty: all
  std::optional<JobId> job;
  PageRequest page;
  struct Row {
    rules::Candidate candidate;
    std::vector<rules::Application> applications;
    std::optional<Instant> last_at;  // newest message
  };
  using Answer = Page<Row>;
};
struct CandidateById {
  Scope scope;
  CandidateId candidate;
  struct Found {
    rules::Candidate candidate;
    std::vector<rules::Application> applications;
    std::vector<UserId> seen_by;  // users who may see the candidate
  };
  using Answer = std::optional<Found>;
};
// What matching needs to know of a company: active candidate addresses and who is internal.
struct MatchDirectory {
  Scope scope;
  struct Answer {
    std::uint64_t match_revision = 0;
    struct Entry {
      std::string normal;
      CandidateId candidate;
    };
    std::vector<Entry> candidates;      // synced addresses only
    std::vector<std::string> internal;  // addresses of users and team mailboxes, normal form
  };
};

// ---- threads and messages ----------------------------------------------------------------

struct ThreadSummary {
  rules::Thread thread;
  std::string candidate_name;
  std::vector<std::string> job_titles;
  std::uint64_t messages = 0;
  rules::Direction last_direction = rules::Direction::incoming;
  rules::MessageKind last_kind = rules::MessageKind::human;
  std::string last_from;  // display name, else address
  std::string last_snippet;
  bool has_attachments = false;
  std::optional<rules::OutboxState>
      last_outbox;  // when the newest message is one of ours under way
};
enum class Place { inbox, sent, all };  // M-1: mail to me, mail by me; M-2: all candidates
struct Threads {
  Scope scope;
  Place place = Place::all;
  std::optional<CandidateId> candidate;
  PageRequest page;
  using Answer = Page<ThreadSummary>;
};
struct MessageInThread {
  rules::Message message;
  rules::Placement placement;
  std::optional<rules::OutboxMessage> outbox;
};
struct ThreadById {
  Scope scope;
  ThreadId thread;
  struct Found {
    rules::Thread thread;
    std::string candidate_name;
    std::vector<MessageInThread> messages;  // oldest first
  };
  using Answer = std::optional<Found>;
};
struct MessageById {  // only if it lies in a thread that the scope may see
  Scope scope;
  MessageId message;
  using Answer = std::optional<MessageInThread>;
};
struct CopiesOf {
  Scope scope;
  MessageId message;
  struct Row {
    rules::Location at;
    BlobId raw;  // this copy's own source
  };
  using Answer = std::vector<Row>;
};
// take_in's one question: all that the store knows about an arriving message.
struct KnownAbout {
  Scope scope;
  rules::Location at;
  std::string message_id;  // may be empty
  std::string fingerprint;
  std::vector<std::string> references;    // In-Reply-To and References, all of them
  std::vector<std::string> participants;  // normal forms of every address on it
  struct Answer {
    bool copy_known = false;        // this very location is already recorded
    std::optional<MessageId> same;  // same content (message_id AND fingerprint, or fingerprint
                                    // alone when there is no message_id)
    std::vector<rules::Placement> same_placements;
    struct Ancestor {
      std::string message_id;
      rules::Placement placement;
      rules::ThreadKind thread_kind = rules::ThreadKind::conversation;
    };
    std::vector<Ancestor> ancestors;  // stored messages that the references name
    struct Descendant {               // stored messages that reference this one's Message-ID
      rules::Placement placement;
      rules::ThreadKind thread_kind = rules::ThreadKind::conversation;
    };
    std::vector<Descendant> descendants;
    struct Sibling {
      std::string message_id;  // the reference that both name
      rules::Placement placement;
      rules::ThreadKind thread_kind = rules::ThreadKind::conversation;
    };
    std::vector<Sibling> siblings;  // stored messages that name one of `references` as well
    struct Match {
      std::string normal;
      CandidateId candidate;
    };
    std::vector<Match> candidates;               // participants that are synced candidate addresses
    std::vector<std::string> internal;           // participants that are internal
    std::optional<rules::OutboxMessage> outbox;  // ours, by Message-ID
    std::uint64_t match_revision = 0;
  };
};
// Which of these Message-IDs are stored, and whose they are: belonging by reference, for a batch.
struct StoredMessageIds {
  Scope scope;
  std::vector<std::string> message_ids;
  struct Row {
    std::string message_id;
    CandidateId candidate;
  };
  using Answer = std::vector<Row>;
};

// What of a folder is stored already: at a new judgment these bodies aren't fetched again.
struct CopiesInFolder {
  Scope scope;  // the engine's
  MailboxId mailbox;
  FolderId folder;
  std::uint32_t uid_validity = 0;
  struct Row {
    std::uint32_t uid = 0;
    MessageId message;
    std::vector<CandidateId> candidates;  // in whose threads it lies
  };
  using Answer = std::vector<Row>;  // by uid
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
    std::uint64_t octets = 0;  // of this mailbox's own copy
    BlobId raw;                // the source of that copy
    std::vector<CandidateId> candidates;  // in whose threads it lies
  };
  using Answer = std::vector<Row>;
};

// ---- mailboxes ---------------------------------------------------------------------------

struct Mailboxes {  // a user's own; with the engine scope, all of the company
  Scope scope;
  using Answer = std::vector<rules::Mailbox>;
};
struct MailboxById {
  Scope scope;
  MailboxId mailbox;
  using Answer = std::optional<rules::Mailbox>;
};
struct MailboxSecret {  // engine scope only; opened, never logged
  Scope scope;
  MailboxId mailbox;
  struct Answer {
    std::string imap_password, smtp_password;
  };
};
struct AddressConnected {  // C-7: company-wide, whoever owns it
  Scope scope;
  std::string address_normal;
  using Answer = bool;
};
struct Folders {
  Scope scope;
  MailboxId mailbox;
  struct Row {
    rules::Folder folder;
    std::vector<rules::ScannedRange> ranges;
    std::uint64_t imported = 0;
  };
  using Answer = std::vector<Row>;
};
struct BodyLedger {  // S-2: which bodies were fetched and the rule that allowed each, newest first
  Scope scope;
  MailboxId mailbox;
  PageRequest page;
  struct Row {
    Instant at;
    std::string folder;
    std::uint32_t uid = 0;
    std::string rule;  // "candidate-address", "reply-to-stored"
    std::uint64_t octets = 0;
  };
  using Answer = Page<Row>;
};
struct Quarantined {
  Scope scope;
  MailboxId mailbox;
  struct Row {
    rules::Location at;
    std::string folder;
    std::string reason;  // error code
    int attempts = 0;
    Instant since;
    bool given_up = false;  // false: will be tried again at the next pass
    std::optional<BlobId> raw;
  };
  using Answer = std::vector<Row>;
};
struct Invitations {  // C-6: to the scope's user, or (admins) of the company
  Scope scope;
  struct Row {
    InvitationId id;
    UserId from, to;
    Instant at;
  };
  using Answer = std::vector<Row>;
};

// ---- outbox ------------------------------------------------------------------------------

struct OutboxDue {  // engine: what may be worked on now, across the company, oldest first
  Scope scope;
  Instant now;
  std::size_t rows = 50;
  bool also_leased = false;  // what somebody holds, too: the asker knows that nobody does
  struct Row {
    rules::OutboxMessage message;
    std::optional<Instant> lease_until;  // somebody holds it until then
  };
  using Answer = std::vector<Row>;
};
struct OutboxNextDue {  // when the next row becomes due, if any waits
  Scope scope;
  using Answer = std::optional<Instant>;
};
struct OutboxById {
  Scope scope;
  OutboxId id;
  using Answer = std::optional<rules::OutboxMessage>;
};
struct OutboxOf {  // the scope's user's own that are under way or need a decision
  Scope scope;
  using Answer = std::vector<rules::OutboxMessage>;
};

// ---- the rest ----------------------------------------------------------------------------

struct BlobBytes {  // decrypted; missing: erased or damaged
  CompanyId company;
  BlobId blob;
  using Answer = std::optional<std::string>;
};
struct UploadById {
  Scope scope;
  UploadId upload;
  struct Found {
    std::string filename, type;
    BlobId blob;
    std::uint64_t octets = 0;
  };
  using Answer = std::optional<Found>;
};
struct IdempotentAnswer {  // O-2: the answer that this key got before
  Scope scope;
  std::string key;
  struct Found {
    std::string request_hash;
    int status = 0;
    std::string body;
  };
  using Answer = std::optional<Found>;
};

// One entry of the change feed. `candidate` decides who may hear of it; entries without one are
// for `user` alone, or for everybody of the company when that is empty as well.
struct FeedEntry {
  std::uint64_t revision = 0;
  std::string kind;  // "message", "thread", "candidate", "mailbox", "outbox", "directory", "user"
  std::string id;    // of what changed
  CandidateId candidate;
  UserId user;
};
struct Since {
  Scope scope;
  std::uint64_t revision = 0;  // everything after this one, gap-free
  std::size_t rows = 500;
  using Answer = std::vector<FeedEntry>;
};

}  // namespace hearback::store
