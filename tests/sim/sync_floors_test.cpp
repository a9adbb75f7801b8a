// Servers that are never done: what they do again and again costs less and less, and nobody else
// pays for it.
#include <gtest/gtest.h>

#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;

// All commands of a mailbox so far.
std::uint64_t commands(const ImapAccount& account) {
  std::uint64_t sum = 0;
  for (const auto& [verb, count] : account.commands()) sum += count;
  return sum;
}

// Each minute of the last ones costs no more than this.
void expect_calm(SyncRig& rig, std::uint64_t most_a_minute) {
  for (int minute = 0; minute < 10; ++minute) {
    const auto before = commands(*rig.account);
    rig.world.run_for(1min);
    EXPECT_LE(commands(*rig.account) - before, most_a_minute) << minute;
  }
}

// Another UIDVALIDITY at every opening: the folder starts over less and less often.
TEST(Sync, S14_AFolderThatIsNumberedAnewAgainAndAgainRests) {
  SyncRig rig;
  for (int i = 0; i < 200; ++i) rig.deliver("Archive", rig.private_mail(std::to_string(i) + "@x"));
  rig.deliver("Archive", rig.from_jo("archive@x"));
  rig.account->quirks.renumbers = {"Archive"};
  rig.start();
  rig.world.run_for(20min);
  const auto headers = rig.account->headers_sent();
  expect_calm(rig, 20);
  EXPECT_LE(rig.account->headers_sent() - headers, 300u);  // one look at it in ten minutes
  rig.deliver("INBOX", rig.from_jo("live@x"));
  rig.world.run_for(2s);
  EXPECT_EQ(rig.imported(), (Ids{"archive@x", "live@x"}));
  EXPECT_EQ(rig.account->bodies().size(), 2u);
  EXPECT_LE(rig.account->logins(), 2u);
  rig.account->quirks.renumbers.clear();
  rig.deliver("Archive", rig.from_jo("after@x"));
  rig.world.run_for(2h);
  EXPECT_EQ(rig.imported(), (Ids{"after@x", "archive@x", "live@x"}));
  EXPECT_TRUE(rig.stop());
}

// Likewise all of its folders, the inbox among them.
TEST(Sync, S14_AServerThatNumbersEverythingAnewIsNotHammered) {
  SyncRig rig;
  auto ann = rig.office.add_user("Ann", "ann@example.org");
  auto& hers = rig.imap.add_account("ann@example.org", "secret");
  rig.office.add_mailbox(ann, "ann@example.org", {});
  rig.account->quirks.renumbers = {"INBOX", "Sent", "Archive"};
  for (const char* folder : {"INBOX", "Sent", "Archive"})
    for (int i = 0; i < 20; ++i)
      rig.deliver(folder, rig.private_mail(folder + std::to_string(i) + "@x"));
  rig.deliver("INBOX", rig.from_jo("inbox@x"));
  rig.deliver("Archive", rig.from_jo("archive@x"));
  rig.world.event_limit = 2'000'000;  // far more than it takes
  rig.start();
  rig.world.run_for(20min);
  expect_calm(rig, 30);
  EXPECT_EQ(rig.imported(), (Ids{"archive@x", "inbox@x"}));
  hers.deliver("INBOX", raw_message({.from = "jo@candidate.example",
                                     .to = "ann@example.org",
                                     .message_id = "hers@x",
                                     .date = rig.world.now()}));
  rig.world.run_for(2s);
  EXPECT_TRUE(rig.imported().contains("hers@x"));
  rig.account->quirks.renumbers.clear();
  rig.deliver("INBOX", rig.from_jo("after@x"));
  rig.world.run_for(2h);
  EXPECT_TRUE(rig.imported().contains("after@x"));
  EXPECT_TRUE(rig.stop());
}

// A renumbering now and then is none of that.
TEST(Sync, S14_AFolderThatIsNumberedAnewOnceAnHourIsReadAtOnce) {
  SyncRig rig;
  rig.start();
  rig.settle();
  for (int time = 0; time < 6; ++time) {
    rig.account->change_uid_validity("INBOX", true);
    rig.deliver("INBOX", rig.from_jo(std::to_string(time) + "@x"));
    rig.world.run_for(1min);
    EXPECT_EQ(rig.imported().size(), static_cast<std::size_t>(time + 1));
    rig.world.run_for(1h);
  }
}

