// What comes into the outgoing folder while INBOX is waited for (S-9): by a second connection, or
// told on the first.
#include <gtest/gtest.h>

#include <map>

#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;

SyncRig::Letter sent(std::string message_id) {
  return {
      .from = "max@example.org", .to = "jo@candidate.example", .message_id = std::move(message_id)};
}

TEST(Sync, S9_ASecondConnectionThatBreaksComesBack) {
  SyncRig rig;
  rig.start();
  rig.settle();
  ASSERT_EQ(rig.account->sessions(), 2u);
  for (int i = 0; i < 3; ++i) {
    rig.account->disconnect_from("Sent");
    rig.world.run_for(1h);
    EXPECT_EQ(rig.account->sessions(), 2u);
    rig.deliver("Sent", sent(std::to_string(i) + "@x"));
    rig.world.run_for(5s);
    EXPECT_EQ(rig.imported().size(), static_cast<std::size_t>(i + 1));
  }
  rig.account->disconnect_from("Sent");
  rig.world.run_for(1min);
  rig.deliver("Sent", sent("last@x"));
  rig.world.run_for(5s);
  EXPECT_TRUE(rig.imported().contains("last@x"));
  EXPECT_TRUE(rig.stop());
}

// What is told while it is away isn't lost either.
TEST(Sync, S9_WhatComesWhileTheSecondConnectionIsAwayIsThereOnceItIsBack) {
  SyncRig rig;
  rig.start();
  rig.settle();
  rig.deliver("Sent", sent("before@x"));
  rig.account->disconnect_from("Sent");
  rig.world.run_for(5s);
  EXPECT_EQ(rig.imported(), (Ids{"before@x"}));
}

// It hangs while the first one is lost and comes back.
TEST(Sync, S9_ASecondConnectionThatHangsIsReplacedWithTheFirst) {
  SyncRig rig;
  rig.world.plan = [](const net::Endpoint&, std::uint64_t nth) {
    Faults faults;
    if (nth == 1) faults.stall_down = 2000;
    return faults;
  };
  rig.start();
  rig.settle();
  ASSERT_EQ(rig.account->sessions(), 2u);
  for (int i = 0; i < 200; ++i)  // until nothing is heard of it any more
    rig.deliver("Sent", rig.private_mail("private-" + std::to_string(i) + "@x"));
  rig.world.run_for(10s);
  rig.account->disconnect_from("INBOX");
  rig.world.run_for(1min);
  rig.deliver("Sent", sent("after@x"));
  rig.world.run_for(5s);
  EXPECT_EQ(rig.imported(), (Ids{"after@x"}));
}

// A provider that grants one only isn't asked for another again and again.
TEST(Sync, S14_AProviderThatGrantsOneConnectionIsRarelyAskedForAnother) {
  SyncRig rig;
  std::uint64_t tries = 0;
  rig.world.plan = [&](const net::Endpoint&, std::uint64_t nth) {
    ++tries;
    Faults faults;
    faults.refuse = nth > 0;
    return faults;
  };
  rig.start();
  rig.world.run_for(10h);
  EXPECT_LE(tries, 15u);
  rig.world.plan = nullptr;
  rig.world.run_for(3h);
  EXPECT_EQ(rig.account->sessions(), 2u);
}

// ---- one connection for both, where the server tells of a folder that isn't open (NOTIFY) ----

struct Telling : SyncRig {
  Telling() {
    account->quirks.notify = true;
    sync::Options options;
    first_poll = options.deadlines.poll;
  }
  Duration first_poll;
  void begin() {
    start();
    settle();
  }
};

TEST(Sync, S9_OneConnectionHearsOfInboxAndSentWhereTheServerCanTell) {
  Telling rig;
  rig.begin();
  ASSERT_EQ(rig.account->sessions(), 1u);
  EXPECT_EQ(rig.account->commands("NOTIFY"), 1u);
  Ids expected;
  for (int i = 0; i < 5; ++i) {
    const auto n = std::to_string(i);
    rig.deliver("Sent", sent("sent-" + n + "@x"));
    rig.world.run_for(5s);
    expected.insert("sent-" + n + "@x");
    EXPECT_EQ(rig.imported(), expected);
    rig.deliver("INBOX", SyncRig::from_jo("inbox-" + n + "@x"));
    rig.world.run_for(5s);
    expected.insert("inbox-" + n + "@x");
    EXPECT_EQ(rig.imported(), expected);
  }
  EXPECT_EQ(rig.account->logins(), 1u);
  EXPECT_TRUE(rig.stop());
}

