#include "mail/filename.hpp"

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
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
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

}  // namespace hearback::mail