// While it flutters few commands are sent and mail is there in time; afterwards it is live again.
void expect_no_loop(SyncRig& rig, bool& flutters, Duration in_time) {
  rig.world.event_limit = 2'000'000;  // far more than it takes
  rig.start();
  rig.world.run_for(5min);
  expect_calm(rig, 100);
  for (int i = 0; i < 5; ++i) {
    rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
    rig.world.run_for(in_time);
    EXPECT_EQ(rig.imported().size(), static_cast<std::size_t>(i + 2));
  }
  flutters = false;
  rig.world.run_for(10min);
  rig.deliver("INBOX", rig.from_jo("live@x"));
  rig.world.run_for(2s);
  EXPECT_TRUE(rig.imported().contains("live@x"));
  EXPECT_TRUE(rig.stop());
}

// IDLE tells of something at once, every time, and there is nothing.
TEST(Sync, S14_AnIdleThatEndsAtOnceIsNoLoop) {
  SyncRig rig;
  rig.deliver("INBOX", rig.from_jo("past@x"));
  rig.account->quirks.idle_flutters = true;
  expect_no_loop(rig, rig.account->quirks.idle_flutters, 7s);
}

// What is said while we look is looked at once more, and the server says something at each look.
TEST(Sync, S14_AServerThatSaysSomethingAtEachLookIsNoLoop) {
  SyncRig rig;
  rig.deliver("INBOX", rig.from_jo("past@x"));
  rig.account->quirks.fetch_flutters = rig.account->quirks.tells_at_once = true;
  // One look is told of it, the next one finds it.
  expect_no_loop(rig, rig.account->quirks.fetch_flutters, 12s);
}

// A person tidies up while mail comes in: that is no storm.
TEST(Sync, S9_AFewRemovalsDelayNoMail) {
  SyncRig rig;
  std::vector<std::uint32_t> uids;
  for (int i = 0; i < 10; ++i)
    uids.push_back(rig.deliver("INBOX", rig.private_mail(std::to_string(i) + "@x")));
  rig.start();
  rig.settle();
  for (std::size_t i = 0; i < uids.size(); ++i) {
    rig.account->expunge("INBOX", uids[i]);
    rig.world.run_for(3s);
    rig.deliver("INBOX", rig.from_jo("live-" + std::to_string(i) + "@x"));
    rig.world.run_for(2s);
    EXPECT_EQ(rig.imported().size(), i + 1);
  }
}

// More than can be noted one by one are left out: not one of them is lost, and none counts as read.
TEST(Sync, S12_AServerThatLeavesOutThousandsLosesNone) {
  SyncRig rig;
  constexpr int kMany = 26;
  rig.account->folder("INBOX").uid_next = 1000;
  for (int i = 1; i <= kMany; ++i) {
    rig.deliver("Archive", rig.from_jo(std::to_string(i) + "@x"));
    rig.account->quirks.left_out.insert(static_cast<std::uint32_t>(i));
  }
  sync::Options options;
  options.left_out_noted = 20;
  options.limits.scan_batch = 5;
  rig.start(options);
  rig.world.run_for(20min);
  EXPECT_EQ(rig.imported().size(), 0u);
  EXPECT_EQ(rig.quarantined().size(), 20u);
  rig.deliver("INBOX", rig.from_jo("live@x"));
  rig.world.run_for(2s);
  EXPECT_EQ(rig.imported(), (Ids{"live@x"}));
  expect_calm(rig, 60);
  rig.account->quirks.left_out.clear();
  rig.world.run_for(2h);
  for (const auto& row : rig.quarantined()) rig.office.commit({store::RetryQuarantined{row.at}});
  rig.settle();
  EXPECT_EQ(rig.imported().size(), kMany + 1u);
  EXPECT_TRUE(rig.quarantined().empty());
  EXPECT_TRUE(rig.stop());
}

// What waits for other reasons, or elsewhere, isn't what the server leaves out of the inbox.
TEST(Sync, S13_QuarantineOfOtherKindsIsNoTroubleOfTheInbox) {
  for (const char* why : {"mail.too-large", "imap.left-out"}) {
    SyncRig rig;
    sync::Options options;
    options.left_out_noted = 20;
    rig.deliver("Archive", rig.from_jo("archive@x"));
    rig.start(options);
    rig.settle();
    const auto archive = rig.folder("Archive");
    std::vector<store::Change> rows;
    for (std::uint32_t uid = 9001; uid <= 9030; ++uid)
      rows.push_back(store::Quarantine{{rig.mailbox, archive.id, archive.uid_validity, uid},
                                       why,
                                       true,
                                       std::nullopt,
                                       rig.world.now()});
    rig.office.commit(std::move(rows));
    rig.settle();
    rig.account->folder("INBOX").uid_next = 1000;
    rig.deliver("INBOX", rig.from_jo("before@x"));
    rig.account->quirks.left_out.insert(rig.deliver("INBOX", rig.from_jo("left-out@x")));
    rig.deliver("INBOX", rig.from_jo("after@x"));
    rig.settle();
    EXPECT_EQ(rig.mailbox_row().last_error, "") << why;
    EXPECT_EQ(rig.imported(), (Ids{"after@x", "archive@x", "before@x"})) << why;
    EXPECT_EQ(rig.quarantined().size(), 31u) << why;
    EXPECT_TRUE(rig.stop());
  }
}

