#pragma once
// The nouns of the product (see the words in docs/rules.md), as plain values. No behavior here.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "mail/envelope.hpp"
#include "mail/extent.hpp"
#include "mail/kind.hpp"

namespace hearback::rules {

enum class Role { admin, manager, evaluator };
// Where somebody goes on from a conversation that they answered or put away (M-8).
enum class AfterAnswer { next, list, stay };

struct User {
  UserId id;
  std::string name;
  std::string email;         // as written
  std::string email_normal;  // mail::normal_form
  Role role = Role::evaluator;
  bool all_jobs = false;  // admins always see all jobs
  bool active = true;
  std::string language = "en";  // en, fr, de
  std::string time_zone = "UTC";
  std::string signature_html;
  AfterAnswer after_answer = AfterAnswer::next;
  bool operator==(const User&) const = default;
};

enum class JobKind { offer, talent_pool, campaign };

struct Job {
  JobId id;
  std::string title;
  JobKind kind = JobKind::offer;
  bool open = true;
  std::string external_id = {};  // what another system calls it (O-3); empty: nothing known
  bool operator==(const Job&) const = default;
};

// A job has phases, in their order, of which the first is that of who has just applied; and
// statuses, likewise. Both are stages: a name of the job's own.
enum class StageKind { phase, status };

struct Stage {
  StageId id;
  std::string name;
  bool operator==(const Stage&) const = default;
};

struct CandidateAddress {
  std::string address;  // as written
  std::string normal;   // mail::normal_form
  bool synced = true;   // false: kept, but takes no part in matching
  std::string why_not;  // code: "internal-user"; empty when synced
  Instant since;        // when `synced` last changed
  bool operator==(const CandidateAddress&) const = default;
};

struct Candidate {
  CandidateId id;
  std::string name;
  Instant created;
  std::vector<CandidateAddress> addresses;
  std::string external_id = {};
  bool operator==(const Candidate&) const = default;
};

struct Application {
  ApplicationId id;
  CandidateId candidate;
  JobId job;
  Stage phase, status;  // of the job
  Instant created;
  std::string external_id = {};
  bool operator==(const Application&) const = default;
};

// ---- mailboxes ---------------------------------------------------------------------------

enum class MailboxKind { personal, shared, hosted };
enum class MailboxState {
  active,         // syncing, or waiting for its next try
  needs_sign_in,  // the server refuses the credentials
  off,            // its owner switched sync off; what was imported stays
};
// C-13: how it was shown that a mailbox's address is its owner's. Nothing follows from one for
// which it wasn't: see rules/ownership.
enum class AddressProof {
  none,     // waits for an admin's word
  refused,  // it is not theirs: the password is gone, the row tells its owner
  sign_in,  // it is the owner's sign-in address, which an admin gave them
  admin,    // an admin confirmed it
};
// What a member of a mailbox may do there; each right includes those before it (C-10).
enum class MailboxRight { see, reply, manage };
// Whether the provider files what passes its SMTP server in Sent by itself.
enum class SavesSent { unknown, yes, no };
enum class FolderRole { incoming, outgoing, ignored };

// One server of a mailbox, without its password.
struct ServerSettings {
  std::string host;
  std::uint16_t port = 0;
  std::string security;  // "tls", "starttls", "none"
  std::string user;      // login name
  bool operator==(const ServerSettings&) const = default;
};

// C-6: who agreed, when, to what.
struct Consent {
  Instant at;
  std::string text_version;  // which wording was shown
  std::string language;
  bool operator==(const Consent&) const = default;
};

struct Mailbox {
  MailboxId id;
  MailboxKind kind = MailboxKind::personal;
  UserId owner;
  std::string address;
  std::string address_normal;
  AddressProof proof = AddressProof::none;
  MailboxState state = MailboxState::active;
  ServerSettings imap, smtp;
  Consent consent;
  Instant window_since;  // C-8: INTERNALDATE before this is never looked at; 0 = everything
  Instant connected;
  SavesSent saves_sent = SavesSent::unknown;  // learned: rules/sent_copies
  // observed, S-13
  std::optional<Instant> last_success;
  std::string last_error;  // error code, empty when well
  std::string send_error;  // likewise of sending, whose state is its own (C-12)
  std::optional<Instant> next_try;
  // How often all that the window reaches was to be judged anew: C-14, its owner's matter; T-3.
  std::uint64_t judged_anew = 0;
  Instant looked_through;  // when the last look at all of it began (rules/whole_look.hpp)
  std::uint64_t headers_seen = 0;  // S-2 ledger, totals
  std::uint64_t bodies_fetched = 0;
  bool operator==(const Mailbox&) const = default;
};

// S-13: the server has a folder and doesn't let us read it.
struct Resting {
  std::string why;  // error code
  Instant since;
  Instant next_try;
  bool operator==(const Resting&) const = default;
};

struct Folder {
  FolderId id;
  MailboxId mailbox;
  std::string name;       // UTF-8
  std::string wire_name;  // as the server spells it (modified UTF-7)
  FolderRole role = FolderRole::ignored;
  bool role_by_user = false;       // a person chose it: detection leaves it alone
  std::string special_use;         // "\\Sent" …, empty when none
  std::uint32_t uid_validity = 0;  // 0: never opened
  char delimiter = 0;              // between levels of its name, as LIST told; 0: none
  // observed, S-13
  std::optional<Instant> read_since;  // all that arrived since has been looked at; absent: nothing
  std::optional<Resting> resting;
  bool operator==(const Folder&) const = default;
};

// A run of UIDs whose headers have been judged, and under what knowledge. first <= last.
struct ScannedRange {
  std::uint32_t first = 0, last = 0;
  std::uint64_t match_revision = 0;  // which addresses were known
  Instant since;                     // the window in force
  std::uint64_t anew = 0;            // Mailbox::judged_anew by then
  bool operator==(const ScannedRange&) const = default;
};

// Where one copy of a message lies.
struct Location {
  MailboxId mailbox;
  FolderId folder;
  std::uint32_t uid_validity = 0;
  std::uint32_t uid = 0;
  auto operator<=>(const Location&) const = default;
};

// ---- messages ----------------------------------------------------------------------------

using MessageKind = mail::Kind;
enum class Direction { incoming, outgoing };  // as seen from the team

struct Attachment {
  int index = 0;  // position among the message's attachments
  std::string filename;
  std::string type;          // media type
  std::uint64_t octets = 0;  // decoded
  std::string content_id;    // without angle brackets; inline pictures
  bool is_inline = false;
  // Where it stands in Message::raw; none: it has to be unpacked from the whole.
  std::optional<mail::Extent> extent = {};
  bool operator==(const Attachment&) const = default;
};

struct Message {
  MessageId id;
  mail::Envelope envelope;
  MessageKind kind = MessageKind::human;
  Direction direction = Direction::incoming;
  std::string fingerprint;  // of the content that all copies share (S-11)
  Instant date;             // the Date field, or the INTERNALDATE where that is missing or absurd
  std::uint64_t octets = 0;
  std::string snippet;       // first words, without quotes and signature
  std::string conversation;  // as its sender's program groups it: mail::conversation_of
  std::vector<Attachment> attachments;
  BlobId raw;  // RFC 5322 source, encrypted
  bool operator==(const Message&) const = default;
};

enum class ThreadKind { conversation, internal_forward };

struct Thread {
  ThreadId id;
  CandidateId candidate;
  ThreadKind kind = ThreadKind::conversation;
  std::string subject;
  Instant last_at;
  bool is_private = false;  // P-2: seen only by those who were given it
  bool operator==(const Thread&) const = default;
};

// T-5: why a message lies in a thread.
enum class PlacedBy {
  reply_to,   // References/In-Reply-To name `detail` (a Message-ID)
  address,    // `detail` is the candidate's address that was found
  sent_here,  // written in Hearback
};

struct Placement {
  ThreadId thread;
  CandidateId candidate;
  MessageId message;
  PlacedBy by = PlacedBy::address;
  std::string detail;
  bool operator==(const Placement&) const = default;
};

// ---- outbox ------------------------------------------------------------------------------

enum class OutboxState {
  scheduled,     // send later: not before `not_before`
  queued,        // waits for its turn
  sending,       // claimed under a fence
  uncertain,     // past the final dot without an answer: never re-sent by itself
  sent,          // the server took it (250)
  seen_in_sent,  // and its copy lies in Sent
  bounced,
  failed,  // for good; `why`
  cancelled,
};

// How far an attempt has gone; committed before the step it names is taken (SEND-3, SEND-4).
enum class OutboxPhase { none, attempt, dot };

struct OutboxMessage {
  OutboxId id;
  UserId author;
  MailboxId mailbox;
  CandidateId candidate;
  ThreadId thread;
  MessageId message;       // its row among the messages: shown in the thread from the start
  std::string message_id;  // the header field's value, fixed from the start, without < >
  std::string envelope_from;
  std::vector<std::string> recipients;  // RCPT TO
  BlobId bytes;                         // final RFC 5322 octets
  OutboxState state = OutboxState::queued;
  OutboxPhase phase = OutboxPhase::none;
  int attempts = 0;
  std::uint64_t fence = 0;
  Instant created;
  Duration waited{0};  // for how long it has been tried, added up: clocks jump
  Instant not_before;  // earliest next attempt
  std::optional<Instant> sent;
  bool copy_filed = false;  // the Sent copy is known to exist, or isn't ours to make
  bool filing = false;      // we may have filed one: what lies there says nothing of the provider
  std::string why;          // error code of the last failure
  std::string answer;       // the server's last reply line, for the author's eyes
  bool operator==(const OutboxMessage&) const = default;
};

}  // namespace hearback::rules
