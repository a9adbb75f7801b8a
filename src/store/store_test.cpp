#include "store/store.hpp"

#include <sys/stat.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "fakes/store_conformance.hpp"
#include "store/engine/schema.hpp"
#include "store/vault/frames.hpp"

namespace hearback::store {
namespace {

using rules::Role;
namespace fs = std::filesystem;

class StoreTest : public Conformance {
 protected:
  Result<std::unique_ptr<Store>> try_open() { return Store::open(options, random); }
  // News to somebody where there is an admin.
  PutJob job(std::string title = "J") {
    return {{make<JobId>(), std::move(title), rules::JobKind::offer, true}, {}, now};
  }
};
HEARBACK_ON_EACH_DATABASE(StoreTest);

std::vector<fs::path> files_in(const std::string& folder) {
  std::vector<fs::path> files;
  for (auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().filename() != "installation")
      files.push_back(entry.path());
  return files;
}

// ---- opening ---------------------------------------------------------------------------------

TEST_P(StoreTest, WhatWasStoredIsThereAfterOpeningAgain) {
  if (GetParam() == On::memory) return;
  const auto anna = add_user("anna", Role::admin);
  store.reset();
  store = open();
  EXPECT_EQ(ask(Users{engine()}).rows, std::vector{anna});
}

TEST_P(StoreTest, ANewerSchemaIsRefused) {
  if (GetParam() == On::memory) return;
  store.reset();
  tables()->write([](Db& db) {
    db.change("insert into schema_migrations(number) values ($1)", newest_schema() + 1);
  });
  auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "store.newer-schema");
}

TEST_P(StoreTest, AnotherMasterKeyIsRefused) {
  if (GetParam() == On::memory) return;
  store.reset();
  options.master_key = std::string(32, 'x');
  auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "store.wrong-master-key");
  options.master_key = "short";
  EXPECT_EQ(try_open().error().code, "store.bad-master-key");
}

TEST_P(StoreTest, WhatIsNoDatabaseIsRefused) {
  options.database = "mysql://nowhere";
  EXPECT_EQ(try_open().error().code, "store.bad-database");
  options.database = "postgresql://hearback@127.0.0.1:1/none?connect_timeout=2";
  EXPECT_EQ(try_open().error().code, "store.unreachable");
  EXPECT_EQ(try_open().error().kind, Kind::transient);
  options.database = "sqlite:///no/such/folder/hearback.db";
  EXPECT_EQ(try_open().error().code, "store.cannot-open");
}

TEST_P(StoreTest, TwoThatOpenANewDatabaseAtOnceDoNotCollide) {
  if (GetParam() == On::memory) return;
  options.blob_directory = folder + "/fresh";
  if (GetParam() == On::file) options.database = "sqlite://" + folder + "/fresh.db";
  if (GetParam() == On::postgres) options.database = fakes::Postgres::instance().new_database();
  std::vector<std::thread> openers;
  std::vector<std::unique_ptr<Store>> opened(4);
  std::vector<SystemRandom> randoms(4);
  for (std::size_t i = 0; i < 4; ++i)
    openers.emplace_back([&, i] {
      auto one = Store::open(options, randoms[i]);
      if (one) opened[i] = std::move(*one);
    });
  for (auto& opener : openers) opener.join();
  for (auto& one : opened) {
    ASSERT_TRUE(one);
    EXPECT_TRUE(one->ask(Companies{}));
  }
}

