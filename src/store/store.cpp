#include "store/store.hpp"

#include <sodium.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include "base/deadline.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/schema.hpp"
#include "store/search/backlog.hpp"
#include "store/vault/installation.hpp"
#include "store/vault/master_key.hpp"

namespace hearback::store {
namespace {

constexpr Duration kTryRoom = 1s;
constexpr std::size_t kRoomTried = 256 * 1024;
constexpr std::size_t kToldOnce = 1000;  // commits of which the database's own word may be late

Result<std::unique_ptr<Database>> open_database(const Options& options) {
  const std::string& where = options.database;
  const auto starts = [&](std::string_view scheme) { return where.starts_with(scheme); };
  if (where == "sqlite::memory:") return open_in_memory(options.answer_within);
  if (starts("sqlite://"))
    return open_sqlite(where.substr(9), options.connections, options.answer_within);
  if (starts("postgresql://") || starts("postgres://"))
    return open_postgres(where, options.connections, options.answer_within);
  return fail(Kind::input, "store.bad-database", "The database setting isn't understood.",
              "Write sqlite:///path/to/hearback.db or postgresql://user@host/name.");
}

// The first program that opens a database leaves a mark sealed with its key; another key would
// find neither a credential nor a message readable, and say so only then.
void check_key(Database& database, Vault& vault) {
  const auto kPurpose = purpose({"key check"});
  database.write([&](Db& db) {
    db.change(
        "insert into installation(name, value) values ('key-check', $1)"
        " on conflict do nothing",
        Blob{vault.seal("hearback", kPurpose)});
    auto row = db.row("select value from installation where name = 'key-check'");
    if (!vault.open(row->blob(), kPurpose))
      refuse(Kind::permanent, "store.wrong-master-key",
             "This database was made with another master key.",
             "Put back the master key file that belongs to it.");
  });
}

void sweep_files(Database& database, const BlobFiles& files, int step) {
  files.sweep(step, [&](const std::vector<std::string>& names) {
    std::vector<std::string> known;
    database.read([&](Db& db) {
      in_chunks({}, values_of(names), [&](InList list, Params params) {
        for (auto& row : db.run("select file from blobs where file in " + list, params).rows)
          known.push_back(row.text());
      });
    });
    return known;
  });
}

// ---- one commit, inside its transaction ------------------------------------------------------

void add_company(Db& db, CompanyId company, const AddCompany& change) {
  if (db.change("insert into companies(company, name, created, revision, match_revision)"
                " values ($1, $2, $3, 0, 1) on conflict do nothing",
                company, change.name, change.at) == 0)
    refuse(Kind::conflict, "company.exists", "This company exists already.");
}

// Takes the company's row, which orders the commits of one company: whoever comes next waits here
// until this transaction has ended, and then sees all of it.
void lock_company(Writing& writing) {
  auto row = writing.db.row(
      "update companies set revision = revision where company = $1"
      " returning revision, match_revision, journal_position",
      writing.company);
  if (!row) refuse(Kind::missing, "store.no-such-company", "There is no such company.");
  writing.revision = static_cast<std::uint64_t>(row->number());
  writing.match_revision = static_cast<std::uint64_t>(row->number());
  writing.journal_position = static_cast<std::uint64_t>(row->number());
}

std::uint64_t number_feed(Writing& writing) {
  Insertion rows(
      "insert into feed(company, revision, kind, subject, candidate, user_id, thread, mailbox)", 8);
  std::set<std::tuple<std::string, std::string, CandidateId, UserId, ThreadId, MailboxId>> told;
  auto revision = writing.revision;
  for (const auto& entry : writing.feed) {
    if (!told.emplace(entry.kind, entry.id, entry.candidate, entry.user, entry.thread,
                      entry.mailbox)
             .second)
      continue;
    rows.row(writing.company, ++revision, entry.kind, entry.id,
             entry.candidate.empty() ? Value{} : value_of(entry.candidate),
             entry.user.empty() ? Value{} : value_of(entry.user),
             entry.thread.empty() ? Value{} : value_of(entry.thread),
             entry.mailbox.empty() ? Value{} : value_of(entry.mailbox));
  }
  rows.run(writing.db);
  return revision;
}

void number_journal(Writing& writing) {
  Insertion rows(
      "insert into journal(company, position, at, kind, subject, candidate, user_id, how, was,"
      " became)",
      10);
  auto position = writing.journal_position;
  for (const auto& entry : writing.journal)
    rows.row(writing.company, ++position, entry.at == Instant{} ? writing.at : entry.at, entry.kind,
             entry.subject, entry.candidate.empty() ? Value{} : value_of(entry.candidate),
             entry.user.empty() ? Value{} : value_of(entry.user), entry.how, entry.before,
             entry.after);
  rows.run(writing.db);
}

void finish(Writing& writing, std::uint64_t revision, std::uint64_t commit) {
  if (revision == writing.revision && !writing.match_moved && writing.journal.empty()) return;
  writing.db.change(
      "update companies set revision = $2, match_revision = match_revision + $3,"
      " journal_position = journal_position + $4 where company = $1",
      writing.company, revision, writing.match_moved, writing.journal.size());
  if (revision != writing.revision) writing.db.announce(writing.company, revision, commit);
}

struct Committed {
  std::uint64_t revision = 0;
  bool moved = false;
  std::vector<std::string> files_to_remove;
};

Committed make_changes(Db& db, Vault& vault, const SealedBlobs& blobs, const Commit& commit,
                       std::uint64_t number) {
  Writing writing{
      .db = db, .vault = vault, .blobs = blobs, .company = commit.company, .at = commit.at};
  for (const auto& change : commit.changes)
    if (const auto* company = change.as<AddCompany>()) add_company(db, commit.company, *company);
  lock_company(writing);
  for (const auto& expectation : commit.expectations)
    expectation.visit([&](const auto& expected) { expect(writing, expected); });
  for (const auto& change : commit.changes)
    change.visit([&](const auto& one) { apply(writing, one); });
  count_bodies(writing);
  keep_findable(writing);
  forget_taken_in(writing);
  keep_views(writing);
  number_journal(writing);
  const auto revision = number_feed(writing);
  finish(writing, revision, number);
  return {revision, revision != writing.revision, std::move(writing.files_to_remove)};
}

// ---- the store -------------------------------------------------------------------------------

class DatabaseStore final : public Store {
 public:
  DatabaseStore(std::unique_ptr<Database> database, BlobFiles files, std::string master_key,
                Random& random)
      : vault_(std::move(master_key), random),
        files_(std::move(files)),
        database_(std::move(database)) {
    check_key(*database_, vault_);
    database_->listen([this](const Database::Announced& one) {
      one.own ? notify_once(one.company, one.revision, *one.own)
              : notify(one.company, one.revision);
    });
  }

