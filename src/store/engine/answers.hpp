#pragma once
// How each question is answered: one function per question, chosen by its type. Store::ask runs
// them inside one consistent view of the data. To add a question: its struct in its theme's
// questions.hpp, its line here and in store.cpp, its function in the .cpp beside the struct.
#include "store/engine/db.hpp"
#include "store/questions.hpp"
#include "store/vault/blobs.hpp"
#include "store/vault/vault.hpp"

namespace hearback::store {

struct Reading {
  Db& db;
  const Vault& vault;
  const BlobFiles& files;
};

template <class Question>
using AnswerTo = typename Question::Answer;

// people
AnswerTo<Companies> answer(Reading&, const Companies&);
AnswerTo<CompanyFacts> answer(Reading&, const CompanyFacts&);
AnswerTo<SignIn> answer(Reading&, const SignIn&);
AnswerTo<PasswordOf> answer(Reading&, const PasswordOf&);
AnswerTo<SessionOf> answer(Reading&, const SessionOf&);
AnswerTo<Sessions> answer(Reading&, const Sessions&);
AnswerTo<LinkOf> answer(Reading&, const LinkOf&);
AnswerTo<LinksTo> answer(Reading&, const LinksTo&);
AnswerTo<TokenOf> answer(Reading&, const TokenOf&);
AnswerTo<TokensOf> answer(Reading&, const TokensOf&);
AnswerTo<Users> answer(Reading&, const Users&);
AnswerTo<UsersAmong> answer(Reading&, const UsersAmong&);
AnswerTo<UserWith> answer(Reading&, const UserWith&);
AnswerTo<UserById> answer(Reading&, const UserById&);
AnswerTo<Invitations> answer(Reading&, const Invitations&);
AnswerTo<Invited> answer(Reading&, const Invited&);
AnswerTo<UploadById> answer(Reading&, const UploadById&);
AnswerTo<UploadsKept> answer(Reading&, const UploadsKept&);
AnswerTo<IdempotentAnswer> answer(Reading&, const IdempotentAnswer&);
// errands; what grows
AnswerTo<ErrandsDue> answer(Reading&, const ErrandsDue&);
AnswerTo<ErrandsNextDue> answer(Reading&, const ErrandsNextDue&);
AnswerTo<Errands> answer(Reading&, const Errands&);
AnswerTo<Prunable> answer(Reading&, const Prunable&);
// the bytes; the journal; the feed
AnswerTo<JournalSince> answer(Reading&, const JournalSince&);
AnswerTo<JournalPosition> answer(Reading&, const JournalPosition&);
AnswerTo<BlobBytes> answer(Reading&, const BlobBytes&);
AnswerTo<BlobRanges> answer(Reading&, const BlobRanges&);
AnswerTo<BlobForm> answer(Reading&, const BlobForm&);
AnswerTo<Since> answer(Reading&, const Since&);
// candidates
AnswerTo<Jobs> answer(Reading&, const Jobs&);
AnswerTo<JobById> answer(Reading&, const JobById&);
AnswerTo<Candidates> answer(Reading&, const Candidates&);
AnswerTo<CandidateById> answer(Reading&, const CandidateById&);
AnswerTo<CandidatesWith> answer(Reading&, const CandidatesWith&);
AnswerTo<Holdings> answer(Reading&, const Holdings&);
AnswerTo<CandidateFiles> answer(Reading&, const CandidateFiles&);
AnswerTo<FileById> answer(Reading&, const FileById&);
AnswerTo<ApplicationById> answer(Reading&, const ApplicationById&);
AnswerTo<ApplicationsIn> answer(Reading&, const ApplicationsIn&);
AnswerTo<StageCounts> answer(Reading&, const StageCounts&);
AnswerTo<NamedExternally> answer(Reading&, const NamedExternally&);
AnswerTo<LinesKnown> answer(Reading&, const LinesKnown&);
AnswerTo<OldMail> answer(Reading&, const OldMail&);
AnswerTo<NonCandidateWith> answer(Reading&, const NonCandidateWith&);
AnswerTo<NonCandidateOf> answer(Reading&, const NonCandidateOf&);
AnswerTo<MergePreview> answer(Reading&, const MergePreview&);
// threads
AnswerTo<Threads> answer(Reading&, const Threads&);
AnswerTo<ToAnswer> answer(Reading&, const ToAnswer&);
AnswerTo<UnreadCounts> answer(Reading&, const UnreadCounts&);
AnswerTo<PlacesOf> answer(Reading&, const PlacesOf&);
AnswerTo<ThreadById> answer(Reading&, const ThreadById&);
AnswerTo<CameAfter> answer(Reading&, const CameAfter&);
AnswerTo<CandidateTimeline> answer(Reading&, const CandidateTimeline&);
AnswerTo<MessageById> answer(Reading&, const MessageById&);
AnswerTo<CopiesOf> answer(Reading&, const CopiesOf&);
AnswerTo<PicturesOf> answer(Reading&, const PicturesOf&);
AnswerTo<VersionsIn> answer(Reading&, const VersionsIn&);
// search
AnswerTo<Found> answer(Reading&, const Found&);
AnswerTo<FilesToRead> answer(Reading&, const FilesToRead&);
AnswerTo<FileOctets> answer(Reading&, const FileOctets&);
AnswerTo<ContentsOf> answer(Reading&, const ContentsOf&);
AnswerTo<FoundFiles> answer(Reading&, const FoundFiles&);
AnswerTo<OwnFileToRead> answer(Reading&, const OwnFileToRead&);
AnswerTo<OwnFileText> answer(Reading&, const OwnFileText&);
// arrival
AnswerTo<KnownAbout> answer(Reading&, const KnownAbout&);
AnswerTo<SyncedAddresses> answer(Reading&, const SyncedAddresses&);
AnswerTo<Sought> answer(Reading&, const Sought&);
AnswerTo<LyingWith> answer(Reading&, const LyingWith&);
AnswerTo<KnownOfSkipped> answer(Reading&, const KnownOfSkipped&);
AnswerTo<PeopleNamed> answer(Reading&, const PeopleNamed&);
AnswerTo<StoredMessageIds> answer(Reading&, const StoredMessageIds&);
AnswerTo<CopiesInFolder> answer(Reading&, const CopiesInFolder&);
AnswerTo<BroughtBefore> answer(Reading&, const BroughtBefore&);
// mailboxes
AnswerTo<Mailboxes> answer(Reading&, const Mailboxes&);
AnswerTo<MailboxById> answer(Reading&, const MailboxById&);
AnswerTo<MailboxSecret> answer(Reading&, const MailboxSecret&);
AnswerTo<WhoseAddress> answer(Reading&, const WhoseAddress&);
AnswerTo<AddressClaims> answer(Reading&, const AddressClaims&);
AnswerTo<AddressClaim> answer(Reading&, const AddressClaim&);
AnswerTo<ConfirmedAddress> answer(Reading&, const ConfirmedAddress&);
AnswerTo<FolderInForce> answer(Reading&, const FolderInForce&);
AnswerTo<MailboxHealth> answer(Reading&, const MailboxHealth&);
AnswerTo<MailboxOwners> answer(Reading&, const MailboxOwners&);
AnswerTo<OfferedServers> answer(Reading&, const OfferedServers&);
AnswerTo<Folders> answer(Reading&, const Folders&);
AnswerTo<FolderById> answer(Reading&, const FolderById&);
AnswerTo<ImportedByFolder> answer(Reading&, const ImportedByFolder&);
AnswerTo<PastChosen> answer(Reading&, const PastChosen&);
AnswerTo<PastOf> answer(Reading&, const PastOf&);
AnswerTo<NeverSynced> answer(Reading&, const NeverSynced&);
AnswerTo<BodyLedger> answer(Reading&, const BodyLedger&);
AnswerTo<Quarantined> answer(Reading&, const Quarantined&);
AnswerTo<QuarantinedFor> answer(Reading&, const QuarantinedFor&);
AnswerTo<QuarantinedAt> answer(Reading&, const QuarantinedAt&);
AnswerTo<QuarantinedCount> answer(Reading&, const QuarantinedCount&);
AnswerTo<BodiesByHour> answer(Reading&, const BodiesByHour&);
AnswerTo<ToRetry> answer(Reading&, const ToRetry&);
// outbox
AnswerTo<OutboxDue> answer(Reading&, const OutboxDue&);
AnswerTo<OutboxNextDue> answer(Reading&, const OutboxNextDue&);
AnswerTo<OutboxById> answer(Reading&, const OutboxById&);
AnswerTo<OutboxOf> answer(Reading&, const OutboxOf&);
AnswerTo<WasAnswered> answer(Reading&, const WasAnswered&);

}  // namespace hearback::store
