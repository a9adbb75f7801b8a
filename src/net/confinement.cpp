#include "net/confinement.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <system_error>

namespace hearback::net {
namespace {

// Descriptors have lower numbers; the program that is to be started alone has this one.
constexpr int kDescriptors = 64;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

bool set_limit(__rlimit_resource what, rlim_t soft, rlim_t hard) {
  const rlimit both{soft, hard};
  return ::setrlimit(what, &both) == 0;
}

// What root may, and others not.
bool drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  return ::syscall(SYS_capset, &header, none) == 0;
}

bool limit(pid_t parent, const Confinement& bounds, int program) {
  // It ends with whom it works for, also where that ended before this line.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) return false;
  // Nothing of the server's is handed on; it takes care of that itself, and this is the second
  // lock.
  if (program < 0) {
    if (::syscall(SYS_close_range, 3u, ~0u, 0u) != 0) return false;
  } else if (::syscall(SYS_close_range, 3u, unsigned(program) - 1, 0u) != 0 ||
             ::syscall(SYS_close_range, unsigned(program) + 1, ~0u, 0u) != 0) {
    return false;
  }
  (void)::setpriority(PRIO_PROCESS, 0, 10);
  const rlim_t cpu = bounds.cpu_seconds;
  return ::chdir("/") == 0 && set_limit(RLIMIT_CORE, 0, 0) && set_limit(RLIMIT_CPU, cpu, cpu + 1) &&
         set_limit(RLIMIT_FSIZE, 0, 0) && set_limit(RLIMIT_NOFILE, kDescriptors, kDescriptors) &&
         set_limit(RLIMIT_NPROC, 0, 0) && set_limit(RLIMIT_MEMLOCK, 0, 0) &&
         set_limit(RLIMIT_MSGQUEUE, 0, 0) &&
         (kSanitized || set_limit(RLIMIT_AS, bounds.memory_octets, bounds.memory_octets)) &&
         ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && drop_capabilities();
}

// ---- files: Landlock ---------------------------------------------------------------------------

// All rights over files that this kernel's Landlock knows, of those that are known here; 0: none.
std::uint64_t rights_over_files() {
  const auto version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return 0;
  const int bits = version == 1 ? 13 : version == 2 ? 14 : version < 5 ? 15 : 16;
  return (std::uint64_t{1} << bits) - 1;
}

int new_ruleset(std::uint64_t rights) {
  const std::uint64_t handled = rights;  // the structure's first version: no more than that
  return static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0));
}

// What isn't there needs no leave.
bool allow_beneath(int rules, const char* path, std::uint64_t rights) {
  const int at = ::open(path, O_PATH | O_CLOEXEC);
  if (at < 0) return true;
  landlock_path_beneath_attr beneath{};
  beneath.allowed_access = rights;
  beneath.parent_fd = at;
  const auto added =
      ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
  ::close(at);
  return added == 0;
}

bool enforce(int rules) { return ::syscall(SYS_landlock_restrict_self, rules, 0) == 0; }

constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kReadAll = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kExecute = kReadFile | LANDLOCK_ACCESS_FS_EXECUTE;

// The loader is among them.
constexpr const char* kLibraries[] = {"/lib",     "/lib32",     "/lib64",
                                      "/usr/lib", "/usr/lib64", "/usr/local/lib"};

bool see_libraries(const char* program, const char* const* data) {
  const auto all = rights_over_files();
  if (all == 0) return false;
  const int rules = new_ruleset(all);
  if (rules < 0) return false;
  for (const char* path : kLibraries)
    if (!allow_beneath(rules, path, kReadAll | kExecute)) return false;
  if (!allow_beneath(rules, "/etc/ld.so.cache", kReadFile)) return false;
  if (!allow_beneath(rules, program, kExecute)) return false;
  for (; *data != nullptr; ++data)
    if (!allow_beneath(rules, *data, kReadAll)) return false;
  const bool done = enforce(rules);
  ::close(rules);
  return done;
}

// Beside the system calls, which are enough: a second lock where there is one.
void see_nothing() {
  const auto all = rights_over_files();
  const int rules = all ? new_ruleset(all) : -1;
  if (rules < 0) return;
  (void)enforce(rules);
  ::close(rules);
}

// ---- system calls: seccomp
// -----------------------------------------------------------------------