  Result<std::uint64_t> commit(const Commit& commit) override {
    SealedBlobs blobs;
    try {
      for (const auto& change : commit.changes)
        if (const auto* blob = change.as<PutBlob>())
          blobs[blob->id] = seal_blob(vault_, files_, limits_, commit.company, *blob);
      Committed done;
      const auto number = ++commits_;
      database_->write([&](Db& db) { done = make_changes(db, vault_, blobs, commit, number); });
      for (const auto& file : done.files_to_remove) files_.remove(file);
      if (done.moved) notify_once(commit.company, done.revision, number);
      return done.revision;
    } catch (const Refused& refused) {
      if (stops_writing(refused.error)) note_trouble(refused.error);
      // If nobody knows whether it was committed, the files may be needed, and it may have to be
      // acted on.
      if (refused.error.code == "store.commit-unknown")
        notify(commit.company, 0);
      else
        for (const auto& [id, blob] : blobs)
          if (!blob.file.empty()) files_.remove(blob.file);
      return Failure(refused.error);
    }
  }

  Result<void> storing() override {
    try {
      database_->expect_writable();
      files_.expect_room();
      if (const auto trouble = trouble_to_try()) return Failure(*trouble);
      return {};
    } catch (const Refused& refused) {
      return Failure(refused.error);
    }
  }

  Result<void> sweep(int step) override {
    static_assert(sweep_steps == BlobFiles::kSweepSteps);
    try {
      sweep_files(*database_, files_, step);
      return {};
    } catch (const Refused& refused) {
      return Failure(refused.error);
    }
  }

  Result<bool> make_findable() override {
    try {
      return index_some(*database_, vault_, files_);
    } catch (const Refused& refused) {
      return Failure(refused.error);
    }
  }

  Result<bool> clear_traces() override {
    try {
      return database_->clear_traces();
    } catch (const Refused& refused) {
      return Failure(refused.error);
    }
  }

