// Which database, which blob folder, which key and which process belong together.
#include <fstream>
#include <thread>

#include "fakes/store_conformance.hpp"
#include "store/vault/blobs.hpp"

namespace hearback::store {
namespace {

namespace fs = std::filesystem;

class Ownership : public Conformance {
 protected:
  BlobId large() {
    const auto id = make<BlobId>();
    commit(PutBlob{id, std::string(100'000, 'x')});
    return id;
  }
  std::vector<fs::path> blob_files(const std::string& below = "") {
    std::vector<fs::path> files;
    for (auto& entry : fs::recursive_directory_iterator(options.blob_directory + below))
      if (entry.is_regular_file() && entry.path().filename() != "installation")
        files.push_back(entry.path());
    return files;
  }
  static void age(const fs::path& file, std::chrono::hours by) {
    fs::last_write_time(file, fs::last_write_time(file) - by);
  }
  void sweep() {
    for (int step = 0; step < Store::sweep_steps; ++step) ASSERT_TRUE(store->sweep(step));
  }
  std::string refusal() {
    auto opened = Store::open(options, random);
    if (opened) return "was opened";
    EXPECT_FALSE(opened.error().hint.empty());
    return opened.error().code;
  }
};
HEARBACK_ON_EACH_DATABASE(Ownership);

TEST_P(Ownership, O1_AnotherDatabaseOnTheSameBlobFolderIsRefusedAndLosesNothing) {
  if (GetParam() == On::memory) return;
  const auto kept = large();
  const auto file = blob_files().at(0);
  age(file, std::chrono::hours(2));
  store.reset();
  const auto ours = options.database;
  options.database = "sqlite://" + folder + "/another.db";
  EXPECT_EQ(refusal(), "store.blob-folder-foreign");  // a fresh one
  // One with an id of its own, from a folder of its own.
  const auto our_folder = options.blob_directory;
  options.blob_directory = folder + "/another-blobs";
  ASSERT_TRUE(open());
  options.blob_directory = our_folder;
  EXPECT_EQ(refusal(), "store.other-installation");
  EXPECT_TRUE(fs::exists(file));
  options.database = ours;
  store = open();
  EXPECT_TRUE(ask(BlobBytes{company, kept}));
}

TEST_P(Ownership, ABlobFolderWithoutTheFilesIsRefused) {
  if (GetParam() == On::memory) return;
  large();
  store.reset();
  options.blob_directory = folder + "/not-mounted";
  EXPECT_EQ(refusal(), "store.blob-folder-missing");
}

TEST_P(Ownership, WhatAnEarlierVersionLeftIsTakenOver) {
  if (GetParam() == On::memory) return;
  const auto kept = large();
  store.reset();
  fs::remove(options.blob_directory + "/installation");
  tables()->write([](Db& db) { db.change("delete from installation where name = 'id'"); });
  store = open();
  EXPECT_TRUE(ask(BlobBytes{company, kept}));
  // A crash between the two marks, either way.
  store.reset();
  fs::remove(options.blob_directory + "/installation");
  store = open();
  ASSERT_TRUE(fs::exists(options.blob_directory + "/installation"));
  store.reset();
  tables()->write([](Db& db) { db.change("delete from installation where name = 'id'"); });
  store = open();
  EXPECT_TRUE(ask(BlobBytes{company, kept}));
}

TEST_P(Ownership, WhatTheDatabaseDoesNotKnowGoesToATrashFirst) {
  if (GetParam() == On::memory) return;
  const auto kept = large();
  age(blob_files().at(0), std::chrono::hours(2));
  const std::string sub = options.blob_directory + "/ab",
                    trash = options.blob_directory + "/trash/";
  fs::create_directory(sub);
  const std::string old_one = "ab" + std::string(30, '0'), new_one = "ab" + std::string(30, '1'),
                    part = "ab" + std::string(30, '2') + ".part";
  for (auto& name : {old_one, new_one, part}) std::ofstream(sub + "/" + name) << "left behind";
  age(sub + "/" + old_one, std::chrono::hours(2));
  age(sub + "/" + part, std::chrono::hours(2));
  store.reset();
  store = open();
  EXPECT_TRUE(fs::exists(sub + "/" + old_one));  // opening looks at nothing
  sweep();
  EXPECT_FALSE(fs::exists(sub + "/" + old_one));
  EXPECT_TRUE(fs::exists(trash + old_one));
  EXPECT_FALSE(fs::exists(sub + "/" + part));
  EXPECT_TRUE(fs::exists(sub + "/" + new_one));  // perhaps another process is just committing it
  EXPECT_TRUE(ask(BlobBytes{company, kept}));
  age(trash + old_one, std::chrono::hours(24 * 29));
  sweep();
  EXPECT_TRUE(fs::exists(trash + old_one));
  age(trash + old_one, std::chrono::hours(24 * 2));
  sweep();
  EXPECT_FALSE(fs::exists(trash + old_one));
}

TEST_P(Ownership, WhatTheDatabaseKnowsComesBackFromTheTrash) {
  if (GetParam() == On::memory) return;
  const auto one = large(), two = large();
  for (auto& file : blob_files())
    fs::rename(file, options.blob_directory + "/trash/" + file.filename().string());
  EXPECT_TRUE(ask(BlobBytes{company, one}));  // read before the sweep came by
  EXPECT_EQ(blob_files("/trash").size(), 1u);
  for (auto& file : blob_files("/trash")) age(file, std::chrono::hours(24 * 40));
  sweep();
  EXPECT_TRUE(blob_files("/trash").empty());
  EXPECT_TRUE(ask(BlobBytes{company, two}));
}

TEST_P(Ownership, OneProcessPerDatabase) {
  if (GetParam() == On::memory) return;
  store.reset();
  options.sole_process = true;
  store = open();
  ASSERT_TRUE(store);
  EXPECT_EQ(refusal(), "store.in-use");
  add_user("anna", rules::Role::admin);  // the first works on
  store.reset();
  store = open();
  EXPECT_TRUE(store);
}

TEST_P(Ownership, WithoutItsHoldNothingIsWritten) {
  if (GetParam() != On::postgres) return;
  store.reset();
  options.sole_process = true;
  store = open();
  // Its connections are cut, and another process is faster to take the database.
  auto outside = tables();
  outside->write([](Db& db) {
    db.row(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()");
    db.change("update process_owner set process = 'another'");
  });
  auto done = try_commit({PutJob{{make<JobId>(), "J", rules::JobKind::offer, true}, {}, now}});
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().code == "store.taken-over" || done.error().code == "store.not-held")
      << done.error().code;
  EXPECT_TRUE(ask(Jobs{engine()}).rows.empty());
}

TEST_P(Ownership, ALostHoldIsTakenAgain) {
  if (GetParam() != On::postgres) return;
  store.reset();
  options.sole_process = true;
  store = open();
  tables()->write([](Db& db) {
    db.row(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()");
  });
  const auto add = [&] {
    return try_commit({PutJob{{make<JobId>(), "J", rules::JobKind::offer, true}, {}, now}});
  };
  bool done = false;
  for (int i = 0; i < 200 && !done; ++i) {
    done = add().has_value();
    if (!done) std::this_thread::sleep_for(100ms);
  }
  EXPECT_TRUE(done);
}

TEST_P(Ownership, D2_AMissingMasterKeyIsNotReplaced) {
  if (GetParam() == On::memory) return;
  store.reset();
  options.master_key.clear();
  options.master_key_file = folder + "/master.key";
  EXPECT_EQ(refusal(), "store.master-key-missing");
  EXPECT_FALSE(fs::exists(options.master_key_file));
  // A new database beside files of another one doesn't get a key either.
  options.database = "sqlite://" + folder + "/another.db";
  fs::create_directories(options.blob_directory + "/ab");
  std::ofstream(options.blob_directory + "/ab/ab" + std::string(30, '0')) << "of another";
  EXPECT_EQ(refusal(), "store.blob-folder-foreign");
  EXPECT_FALSE(fs::exists(options.master_key_file));
  // All new: a key is made, and found again.
  options.blob_directory = folder + "/new-blobs";
  ASSERT_TRUE(open());
  EXPECT_TRUE(fs::exists(options.master_key_file));
  EXPECT_TRUE(open());
}

}  // namespace
}  // namespace hearback::store
