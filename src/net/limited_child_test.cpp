// What a child that reads a stranger's file may do: nothing but that. Real processes.
#include "net/limited_child.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "net/confinement.hpp"

namespace hearback::net {
namespace {

using How = ChildEnd::How;
using namespace std::chrono_literals;

std::string program() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "confined";
}

ChildEnd run(
    std::vector<std::string> arguments, std::string_view input = {},
    Duration at_most = std::chrono::seconds(20), std::size_t octets = 1u << 20,
    const std::function<bool()>& stopping = [] { return false; }) {
  return run_limited({.program = program(),
                      .arguments = std::move(arguments),
                      .input = input,
                      .output_octets = octets,
                      .at_most = at_most},
                     stopping);
}

// The ways in which a child is shut in: as the reader of documents is, the same of who isn't root
// (tests may be), and as the reader of PDFs is.
std::vector<std::vector<std::string>> ways() {
  std::vector<std::vector<std::string>> all{{}, {"become"}};
  if (::getuid() == 0) {
    all.push_back({"as-nobody"});
    all.push_back({"as-nobody", "become"});
  }
  return all;
}

std::string shown(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) all += word + " ";
  return all;
}

TEST(LimitedChild, SEC18_AnswersWithWhatItIsGivenAndInheritsNothingElse) {
  const std::string much(3u << 20, 'm');
  const int canary = ::open("/etc/hostname", O_RDONLY);  // without O_CLOEXEC
  const int far = ::fcntl(canary, F_DUPFD, 700), at_program = ::fcntl(canary, F_DUPFD, 64);
  ::setenv("HEARBACK_CANARY", "secret", 1);
  for (auto way : ways()) {
    const auto with = [&](std::string verb) {
      auto words = way;
      words.push_back(std::move(verb));
      return words;
    };
    const auto echoed = run(with("echo"), much, 20s, 4u << 20);
    EXPECT_TRUE(echoed.well()) << shown(way) << echoed.code;
    EXPECT_TRUE(echoed.output == much);
    EXPECT_TRUE(run(with("echo")).well());
    const auto open = run(with("descriptors"));
    EXPECT_TRUE(open.well()) << open.code;
    EXPECT_EQ(open.output, "");
    EXPECT_EQ(run(with("environment")).output, "0");
  }
  ::unsetenv("HEARBACK_CANARY");
  for (const int file : {canary, far, at_program}) ::close(file);
}

// A folder that everybody may write into.
class Folder {
 public:
  Folder() {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
    std::filesystem::permissions(path_, std::filesystem::perms::all);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() / "hearback-net-XXXXXX").string();
};

TEST(LimitedChild, SEC18_WhatItWasHandedItCantChange) {
  for (auto way : ways()) {
    way.push_back("change-input");
    const auto end = run(way, "given");
    EXPECT_EQ(end.how, How::killed) << shown(way);
    EXPECT_EQ(end.code, SIGXFSZ) << shown(way);
  }
}