// Of a folder that is open, or was just left, nobody tells by NOTIFY.
TEST(Sync, S9_WhatComesIntoSentWhileItIsOpenOrLeftIsThereInSeconds) {
  for (const char* moment : {"UID FETCH", "EXAMINE \"INBOX\""}) {
    Telling rig;
    rig.begin();
    bool in_sent = false, done = false;
    rig.account->heard = [&](std::string_view command) {
      if (command.starts_with("EXAMINE") && command.find("Sent") != std::string_view::npos)
        in_sent = true;
      if (in_sent && !done && command.starts_with(moment)) {
        done = true;
        rig.deliver("Sent", sent("late@x"));
      }
    };
    rig.deliver("Sent", sent("first@x"));
    rig.world.run_for(8s);
    EXPECT_TRUE(done) << moment;
    EXPECT_EQ(rig.imported(), (Ids{"first@x", "late@x"})) << moment;
    rig.account->heard = nullptr;
  }
}

TEST(Sync, S9_AServerThatRefusesToTellHasASecondConnection) {
  Telling rig;
  rig.account->refuses = [](std::string_view command) {
    return command.starts_with("NOTIFY") ? "[BADEVENT (MessageNew)] no" : "";
  };
  rig.begin();
  EXPECT_EQ(rig.account->sessions(), 2u);
  rig.deliver("Sent", sent("a@x"));
  rig.deliver("INBOX", SyncRig::from_jo("b@x"));
  rig.world.run_for(5s);
  EXPECT_EQ(rig.imported(), (Ids{"a@x", "b@x"}));
  rig.world.run_for(10h);
  EXPECT_LE(rig.account->commands("NOTIFY"), 11u);
}

// However that question ends, it keeps no mailbox from being read.
TEST(Sync, S9_AServerThatCannotBearBeingAskedToTellIsReadAllTheSame) {
  const std::string hangs_up;
  for (const auto& says :
       {std::string("[UNAVAILABLE] not now"), std::string("[LIMIT] too many watches"), hangs_up}) {
    Telling rig;
    rig.account->refuses = [&](std::string_view command) {
      return command.starts_with("NOTIFY") ? says : std::string();
    };
    rig.account->heard = [&](std::string_view command) {
      if (command.starts_with("NOTIFY") && says == hangs_up) rig.account->disconnect_all();
    };
    rig.begin();
    EXPECT_EQ(rig.account->sessions(), 2u) << says;
    rig.deliver("Sent", sent("a@x"));
    rig.deliver("INBOX", SyncRig::from_jo("b@x"));
    rig.world.run_for(5s);
    EXPECT_EQ(rig.imported(), (Ids{"a@x", "b@x"})) << says;
    rig.world.run_for(10h);
    EXPECT_LE(rig.account->commands("NOTIFY"), 11u) << says;
    rig.account->heard = nullptr;
  }
}

// The folder that is listened for begins again, bears another name, or the connection is lost.
TEST(Sync, S9_WhatBecomesOfTheFolderItIsHeardOfAgain) {
  Telling rig;
  rig.begin();
  Ids expected;
  const auto comes_soon = [&](const std::string& folder, const std::string& id) {
    rig.deliver(folder, sent(id));
    rig.world.run_for(10s);
    expected.insert(id);
    EXPECT_EQ(rig.imported(), expected) << id;
  };
  comes_soon("Sent", "first@x");
  rig.account->change_uid_validity("Sent", true);
  comes_soon("Sent", "numbered-anew@x");
  comes_soon("Sent", "and-then@x");
  rig.account->disconnect_all();
  comes_soon("Sent", "reconnected@x");
  rig.account->rename_folder("Sent", "Posted");
  rig.deliver("Posted", sent("renamed@x"));
  rig.world.run_for(35min);  // until folders are listed
  expected.insert("renamed@x");
  EXPECT_EQ(rig.imported(), expected);
  comes_soon("Posted", "posted@x");
  rig.account->remove_folder("Posted");
  rig.world.run_for(35min);
  rig.deliver("INBOX", SyncRig::from_jo("inbox@x"));
  rig.world.run_for(5s);
  expected.insert("inbox@x");
  EXPECT_EQ(rig.imported(), expected);
  rig.account->folder("Sent").special_use = "\\Sent";
  rig.world.run_for(35min);
  comes_soon("Sent", "new@x");
  EXPECT_EQ(rig.account->sessions(), 1u);
  EXPECT_TRUE(rig.stop());
}

TEST(Sync, S9_AMailboxThatIsSwitchedOffWhileItAsksToBeToldIsLeft) {
  Telling rig;
  bool asked = false;
  rig.account->heard = [&](std::string_view command) {
    if (asked || !command.starts_with("NOTIFY")) return;
    asked = true;
    rig.office.commit({store::SetMailboxState{rig.mailbox, rules::MailboxState::off}});
  };
  rig.begin();
  EXPECT_TRUE(asked);
  EXPECT_EQ(rig.account->sessions(), 0u);
  rig.office.commit({store::SetMailboxState{rig.mailbox, rules::MailboxState::active}});
  rig.world.run_for(1min);
  EXPECT_EQ(rig.account->sessions(), 1u);
  rig.account->heard = nullptr;
  EXPECT_TRUE(rig.stop());
}

