// What an earlier life had begun with when it ended.
#include <gtest/gtest.h>

#include <chrono>

#include "sim/sync_restart_rig.hpp"

namespace hearback::sim {
namespace {

using namespace std::chrono_literals;
using Rig = RestartRig;

sync::Options seldom() {
  sync::Options options;
  options.deadlines.poll = options.deadlines.idle_renewal = 6h;
  return options;
}

// Its number isn't settled, so that it is read in its turn: and not once more beside that.
TEST(Sync, S12_S10_WhatWasBegunHasOneAttemptALook) {
  Rig rig;
  const auto uid = rig.deliver("INBOX", rig.from_jo("begun@x"));
  rig.start(seldom());
  rig.die_of(uid);
  int asked = 0;
  rig.account->refuses = [&](std::string_view command) -> std::string {
    if (!command.contains(std::to_string(uid) + " (UID BODY.PEEK[]")) return "";
    ++asked;
    return "It is broken.";
  };
  rig.start(seldom());
  rig.settle();
  ASSERT_GT(asked, 0);
  const auto rows = rig.quarantined();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].attempts, 2);
  EXPECT_FALSE(rows[0].given_up);
  rig.crash();
  rig.account->refuses = {};
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"begun@x"}));
  EXPECT_TRUE(rig.quarantined().empty());
}

}  // namespace
}  // namespace hearback::sim
