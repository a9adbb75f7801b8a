#include "rules/readable_files.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hearback::rules {
namespace {

constexpr std::size_t kMarkWithin = 1024;  // of a PDF: programs put something before it

struct Promise {
  std::string_view ending, type;
  bool is_text;
};
constexpr Promise kPromises[] = {
    {".pdf", "application/pdf", false},
    {".pdf", "application/x-pdf", false},
    {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", false},
    {".docm", "application/vnd.ms-word.document.macroenabled.12", false},
    {".dotx", "application/vnd.openxmlformats-officedocument.wordprocessingml.template", false},
    {".odt", "application/vnd.oasis.opendocument.text", false},
    {".ott", "application/vnd.oasis.opendocument.text-template", false},
    {".txt", "text/plain", true},
    {".text", "text/x-log", true},
    {".md", "text/markdown", true},
    {".markdown", "text/x-markdown", true},
    {".csv", "text/csv", true},
};

const Promise* promise_of(const Attachment& file) {
  const auto name = ascii_lower(file.filename);
  for (const auto& one : kPromises)
    if (name.ends_with(one.ending)) return &one;
  // A name that promises something else (photo.jpg, sent as text/plain) is believed.
  const auto dot = name.rfind('.');
  const bool has_ending = dot != name.npos && dot > 0 && name.size() - dot <= 5;
  const auto type = ascii_lower(file.type);
  for (const auto& one : kPromises)
    if (type == one.type && (!one.is_text || !has_ending)) return &one;
  return nullptr;
}

bool is_text(std::string_view octets) {
  const bool wide = octets.starts_with("\xFF\xFE") || octets.starts_with("\xFE\xFF");
  return wide || octets.substr(0, 4096).find('\0') == octets.npos;
}

}  // namespace

std::optional<FileKind> kind_of(const Attachment& file, std::string_view octets) {
  const auto* promise = promise_of(file);
  if (promise == nullptr || octets.empty()) return std::nullopt;
  if (octets.starts_with("PK\x03\x04")) return FileKind::office;
  if (octets.starts_with("%PDF-")) return FileKind::pdf;
  if (promise->is_text) return is_text(octets) ? std::optional(FileKind::text) : std::nullopt;
  if (octets.substr(0, kMarkWithin).find("%PDF-") != octets.npos) return FileKind::pdf;
  return std::nullopt;
}

bool is_read(const Attachment& file) {
  return file.octets > 0 && file.octets <= readable_octets && promise_of(file) != nullptr;
}

std::vector<const Attachment*> files_to_read(const std::vector<Attachment>& files) {
  std::vector<const Attachment*> chosen;
  for (const auto& file : files) {
    if (chosen.size() == readable_files) break;
    if (!file.is_inline && is_read(file)) chosen.push_back(&file);
  }
  return chosen;
}

}  // namespace hearback::rules
