// What answers mail that can't be read yet: it waits for it, whatever comes between (T-3, SYNC-1).
#include <gtest/gtest.h>

#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;

SyncRig::Letter answer_to(std::string original, std::string message_id) {
  return {.from = "max@example.org",
          .to = "friend@elsewhere.example",
          .message_id = std::move(message_id),
          .in_reply_to = {std::move(original)}};
}

void refuse(SyncRig& rig, std::string folder, const std::string& words) {
  rig.account->refuses = [&words, folder](std::string_view command) -> std::string {
    const bool opens = command.starts_with("EXAMINE") || command.starts_with("STATUS");
    return opens && command.contains(folder) ? words : "";
  };
}

// Refused for good or for a while, the inbox or another one, with a restart before it can be read
// again or without.
TEST(Sync, T3_SYNC1_AnswersToWhatLiesInAFolderThatCannotBeReadWaitForIt) {
  for (const char* shut : {"Archive", "INBOX"})
    for (const char* why : {"[NOPERM] not for you", "Server Unavailable. 15"})
      for (const bool restarted : {false, true}) {
        SyncRig rig;
        std::string says = why;
        refuse(rig, shut, says);
        rig.deliver(shut, rig.from_jo("original@x"));
        rig.deliver("Sent", answer_to("original@x", "answer@x"));
        rig.start();
        rig.settle();
        EXPECT_EQ(rig.imported(), Ids{});
        if (restarted) {
          rig.crash();
          rig.start();
          rig.settle();
          rig.crash();
        }
        says.clear();
        if (restarted) rig.start();
        rig.world.run_for(1h);
        EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"}))
            << shut << ' ' << why << ' ' << restarted;
        EXPECT_TRUE(rig.stop());
      }
}

// Looking through many folders for what answers takes longer than a slice; what arrives meanwhile
// is looked at, and begins nothing of its own.
TEST(Sync, T3_S9_JudgingAnswersOnASlowLineEnds) {
  constexpr int kFolders = 30;
  SyncRig rig;
  rig.world.plan = [](const net::Endpoint&, std::uint64_t) {
    return Faults{.latency_least = 100ms, .latency_most = 200ms};
  };
  std::string says = "Server Unavailable. 15";
  refuse(rig, "INBOX", says);
  for (int i = 0; i < kFolders; ++i) {
    rig.deliver("Project " + std::to_string(i),
                answer_to("nobodys@x", "private-" + std::to_string(i) + "@x"));
  }
  rig.deliver("INBOX", rig.from_jo("original@x"));
  rig.deliver("Sent", answer_to("original@x", "answer@x"));
  rig.start();
  rig.world.run_for(10min);
  says.clear();
  rig.world.run_for(10min);
  EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"}));
  const auto before = rig.account->commands("EXAMINE");
  rig.world.run_for(1h);
  EXPECT_LE(rig.account->commands("EXAMINE") - before, 200u);
  EXPECT_TRUE(rig.stop());
}

// More wait than are held in memory.
TEST(Sync, T3_SYNC1_AnyNumberOfAnswersWaitsForAFolderThatCannotBeRead) {
  SyncRig rig;
  std::string says = "[NOPERM] not for you";
  refuse(rig, "Archive", says);
  rig.deliver("Archive", rig.from_jo("original@x"));
  rig.deliver("Sent", answer_to("original@x", "answer@x"));
  for (int i = 0; i < 2500; ++i)
    rig.deliver("Sent", answer_to("nobodys@x", "private-" + std::to_string(i) + "@x"));
  rig.start();
  rig.settle();
  says.clear();
  rig.world.run_for(1h);
  EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"}));
  EXPECT_EQ(rig.private_bodies(), Ids{});
}

// Likewise while a folder rests that is numbered anew again and again, which the next life knows.
TEST(Sync, T3_S10_ARestartForgetsNoFolderThatOthersWereSettledWithout) {
  SyncRig rig;
  for (int i = 0; i < 3; ++i) rig.deliver("Archive", rig.private_mail("private-archive@x"));
  rig.account->quirks.renumbers = {"Archive"};
  rig.start();
  rig.world.run_for(30min);
  ASSERT_TRUE(rig.folder("Archive").resting);
  rig.deliver("Sent", answer_to("original@x", "answer@x"));
  for (int i = 0; i < 2500; ++i)
    rig.deliver("Sent", answer_to("nobodys@x", "private-" + std::to_string(i) + "@x"));
  rig.settle();
  ASSERT_TRUE(rig.folder("Archive").resting);
  rig.crash();
  rig.account->quirks.renumbers.clear();
  rig.deliver("Archive", rig.from_jo("original@x"));
  rig.start();
  rig.world.run_for(1h);
  EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"}));
  EXPECT_EQ(rig.private_bodies(), Ids{});
}

