// SQLite behind the seam: nobody waits longer than a call may take.
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "store/engine/db.hpp"
#include "store/engine/schema.hpp"

namespace hearback::store {
namespace {

class Sqlite : public testing::Test {
 protected:
  Sqlite() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "hearback-sqlite-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~Sqlite() override { std::filesystem::remove_all(folder); }
  std::unique_ptr<Database> open(Duration within) {
    return std::move(*open_sqlite(folder + "/s.db", 2, within));
  }
  // Somebody reads, so that the log can't begin anew, while rows are written: how many commits in a
  // row find the log's file as long as they need it, of 150; and the rows.
  struct Ahead {
    int commits = 0, rows = 0;
  };
  Ahead write_ahead(Database& database, const std::string& log) {
    database.write([](Db& db) { db.run("create table t(a integer primary key, b text)", {}); });
    const std::string text(3'000, 'x');
    std::promise<void> reading, enough;
    std::thread reader([&] {
      database.read([&](Db& db) {
        db.rows("select a from t");
        reading.set_value();
        enough.get_future().wait();
      });
    });
    reading.get_future().wait();
    Ahead ahead;
    for (; ahead.commits < 150 && ahead.rows < 700; ++ahead.rows) {
      database.write(
          [&](Db& db) { db.change("insert into t(a, b) values ($1, $2)", ahead.rows, text); });
      const auto size = std::filesystem::file_size(log);
      database.write(
          [&](Db& db) { db.change("update t set b = b || 'y' where a = $1", ahead.rows); });
      ahead.commits = std::filesystem::file_size(log) == size ? ahead.commits + 1 : 0;
    }
    enough.set_value();
    reader.join();
    return ahead;
  }
  static Duration since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
  }
  std::string folder;
};

TEST_F(Sqlite, ACallEndsAtItsDeadlineHoweverMuchItsStatementLooksAt) {
  constexpr auto kSlow =
      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000000)"
      " select count(*) from n";
  for (const bool memory : {true, false}) {
    auto database = memory ? std::move(*open_sqlite(":memory:", 0, 300ms)) : open(300ms);
    for (const bool reading : {true, false}) {
      const auto start = std::chrono::steady_clock::now();
      const Work work = [&](Db& db) { db.rows(kSlow); };
      try {
        reading ? database->read(work) : database->write(work);
        ADD_FAILURE() << "it was answered after all";
      } catch (const Refused& refused) {
        EXPECT_EQ(refused.error.kind, Kind::transient);
        EXPECT_EQ(refused.error.code, "store.busy");
      }
      EXPECT_LT(since(start), 5s);
    }
    // Whoever comes next has time of their own.
    database->read([](Db& db) { EXPECT_EQ(db.row("select 7")->number(), 7); });
    database->write([](Db& db) { db.run("create table installation(a integer)", {}); });
    // A change of the schema takes what it takes.
    database->change_schema([](Db& db) {
      db.rows(
          "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000000)"
          " select count(*) from n");
    });
  }
}

// Somebody reads for long: then traces are cleared later, and nobody who writes waits for it.
TEST_F(Sqlite, D1_ClearingTracesWaitsForNoReader) {
  auto database = open(30s);
  database->write([](Db& db) {
    db.run("create table t(a text)", {});
    db.run("insert into t values ('erased')", {});
  });
  std::promise<void> reading, enough;
  std::thread reader([&] {
    database->read([&](Db& db) {
      db.rows("select a from t");
      reading.set_value();
      enough.get_future().wait();
    });
  });
  reading.get_future().wait();
  database->write([](Db& db) { db.run("delete from t", {}); });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(database->clear_traces());
  EXPECT_LT(since(start), 1s);
  enough.set_value();
  reader.join();
  EXPECT_TRUE(database->clear_traces());
}

// Commits leave the log to be moved into the file beside them. It is, and it stays short.
TEST_F(Sqlite, TheLogIsMovedIntoTheFileWhileOthersWrite) {
  auto database = open(10s);
  database->write([](Db& db) { db.run("create table t(a integer, b text)", {}); });
  const auto octets = [&](const char* name) {
    std::error_code none;
    const auto size = std::filesystem::file_size(folder + name, none);
    return none ? 0 : size;
  };
  const auto before = octets("/s.db");
  std::uintmax_t longest = 0;
  const std::string text(100'000, 'x');
  for (int i = 0; i < 400; ++i) {  // 40 MB
    database->write([&](Db& db) { db.change("insert into t(a, b) values ($1, $2)", i, text); });
    longest = std::max(longest, octets("/s.db-wal"));
  }
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (octets("/s.db") < before + 30'000'000 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(10ms);
  EXPECT_GE(octets("/s.db"), before + 30'000'000);
  EXPECT_LE(longest, 70'000'000u);
  EXPECT_TRUE(database->clear_traces());
  EXPECT_EQ(octets("/s.db-wal"), 0u);
  database->read([](Db& db) { EXPECT_EQ(db.row("select count(*) from t")->number(), 400); });
}

// A commit into a file that grows waits longer: so the log's file is ahead of the log, and what is
// ahead of it is nothing to whoever reads the log after a crash.
TEST_F(Sqlite, TheLogsFileIsLongerThanTheLog) {
  auto database = open(10s);
  const auto crashed = folder + "/crashed.db";
  const auto ahead = write_ahead(*database, folder + "/s.db-wal");
  EXPECT_EQ(ahead.commits, 150);
  for (const char* part : {"", "-wal"})
    std::filesystem::copy_file(folder + "/s.db" + part, crashed + part);
  auto after = std::move(*open_sqlite(crashed, 1));
  after->read([&](Db& db) {
    EXPECT_EQ(db.row("select count(*) from t")->number(), ahead.rows);
    EXPECT_EQ(db.row("pragma integrity_check")->text(), "ok");
  });
  after->write([&](Db& db) { db.change("insert into t(a, b) values ($1, $2)", ahead.rows, "x"); });
}

// The database's file may be a link: what stands beside it has the name of the file itself. So it
// can't be opened twice, by either name.
TEST_F(Sqlite, ALinkIsTheFileThatItLeadsTo) {
  namespace fs = std::filesystem;
  const auto far = folder + "/far";
  fs::create_directory(far);
  for (const bool relative : {false, true}) {
    const auto file = far + (relative ? "/b.db" : "/a.db"), link = file + "-link";
    fs::create_symlink(relative ? fs::path("b.db") : fs::path(file), link);
    auto database = std::move(*open_sqlite(link, 2, 10s));
    database->hold();
    EXPECT_EQ(write_ahead(*database, file + "-wal").commits, 150);
    for (const char* beside : {"-wal", "-shm", ".lock"}) {
      EXPECT_TRUE(fs::exists(file + beside)) << beside;
      EXPECT_FALSE(fs::exists(link + beside)) << beside;
    }
    auto another = std::move(*open_sqlite(file, 2, 10s));
    EXPECT_THROW(another->hold(), Refused);
  }
}

// A database in memory is a copy of one that was migrated: as that one was, and its own.
TEST(SqliteInMemory, EachIsAsMigratedAndHoldsWhatWasPutIntoItAlone) {
  const auto all_of = [](Database& database) {
    std::vector<std::string> found;
    database.read([&](Db& db) {
      for (auto& row : db.rows("select name || coalesce(sql, '') from sqlite_schema"
                               " union all select tbl || idx || stat from sqlite_stat1"
                               " union all select 'version' || number from schema_migrations"
                               " union all select 'installed' || name from installation"
                               " order by 1"))
        found.push_back(row.text());
    });
    return found;
  };
  auto migrated = std::move(*open_sqlite(":memory:", 0));
  migrate(*migrated);
  const auto expected = all_of(*migrated);
  auto one = std::move(*open_in_memory());
  EXPECT_EQ(all_of(*one), expected);
  one->write([](Db& db) {
    db.run("insert into installation(name, value) values ('a', x'00')", {});
    EXPECT_EQ(db.row("select foreign_keys from pragma_foreign_keys")->number(), 1);
  });
  EXPECT_EQ(all_of(*one).size(), expected.size() + 1);
  auto other = std::move(*open_in_memory());
  EXPECT_EQ(all_of(*other), expected);
}

}  // namespace
}  // namespace hearback::store
