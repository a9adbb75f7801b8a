#include "rules/merging_candidates.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

MergedAddress at(std::string text, std::string why_not = "", std::int64_t revision = 1) {
  MergedAddress one;
  one.address = {.address = text,
                 .normal = text,
                 .synced = why_not.empty(),
                 .why_not = std::move(why_not),
                 .since = Instant{revision}};
  one.match_revision = one.address.synced ? revision : 0;
  return one;
}

CandidateId candidate(unsigned char n) {
  CandidateId id;
  id.bytes[0] = n;
  return id;
}

JobId job(unsigned char n) {
  JobId id;
  id.bytes[0] = n;
  return id;
}

TEST(MergingCandidates, O5_AddressesOfBoth) {
  const auto off = at("a", "internal-user"), hidden = at("a", "other-candidate");
  struct Row {
    MergedAddresses kept, merged, all;
  };
  const Row rows[] = {
      {{at("a")}, {at("b")}, {at("a"), at("b")}},
      {{at("a")}, {}, {at("a")}},
      {{}, {at("a")}, {at("a")}},
      {{at("a", "", 1)}, {at("a", "", 2)}, {at("a", "", 1)}},  // its own stays
      {{at("b")}, {off}, {at("b"), off}},                      // keeps its state
      {{off}, {off}, {off}},
      {{at("a")}, {hidden}, {at("a")}},
      {{hidden}, {at("a", "", 3)}, {at("a", "", 3)}},  // kept from the one as the other had it
  };
  for (const auto& row : rows) EXPECT_EQ(merge_addresses(row.kept, row.merged), row.all);
}

TEST(MergingCandidates, O5_UndoGivesEachTheirOwn) {
  struct Row {
    MergedAddresses now, kept_before, merged_before, kept, merged;
  };
  const auto off = at("b", "internal-user", 9);
  const Row rows[] = {
      {{at("a"), at("b")}, {at("a")}, {at("b")}, {at("a")}, {at("b")}},
      {{at("a")}, {at("a")}, {at("a")}, {at("a")}, {at("a")}},  // both had it
      {{at("a"), at("b"), at("c")}, {at("a")}, {at("b")}, {at("a"), at("c")}, {at("b")}},  // new
      {{at("a")}, {at("a")}, {at("b")}, {at("a")}, {}},                // taken off since
      {{at("a"), off}, {at("a")}, {at("b")}, {at("a")}, {off}},        // internal since (I-1)
      {{at("b", "", 7)}, {}, {at("b", "", 2)}, {}, {at("b", "", 7)}},  // looked for since
      // M-3: of somebody who was no candidate, and is none again.
      {{at("a"), at("n")},
       {at("a")},
       {at("n", "non-candidate")},
       {at("a")},
       {at("n", "non-candidate")}},
      {{at("a")}, {at("a")}, {at("n", "non-candidate")}, {at("a")}, {at("n", "non-candidate")}},
      {{at("n", "internal-user")}, {}, {at("n", "non-candidate")}, {}, {at("n", "non-candidate")}},
      {{at("n")}, {at("n")}, {at("n", "non-candidate")}, {at("n")}, {at("n", "non-candidate")}},
      // Another candidate let go of it since: the kept one's, by what has nothing to do with the
      // merge.
      {{at("n")},
       {at("n", "other-candidate")},
       {at("n", "non-candidate")},
       {at("n")},
       {at("n", "non-candidate")}},
      {{at("a")}, {at("a", "other-candidate")}, {at("b")}, {at("a")}, {}},
      {{at("a")},
       {at("a", "other-candidate")},
       {at("a", "other-candidate")},
       {at("a")},
       {at("a", "other-candidate")}},
      {{at("a"), at("b", "", 4)},
       {at("a")},
       {at("b", "other-candidate")},
       {at("a")},
       {at("b", "", 4)}},
      {{at("a", "internal-user")},  // a colleague's by now, whatever it was
       {at("a", "other-candidate")},
       {at("a")},
       {at("a", "internal-user")},
       {at("a", "internal-user")}},
      {{at("a", "", 3)},
       {at("a", "other-candidate")},
       {at("a", "", 3)},
       {at("a", "other-candidate")},
       {at("a", "", 3)}},
  };
  for (const auto& row : rows) {
    const auto parted = part_addresses(row.now, row.kept_before, row.merged_before);
    EXPECT_EQ(parted.kept.size(), row.kept.size());
    EXPECT_EQ(parted.merged.size(), row.merged.size());
    for (std::size_t i = 0; i < parted.kept.size() && i < row.kept.size(); ++i)
      EXPECT_EQ(parted.kept[i].address.why_not, row.kept[i].address.why_not);
    for (std::size_t i = 0; i < parted.merged.size() && i < row.merged.size(); ++i) {
      EXPECT_EQ(parted.merged[i].address.normal, row.merged[i].address.normal);
      EXPECT_EQ(parted.merged[i].address.synced, row.merged[i].address.synced);
      EXPECT_EQ(parted.merged[i].match_revision, row.merged[i].match_revision);
    }
  }
}

TEST(MergingCandidates, O5_OneApplicationAJob) {
  const Application here{{}, candidate(1), job(1), {}, {}, {}};
  const Application same{{}, candidate(2), job(1), {}, {}, {}};
  const Application other{{}, candidate(2), job(2), {}, {}, {}};
  EXPECT_FALSE(comes_along(same, {here}));
  EXPECT_TRUE(comes_along(other, {here}));
  EXPECT_TRUE(comes_along(same, {}));
}

TEST(MergingCandidates, O5_WhatIsNotMerged) {
  EXPECT_EQ(why_not_merged(candidate(1), candidate(1), 0), NotMerged::same);
  EXPECT_EQ(why_not_merged(candidate(1), candidate(2), 0), std::nullopt);
  EXPECT_EQ(why_not_merged(candidate(1), candidate(2), kAddressesOfCandidate), std::nullopt);
  EXPECT_EQ(why_not_merged(candidate(1), candidate(2), kAddressesOfCandidate + 1),
            NotMerged::too_many_addresses);
}

TEST(MergingCandidates, O5_WhoMay) {
  User user;
  user.active = true;
  for (const auto role : {Role::admin, Role::manager, Role::evaluator}) {
    user.role = role;
    EXPECT_EQ(may_merge_candidates(user), role != Role::evaluator);
  }
}

}  // namespace
}  // namespace hearback::rules
