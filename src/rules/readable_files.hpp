#pragma once
// Which of a message's files are read, so that it is found by what stands in them? (M-6) And which
// of those that lie on a profile (W-9)?
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/nouns.hpp"

namespace hearback::rules {

// How a file is read: PDF; what word processors write, archives of XML (DOCX, ODT); plain text.
enum class FileKind : std::uint8_t { pdf, office, text };

// What its octets are, of a file whose name or type promises any of these. Octets decide which: a
// PDF that is called CV.docx is a PDF. Plain text has no mark of its own, and is what has none of
// the others' and was promised to be text. nullopt: it isn't read.
std::optional<FileKind> kind_of(const Attachment& file, std::string_view octets);

// One is looked at: its name or type promises text, and it is neither empty nor too large.
bool is_read(const Attachment& file);

// Of a message's files those that are looked at, in their order: their names or types promise text,
// they aren't part of its HTML, and neither too large nor too many.
inline constexpr std::uint64_t readable_octets = 20u << 20;
inline constexpr std::size_t readable_files = 8;
std::vector<const Attachment*> files_to_read(const std::vector<Attachment>& files);

// What a file says, of which so much is kept: an excerpt is cut from it, and its words are found.
inline constexpr std::size_t kept_octets = 200'000;
struct FileText {
  int index = 0;  // Attachment::index
  std::string text;
  bool operator==(const FileText&) const = default;
};

// How often reading a message's files may begin: a server that was killed amid it begins again, but
// not for ever.
inline constexpr int reading_tries = 3;

}  // namespace hearback::rules
