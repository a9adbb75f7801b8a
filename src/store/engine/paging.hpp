#pragma once
// Cursors of keyset pages: the sort key and the id of the last row shown, opaque to the reader.
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

struct Cursor {
  std::string key;
  Uuid id{};
};

std::string to_text(const Cursor& cursor);
// nullopt for the first page. Throws Refused (Kind::input, "page.bad-cursor") for what no page
// gave.
std::optional<Cursor> cursor_of(const PageRequest& page);
// As cursor_of, for keys that are numbers.
struct NumberCursor {
  std::int64_t key = 0;
  Uuid id{};
  // Above every row of a list whose newest come first.
  static NumberCursor top();
};
std::optional<NumberCursor> number_cursor_of(const PageRequest& page);
// As they do.
[[noreturn]] void refuse_cursor();

// How many rows to show: between 1 and Limits::page_rows_max.
std::size_t rows_of(const PageRequest& page);

// Keeps `shown` rows of the `shown + 1` that were asked for, and names the next page if there is
// one. `cursor`: from a row to its cursor.
template <class T, class F>
Page<T> page_of(std::vector<T> rows, std::size_t shown, const F& cursor) {
  Page<T> page;
  if (rows.size() > shown) {
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(shown), rows.end());
    page.next = to_text(cursor(rows.back()));
  }
  page.rows = std::move(rows);
  return page;
}

}  // namespace hearback::store
