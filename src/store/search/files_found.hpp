#pragma once
// The files that lie on profiles, by their names and by what stands in them (M-6, W-9).
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"
#include "rules/search.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

// The newest first, as they came to lie there. Whoever sees the candidate finds the file, and
// nobody else. What one question looks at is bounded, as Found's is. A file is from nobody and to
// nobody, has no subject, and nobody has read it or not: what asks for one of these finds none.
struct FoundFiles {
  rules::Scope scope;
  rules::Search search;
  PageRequest page;
  struct Row {
    UploadId file;
    CandidateId candidate;
    std::string candidate_name, filename, type, added_by;
    std::uint64_t octets = 0;
    Instant at;
  };
  struct Answer {
    std::vector<Row> rows;
    std::string next;      // empty: that was the last page
    bool complete = true;  // false: one that the scope sees may wait to be read
    std::vector<rules::SearchProblem> problems;  // as Found's
  };
};

}  // namespace hearback::store
