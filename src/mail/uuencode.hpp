#pragma once
// Files that older programs write into the text: uuencode, and its base64 sister (POSIX).
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hearback::mail {

struct EmbeddedFile {
  std::string name;  // as written
  std::string content;
};

struct Unpacked {
  std::string text;  // without the files
  std::vector<EmbeddedFile> files;
};

// Only what is whole, from its "begin 644 name" to its "end", is a file; all else stays text. At
// most `max_files` are taken out.
Unpacked unpack_uuencode(std::string_view text, std::size_t max_files);

}  // namespace hearback::mail
