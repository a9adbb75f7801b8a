#include "rules/sending.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

constexpr Instant kNow{1'793'606'400'000};

UserId user_id(std::uint8_t n) {
  UserId id;
  id.bytes[15] = n;
  return id;
}

struct Case {
  OutboxMessage message;
  SendingFacts facts;
  Instant now = kNow;

  Case() {
    message.author = user_id(1);
    message.recipients = {"jo@candidate.example"};
    message.not_before = kNow - 1s;
    facts.author = User{.id = user_id(1)};
    facts.mailbox = Mailbox{.owner = user_id(1), .proof = AddressProof::sign_in};
  }
  SendingVerdict verdict() const { return may_send(message, facts, now); }
};

TEST(Sending, W5_AWellFormedMessageGoes) { EXPECT_EQ(Case().verdict(), SendingVerdict(Go{})); }

TEST(Sending, SEND9_NeverBeforeItsTime) {
  Case c;
  c.message.not_before = kNow + 1ms;
  EXPECT_EQ(c.verdict(), SendingVerdict(NotBefore{kNow + 1ms, {}}));
  c.now = kNow + 1ms;
  EXPECT_EQ(c.verdict(), SendingVerdict(Go{}));
  c.message.state = OutboxState::scheduled;
  c.message.not_before = kNow + 1h;
  EXPECT_EQ(c.verdict(), SendingVerdict(NotBefore{kNow + 1h, {}}));
}

TEST(Sending, W5_RefusalsSayWhy) {
  struct Row {
    const char* why;
    void (*change)(Case&);
  };
  const Row rows[] = {
      {"outbox.no-recipients", [](Case& c) { c.message.recipients.clear(); }},
      {"author.inactive", [](Case& c) { c.facts.author.reset(); }},
      {"author.inactive", [](Case& c) { c.facts.author->active = false; }},
      {"mailbox.removed", [](Case& c) { c.facts.mailbox.reset(); }},
      {"mailbox.not-yours", [](Case& c) { c.facts.mailbox->owner = user_id(2); }},
      {"mailbox.address-refused", [](Case& c) { c.facts.mailbox->proof = AddressProof::refused; }},
      {"mailbox.off", [](Case& c) { c.facts.mailbox->state = MailboxState::off; }},
      {"candidate.missing", [](Case& c) { c.facts.candidate_exists = false; }},
      {"candidate.access-lost", [](Case& c) { c.facts.author_sees_it = false; }},
      {"outbox.not-waiting", [](Case& c) { c.message.state = OutboxState::cancelled; }},
      {"outbox.not-waiting", [](Case& c) { c.message.state = OutboxState::uncertain; }},
      {"outbox.not-waiting", [](Case& c) { c.message.state = OutboxState::sent; }},
  };
  for (const auto& row : rows) {
    Case c;
    row.change(c);
    EXPECT_EQ(c.verdict(), SendingVerdict(No{row.why})) << row.why;
  }
}

// An upgrade, or a sign-in address that moved, mustn't fail what was queued in good faith.
TEST(Sending, C13_WhatIsQueuedWaitsForTheProof) {
  const SendingVerdict waits(NotBefore{kNow + kLookForProof, "mailbox.unproven"});
  for (const auto state : {OutboxState::queued, OutboxState::scheduled, OutboxState::sending}) {
    Case c;
    c.message.state = state;
    c.facts.mailbox->proof = AddressProof::none;
    EXPECT_EQ(c.verdict(), waits);
    // What can't leave anyway doesn't wait.
    c.facts.mailbox->state = MailboxState::off;
    EXPECT_EQ(c.verdict(), SendingVerdict(No{"mailbox.off"}));
    c.facts.mailbox->state = MailboxState::active;
    c.facts.candidate_exists = false;
    EXPECT_EQ(c.verdict(), SendingVerdict(No{"candidate.missing"}));
  }
  Case later;
  later.message.state = OutboxState::scheduled;
  later.message.not_before = kNow + 1h;
  later.facts.mailbox->proof = AddressProof::none;
  EXPECT_EQ(later.verdict(), SendingVerdict(NotBefore{kNow + 1h, {}}));
}

TEST(Sending, SEND11_TheQuestionBeforeTheDotHasTheSameAnswers) {
  Case c;
  c.message.state = OutboxState::sending;
  c.message.not_before = kNow + 1h;  // a lease's leftovers don't hold up a running attempt
  EXPECT_EQ(c.verdict(), SendingVerdict(Go{}));
  c.facts.candidate_exists = false;
  EXPECT_EQ(c.verdict(), SendingVerdict(No{"candidate.missing"}));
}

TEST(Sending, C12_WhatCantBeReadMaySend) {
  Case c;
  c.facts.mailbox->state = MailboxState::needs_sign_in;
  EXPECT_EQ(c.verdict(), SendingVerdict(Go{}));
}

}  // namespace
}  // namespace hearback::rules