  int on_commit(std::function<void(CompanyId, std::uint64_t)> heard) override {
    std::lock_guard lock(hearing_);
    listeners_[++last_listener_] = std::move(heard);
    return last_listener_;
  }

  void forget(int listener) override {
    std::lock_guard lock(hearing_);
    listeners_.erase(listener);
  }

 protected:
  Result<void> read(const std::function<void(Reading&)>& answer) override {
    try {
      database_->read([&](Db& db) {
        Reading reading{db, vault_, files_};
        answer(reading);
      });
      return {};
    } catch (const Refused& refused) {
      return Failure(refused.error);
    }
  }

 private:
  // Under the lock, so that nobody is called after forget() has returned.
  void notify(CompanyId company, std::uint64_t revision) {
    std::lock_guard lock(hearing_);
    const auto listeners = listeners_;
    for (const auto& [number, heard] : listeners)
      if (listeners_.contains(number)) heard(company, revision);
  }

  // What failed and would fail others too, as long as it would again. Tried now and then with as
  // much as a small message needs. One tries for all; who asks meanwhile is told what was known
  // before, for a try may last.
  std::optional<Error> trouble_to_try() {
    const std::unique_lock trying(trying_, std::try_to_lock);
    if (!trying || !last_trouble() || !try_again_.over()) return last_trouble();
    std::optional<Error> found;
    try {
      const std::string some = vault_.seal(std::string(kRoomTried, '.'), purpose({"room"}));
      database_->write([&](Db& db) {
        db.change(
            "insert into installation(name, value) values ('room', $1)"
            " on conflict (name) do update set value = excluded.value",
            Blob{some});
      });
      database_->write([](Db& db) { db.change("delete from installation where name = 'room'"); });
      files_.try_writing(some);
    } catch (const Refused& refused) {
      found = refused.error;
    }
    try_again_ = Deadline(kTryRoom);
    note_trouble(found);
    return found;
  }

  std::optional<Error> last_trouble() {
    std::lock_guard lock(telling_);
    return trouble_;
  }

  void note_trouble(std::optional<Error> error) {
    std::lock_guard lock(telling_);
    trouble_ = std::move(error);
  }

  // A commit of ours is told of when it has been made, or when the database announces it, whichever
  // is first; where it announces nothing, or its word is lost, the other doesn't come. They are not
  // told apart by revisions: those of a database that was restored begin anew.
  void notify_once(CompanyId company, std::uint64_t revision, std::uint64_t commit) {
    std::lock_guard lock(hearing_);
    if (told_once_.erase(commit) > 0) return;
    told_once_.insert(commit);
    if (told_once_.size() > kToldOnce) told_once_.erase(told_once_.begin());
    notify(company, revision);
  }

