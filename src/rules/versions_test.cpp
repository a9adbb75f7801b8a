#include "rules/versions.hpp"

#include <gtest/gtest.h>

#include <array>

namespace hearback::rules {
namespace {

using std::chrono::seconds;

mail::Envelope letter() {
  mail::Envelope envelope;
  envelope.message_id = "a@mail.example";
  envelope.from = {{"Jane", "jane@mail.example", "jane@mail.example"}};
  envelope.date = *from_rfc3339("2026-11-02T10:00:00.000Z");
  return envelope;
}

TEST(Versions, S11_ByMessageIdWriterAndDate) {
  auto other = letter();
  other.from[0].name = "[External] Jane";
  other.subject = "[External] Hello";
  EXPECT_TRUE(may_be_versions(letter(), other));
}

TEST(Versions, S11_SYNC7_AnythingElseIsAnotherMessage) {
  auto other = letter();
  other.message_id = "b@mail.example";
  EXPECT_FALSE(may_be_versions(letter(), other));
  other = letter();
  other.from[0].normal = "kofi@mail.example";
  EXPECT_FALSE(may_be_versions(letter(), other));
  other = letter();
  other.date = *other.date + seconds(1);
  EXPECT_FALSE(may_be_versions(letter(), other));
}

// What has no id, no date or no writer is like everything that lacks them.
TEST(Versions, S11_WhatIsMissingProvesNothing) {
  auto bare = letter();
  bare.message_id.clear();
  EXPECT_FALSE(may_be_versions(bare, bare));
  bare = letter();
  bare.date.reset();
  EXPECT_FALSE(may_be_versions(bare, bare));
  bare = letter();
  bare.from.clear();
  EXPECT_FALSE(may_be_versions(bare, bare));
}

// Ada's is box 1, Clara's 2, Max's 3.
TEST(Versions, S11_SYNC7_OneRowHoldsWhatDifferentMailboxesGot) {
  const auto in = [](std::initializer_list<std::uint8_t> boxes) {
    std::vector<MailboxId> ids;
    for (const auto box : boxes) ids.emplace_back().bytes[15] = box;
    return ids;
  };
  const auto same = letter();
  auto later = letter();
  later.date = *later.date + seconds(1);
  auto forged = letter();
  forged.from[0].normal = "kofi@mail.example";
  struct Case {
    const char* what;
    std::vector<Bearer> bearers;
    std::vector<std::size_t> firsts;
  };
  const std::vector<Case> cases{
      {"nothing", {}, {}},
      {"one", {{&same, in({1})}}, {0}},
      {"one for each mailbox", {{&same, in({1})}, {&same, in({2})}, {&same, in({3})}}, {0, 0, 0}},
      {"one mailbox got it twice", {{&same, in({1})}, {&same, in({1})}}, {0, 1}},
      {"the second of Clara's is none",
       {{&same, in({1})}, {&same, in({2})}, {&same, in({2})}},
       {0, 0, 2}},
      {"what both got, and another of one", {{&same, in({1, 2})}, {&same, in({2})}}, {0, 1}},
      {"another date", {{&same, in({1})}, {&later, in({2})}}, {0, 1}},
      {"another writer", {{&same, in({1})}, {&forged, in({2})}, {&same, in({3})}}, {0, 1, 0}},
      {"which mailbox isn't known",
       {{&same, in({})}, {&same, in({2})}, {&same, in({})}},
       {0, 1, 2}},
      {"twice two",
       {{&same, in({1})}, {&same, in({1})}, {&same, in({2})}, {&same, in({2})}},
       {0, 1, 0, 1}},
  };
  for (const auto& one : cases) EXPECT_EQ(first_versions(one.bearers), one.firsts) << one.what;
}

TEST(Versions, S11_JoinsTheSameCandidatesThreadForItsOwnReason) {
  CandidateId jane, kofi;
  jane.bytes[15] = 1;
  kofi.bytes[15] = 2;
  ThreadId thread, forward;
  thread.bytes[15] = 3;
  forward.bytes[15] = 4;
  const std::array<KnownPlace, 2> places{
      KnownPlace{"a@mail.example", forward, jane, ThreadKind::internal_forward},
      KnownPlace{"a@mail.example", thread, jane, ThreadKind::conversation}};
  const Reason reason{jane, PlacedBy::address, "jane@mail.example"};
  EXPECT_EQ(join_version(reason, {}, places),
            (ThreadChoice{jane, thread, ThreadKind::conversation, PlacedBy::address,
                          "jane@mail.example"}));
  EXPECT_EQ(join_version({kofi, PlacedBy::address, "kofi@mail.example"}, {}, places), std::nullopt);
}

}  // namespace
}  // namespace hearback::rules
