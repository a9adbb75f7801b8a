#pragma once
// How each change is made: one function per change, chosen by its type, inside the transaction of
// its commit. The company's row is locked first, so commits of one company follow each other: what
// a change reads here can't move under it, and revisions become visible in their order.
// A change that may not happen throws Refused, and the whole commit is undone.
#include <map>
#include <string>
#include <vector>

#include "store/changes.hpp"
#include "store/engine/db.hpp"
#include "store/feed/questions.hpp"
#include "store/journal/questions.hpp"
#include "store/search/documents.hpp"
#include "store/threads/views.hpp"
#include "store/vault/blobs.hpp"
#include "store/vault/vault.hpp"

namespace hearback::store {

// What this commit has added. Nothing that was there before speaks of it, so nobody asks whether
// anything does.
struct Added {
  struct Message {
    rules::Direction direction{};
    rules::MessageKind kind{};
    bool names_others = false;
    bool has_copy = false;
  };
  struct Thread {
    CandidateId candidate;
    Instant last_at;
  };
  std::map<MessageId, Message> messages;
  std::map<ThreadId, Thread> threads;
};

struct Writing {
  Db& db;
  Vault& vault;
  const SealedBlobs& blobs;  // those of this commit, sealed beforehand
  CompanyId company;
  std::uint64_t revision = 0;                     // before this commit
  std::uint64_t match_revision = 0;               // before this commit
  bool match_moved = false;                       // addresses are matched that weren't before
  std::uint64_t journal_position = 0;             // before this commit
  Instant at;                                     // of the commit, where it says
  std::vector<JournalEntry> journal = {};         // numbered when the commit ends
  std::vector<FeedEntry> feed = {};               // numbered when the commit ends
  std::vector<std::string> files_to_remove = {};  // once it is committed
  TouchedThreads touched = {};                    // whose index rows follow at the end
  Added added = {};
  std::map<MailboxId, std::uint64_t> bodies = {};      // recorded; counted when the commit ends
  std::vector<rules::Location> taken_in = {};          // whose attempts are forgotten then
  std::map<MessageId, FindableMessage> findable = {};  // that were added; indexed then
  std::uint64_t address_changes = 0;                   // noted so far (address_changes.hpp)

