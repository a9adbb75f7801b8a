#pragma once
// The sections of a multipart body (RFC 2046 section 5.1).
#include <cstddef>
#include <string_view>
#include <vector>

namespace hearback::mail {

struct Sections {
  std::vector<std::string_view> parts;  // without the line ends that belong to the delimiters
  bool closed = false;                  // the closing delimiter was there
};

// No parts: `boundary` is unusable or never appears. Stops after `max` + 1 parts.
Sections split_multipart(std::string_view body, std::string_view boundary, std::size_t max);

}  // namespace hearback::mail
