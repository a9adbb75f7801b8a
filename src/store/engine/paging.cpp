#include "store/engine/paging.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

void refuse_cursor() {
  refuse(Kind::input, "page.bad-cursor", "This page doesn't exist.", "Begin with the first page.");
}

std::string to_text(const Cursor& cursor) {
  return to_base64url(hearback::to_text(cursor.id) + cursor.key);
}

std::optional<Cursor> cursor_of(const PageRequest& page) {
  constexpr std::size_t kIdLength = 36;
  if (page.after.empty()) return std::nullopt;
  const auto bytes = from_base64url(page.after);
  if (!bytes || bytes->size() < kIdLength) refuse_cursor();
  const auto id = uuid_from_text(std::string_view(*bytes).substr(0, kIdLength));
  if (!id) refuse_cursor();
  return Cursor{bytes->substr(kIdLength), *id};
}

NumberCursor NumberCursor::top() {
  NumberCursor cursor{INT64_MAX, {}};
  cursor.id.fill(0xff);
  return cursor;
}

std::optional<NumberCursor> number_cursor_of(const PageRequest& page) {
  const auto cursor = cursor_of(page);
  if (!cursor) return std::nullopt;
  std::string_view digits = cursor->key;
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  const auto number = to_number(digits);
  if (!number || *number > static_cast<std::uint64_t>(INT64_MAX)) refuse_cursor();
  const auto key = static_cast<std::int64_t>(*number);
  return NumberCursor{negative ? -key : key, cursor->id};
}

std::size_t rows_of(const PageRequest& page) {
  return std::clamp<std::size_t>(page.rows, 1, Limits{}.page_rows_max);
}

}  // namespace hearback::store
