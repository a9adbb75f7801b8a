#include <algorithm>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

class Timeline : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
    welder = add_job("Welder", {ben.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  }
  rules::Message send(const rules::Thread& in, const std::string& name, int minute,
                      bool first = false) {
    auto m = message(name, "wanda@home.example", "ben@acme.example");
    m.date = now + std::chrono::minutes(minute);
    m.envelope.subject = in.subject;  // the earliest one names the thread
    place(m, in, PlacedBy::address, "wanda@home.example", first);
    return m;
  }
  std::vector<std::string> subjects(const Scope& scope, const PageRequest& page = {},
                                    std::string* older = nullptr) {
    const auto answer = ask(CandidateTimeline{scope, wanda, page});
    if (!answer) return {"nobody"};
    const auto& timeline = *answer;
    std::vector<std::string> found;
    for (const auto& one : timeline.messages) {
      const auto thread =
          std::ranges::find(timeline.threads, one.placement.thread, &rules::Thread::id);
      found.push_back((thread == timeline.threads.end() ? "?" : thread->subject) + ": " +
                      one.message.envelope.message_id);
    }
    if (older) *older = timeline.older;
    return found;
  }
  using Names = std::vector<std::string>;
  rules::User anna, ben;
  JobId welder;
  CandidateId wanda;
};
HEARBACK_ON_EACH_DATABASE(Timeline);

TEST_P(Timeline, M9_OneTimelineOverAllThreads) {
  EXPECT_EQ(subjects(as(ben)), Names{});
  auto start = thread(wanda), pay = thread(wanda);
  start.subject = "Start";
  pay.subject = "Pay";
  send(start, "a@x", 1, true);
  send(pay, "b@x", 2, true);
  send(start, "c@x", 4);
  send(pay, "d@x", 3);
  EXPECT_EQ(subjects(as(ben)), (Names{"Start: a@x", "Pay: b@x", "Pay: d@x", "Start: c@x"}));
  std::string older;
  EXPECT_EQ(subjects(as(ben), {"", 3}, &older), (Names{"Pay: b@x", "Pay: d@x", "Start: c@x"}));
  ASSERT_FALSE(older.empty());
  EXPECT_EQ(subjects(as(ben), {older, 3}, &older), Names{"Start: a@x"});
  EXPECT_EQ(older, "");
}

TEST_P(Timeline, P1_NobodyReadsThereWhatTheyMayNotSee) {
  const auto start = thread(wanda);
  send(start, "a@x", 1, true);
  const auto eva = add_user("eva", Role::evaluator);
  EXPECT_EQ(subjects(as(anna)).size(), 1u);
  EXPECT_EQ(subjects(as(eva)), Names{"nobody"});
}

// As far as its own header says it: who got it unseen, or in whose mailbox it lies, isn't told
// (S-11).
TEST_P(Timeline, M9_ByWhichOfOurAddressesAMessageLeftOrCame) {
  add_mailbox(anna, "jobs@acme.example");
  const auto talk = thread(wanda);
  const auto came = [&](const std::string& name, std::vector<mail::Address> to,
                        std::vector<mail::Address> cc, const std::string& from,
                        rules::Direction direction, bool first = false) {
    auto m = message(name, from, "x@y");
    m.envelope.to = std::move(to);
    m.envelope.cc = std::move(cc);
    m.direction = direction;
    place(m, talk, PlacedBy::address, "wanda@home.example", first);
    return m.id;
  };
  using enum rules::Direction;
  const auto person_ben = person("ben@acme.example", "Your boss");
  const auto friends = person("friend@home.example", "A friend");
  const auto shared = person("jobs@acme.example", "Anna");
  const auto a = came("a", {friends, person_ben}, {}, "wanda@home.example", incoming, true);
  const auto b = came("b", {friends}, {shared}, "wanda@home.example", incoming);
  const auto c = came("c", {friends}, {}, "wanda@home.example", incoming);
  const auto d = came("d", {friends}, {person_ben}, "left@acme.example", outgoing);
  const auto e = came("e", {friends}, {}, "ben@acme.example", outgoing);
  const auto found = ask(CandidateTimeline{as(ben), wanda, {}});
  ASSERT_TRUE(found);
  const auto ours = [&](MessageId id) {
    const auto at = found->ours.find(id);
    return at == found->ours.end() ? "nobody" : at->second.name + " " + at->second.spec;
  };
  EXPECT_EQ(ours(a), "ben ben@acme.example");
  EXPECT_EQ(ours(b), "nobody") << "he has no part in that mailbox";
  EXPECT_EQ(ours(c), "nobody");
  EXPECT_EQ(ours(d), "The Sender left@acme.example");
  EXPECT_EQ(ours(e), "ben ben@acme.example");
  const auto annas = ask(CandidateTimeline{as(anna), wanda, {}});
  ASSERT_TRUE(annas);
  EXPECT_EQ(annas->ours.at(b).spec, "jobs@acme.example");
}

}  // namespace
}  // namespace hearback::store
