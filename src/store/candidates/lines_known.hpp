#pragma once
// What some lines of an imported file are judged upon (O-3, rules/imported_lines).
#include "base/time.hpp"
#include "rules/imported_lines.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

// Of what the scope may see. Costs what the lines name, of jobs of one title the newest few.
struct LinesKnown {
  Scope scope;
  rules::Imported what = rules::Imported::candidates;
  rules::NamesOfLines names;
  Instant now;
  using Answer = rules::KnownOfLines;
};

}  // namespace hearback::store
