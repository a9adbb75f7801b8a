#include "rules/threading.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hearback::rules {
namespace {

template <class I>
I id(int n) {
  I made;
  made.bytes[15] = static_cast<std::uint8_t>(n);
  return made;
}
const auto kJane = id<CandidateId>(1);
const auto kKofi = id<CandidateId>(2);
constexpr auto kTalk = ThreadKind::conversation;
constexpr auto kForward = ThreadKind::internal_forward;

KnownPlace place(std::string message_id, int thread, CandidateId candidate = kJane,
                 ThreadKind kind = kTalk) {
  return {std::move(message_id), id<ThreadId>(thread), candidate, kind};
}
Reason addressed(CandidateId c = kJane) { return {c, PlacedBy::address, "jane@mail.example"}; }
Reason answered(std::string message_id, CandidateId c = kJane) {
  return {c, PlacedBy::reply_to, std::move(message_id)};
}
constexpr Sender kOutside{false}, kTeam{true};

struct Case {
  const char* name;
  Reason reason;
  Sender sender;
  std::vector<std::string> references;
  Relatives relatives;
  int thread;  // 0: a new one
  ThreadKind kind;
  PlacedBy by;
  std::string detail;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"first message",
       addressed(),
       kOutside,
       {},
       {},
       0,
       kTalk,
       PlacedBy::address,
       "jane@mail.example"},
      {"reply",
       addressed(),
       kOutside,
       {"a@x"},
       {{place("a@x", 1)}, {}, {}},
       1,
       kTalk,
       PlacedBy::reply_to,
       "a@x"},
      {"nearest of two",
       addressed(),
       kOutside,
       {"b@x", "a@x"},
       {{place("a@x", 1), place("b@x", 2)}, {}, {}},
       2,
       kTalk,
       PlacedBy::reply_to,
       "b@x"},
      {"farther one where the nearest is missing",
       addressed(),
       kOutside,
       {"b@x", "a@x"},
       {{place("a@x", 1)}, {}, {}},
       1,
       kTalk,
       PlacedBy::reply_to,
       "a@x"},
      {"another candidate's thread is not joined",
       addressed(),
       kOutside,
       {"a@x"},
       {{place("a@x", 1, kKofi)}, {}, {}},
       0,
       kTalk,
       PlacedBy::address,
       "jane@mail.example"},
      {"late parent joins its child",
       addressed(),
       kTeam,
       {},
       {{}, {}, {place("", 3)}},
       3,
       kTalk,
       PlacedBy::address,
       "jane@mail.example"},
      {"answers to one missing message stay together",
       addressed(),
       kOutside,
       {"gone@x"},
       {{}, {place("gone@x", 4)}, {}},
       4,
       kTalk,
       PlacedBy::reply_to,
       "gone@x"},
      {"answers to one stored message of another kind do not",
       answered("a@x"),
       kTeam,
       {"a@x"},
       {{place("a@x", 1)}, {place("a@x", 5, kJane, kForward)}, {}},
       0,
       kForward,
       PlacedBy::reply_to,
       "a@x"},
      {"forward to a colleague starts a thread",
       answered("a@x"),
       kTeam,
       {"a@x"},
       {{place("a@x", 1)}, {}, {}},
       0,
       kForward,
       PlacedBy::reply_to,
       "a@x"},
      {"its answer joins it",
       answered("f@x"),
       kTeam,
       {"f@x", "a@x"},
       {{place("a@x", 1), place("f@x", 2, kJane, kForward)}, {}, {}},
       2,
       kForward,
       PlacedBy::reply_to,
       "f@x"},
      {"an outsider's answer to the forward joins it",
       answered("f@x"),
       kOutside,
       {"f@x", "a@x"},
       {{place("a@x", 1), place("f@x", 2, kJane, kForward)}, {}, {}},
       2,
       kForward,
       PlacedBy::reply_to,
       "f@x"},
      {"back to the candidate leaves the forward",
       addressed(),
       kTeam,
       {"f@x", "a@x"},
       {{place("a@x", 1), place("f@x", 2, kJane, kForward)}, {}, {}},
       1,
       kTalk,
       PlacedBy::reply_to,
       "a@x"},
      {"her answer from another address joins",
       answered("a@x"),
       kOutside,
       {"a@x"},
       {{place("a@x", 1)}, {}, {}},
       1,
       kTalk,
       PlacedBy::reply_to,
       "a@x"},
      {"late forward joins its answer",
       answered("a@x"),
       kTeam,
       {"a@x"},
       {{place("a@x", 1)}, {}, {place("", 6, kJane, kForward)}},
       6,
       kForward,
       PlacedBy::reply_to,
       "a@x"},
      {"a late parent of the talk does not join a forward",
       addressed(),
       kOutside,
       {},
       {{}, {}, {place("", 6, kJane, kForward)}},
       0,
       kTalk,
       PlacedBy::address,
       "jane@mail.example"},
  };
  return all;
}

TEST(Threading, T1_T2_T3_Table) {
  for (const auto& c : cases()) {
    auto choice = choose_thread(c.reason, c.sender, c.references, c.relatives);
    SCOPED_TRACE(c.name);
    EXPECT_EQ(choice.candidate, c.reason.candidate);
    EXPECT_EQ(choice.join, c.thread ? std::optional(id<ThreadId>(c.thread)) : std::nullopt);
    EXPECT_EQ(choice.kind, c.kind);
    EXPECT_EQ(choice.by, c.by);
    EXPECT_EQ(choice.detail, c.detail);
  }
}

