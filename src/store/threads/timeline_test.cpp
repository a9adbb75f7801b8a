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

}  // namespace
}  // namespace hearback::store
