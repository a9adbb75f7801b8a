#pragma once
// The words of IMAP as the model server reads and writes them: dates, strings, sets of numbers,
// header fields.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "base/time.hpp"

namespace hearback::sim {

std::string date_time(Instant t);  // "\" 2-Nov-2026 08:00:00 +0000\""
// "1-Feb-2026" with optional time → the day (or instant) in UTC.
std::optional<Instant> read_date(std::string_view text);

std::size_t header_end(std::string_view raw);
std::string header_fields(std::string_view raw, const std::vector<std::string>& names);

// Calls f(name, whole field with its line ends) for each header field.
template <class F>
void each_field(std::string_view raw, F f) {
  auto block = raw.substr(0, header_end(raw));
  while (!block.empty()) {
    std::size_t end = 0;
    do {
      auto eol = block.find("\r\n", end);
      end = eol == std::string_view::npos ? block.size() : eol + 2;
    } while (end < block.size() && (block[end] == ' ' || block[end] == '\t'));
    auto field = block.substr(0, end);
    block.remove_prefix(end);
    auto colon = field.find(':');
    if (colon != std::string_view::npos) f(trim(field.substr(0, colon)), field);
  }
}

std::string quoted(std::string_view text);
std::string literal(std::string_view bytes);

// "1:4,7,9:*" against the greatest number there is.
struct NumberSet {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> runs;
  bool has(std::uint32_t n) const {
    return std::any_of(runs.begin(), runs.end(),
                       [n](const auto& r) { return r.first <= n && n <= r.second; });
  }
};
std::optional<NumberSet> read_set(std::string_view text, std::uint32_t greatest);
std::string compress(const std::vector<std::uint32_t>& numbers);  // "1:4,7"

bool contains_ignoring_case(std::string_view text, std::string_view part);
bool pattern_matches(std::string_view pattern, std::string_view name);  // LIST's * and %

}  // namespace hearback::sim
