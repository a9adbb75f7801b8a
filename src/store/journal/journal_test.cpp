#include <algorithm>
#include <atomic>
#include <thread>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

class Journal : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    welder = add_job("Welder", {});
  }
  std::vector<JournalEntry> since(std::uint64_t position) {
    return ask(JournalSince{engine(), position, 1000});
  }
  std::vector<std::string> kinds(std::uint64_t position) {
    std::vector<std::string> found;
    for (auto& entry : since(position)) found.push_back(entry.kind);
    return found;
  }
  std::uint64_t end() {
    const auto all = since(0);
    return all.empty() ? 0 : all.back().position;
  }

  rules::User anna;
  JobId welder;
};
HEARBACK_ON_EACH_DATABASE(Journal);

using Kinds = std::vector<std::string>;

TEST_P(Journal, SaysWhatHappenedToApplicationsAndAddresses) {
  const auto start = end();
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"});
  EXPECT_EQ(kinds(start), (Kinds{"candidate.added", "address.added"}));
  auto at = end();
  rules::Application application{make<ApplicationId>(), wanda, welder, {}, {}, now};
  commit(PutApplication{application, as(anna), "person"});
  const auto statuses = ask(JobById{engine(), welder})->stages.statuses;
  application.status = statuses.at(5);
  commit(PutApplication{application, as(anna), "person"});
  commit(PutApplication{application, as(anna), "person"});  // nothing new
  const auto entries = since(at);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].kind, "application.submitted");
  EXPECT_EQ(entries[0].after, statuses[0].id.text());
  EXPECT_EQ(entries[1].kind, "application.status-changed");
  EXPECT_EQ(entries[1].before, statuses[0].id.text());
  EXPECT_EQ(entries[1].after, statuses[5].id.text());
  EXPECT_EQ(entries[1].user, anna.id);
  EXPECT_EQ(entries[1].how, "person");
  EXPECT_EQ(entries[1].candidate, wanda);
  EXPECT_EQ(entries[1].subject, application.id.text());
  at = end();
  commit(PutCandidate{wanda, "Wanda", {address("w@new.example")}, now});
  EXPECT_EQ(kinds(at), (Kinds{"address.added", "address.removed"}));
  at = end();
  add_mailbox(anna, "w@new.example");
  const auto internal = since(at);
  ASSERT_EQ(internal.size(), 2u);
  EXPECT_EQ(internal[0].kind, "address.removed");
  EXPECT_EQ(internal[0].how, "internal-user");
  EXPECT_EQ(internal[1].kind, "mailbox.connected");
  at = end();
  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_EQ(kinds(at), Kinds{"candidate.forgotten"});
  for (auto& entry : since(0))
    for (auto* text : {&entry.kind, &entry.subject, &entry.how, &entry.before, &entry.after})
      EXPECT_EQ(text->find("example"), std::string::npos) << *text;
}

TEST_P(Journal, SaysWhatHappenedToMail) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"});
  const auto box = add_mailbox(anna, "anna@work.example");
  const auto at = end();
  const auto t = thread(wanda);
  place(message("in", "wanda@home.example", "anna@work.example"), t, PlacedBy::address, "");
  auto bounce = message("bounce", "mailer@home.example", "anna@work.example");
  bounce.kind = rules::MessageKind::bounce;
  place(bounce, t, PlacedBy::reply_to, "", false);
  auto found = message("found", "anna@work.example", "wanda@home.example");
  found.direction = rules::Direction::outgoing;
  place(found, t, PlacedBy::address, "", false);
  auto written = message("written", "anna@work.example", "wanda@home.example");
  written.direction = rules::Direction::outgoing;
  place(written, t, PlacedBy::sent_here, "", false);
  EXPECT_EQ(kinds(at), (Kinds{"message.received", "message.bounced", "message.sent"}));
  commit(PlaceMessage{{t.id, wanda, found.id, PlacedBy::address, ""}, now});  // once is enough
  commit(SetMailboxState{box.id, rules::MailboxState::off});
  commit(SetMailboxState{box.id, rules::MailboxState::off});
  const auto later = since(at);
  ASSERT_EQ(later.size(), 4u);
  EXPECT_EQ(later[3].kind, "mailbox.state-changed");
  EXPECT_EQ(later[3].before, "active");
  EXPECT_EQ(later[3].after, "off");
}

