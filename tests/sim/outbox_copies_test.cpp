// The copy in Sent where its server is slow to learn, forgetful, or lies.
#include <gtest/gtest.h>

#include <vector>

#include "sim/outbox_rig.hpp"

namespace hearback::sim {
namespace {

void fill_sent(One& one, int count) {
  for (int i = 0; i < count; ++i)
    one.account->deliver("Sent",
                         raw_message({.from = "max@example.org",
                                      .to = "else@elsewhere.example",
                                      .subject = "Something else",
                                      .message_id = std::to_string(i) + "@elsewhere.example",
                                      .hearback_id = "of-another-" + std::to_string(i),
                                      .date = one.world.now()}));
}

// SEND-13: what a server says it found is read before it is believed.
TEST(OutboxCopies, SEND13_ASearchThatNamesEverythingIsNotBelieved) {
  for (auto habit : {rules::SavesSent::unknown, rules::SavesSent::no}) {
    One one(1, habit);
    fill_sent(one, 20);
    one.account->quirks.search_names_all = true;
    one.start();
    one.write();
    one.world.run_for(5min);
    EXPECT_EQ(one.state(), OutboxState::seen_in_sent);
    EXPECT_EQ(one.copies(), 1u);
    EXPECT_EQ(one.habit(), rules::SavesSent::no);
  }
}

// W-5: nor does it make a message sent of which nobody knows.
TEST(OutboxCopies, W5_AForeignMessageIsNoProofOfOurs) {
  One one(1, rules::SavesSent::unknown);
  fill_sent(one, 20);
  one.account->quirks.search_names_all = true;
  one.smtp.plan = [](std::uint64_t) { return SmtpFate{.dot = SmtpFate::Dot::cut}; };
  one.start();
  one.write();
  one.world.run_for(1h);
  EXPECT_EQ(one.state(), OutboxState::uncertain);
  EXPECT_NE(one.habit(), rules::SavesSent::yes);
}

// A full folder of which all is named is read in part, and what can't be told isn't filed twice.
TEST(OutboxCopies, SEND13_OfAnEndlessSearchAnswerTheNewestAreRead) {
  for (const bool there : {false, true}) {
    One one;
    fill_sent(one, 3000);
    one.account->quirks.search_names_all = true;
    one.write();
    const auto raw = raw_message({.from = "max@example.org",
                                  .to = "jo@candidate.example",
                                  .subject = "Interview",
                                  .message_id = one.row.message_id,
                                  .date = one.world.now()});
    if (there) one.account->deliver("Sent", raw);
    one.start();
    one.world.run_for(2min);
    EXPECT_EQ(one.state(), there ? OutboxState::seen_in_sent : OutboxState::sent);
    EXPECT_EQ(one.now().why, there ? "" : "outbox.sent-unsearchable");
    EXPECT_EQ(one.copies(), there ? 1u : 0u);
    EXPECT_LE(one.account->headers_sent(), 2000 * one.account->commands("EXAMINE"));
    EXPECT_LE(one.account->commands("UID FETCH"), one.account->commands("EXAMINE"));
    if (there) continue;
    one.account->quirks.search_names_all = false;
    one.world.run_for(30min);
    EXPECT_EQ(one.state(), OutboxState::seen_in_sent);
    EXPECT_EQ(one.copies(), 1u);
  }
}

// Named and not shown: it may be ours, so there is no second one.
TEST(OutboxCopies, SEND13_WhatASearchNamesAndNobodyShowsIsNotCalledMissing) {
  One one;
  one.write();
  one.account->deliver("Sent", raw_message({.from = "max@example.org",
                                            .to = "jo@candidate.example",
                                            .subject = "Interview",
                                            .message_id = one.row.message_id,
                                            .date = one.world.now()}));
  one.account->forgets = [](std::uint32_t) { return true; };
  one.start();
  one.world.run_for(10min);
  EXPECT_EQ(one.state(), OutboxState::sent);
  EXPECT_EQ(one.copies(), 1u);
  one.account->forgets = nullptr;
  one.world.run_for(1h);
  EXPECT_EQ(one.state(), OutboxState::seen_in_sent);
  EXPECT_EQ(one.copies(), 1u);
}

// S-1: a copy that is refused is tried for hours, by whoever is there.
TEST(OutboxCopies, S1_ACopyThatIsRefusedIsTriedForHoursThroughRestarts) {
  One one;
  one.account->quirks.append_refused = true;
  one.start();
  one.write();
  for (int i = 0; i < 7; ++i) {
    one.world.run_for(3h);
    EXPECT_EQ(one.state(), OutboxState::sent);
    EXPECT_EQ(one.now().why, "imap.refused");
    one.end();
    one.world.run_for(5min);
    one.start();
  }
  EXPECT_GT(one.account->commands("APPEND"), 60u);
  EXPECT_LT(one.account->commands("APPEND"), 300u);
  one.account->quirks.append_refused = false;
  one.world.run_for(20min);
  EXPECT_EQ(one.state(), OutboxState::seen_in_sent);
  EXPECT_EQ(one.now().why, "");
  EXPECT_EQ(one.copies(), 1u);
  EXPECT_EQ(one.accepted(), 1u);
}

// One look for all that wait in a mailbox, however many wait, and each has its turn.
TEST(OutboxCopies, S1_W5_OneLookForAllThatWait) {
  One one(1, rules::SavesSent::yes);
  std::vector<rules::OutboxMessage> rows;
  for (int i = 0; i < 60; ++i) {
    one.write();
    rows.push_back(one.row);
  }
  one.smtp.files_sent("max@example.org", *one.account, 20min);
  one.smtp.plan = [](std::uint64_t nth) {
    return SmtpFate{.dot = nth % 3 == 0 ? SmtpFate::Dot::take : SmtpFate::Dot::take_then_cut};
  };
  one.start();
  auto count = [&](OutboxState state) {
    int n = 0;
    for (const auto& row : rows) n += one.office.outbox(row.id).state == state;
    return n;
  };
  one.world.run_for(15min);
  EXPECT_EQ(count(OutboxState::sent), 20);
  EXPECT_EQ(count(OutboxState::uncertain), 40);
  one.world.run_for(30min);
  EXPECT_EQ(count(OutboxState::seen_in_sent), 60);
  for (const auto& row : rows) {
    EXPECT_EQ(one.smtp.accepted_with(row.message_id), 1u);
    EXPECT_EQ(one.account->count("Sent", row.message_id), 1u);
  }
  EXPECT_TRUE(one.account->writes().empty());
  // Looked for one by one they need 900 looks.
  EXPECT_LE(one.account->commands("EXAMINE"), 240u);
  EXPECT_LE(one.account->commands("UID SEARCH"), 400u);
}

// What a slow look has found is used for all that it was for, however long it took.
TEST(OutboxCopies, S1_W5_ASlowLookIsForAllThatWait) {
  One one(1, rules::SavesSent::yes);
  std::vector<rules::OutboxMessage> rows;
  for (int i = 0; i < 30; ++i) {
    one.write();
    rows.push_back(one.row);
  }
  one.smtp.files_sent("max@example.org", *one.account, 20min);
  one.start();
  one.world.run_for(15min);
  const auto before = one.account->commands("UID SEARCH");
  one.world.plan = [](const net::Endpoint&, std::uint64_t) {
    return Faults{.latency_least = 7s, .latency_most = 8s};
  };
  one.world.run_for(75min);
  for (const auto& row : rows)
    EXPECT_EQ(one.office.outbox(row.id).state, OutboxState::seen_in_sent);
  EXPECT_LE(one.account->commands("UID SEARCH") - before, 10u);
}

// How a message in Sent can't be read: it is refused, ends the connection, isn't shown, or has no
// header that fits anywhere.
enum class Unreadable { refused, ends, left_out, too_large };
constexpr Unreadable kUnreadable[] = {Unreadable::refused, Unreadable::ends, Unreadable::left_out,
                                      Unreadable::too_large};

std::string copy_of(const rules::OutboxMessage& row, Unreadable how, Instant date) {
  std::string raw;
  // Of a field that is asked for.
  if (how == Unreadable::too_large)
    raw = "References: <" + std::string(2u << 20, 'x') + "@b.c>\r\n";
  return raw + raw_message({.from = "max@example.org",
                            .to = "jo@candidate.example",
                            .subject = "Interview",
                            .message_id = row.message_id,
                            .date = date});
}

void make_unreadable(ImapAccount& account, std::uint32_t uid, Unreadable how) {
  auto& quirks = account.quirks;
  if (how == Unreadable::left_out) quirks.left_out.insert(uid);
  if (how == Unreadable::refused || how == Unreadable::ends) quirks.broken.insert(uid);
  quirks.broken_ends = how == Unreadable::ends;
}

// W-5: a message in Sent that can't be read leaves open only what it may be the copy of.
TEST(OutboxCopies, W5_WhatCannotBeReadInSentLeavesOpenOnlyWhatItMayBe) {
  for (auto how : kUnreadable) {
    One one(1, rules::SavesSent::yes);
    one.smtp.plan = [](std::uint64_t) { return SmtpFate{.dot = SmtpFate::Dot::take_then_cut}; };
    std::vector<rules::OutboxMessage> rows;
    for (int i = 0; i < 40; ++i) {
      one.write();
      rows.push_back(one.row);
      if (i == 20) continue;  // of this one there is no copy
      const bool bad = i % 16 == 1;
      const auto uid = one.account->deliver(
          "Sent", copy_of(one.row, bad ? how : Unreadable::left_out, one.world.now()));
      if (bad) make_unreadable(*one.account, uid, how);
    }
    one.start();
    one.world.run_for(30min);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool open = i % 16 == 1 || i == 20;
      EXPECT_EQ(one.office.outbox(rows[i].id).state,
                open ? OutboxState::uncertain : OutboxState::seen_in_sent)
          << static_cast<int>(how) << ' ' << i;
    }
    one.account->quirks = {};
    one.world.run_for(30min);
    for (std::size_t i = 1; how != Unreadable::too_large && i < rows.size(); i += 16)
      EXPECT_EQ(one.office.outbox(rows[i].id).state, OutboxState::seen_in_sent);
    EXPECT_TRUE(one.account->writes().empty());
  }
}

// S-1, SEND-13: nor does it hold up the copies of others, and it gets no second one.
TEST(OutboxCopies, S1_SEND13_WhatCannotBeReadInSentHoldsUpNoOtherCopy) {
  for (auto how : kUnreadable) {
    One one;
    std::vector<rules::OutboxMessage> rows;
    for (int i = 0; i < 25; ++i) {
      one.write();
      rows.push_back(one.row);
    }
    const auto uid = one.account->deliver("Sent", copy_of(rows[7], how, one.world.now()));
    make_unreadable(*one.account, uid, how);
    one.start();
    one.world.run_for(10min);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = one.office.outbox(rows[i].id);
      EXPECT_EQ(row.state, i == 7 ? OutboxState::sent : OutboxState::seen_in_sent)
          << static_cast<int>(how) << ' ' << i;
      EXPECT_EQ(row.why, i == 7 ? "outbox.sent-unsearchable" : "");
      EXPECT_EQ(one.account->count("Sent", row.message_id), 1u);
    }
    EXPECT_EQ(one.account->commands("APPEND"), 24u);
  }
}

