#include "store/vault/blobs.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>

#include "store/engine/db.hpp"

namespace hearback::store {
namespace {

namespace fs = std::filesystem;

constexpr rlim_t kRoom = 64 * 1024;
const std::string kName(32, 'a');

// No file of this process grows beyond this, as on a disk that is full in the midst of one.
class FullDisk {
 public:
  FullDisk() {
    before_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit smaller{kRoom, limit_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &smaller), 0);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }

 private:
  rlimit limit_{};
  void (*before_)(int) = nullptr;
};

// A folder that files can be made in, but that can't be opened, so its names can't be brought to
// disk. Root may open any: then as somebody else.
class Unreadable {
 public:
  explicit Unreadable(const std::string& folder) {
    constexpr uid_t kNobody = 65534;
    EXPECT_EQ(::chmod(folder.c_str(), 0300), 0);
    if (::geteuid() != 0) return;
    EXPECT_EQ(::chown(folder.c_str(), kNobody, static_cast<gid_t>(-1)), 0);
    EXPECT_EQ(::seteuid(kNobody), 0);
    was_root_ = true;
  }
  ~Unreadable() {
    if (was_root_) EXPECT_EQ(::seteuid(0), 0);
  }

 private:
  bool was_root_ = false;
};

// No descriptor is left to this process.
class NoDescriptor {
 public:
  NoDescriptor() {
    ::getrlimit(RLIMIT_NOFILE, &limit_);
    const rlimit none{0, limit_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoDescriptor() { ::setrlimit(RLIMIT_NOFILE, &limit_); }

 private:
  rlimit limit_{};
};

class BlobFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "hearback-blobs-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
    ASSERT_EQ(::chmod(folder.c_str(), 0755), 0);
    files.emplace(folder);
  }
  void TearDown() override {
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.is_directory()) fs::permissions(entry.path(), fs::perms::owner_all);
    fs::remove_all(folder);
  }

  std::set<std::string> there() const {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.is_regular_file()) names.insert(entry.path().filename());
    return names;
  }
  template <class Do>
  std::string refusal(const Do& act) {
    try {
      act();
    } catch (const Refused& refused) {
      return refused.error.code;
    }
    return "was not refused";
  }

  // Whether it says of the file that it can't be read just now; else it is lost, or there.
  bool unread() {
    try {
      files->read(kName);
    } catch (const Unread& unread) {
      EXPECT_EQ(unread.error.kind, Kind::transient);
      EXPECT_EQ(unread.error.code, "store.blob-files");
      return true;
    }
    return false;
  }
  std::string path() const { return folder + "/aa/" + kName; }

  std::string folder;
  std::optional<BlobFiles> files;
};

// S-1, M-6: what a moment's trouble hides isn't lost.
TEST_F(BlobFilesTest, REL13_WhatCantBeReadJustNowIsNotLost) {
  files->put_mark("this one");
  files->write(kName, "x");
  {
    const NoDescriptor none;
    EXPECT_TRUE(unread());
  }
  fs::rename(path(), folder + "/kept");
  fs::create_symlink(path(), path());
  EXPECT_TRUE(unread());
  fs::remove(path());
  fs::create_directory(path());  // opens, and can't be read
  EXPECT_TRUE(unread());
  fs::remove(path());
  EXPECT_EQ(files->read(kName), std::nullopt);  // the folder is there, so the file is lost
  fs::rename(folder + "/kept", path());
  EXPECT_EQ(files->read(kName), "x");
  fs::resize_file(path(), 0);
  EXPECT_EQ(files->read(kName, {0, 1}), std::nullopt);  // damaged
}

TEST_F(BlobFilesTest, REL13_AFolderThatIsNotMountedHasLostNothing) {
  files->put_mark("this one");
  files->write(kName, "x");
  fs::rename(folder, folder + "-elsewhere");
  fs::create_directory(folder);
  EXPECT_TRUE(unread());
  fs::remove(folder);
  fs::rename(folder + "-elsewhere", folder);
  EXPECT_EQ(files->read(kName), "x");
}

TEST_F(BlobFilesTest, REL13_WhatLiesInTheTrashIsReadThere) {
  files->put_mark("this one");
  files->write(kName, "x");
  fs::rename(path(), folder + "/trash/" + kName);
  fs::remove(folder + "/aa");  // it can't be put back
  EXPECT_EQ(files->read(kName), "x");
}

TEST_F(BlobFilesTest, REL13_WhatDidntFitLeavesNothingBehind) {
  const std::string large(2 * kRoom, 'x');
  {
    const FullDisk full;
    EXPECT_EQ(refusal([&] { files->write(kName, large); }), "store.blob-files");
    EXPECT_EQ(refusal([&] { files->try_writing(large); }), "store.blob-files");
    EXPECT_EQ(refusal([&] { files->put_mark(large); }), "store.blob-files");
    EXPECT_EQ(there(), std::set<std::string>{});
  }
  files->write(kName, large);
  EXPECT_EQ(files->read(kName), large);
}

TEST_F(BlobFilesTest, REL13_WhatCantBeNamedLeavesNothingBehind) {
  const auto in_the_way = folder + "/aa/" + kName;
  ASSERT_TRUE(fs::create_directories(in_the_way + "/of it"));
  EXPECT_EQ(refusal([&] { files->write(kName, "x"); }), "store.blob-files");
  EXPECT_EQ(there(), std::set<std::string>{});
}

TEST_F(BlobFilesTest, REL13_WhatIsntOnDiskForCertainLeavesNothingBehind) {
  ASSERT_TRUE(fs::create_directory(folder + "/aa"));
  {
    const Unreadable unreadable(folder + "/aa");
    EXPECT_EQ(refusal([&] { files->write(kName, "x"); }), "store.blob-files");
  }
  fs::permissions(folder + "/aa", fs::perms::owner_all);
  EXPECT_EQ(there(), std::set<std::string>{});
  // Nor a folder whose name may be lost: it would be taken for one that can't be.
  fs::remove(folder + "/aa");
  {
    const Unreadable unreadable(folder);
    EXPECT_EQ(refusal([&] { files->write(kName, "x"); }), "store.blob-files");
  }
  fs::permissions(folder, fs::perms::owner_all);
  EXPECT_FALSE(fs::exists(folder + "/aa"));
}

TEST_F(BlobFilesTest, WhatIsThereAlreadyIsLeftAlone) {
  const auto draft = folder + "/aa/" + kName + ".part";
  files->write(kName, "x");
  std::ofstream(draft) << "another's";
  EXPECT_EQ(refusal([&] { files->write(kName, "y"); }), "store.blob-files");
  EXPECT_EQ(files->read(kName), "x");
  EXPECT_TRUE(fs::exists(draft));
}

}  // namespace
}  // namespace hearback::store
