#pragma once
#include <string>
#include <string_view>

namespace hearback::mail {

// Bytes in a named charset → UTF-8 (ICU). Unknown or empty names: UTF-8 if valid, ISO-2022 where
// its escapes stand, else Windows-1252; `*known` tells. Bytes that are clearly UTF-8 win over any
// other name. Undecodable bytes become U+FFFD.
std::string to_utf8(std::string_view bytes, std::string_view charset, bool* known = nullptr);

}  // namespace hearback::mail
