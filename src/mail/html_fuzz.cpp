#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "mail/html.hpp"
#include "mail/remote_pictures.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hearback::Limits limits;
  limits.html_depth = 8;
  limits.text_octets = 200;
  limits.mime_parts = 5;
  const std::string_view html(reinterpret_cast<const char*>(data), size);
  auto content = hearback::mail::read_html(html, limits);
  if (!hearback::is_utf8(content.text) || content.text.find('\0') != std::string::npos)
    std::abort();
  if (content.text.size() > limits.text_octets || content.pictures.size() > limits.mime_parts)
    std::abort();
  if (hearback::mail::remote_pictures(html, 3).size() > 3) std::abort();
  return 0;
}
