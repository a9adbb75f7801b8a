#pragma once
// Conversations by the words of their messages (M-6).
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/search.hpp"
#include "store/engine/page.hpp"
#include "store/threads/questions.hpp"

namespace hearback::store {

// Each conversation once, by the newest of its messages that hold all that is asked for; the newest
// first. What one question looks at is bounded: a page may hold fewer rows than were asked for, or
// none, and there is a next one yet.
struct Found {
  Scope scope;
  rules::Search search;
  PageRequest page;
  struct Row {
    ThreadSummary thread;
    rules::Message message;  // by which it was found; of its people the first Limits::people_shown
  };
  struct Answer {
    std::vector<Row> rows;
    std::string next;      // empty: that was the last page
    bool complete = true;  // false: not all that is stored, or stands in its files, is findable yet
    // search.too-many-named: of the candidates, or jobs, that a filter names only the first count.
    std::vector<rules::SearchProblem> problems;
  };
};

}  // namespace hearback::store
