#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "mail/html.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hearback::Limits limits;
  limits.html_depth = 8;
  limits.text_octets = 200;
  limits.mime_parts = 5;
  auto content = hearback::mail::read_html({reinterpret_cast<const char*>(data), size}, limits);
  if (!hearback::is_utf8(content.text) || content.text.find('\0') != std::string::npos)
    std::abort();
  if (content.text.size() > limits.text_octets || content.pictures.size() > limits.mime_parts)
    std::abort();
  return 0;
}
