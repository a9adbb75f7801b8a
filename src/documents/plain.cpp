#include "documents/plain.hpp"

#include "mail/charset.hpp"

namespace hearback::documents {

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
  return mail::to_utf8(file, "");
}

}  // namespace hearback::documents