// What computing takes.
constexpr int kAllowed[] = {SCMP_SYS(read),
                            SCMP_SYS(readv),
                            SCMP_SYS(write),
                            SCMP_SYS(writev),
                            SCMP_SYS(close),
                            SCMP_SYS(fstat),
                            SCMP_SYS(newfstatat),
                            SCMP_SYS(lseek),
                            SCMP_SYS(munmap),
                            SCMP_SYS(mremap),
                            SCMP_SYS(brk),
                            SCMP_SYS(madvise),
                            SCMP_SYS(futex),
                            SCMP_SYS(rt_sigaction),
                            SCMP_SYS(rt_sigprocmask),
                            SCMP_SYS(rt_sigreturn),
                            SCMP_SYS(sigaltstack),
                            SCMP_SYS(clock_gettime),
                            SCMP_SYS(gettimeofday),
                            SCMP_SYS(clock_nanosleep),
                            SCMP_SYS(restart_syscall),
                            SCMP_SYS(getrandom),
                            SCMP_SYS(getpid),
                            SCMP_SYS(gettid),
                            SCMP_SYS(sched_yield),
                            SCMP_SYS(getrlimit),
                            SCMP_SYS(sched_getaffinity),
                            SCMP_SYS(exit),
                            SCMP_SYS(exit_group)};
// What a program takes to be loaded, and to look for its data.
constexpr int kAllowedToLoad[] = {
    SCMP_SYS(pread64),  SCMP_SYS(access),          SCMP_SYS(faccessat),  SCMP_SYS(arch_prctl),
    SCMP_SYS(readlink), SCMP_SYS(set_tid_address), SCMP_SYS(readlinkat), SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),     SCMP_SYS(getdents64),      SCMP_SYS(getcwd),     SCMP_SYS(stat),
    SCMP_SYS(statx),    SCMP_SYS(lstat),           SCMP_SYS(uname),      SCMP_SYS(sysinfo),
    SCMP_SYS(getuid),   SCMP_SYS(geteuid),         SCMP_SYS(getgid),     SCMP_SYS(getegid)};
// What nobody does by mistake who reads a file. All others are refused, and the reader may go on.
constexpr int kKilledFor[] = {SCMP_SYS(socket),
                              SCMP_SYS(socketpair),
                              SCMP_SYS(connect),
                              SCMP_SYS(bind),
                              SCMP_SYS(listen),
                              SCMP_SYS(accept),
                              SCMP_SYS(accept4),
                              SCMP_SYS(sendto),
                              SCMP_SYS(sendmsg),
                              SCMP_SYS(sendmmsg),
                              SCMP_SYS(ptrace),
                              SCMP_SYS(process_vm_readv),
                              SCMP_SYS(process_vm_writev),
                              SCMP_SYS(execve),
                              SCMP_SYS(clone),
                              SCMP_SYS(clone3),
                              SCMP_SYS(fork),
                              SCMP_SYS(vfork),
                              SCMP_SYS(kill),
                              SCMP_SYS(tkill),
                              SCMP_SYS(pidfd_open),
                              SCMP_SYS(pidfd_getfd),
                              SCMP_SYS(pidfd_send_signal),
                              SCMP_SYS(creat),
                              SCMP_SYS(openat2),
                              SCMP_SYS(open_by_handle_at),
                              SCMP_SYS(truncate),
                              SCMP_SYS(ftruncate),
                              SCMP_SYS(unlink),
                              SCMP_SYS(unlinkat),
                              SCMP_SYS(rmdir),
                              SCMP_SYS(rename),
                              SCMP_SYS(renameat),
                              SCMP_SYS(renameat2),
                              SCMP_SYS(link),
                              SCMP_SYS(linkat),
                              SCMP_SYS(symlink),
                              SCMP_SYS(symlinkat),
                              SCMP_SYS(mkdir),
                              SCMP_SYS(mkdirat),
                              SCMP_SYS(mknod),
                              SCMP_SYS(mknodat),
                              SCMP_SYS(chmod),
                              SCMP_SYS(fchmod),
                              SCMP_SYS(fchmodat),
                              SCMP_SYS(chown),
                              SCMP_SYS(fchown),
                              SCMP_SYS(fchownat),
                              SCMP_SYS(mount),
                              SCMP_SYS(umount2),
                              SCMP_SYS(chroot),
                              SCMP_SYS(pivot_root),
                              SCMP_SYS(unshare),
                              SCMP_SYS(setns),
                              SCMP_SYS(setuid),
                              SCMP_SYS(setresuid),
                              SCMP_SYS(setrlimit),
                              SCMP_SYS(bpf),
                              SCMP_SYS(perf_event_open),
                              SCMP_SYS(userfaultfd),
                              SCMP_SYS(io_uring_setup),
                              SCMP_SYS(keyctl),
                              SCMP_SYS(memfd_create),
                              SCMP_SYS(init_module),
                              SCMP_SYS(finit_module),
                              SCMP_SYS(shmget),
                              SCMP_SYS(shmat),
                              SCMP_SYS(msgget),
                              SCMP_SYS(mq_open)};

