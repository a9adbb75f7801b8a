#include "store/engine/disk.hpp"

#include <sys/statvfs.h>

#include <cstdint>

#include "store/engine/db.hpp"

namespace hearback::store {
namespace {

constexpr std::uint64_t kLeast = 16u << 20;

}  // namespace

void expect_disk_room(const std::string& path) {
  struct statvfs disk{};
  if (::statvfs(path.c_str(), &disk) != 0) return;  // whoever writes hears of it
  const bool entries_left = disk.f_files == 0 || disk.f_favail > 0;
  if (std::uint64_t{disk.f_bavail} * disk.f_frsize >= kLeast && entries_left) return;
  refuse(Kind::transient, "store.disk", "The disk of the data folder is full.",
         "Give it more room; what waits goes on by itself.");
}

}  // namespace hearback::store
