#include "store/vault/master_key.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "store/vault/file.hpp"

namespace hearback::store {
namespace {

constexpr std::size_t kOctets = 32;

Failure trouble(const std::string& doing) {
  return fail(Kind::permanent, "store.master-key",
              "The master key file can't be " + doing + ": " + std::strerror(errno) + ".",
              "Check that its folder exists and belongs to the user that runs Hearback.");
}

Result<std::string> load(int fd) {
  struct stat facts{};
  if (::fstat(fd, &facts) != 0) return trouble("read");
  if ((facts.st_mode & 077) != 0)
    return fail(Kind::permanent, "store.master-key-exposed",
                "The master key file can be read by others than its owner.",
                "Allow only its owner to read it (chmod 600); if others may have read it, connect "
                "the mailboxes again after making a new one.");
  std::string key(kOctets + 1, '\0');
  const auto size = ::read(fd, key.data(), key.size());
  if (size < 0) return trouble("read");
  if (size != static_cast<ssize_t>(kOctets))
    return fail(Kind::permanent, "store.master-key-damaged",
                "The master key file doesn't hold a key: it must be 32 octets long.",
                "Put back the key from your backup; without it stored mail can't be read.");
  key.resize(kOctets);
  return key;
}

// Written under another name and linked into place, so that no half a key is ever found there and
// of two processes that start at once, one wins and both use its key.
Result<std::string> create(const std::string& path, Random& random) {
  std::string key(kOctets, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(key.data()), key.size()});
  const std::string draft = path + ".new-" + std::to_string(random.next());
  File file{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (file.fd < 0) return trouble("made");
  const bool written = ::write(file.fd, key.data(), key.size()) == static_cast<ssize_t>(kOctets) &&
                       ::fsync(file.fd) == 0;
  const bool linked = written && ::link(draft.c_str(), path.c_str()) == 0;
  const int why = errno;
  ::unlink(draft.c_str());
  if (!linked) {
    errno = why;
    if (written && why == EEXIST) return load_or_create_master_key(path, random);
    return trouble("made");
  }
  const auto folder = std::filesystem::path(path).parent_path();
  File directory{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.fd < 0 || ::fsync(directory.fd) != 0) return trouble("made");
  return key;
}

}  // namespace

Result<std::string> load_or_create_master_key(const std::string& path, Random& random,
                                              bool may_create) {
  File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd >= 0) return load(file.fd);
  if (errno != ENOENT) return trouble("read");
  if (!may_create)
    return fail(Kind::permanent, "store.master-key-missing",
                "There is a database, but not the master key that it was made with (" + path + ").",
                "Put back the key from your backup; without it neither stored mail nor the "
                "mailboxes' passwords can be read. No new key was made.");
  return create(path, random);
}

}  // namespace hearback::store
