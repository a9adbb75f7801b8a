#include "sync/account.hpp"

#include <gtest/gtest.h>

namespace hearback::sync {
namespace {

// What happened with a message counts as long as it can be met again, and not without end.
TEST(Account, S12_WhatIsCountedOfMessagesHasAnEnd) {
  SeededRandom random(1);
  Account account;
  account.mailbox.id = MailboxId::make(Instant{1}, random);
  WatchedFolder inbox;
  inbox.folder.id = FolderId::make(Instant{1}, random);
  inbox.folder.uid_validity = 7;
  account.folders = {inbox};
  const auto at = [&](FolderId folder, std::uint32_t series, std::uint32_t uid) {
    return rules::Location{account.mailbox.id, folder, series, uid};
  };
  const auto gone = FolderId::make(Instant{2}, random);
  for (auto* counts : {&account.ended_at, &account.excused})
    *counts = {{at(inbox.folder.id, 7, 1), 2}, {at(inbox.folder.id, 6, 1), 2}, {at(gone, 7, 1), 2}};
  account.forget_what_is_elsewhere();
  for (const auto* counts : {&account.ended_at, &account.excused}) {
    EXPECT_EQ(counts->size(), 1u);
    EXPECT_TRUE(counts->contains(at(inbox.folder.id, 7, 1)));
  }
  for (std::uint32_t uid = 1; uid <= 2 * kPlacesCounted; ++uid)
    account.ended_at[at(inbox.folder.id, 7, uid)] = 1;
  account.forget_what_is_elsewhere();
  EXPECT_EQ(account.ended_at.size(), kPlacesCounted);
}

// Not even where a life ends before any of it was read: the next one tells by it what arrives.
TEST(Account, S1_S10_WhatIsToBeReadAgainIsStillKnownToBeThere) {
  WatchedFolder inbox;
  inbox.folder.role = rules::FolderRole::incoming;
  inbox.settled = {{.first = 1, .last = 40, .match_revision = 3}};
  inbox.unsettled = {{.first = 41, .last = 50, .match_revision = 4}};
  inbox.begun = true;
  Account account;
  account.folders = {inbox, WatchedFolder{}};
  read_all_again(account.folders);
  const auto& folder = account.folders.front();
  EXPECT_TRUE(folder.arrives());
  EXPECT_FALSE(folder.is_through());
  EXPECT_TRUE(folder.covered().empty());
  const auto stored = account.to_store(folder);
  ASSERT_FALSE(stored.empty());
  EXPECT_EQ(stored.back().last, 50u);
  for (const auto& range : stored) EXPECT_EQ(range.match_revision, 0u);
  EXPECT_TRUE(account.to_store(account.folders.back()).empty());
}

}  // namespace
}  // namespace hearback::sync
