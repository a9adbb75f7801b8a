#include "net/limited_child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>

namespace hearback::net {
namespace {

constexpr auto kLooksUp = std::chrono::milliseconds(100);  // whether it is to stop
using Clock = std::chrono::steady_clock;

class File {
 public:
  File() = default;
  // Above the three that a child has, so that giving it those takes none of them away.
  explicit File(int number) : number_(number) {
    if (number < 0 || number > 2) return;
    number_ = ::fcntl(number, F_DUPFD_CLOEXEC, 3);
    ::close(number);
  }
  ~File() { close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
};

// A file in memory, which nobody can change any more.
bool fill(int file, std::string_view octets) {
  while (!octets.empty()) {
    const auto some = ::write(file, octets.data(), octets.size());
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(some));
  }
  return ::fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) ==
             0 &&
         ::lseek(file, 0, SEEK_SET) == 0;
}

// posix_spawn, as other threads run: between its two halves nothing of theirs is touched.
std::optional<pid_t> start(const LimitedRun& run, int input, int output) {
  std::vector<std::string> words{run.program};
  words.insert(words.end(), run.arguments.begin(), run.arguments.end());
  words.push_back(std::to_string(::getpid()));
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  char* environment[] = {nullptr};

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  if (::posix_spawn_file_actions_init(&files) != 0) return std::nullopt;
  if (::posix_spawnattr_init(&attributes) != 0) {
    ::posix_spawn_file_actions_destroy(&files);
    return std::nullopt;
  }
  sigset_t all, none;
  ::sigfillset(&all);
  ::sigemptyset(&none);
  pid_t child = -1;
  const bool well =
      ::posix_spawn_file_actions_adddup2(&files, input, 0) == 0 &&
      ::posix_spawn_file_actions_adddup2(&files, output, 1) == 0 &&
      ::posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0) == 0 &&
      ::posix_spawn_file_actions_addclosefrom_np(&files, 3) == 0 &&
      ::posix_spawnattr_setsigdefault(&attributes, &all) == 0 &&
      ::posix_spawnattr_setsigmask(&attributes, &none) == 0 &&
      ::posix_spawnattr_setpgroup(&attributes, 0) == 0 &&
      ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                  POSIX_SPAWN_SETPGROUP) == 0 &&
      ::posix_spawn(&child, run.program.c_str(), &files, &attributes, arguments.data(),
                    environment) == 0;
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&files);
  return well ? std::optional(child) : std::nullopt;
}

// One child, until it is gone.
class Child {
 public:
  Child(pid_t number, int output, const LimitedRun& run)
      : number_(number),
        ended_(static_cast<int>(::syscall(SYS_pidfd_open, number, 0))),
        output_(output),
        run_(run),
        until_(Clock::now() + run.at_most) {}

  ChildEnd wait(const std::function<bool()>& stopping) {
    using How = ChildEnd::How;
    std::optional<How> because;
    if (!ended_.open()) because = How::not_started;  // a system without them couldn't watch it
    while (!because && !is_over_) {
      if (stopping())
        because = How::stopped;
      else if (Clock::now() >= until_)
        because = How::too_long;
      else
        look();
    }
    if (because || end_.is_cut) ::kill(number_, SIGKILL);
    int status = 0;
    pid_t reaped = 0;
    do reaped = ::waitpid(number_, &status, 0);
    while (reaped < 0 && errno == EINTR);
    // Whoever started this process told it not to hear of its children: how this one ended is lost.
    if (reaped < 0 && !because) because = How::not_started;
    if (because) {
      end_.how = *because;
    } else if (end_.is_cut || WIFEXITED(status)) {
      end_.how = How::ended;
      end_.code = end_.is_cut ? 0 : WEXITSTATUS(status);
    } else {
      end_.how = How::killed;
      end_.code = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }
    return std::move(end_);
  }

 private:
  // It is over when it has ended and all that it wrote was read, or when it writes too much.
  void look() {
    std::array<pollfd, 2> watched{
        {{ended_.number(), POLLIN, 0}, {at_end_ ? -1 : output_, POLLIN, 0}}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until_ - Clock::now());
    const auto pause = std::clamp(left, std::chrono::milliseconds(0), kLooksUp);
    if (::poll(watched.data(), watched.size(), static_cast<int>(pause.count())) <= 0) return;
    if (watched[1].revents != 0)
      read_some();
    else if (watched[0].revents != 0)
      is_over_ = true;
  }

  void read_some() {
    std::array<char, 64 * 1024> piece;
    const auto some = ::read(output_, piece.data(), piece.size());
    if (some < 0 && errno == EINTR) return;
    if (some <= 0) {
      at_end_ = true;
      return;
    }
    const auto room = run_.output_octets - end_.output.size();
    const auto taken = std::min(room, static_cast<std::size_t>(some));
    end_.output.append(piece.data(), taken);
    if (taken == static_cast<std::size_t>(some)) return;
    end_.is_cut = true;
    is_over_ = true;
  }

  pid_t number_;
  File ended_;
  int output_;
  const LimitedRun& run_;
  Clock::time_point until_;
  bool at_end_ = false, is_over_ = false;
  ChildEnd end_;
};

}  // namespace

ChildEnd run_limited(const LimitedRun& run, const std::function<bool()>& stopping) {
  const File input(::memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  int ends[2];
  // To be read, and not to be started: not by root either.
  if (input.open()) ::fchmod(input.number(), 0400);
  if (!input.open() || !fill(input.number(), run.input) || ::pipe2(ends, O_CLOEXEC) != 0) return {};
  const File output(ends[0]);
  File theirs(ends[1]);
  if (!output.open() || !theirs.open()) return {};
  const auto child = start(run, input.number(), theirs.number());
  theirs.close();
  if (!child) return {};
  return Child(*child, output.number(), run).wait(stopping);
}

}  // namespace hearback::net
