#include "sync/resync.hpp"

#include <algorithm>
#include <functional>

#include "mailbox/ranges.hpp"

namespace hearback::sync {
namespace {

// Of 1..highest, what no satisfying range covers; ascending.
std::vector<IdRange> uncovered(const std::vector<rules::ScannedRange>& ranges,
                               std::uint32_t highest, const Demand& demand) {
  std::vector<IdRange> spans;
  std::uint64_t next = 1;
  for (const auto& range : ranges) {
    if (!satisfies(range, demand)) continue;
    if (range.first > highest) break;
    if (range.first > next) spans.push_back({static_cast<std::uint32_t>(next), range.first - 1});
    next = std::max<std::uint64_t>(next, std::uint64_t{range.last} + 1);
  }
  if (next <= highest) spans.push_back({static_cast<std::uint32_t>(next), highest});
  return spans;
}

// Of numbers that wait: with as many ranges between them they make a cursor that is short enough to
// be written with each commit.
constexpr std::size_t kUnsettledRuns = 8;

// Where holes are wide. Ascending.
std::vector<IdRange> few_runs(std::span<const std::uint32_t> uids) {
  std::vector<std::size_t> ends;  // of runs, but for the last one
  for (std::size_t i = 0; i + 1 < uids.size(); ++i)
    if (uids[i + 1] - uids[i] > 1) ends.push_back(i);
  if (ends.size() >= kUnsettledRuns) {
    const auto hole = [&](std::size_t end) { return uids[end + 1] - uids[end]; };
    const auto kept = ends.begin() + static_cast<std::ptrdiff_t>(kUnsettledRuns - 1);
    std::ranges::nth_element(ends, kept, std::greater{}, hole);
    ends.erase(kept, ends.end());
    std::ranges::sort(ends);
  }
  if (!uids.empty()) ends.push_back(uids.size() - 1);
  std::vector<IdRange> runs;
  std::size_t first = 0;
  for (const auto end : ends) {
    runs.push_back({uids[first], uids[end]});
    first = end + 1;
  }
  return runs;
}

bool same_knowledge(const rules::ScannedRange& a, const rules::ScannedRange& b) {
  return a.match_revision == b.match_revision && a.since == b.since && a.anew == b.anew;
}

}  // namespace

bool satisfies(const rules::ScannedRange& range, const Demand& demand) {
  return range.match_revision != 0 && range.match_revision >= demand.match_revision &&
         range.since <= demand.since && range.anew >= demand.anew;
}

std::vector<IdRange> due(const std::vector<rules::ScannedRange>& covered, mailbox::RemoteId highest,
                         const Demand& demand) {
  auto spans = uncovered(covered, highest, demand);
  std::ranges::reverse(spans);
  return spans;
}

std::vector<rules::ScannedRange> cover(std::span<const rules::ScannedRange> ranges,
                                       std::span<const rules::ScannedRange> judged) {
  std::vector<rules::ScannedRange> result;
  auto add = [&](rules::ScannedRange range, std::uint64_t first, std::uint64_t last) {
    if (first > last) return;
    range.first = static_cast<std::uint32_t>(first);
    range.last = static_cast<std::uint32_t>(last);
    if (!result.empty() && same_knowledge(result.back(), range) &&
        std::uint64_t{result.back().last} + 1 == first)
      result.back().last = range.last;
    else
      result.push_back(range);
  };
  auto next = judged.begin();
  std::uint64_t free = 1;  // what lies below has been laid over
  for (const auto& range : ranges) {
    for (; next != judged.end() && next->first <= range.last; ++next) {
      add(range, std::max<std::uint64_t>(range.first, free), std::uint64_t{next->first} - 1);
      add(*next, next->first, next->last);
      free = std::uint64_t{next->last} + 1;
    }
    add(range, std::max<std::uint64_t>(range.first, free), range.last);
  }
  for (; next != judged.end(); ++next) add(*next, next->first, next->last);
  return result;
}

std::vector<rules::ScannedRange> unsettle(const std::vector<rules::ScannedRange>& ranges,
                                          std::span<const std::uint32_t> uids) {
  const auto runs = few_runs(uids);
  std::vector<rules::ScannedRange> marked;
  auto first = runs.begin();
  for (const auto& range : ranges) {
    while (first != runs.end() && first->last < range.first) ++first;
    for (auto run = first; run != runs.end() && run->first <= range.last; ++run)
      marked.push_back({std::max(range.first, run->first), std::min(range.last, run->last), 0,
                        range.since, range.anew});
  }
  return cover(ranges, marked);
}

std::vector<Step> steps(const std::vector<IdRange>& spans, std::span<const std::uint32_t> uids,
                        std::size_t batch) {
  std::vector<Step> result;
  for (const auto& span : spans) {
    auto first = std::ranges::lower_bound(uids, span.first);
    auto last = std::ranges::upper_bound(uids, span.last);
    auto runs = mailbox::runs_of({first, last}, batch);
    std::uint32_t upper = span.last;  // of what is still to be covered
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
      result.push_back({{run->first, upper}, *run});
      upper = run->first - 1;
    }
    if (runs.empty() || upper >= span.first) {
      if (runs.empty())
        result.push_back({span, std::nullopt});
      else
        result.back().covers.first = span.first;
    }
  }
  return result;
}

std::vector<Step> steps(const std::vector<IdRange>& spans, std::size_t batch) {
  constexpr std::uint64_t kMost = 10'000;  // commands for one span, however wide
  std::vector<Step> result;
  for (const auto& span : spans) {
    const std::uint64_t wide = std::uint64_t{span.last} - span.first + 1;
    const std::uint64_t size = std::max<std::uint64_t>(batch, wide / kMost + 1);
    for (std::uint64_t end = std::uint64_t{span.last} + 1; end > span.first;) {
      const std::uint64_t first = std::max<std::uint64_t>(span.first, end > size ? end - size : 0);
      const IdRange range{static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(end - 1)};
      result.push_back({range, range});
      end = first;
    }
  }
  return result;
}

}  // namespace hearback::sync
