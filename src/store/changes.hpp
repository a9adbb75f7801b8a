#pragma once
// Everything the program writes. A Commit is one transaction: all of its changes happen, or none.
// Changes carry the feed entries that they cause; the store numbers them inside the commit with a
// per-company counter, so that the feed has no gaps and no late arrivals.
//
// Expectations are what the writer judged upon. If one no longer holds, the commit fails with
// Kind::conflict and code "store.expectation"; read and judge again.
#include <vector>

#include "base/any_of.hpp"
#include "base/ids.hpp"
#include "store/candidates/changes.hpp"
#include "store/candidates/external_ids.hpp"
#include "store/candidates/follows.hpp"
#include "store/candidates/leaving_jobs.hpp"
#include "store/candidates/merging.hpp"
#include "store/candidates/non_candidates.hpp"
#include "store/candidates/own_files.hpp"
#include "store/candidates/questions.hpp"
#include "store/candidates/resting.hpp"
#include "store/candidates/stages.hpp"
#include "store/errands/changes.hpp"
#include "store/feed/changes.hpp"
#include "store/journal/changes.hpp"
#include "store/mailboxes/changes.hpp"
#include "store/mailboxes/folders.hpp"
#include "store/mailboxes/never_synced.hpp"
#include "store/mailboxes/past.hpp"
#include "store/mailboxes/quarantine.hpp"
#include "store/mailboxes/questions.hpp"
#include "store/outbox/changes.hpp"
#include "store/people/changes.hpp"
#include "store/people/links.hpp"
#include "store/people/sessions.hpp"
#include "store/search/contents.hpp"
#include "store/search/file_documents.hpp"
#include "store/threads/changes.hpp"
#include "store/threads/pictures.hpp"
#include "store/vault/changes.hpp"

namespace hearback::store {

// What the store does within a commit, of any of these kinds.
struct Change
    : AnyOf<AddCompany, ChangeCompany, PutUser, ChangeUser, ChangeProfile, AddSession, UseSession,
            EndSession, EndOtherSessions, ChangePassword, AddToken, UseToken, RemoveToken, PutLink,
            UseLink, PutJob, SetJobOpen, PutCandidate, PutApplication, ForgetCandidate,
            SetExternalId, ChangeJob, MoveApplication, EmptyStage, RemoveApplication,
            PutBackApplication, MergeCandidates, UndoMerge, AddNonCandidate, TakeOver, UndoTakeOver,
            AddToCandidate, FollowCandidate, FollowJob, CountSkipped, CatchUp, AddFile, RemoveFile,
            AddMailbox, ChangeMailbox, SetAddressProof, TakeBackProof, SetMailboxState,
            SetMailboxMembers, SetWindow, RemoveMailbox, ObserveMailbox, ChangeNeverSynced,
            RecordWithheld, ChoosePast, NotePast, AnswerPast, AnswerAllPast, AskPastAgain,
            PutFolders, SetFolderRole, ResetFolder, AdvanceCursor, LookAtAllAgain, ObserveFolder,
            RecordBody, BeginImport, Quarantine, RetryQuarantined, ForgetAttempt, AddInvitation,
            PutBlob, PutPictures, BeginReading, ForgiveReading, PutContents, BeginOwnFile,
            ForgiveOwnFile, PutOwnFileText, AddMessage, AddCopy, AddThread, SetThreadAccess,
            SetThreadDone, SetThreadUnread, UniteThreads, PlaceMessage, CorrectPlacement,
            UndoCorrection, AddOutbox, ClaimOutbox, ProlongOutbox, MoveOutbox, DecideOutbox,
            AddUpload, UseUploads, RecordIdempotent, AdvanceErrand, PutOffErrand, Prune,
            AdvanceJournal> {
  using AnyOf::AnyOf;
};

struct Expectation
    : AnyOf<AskerIs, PeopleAre, NoMessageWith, RelativesAre, MailboxIs, AccountIs, FolderIsRead,
            NeverSyncedIs, AddressFactsAre, NobodyElseHas, IsNonCandidate, NoJobTitled> {
  using AnyOf::AnyOf;
};

struct Commit {
  CompanyId company;
  std::vector<Change> changes;
  std::vector<Expectation> expectations;
  Instant at = {};  // for the journal, where a change doesn't say
};

}  // namespace hearback::store