TEST_P(StoreTest, TheDatabaseFileIsItsOwnersAlone) {
  if (GetParam() != On::file) return;
  struct stat facts{};
  for (const char* name : {"/hearback.db", "/hearback.db-wal"}) {
    ASSERT_EQ(::stat((folder + name).c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600u) << name;
  }
}

// Without advice SQLite reads all of a company's attachments for each row of a list of threads.
TEST_P(StoreTest, TheCompanyAloneIsNeverHowRowsAreLookedUp) {
  if (GetParam() != On::file) return;
  tables()->read([](Db& db) {
    for (auto& row : db.rows("explain query plan select count(*) from placements p"
                             " join attachments f on f.company = p.company"
                             " and f.message = p.message where p.company = $1 and p.thread = $2",
                             CompanyId{}, ThreadId{})) {
      row.number(), row.number(), row.number();
      const auto step = row.text();
      EXPECT_EQ(step.find("(company=?)"), std::string::npos) << step;
    }
  });
}

// ---- commits ---------------------------------------------------------------------------------

TEST_P(StoreTest, ACommitHappensWholeOrNotAtAll) {
  const auto revision = ask(CompanyFacts{engine()}).revision;
  EXPECT_EQ(refused(job("first"), PutUser{}), "user.bad-address");
  EXPECT_TRUE(ask(Jobs{engine()}).rows.empty());
  EXPECT_EQ(ask(CompanyFacts{engine()}).revision, revision);
  EXPECT_TRUE(ask(Since{engine(), revision}).empty());
}

TEST_P(StoreTest, ListenersHearOfCommitsUntilForgotten) {
  add_user("anna", Role::admin);
  std::vector<std::uint64_t> heard;
  const int number = store->on_commit([&](CompanyId of, std::uint64_t revision) {
    EXPECT_EQ(of, company);
    heard.push_back(revision);
  });
  const auto revision = commit(job());
  EXPECT_EQ(heard, std::vector{revision});
  refused(PutUser{});
  EXPECT_EQ(heard.size(), 1u);
  store->forget(number);
  commit(job());
  EXPECT_EQ(heard.size(), 1u);
}

TEST_P(StoreTest, OtherProcessesHearOfCommits) {
  if (GetParam() != On::postgres) return;
  add_user("anna", Role::admin);
  auto other = open();
  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t heard = 0;
  int times = 0;
  other->on_commit([&](CompanyId of, std::uint64_t revision) {
    EXPECT_EQ(of, company);
    std::lock_guard lock(mutex);
    heard = revision;
    ++times;
    changed.notify_all();
  });
  const auto revision = commit(job());
  std::unique_lock lock(mutex);
  EXPECT_TRUE(changed.wait_for(lock, 20s, [&] { return heard == revision; }));
  EXPECT_EQ(times, 1);
  // Its listening connection is cut: it makes another, and is told where everybody stands.
  tables()->write([](Db& db) {
    db.row(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()");
  });
  EXPECT_TRUE(changed.wait_for(lock, 20s, [&] { return times >= 2; }));
  lock.unlock();
  commit(job());  // the pool replaces its broken connections by itself
  EXPECT_EQ(ask(Jobs{engine()}).rows.size(), 2u);
}

// ---- the feed --------------------------------------------------------------------------------

// Many write at once, through two stores; readers follow the feed meanwhile. Whatever a reader has
// seen, nothing ever appears behind it.
TEST_P(StoreTest, O1_TheFeedIsGapFreeUnderConcurrentCommits) {
  constexpr int kWriters = 6, kCommits = 40, kReaders = 3;
  options.connections = kWriters + kReaders;
  store.reset();
  const bool shared = GetParam() != On::memory;
  store = open();
  if (!shared) commit(AddCompany{"Acme", now});
  add_user("anna", Role::admin);
  auto second = shared ? open() : nullptr;
  const auto start = ask(CompanyFacts{engine()}).revision;
  std::atomic<int> writing = kWriters;
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int w = 0; w < kWriters; ++w)
    threads.emplace_back([&, w] {
      SeededRandom own(static_cast<std::uint64_t>(w) + 1);
      Store& target = second && w % 2 ? *second : *store;
      for (int i = 0; i < kCommits; ++i) {
        Commit one{company, {}, {}};
        for (std::uint64_t k = 0; k <= own.below(3); ++k)
          one.changes.push_back(
              PutJob{{JobId::make(now, own), "J", rules::JobKind::offer, true}, {}, now});
        if (!target.commit(one)) ++failures;
      }
      --writing;
    });
  std::vector<std::vector<std::uint64_t>> followed(kReaders);
  for (int r = 0; r < kReaders; ++r)
    threads.emplace_back([&, r] {
      Store& source = second && r % 2 ? *second : *store;
      auto at = start;
      for (bool last = false; !last;) {
        last = writing == 0;
        for (;;) {
          auto entries = source.ask(Since{engine(), at, 7});
          if (!entries) ++failures;
          if (!entries || entries->empty()) break;
          for (auto& entry : *entries) followed[r].push_back(entry.revision);
          at = entries->back().revision;
        }
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  const auto end = ask(CompanyFacts{engine()}).revision;
  std::vector<std::uint64_t> all;
  for (auto revision = start + 1; revision <= end; ++revision) all.push_back(revision);
  EXPECT_GT(all.size(), static_cast<std::size_t>(kWriters * kCommits));
  for (auto& seen : followed) EXPECT_EQ(seen, all);
}

TEST_P(StoreTest, P5_TheFeedTellsEachWhatTheyMaySee) {
  const auto anna = add_user("anna", Role::admin), ben = add_user("ben", Role::evaluator),
             cleo = add_user("cleo", Role::manager);
  const auto welder = add_job("Welder", {ben.id});
  const auto revision = ask(CompanyFacts{engine()}).revision;
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"});
  commit(PutApplication{{make<ApplicationId>(), wanda, welder, {}, {}, now}});
  commit(AddToken{make<TokenId>(), ben.id, "t", "h", now});
  commit(job());
  const auto kinds = [&](const Scope& scope) {
    std::vector<std::string> found;
    for (auto& entry : ask(Since{scope, revision})) found.push_back(entry.kind);
    return found;
  };
  using Kinds = std::vector<std::string>;
  EXPECT_EQ(kinds(as(anna)), (Kinds{"candidate", "candidate", "directory"}));
  EXPECT_EQ(kinds(as(ben)), (Kinds{"candidate", "candidate", "user"}));
  EXPECT_EQ(kinds(as(cleo)), Kinds{});
  EXPECT_EQ(kinds(engine()), (Kinds{"candidate", "candidate", "user", "directory"}));
}

// Who may see little of a long feed asks for a stretch at a time.
TEST_P(StoreTest, TheFeedIsAskedForInStretches) {
  const auto anna = add_user("anna", Role::admin);
  const auto start = ask(CompanyFacts{engine()}).revision;
  for (int i = 0; i < 5; ++i) add_candidate("C", {});
  const auto all = ask(Since{as(anna), start});
  ASSERT_EQ(all.size(), 5u);
  const auto some = ask(Since{as(anna), start, 500, start + 2});
  ASSERT_EQ(some.size(), 2u);
  EXPECT_EQ(some.back().revision, start + 2);
  EXPECT_EQ(ask(Since{as(anna), start + 2, 500, start + 4}).front().revision, start + 3);
}

// A job is news to those who may see it, and to those who may no longer.
TEST_P(StoreTest, SEE4_AJobIsNewsToWhoMaySeeIt) {
  const auto anna = add_user("anna", Role::admin), ben = add_user("ben", Role::evaluator),
             cleo = add_user("cleo", Role::evaluator), dan = add_user("dan", Role::manager, true);
  auto start = ask(CompanyFacts{engine()}).revision;
  const auto heard = [&](const rules::User& user) {
    std::vector<std::string> ids;
    for (auto& entry : ask(Since{as(user), start}))
      if (entry.kind == "directory") ids.push_back(entry.id);
    return ids;
  };
  const auto job = add_job("Secret", {ben.id});
  const std::vector news{job.text()};
  EXPECT_EQ(heard(anna), news);
  EXPECT_EQ(heard(dan), news);
  EXPECT_EQ(heard(ben), news);
  EXPECT_TRUE(heard(cleo).empty());
  start = ask(CompanyFacts{engine()}).revision;
  commit(PutJob{{job, "Secret"}, {cleo.id}, now});
  EXPECT_EQ(heard(ben), news);
  EXPECT_EQ(heard(cleo), news);
  EXPECT_EQ(heard(anna), news);
}

TEST_P(StoreTest, TwoStoresOnOneDatabaseSeeEachOthersWork) {
  if (GetParam() == On::memory) return;
  auto other = open();
  const auto anna = add_user("anna", Role::admin);
  EXPECT_EQ(other->ask(Users{engine()})->rows, std::vector{anna});
  // Both judged that the address is nobody's: only one can commit.
  const auto candidate = [&] {
    return Commit{company,
                  {PutCandidate{make<CandidateId>(), "C", {address("a@home.example")}, now}},
                  {PeopleAre{{"a@home.example"}, {}, {}}}};
  };
  const auto one = candidate(), two = candidate();
  std::atomic<int> won = 0, lost = 0;
  std::thread first([&] { (store->commit(one) ? won : lost)++; });
  std::thread second([&] { (other->commit(two) ? won : lost)++; });
  first.join();
  second.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 1);
}

TEST_P(StoreTest, SEND2_OfTwoThatClaimOneWins) {
  if (GetParam() == On::memory) return;
  auto other = open();
  const auto ben = add_user("ben", Role::admin);
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"});
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto t = thread(wanda);
  const auto m = message("m", "ben@acme.example", "wanda@home.example");
  place(m, t, rules::PlacedBy::sent_here, "");
  rules::OutboxMessage out;
  out.id = make<OutboxId>();
  out.author = ben.id;
  out.mailbox = box.id;
  out.candidate = wanda;
  out.thread = t.id;
  out.message = m.id;
  out.message_id = "m";
  out.bytes = m.raw;
  commit(AddOutbox{out});
  for (std::uint64_t fence = 0; fence < 20; ++fence) {
    std::atomic<int> won = 0;
    const auto claim = [&](Store& by) {
      if (by.commit({company, {ClaimOutbox{out.id, fence, now + 1min}}, {}})) ++won;
    };
    std::thread first([&] { claim(*store); }), second([&] { claim(*other); });
    first.join();
    second.join();
    ASSERT_EQ(won, 1);
  }
}

// ---- blobs -----------------------------------------------------------------------------------

TEST_P(StoreTest, D2_BlobsOfEverySizeComeBack) {
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{65536}, std::size_t{65537},
                           std::size_t{3'000'000}}) {
    std::string bytes(size, '\0');
    random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
    const auto id = make<BlobId>();
    commit(PutBlob{id, bytes});
    EXPECT_EQ(ask(BlobBytes{company, id}), bytes) << size;
  }
  EXPECT_FALSE(ask(BlobBytes{company, make<BlobId>()}));
  if (GetParam() != On::memory) EXPECT_EQ(files_in(options.blob_directory).size(), 2u);
}

TEST_P(StoreTest, D2_NothingReadableIsStored) {
  if (GetParam() == On::memory) return;
  const std::string canary = "canary-in-the-mail";
  std::string large;
  while (large.size() < 100'000) large += canary;
  commit(PutBlob{make<BlobId>(), canary}, PutBlob{make<BlobId>(), large});
  store.reset();
  std::vector<fs::path> files = files_in(options.blob_directory);
  ASSERT_EQ(files.size(), 1u);
  if (GetParam() == On::file)
    for (auto& file : files_in(folder)) files.push_back(file);
  for (auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(bytes.find(canary), std::string::npos) << file;
  }
  struct stat facts{};
  ::stat(files[0].c_str(), &facts);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST_P(StoreTest, D2_WithoutItsRowABlobIsUnreadable) {
  if (GetParam() == On::memory) return;
  const auto small = make<BlobId>(), large = make<BlobId>();
  commit(PutBlob{small, "small"}, PutBlob{large, std::string(100'000, 'l')});
  // Keys moved to each other's row open nothing: key and bytes are bound to their blob.
  tables()->write([&](Db& db) {
    db.change(
        "update blobs set sealed_key ="
        " (select b.sealed_key from blobs b where b.id = $2) where id = $1",
        small, large);
  });
  EXPECT_FALSE(ask(BlobBytes{company, small}));
  EXPECT_TRUE(ask(BlobBytes{company, large}));
  // A damaged file, and a lost one.
  const auto file = files_in(options.blob_directory).at(0);
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(50'000).put('!');
  EXPECT_FALSE(ask(BlobBytes{company, large}));
  fs::remove(file);
  EXPECT_FALSE(ask(BlobBytes{company, large}));
}

std::string random_octets(std::size_t size, Random& random) {
  std::string bytes(size, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  return bytes;
}

TEST_P(StoreTest, D2_AStretchOfABlobIsReadAlone) {
  const auto bytes = random_octets(1'500'000, random);
  const auto id = make<BlobId>();
  commit(PutBlob{id, bytes});
  const auto read = [&](std::vector<OctetRange> ranges) {
    return ask(BlobRanges{company, id, std::move(ranges)});
  };
  const auto frame = Frames::kUsual;
  for (const OctetRange range : std::vector<OctetRange>{{0, 1},
                                                        {frame - 1, 2},
                                                        {frame, frame},
                                                        {17, 20 * frame + 5},
                                                        {bytes.size() - 3, 3},
                                                        {0, bytes.size()},
                                                        {5, 0}})
    EXPECT_TRUE(read({range}) == bytes.substr(range.at, range.octets)) << range.at;
  EXPECT_EQ(
      read({{10, 5}, {20, 5}, {frame + 1, 4}, {3, 2}}),
      bytes.substr(10, 5) + bytes.substr(20, 5) + bytes.substr(frame + 1, 4) + bytes.substr(3, 2));
  EXPECT_EQ(read({{bytes.size() - 2, 100}}), bytes.substr(bytes.size() - 2));  // what there is
  EXPECT_EQ(read({{bytes.size() + 10, 5}}), "");
  EXPECT_FALSE(ask(BlobRanges{company, make<BlobId>(), {{0, 1}}}));
  const auto form = ask(BlobForm{company, id});
  EXPECT_EQ(form->octets, bytes.size());
  EXPECT_TRUE(form->in_frames);
  if (GetParam() == On::memory) return;

  // Damage elsewhere is none of it, and what is damaged isn't read.
  const auto file = files_in(options.blob_directory).at(0);
  const auto at = static_cast<std::streamoff>(5 * (frame + Vault::kSealOctets) + 100);
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(at).put('!').put('?');
  EXPECT_TRUE(read({{0, 5 * frame}, {6 * frame, 10}}));
  EXPECT_FALSE(read({{5 * frame + 10, 1}}));
  EXPECT_FALSE(ask(BlobBytes{company, id}));
}

// A frame stands in its place alone: a file whose frames were moved or cut off says nothing.
TEST_P(StoreTest, D2_FramesCannotBeMoved) {
  if (GetParam() == On::memory) return;
  const auto id = make<BlobId>();
  commit(PutBlob{id, random_octets(300'000, random)});
  const auto file = files_in(options.blob_directory).at(0);
  std::ifstream in(file, std::ios::binary);
  const std::string sealed{std::istreambuf_iterator<char>(in), {}};
  const auto frame = Frames::kUsual + Vault::kSealOctets;
  const auto put = [&](const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  };
  put(sealed.substr(frame, frame) + sealed.substr(0, frame) + sealed.substr(2 * frame));
  EXPECT_FALSE(ask(BlobRanges{company, id, {{0, 10}}}));
  EXPECT_FALSE(ask(BlobRanges{company, id, {{Frames::kUsual, 10}}}));
  EXPECT_TRUE(ask(BlobRanges{company, id, {{2 * Frames::kUsual, 10}}}));
  put(sealed.substr(0, 2 * frame));
  EXPECT_TRUE(ask(BlobRanges{company, id, {{0, 10}}}));
  EXPECT_FALSE(ask(BlobRanges{company, id, {{299'000, 10}}}));
  EXPECT_FALSE(ask(BlobBytes{company, id}));
  // Said to be shorter, it isn't read either: each frame knows the length of the whole.
  put(sealed);
  EXPECT_TRUE(ask(BlobBytes{company, id}));
  tables()->write([](Db& db) { db.change("update blobs set octets = 131072"); });
  EXPECT_FALSE(ask(BlobBytes{company, id}));
}

// Those of older versions are sealed in one piece.
TEST_P(StoreTest, D2_BlobsOfOldAreStillRead) {
  if (GetParam() == On::memory) return;
  const auto id = make<BlobId>();
  Vault vault(options.master_key, random);
  const auto key = vault.new_key();
  tables()->write([&](Db& db) {
    db.change(
        "insert into blobs(company, id, sealed_key, octets, bytes, file)"
        " values ($1, $2, $3, 9, $4, '')",
        company, id, Blob{vault.seal(key, blob_key_purpose(company, id))},
        Blob{vault.seal_with(key, "as of old", blob_purpose(company, id))});
  });
  EXPECT_EQ(ask(BlobBytes{company, id}), "as of old");
  EXPECT_EQ(ask(BlobRanges{company, id, {{0, 2}, {6, 100}}}), "asold");
  EXPECT_FALSE(ask(BlobForm{company, id})->in_frames);
}

TEST_P(StoreTest, ARefusedCommitLeavesNoFile) {
  if (GetParam() == On::memory) return;
  EXPECT_EQ(refused(PutBlob{make<BlobId>(), std::string(100'000, 'x')}, PutUser{}),
            "user.bad-address");
  EXPECT_TRUE(files_in(options.blob_directory).empty());
}

// ---- several threads ---------------------------------------------------------------------------

TEST_P(StoreTest, ManyThreadsMayUseOneStore) {
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&, t] {
      SeededRandom own(static_cast<std::uint64_t>(t) + 100);
      for (int i = 0; i < 20; ++i) {
        const auto blob = BlobId::make(now, own);
        if (!store->commit({company, {PutBlob{blob, "bytes"}}, {}})) ++failures;
        if (store->ask(BlobBytes{company, blob}).value_or("") != "bytes") ++failures;
        if (!store->ask(Users{engine()})) ++failures;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
}

}  // namespace
}  // namespace hearback::store
