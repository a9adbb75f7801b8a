// Once a week all of a mailbox is looked at once more, which brings in what was passed over (S-10).
#include <gtest/gtest.h>

#include <chrono>

#include "sim/sync_restart_rig.hpp"

namespace hearback::sim {
namespace {

using namespace std::chrono_literals;
using Rig = RestartRig;

constexpr Duration kWeek = 7 * 24h;

// Names no candidate's address.
SyncRig::Letter answer_to(std::string original, std::string message_id) {
  return {.from = "ann@example.org",
          .to = "max@example.org",
          .message_id = std::move(message_id),
          .in_reply_to = {std::move(original)}};
}

void deliver_private(SyncRig& rig, int count) {
  for (int i = 0; i < count; ++i)
    rig.deliver("INBOX", rig.private_mail("private-" + std::to_string(i) + "@x"));
}

// Nothing happens for days: so seldom is it looked whether that is so.
sync::Options calm() {
  sync::Options options;
  options.deadlines.poll = options.deadlines.idle_renewal = 6h;
  return options;
}

// Headers that are sent while this is done.
template <class Action>
std::uint64_t headers_of(SyncRig& rig, const Action& action) {
  const auto before = rig.account->headers_sent();
  action();
  return rig.account->headers_sent() - before;
}

TEST(Sync, S10_AllIsLookedAtOnceMoreEachWeekInALifeThatGoesOn) {
  Rig rig;
  deliver_private(rig, 300);
  rig.start(calm());
  rig.settle();
  for (int weeks = 0; weeks < 2; ++weeks) {
    // Each look everywhere gets the last one of the folder (RFC 9051 6.4.8).
    EXPECT_LT(headers_of(rig, [&] { rig.world.run_for(96h); }), 150u);
    const auto whole = headers_of(rig, [&] { rig.world.run_for(72h); });
    EXPECT_GE(whole, 300u);
    EXPECT_LT(whole, 450u);
  }
}

TEST(Sync, S10_AndByTheNextLifeWhereNobodyRanMeanwhile) {
  Rig rig;
  deliver_private(rig, 300);
  rig.start();
  rig.settle();
  rig.crash();
  rig.world.run_for(kWeek);
  EXPECT_GE(headers_of(rig,
                       [&] {
                         rig.start();
                         rig.settle();
                       }),
            300u);
  EXPECT_LE(headers_of(rig, [&] { rig.restart(); }), 3u) << "once";
}

// As a first import does.
TEST(Sync, S10_ALookAtAllThatALifeEndsInTheMiddleOfIsTheNextOnes) {
  constexpr std::uint64_t kMany = 4000;
  sync::Options options;
  options.limits.scan_batch = 200;
  Rig rig;
  deliver_private(rig, kMany);
  rig.start(options);
  rig.settle();
  rig.crash();
  rig.world.run_for(kWeek);
  for (const auto enough : {kMany / 20, kMany * 3 / 4}) {
    const auto before = rig.account->headers_sent();
    rig.start(options);
    for (int ms = 0; ms < 60'000 && rig.account->headers_sent() - before < enough; ++ms)
      rig.world.run_for(1ms);
    rig.crash();
    EXPECT_LT(rig.account->headers_sent() - before, kMany);
  }
  EXPECT_GE(headers_of(rig, [&] { rig.restart(); }), kMany);
  EXPECT_LE(headers_of(rig, [&] { rig.restart(); }), 3u);
}

// More answers wait than are remembered; what one answers lies in a mailbox that is read later.
TEST(Sync, S10_T3_AnAnswerThatWasLetGoOfComesInWithinAWeek) {
  Rig rig;
  rig.deliver("INBOX", answer_to("first@x", "answer@x"));
  for (int i = 0; i < 2500; ++i)
    rig.deliver("INBOX", answer_to("nobodys@x", "private-" + std::to_string(i) + "@x"));
  Colleague ann(rig);
  rig.start(calm());
  rig.settle();
  ann.deliver(SyncRig::from_jo("first@x"));
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"first@x"}));
  rig.world.run_for(13h);  // two more looks: what was seen is settled
  rig.crash();
  rig.start(calm());
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"first@x"})) << "a restart alone finds nothing";
  EXPECT_GE(headers_of(rig, [&] { rig.world.run_for(kWeek); }), 2500u);
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"answer@x", "first@x"}));
}

// What comes meanwhile doesn't wait for it.
TEST(Sync, S1_S10_WhatArrivesGoesBeforeALookAtAll) {
  sync::Options options;
  options.limits.scan_batch = 1;
  Rig rig;
  for (int i = 0; i < 200; ++i) rig.deliver("Archive", rig.private_mail(std::to_string(i) + "@x"));
  rig.start(options);
  rig.settle();
  rig.crash();
  rig.world.run_for(kWeek);
  rig.world.plan = [](const net::Endpoint&, std::uint64_t) {
    return Faults{.latency_least = 1s, .latency_most = 2s};
  };
  const auto before = rig.account->headers_sent();
  rig.start(options);
  rig.world.run_for(60s);
  rig.deliver("INBOX", rig.from_jo("live@x"));
  rig.world.run_for(45s);
  EXPECT_EQ(rig.imported(), (Ids{"live@x"}));
  EXPECT_LT(rig.account->headers_sent() - before, 150u) << "it goes on";
}

}  // namespace
}  // namespace hearback::sim
