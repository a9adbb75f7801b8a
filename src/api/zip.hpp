#pragma once
// A ZIP archive (PKWARE APPNOTE.TXT 6.3.10), written from its front to its end: files are stored as
// they are, since CVs and pictures are compressed already, and so its length is known before its
// first octet goes out. What is written stays below 4 GiB and 65,535 files (a message's bounds).
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace hearback::api {

// What of its contents stands in front of them.
class Checksum {
 public:
  void add(std::string_view octets);
  std::uint32_t crc32() const { return ~rest_; }
  std::uint64_t octets() const { return octets_; }

 private:
  std::uint32_t rest_ = ~0u;
  std::uint64_t octets_ = 0;
};

class Zip {
 public:
  explicit Zip(Instant date);  // of all its files; no zone is said there, it's UTC

  // What stands before the octets that `sum` has seen. The name is UTF-8, below 64 KiB.
  std::string head(std::string_view name, const Checksum& sum);
  std::string end() const;  // behind the last file

  // All octets that are written for one file, and for none.
  static std::uint64_t octets_of(std::string_view name, std::uint64_t octets);
  static constexpr std::uint64_t kEmpty = 22;

 private:
  std::uint32_t date_;  // as MS-DOS wrote it
  std::string directory_;
  std::uint64_t at_ = 0;
  std::uint16_t files_ = 0;
};

}  // namespace hearback::api
