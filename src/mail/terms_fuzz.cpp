// Any octets: words stand in the text, in order, and folding them once more changes nothing.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mail/terms.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t at = 0;
  for (const auto& term : hearback::mail::terms(text)) {
    if (term.text.empty() || term.text.size() > hearback::mail::max_term_octets) std::abort();
    if (term.at < at || term.octets == 0 || term.at + term.octets > size) std::abort();
    at = term.at;
    for (const unsigned char c : term.text)
      if (c < 0x80 && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) std::abort();
  }
  return 0;
}
