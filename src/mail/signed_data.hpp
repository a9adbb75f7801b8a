#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace hearback::mail {

// The content of an opaque S/MIME signature (RFC 8551 section 3.5.2; CMS SignedData of RFC 5652),
// a MIME entity. The signature itself isn't verified. Tolerates BER, where the content comes in
// pieces. nullopt: none can be read.
std::optional<std::string> signed_content(std::string_view der);

}  // namespace hearback::mail
