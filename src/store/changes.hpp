#pragma once
// Everything the program writes. A Commit is one transaction: all of its changes happen, or none.
// Changes carry the feed entries that they cause; the store numbers them inside the commit with a
// per-company counter, so that the feed has no gaps and no late arrivals.
//
// Expectations are what the writer judged upon. If one no longer holds, the commit fails with
// Kind::conflict and code "store.expectation"; read and judge again.
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/nouns.hpp"
#include "store/questions.hpp"

namespace hearback::store {

// ---- company, people ---------------------------------------------------------------------

struct AddCompany {
  std::string name;
  Instant at;
};
struct PutUser {  // new or changed; a new address moves the match revision and applies I-1:
                  // equal candidate addresses are unsynced with why_not "internal-user", and what
                  // was placed through such an address alone leaves the profile (sealed, see I-1)
  rules::User user;
  std::optional<std::string> password_hash;  // unchanged when absent
  Instant at;
};
struct AddSession {
  SessionId id;
  UserId user;
  std::string secret_hash;
  Instant at, expires;
};
struct EndSession {
  SessionId id;
};
struct AddToken {
  TokenId id;
  UserId user;
  std::string name;
  std::string secret_hash;
  Instant at;
};
struct RemoveToken {
  TokenId id;
  UserId user;
};

// ---- jobs and candidates -----------------------------------------------------------------

struct PutJob {
  rules::Job job;
  std::vector<UserId> team;
  Instant at;
};
struct PutCandidate {  // name and addresses; addresses are replaced as a set. An address equal to
                       // an internal one is stored unsynced (I-1). New synced addresses move the
                       // match revision.
  CandidateId id;
  std::string name;
  std::vector<rules::CandidateAddress> addresses;
  Instant at;
};
struct PutApplication {
  rules::Application application;
};
struct ForgetCandidate {  // S-7: messages of nobody else, placements, threads, outbox, blobs go
  CandidateId id;
};

// ---- mailboxes ---------------------------------------------------------------------------

struct AddMailbox {  // conflict "mailbox.already-connected" if the address is connected (C-7)
  rules::Mailbox mailbox;
  std::string imap_password, smtp_password;  // sealed by the store, bound to host and port
};
struct ChangeMailbox {  // new settings, tried before; a changed host or port needs the secret again
  MailboxId id;
  rules::ServerSettings imap, smtp;
  std::optional<std::string> imap_password, smtp_password;
};
struct SetMailboxState {
  MailboxId id;
  rules::MailboxState state = rules::MailboxState::active;
};
struct SetWindow {  // C-8; only ever wider or narrower for what is not yet imported
  MailboxId id;
  Instant since;
};
struct RemoveMailbox {  // credentials and cursors go, imported messages stay
  MailboxId id;
};
struct ObserveMailbox {  // S-13; counters are added to the ledger totals. What is absent stays as
                         // it is; a success without a next try clears the next try.
  MailboxId id;
  std::optional<Instant> last_success;
  std::optional<std::string> error;  // "" = well again
  std::optional<Instant> next_try;
  std::optional<bool> importing;
  std::optional<bool> saves_sent;
  std::uint64_t headers_seen = 0;  // added
};
struct PutFolders {  // what LIST showed: new ones are added, vanished ones removed with their
                     // ranges, roles chosen by a user stay
  MailboxId mailbox;
  std::vector<rules::Folder> folders;
};
struct SetFolderRole {  // S-4, by a person
  MailboxId mailbox;
  FolderId folder;
  rules::FolderRole role = rules::FolderRole::ignored;
};
struct ResetFolder {  // another UIDVALIDITY: ranges and attempts are void, copies are forgotten as
                      // locations (the messages stay)
  MailboxId mailbox;
  FolderId folder;
  std::uint32_t uid_validity = 0;
};
struct AdvanceCursor {  // S-10: replaces the folder's ranges; refused (conflict) if uid_validity
                        // isn't the folder's
  MailboxId mailbox;
  FolderId folder;
  std::uint32_t uid_validity = 0;
  std::vector<rules::ScannedRange> ranges;
};
struct RecordBody {  // S-2 ledger row, written with the import it allowed
  rules::Location at;
  std::string rule;
  std::uint64_t octets = 0;
  Instant when;
};
struct BeginImport {  // committed BEFORE a body is worked on: a message that kills the process is
                      // known at the next start (attempts + 1)
  std::vector<rules::Location> at;
  Instant when;
};
struct Quarantine {  // S-12
  rules::Location at;
  std::string reason;
  bool given_up = true;
  std::optional<BlobId> raw;
  Instant when;
};
struct RetryQuarantined {  // a person's "try again"
  rules::Location at;
};
struct AddInvitation {
  InvitationId id;
  UserId from, to;
  Instant at;
};

// ---- messages ----------------------------------------------------------------------------

struct PutBlob {  // encrypted with its own key; small ones in the database, large ones in files
  BlobId id;
  std::string bytes;
};
struct AddMessage {  // with its participants, Message-ID and reference edges
  rules::Message message;
  Instant at;
};
struct AddCopy {  // idempotent by location; clears the import attempts there
  MessageId message;
  rules::Location at;
  BlobId raw;
};
struct AddThread {
  rules::Thread thread;
};
struct PlaceMessage {  // a message into a thread, with its reason; idempotent
  rules::Placement placement;
  Instant message_date;
};

// ---- outbox ------------------------------------------------------------------------------

struct AddOutbox {
  rules::OutboxMessage message;
};
struct ClaimOutbox {  // compare-and-swap on the fence: conflict when another was faster
  OutboxId id;
  std::uint64_t expected_fence = 0;  // becomes expected_fence + 1
  Instant lease_until;
};
struct ProlongOutbox {  // a long attempt goes on: the same fence. Conflict "outbox.fence" if it was
                        // claimed anew; nothing happens where the lease was given back.
  OutboxId id;
  std::uint64_t fence = 0;
  Instant lease_until;
};
struct MoveOutbox {  // every later step of an attempt, under the claim's fence (SEND-2); conflict
                     // "outbox.fence" if it was claimed anew, "outbox.illegal-move" where
                     // rules/outbox_states forbids the step. An empty `answer` keeps the last one.
  OutboxId id;
  std::uint64_t fence = 0;
  rules::OutboxState state = rules::OutboxState::queued;
  rules::OutboxPhase phase = rules::OutboxPhase::none;
  Instant not_before;
  bool release = false;  // give the lease back
  std::optional<Instant> sent;
  std::optional<bool> copy_filed;
  std::string why;
  std::string answer;
  Instant at;
};
struct DecideOutbox {  // a person's word on an uncertain or failed row
  OutboxId id;
  UserId user;
  enum class Word { resend, consider_sent, cancel } word = Word::cancel;
  Instant at;
};

// ---- the rest ----------------------------------------------------------------------------

struct AddUpload {
  UploadId id;
  UserId user;
  std::string filename, type;
  BlobId blob;
  std::uint64_t octets = 0;
  Instant at;
};
struct RecordIdempotent {
  UserId user;
  std::string key;
  std::string request_hash;
  int status = 0;
  std::string body;
  Instant at;
};

using Change =
    std::variant<AddCompany, PutUser, AddSession, EndSession, AddToken, RemoveToken, PutJob,
                 PutCandidate, PutApplication, ForgetCandidate, AddMailbox, ChangeMailbox,
                 SetMailboxState, SetWindow, RemoveMailbox, ObserveMailbox, PutFolders,
                 SetFolderRole, ResetFolder, AdvanceCursor, RecordBody, BeginImport, Quarantine,
                 RetryQuarantined, AddInvitation, PutBlob, AddMessage, AddCopy, AddThread,
                 PlaceMessage, AddOutbox, ClaimOutbox, ProlongOutbox, MoveOutbox, DecideOutbox,
                 AddUpload, RecordIdempotent>;

// ---- expectations ------------------------------------------------------------------------

struct MatchRevisionIs {  // nobody became a candidate or a colleague meanwhile
  std::uint64_t match_revision = 0;
};
struct NoMessageWith {  // nobody else stored the same content meanwhile
  std::string message_id, fingerprint;
};
struct NoNewRelatives {  // what it answers, and what answers it, is what KnownAbout said: two
                         // mailboxes that bring a message and its answer at once mustn't each
                         // begin a thread
  std::string message_id;
  std::vector<std::string> references;
  std::size_t ancestors = 0, descendants = 0;
};
struct MailboxIs {  // not switched off or removed meanwhile
  MailboxId mailbox;
  rules::MailboxState state = rules::MailboxState::active;
};
using Expectation = std::variant<MatchRevisionIs, NoMessageWith, NoNewRelatives, MailboxIs>;

struct Commit {
  CompanyId company;
  std::vector<Change> changes;
  std::vector<Expectation> expectations;
};

}  // namespace hearback::store
