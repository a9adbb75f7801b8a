// Servers that offer all mail in one folder (\All): what was archived out of INBOX before anybody
// looked lies nowhere else (C-8, S-4, S-5).
#include <gtest/gtest.h>

#include "mailbox/probe.hpp"
#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;

constexpr const char* kAll = "[Gmail]/All Mail";

struct AllMailRig : SyncRig {
  explicit AllMailRig(Instant since = {0}) : SyncRig(1, since) {
    account->folder(kAll).special_use = "\\All";
  }
  // As Gmail shows one message in two folders: the same octets and date.
  void deliver_shown(const std::string& folder, const Letter& letter, Instant date) {
    deliver(folder, letter, date);
    deliver(kAll, letter, date);
  }
  void deliver_shown(const std::string& folder, const Letter& letter) {
    deliver_shown(folder, letter, world.now());
  }
  void mark_draft(const std::string& folder) {
    account->folder(folder).messages.back().flags.insert("\\Draft");
  }
  rules::Direction direction_of(const std::string& message_id) {
    for (const auto& thread : threads())
      for (const auto& m : thread.messages)
        if (m.message.envelope.message_id == message_id) return m.message.direction;
    ADD_FAILURE() << message_id;
    return {};
  }
  static Letter to_jo(std::string message_id) {
    return {.from = "max@example.org",
            .to = "Jo <jo@candidate.example>",
            .message_id = std::move(message_id)};
  }
};

// Both directions, each once and its body asked for once; neither drafts, nor what is older than
// was agreed to, nor what lies in the trash.
TEST(Sync, C8_S4_WhatWasArchivedBeforeTheFirstLookIsFound) {
  AllMailRig rig(Instant{1'000'000'000'000});
  const Instant past = rig.world.now() - std::chrono::hours(24 * 3);
  rig.deliver(kAll, rig.from_jo("ancient@x"), Instant{900'000'000'000});
  rig.deliver(kAll, rig.from_jo("archived@x"), past);
  rig.deliver(kAll, rig.to_jo("written@x"), past);
  rig.deliver(kAll, rig.private_mail("private@x"), past);
  rig.deliver_shown("INBOX", rig.from_jo("inbox@x"));
  rig.deliver_shown("Sent", rig.to_jo("sent@x"));
  rig.deliver_shown("Drafts", rig.to_jo("draft@x"));
  rig.mark_draft(kAll);
  rig.deliver("Trash", rig.from_jo("trash@x"));
  rig.deliver("Junk", rig.from_jo("junk@x"));
  rig.start();
  rig.settle();
  const Ids all{"archived@x", "written@x", "inbox@x", "sent@x"};
  EXPECT_EQ(rig.imported(), all);
  EXPECT_EQ(rig.bodies_asked(), all);
  EXPECT_EQ(rig.direction_of("archived@x"), rules::Direction::incoming);
  EXPECT_EQ(rig.direction_of("written@x"), rules::Direction::outgoing);
  EXPECT_EQ(rig.health(), store::MailboxHealth::Answer{});
  EXPECT_TRUE(rig.account->writes().empty());
  EXPECT_TRUE(rig.quarantined().empty());
  rig.crash();
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), all);
  EXPECT_EQ(rig.bodies_asked(), all);
  EXPECT_TRUE(rig.stop());
}

// It may have come, and been archived, long after the first look.
TEST(Sync, S5_AnAddressAddedLaterIsLookedForInAllMail) {
  AllMailRig rig;
  rig.start();
  rig.settle();
  auto letter = rig.from_jo("ann@x");
  letter.from = "Ann <ann@candidate.example>";
  rig.deliver_shown("INBOX", letter);
  rig.settle();
  rig.account->expunge("INBOX", rig.account->folder("INBOX").messages.back().uid);
  rig.world.run_for(30min);
  EXPECT_EQ(rig.imported(), Ids{});
  rig.office.add_candidate("Ann", {"ann@candidate.example"});
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"ann@x"}));
  EXPECT_EQ(rig.private_bodies(), Ids{});
}