class Filter {
 public:
  Filter() : context_(::seccomp_init(SCMP_ACT_ERRNO(EPERM))) {
    if (context_ != nullptr) {
      ::seccomp_attr_set(context_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
      ::seccomp_attr_set(context_, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    } else {
      well_ = false;
    }
  }
  ~Filter() {
    if (context_ != nullptr) ::seccomp_release(context_);
  }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  // What this architecture doesn't have needs no rule.
  void add(std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> when = {}) {
    if (!well_ || call < 0) return;
    well_ = ::seccomp_rule_add_array(context_, action, call, static_cast<unsigned>(when.size()),
                                     when.begin()) == 0;
  }
  bool load() { return well_ && ::seccomp_load(context_) == 0; }

 private:
  scmp_filter_ctx context_;
  bool well_ = true;
};

constexpr scmp_datum_t kWriting = O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);

void add_opening(Filter& filter, int call, unsigned flags_at, bool may_read) {
  for (const scmp_datum_t mode : {O_WRONLY, O_RDWR})
    filter.add(SCMP_ACT_KILL_PROCESS, call, {{flags_at, SCMP_CMP_MASKED_EQ, O_ACCMODE, mode}});
  filter.add(SCMP_ACT_KILL_PROCESS, call, {{flags_at, SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT}});
  filter.add(SCMP_ACT_KILL_PROCESS, call, {{flags_at, SCMP_CMP_MASKED_EQ, O_TRUNC, O_TRUNC}});
  if (may_read)
    filter.add(SCMP_ACT_ALLOW, call,
               {{flags_at, SCMP_CMP_MASKED_EQ, O_ACCMODE | kWriting, O_RDONLY}});
}

// `program`: a descriptor that may be started, once; -1: none, and no code is loaded any more.
bool filter_calls(int program) {
  Filter filter;
  const bool loads = program >= 0;
  for (const int call : kAllowed) filter.add(SCMP_ACT_ALLOW, call);
  for (const int call : kKilledFor) filter.add(SCMP_ACT_KILL_PROCESS, call);
  add_opening(filter, SCMP_SYS(open), 1, loads);
  add_opening(filter, SCMP_SYS(openat), 2, loads);
  // To ask for a bound, not to set one; a signal to itself, which is how a program gives up.
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), {{2, SCMP_CMP_EQ, 0, 0}});
  filter.add(SCMP_ACT_KILL_PROCESS, SCMP_SYS(prlimit64), {{2, SCMP_CMP_NE, 0, 0}});
  const auto self = static_cast<scmp_datum_t>(::getpid());
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), {{0, SCMP_CMP_EQ, self, 0}});
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})
    if (loads)
      filter.add(SCMP_ACT_ALLOW, call);
    else
      filter.add(SCMP_ACT_ALLOW, call, {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}});
  if (!loads) {
    filter.add(SCMP_ACT_KILL_PROCESS, SCMP_SYS(execveat));
    return filter.load();
  }
  for (const int call : kAllowedToLoad) filter.add(SCMP_ACT_ALLOW, call);
  const auto only = static_cast<scmp_datum_t>(program);
  // That descriptor is closed by being started, and no other gets its number: it is above the
  // bound.
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(execveat),
             {{0, SCMP_CMP_EQ, only, 0}, {4, SCMP_CMP_EQ, AT_EMPTY_PATH, 0}});
  filter.add(SCMP_ACT_KILL_PROCESS, SCMP_SYS(execveat), {{0, SCMP_CMP_NE, only, 0}});
  return filter.load();
}

}  // namespace

bool confine(pid_t parent, const Confinement& bounds) {
  if (!limit(parent, bounds, -1)) return false;
  see_nothing();
  return filter_calls(-1);
}

std::optional<bool> would_be_read(const char* path, const char* const* data) {
  namespace fs = std::filesystem;
  std::error_code wrong;
  // What isn't there would stay relative.
  auto at = fs::absolute(path, wrong);
  if (!wrong) at = fs::weakly_canonical(at, wrong);
  if (wrong) return std::nullopt;
  const auto lies_in = [&](const char* folder) {
    std::error_code absent;
    const auto above = fs::canonical(folder, absent);
    return !absent &&
           std::mismatch(above.begin(), above.end(), at.begin(), at.end()).first == above.end();
  };
  for (; *data != nullptr; ++data)
    if (lies_in(*data)) return true;
  return std::any_of(std::begin(kLibraries), std::end(kLibraries), lies_in);
}

int become(pid_t parent, const Confinement& bounds, const char* const* programs,
           const char* const* arguments, const char* const* data) {
  int found = -1;
  const char* path = nullptr;
  for (; found < 0 && *programs != nullptr; ++programs) {
    path = *programs;
    if (::access(path, X_OK) == 0) found = ::open(path, O_PATH | O_CLOEXEC);
  }
  if (found < 0) return no_program;
  const int program = ::fcntl(found, F_DUPFD_CLOEXEC, kDescriptors);
  if (program >= 0 && limit(parent, bounds, program) && see_libraries(path, data) &&
      filter_calls(program)) {
    const char* const nothing[] = {nullptr};
    ::syscall(SYS_execveat, program, "", arguments, nothing, AT_EMPTY_PATH);
  }
  return cannot_confine;
}

}  // namespace hearback::net