TEST(LimitedChild, SEC18_WhatNobodyDoesWhoReadsAFileEndsIt) {
  const Folder folder;
  for (const std::string verb : {"write", "create", "remove", "socket", "unix-socket", "connect",
                                 "fork", "thread", "ptrace", "signal", "execute", "raise-limits"})
    for (auto way : ways()) {
      way.push_back(verb);
      way.push_back(folder.path() + "/x");
      const auto end = run(way);
      EXPECT_EQ(end.how, How::killed) << shown(way) << end.code;
      EXPECT_EQ(end.code, SIGSYS) << shown(way);
    }
  for (const std::string verb : {"execute-open", "execute-again"})
    EXPECT_EQ(run({verb}).code, SIGSYS) << verb;
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(LimitedChild, SEC18_ReadsNoFileButWhatItWasHanded) {
  const Folder folder;
  const auto key = folder.path() + "/master.key";
  std::ofstream(key) << "secret";
  std::filesystem::permissions(key, std::filesystem::perms::all);
  for (auto way : ways())
    for (const auto& words : std::vector<std::vector<std::string>>{{"read", "/etc/passwd"},
                                                                   {"read", key},
                                                                   {"read", "/proc/self/environ"},
                                                                   {"folder", "/"},
                                                                   {"folder", folder.path()}}) {
      auto all = way;
      all.insert(all.end(), words.begin(), words.end());
      const auto end = run(all, "given");
      EXPECT_EQ(end.how, How::ended) << shown(all) << end.code;
      EXPECT_EQ(end.code, 10) << shown(all);
    }
}

// Of the reader of PDFs, which was started once: neither what it was handed nor a library, whatever
// number it gives that.
TEST(LimitedChild, SEC18_StartsNoOtherProgram) {
  const auto open = run({"become", "execute-open"});
  EXPECT_EQ(open.how, How::killed);
  EXPECT_EQ(open.code, SIGSYS);
  const auto again = run({"become", "execute-again"});
  EXPECT_EQ(again.how, How::ended);
  EXPECT_EQ(again.code, 10);
  EXPECT_EQ(again.output, "");
  EXPECT_EQ(run({"absent"}).code, no_program);
}

TEST(LimitedChild, SEC18_MemoryAndTimeEnd) {
  for (auto way : ways()) {
    const auto with = [&](std::string verb) {
      auto words = way;
      words.push_back(std::move(verb));
      return words;
    };
    const auto memory = run(with("memory"));
    EXPECT_EQ(memory.how, How::ended) << shown(way);
    EXPECT_EQ(memory.code, 10) << shown(way);
    const auto spun = run(with("spin"));
    EXPECT_EQ(spun.how, How::killed) << shown(way);
    EXPECT_TRUE(spun.code == SIGXCPU || spun.code == SIGKILL) << spun.code;
  }
  const auto crashed = run({"crash"});
  EXPECT_EQ(crashed.how, How::killed);
  EXPECT_EQ(crashed.code, SIGABRT);
}

TEST(LimitedChild, SEC18_WhoSleepsOrWontEndIsEnded) {
  for (const std::string verb : {"sleep", "ignore", "close"}) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(run({verb}, {}, std::chrono::milliseconds(300)).how, How::too_long) << verb;
    EXPECT_LT(std::chrono::steady_clock::now() - began, 10s) << verb;
    // It is gone, and reaped: this process has no child.
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  }
  int asked = 0;
  EXPECT_EQ(run({"sleep"}, {}, 20s, 10, [&] { return ++asked > 2; }).how, How::stopped);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST(LimitedChild, SEC18_OutputIsBoundedWhileItIsRead) {
  const auto end = run({"output"}, {}, 20s, 100'000);
  EXPECT_TRUE(end.well());
  EXPECT_TRUE(end.is_cut);
  EXPECT_EQ(end.output, std::string(100'000, 'x'));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST(LimitedChild, SEC18_WhatCantBeStartedIsSaid) {
  const auto end = run_limited({.program = "/no/such/program",
                                .arguments = {},
                                .input = {},
                                .output_octets = 1,
                                .at_most = 1s},
                               [] { return false; });
  EXPECT_EQ(end.how, How::not_started);
}

// The parent of a process, from /proc; 0: it is gone, or dead already.
pid_t parent_of(const std::filesystem::path& process) {
  std::ifstream file(process / "stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto name = text.rfind(')');
  if (name == text.npos || text.size() < name + 4 || text[name + 2] == 'Z') return 0;
  return std::atoi(text.c_str() + name + 4);
}
pid_t child_of(pid_t parent) {
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    const auto number = std::atoi(entry.path().filename().c_str());
    if (number > 0 && parent_of(entry.path()) == parent) return number;
  }
  return 0;
}

// A server that is killed leaves none behind.
TEST(LimitedChild, SEC18_EndsWithItsServer) {
  pid_t server = 0;
  auto path = program();
  char verb[] = "server";
  char* arguments[] = {path.data(), verb, nullptr};
  ASSERT_EQ(::posix_spawn(&server, path.c_str(), nullptr, nullptr, arguments, environ), 0);
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  pid_t child = 0;
  while ((child = child_of(server)) == 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(5ms);
  ASSERT_NE(child, 0);
  ::kill(server, SIGKILL);
  ASSERT_EQ(::waitpid(server, nullptr, 0), server);
  const auto process = std::filesystem::path("/proc") / std::to_string(child);
  while (parent_of(process) != 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(5ms);
  EXPECT_EQ(parent_of(process), 0);
}

// What the server keeps for itself must lie nowhere that its readers see.
TEST(LimitedChild, SEC18_TellsWhatWouldBeRead) {
  namespace fs = std::filesystem;
  std::string name = fs::temp_directory_path() / "hearback-seen-XXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  fs::create_directory(name + "/data");
  fs::create_symlink("/usr/lib", name + "/elsewhere");
  const std::string data = name + "/data";
  const char* const folders[] = {data.c_str(), "/no/such/folder", nullptr};
  for (const auto& path :
       {std::string("/usr/lib"), std::string("/usr/lib/hearback/data"), std::string("/lib/x"),
        std::string("/usr/bin/../lib/x"), data + "/x", name + "/elsewhere/not/there"})
    EXPECT_EQ(would_be_read(path.c_str(), folders), true) << path;
  for (const auto& path : {std::string("/usr/library"), std::string("/usr"), name,
                           std::string("/var/lib/hearback"), name + "/database"})
    EXPECT_EQ(would_be_read(path.c_str(), folders), false) << path;
  // From where the program was started.
  const auto from = fs::current_path();
  fs::current_path(data);
  EXPECT_EQ(would_be_read("not/there", folders), true);
  EXPECT_EQ(would_be_read("../database", folders), false);
  fs::current_path("/usr/lib");
  EXPECT_EQ(would_be_read("not/there", folders), true);
  fs::current_path(from);
  // Not what can't be followed: it is no matter of who reads it.
  fs::create_symlink("loop", name + "/loop");
  EXPECT_EQ(would_be_read((name + "/loop/data").c_str(), folders), std::nullopt);
  fs::remove_all(name);
}

}  // namespace
}  // namespace hearback::net
