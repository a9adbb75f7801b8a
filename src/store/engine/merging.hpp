#pragma once
// A page merged from many ordered runs of index rows (those of a reader's hiring teams, say): the
// runs that come first are read first, a few rows of each, and no run is read beyond the page's
// end. So a page costs a page, however many runs its reader has.
#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "store/engine/db.hpp"

namespace hearback::store {

template <class Row>
struct Run {
  std::vector<Value> which;  // names the run to whoever reads it
  Row after;                 // what is unread comes after this in the order
  std::size_t at_once = 0;   // rows that the next reading asks for
  bool read_up = false;      // nothing is left
};

// How many runs are read at once, at most; and of those that are known to begin one after the
// other. Of those that nothing is known of each must be read: the fewer readings the better, and
// the three lists of a reader in some eighty teams are one.
inline constexpr std::size_t kRunsAtOnce = 256, kKnownAtOnce = 16;

// The rows of all runs, each once, in the order of `Before`, so many at a time. `read(runs)`
// answers, for each of at most kRunsAtOnce runs, with its next `at_once` rows, or fewer if no more
// are left.
template <class Row, class Before, class Read>
class Merging {
 public:
  Merging(std::vector<Run<Row>> runs, Before before, Read read)
      : runs_(std::move(runs)), before_(before), read_(std::move(read)), ahead_(before) {}

  // The next `wanted` rows, or fewer if no more are left.
  std::vector<Row> next(std::size_t wanted) {
    std::set<Row, Before> page(before_);
    while (page.size() < wanted && !ahead_.empty()) page.insert(ahead_.extract(ahead_.begin()));
    std::vector<Run<Row>*> open;
    for (auto& run : runs_) {
      if (run.at_once == 0) run.at_once = std::min(wanted, 2 + 2 * wanted / runs_.size());
      open.push_back(&run);
    }
    for (;;) {
      std::erase_if(open, [&](const Run<Row>* run) {
        return run->read_up || (page.size() == wanted && !before_(run->after, *page.rbegin()));
      });
      if (open.empty()) return {page.begin(), page.end()};
      read_on(open, wanted, page);
      while (page.size() > wanted) ahead_.insert(page.extract(std::prev(page.end())));
    }
  }

 private:
  void read_on(std::vector<Run<Row>*>& open, std::size_t wanted, std::set<Row, Before>& page) {
    std::sort(open.begin(), open.end(),
              [&](auto* a, auto* b) { return before_(a->after, b->after); });
    auto now = std::min(open.size(), kKnownAtOnce);
    while (now < std::min(open.size(), kRunsAtOnce) &&
           !before_(open.front()->after, open[now]->after))
      ++now;
    auto found = read_(std::span<Run<Row>* const>(open).first(now));
    for (std::size_t i = 0; i < now; ++i) {
      open[i]->read_up = found[i].size() < open[i]->at_once;
      open[i]->at_once = std::min(wanted, open[i]->at_once * 2);
      if (!found[i].empty()) open[i]->after = found[i].back();
      page.insert(found[i].begin(), found[i].end());
    }
  }

  std::vector<Run<Row>> runs_;
  Before before_;
  Read read_;
  std::set<Row, Before> ahead_;  // read, and behind what was asked for
};

// The first of them.
template <class Row, class Before, class Read>
std::vector<Row> merge_runs(std::vector<Run<Row>> runs, std::size_t wanted, const Before& before,
                            const Read& read) {
  return Merging(std::move(runs), before, read).next(wanted);
}

}  // namespace hearback::store