// A server that tells of ever more in a folder that stays empty costs little.
TEST(Sync, S9_AServerThatTellsOfMailThatIsNotThereIsListenedToLessOften) {
  Telling rig;
  rig.begin();
  std::uint64_t told = 0;
  rig.account->heard = [&](std::string_view command) {
    if (command.starts_with("STATUS \"Sent\"")) {
      ++told;
      ++rig.account->folder("Sent").uid_next;
    }
  };
  rig.deliver("Sent", SyncRig::private_mail("private@x"));
  rig.world.run_for(10min);
  rig.account->heard = nullptr;
  EXPECT_LE(told, 300u);
}

// The look at everything is the net; then it isn't relied upon.
TEST(Sync, S9_AServerThatAgreesAndTellsNothingGetsASecondConnection) {
  Telling rig;
  rig.account->quirks.notify_mute = true;
  rig.begin();
  ASSERT_EQ(rig.account->sessions(), 1u);
  Ids expected;
  for (int i = 0; i < 3; ++i) {
    rig.world.run_for(30s);
    rig.deliver("Sent", sent(std::to_string(i) + "@x"));
    rig.world.run_for(rig.first_poll + 5s);
    expected.insert(std::to_string(i) + "@x");
    EXPECT_EQ(rig.imported(), expected) << i;
  }
  rig.world.run_for(10s);
  ASSERT_EQ(rig.account->sessions(), 2u);
  rig.deliver("Sent", sent("soon@x"));
  rig.world.run_for(5s);
  EXPECT_TRUE(rig.imported().contains("soon@x"));
}

// A server that gives up tells nothing more, of INBOX neither.
TEST(Sync, S9_ServersThatGiveUpTellingAreAskedAgainThenDoneWithout) {
  Telling rig;
  rig.begin();
  Ids expected;
  for (int i = 0; i < 8; ++i) {
    rig.account->overflow();
    rig.world.run_for(10s);
    const auto n = std::to_string(i);
    rig.deliver("INBOX", SyncRig::from_jo("inbox-" + n + "@x"));
    rig.world.run_for(5s);
    rig.deliver("Sent", sent("sent-" + n + "@x"));
    rig.world.run_for(5s);
    expected.insert({"inbox-" + n + "@x", "sent-" + n + "@x"});
    EXPECT_EQ(rig.imported(), expected) << i;
  }
  EXPECT_EQ(rig.account->sessions(), 2u);
  EXPECT_LE(rig.account->commands("NOTIFY"), 5u);
}

// Nothing comes: each look is one question for each folder, and nothing is asked twice.
TEST(Sync, S9_WhileNothingHappensEachLookAsksOnce) {
  for (const bool tells : {false, true}) {
    Telling rig;
    rig.account->quirks.notify = tells;
    rig.deliver("INBOX", SyncRig::private_mail("private@x"));
    rig.begin();
    std::map<std::string, std::uint64_t> asked;
    rig.account->heard = [&](std::string_view command) {
      ++asked[std::string(command.substr(0, command.find_first_of(" \r")))];
    };
    const auto hours = 2;
    rig.world.run_for(std::chrono::hours(hours));
    const auto looks = static_cast<std::uint64_t>(std::chrono::hours(hours) / rig.first_poll);
    EXPECT_LE(asked["UID"], looks + 1) << tells;
    EXPECT_EQ(asked["EXAMINE"], 0u) << tells;
    EXPECT_EQ(asked["NOTIFY"], 0u) << tells;
    rig.account->heard = nullptr;
  }
}

// It is told while the past is read, and read in between.
TEST(Sync, S9_WhatIsToldOfSentWhileThePastIsReadComesFirst) {
  Telling rig;
  for (int i = 0; i < 3000; ++i)
    rig.deliver("Archive", SyncRig::private_mail("private-" + std::to_string(i) + "@x"));
  bool sent_yet = false, seen_between = false;
  rig.account->heard = [&](std::string_view command) {
    if (command.starts_with("UID FETCH") && !sent_yet && rig.account->commands("UID FETCH") > 3) {
      sent_yet = true;
      rig.deliver("Sent", sent("now@x"));
    }
    if (sent_yet && command.starts_with("EXAMINE") &&
        command.find("Sent") != std::string_view::npos)
      seen_between = true;
  };
  rig.begin();
  EXPECT_TRUE(sent_yet);
  EXPECT_TRUE(seen_between);
  EXPECT_EQ(rig.imported(), (Ids{"now@x"}));
  rig.account->heard = nullptr;
}

}  // namespace
}  // namespace hearback::sim
