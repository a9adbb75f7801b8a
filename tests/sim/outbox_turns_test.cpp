// Whose turn it is: slots, kept connections, rests, and clocks that jump.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "sim/outbox_rig.hpp"

namespace hearback::sim {
namespace {

// SEND-14: neither many messages of one mailbox nor slow servers stop the others.
TEST(Outbox, SEND14_ABusyMailboxAndSlowServersStopNobody) {
  Many many;
  std::vector<OutboxId> slow;
  for (int i = 0; i < 20; ++i) {
    auto host = "slow" + std::to_string(i) + ".example.org";
    auto address = "slow" + std::to_string(i) + "@example.org";
    auto& server = many.server(host);
    server.plan = [](std::uint64_t) { return SmtpFate{.dot = SmtpFate::Dot::take_then_silent}; };
    slow.push_back(many.write(many.mailbox(server, host, address), address));
  }
  auto& quick = many.server("quick.example.org");
  auto busy = many.mailbox(quick, "quick.example.org", "busy@example.org");
  for (int i = 0; i < 300; ++i) many.write(busy, "busy@example.org");
  auto other = many.mailbox(quick, "quick.example.org", "other@example.org");
  auto row = many.write(other, "other@example.org");
  many.start();
  many.world.run_for(5s);
  EXPECT_EQ(many.office.outbox(row).state, OutboxState::seen_in_sent);
  for (auto id : slow) EXPECT_EQ(many.office.outbox(id).state, OutboxState::sending);
}

// What stalled servers were given room in memory for keeps nobody else from sending: not what is
// small, nor another company.
TEST(Outbox, SEND14_StalledServersHoldBoundedMemory) {
  Many many;
  std::set<std::string> dialed;  // which is done with the octets in memory
  many.world.plan = [&](const net::Endpoint& where, std::uint64_t) {
    if (!where.host.starts_with("slow")) return Faults{};
    dialed.insert(where.host);
    return Faults{.stall_down = 0};
  };
  const std::string large = [] {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += std::string(48, 'x') + "\r\n";
    return text;
  }();
  const auto write = [&](Office& office, UserId author, CandidateId to, MailboxId from,
                         const std::string& address, const std::string& text) {
    return office
        .queue({.author = author,
                .mailbox = from,
                .candidate = to,
                .from = address,
                .to = "jo@candidate.example",
                .text = text,
                .not_before = many.world.now()})
        .id;
  };
  for (int i = 0; i < 20; ++i) {
    const auto host = "slow" + std::to_string(i) + ".example.org";
    const auto address = "slow" + std::to_string(i) + "@example.org";
    write(many.office, many.user, many.candidate, many.mailbox(many.server(host), host, address),
          address, large);
  }
  auto& quick = many.server("quick.example.org");
  const auto small =
      many.write(many.mailbox(quick, "quick.example.org", "max@example.org"), "max@example.org");
  Neighbor other(many, "Ann");
  const auto theirs =
      write(other.office, other.user, other.candidate,
            other.mailbox(quick, "quick.example.org", "ann@example.org"), "ann@example.org", large);
  outbox::Options options;
  options.bytes_octets = 400'000;
  options.large_octets = 10'000;
  many.start(options);
  many.world.run_for(10s);
  EXPECT_GE(dialed.size(), 2u);
  EXPECT_LE(dialed.size() * large.size(), options.bytes_octets);
  EXPECT_EQ(many.office.outbox(small).state, OutboxState::seen_in_sent);
  EXPECT_EQ(other.office.outbox(theirs).state, OutboxState::seen_in_sent);
  // In their turn all of them are tried.
  many.world.run_for(6h);
  EXPECT_EQ(dialed.size(), 20u);
}

// Nor do those that wait for room keep a slot: what is small goes on there, of all that company's
// mailboxes.
TEST(Outbox, SEND14_WhatWaitsForRoomHoldsNoSlot) {
  Many many;
  const std::string host = "slow.example.org";
  auto& slow = many.server(host);
  int stalled = 0;
  many.world.plan = [&](const net::Endpoint& where, std::uint64_t) {
    return Faults{.stall_down = where.host == host && stalled++ < 2
                                    ? std::optional<std::uint64_t>(0)
                                    : std::nullopt};
  };
  const auto write = [&](MailboxId from, const std::string& address, std::size_t lines) {
    std::string text;
    for (std::size_t i = 0; i < lines; ++i) text += std::string(48, 'x') + "\r\n";
    return many.office
        .queue({.author = many.user,
                .mailbox = from,
                .candidate = many.candidate,
                .from = address,
                .to = "jo@candidate.example",
                .text = text,
                .not_before = many.world.now()})
        .id;
  };
  std::vector<OutboxId> large;
  MailboxId last;
  for (int i = 0; i < 20; ++i) {
    const auto address = "user" + std::to_string(i) + "@example.org";
    last = many.mailbox(slow, host, address);
    large.push_back(write(last, address, 1000));
  }
  outbox::Options options;
  options.bytes_octets = 250'000;
  options.large_octets = 10'000;
  many.start(options);
  many.world.run_for(5s);
  const auto small = write(many.mailbox(slow, host, "max@example.org"), "max@example.org", 1);
  const auto behind = write(last, "user19@example.org", 1);
  many.world.run_for(10s);
  EXPECT_EQ(many.office.outbox(small).state, OutboxState::seen_in_sent);
  EXPECT_EQ(many.office.outbox(behind).state, OutboxState::seen_in_sent);
  for (auto id : large) EXPECT_LE(many.office.outbox(id).attempts, 1);
  // In their turn all of them go, and waiting for room was no attempt.
  many.world.run_for(1h);
  int tried_twice = 0;
  for (auto id : large) {
    EXPECT_EQ(many.office.outbox(id).state, OutboxState::seen_in_sent);
    tried_twice += many.office.outbox(id).attempts > 1;
  }
  EXPECT_LE(tried_twice, 2);
}

// Of a mailbox's large ones one waits for room; about the others nothing is written meanwhile, and
// what is small passes them.
TEST(Outbox, SEND14_OneOfAMailboxWaitsForRoom) {
  Many many;
  many.world.plan = [&](const net::Endpoint& where, std::uint64_t) {
    return Faults{.stall_down = where.host.starts_with("slow") ? std::optional<std::uint64_t>(0)
                                                               : std::nullopt};
  };
  const auto write = [&](MailboxId from, const std::string& address, std::size_t lines) {
    std::string text;
    for (std::size_t i = 0; i < lines; ++i) text += std::string(48, 'x') + "\r\n";
    return many.office
        .queue({.author = many.user,
                .mailbox = from,
                .candidate = many.candidate,
                .from = address,
                .to = "jo@candidate.example",
                .text = text,
                .not_before = many.world.now()})
        .id;
  };
  for (int i = 0; i < 2; ++i) {
    const auto host = "slow" + std::to_string(i) + ".example.org";
    const auto address = "slow" + std::to_string(i) + "@example.org";
    write(many.mailbox(many.server(host), host, address), address, 1000);
  }
  outbox::Options options;
  options.bytes_octets = 250'000;
  options.large_octets = 10'000;
  many.start(options);
  many.world.run_for(1s);
  auto& quick = many.server("quick.example.org");
  const auto mailbox = many.mailbox(quick, "quick.example.org", "max@example.org");
  std::vector<OutboxId> large;
  for (int i = 0; i < 70; ++i) large.push_back(write(mailbox, "max@example.org", 1000));
  many.world.run_for(20s);
  const auto small = write(mailbox, "max@example.org", 1);
  many.world.run_for(5s);
  EXPECT_EQ(many.office.outbox(small).state, OutboxState::seen_in_sent);
  std::uint64_t written = 0;
  for (auto id : large) {
    const auto row = many.office.outbox(id);
    EXPECT_EQ(row.state, OutboxState::queued);
    written += row.fence;
  }
  EXPECT_GE(written, 1u);
  EXPECT_LE(written, 5u);
  many.world.run_for(1h);
  for (auto id : large) EXPECT_EQ(many.office.outbox(id).state, OutboxState::seen_in_sent);
}

// Slots of its own: what is looked into doesn't hold up what is to be sent.
TEST(Outbox, SEND14_SilentSentFoldersHoldUpNoSending) {
  Many many;
  auto& smtp = many.server("smtp.example.org");
  many.world.plan = [](const net::Endpoint& where, std::uint64_t) {
    return Faults{.no_answer = where.port == 993};
  };
  std::vector<OutboxId> rows;
  for (int i = 0; i < 60; ++i) {
    auto address = "user" + std::to_string(i) + "@example.org";
    rows.push_back(many.write(many.mailbox(smtp, "smtp.example.org", address), address));
  }
  many.start();
  many.world.run_for(20s);
  for (auto id : rows) EXPECT_EQ(many.office.outbox(id).state, OutboxState::sent);
}

TEST(Outbox, MoreCompaniesThanAPageAreAllServed) {
  One one;
  one.office.add_companies(1000);
  one.write();
  one.start();
  one.world.run_for(5min);
  EXPECT_EQ(one.accepted(), 1u);
}

// One sign-in for many messages, and an end to it.
TEST(Outbox, TheConnectionIsKeptForTheNextMessageAndNotForEver) {
  One one;
  int dials[2] = {0, 0};
  one.world.plan = [&](const net::Endpoint& where, std::uint64_t) {
    ++dials[where.port == 993];
    return Faults{};
  };
  std::vector<rules::OutboxMessage> rows;
  for (int i = 0; i < 30; ++i) {
    one.write();
    rows.push_back(one.row);
  }
  one.start();
  one.world.run_for(10s);
  for (const auto& row : rows)
    EXPECT_EQ(one.office.outbox(row.id).state, OutboxState::seen_in_sent);
  EXPECT_EQ(dials[0], 1);
  EXPECT_EQ(dials[1], 1);
  EXPECT_EQ(one.smtp.connections(), 1);
  one.world.run_for(1min);
  EXPECT_EQ(one.smtp.connections(), 0);
  one.write();
  one.world.run_for(10s);
  EXPECT_EQ(one.state(), OutboxState::seen_in_sent);
  EXPECT_EQ(dials[0], 2);
  EXPECT_TRUE(one.smtp.defects().empty());
}

// SEND-14: a server's limit for one connection isn't taken for the account's: some say so in the
// same words, and the account would rest for half an hour.
TEST(Outbox, SEND14_ALimitForOneConnectionOnlyAsksForAnother) {
  One one;
  one.smtp.quirks.per_session = 10;
  int dials = 0;
  one.world.plan = [&](const net::Endpoint& where, std::uint64_t) {
    dials += where.port == 465;
    return Faults{};
  };
  for (int i = 0; i < 40; ++i) one.write();
  one.start();
  one.world.run_for(1min);
  EXPECT_EQ(one.smtp.accepted().size(), 40u);
  EXPECT_EQ(dials, 4);
  EXPECT_TRUE(one.smtp.defects().empty());
}

// A limit that a fresh connection names, too, is the account's.
TEST(Outbox, W5_ASendingLimitIsBelievedFromAFreshConnection) {
  One one;
  int dials = 0;
  one.world.plan = [&](const net::Endpoint& where, std::uint64_t) {
    dials += where.port == 465;
    return Faults{};
  };
  one.smtp.plan = [](std::uint64_t nth) {
    return SmtpFate{.sender_reply = nth < 5 ? "" : "452 4.5.3 daily limit exceeded"};
  };
  for (int i = 0; i < 40; ++i) one.write();
  one.start();
  one.world.run_for(4min);
  EXPECT_EQ(one.smtp.accepted().size(), 5u);
  EXPECT_LE(dials, 2);
}

// The server ends the kept connection meanwhile: the next message opens another, unharmed.
TEST(Outbox, AKeptConnectionThatEndedIsReplaced) {
  One one;
  one.start();
  one.write();
  one.world.run_for(5s);
  EXPECT_EQ(one.state(), OutboxState::seen_in_sent);
  one.smtp.hang_up_all();
  one.world.run_for(1s);
  one.write();
  one.world.run_for(5s);
  EXPECT_EQ(one.state(), OutboxState::seen_in_sent);
  EXPECT_EQ(one.now().attempts, 1);
}

// A dead server isn't dialed once for each of a mailbox's messages.
TEST(Outbox, SEND6_AMailboxWhoseServerIsAwayRests) {
  One one;
  int dials = 0;
  one.world.plan = [&](const net::Endpoint&, std::uint64_t) {
    ++dials;
    return Faults{.refuse = true};
  };
  for (int i = 0; i < 200; ++i) one.write();
  one.start();
  one.world.run_for(10min);
  EXPECT_LE(dials, 30);
}

// Accounts get locked by signing in with a wrong password again and again.
TEST(Outbox, W5_ARefusedSignInIsNotTriedForEachMessage) {
  One one;
  int dials = 0;
  one.world.plan = [&](const net::Endpoint&, std::uint64_t) {
    ++dials;
    return Faults{};
  };
  one.smtp.quirks.refuse_login = true;
  for (int i = 0; i < 100; ++i) one.write();
  one.start();
  one.world.run_for(1h);
  EXPECT_LE(dials, 14);
}

// Neither is a server tried for each of them that doesn't take sign-ins just now, or takes nobody.
TEST(Outbox, W5_AServerThatIsBusyAtTheDoorIsNotTriedForEachMessage) {
  for (bool greets : {false, true}) {
    One one;
    int dials = 0;
    one.world.plan = [&](const net::Endpoint&, std::uint64_t) {
      ++dials;
      return Faults{};
    };
    if (greets) one.smtp.quirks.login_unavailable = true;
    if (!greets) one.smtp.quirks.greeting = "421 4.7.0 too many connections";
    for (int i = 0; i < 100; ++i) one.write();
    one.start();
    one.world.run_for(10min);
    EXPECT_LE(dials, 25) << greets;
    one.smtp.quirks = {};
    one.world.run_for(1h);
    EXPECT_EQ(one.smtp.accepted().size(), 100u) << greets;
  }
}

// SEND-14: one slot, and somebody with more to send than ever ends.
TEST(Outbox, SEND14_AWholeTurnLetsOthersGoFirst) {
  Many many;
  auto& smtp = many.server("smtp.example.org");
  auto busy = many.mailbox(smtp, "smtp.example.org", "busy@example.org");
  std::vector<OutboxId> rows;
  for (int i = 0; i < 200; ++i) rows.push_back(many.write(busy, "busy@example.org"));
  many.world.run_for(1s);
  auto other = many.mailbox(smtp, "smtp.example.org", "other@example.org");
  auto row = many.write(other, "other@example.org");
  outbox::Options options;
  options.sending = {1, 1, 1};
  many.start(options);
  many.world.run_while([&] { return many.office.outbox(row).state == OutboxState::queued; }, 10min);
  int waiting = 0;
  for (auto id : rows) waiting += many.office.outbox(id).state == OutboxState::queued;
  EXPECT_GT(waiting, 100);
  many.world.run_for(10min);
  EXPECT_EQ(smtp.accepted().size(), 201u);
}

// SEND-14: a company with mailboxes and messages without end shares a host with others.
TEST(Outbox, SEND14_ACompanyWithManyKeepsNoOtherFromASharedHost) {
  Many many;
  const std::string host = "smtp.example.org";
  auto& smtp = many.server(host);
  smtp.plan = [](std::uint64_t) { return SmtpFate{.delay = 1s}; };
  for (int i = 0; i < 40; ++i) {
    auto address = "user" + std::to_string(i) + "@example.org";
    auto mailbox = many.mailbox(smtp, host, address);
    for (int n = 0; n < 40; ++n) many.write(mailbox, address);
  }
  many.start();
  many.world.run_for(5s);
  for (const std::string name : {"ann", "bob", "cem", "dot", "eve", "fay"}) {
    Neighbor other(many, name);
    const auto address = name + "@other.example";
    const auto row = other.write(other.mailbox(smtp, host, address), address);
    many.world.run_for(6s);
    EXPECT_EQ(other.office.outbox(row).state, OutboxState::seen_in_sent) << name;
  }
}

// SEND-14: where both have more than ever goes, each company gets half of the host.
TEST(Outbox, SEND14_CompaniesShareAHostEvenly) {
  Many many;
  const std::string host = "smtp.example.org";
  auto& smtp = many.server(host);
  smtp.plan = [](std::uint64_t) { return SmtpFate{.delay = 1s}; };
  std::vector<OutboxId> theirs, ours;
  for (int i = 0; i < 60; ++i) {
    auto address = "user" + std::to_string(i) + "@example.org";
    auto mailbox = many.mailbox(smtp, host, address);
    for (int n = 0; n < 40; ++n) theirs.push_back(many.write(mailbox, address));
  }
  Neighbor other(many, "ann");
  for (int i = 0; i < 20; ++i) {
    auto address = "ann" + std::to_string(i) + "@other.example";
    auto mailbox = other.mailbox(smtp, host, address);
    for (int n = 0; n < 40; ++n) ours.push_back(other.write(mailbox, address));
  }
  many.start();
  many.world.run_for(30s);
  auto gone = [](Office& office, const std::vector<OutboxId>& rows) {
    int count = 0;
    for (auto id : rows) count += office.outbox(id).sent.has_value();
    return count;
  };
  const auto they = gone(many.office, theirs), we = gone(other.office, ours);
  EXPECT_GT(they, 150);
  EXPECT_GT(we, they * 2 / 3);
  EXPECT_GT(they, we * 2 / 3);
}

// SEND-14: whose messages are the youngest waits for one round of the others, not for their last
// message.
TEST(Outbox, SEND14_MailboxesOfACompanyTakeTurns) {
  Many many;
  const std::string host = "smtp.example.org";
  auto& smtp = many.server(host);
  std::vector<OutboxId> rows;
  for (int i = 0; i < 12; ++i) {
    auto address = "user" + std::to_string(i) + "@example.org";
    auto mailbox = many.mailbox(smtp, host, address);
    for (int n = 0; n < 100; ++n) rows.push_back(many.write(mailbox, address));
  }
  many.world.run_for(1s);
  auto row = many.write(many.mailbox(smtp, host, "last@example.org"), "last@example.org");
  outbox::Options options;
  options.sending = {4, 4, 4};
  many.start(options);
  for (int i = 0; i < 1000 && many.office.outbox(row).state == OutboxState::queued; ++i)
    many.world.run_for(1s);
  int waiting = 0;
  for (auto id : rows) waiting += many.office.outbox(id).state == OutboxState::queued;
  EXPECT_GT(waiting, 500);
  many.world.run_for(10min);
  EXPECT_EQ(smtp.accepted().size(), 1201u);
}

// W-5, SEND-9: a message that becomes due while the outbox looks is neither due at the first
// question nor still to come at the last.
TEST(Outbox, SEND9_WhatBecomesDueDuringALookIsNotForgotten) {
  for (int ms = 0; ms < 30; ++ms) {
    One one(static_cast<std::uint64_t>(ms) + 1);
    one.start();
    one.world.run_for(5s);
    one.write(one.world.now() + Duration(ms));
    one.world.run_for(5s);
    EXPECT_EQ(one.state(), OutboxState::seen_in_sent) << ms;
  }
}

// W-5: nor does one that is put in at any moment of a look wait for the next timer.
TEST(Outbox, W5_WhatIsPutInDuringALookIsSentAtOnce) {
  for (int ms = 0; ms < 80; ++ms) {
    One one(static_cast<std::uint64_t>(ms) + 1);
    one.start();
    one.write();
    one.world.run_for(Duration(ms));
    one.write();
    one.world.run_for(5s);
    EXPECT_EQ(one.state(), OutboxState::seen_in_sent) << ms;
  }
}

// SEND-14: those who rest, or whose server is slow, fill no page before the others.
TEST(Outbox, SEND14_TheOldestInTroubleHideNobody) {
  Many many;
  auto& away = many.server("away.example.org");
  auto& smtp = many.server("smtp.example.org");
  many.world.plan = [](const net::Endpoint& where, std::uint64_t) {
    return Faults{.refuse = where.host == "away.example.org"};
  };
  for (int i = 0; i < 12; ++i) {
    auto address = "user" + std::to_string(i) + "@example.org";
    auto mailbox = many.mailbox(away, "away.example.org", address);
    for (int n = 0; n < 40; ++n) many.write(mailbox, address);
  }
  outbox::Options options;
  options.page = 5;
  many.start(options);
  many.world.run_for(1min);
  auto row = many.write(many.mailbox(smtp, "smtp.example.org", "ok@example.org"), "ok@example.org");
  many.world.run_for(5s);
  EXPECT_EQ(many.office.outbox(row).state, OutboxState::seen_in_sent);
}

// SEND-14: the line at a slow host, however long, keeps nobody out of another's.
TEST(Outbox, SEND14_AFullLineAtOneHostHidesNoOther) {
  Many many;
  auto& slow = many.server("slow.example.org");
  slow.plan = [](std::uint64_t) { return SmtpFate{.dot = SmtpFate::Dot::take_then_silent}; };
  std::vector<OutboxId> rows;
  for (int i = 0; i < 12; ++i) {
    auto address = "user" + std::to_string(i) + "@example.org";
    auto mailbox = many.mailbox(slow, "slow.example.org", address);
    for (int n = 0; n < 30; ++n) rows.push_back(many.write(mailbox, address));
  }
  outbox::Options options;
  options.page = 5;
  options.sending.share = 2;
  options.sending.line = 3;
  many.start(options);
  many.world.run_for(1min);
  auto& quick = many.server("quick.example.org");
  auto row =
      many.write(many.mailbox(quick, "quick.example.org", "ok@example.org"), "ok@example.org");
  many.world.run_for(5s);
  EXPECT_EQ(many.office.outbox(row).state, OutboxState::seen_in_sent);
  // And those who found no room in it have their turn.
  slow.plan = nullptr;
  many.world.run_for(1h);
  for (auto id : rows) {
    const auto state = many.office.outbox(id).state;
    EXPECT_TRUE(state == OutboxState::seen_in_sent || state == OutboxState::uncertain);
  }
}

// W-5: who was given another server doesn't wait for the old one.
TEST(Outbox, W5_AMailboxWithAnotherServerLeavesTheLineOfTheOld) {
  Many many;
  auto& slow = many.server("slow.example.org");
  auto& quick = many.server("quick.example.org");
  slow.plan = [](std::uint64_t) { return SmtpFate{.dot = SmtpFate::Dot::take_then_silent}; };
  auto first = many.mailbox(slow, "slow.example.org", "first@example.org");
  many.write(first, "first@example.org");
  outbox::Options options;
  options.sending.share = 1;
  many.start(options);
  many.world.run_for(5s);
  auto moved = many.mailbox(slow, "slow.example.org", "moved@example.org");
  auto row = many.write(moved, "moved@example.org");
  many.world.run_for(5s);
  EXPECT_EQ(many.office.outbox(row).state, OutboxState::queued);
  quick.add_account("moved@example.org", "secret");
  auto box = *many.office.ask(store::MailboxById{many.office.scope(), moved});
  auto smtp = box.smtp;
  smtp.host = "quick.example.org";
  many.office.commit({store::ChangeMailbox{moved, box.imap, smtp, {}, "secret", many.world.now()}});
  many.world.run_for(5s);
  EXPECT_EQ(many.office.outbox(row).state, OutboxState::seen_in_sent);
  EXPECT_EQ(quick.accepted().size(), 1u);
}

// C-12: a mailbox that rests because its server failed or refused it goes on with other settings.
TEST(Outbox, C12_OtherSettingsEndTheRestOfAMailbox) {
  for (bool refused : {true, false}) {
    One one;
    if (refused) one.smtp.quirks.refuse_login = true;
    if (!refused)
      one.world.plan = [](const net::Endpoint&, std::uint64_t) { return Faults{.refuse = true}; };
    one.start();
    for (int i = 0; i < 3; ++i) one.write();
    one.world.run_for(2min);
    EXPECT_EQ(one.state(), OutboxState::queued);
    one.smtp.quirks = {};
    one.world.plan = nullptr;
    auto box = *one.office.ask(store::MailboxById{one.office.scope(), one.mailbox});
    one.office.commit(
        {store::ChangeMailbox{one.mailbox, box.imap, box.smtp, {}, "secret", one.world.now()}});
    one.world.run_for(5s);
    EXPECT_EQ(one.smtp.accepted().size(), 3u) << refused;
  }
}

// A reply that comes one octet at a time has as long as any other, and a message has its time.
TEST(Outbox, SEND14_ServersThatDripHoldNoSlotForHours) {
  for (Duration drip : {Duration(100s), Duration(1s)}) {
    One one;
    bool first = true;
    one.world.plan = [&](const net::Endpoint& where, std::uint64_t) {
      const bool drips = where.port == 465 && std::exchange(first, false);
      return Faults{.drip = drips ? drip : Duration{0}};
    };
    std::vector<std::string> many;
    for (int i = 0; i < 60; ++i) many.push_back("user" + std::to_string(i) + "@candidate.example");
    one.row = one.office.queue({.author = one.user,
                                .mailbox = one.mailbox,
                                .candidate = one.candidate,
                                .from = "max@example.org",
                                .to = "jo@candidate.example",
                                .not_before = one.world.now(),
                                .also_to = many});
    one.start();
    one.world.run_for(drip > Duration(50s) ? 4min : 15min);
    EXPECT_EQ(one.state(), OutboxState::seen_in_sent) << drip.count();
    EXPECT_EQ(one.now().attempts, 2);
    EXPECT_EQ(one.accepted(), 1u);
  }
}

// SEND-6: what waits for its mailbox's turn grows old by that, too: 48 h are 48 h for each of many.
TEST(Outbox, SEND6_ManyMessagesOfAnUnreachableServerGiveUpInTime) {
  One one;
  one.world.plan = [](const net::Endpoint&, std::uint64_t) { return Faults{.refuse = true}; };
  std::vector<OutboxId> rows;
  for (int i = 0; i < 200; ++i) {
    one.write();
    rows.push_back(one.row.id);
  }
  one.start();
  one.world.run_for(std::chrono::hours(46));
  for (auto id : rows) EXPECT_EQ(one.office.outbox(id).state, OutboxState::queued);
  one.world.run_for(std::chrono::hours(10));
  for (auto id : rows) EXPECT_EQ(one.office.outbox(id).state, OutboxState::failed);
}

// REL12: queued mail survives a clock that is wrong for a while, and an outbox that restarts in it.
TEST(Outbox, REL12_ClockJumpsFailAndDelayNothing) {
  for (Duration jump : {Duration(1h), Duration(-1h), Duration(std::chrono::hours(24 * 3650)),
                        Duration(-std::chrono::hours(24 * 3650))})
    for (bool restart : {false, true}) {
      One one;
      one.world.plan = [](const net::Endpoint& where, std::uint64_t) {
        return Faults{.refuse = where.port == 465};
      };
      one.start();
      one.write();
      one.world.run_for(2min);
      one.world.clock_off = jump;
      if (restart) {
        one.end();
        one.start();
      }
      one.world.run_for(30min);
      EXPECT_EQ(one.state(), OutboxState::queued) << jump.count() << restart;
      one.world.clock_off = Duration{0};
      one.world.run_for(1min);
      one.world.plan = nullptr;
      one.world.run_for(1h);
      EXPECT_EQ(one.state(), OutboxState::seen_in_sent) << jump.count() << restart;
      EXPECT_EQ(one.accepted(), 1u);
      EXPECT_EQ(one.copies(), 1u);
    }
}

// C-13: what waits for an address to be proven is looked at once in a while, however long it waits,
// and not again and again.
TEST(Outbox, C13_WhatWaitsForProofWaitsQuietly) {
  One one;
  one.write();
  rules::User moved{.id = one.user};
  moved.name = "Max";
  moved.email = moved.email_normal = "elsewhere@example.org";
  one.office.commit({store::PutUser{moved, std::nullopt, one.world.now()},
                     store::TakeBackProof{one.mailbox, one.user, one.world.now()}});
  const auto revision = [&] {
    return one.office.ask(store::CompanyFacts{one.office.scope()}).revision;
  };
  const auto before = revision();
  one.start();
  for (int hour = 1; hour <= 5; ++hour) {
    one.world.run_for(1h);
    EXPECT_EQ(one.state(), OutboxState::queued);
    EXPECT_LE(one.now().not_before, one.world.now() + 1h);
    EXPECT_LE(revision() - before, static_cast<std::uint64_t>(2 * hour + 2));
  }
  EXPECT_EQ(one.accepted(), 0u);
}

// A message for later is not sent early by a clock that runs ahead for a while.
TEST(Outbox, REL12_SEND9_AClockThatIsAheadForAWhileSendsNothingEarly) {
  One one;
  one.start();
  one.write(one.world.now() + 3h);
  one.world.run_for(1min);
  one.world.clock_off = std::chrono::hours(24 * 3650);
  one.world.run_for(5min);
  EXPECT_EQ(one.state(), OutboxState::scheduled);
  one.world.clock_off = Duration{0};
  one.world.run_for(2h);
  EXPECT_EQ(one.state(), OutboxState::scheduled);
  one.world.run_for(1h);
  EXPECT_EQ(one.state(), OutboxState::seen_in_sent);
}

}  // namespace
}  // namespace hearback::sim
