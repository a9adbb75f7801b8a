// What is looked for, and in which order: live mail, the past, addresses that were added, what a
// server left out.
#include <gtest/gtest.h>

#include <utility>

#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;

// One search by the server itself for an address, none for a colleague: whoever has no mail of
// theirs isn't read again.
TEST(Sync, S5_AddingAnAddressCostsOthersOneSearchAFolder) {
  SyncRig rig;
  auto ann = rig.office.add_user("Ann", "ann@example.org");
  auto& hers = rig.imap.add_account("ann@example.org", "secret");
  rig.office.add_mailbox(ann, "ann@example.org", {});
  for (int i = 0; i < 50; ++i)
    hers.deliver("INBOX", raw_message({.from = "aunt@family.example",
                                       .to = "ann@example.org",
                                       .message_id = std::to_string(i) + "@x",
                                       .date = rig.world.now()}));
  rig.deliver("INBOX", {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"});
  rig.start();
  rig.settle();
  const auto searches = hers.commands("UID SEARCH"), headers = hers.headers_sent();
  rig.office.add_candidate("Kim", {"kim@other.example"});
  rig.world.run_for(10s);
  EXPECT_EQ(rig.imported(), (Ids{"k@x"}));
  EXPECT_LE(hers.commands("UID SEARCH") - searches, 3u);  // INBOX, Sent, Archive
  EXPECT_LE(hers.headers_sent() - headers, 2u);           // of "51:*" the last one comes
}

// A window that was narrow for a while, and is opened again, shows what was searched for meanwhile.
TEST(Sync, S5_C8_ASearchWithinANarrowWindowIsNoneOfTheRest) {
  SyncRig rig;
  rig.deliver("INBOX", {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"},
              rig.world.now() + -200h);
  rig.office.commit({store::SetWindow{rig.mailbox, Instant{0}}});
  rig.start();
  rig.settle();
  rig.office.commit({store::SetWindow{rig.mailbox, rig.world.now() + -24h}});
  rig.settle();
  rig.office.add_candidate("Kim", {"kim@other.example"});
  rig.settle();
  EXPECT_EQ(rig.imported(), Ids{});
  rig.office.commit({store::SetWindow{rig.mailbox, Instant{0}}});
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"k@x"}));
}

