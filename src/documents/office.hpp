#pragma once
// What a word processor's document says: DOCX (ECMA-376) and ODT (OASIS OpenDocument), each an
// archive of XML. Written by strangers: to be read in a process of its own.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hearback::documents {

// Of an archive; what says more than that is refused before any of it is unpacked. Headers, footers
// and notes that don't fit, or are damaged, are left out.
struct OfficeBounds {
  std::int64_t entries = 4000;            // files in it
  std::uint64_t part_octets = 12u << 20;  // of one of those that are read, unpacked
  std::uint64_t all_octets = 24u << 20;   // of all of them
  std::uint64_t ratio = 300;              // unpacked to packed, of what is larger than a megabyte
  std::size_t text_octets = 400'000;      // of the answer: what is said behind that is left out
};

// UTF-8; paragraphs end with a line end. Errors: document.not-read. What is in it of archives isn't
// looked into.
Result<std::string> office_text(std::string_view octets, const OfficeBounds& bounds = {});

// The same of one part's XML. Errors: document.not-read, where none of it is XML.
Result<std::string> office_part(std::string xml, std::size_t text_octets);

}  // namespace hearback::documents
