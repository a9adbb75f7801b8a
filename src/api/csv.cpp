#include "api/csv.hpp"

#include <csv.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "mail/charset.hpp"

namespace hearback::api {
namespace {

// By so much libcsv's room for a cell grows, moving what is in it each time: a few times at most,
// however long the cell.
std::size_t block_for(std::string_view text) {
  return std::max<std::size_t>(64 << 10, text.size() / 4);
}

constexpr int kWithinCell = 2;  // its pstate; a quotation mark that was closed leads to another

std::string decoded(std::string_view octets) {
  if (octets.starts_with("\xEF\xBB\xBF")) return to_valid_utf8(octets.substr(3));
  if (octets.starts_with("\xFF\xFE")) return mail::to_utf8(octets.substr(2), "utf-16le");
  if (octets.starts_with("\xFE\xFF")) return mail::to_utf8(octets.substr(2), "utf-16be");
  if (is_utf8(octets)) return std::string(octets);
  return mail::to_utf8(octets, "windows-1252");
}

// Up to and with its line break.
std::string_view first_line(std::string_view text) {
  const auto end = text.find_first_of("\r\n");
  if (end == text.npos) return text;
  return text.substr(0, end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
}

// What stands most often in the first line that says something, outside quotation marks.
char separator_of(std::string_view text) {
  constexpr std::string_view kSeparators = ",;\t";
  std::array<std::size_t, kSeparators.size()> counts{};
  bool quoted = false, said = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if ((c == '\r' || c == '\n') && said) break;
    said = said || !(c == '\r' || c == '\n' || c == ' ');
    if (const auto at = kSeparators.find(c); at != kSeparators.npos) ++counts.at(at);
  }
  return kSeparators[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

struct Reading {
  const Limits& limits;
  Csv csv = {};
  CsvRow row = {};
  bool has_header = false, open = false;
  bool said = false;        // something stands in the row
  std::size_t columns = 0;  // of the row

  void cell(std::string_view text) {
    ++columns;
    said = said || !trim(text).empty();
    const auto kept = has_header ? csv.header.size() + 1 : limits.import_columns + 1;
    if (columns <= kept) row.cells.emplace_back(text);
  }
  void end() {
    if (!has_header)
      csv.header = std::move(row.cells);
    else if (said)  // a spreadsheet saves empty rows as separators alone
      csv.rows.push_back(std::move(row));
    has_header = true;
    open = said = false;
    columns = 0;
    row = {};
  }
};

void on_cell(void* text, std::size_t octets, void* reading) {
  static_cast<Reading*>(reading)->cell(
      text ? std::string_view(static_cast<const char*>(text), octets) : std::string_view());
}

void on_row(int, void* reading) { static_cast<Reading*>(reading)->end(); }

Failure refused(std::string code, std::string what, std::string hint) {
  return fail(Kind::input, std::move(code), std::move(what), std::move(hint));
}

std::optional<Failure> too_much(const Reading& reading) {
  if (reading.csv.header.size() > reading.limits.import_columns)
    return refused(
        "import.too-many-columns",
        "The file has more than " + std::to_string(reading.limits.import_columns) + " columns.",
        "Leave out those that aren’t imported.");
  if (reading.csv.rows.size() > reading.limits.import_lines)
    return refused(
        "import.too-many-lines",
        "The file has more than " + std::to_string(reading.limits.import_lines) + " lines.",
        "Import it in parts.");
  return std::nullopt;
}

}  // namespace

Result<Csv> read_csv(std::string_view octets, const Limits& limits) {
  const auto all = decoded(octets);
  std::string_view text = all;
  if (text.find('\0') != text.npos)
    return refused("import.not-csv", "This is no CSV file.",
                   "In your spreadsheet program, save it as CSV.");
  std::size_t line = 1;
  char separator = separator_of(text);
  // Excel's word for what separates the cells.
  if (const auto begin = first_line(text);
      ascii_starts_with(begin, "sep=") && trim(begin.substr(5)).empty() && begin.size() > 4) {
    separator = begin[4];
    text.remove_prefix(begin.size());
    ++line;
  }
  csv_parser parser;
  if (csv_init(&parser, 0) != 0)
    return fail(Kind::transient, "import.memory", "There is no memory left.", "Try again.");
  const std::unique_ptr<csv_parser, void (*)(csv_parser*)> closing(&parser, csv_free);
  csv_set_delim(&parser, static_cast<unsigned char>(separator));
  csv_set_blk_size(&parser, block_for(text));
  Reading reading{limits};
  reading.csv.separator = separator;
  for (; !text.empty(); ++line) {
    const auto next = first_line(text);
    text.remove_prefix(next.size());
    if (!reading.open) {
      if (trim(next).empty() && next.find(separator) == next.npos) continue;
      reading.row.line = line;
      reading.open = true;
    }
    if (csv_parse(&parser, next.data(), next.size(), on_cell, on_row, &reading) != next.size())
      return fail(Kind::transient, "import.memory", "There is no memory left.", "Try again.");
    if (auto wrong = too_much(reading)) return *wrong;
  }
  const auto began = reading.row.line;
  if (reading.open && parser.quoted && parser.pstate == kWithinCell)
    return refused("import.unclosed-quote",
                   "A quotation mark in line " + std::to_string(began) + " isn’t closed.",
                   "Close it, or take it away.");
  if (csv_fini(&parser, on_cell, on_row, &reading) != 0)
    return fail(Kind::transient, "import.memory", "There is no memory left.", "Try again.");
  if (auto wrong = too_much(reading)) return *wrong;
  if (!reading.has_header)
    return refused("import.empty", "The file is empty.",
                   "Its first line names the columns, each further one a candidate or a job.");
  return std::move(reading.csv);
}

}  // namespace hearback::api
