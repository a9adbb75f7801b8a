// Noise as an archive, and as the XML in a good one. Small bounds are reached often.
#include <cstdint>
#include <cstdlib>

#include "documents/office.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hearback::documents;
  const std::string octets(reinterpret_cast<const char*>(data), size);
  const OfficeBounds bounds{.entries = 20,
                            .part_octets = 64u << 10,
                            .all_octets = 100u << 10,
                            .ratio = 20,
                            .text_octets = 5000};
  for (const auto& text : {office_text(octets, bounds), office_part(octets, bounds.text_octets)})
    if (text && text->size() > bounds.text_octets) std::abort();
  return 0;
}
