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