// W-5, C-12: what nobody could look for meanwhile is looked for soon once somebody can.
TEST(OutboxCopies, W5_C12_AMailboxThatComesBackIsLookedIntoSoon) {
  for (const bool with_its_owner : {true, false}) {
    One one(1, rules::SavesSent::yes);
    one.smtp.files_sent("max@example.org", *one.account, 1h);
    one.smtp.plan = [](std::uint64_t) { return SmtpFate{.dot = SmtpFate::Dot::take_then_cut}; };
    const auto be_there = [&](bool there) {
      auto user = *one.office.ask(store::UserById{one.office.scope(), one.user});
      user.active = there;
      const auto state = there ? rules::MailboxState::active : rules::MailboxState::needs_sign_in;
      if (with_its_owner) one.office.commit({store::PutUser{user}});
      if (!with_its_owner) one.office.commit({store::SetMailboxState{one.mailbox, state}});
    };
    one.start();
    one.write();
    one.world.run_for(3s);
    EXPECT_EQ(one.state(), OutboxState::uncertain);
    be_there(false);
    one.world.run_for(5h);
    EXPECT_EQ(one.state(), OutboxState::uncertain);
    be_there(true);
    one.world.run_for(1min);
    EXPECT_EQ(one.state(), OutboxState::seen_in_sent) << with_its_owner;
  }
}