  const Limits limits_;
  Vault vault_;
  BlobFiles files_;
  std::recursive_mutex hearing_;  // a listener may forget itself
  std::map<int, std::function<void(CompanyId, std::uint64_t)>> listeners_;
  int last_listener_ = 0;
  std::mutex trying_, telling_;
  std::optional<Error> trouble_;            // guarded by telling_
  Deadline try_again_{Duration{0}};         // guarded by trying_
  std::atomic<std::uint64_t> commits_ = 0;  // numbers them
  std::set<std::uint64_t> told_once_;       // guarded by hearing_: the newest of those
  std::unique_ptr<Database> database_;      // last: its thread calls notify()
};

}  // namespace

bool wants_room(const Error& error) {
  return error.code == "store.disk" || error.code == "store.blob-files";
}

bool stops_writing(const Error& error) {
  return wants_room(error) || error.code == "store.read-only" || error.code == "store.not-held" ||
         error.code == "store.taken-over" || error.code == "store.database";
}

Result<std::unique_ptr<Store>> Store::open(const Options& options, Random& random) {
  if (sodium_init() < 0)
    return fail(Kind::permanent, "store.crypto", "The cryptographic library can't be used.");
  const bool key_given = options.master_key_file.empty();
  if (key_given && options.master_key.size() != Vault::kKeyOctets)
    return fail(Kind::input, "store.bad-master-key", "The master key must be 32 octets long.");
  auto database = open_database(options);
  if (!database) return Failure(database.error());
  try {
    // In this order, so that whatever is refused has changed nothing that others use.
    if (options.sole_process) (*database)->hold();
    migrate(**database);
    BlobFiles files(options.blob_directory);
    expect_one_installation(**database, files, random);
    Result<std::string> key = options.master_key;
    if (!key_given)
      key = load_or_create_master_key(options.master_key_file, random, !has_been_used(**database));
    if (!key) return Failure(key.error());
    return std::make_unique<DatabaseStore>(std::move(*database), std::move(files), std::move(*key),
                                           random);
  } catch (const Refused& refused) {
    return Failure(refused.error);
  }
}

template <class Question>
Result<typename Question::Answer> Store::ask(const Question& question) {
  std::optional<typename Question::Answer> answered;
  auto done = read([&](Reading& reading) { answered.emplace(answer(reading, question)); });
  if (!done) return Failure(done.error());
  return std::move(*answered);
}

// The whole list of what can be asked.
template Result<Companies::Answer> Store::ask(const Companies&);
template Result<CompanyFacts::Answer> Store::ask(const CompanyFacts&);
template Result<SignIn::Answer> Store::ask(const SignIn&);
template Result<PasswordOf::Answer> Store::ask(const PasswordOf&);
template Result<SessionOf::Answer> Store::ask(const SessionOf&);
template Result<Sessions::Answer> Store::ask(const Sessions&);
template Result<LinkOf::Answer> Store::ask(const LinkOf&);
template Result<LinksTo::Answer> Store::ask(const LinksTo&);
template Result<TokenOf::Answer> Store::ask(const TokenOf&);
template Result<TokensOf::Answer> Store::ask(const TokensOf&);
template Result<Users::Answer> Store::ask(const Users&);
template Result<UsersAmong::Answer> Store::ask(const UsersAmong&);
template Result<UserWith::Answer> Store::ask(const UserWith&);
template Result<UserById::Answer> Store::ask(const UserById&);
template Result<Invitations::Answer> Store::ask(const Invitations&);
template Result<Invited::Answer> Store::ask(const Invited&);
template Result<UploadById::Answer> Store::ask(const UploadById&);
template Result<UploadsKept::Answer> Store::ask(const UploadsKept&);
template Result<IdempotentAnswer::Answer> Store::ask(const IdempotentAnswer&);
template Result<BlobBytes::Answer> Store::ask(const BlobBytes&);
template Result<BlobRanges::Answer> Store::ask(const BlobRanges&);
template Result<BlobForm::Answer> Store::ask(const BlobForm&);
template Result<Since::Answer> Store::ask(const Since&);
template Result<JournalSince::Answer> Store::ask(const JournalSince&);
template Result<JournalPosition::Answer> Store::ask(const JournalPosition&);
template Result<ErrandsDue::Answer> Store::ask(const ErrandsDue&);
template Result<ErrandsNextDue::Answer> Store::ask(const ErrandsNextDue&);
template Result<Errands::Answer> Store::ask(const Errands&);
template Result<Prunable::Answer> Store::ask(const Prunable&);
template Result<Jobs::Answer> Store::ask(const Jobs&);
template Result<JobById::Answer> Store::ask(const JobById&);
template Result<Candidates::Answer> Store::ask(const Candidates&);
template Result<CandidateById::Answer> Store::ask(const CandidateById&);
template Result<CandidatesWith::Answer> Store::ask(const CandidatesWith&);
template Result<Holdings::Answer> Store::ask(const Holdings&);
template Result<CandidateFiles::Answer> Store::ask(const CandidateFiles&);
template Result<FileById::Answer> Store::ask(const FileById&);
template Result<ApplicationById::Answer> Store::ask(const ApplicationById&);
template Result<ApplicationsIn::Answer> Store::ask(const ApplicationsIn&);
template Result<StageCounts::Answer> Store::ask(const StageCounts&);
template Result<OldMail::Answer> Store::ask(const OldMail&);
template Result<NonCandidateWith::Answer> Store::ask(const NonCandidateWith&);
template Result<NonCandidateOf::Answer> Store::ask(const NonCandidateOf&);
template Result<MergePreview::Answer> Store::ask(const MergePreview&);
template Result<NamedExternally::Answer> Store::ask(const NamedExternally&);
template Result<LinesKnown::Answer> Store::ask(const LinesKnown&);
template Result<Threads::Answer> Store::ask(const Threads&);
template Result<ToAnswer::Answer> Store::ask(const ToAnswer&);
template Result<UnreadCounts::Answer> Store::ask(const UnreadCounts&);
template Result<PlacesOf::Answer> Store::ask(const PlacesOf&);
template Result<ThreadById::Answer> Store::ask(const ThreadById&);
template Result<CameAfter::Answer> Store::ask(const CameAfter&);
template Result<CandidateTimeline::Answer> Store::ask(const CandidateTimeline&);
template Result<MessageById::Answer> Store::ask(const MessageById&);
template Result<CopiesOf::Answer> Store::ask(const CopiesOf&);
template Result<PicturesOf::Answer> Store::ask(const PicturesOf&);
template Result<VersionsIn::Answer> Store::ask(const VersionsIn&);
template Result<Found::Answer> Store::ask(const Found&);
template Result<FilesToRead::Answer> Store::ask(const FilesToRead&);
template Result<FileOctets::Answer> Store::ask(const FileOctets&);
template Result<ContentsOf::Answer> Store::ask(const ContentsOf&);
template Result<FoundFiles::Answer> Store::ask(const FoundFiles&);
template Result<OwnFileToRead::Answer> Store::ask(const OwnFileToRead&);
template Result<OwnFileText::Answer> Store::ask(const OwnFileText&);
template Result<KnownAbout::Answer> Store::ask(const KnownAbout&);
template Result<SyncedAddresses::Answer> Store::ask(const SyncedAddresses&);
template Result<Sought::Answer> Store::ask(const Sought&);
template Result<LyingWith::Answer> Store::ask(const LyingWith&);
template Result<KnownOfSkipped::Answer> Store::ask(const KnownOfSkipped&);
template Result<PeopleNamed::Answer> Store::ask(const PeopleNamed&);
template Result<StoredMessageIds::Answer> Store::ask(const StoredMessageIds&);
template Result<CopiesInFolder::Answer> Store::ask(const CopiesInFolder&);
template Result<BroughtBefore::Answer> Store::ask(const BroughtBefore&);
template Result<Mailboxes::Answer> Store::ask(const Mailboxes&);
template Result<MailboxById::Answer> Store::ask(const MailboxById&);
template Result<MailboxSecret::Answer> Store::ask(const MailboxSecret&);
template Result<WhoseAddress::Answer> Store::ask(const WhoseAddress&);
template Result<AddressClaims::Answer> Store::ask(const AddressClaims&);
template Result<AddressClaim::Answer> Store::ask(const AddressClaim&);
template Result<ConfirmedAddress::Answer> Store::ask(const ConfirmedAddress&);
template Result<FolderInForce::Answer> Store::ask(const FolderInForce&);
template Result<MailboxHealth::Answer> Store::ask(const MailboxHealth&);
template Result<MailboxOwners::Answer> Store::ask(const MailboxOwners&);
template Result<OfferedServers::Answer> Store::ask(const OfferedServers&);
template Result<Folders::Answer> Store::ask(const Folders&);
template Result<FolderById::Answer> Store::ask(const FolderById&);
template Result<ImportedByFolder::Answer> Store::ask(const ImportedByFolder&);
template Result<PastChosen::Answer> Store::ask(const PastChosen&);
template Result<PastOf::Answer> Store::ask(const PastOf&);
template Result<NeverSynced::Answer> Store::ask(const NeverSynced&);
template Result<BodyLedger::Answer> Store::ask(const BodyLedger&);
template Result<Quarantined::Answer> Store::ask(const Quarantined&);
template Result<QuarantinedFor::Answer> Store::ask(const QuarantinedFor&);
template Result<QuarantinedAt::Answer> Store::ask(const QuarantinedAt&);
template Result<QuarantinedCount::Answer> Store::ask(const QuarantinedCount&);
template Result<BodiesByHour::Answer> Store::ask(const BodiesByHour&);
template Result<ToRetry::Answer> Store::ask(const ToRetry&);
template Result<OutboxDue::Answer> Store::ask(const OutboxDue&);
template Result<OutboxNextDue::Answer> Store::ask(const OutboxNextDue&);
template Result<OutboxById::Answer> Store::ask(const OutboxById&);
template Result<OutboxOf::Answer> Store::ask(const OutboxOf&);
template Result<WasAnswered::Answer> Store::ask(const WasAnswered&);

}  // namespace hearback::store
