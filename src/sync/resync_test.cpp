#include "sync/resync.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace hearback::sync {
namespace {

using rules::ScannedRange;

const Instant kSince{1'000'000};
const Demand kDemand{5, kSince};

TEST(Resync, S10_Table) {
  struct Case {
    const char* name;
    std::vector<ScannedRange> covered;
    std::uint32_t highest;
    std::vector<IdRange> due;
    std::uint64_t anew = 0;
  };
  const std::vector<Case> cases{
      {"fresh", {}, 10, {{1, 10}}},
      {"empty folder", {}, 0, {}},
      {"nothing new", {{1, 10, 5, kSince}}, 10, {}},
      {"new mail", {{1, 10, 5, kSince}}, 12, {{11, 12}}},
      {"S5: an address was added", {{1, 4, 5, kSince}, {5, 10, 4, kSince}}, 10, {{5, 10}}},
      {"C8: a wider window", {{1, 10, 5, kSince + Duration(1)}}, 10, {{1, 10}}},
      {"C8: a narrower window", {{1, 10, 5, kSince - Duration(1)}}, 10, {}},
      {"C14: judged before all was to be judged anew, under a wider window",
       {{1, 4, 5, kSince - Duration(1), 1}, {5, 10, 5, kSince, 2}},
       10,
       {{1, 4}},
       2},
      {"unsettled", {{1, 10, 0, kSince}}, 10, {{1, 10}}},
      {"holes, newest first",
       {{3, 4, 5, kSince}, {7, 8, 5, kSince}},
       10,
       {{9, 10}, {5, 6}, {1, 2}}},
      {"the last number there is",
       {{1, 10, 5, kSince}},
       mailbox::kLastId,
       {{11, mailbox::kLastId}}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(due(c.covered, c.highest, {kDemand.match_revision, kSince, c.anew}), c.due);
  }
}

// A model: knowledge per UID.
using Model = std::map<std::uint32_t, std::pair<std::uint64_t, Instant>>;

Model model_of(const std::vector<ScannedRange>& ranges) {
  Model model;
  for (const auto& r : ranges)
    for (std::uint32_t uid = r.first; uid <= r.last; ++uid)
      model[uid] = {r.match_revision, r.since};
  return model;
}

std::vector<ScannedRange> any_ranges() {
  std::vector<ScannedRange> ranges;
  const int laid = *rc::gen::inRange(0, 8);
  for (int i = 0; i < laid; ++i) {
    auto first = *rc::gen::inRange<std::uint32_t>(1, 60);
    auto length = *rc::gen::inRange<std::uint32_t>(0, 20);
    ranges = cover(ranges, std::vector<ScannedRange>{
                               {first, first + length, *rc::gen::inRange<std::uint64_t>(0, 4),
                                Instant{*rc::gen::inRange<std::int64_t>(0, 3)}}});
  }
  return ranges;
}

RC_GTEST_PROP(Resync, S10_CoverLaysExactlyTheJudgedRun, ()) {
  auto before = any_ranges();
  auto first = *rc::gen::inRange<std::uint32_t>(1, 70);
  ScannedRange judged{first, first + *rc::gen::inRange<std::uint32_t>(0, 30), 3, Instant{1}};
  auto expected = model_of(before);
  for (auto uid = judged.first; uid <= judged.last; ++uid) expected[uid] = {3, Instant{1}};
  auto after = cover(before, std::vector{judged});
  RC_ASSERT(model_of(after) == expected);
  for (std::size_t i = 0; i + 1 < after.size(); ++i) {
    RC_ASSERT(after[i].first <= after[i].last);
    RC_ASSERT(after[i].last < after[i + 1].first);
  }
}

RC_GTEST_PROP(Resync, S10_CoverLaysManyAsOneByOne, ()) {
  const auto before = any_ranges(), laid = any_ranges();
  auto expected = before;
  for (const auto& range : laid) expected = cover(expected, std::vector{range});
  RC_ASSERT(cover(before, laid) == expected);
}

// Every other of many single numbers, under two kinds of knowledge: laid at once.
TEST(Resync, S10_CoverIsLinear) {
  std::vector<ScannedRange> even, odd;
  for (std::uint32_t uid = 2; uid <= 2'000'000; uid += 2) {
    even.push_back({uid, uid, 5, kSince});
    odd.push_back({uid - 1, uid - 1, 6, kSince});
  }
  EXPECT_EQ(cover(even, odd).size(), 2'000'000u);
  for (auto& range : odd) range.match_revision = 5;
  EXPECT_EQ(cover(even, odd).size(), 1u);
}

// What waits is uncovered for the next life, little with it, and nothing that wasn't judged.
TEST(Resync, T3_S10_WhatWaitsIsMarkedUnsettled) {
  const std::vector<ScannedRange> ranges{{5, 10, 3, kSince, 1}, {20, 90, 4, kSince, 2}};
  EXPECT_EQ(unsettle(ranges, {}), ranges);
  EXPECT_EQ(unsettle(ranges, std::vector<std::uint32_t>{1, 7, 8, 15, 90, 95}),
            (std::vector<ScannedRange>{{5, 6, 3, kSince, 1},
                                       {7, 8, 0, kSince, 1},
                                       {9, 10, 3, kSince, 1},
                                       {20, 89, 4, kSince, 2},
                                       {90, 90, 0, kSince, 2}}));
  std::vector<std::uint32_t> uids;  // ten each, far from each other
  for (std::uint32_t group = 0; group < 12; ++group)
    for (std::uint32_t i = 0; i < 10; ++i) uids.push_back(1000 * (group + 1) + 2 * i);
  const auto marked = unsettle({{1, 20'000, 3, kSince}}, uids);
  EXPECT_EQ(marked.size(), 17u);
  std::uint64_t unsettled = 0;
  for (const auto& range : marked)
    if (range.match_revision == 0) unsettled += range.last - range.first + 1;
  EXPECT_LE(unsettled, 12'000u);
  for (const auto uid : uids)
    EXPECT_TRUE(std::ranges::any_of(marked, [&](const ScannedRange& range) {
      return range.match_revision == 0 && range.first <= uid && uid <= range.last;
    })) << uid;
}

RC_GTEST_PROP(Resync, S10_DueIsExactlyWhatIsNotCoveredWell, ()) {
  auto ranges = any_ranges();
  Demand demand{*rc::gen::inRange<std::uint64_t>(0, 4),
                Instant{*rc::gen::inRange<std::int64_t>(0, 3)}};
  std::uint32_t top = ranges.empty() ? 0 : ranges.back().last;
  const std::uint32_t highest = top + *rc::gen::inRange<std::uint32_t>(0, 10);
  std::set<std::uint32_t> expected, planned;
  auto model = model_of(ranges);
  for (std::uint32_t uid = 1; uid <= highest; ++uid) {
    auto known = model.find(uid);
    bool well = known != model.end() &&
                satisfies({uid, uid, known->second.first, known->second.second}, demand);
    if (!well) expected.insert(uid);
  }
  const auto planned_spans = due(ranges, highest, demand);
  std::uint64_t previous = 1ull << 33;
  for (auto span : planned_spans) {
    RC_ASSERT(span.last < previous);
    previous = span.first;
    for (auto uid = span.first; uid <= span.last; ++uid) RC_ASSERT(planned.insert(uid).second);
  }
  RC_ASSERT(planned == expected);
}

RC_GTEST_PROP(Resync, S10_StepsCoverTheSpansAndFetchWhatLiesThere, ()) {
  auto ranges = any_ranges();
  const auto planned = due(ranges, 120, {3, Instant{1}});
  std::set<std::uint32_t> lying;
  const int messages = *rc::gen::inRange(0, 60);
  for (int i = 0; i < messages; ++i) lying.insert(*rc::gen::inRange<std::uint32_t>(1, 121));
  std::vector<std::uint32_t> uids(lying.begin(), lying.end());
  std::set<std::uint32_t> spans, covered, fetched;
  for (auto s : planned)
    for (auto uid = s.first; uid <= s.last; ++uid) spans.insert(uid);
  for (auto& step : steps(planned, uids, *rc::gen::inRange<std::size_t>(1, 10))) {
    for (auto uid = step.covers.first; uid <= step.covers.last; ++uid)
      RC_ASSERT(covered.insert(uid).second);
    if (!step.fetch) continue;
    RC_ASSERT(step.fetch->first >= step.covers.first);
    RC_ASSERT(step.fetch->last <= step.covers.last);
    for (auto uid = step.fetch->first; uid <= step.fetch->last; ++uid) fetched.insert(uid);
  }
  RC_ASSERT(covered == spans);
  for (auto uid : lying)
    if (spans.contains(uid)) RC_ASSERT(fetched.contains(uid));
}

// Whatever the order of passes, crashes, additions and wider windows: a UID once judged under some
// knowledge stays so, and none is covered that no pass judged.
RC_GTEST_PROP(Resync, SYNC3_CoverageNeverPassesUnscannedUids, ()) {
  std::vector<ScannedRange> ranges;
  std::uint32_t top = 0;
  Demand demand{1, Instant{5}};
  std::set<std::uint32_t> judged;
  for (int pass = 0; pass < 6; ++pass) {
    top += *rc::gen::inRange<std::uint32_t>(0, 20);
    if (*rc::gen::arbitrary<bool>()) ++demand.match_revision;
    const auto planned = due(ranges, top, demand);
    std::vector<std::uint32_t> uids;
    for (std::uint32_t uid = 1; uid <= top; ++uid)
      if (*rc::gen::arbitrary<bool>()) uids.push_back(uid);
    for (auto& step : steps(planned, uids, 3)) {
      if (*rc::gen::inRange(0, 10) == 0) break;  // the connection is cut
      auto before = model_of(ranges);
      ranges = cover(ranges, std::vector<ScannedRange>{{step.covers.first, step.covers.last,
                                                        demand.match_revision, demand.since}});
      for (auto uid = step.covers.first; uid <= step.covers.last; ++uid) judged.insert(uid);
      auto after = model_of(ranges);
      for (auto& [uid, known] : before) RC_ASSERT(after.contains(uid));
    }
    for (auto& [uid, known] : model_of(ranges)) RC_ASSERT(judged.contains(uid));
  }
}

}  // namespace
}  // namespace hearback::sync
