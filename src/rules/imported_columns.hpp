#pragma once
// What do the columns of a file of candidates or of jobs hold (O-3)? By the words of its first
// line, in English, German or French.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

enum class Imported { candidates, jobs };

// ---- what the columns are
// ------------------------------------------------------------------------

enum class Column {
  none,  // isn't imported
  name,
  first_name,
  last_name,
  addresses,
  external_id,
  job,
  phase,
  status,
  title,
  kind,
  phases,
  team
};
std::string_view word_of_column(Column column);  // for programs; empty: none

// By the file's first line, in English, German or French, in any order. Each once, but for
// addresses; what is named again is `none`.
std::vector<Column> columns_of(Imported what, std::span<const std::string> header);
// Why a file with these columns can't be imported.
std::optional<Error> wrong_with_columns(Imported what, std::span<const Column> columns);

// As a cell has it, in one of these languages.
std::optional<JobKind> job_kind_named(std::string_view text);

}  // namespace hearback::rules
