#include "outbox/turns.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.hpp"

namespace hearback::outbox {
namespace {

class TurnsTest : public testing::Test {
 protected:
  CompanyId company() { return CompanyId::make(Instant{++now}, random); }
  Place place(CompanyId of, std::string host) {
    return {of, MailboxId::make(Instant{++now}, random), std::move(host)};
  }
  std::vector<Place> take_all(Turns& turns) {
    std::vector<Place> taken;
    while (auto place = turns.next()) taken.push_back(*place);
    return taken;
  }
  static int count(const std::vector<Place>& places, CompanyId of) {
    int n = 0;
    for (const auto& place : places) n += place.company == of;
    return n;
  }
  SeededRandom random{1};
  std::int64_t now = 0;
};

TEST_F(TurnsTest, SEND14_NoCompanyTakesAllOfAHost) {
  Turns turns({.all = 100, .company = 50, .host = 8, .share = 6});
  const auto many = company(), one = company();
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(turns.stand_in_line(place(many, "h")));
  EXPECT_EQ(take_all(turns).size(), 6u);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(turns.stand_in_line(place(one, "h")));
  EXPECT_EQ(count(take_all(turns), one), 2);
}

TEST_F(TurnsTest, SEND14_AFreeSlotIsForWhoHasFewest) {
  Turns turns({.all = 100, .company = 50, .host = 8, .share = 8});
  const auto many = company(), few = company();
  for (int i = 0; i < 20; ++i) turns.stand_in_line(place(many, "h"));
  auto theirs = take_all(turns);
  ASSERT_EQ(theirs.size(), 8u);
  EXPECT_FALSE(turns.belongs_to_others(theirs[0]));
  for (int i = 0; i < 20; ++i) turns.stand_in_line(place(few, "h"));
  std::vector<Place> ours;
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(turns.belongs_to_others(theirs.back())) << i;
    turns.give_back(theirs.back());
    theirs.pop_back();
    auto next = turns.next();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->company, few);
    ours.push_back(*next);
  }
  EXPECT_FALSE(turns.belongs_to_others(theirs.back()));
  // From now on one each: who gave up a slot takes the next.
  turns.give_back(theirs.back());
  EXPECT_EQ(turns.next()->company, many);
  turns.give_back(ours.back());
  EXPECT_EQ(turns.next()->company, few);
}

TEST_F(TurnsTest, SEND14_MailboxesOfACompanyGoInTheOrderInWhichTheyCame) {
  Turns turns({.all = 1, .company = 1, .host = 1, .share = 1});
  const auto a = company();
  std::vector<Place> places;
  for (int i = 0; i < 5; ++i) places.push_back(place(a, "h"));
  for (const auto& p : places) turns.stand_in_line(p);
  for (int round = 0; round < 3; ++round)
    for (const auto& p : places) {
      auto next = turns.next();
      ASSERT_TRUE(next);
      EXPECT_EQ(next->mailbox, p.mailbox);
      EXPECT_FALSE(turns.next());
      turns.give_back(*next);
      turns.stand_in_line(*next);
    }
}

// One that has many hosts keeps no other from the slots that all share.
TEST_F(TurnsTest, SEND14_ManyHostsAreNoMoreThanOneCompany) {
  Turns turns({.all = 8, .company = 8, .host = 2, .share = 2});
  const auto wide = company(), other = company();
  for (int i = 0; i < 30; ++i) turns.stand_in_line(place(wide, "h" + std::to_string(i)));
  auto theirs = take_all(turns);
  ASSERT_EQ(theirs.size(), 8u);
  turns.stand_in_line(place(other, "x"));
  EXPECT_TRUE(turns.belongs_to_others(theirs[0]));
  turns.give_back(theirs[0]);
  EXPECT_EQ(turns.next()->company, other);
}

TEST_F(TurnsTest, SEND14_AFullHostHoldsUpNoOther) {
  Turns turns({.all = 100, .company = 3, .host = 4, .share = 4});
  const auto a = company(), b = company();
  for (int i = 0; i < 10; ++i) turns.stand_in_line(place(a, "slow"));
  for (int i = 0; i < 10; ++i) turns.stand_in_line(place(b, "slow"));
  EXPECT_EQ(take_all(turns).size(), 4u);
  turns.stand_in_line(place(a, "quick"));
  const auto next = turns.next();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->host, "quick");
  turns.stand_in_line(place(a, "quick"));
  EXPECT_FALSE(turns.next());  // its company has its three
}

