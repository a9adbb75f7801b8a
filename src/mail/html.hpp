#pragma once
// What a person sees of an HTML body.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"

namespace hearback::mail {

struct HtmlContent {
  std::string text;                   // laid out, UTF-8, at most Limits::text_octets
  std::vector<std::string> pictures;  // Content-IDs that it draws, at most Limits::mime_parts
};

// One pass over UTF-8, linear whatever it holds; memory is bounded by what is answered.
HtmlContent read_html(std::string_view html, const Limits& limits = {});

}  // namespace hearback::mail