// One folder that can't be had: the others are as live as ever, and the mailbox is well.
TEST(Sync, S13_AFolderThatRefusesIsNoTroubleOfTheMailbox) {
  for (const char* why : {"not for you", "Server Unavailable. 15"}) {
    SyncRig rig;
    bool refuses = true;
    rig.account->refuses = [&](std::string_view command) -> std::string {
      const bool opens = command.starts_with("EXAMINE") || command.starts_with("STATUS");
      return refuses && opens && command.contains("Archive") ? why : "";
    };
    rig.deliver("Archive", rig.from_jo("archive@x"));
    rig.deliver("INBOX", rig.from_jo("inbox@x"));
    rig.start();
    rig.world.run_for(10min);
    EXPECT_EQ(rig.mailbox_row().last_error, "") << why;
    EXPECT_TRUE(rig.mailbox_row().last_success) << why;
    EXPECT_TRUE(rig.importing()) << why;
    for (int i = 0; i < 10; ++i) {
      rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
      rig.world.run_for(1s);
      EXPECT_EQ(rig.imported().size(), static_cast<std::size_t>(i + 2)) << why;
      rig.world.run_for(5s);
    }
    expect_calm(rig, 20);
    refuses = false;
    rig.world.run_for(1h);
    EXPECT_TRUE(rig.imported().contains("archive@x")) << why;
    EXPECT_TRUE(rig.stop());
  }
}

