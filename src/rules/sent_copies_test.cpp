#include "rules/sent_copies.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

TEST(SentCopies, SEND13_WhoFilesIsLearnedFromWhatIsSeen) {
  struct Row {
    SavesSent habit;
    bool there;
    Duration waited;
    CopyVerdict verdict;
  };
  using enum CopyStep;
  const Row rows[] = {
      // seen without our doing: the provider files
      {SavesSent::unknown, true, 3s, {settled, SavesSent::yes}},
      {SavesSent::no, true, 3s, {settled, SavesSent::yes}},
      {SavesSent::yes, true, 3s, {settled, SavesSent::yes}},
      // the first time it is waited for
      {SavesSent::unknown, false, 0s, {wait, SavesSent::unknown}},
      {SavesSent::unknown, false, kProviderFiles - 1ms, {wait, SavesSent::unknown}},
      {SavesSent::unknown, false, kProviderFiles, {file, SavesSent::no}},
      // later ones needn't wait
      {SavesSent::no, false, 0s, {file, SavesSent::no}},
      // one that files may be late, or stop doing so
      {SavesSent::yes, false, 10min, {wait, SavesSent::yes}},
      {SavesSent::yes, false, kProviderMayBeLate, {file, SavesSent::unknown}},
  };
  for (const auto& row : rows)
    EXPECT_EQ(next_for_copy({row.habit, row.there, row.waited}), row.verdict)
        << static_cast<int>(row.habit) << " " << row.there << " " << row.waited.count();
}

}  // namespace
}  // namespace hearback::rules
