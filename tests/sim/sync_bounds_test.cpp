// What mailboxes may take of memory, and of the store's rows, however large, many or hostile they
// are.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>

#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;

// A candidate sends everybody a large file at the same moment: bodies wait for room, nobody is
// given up.
TEST(Sync, S12_ALargeMailToEverybodyTakesNoMoreMemoryThanThereIsRoom) {
  constexpr int kMailboxes = 30;
  constexpr std::size_t kLarge = 500'000;
  SyncRig rig;
  auto letter = SyncRig::from_jo("large@x");
  letter.text = std::string(kLarge, 'x') + "\r\n";
  std::size_t asked = 0, stored = 0, most = 0;
  std::vector<ImapAccount*> accounts;
  for (int i = 0; i < kMailboxes; ++i) {
    const auto address = "u" + std::to_string(i) + "@example.org";
    auto& account = rig.imap.add_account(address, "secret");
    rig.office.add_mailbox(rig.office.add_user(address, address), address, {});
    account.heard = [&](std::string_view command) {
      if (!command.starts_with("UID FETCH") || !command.contains("BODY.PEEK[])")) return;
      asked += kLarge;
      most = std::max(most, asked - stored);
    };
    accounts.push_back(&account);
  }
  rig.store.made = [&](const store::Commit& commit) {
    for (const auto& change : commit.changes)
      if (std::holds_alternative<store::AddCopy>(change)) stored += kLarge;
  };
  sync::Options options;
  options.limits.body_batch_octets = 200'000;
  options.bodies_octets = 6'000'000;
  rig.start(options);
  rig.settle();
  for (auto* account : accounts)
    account->deliver("INBOX", raw_message({.from = letter.from,
                                           .to = account->user(),
                                           .message_id = letter.message_id,
                                           .text = letter.text,
                                           .date = rig.world.now()}));
  rig.settle();
  EXPECT_EQ(stored, kMailboxes * kLarge);
  EXPECT_LE(most, options.bodies_octets / 2);
  EXPECT_TRUE(rig.stop());
}

}  // namespace
}  // namespace hearback::sim
