#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "mail/signed_data.hpp"
#include "mail/tnef.hpp"

using namespace hearback;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Limits limits;
  limits.mime_parts = 5;
  // Most inputs lack the signature that all need.
  for (auto& input : {std::string(bytes), "\x78\x9f\x3e\x22" + std::string(bytes)}) {
    auto tnef = mail::read_tnef(input, limits);
    if (!tnef) continue;
    if (tnef->files.size() > limits.mime_parts || !is_utf8(tnef->text)) std::abort();
    for (auto& file : tnef->files) {
      if (!is_utf8(file.name) || !is_utf8(file.type)) std::abort();
      if (file.content.data() < input.data() ||
          file.content.data() + file.content.size() > input.data() + input.size())
        std::abort();
    }
  }
  if (auto content = mail::signed_content(bytes))
    if (content->size() > size) std::abort();
  return 0;
}