// Deletes the candidate as the scheduler does it, a step every few seconds, for so long.
void forget_for(One& one, Duration time) {
  const ErrandId errand{one.candidate.bytes};
  for (const auto until = one.world.now() + time; one.world.now() < until; one.world.run_for(5s))
    one.office.commit({store::AdvanceErrand{errand, one.world.now()}});
}

int times_said(One& one, std::string_view kind) {
  int times = 0;
  for (const auto& entry : one.office.ask(store::JournalSince{one.office.scope(), 0, 1000}))
    times += entry.kind == kind && entry.subject == one.row.message.text();
  return times;
}
bool says_that_no_copy_was_filed(One& one) { return times_said(one, "message.copy-not-filed") > 0; }

bool is_known(One& one) {
  return one.office.ask(store::BlobBytes{one.office.company(), one.row.bytes}).has_value();
}

// S-1, D-1: what has left, or is leaving, lies in its author's Sent folder though its candidate is
// deleted right then; afterwards nothing is left of it here.
TEST(OutboxCopies, S1_D1_ADeletedCandidatesLastMessageHasItsCopy) {
  for (const bool crossing : {false, true}) {
    One one(1, rules::SavesSent::unknown);
    if (crossing) one.smtp.plan = [](std::uint64_t) { return SmtpFate{.delay = 10s}; };
    one.start();
    one.write();
    if (crossing)
      one.world.run_while([&] { return one.now().phase != rules::OutboxPhase::dot; }, 1min);
    if (!crossing) one.world.run_for(5s);
    EXPECT_EQ(one.state(), crossing ? OutboxState::sending : OutboxState::sent);
    EXPECT_EQ(one.copies(), 0u);
    one.office.commit({store::ForgetCandidate{one.candidate, one.office.scope(), one.world.now()}});
    forget_for(one, 3min);
    EXPECT_EQ(one.accepted(), 1u);
    EXPECT_EQ(one.copies(), 1u) << crossing;
    EXPECT_FALSE(is_known(one));
    EXPECT_FALSE(says_that_no_copy_was_filed(one));
  }
}

