#include "store/engine/merging.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <numeric>

#include "base/random.hpp"

namespace hearback::store {
namespace {

using Numbers = Run<int>;

struct Shelf {
  std::map<std::int64_t, std::set<int>> runs;  // by the run's name
  std::size_t rows_read = 0, readings = 0;

  std::vector<int> page(std::size_t wanted, int after = -1) {
    std::vector<Numbers> open;
    for (const auto& [name, rows] : runs) open.push_back({{value_of(name)}, after});
    return merge_runs(std::move(open), wanted, std::less<int>{},
                      [&](std::span<Numbers* const> next) {
                        EXPECT_LE(next.size(), kRunsAtOnce);
                        ++readings;
                        std::vector<std::vector<int>> found;
                        for (const auto* run : next) found.push_back(more_of(*run));
                        return found;
                      });
  }
  std::vector<int> more_of(const Numbers& run) {
    const auto& rows = runs.at(std::get<std::int64_t>(run.which[0]));
    std::vector<int> more;
    for (auto at = rows.upper_bound(run.after); at != rows.end() && more.size() < run.at_once; ++at)
      more.push_back(*at);
    rows_read += more.size();
    return more;
  }
  std::vector<int> all() const {
    std::set<int> together;
    for (const auto& [name, rows] : runs) together.insert(rows.begin(), rows.end());
    return {together.begin(), together.end()};
  }
};

TEST(Merging, pages_of_any_runs_are_those_of_all_their_rows_in_order) {
  SeededRandom random(7);
  for (int round = 0; round < 60; ++round) {
    Shelf shelf;
    const auto count = random.below(70);
    const auto range = 1 + random.below(random.below(2) ? 40 : 4000);
    for (std::uint64_t run = 0; run < count; ++run)
      for (auto rows = random.below(120); rows > 0; --rows)
        shelf.runs[static_cast<std::int64_t>(run)].insert(static_cast<int>(random.below(range)));
    const auto wanted = 1 + random.below(60);
    std::vector<int> seen;
    for (;;) {
      const auto page = shelf.page(wanted, seen.empty() ? -1 : seen.back());
      seen.insert(seen.end(), page.begin(), page.end());
      if (page.size() < wanted) break;
    }
    ASSERT_EQ(seen, shelf.all()) << "round " << round;
  }
}

TEST(Merging, a_page_of_many_runs_reads_hardly_more_than_a_page) {
  Shelf even, skewed;
  for (int run = 0; run < 300; ++run)
    for (int row = 0; row < 200; ++row) {
      even.runs[run].insert(row * 300 + run);
      skewed.runs[run].insert(run == 299 ? row : 100'000 + row * 300 + run);
    }
  EXPECT_EQ(even.page(51).back(), 50);
  EXPECT_LE(even.rows_read, 300u * 2 + 16 * 2);  // nothing was known of any run before
  EXPECT_EQ(skewed.page(51).back(), 50);
  EXPECT_LE(skewed.rows_read, 300u * 2 + 51 * 2);
  EXPECT_LE(skewed.readings, 300u / 256 + 7);
}

TEST(Merging, of_runs_whose_first_row_is_known_only_those_of_the_page_are_read) {
  Shelf shelf;
  std::vector<Numbers> runs;
  for (int run = 0; run < 300; ++run) {
    for (int row = 0; row < 200; ++row) shelf.runs[run].insert(1000 * run + row);
    runs.push_back({{value_of(run)}, 1000 * run - 1});
  }
  std::size_t rows = 0;
  const auto page =
      merge_runs(std::move(runs), 51, std::less<int>{}, [&](std::span<Numbers* const> next) {
        std::vector<std::vector<int>> found;
        for (const auto* run : next) {
          found.push_back(shelf.more_of(*run));
          rows += found.back().size();
        }
        return found;
      });
  EXPECT_EQ(page.size(), 51u);
  EXPECT_EQ(page.back(), 50);
  EXPECT_LE(rows, 51u * 5);
}

// Whoever looks for a few among them reads on, and no row is read twice for that.
TEST(Merging, reading_on_begins_where_it_was) {
  SeededRandom random(11);
  for (int round = 0; round < 40; ++round) {
    Shelf shelf;
    std::vector<Numbers> runs;
    const auto count = 1 + random.below(70);
    for (std::uint64_t run = 0; run < count; ++run) {
      auto& rows = shelf.runs[static_cast<std::int64_t>(run)];
      for (auto left = random.below(120); left > 0; --left)
        rows.insert(static_cast<int>(random.below(2000)));
      runs.push_back({{value_of(static_cast<std::int64_t>(run))}, -1});
    }
    std::size_t there = 0;
    for (const auto& [name, rows] : shelf.runs) there += rows.size();
    Merging merging(std::move(runs), std::less<int>{}, [&](std::span<Numbers* const> next) {
      std::vector<std::vector<int>> found;
      for (const auto* run : next) found.push_back(shelf.more_of(*run));
      return found;
    });
    std::vector<int> seen;
    for (;;) {
      const auto wanted = 1 + random.below(60);
      const auto some = merging.next(wanted);
      seen.insert(seen.end(), some.begin(), some.end());
      if (some.size() < wanted) break;
    }
    EXPECT_EQ(seen, shelf.all());
    EXPECT_EQ(shelf.rows_read, there);
  }
}

}  // namespace
}  // namespace hearback::store
