#pragma once
// What kind of picture some octets are, whatever anybody says about them.
#include <string_view>

namespace hearback::mail {

// "image/png", "image/jpeg", "image/gif", "image/webp", by how they begin; else empty. What is a
// document, as SVG is, is no picture.
std::string_view picture_type(std::string_view octets);

}  // namespace hearback::mail
