#pragma once
// For the store's tests: the same test on each database, in a small world of two jobs.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "fakes/postgres.hpp"
#include "fakes/views_truth.hpp"
#include "rules/findable.hpp"
#include "store/engine/db.hpp"
#include "store/engine/schema.hpp"
#include "store/store.hpp"

namespace hearback::store {

enum class On { memory, file, postgres };

inline std::string name_of(const testing::TestParamInfo<On>& on) {
  return on.param == On::memory ? "Memory" : on.param == On::file ? "File" : "PostgreSQL";
}

// Ends what hangs, and nothing else: a test that fills thousands of rows in one go may take longer
// on a busy machine than an answer may (kAnswerWithin). Tests of deadlines set their own.
inline constexpr Duration kTestWithin = std::chrono::minutes(10);

class Conformance : public testing::TestWithParam<On> {
 protected:
  void SetUp() override {
    options.answer_within = kTestWithin;
    options.master_key = std::string(32, 'k');
    options.sole_process = false;  // some tests open it twice
    std::string pattern =
        (std::filesystem::temp_directory_path() / "hearback-store-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
    if (GetParam() == On::memory) options.database = "sqlite::memory:";
    if (GetParam() == On::file) {
      std::filesystem::copy_file(migrated_file(), folder + "/hearback.db");
      options.database = "sqlite://" + folder + "/hearback.db";
    }
    if (GetParam() == On::postgres)
      options.database = fakes::Postgres::instance().copy_of(migrated_postgres());
    home = options.database;
    if (GetParam() != On::memory) options.blob_directory = folder + "/blobs";
    store = open();
    ASSERT_TRUE(store);
    company = make<CompanyId>();
    commit(AddCompany{"Acme", now});
  }

  void TearDown() override {
    store.reset();
    if (GetParam() != On::memory && !folder.empty() && !HasFatalFailure())
      tables()->read(expect_views_true);
    if (!folder.empty()) std::filesystem::remove_all(folder);
  }

  std::unique_ptr<Store> open() {
    auto opened = Store::open(options, random);
    EXPECT_TRUE(opened) << opened.error().what;
    return opened ? std::move(*opened) : nullptr;
  }

  // Made once: migrating takes longer than most tests. (In memory, the store does so itself.)
  static std::string migrated_postgres() {
    static const auto uri = [] {
      auto made = fakes::Postgres::instance().new_database();
      auto database = open_postgres(made, 1, kTestWithin);
      if (!database) throw std::runtime_error(database.error().what);
      migrate(**database);
      return made;
    }();
    return uri;
  }
  static std::filesystem::path migrated_file() {
    struct File {
      File() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "hearback-store-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
        folder = pattern;
        auto database = open_sqlite(path(), 1, kTestWithin);
        if (!database) throw std::runtime_error(database.error().what);
        migrate(**database);
      }
      ~File() { std::filesystem::remove_all(folder); }
      std::filesystem::path path() const { return folder / "hearback.db"; }
      std::filesystem::path folder;
    };
    static const File file;
    return file.path();
  }

  // The tables themselves, past the store. Not for `:memory:`.
  std::unique_ptr<Database> tables() const {
    auto database = GetParam() == On::file ? open_sqlite(folder + "/hearback.db", 1, kTestWithin)
                                           : open_postgres(home, 1, kTestWithin);
    EXPECT_TRUE(database);
    return std::move(*database);
  }

  template <class AnId>
  AnId make() {
    now = now + 1ms;
    return AnId::make(now, random);
  }

  Result<std::uint64_t> try_commit(std::vector<Change> changes,
                                   std::vector<Expectation> expectations = {}) {
    return store->commit({company, std::move(changes), std::move(expectations)});
  }
  template <class... C>
  std::uint64_t commit(C... changes) {
    auto done = try_commit({std::move(changes)...});
    EXPECT_TRUE(done) << done.error().code << ": " << done.error().what;
    return done.value_or(0);
  }
  // The code of the error that refuses these changes.
  template <class... C>
  std::string refused(C... changes) {
    auto done = try_commit({std::move(changes)...});
    if (done) return "was not refused";
    refused_kind = done.error().kind;
    return done.error().code;
  }

  template <class Question>
  typename Question::Answer ask(const Question& question) {
    auto answer = store->ask(question);
    EXPECT_TRUE(answer) << answer.error().code << ": " << answer.error().what;
    return answer ? std::move(*answer) : typename Question::Answer{};
  }

  // Takes what is begun to its end, as the scheduler does. → how many commits that took.
  int run_errands() {
    int steps = 0;
    for (;;) {
      const auto due = ask(ErrandsDue{engine(), now + std::chrono::hours(1)});
      if (due.empty()) return steps;
      for (const auto& errand : due) {
        if (!try_commit({AdvanceErrand{errand.id, now}})) return -1;
        ++steps;
      }
    }
  }

  Scope engine() const { return rules::engine_scope(company); }
  Scope as(const rules::User& user) const { return rules::user_scope(company, user); }

