#include "store/vault/master_key.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

namespace hearback::store {
namespace {

class MasterKey : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "hearback-key-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
    path = folder + "/master.key";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::string code() {
    auto key = load_or_create_master_key(path, random);
    return key ? "" : key.error().code;
  }
  SystemRandom random;
  std::string folder, path;
};

TEST_F(MasterKey, IsMadeOnceForItsOwnerAlone) {
  const auto key = load_or_create_master_key(path, random);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->size(), 32u);
  struct stat facts{};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_EQ(load_or_create_master_key(path, random), key);
  std::size_t files = 0;
  for ([[maybe_unused]] auto& entry : std::filesystem::directory_iterator(folder)) ++files;
  EXPECT_EQ(files, 1u);
}

TEST_F(MasterKey, IsRefusedWhereOthersMayReadIt) {
  ASSERT_TRUE(load_or_create_master_key(path, random));
  for (mode_t mode : {0640u, 0604u, 0660u}) {
    ::chmod(path.c_str(), mode);
    EXPECT_EQ(code(), "store.master-key-exposed");
  }
  ::chmod(path.c_str(), 0400);
  EXPECT_EQ(code(), "");
}

TEST_F(MasterKey, IsRefusedWhenItIsNoKey) {
  for (std::size_t size : {0u, 31u, 33u}) {
    std::ofstream(path) << std::string(size, 'k');
    ::chmod(path.c_str(), 0600);
    EXPECT_EQ(code(), "store.master-key-damaged") << size;
  }
  path = folder + "/no/such/master.key";
  EXPECT_EQ(code(), "store.master-key");
}

TEST_F(MasterKey, TwoThatStartAtOnceShareOne) {
  std::vector<std::string> keys(8);
  std::vector<std::thread> starters;
  for (auto& key : keys)
    starters.emplace_back([&] {
      SystemRandom own;
      key = load_or_create_master_key(path, own).value_or("none");
    });
  for (auto& starter : starters) starter.join();
  for (auto& key : keys) EXPECT_EQ(key, keys[0]);
  EXPECT_EQ(keys[0].size(), 32u);
}

}  // namespace
}  // namespace hearback::store