// Where the copy can't be filed the deletion doesn't wait for ever, and says so.
TEST(OutboxCopies, D1_ADeletionDoesNotWaitForEverForACopy) {
  One one;
  one.account->quirks.append_refused = true;
  one.start();
  one.write();
  one.world.run_for(5s);
  one.office.commit({store::ForgetCandidate{one.candidate, one.office.scope(), one.world.now()}});
  forget_for(one, 5min);
  EXPECT_TRUE(is_known(one));
  forget_for(one, 6min);
  EXPECT_FALSE(is_known(one));
  EXPECT_TRUE(says_that_no_copy_was_filed(one));
}

// D-1, W-5: the program dies between the dot and its answer, and the candidate is deleted. Where
// Sent can't tell either, the message goes, and the journal says that nobody knows.
TEST(OutboxCopies, D1_W5_ACrashAtTheDotOfADeletedCandidateLeavesAWord) {
  for (const bool copy_lies_in_sent : {false, true}) {
    One one(1, rules::SavesSent::yes);
    one.smtp.plan = [](std::uint64_t) { return SmtpFate{.delay = 10s}; };
    if (copy_lies_in_sent) one.smtp.files_sent("max@example.org", *one.account, 0s);
    one.start();
    one.write();
    one.world.run_while([&] { return one.accepted() == 0; }, 1min);
    ASSERT_EQ(one.now().phase, rules::OutboxPhase::dot);
    one.end();
    one.office.commit({store::ForgetCandidate{one.candidate, one.office.scope(), one.world.now()}});
    one.start();
    forget_for(one, 30min);
    EXPECT_FALSE(is_known(one));
    EXPECT_FALSE(says_that_no_copy_was_filed(one));
    EXPECT_EQ(times_said(one, "message.fate-unknown"), copy_lies_in_sent ? 0 : 1);
  }
}

// D-1: what hasn't left never does.
TEST(OutboxCopies, D1_WhatWaitsDoesNotLeaveOnceItsCandidateIsDeleted) {
  One one;
  one.smtp.plan = [](std::uint64_t) { return SmtpFate{.dot = SmtpFate::Dot::reply, .delay = 10s}; };
  one.start();
  one.write();
  one.world.run_while([&] { return one.now().phase != rules::OutboxPhase::dot; }, 1min);
  one.office.commit({store::ForgetCandidate{one.candidate, one.office.scope(), one.world.now()}});
  one.smtp.plan = nullptr;
  forget_for(one, 1h);
  EXPECT_EQ(one.accepted(), 0u);
  EXPECT_FALSE(is_known(one));
}

}  // namespace
}  // namespace hearback::sim
