#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "mail/address.hpp"

using namespace hearback;

// Whatever a field says: text is UTF-8, a normal form is its own normal form, and what we write
// for an address reads back as that address.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (auto& address : mail::parse_addresses(text)) {
    if (!is_utf8(address.name) || !is_utf8(address.spec)) std::abort();
    if (address.normal.empty()) continue;
    if (mail::normal_form(address.normal) != address.normal) std::abort();
    if (mail::domain_of(address.normal).empty()) std::abort();
    auto written = mail::format_address(address);
    auto again = mail::parse_addresses(written);
    if (again.size() != 1 || again[0].normal != address.normal) std::abort();
    for (std::size_t i = 0; i + 2 < written.size(); ++i)
      if (written[i] == '\n' && written[i + 1] != ' ') std::abort();
  }
  if (auto normal = mail::normal_form(text))
    if (mail::normal_form(*normal) != normal) std::abort();
  return 0;
}
