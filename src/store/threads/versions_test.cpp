#include "store/threads/versions.hpp"

#include <algorithm>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

class VersionsTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
    welder = add_job("Welder", {ben.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
    in = thread(wanda);
    annas = add_mailbox(anna, "anna@acme.example");
    bens = add_mailbox(ben, "ben@acme.example");
    annas_inbox = add_folder(annas, "INBOX");
    bens_inbox = add_folder(bens, "INBOX");
  }

  // What Wanda wrote, as it was found in Anna's mailbox or Ben's.
  rules::Message version(const rules::Mailbox& box, const rules::Thread& where,
                         bool new_thread = false) {
    auto one = message("same", "wanda@home.example", "ben@acme.example");
    one.fingerprint = one.id.text();
    one.envelope.date = one.date = written;
    place(one, where, PlacedBy::address, "wanda@home.example", new_thread);
    const auto folder = box.id == annas.id ? annas_inbox.id : bens_inbox.id;
    commit(AddCopy{one.id, {box.id, folder, 7, ++uid}, one.raw});
    return one;
  }
  std::vector<std::pair<MessageId, MessageId>> versions(const Scope& scope,
                                                        std::vector<MessageId> shown) {
    std::vector<std::pair<MessageId, MessageId>> found;
    for (auto& row : ask(VersionsIn{scope, in.id, std::move(shown)}))
      found.emplace_back(row.message, row.first);
    return found;
  }

  rules::User anna, ben;
  JobId welder;
  CandidateId wanda;
  rules::Thread in;
  rules::Mailbox annas, bens;
  rules::Folder annas_inbox, bens_inbox;
  const Instant written = now;
  std::uint32_t uid = 0;
};
HEARBACK_ON_EACH_DATABASE(VersionsTest);

// Each is told of, whichever of them is on the page that is shown.
TEST_P(VersionsTest, S11_WhatMailboxesGotAnewIsOneMessage) {
  const auto first = version(annas, in, true), second = version(bens, in);
  const auto other = message("other", "wanda@home.example", "ben@acme.example");
  place(other, in, PlacedBy::address, "wanda@home.example", false);
  const std::vector<std::pair<MessageId, MessageId>> both{{first.id, first.id},
                                                          {second.id, first.id}};
  EXPECT_EQ(versions(as(ben), {first.id, second.id, other.id}), both);
  EXPECT_EQ(versions(as(ben), {second.id}), both);
  EXPECT_EQ(versions(as(ben), {first.id}), both);
  EXPECT_TRUE(versions(as(ben), {other.id}).empty());
  EXPECT_TRUE(versions(as(ben), {}).empty());
  // Whoever counts counts each.
  EXPECT_EQ(ask(ThreadById{as(ben), in.id})->count, 3u);
}

TEST_P(VersionsTest, S11_OverAllThreadsOfTheCandidate) {
  const auto first = version(annas, in, true);
  const auto elsewhere = thread(wanda);
  const auto second = version(bens, elsewhere, true);
  const auto rows = ask(VersionsIn{as(ben), wanda, {second.id}});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].message, first.id);
  EXPECT_EQ(rows[1].first, first.id);
  EXPECT_TRUE(ask(VersionsIn{as(ben), elsewhere.id, {second.id}}).empty());
  const auto eva = add_user("eva", Role::evaluator);
  EXPECT_TRUE(ask(VersionsIn{as(eva), wanda, {second.id}}).empty());
}

TEST_P(VersionsTest, S11_InWhichMailboxIsToldToWhoMaySeeIt) {
  const auto first = version(annas, in, true);
  version(bens, in);
  const auto rows = ask(VersionsIn{as(ben), in.id, {first.id}});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_TRUE(rows[0].mailboxes.empty());
  EXPECT_EQ(rows[1].mailboxes, std::vector{bens.id});
  const auto all = ask(VersionsIn{engine(), in.id, {first.id}});
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].mailboxes, std::vector{annas.id});
}

TEST_P(VersionsTest, S11_SYNC7_WhatOneMailboxGotTwiceIsTwoMessages) {
  const auto first = version(annas, in, true), second = version(annas, in);
  EXPECT_TRUE(versions(as(ben), {first.id, second.id}).empty());
}

// Nothing is a version of what lies elsewhere, and a stranger is told nothing.
TEST_P(VersionsTest, S11_OnlyWhatLiesInTheThreadCounts) {
  const auto first = version(annas, in, true);
  const auto elsewhere = version(bens, thread(wanda), true);
  EXPECT_TRUE(versions(as(ben), {first.id, elsewhere.id}).empty());
  version(bens, in);
  EXPECT_EQ(versions(as(ben), {first.id}).size(), 2u);
  EXPECT_TRUE(versions(as(add_user("carl", Role::evaluator)), {first.id}).empty());
}

// Thousands under one Message-ID: those beyond the first are messages of their own, and cost
// nothing.
TEST_P(VersionsTest, SYNC7_ManyBearersOfOneIdHideNothing) {
  std::vector<MessageId> shown{version(annas, in, true).id};
  for (int i = 0; i < 40; ++i) shown.push_back(version(bens, in).id);
  EXPECT_EQ(versions(as(ben), shown).size(), 2u);
  EXPECT_TRUE(versions(as(ben), {shown.back()}).size() <= 2u);
}

}  // namespace
}  // namespace hearback::store
