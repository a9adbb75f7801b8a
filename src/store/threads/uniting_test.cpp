#include <algorithm>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

class UnitingTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    ben = add_user("ben", Role::evaluator);
    welder = add_job("Welder", {ben.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
    into = thread(wanda, "First");
    from = thread(wanda, "Re: First");
    from.last_at = now + 1h;
    one = message("one", "wanda@home.example", "ben@acme.example");
    two = message("two", "wanda@home.example", "ben@acme.example");
    two.date = now + 1h;
    one.envelope.subject = "First";
    two.envelope.subject = "Re: First";
    place(one, into, PlacedBy::address, "wanda@home.example");
    place(two, from, PlacedBy::address, "wanda@home.example");
  }

  std::vector<MessageId> messages_in(ThreadId thread) {
    std::vector<MessageId> ids;
    if (auto found = ask(ThreadById{as(ben), thread}))
      for (auto& row : found->messages) ids.push_back(row.message.id);
    return ids;
  }

  rules::User ben;
  JobId welder;
  CandidateId wanda;
  rules::Thread into, from;
  rules::Message one, two;
};
HEARBACK_ON_EACH_DATABASE(UnitingTest);

TEST_P(UnitingTest, T8_TheMessagesOfBothLieInOne) {
  const auto before = ask(CompanyFacts{engine()}).revision;
  commit(UniteThreads{from.id, into.id});
  EXPECT_EQ(threads_seen(as(ben)), std::vector{into.id});
  EXPECT_EQ(messages_in(into.id), (std::vector{one.id, two.id}));
  const auto found = ask(ThreadById{as(ben), into.id});
  EXPECT_EQ(found->thread.subject, "First");
  EXPECT_EQ(found->thread.last_at, two.date);
  EXPECT_EQ(found->count, 2u);
  // Whoever shows either of them hears of it.
  std::vector<std::string> told;
  for (auto& entry : ask(Since{as(ben), before})) told.push_back(entry.id);
  EXPECT_TRUE(std::ranges::count(told, into.id.text()));
  EXPECT_TRUE(std::ranges::count(told, from.id.text()));
}

TEST_P(UnitingTest, T8_WhoAsksForThePartIsShownTheWhole) {
  commit(UniteThreads{from.id, into.id});
  ASSERT_TRUE(ask(ThreadById{as(ben), from.id}));
  EXPECT_EQ(ask(ThreadById{as(ben), from.id})->thread.id, into.id);
  EXPECT_EQ(messages_in(from.id), messages_in(into.id));
  // And once more: the way stays one step.
  auto oldest = thread(wanda, "Zero");
  auto zero = message("zero", "wanda@home.example", "ben@acme.example");
  place(zero, oldest, PlacedBy::address, "wanda@home.example");
  commit(UniteThreads{into.id, oldest.id});
  EXPECT_EQ(ask(ThreadById{as(ben), from.id})->thread.id, oldest.id);
  EXPECT_EQ(messages_in(from.id).size(), 3u);
  const auto stranger = add_user("carl", Role::evaluator);
  EXPECT_FALSE(ask(ThreadById{as(stranger), from.id}));
}

TEST_P(UnitingTest, T8_WhatIsWrittenMeanwhileLiesInTheWhole) {
  commit(UniteThreads{from.id, into.id});
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto answer = message("answer", "ben@acme.example", "wanda@home.example");
  const auto way = write_here(answer, from, box, now);
  EXPECT_EQ(ask(OutboxById{as(ben), way})->thread, into.id);
  EXPECT_EQ(messages_in(into.id).size(), 3u);
  EXPECT_EQ(ask(Threads{as(ben), Place::sent, {}, {}}).rows.size(), 1u);
}