TEST(Threading, T2_MailToTwoCandidatesIsPlacedWithEach) {
  Relatives relatives{{place("a@x", 1, kJane), place("a@x", 2, kKofi)}, {}, {}};
  std::vector<std::string> refs{"a@x"};
  EXPECT_EQ(choose_thread(addressed(kJane), kTeam, refs, relatives).join, id<ThreadId>(1));
  EXPECT_EQ(choose_thread(addressed(kKofi), kTeam, refs, relatives).join, id<ThreadId>(2));
}

struct UnionCase {
  const char* name;
  std::vector<std::string> named;
  Relatives relatives;
  std::vector<int> whole;  // the first is joined by choice; one alone: nothing is united
  int into;
  ThreadKind kind = kTalk;
};

KnownPlace private_place(std::string message_id, int thread) {
  auto made = place(std::move(message_id), thread);
  made.is_private = true;
  return made;
}

KnownPlace corrected_place(std::string message_id, int thread) {
  auto made = place(std::move(message_id), thread);
  made.by_hand = true;
  return made;
}

TEST(Threading, T8_Table) {
  const std::vector<UnionCase> all{
      {"an answer to one thread", {"a@x"}, {{place("a@x", 1)}, {}, {}}, {1}, 1},
      {"what was missing between two",
       {"a@x"},
       {{place("a@x", 4)}, {}, {place("", 3), place("", 3)}},
       {4, 3},
       3},
      {"T-5: somebody has split it from the other one",
       {"b@x", "a@x"},
       {{corrected_place("a@x", 1), corrected_place("b@x", 2)}, {}, {}},
       {2},
       2},
      {"T-5: somebody has moved messages out of one",
       {"b@x", "a@x"},
       {{corrected_place("a@x", 1), place("b@x", 2)}, {}, {}},
       {2},
       2},
      {"its references name both",
       {"b@x", "a@x"},
       {{place("a@x", 1), place("b@x", 2)}, {}, {}},
       {2, 1},
       1},
      {"both wait for what it names, too",
       {"b@x", "a@x"},
       {{}, {place("b@x", 5), place("a@x", 2), place("a@x", 7)}, {}},
       {5, 2, 7},
       2},
      {"answers to what is stored aren't one by that",
       {"a@x"},
       {{place("a@x", 1)}, {place("a@x", 2)}, {}},
       {1},
       1},
      {"another candidate's thread",
       {"a@x"},
       {{place("a@x", 1), place("a@x", 2, kKofi)}, {}, {place("", 3, kKofi)}},
       {1},
       1},
      {"a forward",
       {"f@x", "a@x"},
       {{place("a@x", 1), place("f@x", 2, kJane, kForward)}, {}, {}},
       {1},
       1},
      {"two halves of a forward",
       {"f@x", "a@x"},
       {{place("a@x", 1), place("f@x", 2, kJane, kForward)}, {}, {place("", 3, kJane, kForward)}},
       {2, 3},
       2,
       kForward},
      {"an original that lies in the message",
       {"a@x"},
       {{place("a@x", 1), place("inside@x", 2)}, {}, {}},
       {1},
       1},
      {"a private thread stays apart",
       {"b@x", "a@x"},
       {{place("a@x", 1), private_place("b@x", 2)}, {}, {place("", 3)}},
       {1, 3},
       1},
      {"nothing becomes part of a private one",
       {"b@x", "a@x"},
       {{private_place("a@x", 1), place("b@x", 2)}, {}, {place("", 3)}},
       {1},
       1},
  };
  for (const auto& c : all) {
    SCOPED_TRACE(c.name);
    ThreadChoice choice{kJane, id<ThreadId>(c.whole[0]), c.kind, PlacedBy::reply_to, ""};
    const auto found = unite_threads(choice, c.named, c.relatives);
    EXPECT_EQ(found.into, id<ThreadId>(c.into));
    std::vector<ThreadId> whole{found.into}, wanted;
    whole.insert(whole.end(), found.others.begin(), found.others.end());
    for (int n : c.whole) wanted.push_back(id<ThreadId>(n));
    std::ranges::sort(whole);
    std::ranges::sort(wanted);
    EXPECT_EQ(whole, wanted);
  }
}

TEST(Threading, T2_WhoseTheConversationIs) {
  const std::vector<std::string> references{"b@x", "a@x"};
  const auto holders = [&](Relatives relatives) { return holders_of(references, relatives); };
  using Holders = std::vector<CandidateId>;
  EXPECT_EQ(holders({}), Holders{});
  EXPECT_EQ(holders({.ancestors = {place("a@x", 1, kJane), place("b@x", 2, kKofi)},
                     .siblings = {},
                     .descendants = {place("", 1, kJane)}}),
            Holders{kKofi});
  EXPECT_EQ(holders({.ancestors = {place("b@x", 1, kJane), place("b@x", 2, kKofi)},
                     .siblings = {},
                     .descendants = {}}),
            (Holders{kJane, kKofi}));
  EXPECT_EQ(holders({.ancestors = {place("a@x", 1, kJane)},
                     .siblings = {place("b@x", 2, kKofi)},
                     .descendants = {}}),
            Holders{kKofi});
  EXPECT_EQ(holders({.ancestors = {}, .siblings = {}, .descendants = {place("", 1, kJane)}}),
            Holders{kJane});
}

}  // namespace
}  // namespace hearback::rules
