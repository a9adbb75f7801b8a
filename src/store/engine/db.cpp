#include "store/engine/db.hpp"

#include <algorithm>

namespace hearback::store {
namespace {

constexpr std::size_t kRowsAtOnce = 32;
constexpr std::size_t kLargestChunk = 512;

void append_number(std::string& text, std::size_t number) {
  text += '$';
  text += std::to_string(number);
}

// The smallest prepared size that holds `count` items, at most the largest.
std::size_t chunk_size(std::size_t count) {
  for (std::size_t size : {1, 4, 16, 64, 256})
    if (count <= size) return size;
  return kLargestChunk;
}

}  // namespace

void Insertion::run(Db& db, std::string_view tail) {
  const std::size_t rows = values_.size() / columns_;
  for (std::size_t done = 0; done < rows;) {
    const std::size_t now = std::min(kRowsAtOnce, rows - done);
    std::string sql = head_ + " values ";
    std::size_t number = 0;
    for (std::size_t r = 0; r < now; ++r) {
      sql += r ? ",(" : "(";
      for (std::size_t c = 0; c < columns_; ++c) {
        if (c) sql += ',';
        append_number(sql, ++number);
      }
      sql += ')';
    }
    if (!tail.empty()) (sql += ' ') += tail;
    db.run(sql, std::span(values_).subspan(done * columns_, now * columns_));
    done += now;
  }
}

void in_chunks(std::vector<Value> first, Params items,
               const std::function<void(InList list, Params params)>& use) {
  const std::size_t fixed = first.size();
  while (!items.empty()) {
    const std::size_t size = chunk_size(items.size());
    const std::size_t now = std::min(size, items.size());
    first.resize(fixed);
    first.insert(first.end(), items.begin(), items.begin() + static_cast<std::ptrdiff_t>(now));
    first.resize(fixed + size, items[now - 1]);  // repeating one changes no set
    std::string list = "(";
    for (std::size_t i = 0; i < size; ++i) {
      if (i) list += ',';
      append_number(list, fixed + i + 1);
    }
    list += ')';
    use(list, first);
    items = items.subspan(now);
  }
}

void pad(std::vector<Value>& items) {
  if (!items.empty() && items.size() < kLargestChunk)
    items.resize(chunk_size(items.size()), Value(items.back()));
}

}  // namespace hearback::store