TEST_P(UnitingTest, T8_OneCommitMayBeginAThreadAndUniteIt) {
  auto brief = thread(wanda, "Brief");
  auto three = message("three", "wanda@home.example", "ben@acme.example");
  commit(PutBlob{three.raw, "three"}, AddMessage{three, now}, AddThread{brief},
         PlaceMessage{{brief.id, wanda, three.id, PlacedBy::address, "wanda@home.example"}, now},
         PlaceMessage{{brief.id, wanda, one.id, PlacedBy::address, "wanda@home.example"}, now},
         UniteThreads{brief.id, into.id});
  EXPECT_EQ(messages_in(into.id).size(), 2u);  // the one that lay in both lies there once
  EXPECT_EQ(threads_seen(as(ben)).size(), 2u);
}

TEST_P(UnitingTest, T8_OneCommitMayUniteAThreadThatItBeganAndPlaceThere) {
  auto brief = thread(wanda, "Brief");
  auto three = message("three", "wanda@home.example", "ben@acme.example");
  commit(PutBlob{three.raw, "three"}, AddMessage{three, now}, AddThread{brief},
         UniteThreads{brief.id, into.id},
         PlaceMessage{{brief.id, wanda, three.id, PlacedBy::address, "wanda@home.example"}, now});
  EXPECT_EQ(messages_in(into.id), (std::vector{one.id, three.id}));
  EXPECT_EQ(messages_in(brief.id), messages_in(into.id));
  EXPECT_EQ(threads_seen(as(ben)).size(), 2u);
}

TEST_P(UnitingTest, T8_P2_WhatIsNotOneStaysApart) {
  const auto other = add_candidate("Bob", {"bob@home.example"}, {welder});
  auto bobs = thread(other);
  auto forward = thread(wanda);
  forward.kind = rules::ThreadKind::internal_forward;
  commit(AddThread{bobs}, AddThread{forward});
  EXPECT_EQ(refused(UniteThreads{bobs.id, into.id}), "store.expectation");
  EXPECT_EQ(refused(UniteThreads{forward.id, into.id}), "store.expectation");
  EXPECT_EQ(refused(UniteThreads{into.id, into.id}), "store.expectation");
  EXPECT_EQ(refused(UniteThreads{make<ThreadId>(), into.id}), "store.expectation");
  commit(SetThreadAccess{from.id, true, {{ben.id, "given"}}});
  EXPECT_EQ(refused(UniteThreads{from.id, into.id}), "store.expectation");
  EXPECT_EQ(refused(UniteThreads{into.id, from.id}), "store.expectation");
  EXPECT_EQ(refused_kind, Kind::conflict);
  EXPECT_EQ(messages_in(from.id), std::vector{two.id});
}

TEST_P(UnitingTest, T8_ForgettingTheCandidateForgetsIt) {
  commit(UniteThreads{from.id, into.id});
  commit(ForgetCandidate{wanda, as(ben), now});
  EXPECT_FALSE(ask(ThreadById{engine(), from.id}));
  EXPECT_GT(run_errands(), 0);
  EXPECT_FALSE(ask(ThreadById{engine(), from.id}));
}

// Live mail comes before the past (S-9): which message is stored first says nothing.
TEST_P(UnitingTest, T8_AThreadIsNamedByItsEarliestMessage) {
  const auto t = thread(wanda, "Re: My application");
  auto answer = message("2", "wanda@home.example", "ben@acme.example");
  answer.envelope.subject = "Re: My application";
  auto first = message("1", "wanda@home.example", "ben@acme.example");
  first.envelope.subject = "My application";
  first.date = answer.date - 1h;
  const auto name = [&] { return ask(ThreadById{as(ben), t.id})->thread.subject; };
  place(answer, t, PlacedBy::address, "wanda@home.example");
  EXPECT_EQ(name(), "Re: My application");
  place(first, t, PlacedBy::address, "wanda@home.example", false);
  EXPECT_EQ(name(), "My application");
  auto last = message("3", "wanda@home.example", "ben@acme.example");
  last.envelope.subject = "Fwd: My application";
  last.date = answer.date + 1h;
  place(last, t, PlacedBy::address, "wanda@home.example", false);
  EXPECT_EQ(name(), "My application");
}

}  // namespace
}  // namespace hearback::store
