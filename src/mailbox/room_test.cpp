#include "mailbox/room.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "fakes/still_env.hpp"

namespace hearback::mailbox {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMega = 1u << 20;

class RoomTest : public testing::Test {
 protected:
  // Of 240 MiB 90 are for those of ordinary size, 150 for large ones.
  fakes::StillEnv env;
  Room room{env, 240 * kMega};
  SeededRandom random{1};
  CompanyId acme = CompanyId::make(env.clock, random), other = CompanyId::make(env.clock, random);

  RoomWanted wanted(std::uint64_t megas, bool can_wait = false) {
    return {acme, "slow.example", megas * kMega, megas * kMega, false, can_wait};
  }
  RoomWanted of_others(RoomWanted wanted) {
    wanted.company = other;
    wanted.host = "quick.example";
    return wanted;
  }

  struct Asked {
    Asked(Room& room, RoomWanted wanted) : task(room.take(std::move(wanted))) { task.start(); }
    bool there() const { return task.done(); }
    Room::Share take() { return task.result(); }
    Task<Room::Share> task;
  };
};

TEST_F(RoomTest, WhatIsTakenIsGivenBack) {
  for (int i = 0; i < 3; ++i) {
    Asked one(room, wanted(80));
    ASSERT_TRUE(one.there());
    auto share = one.take();
    EXPECT_EQ(share.octets(), 80 * kMega);
    Asked next(room, of_others(wanted(80)));
    EXPECT_FALSE(next.there());
    share.keep(20 * kMega);
    EXPECT_FALSE(next.there());
    share.keep(5 * kMega);
    env.settle();
    EXPECT_TRUE(next.there());
  }
}

TEST_F(RoomTest, MoreThanThereIsTakesAllOfIt) {
  Asked one(room, wanted(1000));
  ASSERT_TRUE(one.there());
  EXPECT_EQ(one.take().octets(), 90 * kMega);
}

// S-12: however much one asks for, others find some.
TEST_F(RoomTest, WhatThereIsDoesForMoreThanThereIs) {
  Asked one(room, wanted(1000));
  const auto all = one.take();
  EXPECT_TRUE(all.does_for(wanted(1000)));
  auto large = wanted(1000);
  large.large = true;
  EXPECT_FALSE(all.does_for(large));
  EXPECT_FALSE(Room::Share().does_for(wanted(0)));
}

TEST_F(RoomTest, WhatIsLessDoesForNoMore) {
  Asked one(room, wanted(20));
  const auto some = one.take();
  EXPECT_TRUE(some.does_for(wanted(20)));
  EXPECT_FALSE(some.does_for(wanted(21)));
}

TEST_F(RoomTest, S12_NeitherACompanyNorAHostTakesItAll) {
  std::vector<Room::Share> shares;
  std::vector<std::unique_ptr<Asked>> waiting;
  for (int i = 0; i < 20; ++i) {
    auto asked = std::make_unique<Asked>(room, wanted(10));
    if (asked->there())
      shares.push_back(asked->take());
    else
      waiting.push_back(std::move(asked));
  }
  EXPECT_EQ(shares.size(), 6u);
  // Of another company at the same host; at another host, of the same company.
  auto there = wanted(10), here = wanted(10);
  there.company = other;
  here.host = "quick.example";
  const Asked at_that_host(room, there), of_that_company(room, here);
  EXPECT_FALSE(at_that_host.there());
  EXPECT_FALSE(of_that_company.there());
  Asked theirs(room, of_others(wanted(10)));
  ASSERT_TRUE(theirs.there());
  // Large ones have room of their own.
  auto large = wanted(50);
  large.large = true;
  EXPECT_TRUE(Asked(room, large).there());
}

// A batch is as large as there is room for.
TEST_F(RoomTest, WhereRoomIsShortLessIsGiven) {
  auto batch = wanted(1);
  batch.most = 40 * kMega;
  std::vector<Room::Share> shares;
  for (int i = 0; i < 3; ++i) {
    Asked asked(room, batch);
    if (asked.there()) shares.push_back(asked.take());
  }
  ASSERT_EQ(shares.size(), 2u);
  EXPECT_EQ(shares[0].octets(), 40 * kMega);
  EXPECT_EQ(shares[1].octets(), 20 * kMega);
  Asked theirs(room, of_others(batch));
  ASSERT_TRUE(theirs.there());
  EXPECT_EQ(theirs.take().octets(), 20 * kMega);
}

// What arrives finds a quarter that nothing that can wait has taken, and is served first.
TEST_F(RoomTest, WhatCantWaitGoesFirst) {
  Asked past(room, wanted(60, true));
  ASSERT_TRUE(past.there());
  auto held = past.take();
  Asked more_past(room, of_others(wanted(20, true)));
  EXPECT_FALSE(more_past.there());
  // The same company's, at the same host.
  Asked arrived(room, wanted(25));
  ASSERT_TRUE(arrived.there());
  auto arrived_held = arrived.take();
  Asked next(room, of_others(wanted(65)));
  EXPECT_FALSE(next.there());
  held.keep(0);
  env.settle();
  EXPECT_TRUE(next.there());
  EXPECT_FALSE(more_past.there());
}

TEST_F(RoomTest, S12_WhoFitsPassesWhoDoesNotButNotForEver) {
  Asked first(room, wanted(60));
  ASSERT_TRUE(first.there());
  auto held = first.take();
  Asked head(room, of_others(wanted(50)));
  EXPECT_FALSE(head.there());
  auto third = wanted(5);
  third.company = CompanyId::make(env.clock, random);
  third.host = "third.example";
  Asked passes(room, third);
  ASSERT_TRUE(passes.there());
  auto passed = passes.take();
  env.clock = env.clock + 61s;
  Asked late(room, third);
  EXPECT_FALSE(late.there());
  auto small = third;
  small.least = small.most = kMega;
  EXPECT_TRUE(Asked(room, small).there());
  auto waits = small;
  waits.can_wait = true;
  const Asked can_wait(room, waits);
  EXPECT_FALSE(can_wait.there());
  held.keep(0);
  env.settle();
  EXPECT_TRUE(head.there());
  EXPECT_TRUE(late.there());
}

TEST_F(RoomTest, WhoPassesGetsNoMoreThanWhatIsSmall) {
  Asked first(room, wanted(60));
  ASSERT_TRUE(first.there());
  auto held = first.take();
  Asked head(room, of_others(wanted(50)));
  env.clock = env.clock + 61s;
  auto third = wanted(20);
  third.company = CompanyId::make(env.clock, random);
  third.host = "third.example";
  third.least = 1;
  Asked passes(room, third);
  ASSERT_TRUE(passes.there());
  EXPECT_EQ(passes.take().octets(), kMega);
  EXPECT_FALSE(head.there());
}

// A company's smaller ones pass its larger one no longer than anybody else may.
TEST_F(RoomTest, WhatIsTheirsAlreadyKeepsOutTheirOwnAlone) {
  Asked one(room, wanted(20)), two(room, wanted(20));
  ASSERT_TRUE(one.there() && two.there());
  auto first = one.take(), second = two.take();
  Asked large(room, wanted(45));
  EXPECT_FALSE(large.there());
  env.clock = env.clock + 61s;
  first.keep(0);
  env.settle();
  Asked renewed(room, wanted(20));
  EXPECT_FALSE(renewed.there());
  Asked theirs(room, of_others(wanted(10)));
  ASSERT_TRUE(theirs.there());
  theirs.take();
  second.keep(0);
  env.settle();
  EXPECT_TRUE(large.there());
}

// Whoever has no patience left is given nothing while away, and has waited all the time once back.
TEST_F(RoomTest, WhoComesBackSoonHasKeptTheirPlace) {
  Asked first(room, wanted(60));
  ASSERT_TRUE(first.there());
  auto held = first.take();
  const auto look = [&](Room::Place& place) { return fakes::finish(place.wait(0s)).octets(); };
  auto place = room.stand_in_line(of_others(wanted(50)));
  EXPECT_EQ(look(place), 0u);
  env.clock = env.clock + 61s;
  EXPECT_EQ(look(place), 0u);
  auto third = wanted(20);
  third.company = CompanyId::make(env.clock, random);
  third.host = "third.example";
  Asked late(room, third);
  EXPECT_FALSE(late.there());
  held.keep(0);
  env.settle();
  EXPECT_TRUE(late.there());
  EXPECT_EQ(look(place), 50 * kMega);
}

// However little of the time who waits is there: once there is enough, nobody else takes it.
TEST_F(RoomTest, WhatIsEnoughIsLeftForWhoIsBackSoon) {
  for (const bool can_wait : {false, true}) {
    Room fresh(env, 240 * kMega);
    Asked first(fresh, wanted(60, can_wait));
    ASSERT_TRUE(first.there());
    auto held = first.take();
    const auto look = [&](Room::Place& place) { return fakes::finish(place.wait(0s)).octets(); };
    auto place = fresh.stand_in_line(of_others(wanted(50, can_wait)));
    EXPECT_EQ(look(place), 0u);
    env.clock = env.clock + 61s;
    EXPECT_EQ(look(place), 0u);
    auto third = wanted(60, can_wait);
    third.company = CompanyId::make(env.clock, random);
    third.host = "third.example";
    Asked late(fresh, third);
    held.keep(0);
    env.settle();
    EXPECT_FALSE(late.there());
    auto less = third;
    less.least = less.most = 15 * kMega;
    Asked fits(fresh, less);
    EXPECT_TRUE(fits.there());
    EXPECT_EQ(look(place), 50 * kMega);
    EXPECT_FALSE(late.there());
  }
}

// With what is theirs already they need more than they ask for.
TEST_F(RoomTest, WhatIsLeftIsEnoughForWhoHasSomeAlready) {
  Asked one(room, wanted(10)), two(room, of_others(wanted(50)));
  ASSERT_TRUE(one.there() && two.there());
  auto theirs = one.take(), others = two.take();
  const auto look = [&](Room::Place& place) { return fakes::finish(place.wait(0s)).octets(); };
  auto place = room.stand_in_line(wanted(40));
  EXPECT_EQ(look(place), 0u);
  env.clock = env.clock + 61s;
  EXPECT_EQ(look(place), 0u);
  auto third = wanted(20);
  third.company = CompanyId::make(env.clock, random);
  third.host = "third.example";
  Asked late(room, third), own(room, wanted(5));
  others.keep(0);
  env.settle();
  EXPECT_FALSE(late.there());
  EXPECT_FALSE(own.there());
  EXPECT_EQ(look(place), 40 * kMega);
}

// The past has no more than three quarters; its smaller ones don't pass its larger one for ever.
TEST_F(RoomTest, WhatCanWaitPassesNoLongerThanOthersMay) {
  Asked first(room, wanted(30, true));
  ASSERT_TRUE(first.there());
  auto held = first.take();
  Asked large(room, of_others(wanted(40, true)));
  EXPECT_FALSE(large.there());
  env.clock = env.clock + 61s;
  auto third = wanted(5, true);
  third.company = CompanyId::make(env.clock, random);
  third.host = "third.example";
  Asked late(room, third);
  EXPECT_FALSE(late.there());
  third.can_wait = false;
  EXPECT_TRUE(Asked(room, third).there());
  held.keep(0);
  env.settle();
  EXPECT_TRUE(large.there());
}

// Enough that isn't fetched is nobody's for longer than they are waited for.
TEST_F(RoomTest, WhatIsLeftIsLeftForAMomentAlone) {
  Asked first(room, wanted(60));
  ASSERT_TRUE(first.there());
  auto held = first.take();
  auto place = room.stand_in_line(of_others(wanted(50)));
  env.clock = env.clock + 61s;
  EXPECT_EQ(fakes::finish(place.wait(0s)).octets(), 0u);
  auto third = wanted(60);
  third.company = CompanyId::make(env.clock, random);
  third.host = "third.example";
  Asked late(room, third);
  held.keep(0);
  env.settle();
  EXPECT_FALSE(late.there());
  env.clock = env.clock + 31s;
  env.let_time_pass();
  EXPECT_TRUE(late.there());
}

TEST_F(RoomTest, WhoDoesNotComeBackKeepsNobodyOut) {
  Asked first(room, wanted(60));
  ASSERT_TRUE(first.there());
  auto held = first.take();
  auto place = room.stand_in_line(of_others(wanted(50)));
  env.clock = env.clock + 61s;
  EXPECT_EQ(fakes::finish(place.wait(0s)).octets(), 0u);
  auto third = wanted(5);
  third.company = CompanyId::make(env.clock, random);
  third.host = "third.example";
  Asked late(room, third);
  EXPECT_FALSE(late.there());
  env.clock = env.clock + 31s;
  env.let_time_pass();
  EXPECT_TRUE(late.there());
  Asked later(room, third);
  EXPECT_TRUE(later.there());
}

TEST_F(RoomTest, NobodyWaitsWhenTheProgramEnds) {
  Asked first(room, wanted(90));
  ASSERT_TRUE(first.there());
  auto held = first.take();
  Asked next(room, of_others(wanted(50)));
  env.let_time_pass();
  EXPECT_FALSE(next.there());
  env.stop = true;
  env.let_time_pass();
  ASSERT_TRUE(next.there());
  EXPECT_EQ(next.take().octets(), 0u);
}

}  // namespace
}  // namespace hearback::mailbox
