#include "sim/imap_text.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "sim/model_imap.hpp"

namespace hearback::sim {
namespace {

constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::tm utc(Instant t) {
  std::time_t seconds = static_cast<std::time_t>(t.ms / 1000);
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  return tm;
}

}  // namespace

std::string date_time(Instant t) {
  auto tm = utc(t);
  char text[64];
  std::snprintf(text, sizeof text, "\"%2d-%s-%04d %02d:%02d:%02d +0000\"", tm.tm_mday,
                kMonths[static_cast<std::size_t>(tm.tm_mon)], tm.tm_year + 1900, tm.tm_hour,
                tm.tm_min, tm.tm_sec);
  return text;
}

std::optional<Instant> read_date(std::string_view text) {
  int day = 0, year = 0, hour = 0, minute = 0, second = 0, zone = 0;
  char month[4] = {};
  std::string copy(trim(text));
  int fields = std::sscanf(copy.c_str(), "%2d-%3s-%4d %2d:%2d:%2d %5d", &day, month, &year, &hour,
                           &minute, &second, &zone);
  if (fields < 3) return std::nullopt;
  for (int m = 0; m < 12; ++m) {
    if (!ascii_equal(month, kMonths[static_cast<std::size_t>(m)])) continue;
    std::tm tm{};
    tm.tm_mday = day, tm.tm_mon = m, tm.tm_year = year - 1900;
    tm.tm_hour = hour, tm.tm_min = minute, tm.tm_sec = second;
    std::int64_t offset = (zone / 100 * 60 + zone % 100) * 60;
    return Instant{(timegm(&tm) - offset) * 1000};
  }
  return std::nullopt;
}

std::size_t header_end(std::string_view raw) {
  if (raw.starts_with("\r\n")) return 2;
  auto at = raw.find("\r\n\r\n");
  return at == std::string_view::npos ? raw.size() : at + 4;
}

std::string header_fields(std::string_view raw, const std::vector<std::string>& names) {
  std::string out;
  each_field(raw, [&](std::string_view name, std::string_view field) {
    for (const auto& wanted : names)
      if (ascii_equal(name, wanted)) {
        out += field;
        return;
      }
  });
  return out + "\r\n";
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string literal(std::string_view bytes) {
  return "{" + std::to_string(bytes.size()) + "}\r\n" + std::string(bytes);
}

std::optional<NumberSet> read_set(std::string_view text, std::uint32_t greatest) {
  NumberSet set;
  for (auto part : split(text, ',')) {
    auto one = [&](std::string_view word) -> std::optional<std::uint32_t> {
      if (word == "*") return greatest;
      auto n = to_number(word);
      if (!n || *n == 0 || *n > 0xffffffffull) return std::nullopt;
      return static_cast<std::uint32_t>(*n);
    };
    auto colon = part.find(':');
    auto a = one(part.substr(0, colon));
    auto b = colon == std::string_view::npos ? a : one(part.substr(colon + 1));
    if (!a || !b) return std::nullopt;
    set.runs.emplace_back(std::min(*a, *b), std::max(*a, *b));
  }
  return set;
}

std::string compress(const std::vector<std::uint32_t>& numbers) {
  std::string out;
  for (std::size_t i = 0; i < numbers.size();) {
    auto j = i;
    while (j + 1 < numbers.size() && numbers[j + 1] == numbers[j] + 1) ++j;
    if (!out.empty()) out += ',';
    out += std::to_string(numbers[i]);
    if (j > i) out += ":" + std::to_string(numbers[j]);
    i = j + 1;
  }
  return out;
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return ascii_lower(text).find(ascii_lower(part)) != std::string::npos;
}

bool pattern_matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*' || pattern[0] == '%') {
    for (std::size_t i = 0; i <= name.size(); ++i) {
      if (pattern_matches(pattern.substr(1), name.substr(i))) return true;
      if (pattern[0] == '%' && i < name.size() && name[i] == '/') break;
    }
    return false;
  }
  return !name.empty() && ascii_lower(pattern[0]) == ascii_lower(name[0]) &&
         pattern_matches(pattern.substr(1), name.substr(1));
}

std::string header_value(std::string_view raw, std::string_view wanted) {
  std::string value;
  bool found = false;
  each_field(raw, [&](std::string_view name, std::string_view field) {
    if (found || !ascii_equal(name, wanted)) return;
    found = true;
    value = trim(field.substr(field.find(':') + 1));
  });
  std::erase_if(value, [](char c) { return c == '\r' || c == '\n'; });
  return value;
}

}  // namespace hearback::sim