  void tell(std::string kind, std::string id, CandidateId candidate = {}, UserId user = {}) {
    feed.push_back({0, std::move(kind), std::move(id), candidate, user, {}, {}});
  }
  void tell_of(ThreadId thread, CandidateId candidate, std::string kind, std::string id) {
    feed.push_back({0, std::move(kind), std::move(id), candidate, {}, thread, {}});
  }
  // Of what is so for one of those who see the thread, and for nobody else.
  void tell_alone(UserId user, ThreadId thread, CandidateId candidate) {
    feed.push_back({0, "thread", thread.text(), candidate, user, thread, {}});
  }
  void tell_of(MailboxId mailbox, std::string kind, std::string id) {
    feed.push_back({0, std::move(kind), std::move(id), {}, {}, {}, mailbox});
  }
  // Position and, where the entry has none, the time are the commit's.
  void happened(JournalEntry entry) { journal.push_back(std::move(entry)); }
};

// people
void apply(Writing&, const AddCompany&);
void apply(Writing&, const ChangeCompany&);
void apply(Writing&, const PutUser&);
void apply(Writing&, const ChangeUser&);
void apply(Writing&, const ChangeProfile&);
void apply(Writing&, const AddSession&);
void apply(Writing&, const UseSession&);
void apply(Writing&, const EndSession&);
void apply(Writing&, const EndOtherSessions&);
void apply(Writing&, const ChangePassword&);
void apply(Writing&, const AddToken&);
void apply(Writing&, const UseToken&);
void apply(Writing&, const RemoveToken&);
void apply(Writing&, const PutLink&);
void apply(Writing&, const UseLink&);
void apply(Writing&, const AddInvitation&);
void apply(Writing&, const AddUpload&);
void apply(Writing&, const UseUploads&);
void apply(Writing&, const RecordIdempotent&);
// candidates
void apply(Writing&, const PutJob&);
void apply(Writing&, const SetJobOpen&);
void apply(Writing&, const PutCandidate&);
void apply(Writing&, const PutApplication&);
void apply(Writing&, const ForgetCandidate&);
void apply(Writing&, const SetExternalId&);
void apply(Writing&, const ChangeJob&);
void apply(Writing&, const MoveApplication&);
void apply(Writing&, const EmptyStage&);
void apply(Writing&, const RemoveApplication&);
void apply(Writing&, const PutBackApplication&);
void apply(Writing&, const AddNonCandidate&);
void apply(Writing&, const TakeOver&);
void apply(Writing&, const UndoTakeOver&);
void apply(Writing&, const AddToCandidate&);
void apply(Writing&, const MergeCandidates&);
void apply(Writing&, const UndoMerge&);
void apply(Writing&, const FollowCandidate&);
void apply(Writing&, const FollowJob&);
void apply(Writing&, const CountSkipped&);
void apply(Writing&, const CatchUp&);
void apply(Writing&, const AddFile&);
void apply(Writing&, const RemoveFile&);
// mailboxes
void apply(Writing&, const AddMailbox&);
void apply(Writing&, const ChangeMailbox&);
void apply(Writing&, const SetAddressProof&);
void apply(Writing&, const TakeBackProof&);
void apply(Writing&, const SetMailboxState&);
void apply(Writing&, const SetMailboxMembers&);
void apply(Writing&, const SetWindow&);
void apply(Writing&, const RemoveMailbox&);
void apply(Writing&, const ObserveMailbox&);
void apply(Writing&, const ChangeNeverSynced&);
void apply(Writing&, const RecordWithheld&);
void apply(Writing&, const ChoosePast&);
void apply(Writing&, const NotePast&);
void apply(Writing&, const AnswerPast&);
void apply(Writing&, const AnswerAllPast&);
void apply(Writing&, const AskPastAgain&);
// folders and what was read in them
void apply(Writing&, const PutFolders&);
void apply(Writing&, const SetFolderRole&);
void apply(Writing&, const ResetFolder&);
void apply(Writing&, const LookAtAllAgain&);
void apply(Writing&, const AdvanceCursor&);
void apply(Writing&, const ObserveFolder&);
void apply(Writing&, const RecordBody&);
void apply(Writing&, const BeginImport&);
void apply(Writing&, const Quarantine&);
void apply(Writing&, const RetryQuarantined&);
void apply(Writing&, const ForgetAttempt&);
// messages
void apply(Writing&, const PutBlob&);
void apply(Writing&, const PutPictures&);
void apply(Writing&, const BeginReading&);
void apply(Writing&, const ForgiveReading&);
void apply(Writing&, const PutContents&);
void apply(Writing&, const BeginOwnFile&);
void apply(Writing&, const ForgiveOwnFile&);
void apply(Writing&, const PutOwnFileText&);
void apply(Writing&, const AddMessage&);
void apply(Writing&, const AddCopy&);
void apply(Writing&, const AddThread&);
void apply(Writing&, const SetThreadAccess&);
void apply(Writing&, const SetThreadDone&);
void apply(Writing&, const SetThreadUnread&);
void apply(Writing&, const UniteThreads&);
void apply(Writing&, const PlaceMessage&);
void apply(Writing&, const CorrectPlacement&);
void apply(Writing&, const UndoCorrection&);
// outbox
void apply(Writing&, const AddOutbox&);
void apply(Writing&, const ClaimOutbox&);
void apply(Writing&, const ProlongOutbox&);
void apply(Writing&, const MoveOutbox&);
void apply(Writing&, const DecideOutbox&);

// errands; what grows
void apply(Writing&, const AdvanceErrand&);
void apply(Writing&, const PutOffErrand&);
void apply(Writing&, const Prune&);
void apply(Writing&, const AdvanceJournal&);

// Throws Refused (Kind::conflict, "store.expectation") when it no longer holds.
void expect(Writing&, const AskerIs&);
void expect(Writing&, const PeopleAre&);
void expect(Writing&, const NoMessageWith&);
void expect(Writing&, const RelativesAre&);
void expect(Writing&, const MailboxIs&);
void expect(Writing&, const AccountIs&);
void expect(Writing&, const NeverSyncedIs&);
void expect(Writing&, const FolderIsRead&);
void expect(Writing&, const AddressFactsAre&);
void expect(Writing&, const NobodyElseHas&);
void expect(Writing&, const NoJobTitled&);
void expect(Writing&, const IsNonCandidate&);

[[noreturn]] inline void broken_expectation() {
  refuse(Kind::conflict, "store.expectation", "Something changed meanwhile.", "Look again.");
}

// Throws Refused with `why` where there are as many rows as there may be. `rows`: a table and a
// condition on it; $1 is the company, $2 the user, where one is given.
void refuse_one_more(Writing& writing, std::string_view rows, std::optional<UserId> user,
                     std::size_t most, const Error& why);
// Counts what the user makes, by its table's name; throws Refused with `why` where they made as
// many on the day of `at` (UTC) as one user may.
void count_one_more_today(Writing& writing, UserId user, std::string_view table, Instant at,
                          std::size_t most, const Error& why);

// Throws Refused (Kind::conflict) for a candidate who is being forgotten
// ("store.reference-missing"), or has become part of another one ("candidate.merged").
void expect_remembered(Writing& writing, CandidateId candidate);

// What waits for the mailbox's Sent folder to be looked into is due, however long it was put off
// for, and begins to wait anew: its time is 0.
void look_into_sent_again(Writing& writing, MailboxId mailbox);

// Adds the bodies that this commit has recorded to what their mailboxes have fetched.
void count_bodies(Writing& writing);

// Of what this commit has taken in nobody need know how often it was tried.
void forget_taken_in(Writing& writing);

// At most `rows` of what is quarantined and about this candidate alone (D-1).
std::size_t forget_quarantined(Writing& writing, CandidateId candidate, std::size_t rows);

// What this author has waiting to be sent fails with this code; what is under way comes to its own
// end.
void fail_waiting(Writing& writing, UserId author, const std::string& why, Instant at);

// The mailbox's owner; refuses a mailbox that is unknown or removed.
UserId owner_of(Writing& writing, MailboxId mailbox);

}  // namespace hearback::store
