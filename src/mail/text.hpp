#pragma once
// What people wrote, apart from what their programs added.
#include <string>
#include <string_view>

namespace hearback::mail {

struct Split {
  std::string fresh;      // the writer's own words
  std::string quoted;     // the original below them, with its introduction; may be empty
  std::string signature;  // after "-- " or a well-known closing block
  bool forwards = false;  // `quoted` is what the writer passes on, by what stands above it
};
Split split_quoted(std::string_view text);

// First words on one line, without quotes and signature; at most `max` octets.
std::string snippet(const Split& parts, std::size_t max);
std::string snippet(std::string_view text, std::size_t max);

// As a person would see it, without scripts, styles and what is hidden; at most
// Limits::text_octets. See html.hpp.
std::string html_to_text(std::string_view html);

}  // namespace hearback::mail
