// Whatever the octets are, reading them ends, in bounds, with rows or with a reason.
#include <cstdint>
#include <cstdlib>

#include "api/csv.hpp"
#include "base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hearback::Limits limits;
  limits.import_lines = 50;
  limits.import_columns = 10;
  const auto csv = hearback::api::read_csv({reinterpret_cast<const char*>(data), size}, limits);
  if (!csv) return 0;
  if (csv->header.size() > limits.import_columns || csv->rows.size() > limits.import_lines)
    std::abort();
  std::size_t line = 0;
  for (const auto& row : csv->rows) {
    if (row.line <= line || row.cells.size() > csv->header.size() + 1) std::abort();
    line = row.line;
    for (const auto& cell : row.cells)
      if (!hearback::is_utf8(cell)) std::abort();
  }
  return 0;
}