// A search that names everything is none: headers are read in slices, and what arrives comes first.
TEST(Sync, S5_S9_ASearchThatFindsEverythingHoldsUpNoMail) {
  SyncRig rig;
  for (int i = 0; i < 2500; ++i) {
    rig.deliver("Archive", rig.private_mail(std::to_string(i) + "@x"));
    if (i % 2) rig.account->expunge("Archive", static_cast<std::uint32_t>(i));
  }
  rig.deliver("Archive",
              {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"});
  rig.world.plan = [](const net::Endpoint&, std::uint64_t) {
    Faults faults;
    faults.latency_least = 40ms;
    faults.latency_most = 60ms;
    return faults;
  };
  rig.start();
  rig.settle();
  rig.account->quirks.search_finds_all = true;
  rig.office.add_candidate("Kim", {"kim@other.example"});
  rig.world.run_for(5s);
  for (int i = 0; i < 10; ++i) {
    rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
    rig.world.run_for(4s);
    EXPECT_TRUE(rig.imported().contains(std::to_string(i) + "@x")) << i;
  }
  rig.settle();
  EXPECT_TRUE(rig.imported().contains("k@x"));
  EXPECT_EQ(rig.private_bodies(), Ids{});
}

// A folder that closes itself to us while an address is searched for keeps the others from nothing.
TEST(Sync, S5_AFolderThatIsShutWhileSearchedHoldsUpNoOther) {
  SyncRig rig;
  rig.deliver("Projects",
              {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"});
  rig.start();
  rig.settle();
  rig.account->disconnect_all();
  rig.world.plan = [](const net::Endpoint&, std::uint64_t) {
    Faults slow;
    slow.latency_least = 600ms;
    slow.latency_most = 900ms;
    return slow;
  };
  rig.settle();
  bool shut = false;
  rig.account->refuses = [&](std::string_view command) -> std::string {
    return shut && command.starts_with("EXAMINE") && command.contains("Archive") ? "not now" : "";
  };
  shut = true;
  rig.office.add_candidate("Kim", {"kim@other.example"});
  rig.world.run_for(1min);
  EXPECT_EQ(rig.imported(), (Ids{"k@x"}));
  EXPECT_EQ(rig.mailbox_row().last_error, "");
}

// The wall clock is set while things wait: pauses are what they were.
TEST(Sync, S9_AJumpOfTheClockNeitherStallsNorFloods) {
  for (const Duration jump : {Duration(-24h), Duration(24h)}) {
    SyncRig rig;
    rig.account->quirks.idle = false;
    rig.deliver("INBOX", rig.from_jo("past@x"));
    rig.start();
    rig.settle();
    rig.world.clock_off = jump;
    rig.world.run_for(1min);
    expect_calm(rig, 20);
    rig.deliver("Archive", rig.from_jo("elsewhere@x"));
    rig.deliver("INBOX", rig.from_jo("inbox@x"));
    rig.world.run_for(5min);
    EXPECT_EQ(rig.imported(), (Ids{"elsewhere@x", "inbox@x", "past@x"})) << jump.count();
    rig.office.add_candidate("Kim", {"kim@other.example"});
    rig.office.add_candidate("Lee", {"lee@other.example"});
    rig.deliver("Archive",
                {.from = "lee@other.example", .to = "max@example.org", .message_id = "lee@x"});
    rig.world.run_for(5min);
    EXPECT_TRUE(rig.imported().contains("lee@x")) << jump.count();
    EXPECT_TRUE(rig.stop());
  }
}

// An address is added while the clock goes back: it isn't searched for a day later.
TEST(Sync, S5_AJumpOfTheClockDelaysNoSearch) {
  SyncRig rig;
  rig.deliver("Archive",
              {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"});
  rig.deliver("Archive",
              {.from = "lee@other.example", .to = "max@example.org", .message_id = "l@x"});
  rig.start();
  rig.settle();
  rig.office.add_candidate("Kim", {"kim@other.example"});
  rig.world.run_for(1s);
  rig.office.add_candidate("Lee", {"lee@other.example"});
  rig.world.run_for(100ms);
  rig.world.clock_off = Duration(-24h);
  rig.world.run_for(30s);
  EXPECT_EQ(rig.imported(), (Ids{"k@x", "l@x"}));
}

// "Suggested Backoff Time": whoever comes back sooner is throttled for longer.
TEST(Sync, S14_APauseThatTheServerAsksForIsKept) {
  SyncRig rig;
  rig.start();
  rig.settle();
  bool throttles = true;
  rig.account->refuses = [&](std::string_view command) -> std::string {
    if (!command.starts_with("UID FETCH") || !std::exchange(throttles, false)) return "";
    return "Request is throttled. Suggested Backoff Time: 1200000 milliseconds";
  };
  rig.deliver("INBOX", rig.from_jo("a@x"));
  rig.world.run_for(1min);
  const auto logins = rig.account->logins();
  rig.world.run_for(18min);
  EXPECT_FALSE(throttles);
  EXPECT_EQ(rig.account->logins(), logins);
  EXPECT_EQ(rig.imported(), Ids{});
  rig.world.run_for(5min);
  EXPECT_EQ(rig.imported(), (Ids{"a@x"}));
}

// More than one mailbox may bring in within a day waits, says so, and follows by itself; what
// arrives comes before the past, and a restart forgets none of it.
TEST(Sync, S14_AMailboxThatBringsInTooMuchWaitsAndGoesOn) {
  for (const bool restarted : {false, true}) {
    SyncRig rig;
    sync::Options options;
    options.limits.body_batch = 1;
    options.limits.mailbox_day_messages = 20;
    rig.deliver("INBOX", rig.private_mail("private@x"));
    for (int i = 0; i < 27; ++i)
      rig.deliver("Archive", rig.from_jo("past-" + std::to_string(i) + "@x"));
    rig.start(options);
    rig.world.run_for(10min);
    EXPECT_EQ(rig.imported().size(), 15u);
    EXPECT_EQ(rig.mailbox_row().last_error, "");
    ASSERT_TRUE(rig.folder("Archive").resting);
    EXPECT_EQ(rig.folder("Archive").resting->why, "sync.daily-quota");
    EXPECT_TRUE(rig.importing());
    if (restarted) {
      rig.crash();
      rig.start(options);
    }
    for (int i = 0; i < 8; ++i)
      rig.deliver("INBOX", rig.from_jo("live-" + std::to_string(i) + "@x"));
    rig.world.run_for(1min);
    EXPECT_EQ(rig.imported().size(), 20u) << restarted;
    EXPECT_EQ(rig.mailbox_row().last_error, "sync.daily-quota") << restarted;
    const auto headers = rig.account->headers_sent();
    rig.world.run_for(12h);
    EXPECT_EQ(rig.imported().size(), 20u) << restarted;
    EXPECT_LE(rig.account->headers_sent() - headers, 12u * 3600 / 30 * 9) << restarted;
    rig.world.run_for(14h);
    EXPECT_EQ(rig.imported().size(), 35u) << restarted;
    EXPECT_EQ(rig.mailbox_row().last_error, "") << restarted;
    EXPECT_EQ(rig.health(), store::MailboxHealth::Answer{}) << restarted;
    EXPECT_LE(rig.account->logins(), restarted ? 4u : 2u);
    EXPECT_TRUE(rig.quarantined().empty());
    EXPECT_TRUE(rig.stop());
  }
}

}  // namespace
}  // namespace hearback::sim
