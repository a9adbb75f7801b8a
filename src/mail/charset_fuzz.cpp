#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "mail/charset.hpp"
#include "mail/media.hpp"

using namespace hearback;

// The first line names the charset.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  auto end = input.find('\n');
  auto name = input.substr(0, end);
  auto bytes = end == input.npos ? std::string_view() : input.substr(end + 1);
  if (!is_utf8(mail::to_utf8(bytes, name))) std::abort();
  if (mail::to_utf8(bytes, "utf-8").size() > 3 * bytes.size()) std::abort();
  for (auto& [key, value] : mail::parse_media(input).parameters)
    if (!is_utf8(value)) std::abort();
  return 0;
}
