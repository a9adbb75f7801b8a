#include "documents/plain.hpp"

#include "mail/charset.hpp"

namespace hearback::documents {
namespace {

// Letters of UTF-8 beyond ASCII seldom come about by chance: a few octets that are none of it don't
// make it another charset's.
bool is_mostly_utf8(std::string_view text) {
  std::size_t letters = 0, strays = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t more = lead < 0xC2   ? 0
                             : lead < 0xE0 ? 1
                             : lead < 0xF0 ? 2
                             : lead < 0xF5 ? 3
                                           : 0;
    std::size_t follow = 0;
    while (follow < more && at + 1 + follow < text.size() && (text[at + 1 + follow] & 0xC0) == 0x80)
      ++follow;
    const bool whole = more > 0 && follow == more;
    if (whole) ++letters;
    if (lead >= 0x80 && !whole) ++strays;
    at += whole ? 1 + more : 1;
  }
  return letters > strays;
}

}  // namespace

std::string plain_text(std::string_view file, std::size_t octets) {
  file = file.substr(0, octets);
  const bool big = file.starts_with("\xFE\xFF"), little = file.starts_with("\xFF\xFE");
  if (big || little) return mail::to_utf8(file.substr(2), big ? "utf-16be" : "utf-16le");
  if (file.starts_with("\xEF\xBB\xBF")) file.remove_prefix(3);
  // Not amid a letter, or all of it would be taken for another charset's.
  if (file.size() == octets)
    for (int i = 0; i < 4 && !file.empty(); ++i) {
      const auto last = static_cast<unsigned char>(file.back());
      if (last < 0x80) break;
      file.remove_suffix(1);
      if (last >= 0xC0) break;
    }
  return mail::to_utf8(file, is_mostly_utf8(file) ? "utf-8" : "");
}

}  // namespace hearback::documents
