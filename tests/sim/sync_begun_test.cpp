// What an earlier life had begun with when it ended.
#include <gtest/gtest.h>

#include <chrono>

#include "sim/sync_restart_rig.hpp"

namespace hearback::sim {
namespace {

using namespace std::chrono_literals;
using Rig = RestartRig;

// The life ends once the body of this one came, and before it is stored: its attempt is counted.
void die_of(Rig& rig, std::uint32_t uid) {
  bool begun = false;
  rig.store.made = [&](const store::Commit& commit) {
    for (const auto& change : commit.changes)
      if (const auto* import = change.as<store::BeginImport>())
        for (const auto& at : import->at) begun = begun || at.uid == uid;
  };
  rig.store.before = [&](const store::Commit&) {
    if (begun) rig.store.percent_fail = 100;
  };
  for (int ms = 0; ms < 60'000 && !begun; ++ms) rig.world.run_for(1ms);
  rig.crash();
  rig.store.made = {};
  rig.store.before = {};
  rig.store.percent_fail = 0;
  ASSERT_TRUE(begun);
}

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
  die_of(rig, uid);
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
