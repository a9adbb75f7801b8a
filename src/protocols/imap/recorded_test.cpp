// Answers recorded from real servers go through the buffer and the response reader: nothing may
// be left over, nothing unreadable.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/text.hpp"
#include "protocols/imap/buffer.hpp"
#include "protocols/imap/response.hpp"

namespace hearback::protocols::imap {
namespace {

namespace fs = std::filesystem;

fs::path recordings() {
  const char* root = std::getenv("HEARBACK_TEST_DATA");
  fs::path data = root ? fs::path(root) : fs::path(HEARBACK_SOURCE_DIR) / "../shared/data";
  return data / "mailkit-transcripts/UnitTests/Net/Imap/Resources";
}

// Two recordings hold a line that belongs to no response; what comes after it must still be read.
bool has_stray_line(const fs::path& path) {
  return path.filename() == "issue115.txt" || path.filename() == "headers.1+unsolicited-info.txt";
}

void read_all(const fs::path& path, int& responses) {
  std::ifstream file(path, std::ios::binary);
  ReceiveBuffer buffer;
  // The recordings lost their CRs on the way into a repository; the literals count them.
  for (std::string line; std::getline(file, line);)
    buffer.append(line + (line.ends_with('\r') ? "\n" : "\r\n"));
  while (buffer.frame() == ReceiveBuffer::Framed::ready) {
    auto bytes = buffer.response();
    auto response = read_response(bytes);
    ++responses;
    // Blank lines stand between some recordings.
    if (trim(bytes).empty()) {
      buffer.consume();
      continue;
    }
    if (response.form == Response::Form::garbage) {
      EXPECT_TRUE(has_stray_line(path)) << path << ": " << bytes;
      buffer.consume();
      continue;
    }
    if (response.numbered && ascii_equal(response.word, "FETCH")) {
      auto data = read_fetch(response.number, response.rest, 100);
      EXPECT_TRUE(data.whole || (has_stray_line(path) && data.uid && data.header))
          << path << ": " << bytes.substr(0, 300);
    }
    if (ascii_equal(response.word, "LIST") || ascii_equal(response.word, "XLIST")) {
      auto folder = read_list(response.rest, 100, 32);
      EXPECT_TRUE(folder || bytes.find("\"\"") != bytes.npos) << path << ": " << bytes;
    }
    if (ascii_equal(response.word, "STATUS"))
      EXPECT_TRUE(read_status(response.rest, 100)) << path << ": " << bytes;
    buffer.consume();
  }
  EXPECT_TRUE(buffer.empty()) << path << " left over: " << buffer.rest().substr(0, 300);
}

TEST(Recorded, EveryAnswerIsRead) {
  auto root = recordings();
  if (!fs::exists(root)) GTEST_SKIP() << "no recordings: set HEARBACK_TEST_DATA";
  int files = 0, responses = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".txt") continue;
    ++files;
    read_all(entry.path(), responses);
  }
  EXPECT_GT(files, 100);
  RecordProperty("responses", responses);
}

}  // namespace
}  // namespace hearback::protocols::imap
