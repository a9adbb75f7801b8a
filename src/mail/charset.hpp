#pragma once
#include <string>
#include <string_view>

namespace hearback::mail {

// Bytes in a named charset → UTF-8 (ICU). Unknown or empty names: UTF-8 if valid, else
// Windows-1252; `*known` tells. Undecodable bytes become U+FFFD.
std::string to_utf8(std::string_view bytes, std::string_view charset, bool* known = nullptr);

}  // namespace hearback::mail
