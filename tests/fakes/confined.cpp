// A program that shuts itself in and then tries one forbidden thing, for
// net/limited_child_test.cpp. Built without sanitizers: under them addresses aren't bounded.
//   confined [as-nobody] VERB [WHAT] PARENT      confined as the reader of documents is
//   confined become VERB [WHAT] PARENT           started once more first, as the reader of PDFs is
//   confined server                              a server that has such a child, which sleeps
// Ends with 10 where it was refused, and with 0 where it wasn't.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "net/confinement.hpp"
#include "net/limited_child.hpp"

namespace {

constexpr int kRefused = 10;
constexpr hearback::net::Confinement kBounds{.memory_octets = 256u << 20, .cpu_seconds = 1};

int said(bool was_done) { return was_done ? 0 : kRefused; }
const char* what(const std::vector<std::string>& words, const char* otherwise) {
  return words.size() > 1 ? words[1].c_str() : otherwise;
}
bool starts(long child) {
  if (child == 0) ::_exit(0);
  return child > 0;
}
volatile unsigned long counted = 0;
char* volatile held = nullptr;

int take_memory() {
  std::size_t octets = 0;
  while (auto* some = static_cast<char*>(std::malloc(1u << 20))) {
    held = some;  // or none were taken; not written to, which may take longer than the second
    octets += 1u << 20;
    if (octets > (512u << 20)) return 0;
  }
  return kRefused;
}
int spin() {
  for (;;) counted = counted + 1;
}
int write_endlessly() {
  const std::string some(4096, 'x');
  while (::write(1, some.data(), some.size()) > 0) {
  }
  return kRefused;
}
int sleep_long() {
  const timespec hour{3600, 0};
  for (;;) ::clock_nanosleep(CLOCK_MONOTONIC, 0, &hour, nullptr);
}
int ignore_all() {
  struct sigaction ignored{};
  ignored.sa_handler = SIG_IGN;
  for (int signal = 1; signal < 65; ++signal) ::sigaction(signal, &ignored, nullptr);
  return sleep_long();
}
int close_and_sleep() {
  ::close(1);
  return sleep_long();
}
// Those that are open beside the three.
int descriptors() {
  std::string open;
  struct stat facts{};
  for (int i = 3; i < 4096; ++i)
    if (::fstat(i, &facts) == 0) open += std::to_string(i) + " ";
  return ::write(1, open.data(), open.size()) == static_cast<ssize_t>(open.size()) ? 0 : kRefused;
}
int environment() {
  int count = 0;
  for (char** one = environ; *one != nullptr; ++one) ++count;
  const auto said = std::to_string(count);
  return ::write(1, said.data(), said.size()) > 0 ? 0 : kRefused;
}
int echo() {
  char some[4096];
  for (ssize_t octets = 0; (octets = ::read(0, some, sizeof some)) > 0;)
    if (::write(1, some, static_cast<std::size_t>(octets)) != octets) return kRefused;
  return 0;
}
int connect_out() {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = ::htons(80);
  return said(::connect(0, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
}
int execute() {
  const char* const words[] = {"/bin/true", nullptr};
  ::execve(words[0], const_cast<char**>(words), environ);
  return kRefused;
}
int execute_at(int number) {
  const int file = ::open("/lib64/ld-linux-x86-64.so.2", O_RDONLY);
  if (file >= 0 && number != file) ::dup2(file, number);
  const char* const words[] = {"ld.so", "--version", nullptr};
  ::syscall(SYS_execveat, number, "", words, environ, AT_EMPTY_PATH);
  return kRefused;
}
int raise_limits() {
  const rlimit more{RLIM_INFINITY, RLIM_INFINITY};
  return said(::setrlimit(RLIMIT_AS, &more) == 0);
}

int tries(const std::vector<std::string>& words) {
  using Verb = int (*)(const std::vector<std::string>&);
  static const std::map<std::string, Verb> verbs = {
      {"nothing", [](auto&) { return 0; }},
      {"echo", [](auto&) { return echo(); }},
      {"descriptors", [](auto&) { return descriptors(); }},
      {"environment", [](auto&) { return environment(); }},
      {"read", [](auto& w) { return said(::open(what(w, "/etc/passwd"), O_RDONLY) >= 0); }},
      {"write", [](auto& w) { return said(::open(what(w, "x"), O_WRONLY) >= 0); }},
      {"create", [](auto& w) { return said(::open(what(w, "x"), O_RDWR | O_CREAT, 0600) >= 0); }},
      {"remove", [](auto& w) { return said(::unlink(what(w, "x")) == 0); }},
      {"folder", [](auto& w) { return said(::open(what(w, "/"), O_RDONLY | O_DIRECTORY) >= 0); }},
      {"change-input",
       [](auto&) { return said(::pwrite(0, "x", 1, 0) == 1 || ::write(0, "x", 1) == 1); }},
      {"socket", [](auto&) { return said(::socket(AF_INET, SOCK_STREAM, 0) >= 0); }},
      {"unix-socket", [](auto&) { return said(::socket(AF_UNIX, SOCK_STREAM, 0) >= 0); }},
      {"connect", [](auto&) { return connect_out(); }},
      {"fork", [](auto&) { return said(starts(::fork())); }},
      {"thread", [](auto&) { return said(starts(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0))); }},
      {"ptrace", [](auto&) { return said(::ptrace(PTRACE_TRACEME, 0, 0, 0) == 0); }},
      {"signal", [](auto&) { return said(::kill(::getppid(), 0) == 0); }},
      {"execute", [](auto&) { return execute(); }},
      {"execute-open", [](auto&) { return execute_at(0); }},
      {"execute-again", [](auto&) { return execute_at(64); }},
      {"raise-limits", [](auto&) { return raise_limits(); }},
      {"memory", [](auto&) { return take_memory(); }},
      {"spin", [](auto&) { return spin(); }},
      {"output", [](auto&) { return write_endlessly(); }},
      {"sleep", [](auto&) { return sleep_long(); }},
      {"ignore", [](auto&) { return ignore_all(); }},
      {"close", [](auto&) { return close_and_sleep(); }},
      {"crash", [](auto&) -> int { std::abort(); }},
  };
  const auto verb = verbs.find(words.at(0));
  return verb == verbs.end() ? 99 : verb->second(words);
}

std::string own_path() {
  char path[4096];
  const auto octets = ::readlink("/proc/self/exe", path, sizeof path);
  return {path, octets > 0 ? static_cast<std::size_t>(octets) : 0};
}

int become(const std::vector<std::string>& words, pid_t parent) {
  const auto path = own_path();
  const char* const programs[] = {"/no/such/program", path.c_str(), nullptr};
  std::vector<const char*> arguments{path.c_str(), "after"};
  for (const auto& word : words) arguments.push_back(word.c_str());
  arguments.push_back(nullptr);
  const char* const none[] = {nullptr};
  return hearback::net::become(parent, kBounds, programs, arguments.data(), none);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty()) return 99;
  if (words[0] == "after") return tries({words.begin() + 1, words.end()});
  if (words[0] == "server") {
    hearback::net::run_limited({.program = own_path(),
                                .arguments = {"sleep"},
                                .input = {},
                                .output_octets = 10,
                                .at_most = std::chrono::hours(1)},
                               [] { return false; });
    return 0;
  }
  const pid_t parent = std::atoi(words.back().c_str());
  words.pop_back();
  if (!words.empty() && words[0] == "as-nobody") {
    words.erase(words.begin());
    if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) return 98;
  }
  if (words.empty()) return 99;
  if (words[0] == "become") return become({words.begin() + 1, words.end()}, parent);
  if (words[0] == "absent") {
    const char* const none[] = {nullptr};
    return hearback::net::become(parent, kBounds, none, none, none);
  }
  if (!hearback::net::confine(parent, kBounds)) return hearback::net::cannot_confine;
  return tries(words);
}
