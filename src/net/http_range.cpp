#include "net/http_range.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hearback::net {

AskedRange asked_range(const HttpRequest& request, std::uint64_t octets, std::string_view etag) {
  constexpr std::string_view kUnit = "bytes=";
  auto text = trim(request.header("range"));
  if (!ascii_starts_with(text, kUnit)) return {};
  const auto version = request.header("if-range");
  if (!version.empty() && trim(version) != etag) return {};
  text = trim(text.substr(kUnit.size()));
  const auto dash = text.find('-');
  if (dash == text.npos) return {};
  const auto first_text = trim(text.substr(0, dash)), last_text = trim(text.substr(dash + 1));
  const auto first = to_number(first_text), last = to_number(last_text);
  if (last_text.empty() ? !first : !last) return {};

  constexpr auto kBeyond = AskedRange::Is::beyond_end, kPart = AskedRange::Is::part;
  if (first_text.empty()) {  // the last so many
    const auto count = std::min(*last, octets);
    if (count == 0) return {kBeyond, {}};
    return {kPart, {octets - count, count}};
  }
  if (!first || (last && *last < *first)) return {};
  if (*first >= octets) return {kBeyond, {}};
  const auto end = last ? std::min(*last, octets - 1) + 1 : octets;
  return {kPart, {*first, end - *first}};
}

std::string content_range(const AskedRange& asked, std::uint64_t octets) {
  const auto of_all = "/" + std::to_string(octets);
  if (asked.is == AskedRange::Is::beyond_end) return "bytes *" + of_all;
  const auto last = asked.range.end() - std::min<std::uint64_t>(asked.range.end(), 1);
  return "bytes " + std::to_string(asked.range.at) + "-" + std::to_string(last) + of_all;
}

}  // namespace hearback::net