// The process dies between what such a folder brings and that others are looked through for what
// answers it. What it brought waits for something, too: so all of it is judged once more.
TEST(Sync, T3_S10_ARestartForgetsNothingThatSuchAFolderHasBrought) {
  SyncRig rig;
  rig.deliver("Junk", rig.from_jo("original@x"));
  rig.deliver("Junk", answer_to("nobodys@x", "private-junk@x"));
  rig.deliver("Sent", answer_to("original@x", "answer@x"));
  for (int i = 0; i < 2500; ++i)
    rig.deliver("Sent", answer_to("nobodys@x", "private-" + std::to_string(i) + "@x"));
  rig.start();
  rig.settle();
  rig.settle();
  bool brought = false;
  rig.store.made = [&](const store::Commit& commit) {
    for (const auto& change : commit.changes) brought = brought || change.as<store::AddCopy>();
  };
  rig.office.commit(
      {store::SetFolderRole{rig.mailbox, rig.folder("Junk").id, rules::FolderRole::incoming}});
  for (int ms = 0; ms < 60'000 && !brought; ++ms) rig.world.run_for(1ms);
  ASSERT_TRUE(brought);
  rig.crash();
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"}));
}

// While it was excluded nobody looked there for what others answer.
TEST(Sync, T3_SYNC1_AnswersToWhatLaysInAnExcludedFolderAreFoundWhenItIsSwitchedOn) {
  for (const bool restarted : {false, true}) {
    SyncRig rig;
    rig.deliver("Junk", rig.from_jo("original@x"));
    rig.deliver("Sent", answer_to("original@x", "answer@x"));
    rig.start();
    rig.settle();
    if (restarted) rig.crash();
    if (restarted) rig.start();
    rig.settle();
    rig.office.commit(
        {store::SetFolderRole{rig.mailbox, rig.folder("Junk").id, rules::FolderRole::incoming}});
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"})) << restarted;
  }
}

// A folder that can be read again costs the others nothing where it brings nothing new.
TEST(Sync, S14_AFolderThatCanBeReadAgainCostsTheOthersNothing) {
  SyncRig rig;
  for (int i = 0; i < 300; ++i)
    rig.deliver("Sent", answer_to("nobodys@x", "private-" + std::to_string(i) + "@x"));
  rig.deliver("Archive", rig.private_mail("private-archive@x"));
  std::string says = "[NOPERM] not for you";
  refuse(rig, "Archive", says);
  rig.start();
  rig.settle();
  says.clear();
  rig.world.run_for(1h);
  EXPECT_EQ(rig.health(), store::MailboxHealth::Answer{});
  EXPECT_EQ(rig.account->headers_sent(), 301u);
}

// ---- where the server refuses to say what lies there -----------------------------------------

// An answer goes before its parent comes in: it isn't there any more, and nobody looks for it.
TEST(Sync, S12_AnAnswerThatHasGoneIsNotQuarantinedWhereSearchIsRefused) {
  for (const char* why : {"no searching here", "Server Unavailable. 15"})
    for (const bool left_out_before : {false, true}) {
      SyncRig rig;
      rig.start();
      rig.settle();
      const auto uid = rig.deliver("Sent", answer_to("original@x", "answer@x"));
      rig.deliver("Sent", rig.private_mail("private@x"));
      if (left_out_before) rig.account->quirks.left_out = {uid};
      rig.world.run_for(3min);
      rig.account->quirks.left_out.clear();
      rig.account->expunge("Sent", uid);
      rig.account->quirks.search_refused = why;
      rig.deliver("INBOX", rig.from_jo("original@x"));
      rig.world.run_for(1h);
      for (const auto& row : rig.quarantined())
        EXPECT_FALSE(row.given_up) << why << ' ' << left_out_before;
      rig.account->quirks.search_refused.clear();
      rig.world.run_for(1h);
      EXPECT_TRUE(rig.quarantined().empty()) << why << ' ' << left_out_before;
      EXPECT_EQ(rig.imported(), (Ids{"original@x"}));
      EXPECT_EQ(rig.mailbox_row().last_error, "");
      EXPECT_TRUE(rig.stop());
    }
}

// Its header was there, and it goes before its body is asked for.
TEST(Sync, S12_ABodyThatHasGoneIsNotQuarantinedWhereSearchIsRefused) {
  for (const char* why : {"no searching here", "Server Unavailable. 15"}) {
    SyncRig rig;
    rig.account->quirks.search_refused = why;
    const auto uid = rig.deliver("INBOX", rig.from_jo("gone@x"));
    rig.deliver("INBOX", rig.from_jo("stays@x"));
    rig.account->heard = [&](std::string_view command) {
      if (command.contains("BODY.PEEK[]")) rig.account->expunge("INBOX", uid);
    };
    rig.start();
    rig.world.run_for(1h);
    for (const auto& row : rig.quarantined()) EXPECT_FALSE(row.given_up) << why;
    rig.account->quirks.search_refused.clear();
    rig.world.run_for(1h);
    EXPECT_TRUE(rig.quarantined().empty()) << why;
    EXPECT_EQ(rig.imported(), (Ids{"stays@x"})) << why;
  }
}

// All of a large folder is looked at all the same: what lies there is told by FETCH, and where that
// is refused as well, it is asked for range by range.
TEST(Sync, S5_S10_ALargeFolderIsReadToItsEndWhereSearchIsRefused) {
  for (const char* why : {"no searching here", "Server Unavailable. 15"})
    for (const bool tells_uids : {true, false}) {
      SyncRig rig;
      rig.account->quirks.search_refused = why;
      rig.account->refuses = [&](std::string_view command) -> std::string {
        return !tells_uids && command.ends_with("(UID)") ? "nor this" : "";
      };
      Ids all;
      for (int i = 1; i <= 4100; ++i) {
        if (i % 1000 != 50) {
          rig.deliver("INBOX", rig.private_mail("private@x"));
          continue;
        }
        all.insert(std::to_string(i) + "@x");
        rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
      }
      rig.start();
      rig.settle();
      EXPECT_EQ(rig.imported(), all) << why << tells_uids;
      EXPECT_LE(rig.account->headers_sent(), 4200u) << why << tells_uids;
      EXPECT_EQ(rig.mailbox_row().last_error, "") << why << tells_uids;
      EXPECT_EQ(rig.health(), store::MailboxHealth::Answer{}) << why << tells_uids;
    }
}

// ---- what a server gives now and then, or never ----------------------------------------------

// One message at which the server breaks, and says so as if it were out of order: the others come.
TEST(Sync, S12_AMessageThatIsRefusedForNowStopsNoOther) {
  for (const char* why : {"Server Unavailable. 15", "[UNAVAILABLE] try later", "[INUSE] busy"})
    for (const char* part : {"body", "header"}) {
      SyncRig rig;
      rig.account->quirks.broken = {3};
      rig.account->quirks.broken_bodies_only = part == std::string("body");
      rig.account->quirks.broken_says = why;
      for (int i = 1; i <= 6; ++i) rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
      rig.start();
      rig.world.run_for(30min);
      EXPECT_EQ(rig.imported(), (Ids{"1@x", "2@x", "4@x", "5@x", "6@x"})) << why << part;
      EXPECT_EQ(rig.quarantined().size(), 1u) << why << part;
      rig.deliver("INBOX", rig.from_jo("live@x"));
      rig.world.run_for(2min);
      EXPECT_TRUE(rig.imported().contains("live@x")) << why << part;
      EXPECT_EQ(rig.mailbox_row().last_error, "") << why << part;
      EXPECT_LE(rig.account->logins(), 2u) << why << part;
      rig.account->quirks.broken.clear();
      for (const auto& row : rig.quarantined())
        if (row.given_up) rig.office.commit({store::RetryQuarantined{row.at}});
      rig.world.run_for(10min);
      EXPECT_TRUE(rig.imported().contains("3@x")) << why << part;
      EXPECT_TRUE(rig.quarantined().empty()) << why << part;
      EXPECT_TRUE(rig.stop());
    }
}

// All of them, for hours: that is the server's state, and no message's fault.
TEST(Sync, S12_AServerThatIsOutOfOrderForHoursCostsNoMessage) {
  for (const char* part : {"BODY.PEEK[]", "HEADER.FIELDS"})
    for (const int letters : {1, 6}) {
      SyncRig rig;
      bool out = true;
      rig.account->refuses = [&](std::string_view command) -> std::string {
        return out && command.contains(part) ? "Server Unavailable. 15" : "";
      };
      Ids all;
      for (int i = 1; i <= letters; ++i) {
        rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
        all.insert(std::to_string(i) + "@x");
      }
      rig.start();
      rig.world.run_for(3h);
      EXPECT_EQ(rig.imported(), Ids{});
      for (const auto& row : rig.quarantined()) EXPECT_FALSE(row.given_up) << part << letters;
      EXPECT_LE(rig.account->logins(), 2u) << part << letters;
      out = false;
      rig.world.run_for(10min);
      EXPECT_EQ(rig.imported(), all) << part << letters;
      EXPECT_TRUE(rig.quarantined().empty()) << part << letters;
      EXPECT_EQ(rig.mailbox_row().last_error, "") << part << letters;
    }
}

// A header that comes as NIL, or as nothing, hasn't come.
TEST(Sync, S12_AHeaderThatIsEmptyIsNobodysJudgment) {
  for (const bool nil : {false, true})
    for (const bool waits : {false, true}) {
      SyncRig rig;
      const auto uid = rig.deliver("INBOX", rig.from_jo("a@x"));
      rig.deliver("INBOX", rig.private_mail("private@x"));
      auto& empty = nil ? rig.account->quirks.nil_headers : rig.account->quirks.no_headers;
      (waits ? rig.account->quirks.left_out : empty) = {uid};
      rig.start();
      rig.world.run_for(30s);
      EXPECT_EQ(rig.quarantined().size(), 1u) << nil << waits;
      if (waits) {
        rig.account->quirks.left_out.clear();
        empty = {uid};
        rig.world.run_for(30min);
        EXPECT_EQ(rig.quarantined().size(), 1u) << nil;
      }
      empty.clear();
      for (const auto& row : rig.quarantined())
        if (row.given_up) rig.office.commit({store::RetryQuarantined{row.at}});
      rig.world.run_for(30min);
      EXPECT_EQ(rig.imported(), (Ids{"a@x"})) << nil << waits;
      EXPECT_TRUE(rig.quarantined().empty()) << nil << waits;
    }
}

// ---- reading ahead ---------------------------------------------------------------------------

// Rounds of 250 letters each, newest first, and one of private mail below them.
constexpr std::size_t kOneRound = 250;

sync::Options in_rounds(SyncRig& rig, std::size_t rounds) {
  for (std::size_t i = 0; i < kOneRound; ++i) rig.deliver("Archive", rig.private_mail("private@x"));
  for (std::size_t i = 0; i < kOneRound * rounds; ++i)
    rig.deliver("Archive", rig.from_jo(std::to_string(i) + "@x"));
  sync::Options options;
  options.limits.scan_batch = kOneRound;
  options.limits.scan_in_flight = 1;
  return options;
}

// The server doesn't stand idle while a round is judged.
TEST(Sync, S9_TheNextHeadersAreAskedForBeforeTheBodiesOfTheLast) {
  SyncRig rig;
  const auto options = in_rounds(rig, 2);
  std::string asked;
  rig.account->heard = [&](std::string_view command) {
    if (!command.starts_with("UID FETCH")) return;
    const char what = command.contains("BODY.PEEK[]") ? 'b' : 'h';
    if (what == 'h' || !asked.ends_with(what)) asked += what;
  };
  rig.start(options);
  rig.world.run_for(5s);
  EXPECT_TRUE(asked.starts_with("hhbhb")) << asked;
  rig.settle();
  EXPECT_EQ(rig.imported().size(), 2 * kOneRound);
  EXPECT_EQ(rig.account->headers_sent(), 3 * kOneRound);
  EXPECT_EQ(rig.account->logins(), 2u);
  EXPECT_TRUE(rig.stop());
}

// The headers of a round that is read ahead are the next ones' matter: where the server hangs up at
// one of them, the bodies of the round before come all the same.
TEST(Sync, S12_AHeaderThatEndsTheConnectionHoldsUpNoRoundBefore) {
  for (const std::size_t rounds : {1, 2, 3}) {
    SyncRig rig;
    const auto options = in_rounds(rig, rounds);
    rig.account->quirks.broken = {7};
    rig.account->quirks.broken_ends = true;
    rig.start(options);
    rig.world.run_for(10min);
    EXPECT_EQ(rig.imported().size(), rounds * kOneRound);
    for (const auto& row : rig.quarantined()) EXPECT_EQ(row.at.uid, 7u) << row.reason;
    // And what arrives.
    rig.deliver("INBOX", rig.from_jo("live@x"));
    rig.world.run_for(20min);
    EXPECT_TRUE(rig.imported().contains("live@x")) << rounds;
    rig.account->quirks.broken.clear();
    rig.world.run_for(30min);
    EXPECT_FALSE(rig.importing()) << rounds;
    EXPECT_TRUE(rig.private_bodies().empty());
    EXPECT_TRUE(rig.stop());
  }
}

}  // namespace
}  // namespace hearback::sim