// INBOX and Sent tell of it at once; that it is shown elsewhere, too, makes no second one.
TEST(Sync, S9_S11_LiveMailThatAllMailShowsTooIsThereOnceAndAtOnce) {
  AllMailRig rig;
  for (int i = 0; i < 200; ++i) rig.deliver(kAll, rig.private_mail("private@" + std::to_string(i)));
  rig.start();
  rig.settle();
  rig.deliver_shown("INBOX", rig.from_jo("live@x"));
  auto nameless = rig.from_jo("");
  nameless.subject = "Without a name";
  rig.deliver_shown("INBOX", nameless);
  rig.deliver_shown("Sent", rig.to_jo("sent@x"));
  rig.world.run_for(5s);
  EXPECT_EQ(rig.imported(), (Ids{"", "live@x", "sent@x"}));
  rig.world.run_for(1h);
  EXPECT_EQ(rig.imported(), (Ids{"", "live@x", "sent@x"}));
  EXPECT_EQ(rig.copies_of("live@x"), 2u);
  // What bears no Message-ID is known by its content alone.
  EXPECT_EQ(rig.bodies_asked(), (Ids{"", "", "live@x", "sent@x"}));
}

// Two that bear one header are two, also where INBOX shows the one and all mail both (SYNC-7).
TEST(Sync, S11_SYNC7_AnotherBodyUnderTheSameHeaderIsFoundInAllMail) {
  for (const bool other_first : {false, true}) {
    AllMailRig rig;
    const Instant at = rig.world.now();
    auto one = rig.from_jo("same@x"), other = one;
    one.text = "The first words.\r\n";
    other.text = "The other words\r\n";
    rig.deliver("INBOX", one, at);
    rig.deliver(kAll, other_first ? other : one, at);
    rig.deliver(kAll, other_first ? one : other, at);
    rig.start();
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"same@x", "same@x"})) << other_first;
  }
}

Task<void> count_all(SyncRig& rig, Result<mailbox::WindowCount>& counted) {
  counted =
      co_await mailbox::count_window(*rig.env, rig.store, rig.office.scope(), rig.mailbox, {});
}

// What a window would bring counts once what is shown twice, and no draft.
TEST(Sync, C8_TheCountOfAWindowCountsOnceWhatAllMailShowsToo) {
  AllMailRig rig;
  rig.start();
  rig.settle();
  rig.office.commit({store::SetMailboxState{rig.mailbox, rules::MailboxState::off}});
  rig.world.run_for(10s);
  rig.deliver(kAll, rig.from_jo("archived@x"));
  rig.deliver_shown("INBOX", rig.from_jo("inbox@x"));
  rig.deliver_shown("Sent", rig.to_jo("sent@x"));
  rig.deliver_shown("Archive", rig.private_mail("private@x"));
  rig.deliver_shown("Drafts", rig.to_jo("draft@x"));
  rig.mark_draft(kAll);
  Result<mailbox::WindowCount> counted = fail(Kind::missing, "none", "Not counted.");
  rig.env->spawn(count_all(rig, counted));
  rig.world.run_for(30s);
  ASSERT_TRUE(counted) << counted.error().code;
  EXPECT_EQ(counted->messages, 4u);
  EXPECT_EQ(counted->candidates, 3u);
}

// A person may leave it out.
TEST(Sync, S4_AllMailThatAPersonLeavesOutIsNotRead) {
  AllMailRig rig;
  rig.start();
  rig.settle();
  rig.office.commit(
      {store::SetFolderRole{rig.mailbox, rig.folder(kAll).id, rules::FolderRole::ignored}});
  rig.settle();
  rig.deliver(kAll, rig.from_jo("archived@x"));
  rig.world.run_for(1h);
  EXPECT_EQ(rig.imported(), Ids{});
}

// An account that was connected before its server offered such a folder, or before it was read.
TEST(Sync, C8_AllMailThatIsOfferedLaterBringsThePastOfTheWindow) {
  AllMailRig rig;
  rig.account->folder(kAll).special_use = "\\Flagged";
  rig.deliver(kAll, rig.from_jo("archived@x"));
  rig.deliver("Sent", {.from = "max@example.org",
                       .to = "friend@elsewhere.example",
                       .message_id = "answer@x",
                       .in_reply_to = {"archived@x"}});
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), Ids{});
  EXPECT_EQ(rig.folder(kAll).role, rules::FolderRole::ignored);
  rig.account->folder(kAll).special_use = "\\All";
  rig.crash();
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"answer@x", "archived@x"}));
}

}  // namespace
}  // namespace hearback::sim
