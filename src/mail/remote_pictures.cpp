#include "mail/remote_pictures.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/text.hpp"
#include "mail/html_tokens.hpp"

namespace hearback::mail {
namespace {

constexpr std::size_t kLongest = 4000;

bool is_a_pixel_or_two(std::string_view written) {
  if (written.size() > 100) return false;
  const auto value = resolve_attribute(written);
  const auto side = trim(value);
  const auto digits = side.substr(0, std::min(side.find_first_not_of("0123456789"), side.size()));
  const auto pixels = to_number(digits);
  if (!pixels || *pixels > 2) return false;
  // Whatever stands behind the number is left out by browsers (HTML, rules for parsing dimension
  // values), but for the sign that makes it a part of the width that there is.
  auto rest = side.substr(digits.size());
  if (rest.starts_with('.')) {
    const auto fraction = rest.find_first_not_of("0123456789", 1);
    rest = fraction == rest.npos ? "" : rest.substr(fraction);
  }
  return !rest.starts_with('%');
}

}  // namespace

std::vector<std::string> remote_pictures(std::string_view html, std::size_t at_most) {
  std::vector<std::string> found;
  std::unordered_set<std::string> seen;
  HtmlTokens tokens(html);
  HtmlToken token;
  while (found.size() < at_most && tokens.next(token)) {
    if (token.kind != HtmlToken::Kind::start || token.name != "img") continue;
    if (token.source.size() > kLongest) continue;
    if (is_a_pixel_or_two(token.width) || is_a_pixel_or_two(token.height)) continue;
    const auto source = resolve_attribute(token.source);
    const auto address = trim(source);
    if (!ascii_starts_with(address, "https://") && !ascii_starts_with(address, "http://")) continue;
    if (seen.emplace(address).second) found.emplace_back(address);
  }
  return found;
}

}  // namespace hearback::mail
