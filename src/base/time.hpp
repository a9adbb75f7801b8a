#pragma once
// Instants are milliseconds since 1970-01-01T00:00:00Z, durations are milliseconds.
// Nothing below `net` reads a clock: time is an argument.
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hearback {

using Duration = std::chrono::milliseconds;
using namespace std::chrono_literals;

struct Instant {
  std::int64_t ms = 0;
  auto operator<=>(const Instant&) const = default;
};

constexpr Instant operator+(Instant t, Duration d) { return {t.ms + d.count()}; }
constexpr Instant operator-(Instant t, Duration d) { return {t.ms - d.count()}; }
constexpr Duration operator-(Instant a, Instant b) { return Duration(a.ms - b.ms); }

// RFC 3339 in UTC with milliseconds: "2026-11-01T09:30:00.000Z".
std::string to_rfc3339(Instant t);
std::optional<Instant> from_rfc3339(std::string_view text);

}  // namespace hearback
