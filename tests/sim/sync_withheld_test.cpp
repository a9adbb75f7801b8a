// What a server has and doesn't give, in ways that cost more than the message (S-12).
#include <gtest/gtest.h>

#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;

void retry_all(SyncRig& rig) {
  for (const auto& row : rig.quarantined()) rig.office.commit({store::RetryQuarantined{row.at}});
}

// It hangs up over the header, or the body, of one message, or of several, the newest or the
// oldest: these alone are set aside, after a few connections. The folders after it come too.
TEST(Sync, S12_AMessageAtWhichTheServerHangsUpStopsNoOther) {
  for (const bool body : {false, true})
    for (const std::set<std::uint32_t>& broken :
         {std::set<std::uint32_t>{3}, {1}, {6}, {1, 6}, {2, 3, 5}}) {
      SyncRig rig;
      rig.account->quirks.broken = broken;
      rig.account->quirks.broken_ends = true;
      rig.account->quirks.broken_bodies_only = body;
      Ids all{"sent@x", "archived@x"};
      for (int i = 1; i <= 6; ++i) {
        const auto id = std::to_string(i) + "@x";
        rig.deliver("INBOX", rig.from_jo(id));
        all.insert(id);
      }
      for (const auto& folder : {"Sent", "Archive"})
        for (int i = 1; i <= 7; ++i) rig.deliver(folder, rig.private_mail("private@x"));
      rig.deliver("Sent", rig.from_jo("sent@x"));
      rig.deliver("Archive", rig.from_jo("archived@x"));
      // Of the others nobody knows what is behind these.
      const std::size_t elsewhere = body ? 0 : 2 * broken.size();
      rig.start();
      rig.world.run_for(4h);
      Ids whole = all;
      for (const auto uid : broken) whole.erase(std::to_string(uid) + "@x");
      EXPECT_EQ(rig.imported(), whole) << body << *broken.begin();
      EXPECT_EQ(rig.quarantined().size(), broken.size() + elsewhere) << body << *broken.begin();
      for (const auto& row : rig.quarantined()) EXPECT_EQ(row.reason, "imap.hangs-up");
      // A second connection is made with each.
      EXPECT_LE(rig.account->logins(), 4 + 2 * 10 * (broken.size() + elsewhere));
      const auto before = rig.account->logins();
      rig.deliver("INBOX", rig.from_jo("live@x"));
      rig.world.run_for(1min);
      EXPECT_TRUE(rig.imported().contains("live@x")) << body << *broken.begin();
      rig.world.run_for(5h);
      EXPECT_LE(rig.account->logins() - before, 2u) << body << *broken.begin();
      EXPECT_EQ(rig.mailbox_row().last_error, "");
      rig.account->quirks.broken.clear();
      retry_all(rig);
      rig.world.run_for(30min);
      all.insert("live@x");
      EXPECT_EQ(rig.imported(), all) << body << *broken.begin();
      EXPECT_TRUE(rig.quarantined().empty()) << body << *broken.begin();
      EXPECT_TRUE(rig.stop());
    }
}

// Mailboxes of one server at which it hangs up don't come back together.
TEST(Sync, S14_PausesAfterAHangUpAreSpread) {
  std::set<Duration> pauses;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SyncRig rig(seed);
    rig.deliver("INBOX", rig.from_jo("whole@x"));
    rig.account->quirks.broken = {rig.deliver("INBOX", rig.from_jo("broken@x"))};
    rig.account->quirks.broken_ends = true;
    std::optional<Instant> ended;
    rig.account->heard = [&](std::string_view command) {
      if (command.starts_with("UID FETCH")) ended = rig.world.now();
      if (!ended || !command.starts_with("LIST")) return;
      pauses.insert(rig.world.now() - *ended);
      ended.reset();
    };
    sync::Options options;
    options.retry_first = 10s;
    rig.start(options);
    rig.world.run_for(5min);
  }
  ASSERT_GE(pauses.size(), 8u);
  EXPECT_LT(*pauses.begin(), 8s);
}

// A message that comes while all is well is the one.
TEST(Sync, S12_AnArrivalAtWhichTheServerHangsUpStopsNoOther) {
  for (const bool body : {false, true}) {
    SyncRig rig;
    rig.account->quirks.broken_ends = true;
    rig.account->quirks.broken_bodies_only = body;
    rig.deliver("INBOX", rig.from_jo("first@x"));
    rig.start();
    rig.settle();
    rig.account->quirks.broken = {rig.deliver("INBOX", rig.from_jo("broken@x"))};
    rig.world.run_for(10min);
    rig.deliver("INBOX", rig.from_jo("live@x"));
    rig.world.run_for(2min);
    EXPECT_EQ(rig.imported(), (Ids{"first@x", "live@x"})) << body;
    EXPECT_EQ(rig.quarantined().size(), 1u) << body;
    EXPECT_LE(rig.account->logins(), 2u + 2 * 16) << body;
  }
}

