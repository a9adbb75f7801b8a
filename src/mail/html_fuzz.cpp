#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "mail/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = hearback::mail::html_to_text({reinterpret_cast<const char*>(data), size});
  if (!hearback::is_utf8(text) || text.find('\0') != std::string::npos) std::abort();
  return 0;
}