  rules::User add_user(std::string name, rules::Role role, bool all_jobs = false) {
    rules::User user;
    user.id = make<UserId>();
    user.name = name;
    user.email = user.email_normal = name + "@acme.example";
    user.role = role;
    user.all_jobs = all_jobs;
    commit(PutUser{user, "hash of " + name, now});
    return user;
  }
  JobId add_job(std::string title, std::vector<UserId> team) {
    rules::Job job{make<JobId>(), std::move(title), rules::JobKind::offer, true};
    commit(PutJob{job, std::move(team), now});
    return job.id;
  }
  static rules::CandidateAddress address(std::string text) {
    rules::CandidateAddress a;
    a.address = a.normal = std::move(text);
    return a;
  }
  CandidateId add_candidate(std::string name, std::vector<std::string> addresses,
                            std::vector<JobId> jobs = {}) {
    const auto id = make<CandidateId>();
    std::vector<rules::CandidateAddress> list;
    for (auto& text : addresses) list.push_back(address(text));
    commit(PutCandidate{id, std::move(name), list, now});
    for (auto job : jobs) commit(PutApplication{{make<ApplicationId>(), id, job, {}, {}, now}});
    return id;
  }
  rules::Mailbox mailbox_of(const rules::User& owner, std::string text) {
    rules::Mailbox box;
    box.id = make<MailboxId>();
    box.owner = owner.id;
    const bool text_is_sign_in = text == owner.email_normal;
    box.address = box.address_normal = std::move(text);
    box.imap = {"imap.acme.example", 993, "tls", owner.email};
    box.smtp = {"smtp.acme.example", 465, "tls", owner.email};
    box.consent = {now, "2026-11", "en"};
    box.window_since = now - 336h;
    box.connected = now;
    box.proof = text_is_sign_in ? rules::AddressProof::sign_in : rules::AddressProof::admin;
    return box;
  }
  rules::Mailbox add_mailbox(const rules::User& owner, std::string text) {
    auto box = mailbox_of(owner, std::move(text));
    commit(AddMailbox{box, "imap secret", "smtp secret"});
    return box;
  }
  rules::Folder add_folder(const rules::Mailbox& box, std::string name,
                           rules::FolderRole role = rules::FolderRole::incoming) {
    rules::Folder folder;
    folder.id = make<FolderId>();
    folder.mailbox = box.id;
    folder.name = folder.wire_name = std::move(name);
    folder.role = role;
    folder.uid_validity = 7;
    std::vector<rules::Folder> all{folder};
    for (auto& row : ask(Folders{engine(), box.id})) all.push_back(row.folder);
    commit(PutFolders{box.id, all});
    return folder;
  }

  static mail::Address person(std::string spec, std::string name = "") {
    return {std::move(name), spec, spec};
  }
  static std::string words_of(const rules::Message& m, std::string_view text) {
    return rules::findable(m.envelope, m.attachments, text);
  }
  rules::Message message(std::string message_id, std::string from, std::string to) {
    rules::Message m;
    m.id = make<MessageId>();
    m.envelope.message_id = message_id;
    m.envelope.from = {person(std::move(from), "The Sender")};
    m.envelope.to = {person(std::move(to))};
    m.envelope.subject = "About the job";
    m.envelope.date = now;
    m.fingerprint = "print of " + message_id;
    m.date = now;
    m.octets = 1000;
    m.snippet = "Hello there";
    m.raw = make<BlobId>();
    return m;
  }
  rules::Thread thread(CandidateId candidate, std::string subject = "About the job") {
    return {make<ThreadId>(), candidate, rules::ThreadKind::conversation, std::move(subject), now};
  }
  // Stores a message in a thread, new or not, with a source.
  void place(const rules::Message& m, const rules::Thread& in, rules::PlacedBy by,
             std::string detail, bool new_thread = true) {
    std::vector<Change> changes{PutBlob{m.raw, "source of " + m.envelope.message_id},
                                AddMessage{m, now}};
    if (new_thread) changes.push_back(AddThread{in});
    changes.push_back(PlaceMessage{{in.id, in.candidate, m.id, by, std::move(detail)}, m.date});
    auto done = try_commit(std::move(changes));
    ASSERT_TRUE(done) << done.error().code << ": " << done.error().what;
  }
  // One of the mailbox's owner's, which begins its way.
  OutboxId write_here(rules::Message m, const rules::Thread& in, const rules::Mailbox& box,
                      Instant created) {
    m.direction = rules::Direction::outgoing;
    place(m, in, rules::PlacedBy::sent_here, "", false);
    rules::OutboxMessage way;
    way.id = make<OutboxId>();
    way.author = box.owner;
    way.mailbox = box.id;
    way.candidate = in.candidate;
    way.thread = in.id;
    way.message = m.id;
    way.message_id = m.envelope.message_id;
    way.envelope_from = m.envelope.from.front().spec;
    for (const auto& to : m.envelope.to) way.recipients.push_back(to.normal);
    way.bytes = m.raw;
    way.created = way.not_before = created;
    commit(AddOutbox{way});
    return way.id;
  }
  std::vector<ThreadId> threads_seen(const Scope& scope, Place where = Place::all) {
    std::vector<ThreadId> ids;
    for (auto& row : ask(Threads{scope, where, {}, {}}).rows) ids.push_back(row.thread.id);
    return ids;
  }

  SeededRandom random{20261121};
  Instant now{1'790'000'000'000};
  std::string folder;
  Options options;
  std::string home;  // the database that SetUp made, whatever a test opens later
  std::unique_ptr<Store> store;
  CompanyId company;
  Kind refused_kind = Kind::permanent;
};

}  // namespace hearback::store

#define HEARBACK_ON_EACH_DATABASE(suite)                                          \
  INSTANTIATE_TEST_SUITE_P(                                                       \
      Each, suite,                                                                \
      testing::Values(::hearback::store::On::memory, ::hearback::store::On::file, \
                      ::hearback::store::On::postgres),                           \
      ::hearback::store::name_of)
