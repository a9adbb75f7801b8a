#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "mail/kind.hpp"
#include "mail/parse.hpp"
#include "mail/test_extents.hpp"
#include "mail/text.hpp"

using namespace hearback;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view raw(reinterpret_cast<const char*>(data), size);
  Limits limits;
  limits.mime_parts = 40;
  limits.mime_depth = 6;
  auto parsed = mail::parse(raw, limits);
  if (!parsed) return 0;
  if (!is_utf8(parsed->text) || !is_utf8(parsed->html)) std::abort();
  if (parsed->text.find('\0') != std::string::npos) std::abort();
  if (parsed->fingerprint.size() != 32) std::abort();
  for (auto& part : parsed->attachments)
    if (!is_utf8(part.filename) || part.filename.find('/') != std::string::npos) std::abort();
  if (!mail::what_differs_apart(raw, *parsed, limits).empty()) std::abort();
  mail::kind_of(*parsed);
  auto split = mail::split_quoted(parsed->text);
  if (mail::snippet(parsed->text, 100).size() > 100) std::abort();
  return 0;
}
