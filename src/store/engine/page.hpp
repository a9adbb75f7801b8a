#pragma once
// What every theme's questions share: the reader's Scope and pages of rows.
#include <cstddef>
#include <string>
#include <vector>

#include "rules/access.hpp"

namespace hearback::store {

using rules::Scope;

// Keyset paging: `after` is the opaque cursor of the previous page, empty for the first.
struct PageRequest {
  std::string after;
  std::size_t rows = 50;
};
template <class T>
struct Page {
  std::vector<T> rows;
  std::string next;  // empty: that was the last page
};

}  // namespace hearback::store
