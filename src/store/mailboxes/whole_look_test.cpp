#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using WholeLook = Conformance;
HEARBACK_ON_EACH_DATABASE(WholeLook);

// What was judged is still known to be there, so that what comes above it is told from the past.
TEST_P(WholeLook, S10_WhatWasJudgedIsUnsettledForAllLivesToCome) {
  const auto ben = add_user("ben", rules::Role::evaluator);
  const auto box = add_mailbox(ben, "ben@acme.example"), other = add_mailbox(ben, "b@acme.example");
  const auto inbox = add_folder(box, "INBOX"), work = add_folder(box, "Work");
  const auto theirs = add_folder(other, "INBOX");
  const rules::ScannedRange low{1, 9, 3, now}, high{12, 20, 4, now, 1};
  commit(AdvanceCursor{box.id, inbox.id, 7, {low, high}}, AdvanceCursor{box.id, work.id, 7, {low}},
         AdvanceCursor{other.id, theirs.id, 7, {low}});
  const auto then = now + std::chrono::hours(1);
  commit(LookAtAllAgain{box.id, then});

  const auto ranges = [&](const rules::Mailbox& of, const rules::Folder& folder) {
    for (auto& row : ask(Folders{engine(), of.id}))
      if (row.folder.id == folder.id) return row.ranges;
    return std::vector<rules::ScannedRange>{};
  };
  const auto unsettled = [](rules::ScannedRange range) {
    range.match_revision = 0;
    return range;
  };
  EXPECT_EQ(ranges(box, inbox), (std::vector{unsettled(low), unsettled(high)}));
  EXPECT_EQ(ranges(box, work), std::vector{unsettled(low)});
  EXPECT_EQ(ranges(other, theirs), std::vector{low});
  EXPECT_EQ(ask(MailboxById{engine(), box.id})->looked_through, then);
  EXPECT_EQ(ask(MailboxById{engine(), other.id})->looked_through, other.looked_through);
}

}  // namespace
}  // namespace hearback::store
