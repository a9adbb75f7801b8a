#pragma once
// Content-Type and Content-Disposition: a value and parameters (RFC 2045, 2183, 2231).
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hearback::mail {

struct Media {
  std::string value;  // lower case: "text/plain", "attachment"; empty when missing
  std::vector<std::pair<std::string, std::string>> parameters;  // lower-case name, UTF-8

  // Empty when there is none.
  std::string_view parameter(std::string_view name) const;
};

// Never fails. Continuations and charsets of RFC 2231 are resolved, encoded words decoded, and an
// extended parameter comes before its plain namesake.
Media parse_media(std::string_view body);

// RFC 2045 section 5.1: "type/subtype" of tokens.
bool is_media_type(std::string_view type);
bool is_media_token(std::string_view text);

}  // namespace hearback::mail
