#include "mail/filename.hpp"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <unordered_map>
#include <unordered_set>

#include "base/text.hpp"
#include "mail/unseen.hpp"
#include "mail/word.hpp"

namespace hearback::mail {
namespace {

constexpr std::size_t max_filename = 255;

struct Extension {
  std::string_view name, type;
};
constexpr Extension extensions[] = {
    {"csv", "text/csv"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"eml", "message/rfc822"},
    {"gif", "image/gif"},
    {"heic", "image/heic"},
    {"ics", "text/calendar"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"rtf", "application/rtf"},
    {"txt", "text/plain"},
    {"vcf", "text/vcard"},
    {"xls", "application/vnd.ms-excel"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"zip", "application/zip"},
};

// From the dot of its extension; the whole length where it has none.
std::size_t stem_octets(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot != name.npos && dot > 0 && name.size() - dot <= 16 ? dot : name.size();
}

// Equal for names that one file system or another takes for the same.
std::string same_on_disk(std::string_view name) {
  UErrorCode failed = U_ZERO_ERROR;
  const auto* fold = icu::Normalizer2::getNFKCCasefoldInstance(failed);
  if (U_FAILURE(failed)) return ascii_lower(name);
  const auto key = fold->normalize(icu::UnicodeString::fromUTF8(std::string(name)), failed);
  if (U_FAILURE(failed)) return ascii_lower(name);
  std::string utf8;
  return key.toUTF8String(utf8);
}

// Some systems drop dots and blanks at the end; they are gone before names are compared.
std::string name_in_folder(const NamedFile& file) {
  auto name = safe_filename(file.name);
  name.resize(name.find_last_not_of(". ") + 1);  // none: npos + 1 is 0
  if (!name.empty()) return name;
  name = "attachment";
  for (const auto& [extension, type] : extensions)
    if (type == file.type) return name + "." + std::string(extension);
  return name;
}

std::string numbered(std::string_view name, std::size_t number) {
  const auto stem = stem_octets(name);
  const auto end = " (" + std::to_string(number) + ")" + std::string(name.substr(stem));
  return std::string(utf8_prefix(name.substr(0, stem), max_filename - end.size())) + end;
}

}  // namespace

std::string safe_filename(std::string_view name) {
  auto slash = name.find_last_of("/\\");
  if (slash != name.npos) name.remove_prefix(slash + 1);
  std::string out = without_unseen(clean_line(std::string(name)));
  for (char& c : out)
    if (std::string_view("\"*:<>?|").find(c) != std::string_view::npos) c = '_';
  out = trim(out);
  if (out == "." || out == "..") out.clear();
  if (out.size() > max_filename) {
    auto dot = out.rfind('.');
    std::string extension = dot != out.npos && out.size() - dot <= 16 ? out.substr(dot) : "";
    out = std::string(utf8_prefix(out, max_filename - extension.size())) + extension;
  }
  return out;
}

std::string filename_of_title(std::string_view title, std::string_view extension) {
  std::string name(utf8_prefix(title, max_filename));
  for (char& c : name)
    if (c == '/' || c == '\\') c = '_';
  return safe_filename(name + std::string(extension));
}

std::string_view type_of_filename(std::string_view name) {
  auto dot = name.rfind('.');
  std::string written = dot == name.npos ? "" : ascii_lower(name.substr(dot + 1));
  for (auto& [extension, type] : extensions)
    if (extension == written) return type;
  return "application/octet-stream";
}

std::vector<std::string> distinct_filenames(const std::vector<NamedFile>& files) {
  std::unordered_set<std::string> taken;
  // Number given to a name; long ones that are one once they are cut for it share theirs.
  std::unordered_map<std::string, std::size_t> last;
  std::vector<std::string> names;
  for (const auto& file : files) {
    auto name = name_in_folder(file);
    if (!taken.insert(same_on_disk(name)).second) {
      const auto plain = std::move(name);
      auto& number = last.try_emplace(same_on_disk(numbered(plain, 1'000'000)), 1).first->second;
      do name = numbered(plain, ++number);
      while (!taken.insert(same_on_disk(name)).second);
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace hearback::mail
