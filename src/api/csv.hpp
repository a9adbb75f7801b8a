#pragma once
// A file of comma-separated values as people save it (RFC 4180, and what programs make of it): read
// by libcsv. Separated by commas, semicolons or tabs, as its first line shows; in UTF-8, in UTF-16
// with its mark, or as Windows writes it in Western Europe; with line breaks of any kind, and
// within quotation marks.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"

namespace hearback::api {

struct CsvRow {
  std::size_t line = 0;  // of the file, where it begins; the first is 1
  std::vector<std::string> cells;
};

struct Csv {
  char separator = ',';
  std::vector<std::string> header;
  std::vector<CsvRow> rows;  // without empty lines; valid UTF-8, trimmed unless quoted
};

// Kind::input: "import.empty", "import.not-csv", "import.unclosed-quote", "import.too-many-lines",
// "import.too-many-columns". Cells beyond the header's and one more aren't kept. Linear.
Result<Csv> read_csv(std::string_view octets, const Limits& limits);

}  // namespace hearback::api