// SEND-14: a line ends, and no other with it: neither at that host nor elsewhere.
TEST_F(TurnsTest, SEND14_AFullLineIsFullAtItsHostAlone) {
  Turns turns({.all = 1, .company = 1, .host = 1, .share = 1, .line = 3});
  const auto a = company(), b = company();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(turns.stand_in_line(place(a, "h")));
  EXPECT_FALSE(turns.stand_in_line(place(a, "h")));
  EXPECT_EQ(turns.full_for(a), std::vector<std::string>{"h"});
  EXPECT_TRUE(turns.stand_in_line(place(a, "other")));
  EXPECT_TRUE(turns.stand_in_line(place(b, "h")));
  EXPECT_TRUE(turns.full_for(b).empty());
  EXPECT_FALSE(turns.half_empty(place(a, "h")));
  EXPECT_TRUE(turns.half_empty(place(a, "other")));
  EXPECT_TRUE(turns.half_empty(place(b, "h")));
}

TEST_F(TurnsTest, W5_WhoIsSentElsewhereLeavesTheLine) {
  Turns turns({.all = 9, .company = 9, .host = 1, .share = 1, .line = 3});
  const auto a = company();
  const auto first = place(a, "old"), second = place(a, "old"), third = place(a, "old");
  for (const auto& one : {first, second, third}) turns.stand_in_line(one);
  EXPECT_EQ(turns.next()->mailbox, first.mailbox);
  auto moved = second;
  moved.host = "new";
  EXPECT_TRUE(turns.stand_in_line(moved));
  const auto next = turns.next();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->mailbox, second.mailbox);
  EXPECT_EQ(next->host, "new");
  EXPECT_TRUE(turns.stand_in_line(second));  // it has a slot
  turns.give_back(first);
  EXPECT_EQ(turns.next()->mailbox, third.mailbox);
  turns.give_back(third);
  turns.give_back(moved);
  EXPECT_FALSE(turns.next());
}

// Whatever comes and goes: the bounds hold, nobody waits beside a free slot, all have their turn.
TEST_F(TurnsTest, SEND14_HoldsForWhateverComesAndGoes) {
  for (int run = 0; run < 200; ++run) {
    const SlotBounds bounds{.all = 1 + static_cast<int>(random.below(12)),
                            .company = 1 + static_cast<int>(random.below(8)),
                            .host = 1 + static_cast<int>(random.below(5)),
                            .share = 1 + static_cast<int>(random.below(5))};
    Turns turns(bounds);
    std::vector<CompanyId> companies;
    for (int i = 0; i < 4; ++i) companies.push_back(company());
    std::vector<Place> waiting, at_work;
    auto all_of = [&](auto&& has) { return static_cast<int>(std::ranges::count_if(at_work, has)); };
    auto may = [&](const Place& p) {
      return all_of([](auto&) { return true; }) < bounds.all &&
             all_of([&](auto& q) { return q.company == p.company; }) < bounds.company &&
             all_of([&](auto& q) { return q.host == p.host; }) < bounds.host &&
             all_of([&](auto& q) { return q.host == p.host && q.company == p.company; }) <
                 bounds.share;
    };
    for (int step = 0; step < 150; ++step) {
      const auto dice = step < 100 ? random.below(3) : 2;
      if (dice < 2) {
        waiting.push_back(place(companies[random.below(4)], "h" + std::to_string(random.below(3))));
        turns.stand_in_line(waiting.back());
      } else if (!at_work.empty()) {
        const auto at = at_work.begin() + static_cast<long>(random.below(at_work.size()));
        turns.give_back(*at);
        at_work.erase(at);
      }
      while (auto next = turns.next()) {
        ASSERT_TRUE(may(*next));
        at_work.push_back(*next);
        ASSERT_EQ(std::erase_if(waiting, [&](auto& p) { return p.mailbox == next->mailbox; }), 1u);
      }
      for (const auto& p : waiting) ASSERT_FALSE(may(p));
    }
    while (!at_work.empty()) {
      turns.give_back(at_work.back());
      at_work.pop_back();
      while (auto next = turns.next()) {
        at_work.push_back(*next);
        std::erase_if(waiting, [&](auto& p) { return p.mailbox == next->mailbox; });
      }
    }
    EXPECT_TRUE(waiting.empty());
  }
}

}  // namespace
}  // namespace hearback::outbox