TEST_P(Journal, HasNoGapsHoweverManyWrite) {
  constexpr int kWriters = 4, kCommits = 20;
  const auto start = end();
  std::atomic<int> failures = 0;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w)
    writers.emplace_back([&, w] {
      SeededRandom own(static_cast<std::uint64_t>(w) + 77);
      for (int i = 0; i < kCommits; ++i) {
        const PutCandidate good{CandidateId::make(now, own), "C", {}, now};
        const PutCandidate undone{CandidateId::make(now, own), "C", {}, now};
        if (!store->commit({company, {good}, {}})) ++failures;
        // Refused: its entry must leave no hole.
        if (store->commit({company, {undone, PutUser{}}, {}})) ++failures;
      }
    });
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(failures, 0);
  const auto entries = since(start);
  ASSERT_EQ(entries.size(), static_cast<std::size_t>(kWriters * kCommits));
  for (std::size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(entries[i].position, start + i + 1);
}

TEST_P(Journal, AConsumerGoesOnWhereItWasAndHoldsWhatItHasYetToRead) {
  add_candidate("Wanda", {});
  add_candidate("Bob", {});
  const auto last = end();
  EXPECT_EQ(ask(JournalPosition{engine(), "triggers"}), 0u);
  commit(AdvanceJournal{"triggers", 0, last - 1});
  EXPECT_EQ(ask(JournalPosition{engine(), "triggers"}), last - 1);
  // Of two that act on the same entries, one is too late; nobody gets ahead of what is written.
  EXPECT_EQ(refused(AdvanceJournal{"triggers", 0, last}), "journal.position");
  EXPECT_EQ(refused(AdvanceJournal{"triggers", last - 1, last + 1}), "journal.position");
  const auto later = now + std::chrono::hours(24 * 31);
  commit(Prune{later, {}});
  ASSERT_EQ(since(0).size(), 1u);
  EXPECT_EQ(since(0)[0].position, last);
  commit(AdvanceJournal{"triggers", last - 1, last});
  commit(Prune{later, {}});
  EXPECT_TRUE(since(0).empty());
  add_candidate("Cleo", {});  // positions go on
  EXPECT_EQ(since(0).at(0).position, last + 1);
}

// As the scheduler prunes: as long as there is more.
TEST_P(Journal, HoweverMuchItGrewItEnds) {
  const auto wanda = add_candidate("Wanda", {});
  rules::Application application{make<ApplicationId>(), wanda, welder, {}, {}, now};
  const auto statuses = ask(JobById{engine(), welder})->stages.statuses;
  for (int i = 0; i < 12; ++i) {
    std::vector<Change> changes;
    for (int k = 0; k < 100; ++k) {
      application.status = statuses[static_cast<std::size_t>((k + 1) % 2)];
      changes.emplace_back(PutApplication{application, as(anna), "person"});
    }
    ASSERT_TRUE(store->commit({company, std::move(changes), {}, now}));
  }
  ASSERT_GT(ask(JournalSince{engine(), 0, 5000}).size(), 1200u);
  commit(AdvanceJournal{"triggers", 0, 1000});
  const auto later = now + std::chrono::hours(24 * 31);
  int steps = 0;
  do commit(Prune{later, {}});
  while (ask(Prunable{engine(), later, {}}) && ++steps < 20);
  EXPECT_LT(steps, 20);
  const auto left = ask(JournalSince{engine(), 0, 5000});
  ASSERT_FALSE(left.empty());
  EXPECT_EQ(left.front().position, 1001u);  // what the consumer has yet to read
}

}  // namespace
}  // namespace hearback::store