// Of a server that hangs up whatever it is asked for nothing is given up.
TEST(Sync, S12_AServerThatHangsUpForHoursCostsNoMessage) {
  for (const bool body : {false, true}) {
    SyncRig rig;
    Ids all;
    for (int i = 1; i <= 6; ++i) {
      rig.account->quirks.broken.insert(
          rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x")));
      all.insert(std::to_string(i) + "@x");
    }
    rig.account->quirks.broken_ends = true;
    rig.account->quirks.broken_bodies_only = body;
    rig.start();
    rig.world.run_for(5h);
    EXPECT_EQ(rig.imported(), Ids{});
    for (const auto& row : rig.quarantined()) EXPECT_FALSE(row.given_up) << body;
    rig.account->quirks.broken.clear();
    rig.world.run_for(1h);
    EXPECT_EQ(rig.imported(), all) << body;
    EXPECT_TRUE(rig.quarantined().empty()) << body;
  }
}

// A line that breaks again and again is no message's fault.
TEST(Sync, S12_ALineThatBreaksSetsNothingAside) {
  SyncRig rig;
  Ids all;
  for (int i = 1; i <= 40; ++i) {
    rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
    all.insert(std::to_string(i) + "@x");
  }
  rig.start();
  for (int i = 0; i < 60; ++i) {
    rig.world.run_for(700ms);
    rig.account->disconnect_all();
  }
  for (const auto& row : rig.quarantined()) EXPECT_FALSE(row.given_up);
  rig.world.run_for(1h);
  EXPECT_EQ(rig.imported(), all);
  EXPECT_TRUE(rig.quarantined().empty());
}

// Nor is it where the server can't say what lies in the folder.
TEST(Sync, S12_ALineThatBrokeSetsNoFolderAside) {
  SyncRig rig;
  rig.account->refuses = [](std::string_view command) -> std::string {
    return command.starts_with("UID SEARCH") ? "Server Unavailable. 15" : "";
  };
  Ids all;
  for (int i = 1; i <= 40; ++i) {
    rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
    all.insert(std::to_string(i) + "@x");
  }
  int breaks = 3;
  rig.account->heard = [&](std::string_view command) {
    if (breaks > 0 && command.starts_with("UID FETCH") && breaks-- > 0)
      rig.account->disconnect_all();
  };
  rig.start();
  rig.world.run_for(1h);
  EXPECT_EQ(breaks, 0);
  EXPECT_EQ(rig.imported(), all);
  EXPECT_TRUE(rig.quarantined().empty());
}

// Exchange gives a notice of its own instead of what it can't render.
TEST(Sync, S12_ANoticeInsteadOfAMessageIsNoMessage) {
  for (const bool headers : {false, true}) {
    SyncRig rig;
    rig.account->quirks.stand_ins = {2};
    rig.account->quirks.stand_in_headers = headers;
    rig.deliver("INBOX", rig.from_jo("before@x"));
    rig.deliver("INBOX", rig.from_jo("unrendered@x"));
    auto about = rig.from_jo("about@x");
    about.subject = "Retrieval using the IMAP4 protocol failed for the following message: 2";
    rig.deliver("INBOX", about);
    rig.start();
    rig.world.run_for(30s);
    EXPECT_EQ(rig.imported(), (Ids{"about@x", "before@x"})) << headers;
    ASSERT_EQ(rig.quarantined().size(), 1u) << headers;
    EXPECT_EQ(rig.quarantined()[0].reason, "imap.stand-in") << headers;
    EXPECT_FALSE(rig.quarantined()[0].given_up) << headers;
    EXPECT_EQ(rig.mailbox_row().last_error, "");
    rig.account->quirks.stand_ins.clear();
    rig.world.run_for(30min);
    EXPECT_EQ(rig.imported(), (Ids{"about@x", "before@x", "unrendered@x"})) << headers;
    EXPECT_TRUE(rig.quarantined().empty()) << headers;
  }
}

// The body of another message comes instead: what was asked for is neither lost nor called read,
// and nothing of the other one is kept.
TEST(Sync, S12_SYNC9_AnotherMessagesBodyIsNotTakenForTheOne) {
  SyncRig rig;
  rig.account->quirks.mixed_up = {
      {2, raw_message({.from = "mum@home.example", .to = "ada@x.example", .message_id = "p@x"})},
      {3, "no header at all"},
      {4, raw_message(
              {.from = "kim@candidate.example", .to = "ada@x.example", .message_id = "kims@x"})}};
  rig.office.add_candidate("Kim", {"kim@candidate.example"});
  rig.deliver("INBOX", rig.from_jo("before@x"));
  rig.deliver("INBOX", rig.from_jo("mixed-up@x"));
  rig.deliver("INBOX", rig.from_jo("garbled@x"));
  rig.deliver("INBOX", rig.from_jo("for-kim@x"));
  rig.start();
  rig.world.run_for(30s);
  EXPECT_EQ(rig.imported(), (Ids{"before@x"}));
  ASSERT_EQ(rig.quarantined().size(), 3u);
  for (const auto& row : rig.quarantined()) {
    EXPECT_EQ(row.reason, "imap.another-message");
    EXPECT_FALSE(row.given_up);
    EXPECT_FALSE(row.raw);
  }
  EXPECT_EQ(rig.mailbox_row().last_error, "");
  rig.account->quirks.mixed_up.erase(2);
  rig.account->quirks.mixed_up.erase(4);
  rig.world.run_for(30min);
  EXPECT_EQ(rig.imported(), (Ids{"before@x", "for-kim@x", "mixed-up@x"}));
  rig.world.run_for(24h * 3);
  ASSERT_EQ(rig.quarantined().size(), 1u);
  EXPECT_TRUE(rig.quarantined()[0].given_up);
  EXPECT_FALSE(rig.quarantined()[0].raw);
  EXPECT_EQ(rig.quarantined()[0].reason, "imap.another-message");
}

// Nor is another one of hers, or of ours to her: the one that was asked for would never come. Hers
// is taken at last, where the server says nothing else.
TEST(Sync, S12_AnotherMessageOfHersIsNotTakenForTheOne) {
  SyncRig rig;
  const auto ours = rig.office.queue({.author = rig.user,
                                      .mailbox = rig.mailbox,
                                      .candidate = rig.jo,
                                      .from = "max@example.org",
                                      .to = "jo@candidate.example"});
  auto& mixed_up = rig.account->quirks.mixed_up;
  const auto raw = [](const std::string& id) {
    return raw_message({.from = "jo@candidate.example", .to = "max@example.org", .message_id = id});
  };
  mixed_up = {{2, raw("other@x")}, {3, raw("stays@x")}};
  mixed_up[7] = rig.office.ask(store::BlobBytes{rig.office.company(), ours.bytes}).value();
  rig.deliver("INBOX", rig.from_jo("before@x"));
  rig.deliver("INBOX", rig.from_jo("hers@x"));
  rig.deliver("INBOX", rig.from_jo("third@x"));
  for (int i = 1; i <= 7; ++i)
    rig.deliver("Sent", {.from = "max@example.org",
                         .to = i == 7 ? "jo@candidate.example" : "mum@home.example",
                         .message_id = "written-elsewhere" + std::to_string(i) + "@x"});
  rig.start();
  rig.world.run_for(30s);
  EXPECT_EQ(rig.imported(), (Ids{"before@x", ours.message_id}));
  ASSERT_EQ(rig.quarantined().size(), 3u);
  for (const auto& row : rig.quarantined()) EXPECT_EQ(row.reason, "imap.another-message");
  mixed_up.erase(2);
  mixed_up.erase(7);
  rig.world.run_for(30min);
  EXPECT_EQ(rig.imported(),
            (Ids{"before@x", "hers@x", ours.message_id, "stays@x", "written-elsewhere7@x"}));
  EXPECT_TRUE(rig.quarantined().empty());
}

// Nor is it kept where nobody can read it: it is somebody else's.
TEST(Sync, S12_AnotherMessagesBodyIsNotKeptWhereItPassesTheBounds) {
  std::string deep = "\r\nno such part\r\n";
  for (int level = 999; level >= 0; --level) {
    const auto mark = "b" + std::to_string(level);
    deep = "Content-Type: multipart/mixed; boundary=" + mark + "\r\n\r\n--" + mark + "\r\n" + deep;
  }
  SyncRig rig;
  rig.account->quirks.mixed_up = {
      {1, "From: mum@home.example\r\nMessage-ID: <private@x>\r\n" + deep},
      {2, "From: jo@candidate.example\r\nMessage-ID: <deep@x>\r\n" + deep}};
  rig.deliver("INBOX", rig.from_jo("asked@x"));
  rig.deliver("INBOX", rig.from_jo("deep@x"));
  rig.start();
  rig.world.run_for(24h * 3);
  ASSERT_EQ(rig.quarantined().size(), 2u);
  for (const auto& row : rig.quarantined()) {
    EXPECT_TRUE(row.given_up);
    EXPECT_EQ(row.raw.has_value(), row.at.uid == 2) << row.reason;
    EXPECT_EQ(row.reason, row.at.uid == 2 ? "mail.too-deep" : "imap.another-message");
  }
}

}  // namespace
}  // namespace hearback::sim
