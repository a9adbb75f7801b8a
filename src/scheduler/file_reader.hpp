#pragma once
// What a file says, read where it can do no harm: in a process of its own that may do nothing but
// read it. docs/decisions/0051-text-inside-files.md
#include <functional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "rules/readable_files.hpp"

namespace hearback::scheduler {

struct FileReading {
  enum class End {
    read,
    unreadable,  // damaged, encrypted, too large, or it harmed its reader: not to be tried again
    no_program,  // nothing that reads this kind is there
    not_now,     // no process could be started or shut in, or this one is stopping
  };
  End end = End::not_now;
  std::string text;  // UTF-8, of `read` alone; at most rules::kept_octets
};

class FileReader {
 public:
  virtual ~FileReader() = default;
  // Blocks, for `at_most` at the longest: for a worker.
  virtual FileReading read(rules::FileKind kind, std::string_view octets, Duration at_most,
                           const std::function<bool()>& stopping) = 0;
};

// `program` is started as `program reading_verb KIND NUMBER`, with the file as its standard input,
// and writes what it says (src/reading_child.cpp).
inline constexpr std::string_view reading_verb = "--read-file";
std::string_view word_for(rules::FileKind kind);

class ChildFileReader final : public FileReader {
 public:
  explicit ChildFileReader(std::string program) : program_(std::move(program)) {}
  FileReading read(rules::FileKind kind, std::string_view octets, Duration at_most,
                   const std::function<bool()>& stopping) override;

 private:
  std::string program_;
};

}  // namespace hearback::scheduler