// A server without an index looks into each message. A search that takes it longer than anybody
// waits is asked in runs of fewer messages, and what arrives comes between them.
TEST(Sync, S5_S9_ASearchThatTakesForeverIsAskedInParts) {
  SyncRig rig;
  constexpr int kMails = 6000;
  for (int i = 0; i < kMails; ++i)
    rig.deliver("Archive", rig.private_mail("private-" + std::to_string(i) + "@x"),
                rig.world.now() + -96h);
  rig.deliver("Archive",
              {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"});
  rig.start();
  rig.settle();
  rig.account->quirks.search_time = 50ms;  // five minutes for the folder
  rig.office.add_candidate("Kim", {"kim@other.example"});
  const auto headers = rig.account->headers_sent();
  rig.world.run_for(3min);  // the first one has cost the connection
  for (int i = 0; i < 5; ++i) {
    rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
    rig.world.run_for(80s);
    EXPECT_TRUE(rig.imported().contains(std::to_string(i) + "@x")) << i;
  }
  rig.world.run_for(10min);
  EXPECT_TRUE(rig.imported().contains("k@x"));
  EXPECT_LE(rig.account->headers_sent() - headers, 50u);
  EXPECT_LE(rig.account->logins(), 4u);
  EXPECT_EQ(rig.private_bodies(), Ids{});
  EXPECT_TRUE(rig.stop());
}

// What is said of the search follows it: it is over once what it found is there, and not before.
TEST(Sync, S5_ItIsToldHowFarTheSearchHasCome) {
  for (const auto each : {0s, 30s}) {  // the search takes for each message
    SyncRig rig;
    Ids kims;
    for (int i = 0; i < 30; ++i) {
      const auto id = std::to_string(i) + "@x";
      rig.deliver(i % 2 ? "INBOX" : "Archive",
                  {.from = "kim@other.example", .to = "max@example.org", .message_id = id});
      kims.insert(id);
    }
    auto ann = rig.office.add_user("Ann", "ann@example.org");
    auto& hers = rig.imap.add_account("ann@example.org", "secret");
    rig.office.add_mailbox(ann, "ann@example.org", {});
    hers.deliver("INBOX", raw_message({.from = "aunt@family.example",
                                       .to = "ann@example.org",
                                       .message_id = "aunt@x",
                                       .date = rig.world.now()}));
    rig.start();
    rig.settle();
    hers.quirks.search_time = each;
    const auto kim = rig.office.add_candidate("Kim", {"kim@other.example"});
    const auto told = [&] {
      return rig.office.ask(store::OldMail{rig.office.scope(), kim, rig.world.now()});
    };
    bool went_on = false;
    for (int i = 0; i < 600 && (told()->going_on > 0 || i == 0); ++i) {
      const auto now = told();
      went_on = went_on || now->going_on > 0;
      EXPECT_EQ(now->through + now->going_on + now->waiting, 2u);
      if (now->through == 2) {
        EXPECT_EQ(rig.imported(), kims);
      }
      rig.world.run_for(100ms);
    }
    EXPECT_TRUE(went_on);
    EXPECT_EQ(rig.imported(), kims);
    EXPECT_EQ(told(), (store::OldMail::Found{
                          .added = told()->added, .messages = 30, .mailboxes = 1, .through = 2}));
  }
}

// A mailbox that can't be read isn't searched for ever: it waits, until it can be.
TEST(Sync, S5_AMailboxThatCannotBeReadIsSaidToWait) {
  SyncRig rig;
  rig.deliver("INBOX", {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"});
  rig.start();
  rig.settle();
  rig.world.plan = [](const net::Endpoint&, std::uint64_t) { return Faults{.refuse = true}; };
  rig.account->disconnect_all();
  rig.world.run_for(1min);
  const auto kim = rig.office.add_candidate("Kim", {"kim@other.example"});
  const auto told = [&] {
    return rig.office.ask(store::OldMail{rig.office.scope(), kim, rig.world.now()});
  };
  rig.world.run_for(1min);
  EXPECT_EQ(told(), (store::OldMail::Found{.added = told()->added, .waiting = 1}));
  rig.world.plan = {};
  rig.settle();
  EXPECT_EQ(told(), (store::OldMail::Found{
                        .added = told()->added, .messages = 1, .mailboxes = 1, .through = 1}));
}

TEST(Sync, S5_AFolderThatCannotBeReadKeepsTheSearchOpen) {
  SyncRig rig;
  rig.deliver("Archive",
              {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"});
  rig.start();
  rig.settle();
  rig.account->refuses = [](std::string_view command) {
    return command.contains("Archive") ? "[SERVERBUG] not now" : "";
  };
  const auto kim = rig.office.add_candidate("Kim", {"kim@other.example"});
  const auto told = [&] {
    return rig.office.ask(store::OldMail{rig.office.scope(), kim, rig.world.now()});
  };
  rig.world.run_for(2min);
  EXPECT_EQ(told(), (store::OldMail::Found{.added = told()->added, .waiting = 1}));
  rig.account->refuses = {};
  rig.world.run_for(1h);
  EXPECT_EQ(told(), (store::OldMail::Found{
                        .added = told()->added, .messages = 1, .mailboxes = 1, .through = 1}));
}

TEST(Sync, S16_ConnectingAMailboxCostsTheOthersNothing) {
  SyncRig rig;
  for (int i = 0; i < 50; ++i) rig.deliver("INBOX", rig.private_mail(std::to_string(i) + "@x"));
  rig.start();
  rig.settle();
  const auto before = rig.account->commands();
  auto ann = rig.office.add_user("Ann", "ann@example.org");
  rig.imap.add_account("ann@example.org", "secret");
  rig.office.add_mailbox(ann, "ann@example.org", {});
  rig.world.run_for(30s);
  EXPECT_EQ(rig.account->commands(), before);
}

// Many addresses cost one look at the headers again, a refused search as well.
TEST(Sync, S5_ManyAddressesOrNoSearch) {
  for (const bool refused : {false, true}) {
    SyncRig rig;
    Ids all;
    for (int i = 0; i < 8; ++i) {
      const auto n = std::to_string(i);
      rig.deliver(
          i % 2 ? "INBOX" : "Archive",
          {.from = "p" + n + "@other.example", .to = "max@example.org", .message_id = n + "@x"});
      all.insert(n + "@x");
    }
    if (refused) rig.account->quirks.search_refused = "[CANNOT] no search here";
    rig.start();
    rig.settle();
    for (int i = 0; i < 8; ++i)
      rig.office.add_candidate("P", {"p" + std::to_string(i) + "@other.example"});
    rig.world.run_for(1min);
    EXPECT_EQ(rig.imported(), all) << refused;
  }
}

// Somebody imports candidates, one by one: each mailbox is searched for the first of them and then
// looked through once, not once for each.
TEST(Sync, S5_ManyThatAreAddedOneByOneCostOneScan) {
  SyncRig rig;
  for (int i = 0; i < 50; ++i) rig.deliver("INBOX", rig.private_mail(std::to_string(i) + "@x"));
  rig.deliver("INBOX", {.from = "p39@other.example", .to = "max@example.org", .message_id = "p@x"});
  rig.start();
  rig.settle();
  const auto headers = rig.account->headers_sent();
  for (int i = 0; i < 40; ++i) {
    rig.office.add_candidate("P", {"p" + std::to_string(i) + "@other.example"});
    rig.world.run_for(1s);
  }
  rig.world.run_for(10s);
  EXPECT_EQ(rig.imported(), (Ids{"p@x"}));
  EXPECT_LE(rig.account->headers_sent() - headers, 2 * 51u);
}

// Beyond ASCII a header may hold another form than the one that is compared: headers are read.
TEST(Sync, S5_ADomainWithTwoFormsIsFoundInEither) {
  SyncRig rig;
  rig.deliver("INBOX",
              {.from = "kim@bücher.example", .to = "max@example.org", .message_id = "k@x"});
  rig.start();
  rig.settle();
  rig.office.add_candidate("Kim", {"kim@bücher.example"});
  rig.world.run_for(30s);
  EXPECT_EQ(rig.imported(), (Ids{"k@x"}));
}

// A past that takes minutes doesn't hold up what arrives.
TEST(Sync, S9_LiveMailComesBeforeThePast) {
  SyncRig rig;
  rig.world.plan = [](const net::Endpoint&, std::uint64_t) {
    Faults slow;
    slow.latency_least = 1s;
    slow.latency_most = 2s;
    return slow;
  };
  for (int i = 0; i < 200; ++i) rig.deliver("Archive", rig.private_mail(std::to_string(i) + "@x"));
  sync::Options options;
  options.limits.scan_batch = 1;
  rig.start(options);
  rig.world.run_for(60s);
  ASSERT_TRUE(rig.importing());
  rig.deliver("INBOX", rig.from_jo("live@x"));
  rig.world.run_for(45s);
  EXPECT_TRUE(rig.importing());
  EXPECT_EQ(rig.imported(), (Ids{"live@x"}));
}

// Nor does the past of the very folder into which it comes, where the server says nothing of what
// comes while it is asked for headers.
TEST(Sync, S9_LiveMailComesBeforeThePastOfItsOwnFolder) {
  SyncRig rig;
  rig.world.plan = [](const net::Endpoint&, std::uint64_t) {
    Faults slow;
    slow.latency_least = 1s;
    slow.latency_most = 2s;
    return slow;
  };
  for (int i = 0; i < 400; ++i) rig.deliver("INBOX", rig.private_mail(std::to_string(i) + "@x"));
  sync::Options options;
  options.limits.scan_batch = 1;
  rig.start(options);
  rig.world.run_for(60s);
  ASSERT_TRUE(rig.importing());
  rig.deliver("INBOX", rig.from_jo("live@x"));
  rig.world.run_for(options.deadlines.poll + 30s);
  EXPECT_TRUE(rig.importing());
  EXPECT_EQ(rig.imported(), (Ids{"live@x"}));
}

// A look at each of them, and their first reading, take a minute on this line.
void have_many_folders_far_away(SyncRig& rig) {
  rig.world.plan = [](const net::Endpoint&, std::uint64_t) {
    Faults slow;
    slow.latency_least = slow.latency_most = 100ms;
    return slow;
  };
  for (int i = 0; i < 300; ++i) rig.account->folder("f" + std::to_string(i));
}

TEST(Sync, S9_LiveMailDoesNotWaitForManyFolders) {
  SyncRig rig;
  have_many_folders_far_away(rig);
  rig.deliver("INBOX", rig.from_jo("past@x"));
  std::size_t sweeps = 0;
  std::multiset<std::string> live{"past@x"};
  rig.account->heard = [&](std::string_view command) {
    if (!command.starts_with("STATUS \"f20\"") || ++sweeps > 4 || sweeps == 1) return;
    const auto id = "live-" + std::to_string(sweeps) + "@x";
    live.insert(id);
    rig.deliver("INBOX", rig.from_jo(id));
  };
  rig.start();
  rig.world.run_for(100s);  // the first one: nothing is live before INBOX was read
  ASSERT_EQ(rig.imported(), (Ids{"past@x"}));
  for (int second = 0; second < 1000 && live.size() < 4; ++second) {
    const auto before = live.size();
    rig.world.run_for(1s);
    if (live.size() == before) continue;
    rig.world.run_for(8s);
    EXPECT_EQ(rig.imported(), live) << second;
  }
  rig.account->heard = nullptr;
  EXPECT_EQ(live.size(), 4u);
  EXPECT_TRUE(rig.stop());
}

// An inbox that refuses isn't asked again and again while the others are looked at.
TEST(Sync, S14_AnInboxThatRefusesIsNotAskedAgainAndAgain) {
  SyncRig rig;
  have_many_folders_far_away(rig);
  rig.start();
  rig.world.run_for(200s);
  std::size_t looks = 0;
  std::size_t asked = 0;
  rig.account->heard = [&](std::string_view command) {
    looks += command.starts_with("STATUS \"f20\"");
    asked += command.find("INBOX") != command.npos;
  };
  rig.account->quirks.status_refused = "[SERVERBUG] Not now";
  rig.world.run_for(600s);
  EXPECT_GE(looks, 2u);
  EXPECT_LE(asked, 600u / 30 + looks);  // every half a minute, and in its turn
  rig.account->heard = nullptr;
}

TEST(Sync, C12_OneRefusalAmongSuccessesIsAHiccup) {
  SyncRig rig;
  rig.start();
  rig.settle();
  rig.account->quirks.refuse_login = true;
  rig.account->disconnect_all();
  rig.world.run_for(20s);
  EXPECT_EQ(rig.mailbox_row().state, rules::MailboxState::active);
  EXPECT_EQ(rig.mailbox_row().last_error, "imap.login-refused");
  rig.account->quirks.refuse_login = false;
  rig.deliver("INBOX", rig.from_jo("after@x"));
  rig.world.run_for(3min);
  EXPECT_EQ(rig.imported(), (Ids{"after@x"}));
  EXPECT_EQ(rig.mailbox_row().last_error, "");
}

// A FETCH that says OK and leaves one out: asked for again, then counted as missing and shown.
TEST(Sync, S12_WhatAFetchLeavesOutIsNotLost) {
  SyncRig rig;
  for (int i = 1; i <= 5; ++i) rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
  rig.account->quirks.left_out = {3};
  rig.start();
  rig.world.run_for(20s);
  EXPECT_EQ(rig.imported().size(), 4u);
  ASSERT_EQ(rig.quarantined().size(), 1u);
  EXPECT_EQ(rig.quarantined()[0].reason, "imap.left-out");
  rig.account->quirks.left_out.clear();
  rig.settle();
  EXPECT_EQ(rig.imported().size(), 5u);
  EXPECT_TRUE(rig.quarantined().empty());
}

// A FETCH is refused because one of its messages is broken: the others come, the one is noted.
TEST(Sync, S12_ABrokenMessageHoldsUpNobody) {
  for (const std::set<std::uint32_t>& broken :
       {std::set<std::uint32_t>{3}, {1}, {5}, {1, 5}, {6}, {5, 6}, {8}}) {
    SyncRig rig;
    for (int i = 1; i <= 5; ++i) rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
    rig.deliver("Sent", rig.from_jo("sent@x"));
    rig.account->quirks.broken = broken;
    rig.start();
    rig.world.run_for(20s);
    for (int i = 6; i <= 8; ++i) {
      rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
      rig.world.run_for(5s);
    }
    rig.world.run_for(3min);
    // Of Sent there is one message, the first.
    const auto whole = 9 - broken.size() - (broken.contains(1) ? 1 : 0);
    EXPECT_EQ(rig.imported().size(), whole) << *broken.begin();
    EXPECT_EQ(rig.quarantined().size(), 9 - whole) << *broken.begin();
    for (const auto& row : rig.quarantined()) EXPECT_EQ(row.reason, "imap.refused");
    EXPECT_LE(rig.account->logins(), 2u);
    rig.account->quirks.broken.clear();
    for (const auto& row : rig.quarantined()) rig.office.commit({store::RetryQuarantined{row.at}});
    rig.settle();
    EXPECT_EQ(rig.imported().size(), 9u) << *broken.begin();
    EXPECT_TRUE(rig.quarantined().empty());
  }
}

// The same of bodies: the header came, the FETCH of the body says OK and leaves it out.
TEST(Sync, S12_ABodyThatIsLeftOutIsNotLost) {
  SyncRig rig;
  for (int i = 1; i <= 5; ++i) rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
  bool body = false;
  rig.account->heard = [&](std::string_view command) { body = command.contains("BODY.PEEK[]"); };
  rig.account->forgets = [&](std::uint32_t uid) { return body && uid == 3; };
  rig.start();
  rig.world.run_for(20s);
  EXPECT_EQ(rig.imported().size(), 4u);
  ASSERT_EQ(rig.quarantined().size(), 1u);
  EXPECT_EQ(rig.quarantined()[0].reason, "imap.left-out");
  rig.account->forgets = nullptr;
  rig.settle();
  EXPECT_EQ(rig.imported().size(), 5u);
  EXPECT_TRUE(rig.quarantined().empty());
}

// A later look is told nothing of a message that lies here already: it is not in trouble for long.
TEST(Sync, S12_WhatIsStoredIsNotShownAsMissing) {
  SyncRig rig;
  const auto uid = rig.deliver("INBOX", rig.from_jo("a@x"));
  rig.start();
  rig.settle();
  const auto inbox = rig.folder("INBOX");
  rig.office.commit({store::Quarantine{{rig.mailbox, inbox.id, inbox.uid_validity, uid},
                                       "imap.left-out",
                                       false,
                                       std::nullopt,
                                       rig.world.now(),
                                       {}}});
  ASSERT_EQ(rig.quarantined().size(), 1u);
  rig.settle();
  EXPECT_TRUE(rig.quarantined().empty());
  EXPECT_EQ(rig.imported().size(), 1u);
}

// The inbox can't be read for a moment: soon again, and the health says so.
TEST(Sync, S13_AnUnavailableInboxIsTriedAgainSoon) {
  SyncRig rig;
  rig.account->quirks.status_refused = "Server Unavailable. 15";
  rig.deliver("INBOX", rig.from_jo("a@x"));
  rig.start();
  rig.world.run_for(20s);
  EXPECT_FALSE(rig.mailbox_row().last_error.empty());
  EXPECT_FALSE(rig.mailbox_row().last_success);
  rig.account->quirks.status_refused.clear();
  rig.world.run_for(45s);
  EXPECT_EQ(rig.imported(), (Ids{"a@x"}));
  EXPECT_EQ(rig.mailbox_row().last_error, "");
}

// Below what is still unsettled: a colleague's mail may yet turn out to answer something.
TEST(Sync, S5_AnAddressAddedWhileAnswersWaitLosesNothing) {
  for (int ms = 0; ms < 3000; ms += 50) {
    SyncRig rig(static_cast<std::uint64_t>(ms) + 1);
    rig.office.add_user("Ann", "ann@example.org");
    for (int i = 0; i < 6; ++i) {
      const auto n = std::to_string(i);
      rig.deliver("INBOX", {.from = "ann@example.org",
                            .to = "max@example.org",
                            .message_id = "forward-" + n + "@x",
                            .in_reply_to = {"parent-" + n + "@x"}});
      rig.deliver("Archive", {.from = i % 2 ? "kim@other.example" : "jo@candidate.example",
                              .to = "max@example.org",
                              .message_id = "parent-" + n + "@x"});
    }
    bool added = false;
    int commands = 0;
    rig.account->heard = [&](std::string_view) {
      if (std::exchange(added, ++commands > ms / 50)) return;
      if (added) rig.office.add_candidate("Kim", {"kim@other.example"});
    };
    sync::Options options;
    options.limits.scan_batch = 2;
    rig.start(options);
    rig.world.run_for(ms % 100 ? 10s : 1min);
    if (ms % 100) {
      rig.crash();
      rig.start(options);
      rig.world.run_for(1min);
    }
    if (!added) break;
    EXPECT_EQ(rig.imported().size(), 12u) << ms;
  }
}

// Its mail was read a moment before, under the addresses that were known then.
TEST(Sync, S5_AnAddressAddedWhileHeadersComeLosesNothing) {
  for (int at = 1; at <= 8; ++at) {
    SyncRig rig;
    rig.world.plan = [](const net::Endpoint&, std::uint64_t) {
      Faults slow;
      slow.latency_least = 100ms;
      slow.latency_most = 200ms;
      return slow;
    };
    for (int i = 0; i < 8; ++i) rig.deliver("INBOX", rig.private_mail(std::to_string(i) + "@x"));
    rig.deliver("INBOX",
                {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"});
    int fetches = 0;
    rig.account->heard = [&](std::string_view command) {
      if (command.contains("HEADER.FIELDS") && ++fetches == at)
        rig.office.add_candidate("Kim", {"kim@other.example"});
    };
    sync::Options options;
    options.limits.scan_batch = 1;
    rig.start(options);
    rig.world.run_for(1min);
    EXPECT_EQ(rig.imported(), (Ids{"k@x"})) << at;
  }
}

// What a candidate wrote brings its answers, where they lie and whoever they name.
TEST(Sync, S5_WhatAnswersFoundMailIsFoundToo) {
  SyncRig rig;
  rig.office.add_user("Ann", "ann@example.org");
  rig.deliver("INBOX", {.from = "ann@example.org",
                        .to = "max@example.org",
                        .message_id = "forward@x",
                        .in_reply_to = {"k@x"}});
  rig.deliver("Archive",
              {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"});
  rig.deliver("INBOX", rig.private_mail("private@x"));
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), Ids{});
  rig.crash();  // nobody remembers what waits for what
  rig.start();
  rig.settle();
  rig.office.add_candidate("Kim", {"kim@other.example"});
  rig.world.run_for(30s);
  EXPECT_EQ(rig.imported(), (Ids{"forward@x", "k@x"}));
  EXPECT_EQ(rig.private_bodies(), Ids{});
}

// What begins with the address, or holds it, isn't it.
TEST(Sync, S5_ASearchFindsSubstrings) {
  SyncRig rig;
  for (int i = 0; i < 20; ++i)
    rig.deliver("INBOX", rig.private_mail("private-other-" + std::to_string(i) + "@x"));
  rig.deliver(
      "INBOX",
      {.from = "kim@other.example.org", .to = "max@example.org", .message_id = "private-1@x"});
  rig.deliver(
      "INBOX",
      {.from = "joakim@other.example", .to = "max@example.org", .message_id = "private-2@x"});
  rig.start();
  rig.settle();
  const auto headers = rig.account->headers_sent();
  rig.office.add_candidate("Kim", {"kim@other.example"});
  rig.world.run_for(30s);
  EXPECT_EQ(rig.imported(), Ids{});
  EXPECT_EQ(rig.private_bodies(), Ids{});
  EXPECT_LE(rig.account->headers_sent() - headers, 4u);  // the two that the search found
}

// The process ends between the search and the mail that it found.
TEST(Sync, S5_ASearchThatIsCutOffIsMadeAgain) {
  for (int at = 1; at < 12; ++at) {
    SyncRig rig;
    rig.deliver("Archive",
                {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"});
    rig.start();
    rig.settle();
    rig.office.add_candidate("Kim", {"kim@other.example"});
    int commands = 0;
    rig.account->heard = [&](std::string_view) {
      if (++commands == at) rig.account->disconnect_all();
    };
    rig.world.run_for(Duration(40 * at));
    rig.crash();
    rig.start();
    rig.world.run_for(1min);
    EXPECT_EQ(rig.imported(), (Ids{"k@x"})) << at;
  }
}

// The newest of a range, all of it, and what came while the folder was open.
TEST(Sync, S12_WhateverAFetchLeavesOutIsNotLost) {
  for (const std::set<std::uint32_t>& left_out :
       {std::set<std::uint32_t>{5}, {1}, {4, 5}, {1, 2, 3, 4, 5}, {6}, {6, 7}, {5, 7}}) {
    SyncRig rig;
    for (int i = 1; i <= 5; ++i) rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
    rig.account->quirks.left_out = left_out;
    rig.start();
    rig.world.run_for(20s);
    for (int i = 6; i <= 8; ++i) {
      rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
      rig.world.run_for(5s);
    }
    EXPECT_EQ(rig.imported().size(), 8 - left_out.size());
    EXPECT_EQ(rig.quarantined().size(), left_out.size());
    rig.account->quirks.left_out.clear();
    rig.settle();
    EXPECT_EQ(rig.imported().size(), 8u);
    EXPECT_TRUE(rig.quarantined().empty());
  }
}

// While the past is read, folders that were through, and the one being read, are numbered anew.
TEST(Sync, S10_AFolderRenumberedBetweenSlicesIsReadAnew) {
  for (const char* name : {"INBOX", "Archive"}) {
    SyncRig rig;
    rig.world.plan = [](const net::Endpoint&, std::uint64_t) {
      Faults slow;
      slow.latency_least = 1s;
      slow.latency_most = 2s;
      return slow;
    };
    rig.deliver("INBOX", rig.from_jo("inbox@x"));
    for (int i = 0; i < 40; ++i) rig.deliver("Archive", rig.private_mail(std::to_string(i) + "@x"));
    rig.deliver("Archive", rig.from_jo("archive@x"));
    sync::Options options;
    options.limits.scan_batch = 1;
    rig.start(options);
    rig.world.run_for(60s);
    ASSERT_TRUE(rig.importing());
    rig.account->change_uid_validity(name, true);
    rig.deliver(name, rig.from_jo("after@x"));
    for (int i = 0; i < 60 && rig.importing(); ++i) rig.world.run_for(10s);
    EXPECT_FALSE(rig.importing());
    EXPECT_EQ(rig.imported(), (Ids{"after@x", "archive@x", "inbox@x"})) << name;
  }
}

// The feed was pruned before the engine had read it: addresses are read anew.
TEST(Sync, S5_AFeedThatDoesNotReachBackIsNoLoss) {
  SyncRig rig;
  rig.deliver("Archive",
              {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"});
  rig.start();
  rig.settle();
  const auto prune = [&] { rig.office.commit({store::Prune{rig.world.now(), {.feed = 0s}}}); };
  rig.office.add_candidate("Kim", {"kim@other.example"});
  prune();
  prune();
  ASSERT_TRUE(rig.office.ask(store::Since{rig.office.scope(), 0}).empty());
  // The database answers by halves just then, while mail comes in.
  rig.store.percent_unread = 50;
  for (int i = 0; i < 20; ++i) {
    rig.deliver("INBOX", rig.from_jo("live-" + std::to_string(i) + "@x"));
    prune();
    rig.world.run_for(1s);
  }
  rig.store.percent_unread = 0;
  rig.settle();
  EXPECT_EQ(rig.imported().size(), 21u);
}

}  // namespace
}  // namespace hearback::sim
