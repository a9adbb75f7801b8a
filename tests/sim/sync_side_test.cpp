// The second connection, which waits on the outgoing folder (S-9).
#include <gtest/gtest.h>

#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;

SyncRig::Letter sent(std::string message_id) {
  return {
      .from = "max@example.org", .to = "jo@candidate.example", .message_id = std::move(message_id)};
}

TEST(Sync, S9_ASecondConnectionThatBreaksComesBack) {
  SyncRig rig;
  rig.start();
  rig.settle();
  ASSERT_EQ(rig.account->sessions(), 2u);
  for (int i = 0; i < 3; ++i) {
    rig.account->disconnect_from("Sent");
    rig.world.run_for(1h);
    EXPECT_EQ(rig.account->sessions(), 2u);
    rig.deliver("Sent", sent(std::to_string(i) + "@x"));
    rig.world.run_for(5s);
    EXPECT_EQ(rig.imported().size(), static_cast<std::size_t>(i + 1));
  }
  rig.account->disconnect_from("Sent");
  rig.world.run_for(1min);
  rig.deliver("Sent", sent("last@x"));
  rig.world.run_for(5s);
  EXPECT_TRUE(rig.imported().contains("last@x"));
  EXPECT_TRUE(rig.stop());
}

// What is told while it is away isn't lost either.
TEST(Sync, S9_WhatComesWhileTheSecondConnectionIsAwayIsThereOnceItIsBack) {
  SyncRig rig;
  rig.start();
  rig.settle();
  rig.deliver("Sent", sent("before@x"));
  rig.account->disconnect_from("Sent");
  rig.world.run_for(5s);
  EXPECT_EQ(rig.imported(), (Ids{"before@x"}));
}

// It hangs while the first one is lost and comes back.
TEST(Sync, S9_ASecondConnectionThatHangsIsReplacedWithTheFirst) {
  SyncRig rig;
  rig.world.plan = [](const net::Endpoint&, std::uint64_t nth) {
    Faults faults;
    if (nth == 1) faults.stall_down = 2000;
    return faults;
  };
  rig.start();
  rig.settle();
  ASSERT_EQ(rig.account->sessions(), 2u);
  for (int i = 0; i < 200; ++i)  // until nothing is heard of it any more
    rig.deliver("Sent", rig.private_mail("private-" + std::to_string(i) + "@x"));
  rig.world.run_for(10s);
  rig.account->disconnect_from("INBOX");
  rig.world.run_for(1min);
  rig.deliver("Sent", sent("after@x"));
  rig.world.run_for(5s);
  EXPECT_EQ(rig.imported(), (Ids{"after@x"}));
}

// A provider that grants one only isn't asked for another again and again.
TEST(Sync, S14_AProviderThatGrantsOneConnectionIsRarelyAskedForAnother) {
  SyncRig rig;
  std::uint64_t tries = 0;
  rig.world.plan = [&](const net::Endpoint&, std::uint64_t nth) {
    ++tries;
    Faults faults;
    faults.refuse = nth > 0;
    return faults;
  };
  rig.start();
  rig.world.run_for(10h);
  EXPECT_LE(tries, 15u);
  rig.world.plan = nullptr;
  rig.world.run_for(3h);
  EXPECT_EQ(rig.account->sessions(), 2u);
}

}  // namespace
}  // namespace hearback::sim
