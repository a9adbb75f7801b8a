#include <cstdint>
#include <cstdlib>

#include "mail/codec.hpp"
#include "mail/uuencode.hpp"

using namespace hearback;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto found = mail::unpack_uuencode(text, 3);
  std::size_t octets = found.text.size();
  for (auto& file : found.files) octets += file.content.size();
  if (found.files.size() > 3 || (found.files.empty() && found.text != text)) std::abort();
  if (octets > size * 3) std::abort();  // missing spaces count as zeros
  std::string_view rest;
  bool clean;
  mail::decode_base64(text, &clean, &rest);
  if (!text.ends_with(rest)) std::abort();
  mail::decode_quoted_printable(text);
  return 0;
}
