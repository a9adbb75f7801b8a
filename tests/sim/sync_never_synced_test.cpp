// C-14: with whom a mailbox's owner keeps mail from Hearback.
#include <gtest/gtest.h>

#include <utility>

#include "mailbox/probe.hpp"
#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;

void change(SyncRig& rig, const std::vector<std::string>& add,
            std::vector<std::string> remove = {}) {
  store::ChangeNeverSynced change{rig.mailbox, {}, std::move(remove)};
  for (const auto& written : add) change.named.push_back(*rules::never_synced_entry(written));
  rig.office.commit({std::move(change)});
}

SyncRig::Letter with(SyncRig::Letter letter, const std::string& also_to) {
  letter.to += ", " + also_to;
  return letter;
}

std::size_t withheld(SyncRig& rig) {
  std::size_t rows = 0;
  for (const auto& row :
       rig.office.ask(store::BodyLedger{rig.office.scope(), rig.mailbox, {}}).rows)
    if (row.rule == rules::kNeverSyncedRule) ++rows;
  return rows;
}

// In the past, live, as an answer to a stored message, and when a candidate's address is added.
TEST(Sync, C14_MailWithWhomTheOwnerNamesIsNeverRead) {
  SyncRig rig;
  change(rig, {"law@firm.example", "clinic.example"});
  rig.deliver("INBOX", rig.from_jo("a@x"));
  rig.deliver("INBOX", with(rig.from_jo("private-cc@x"), "Law <LAW@firm.example>"));
  rig.deliver("INBOX", with(rig.from_jo("private-domain@x"), "dr@ward.clinic.example"));
  rig.deliver("INBOX", with(rig.from_jo("b@x"), "other@firm.example"));
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"a@x", "b@x"}));
  EXPECT_EQ(withheld(rig), 2u);

  rig.deliver("INBOX", with(rig.from_jo("private-live@x"), "law@firm.example"));
  auto answer = rig.private_mail("private-answer@x");
  answer.from = "law@firm.example";
  answer.in_reply_to = {"a@x"};
  rig.deliver("INBOX", answer);
  rig.settle();
  EXPECT_EQ(withheld(rig), 4u);

  // An added address, of somebody who writes with the clinic.
  auto kim = rig.private_mail("private-kim@x");
  kim.from = "kim@clinic.example";
  rig.deliver("INBOX", kim);
  rig.settle();
  rig.office.add_candidate("Kim", {"kim@clinic.example"});
  rig.settle();
  EXPECT_EQ(withheld(rig), 5u);

  // The past beyond the window, and a program that starts anew.
  rig.crash();
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"a@x", "b@x"}));
  EXPECT_EQ(rig.bodies_asked(), (Ids{"a@x", "b@x"}));
  EXPECT_EQ(withheld(rig), 5u);
}

TEST(Sync, C14_S16_WhoIsNamedHoldsBeforeTheNextBody) {
  for (const bool after_a_body : {false, true}) {
    SyncRig rig;
    for (int i = 0; i < 4; ++i)
      rig.deliver("INBOX", rig.from_jo("private-" + std::to_string(i) + "@x"));
    bool done = false;
    rig.account->heard = [&](std::string_view command) {
      const bool body = command.contains("BODY.PEEK[]");
      const bool headers = command.contains("HEADER.FIELDS");
      if (done || !(after_a_body ? body : headers)) return;
      done = true;
      change(rig, {"candidate.example"});
    };
    sync::Options options;
    options.limits.body_batch = 1;
    rig.start(options);
    rig.settle();
    EXPECT_TRUE(done);
    // Nor is the one kept that was on its way.
    EXPECT_EQ(rig.imported(), Ids{});
    EXPECT_EQ(rig.private_bodies().size(), after_a_body ? 1u : 0u);
    rig.deliver("INBOX", rig.from_jo("private-later@x"));
    rig.settle();
    EXPECT_EQ(rig.private_bodies().size(), after_a_body ? 1u : 0u);
    EXPECT_EQ(withheld(rig), 5u);
    EXPECT_LE(rig.account->logins(), 2u) << "one that reads, one that listens: none is begun anew";
  }
}

// What lies here stays. What is named no longer comes, the withheld included.
TEST(Sync, C14_WhatIsNamedNoLongerComes) {
  for (const bool restarted : {false, true}) {
    SyncRig rig;
    rig.deliver("INBOX", rig.from_jo("a@x"));
    rig.start();
    rig.settle();
    change(rig, {"candidate.example", "law@firm.example"});
    rig.deliver("INBOX", rig.from_jo("b@x"));
    rig.deliver("INBOX", with(rig.from_jo("c@x"), "law@firm.example"));
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"a@x"}));
    EXPECT_EQ(withheld(rig), 2u);
    if (restarted) rig.crash();
    change(rig, {}, {"candidate.example"});
    if (restarted) rig.start();
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"a@x", "b@x"}));
    EXPECT_FALSE(rig.importing());
    change(rig, {}, {"law@firm.example"});
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"a@x", "b@x", "c@x"}));
    EXPECT_EQ(rig.bodies_asked().size(), 3u);
  }
}

// Whatever the window was narrowed to meanwhile, or set to once more.
TEST(Sync, C14_C8_WhatIsNamedNoLongerComesAlsoFromANarrowerWindow) {
  SyncRig rig;
  change(rig, {"law@firm.example"});
  rig.deliver("INBOX", with(rig.from_jo("early@x"), "law@firm.example"));
  rig.world.run_for(48h);
  rig.deliver("INBOX", with(rig.from_jo("late@x"), "law@firm.example"));
  rig.start();
  rig.settle();
  EXPECT_EQ(withheld(rig), 2u);
  rig.office.commit({store::SetWindow{rig.mailbox, rig.world.now() + -24h}});
  rig.settle();
  change(rig, {}, {"law@firm.example"});
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"late@x"}));
  EXPECT_FALSE(rig.importing());
}

TEST(Sync, C14_C8_ASettingOfTheWindowAmidTheLookTakesNothingBack) {
  SyncRig rig;
  change(rig, {"law@firm.example"});
  for (int i = 0; i < 40; ++i)
    rig.deliver("INBOX", with(rig.from_jo(std::to_string(i) + "@x"), "law@firm.example"));
  sync::Options options;
  options.limits.scan_batch = 5;
  rig.start(options);
  rig.settle();
  ASSERT_EQ(withheld(rig), 40u);
  int heard = 0;
  rig.account->heard = [&](std::string_view command) {
    if (!command.contains("HEADER.FIELDS") || ++heard != 3) return;
    rig.office.commit({store::SetWindow{rig.mailbox, rig.mailbox_row().window_since}});
  };
  change(rig, {}, {"law@firm.example"});
  rig.settle();
  EXPECT_GE(heard, 3);
  EXPECT_EQ(rig.imported().size(), 40u);
}

// S-12: what can't be taken in is set aside without its source, where that is of somebody named.
TEST(Sync, C14_S12_TheSourceOfWhoIsNamedIsNotKeptWhereItCantBeRead) {
  for (const bool named : {false, true}) {
    SyncRig rig;
    sync::Options options;
    options.limits.mime_parts = 10;
    std::string parts =
        "From: jo@candidate.example\r\nTo: law@firm.example\r\nMessage-ID: <private@x>\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (int i = 0; i < 50; ++i) parts += "--b\r\n\r\nx\r\n";
    rig.account->deliver("INBOX", parts + "--b--\r\n");
    rig.account->heard = [&](std::string_view command) {
      if (named && command.contains("BODY.PEEK[]")) change(rig, {"law@firm.example"});
    };
    rig.start(options);
    rig.settle();
    EXPECT_EQ(rig.account->bodies().size(), 1u);
    const auto rows = rig.quarantined();
    EXPECT_EQ(rows.size(), named ? 0u : 1u);
    for (const auto& row : rows) EXPECT_TRUE(row.raw);
    EXPECT_EQ(withheld(rig), named ? 1u : 0u);
  }
}

// A's number brings B's mail, who is named: A is asked for again, and comes.
TEST(Sync, C14_S12_AnothersBodySaysNothingOfWhatWasAskedFor) {
  SyncRig rig;
  change(rig, {"law@firm.example"});
  rig.account->quirks.mixed_up = {
      {1, "From: law@firm.example\r\nMessage-ID: <private@x>\r\n\r\nSecret.\r\n"}};
  rig.deliver("INBOX", rig.from_jo("asked@x"));
  rig.start();
  rig.settle();
  EXPECT_EQ(withheld(rig), 0u);
  ASSERT_EQ(rig.quarantined().size(), 1u);
  EXPECT_FALSE(rig.quarantined()[0].raw);
  rig.account->quirks.mixed_up.clear();
  rig.office.commit({store::RetryQuarantined{rig.quarantined()[0].at}});
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"asked@x"}));
  EXPECT_TRUE(rig.quarantined().empty());
}

// S-6: no job keeps it from coming, so opening one again brings none of it.
TEST(Sync, C14_S6_WhatIsWithheldIsNotCountedAsPassedOver) {
  SyncRig rig;
  rig.deliver("INBOX", rig.from_jo("a@x"));
  rig.start();
  rig.settle();
  change(rig, {"law@firm.example"});
  rig.office.set_job_open(false);
  rig.deliver("INBOX", with(rig.from_jo("private@x"), "law@firm.example"));
  rig.deliver("INBOX", rig.from_jo("b@x"));
  rig.settle();
  const auto found = rig.office.ask(store::CandidateById{rig.office.scope(), rig.jo});
  ASSERT_TRUE(found->skipped);
  EXPECT_EQ(found->skipped->messages, 1u);
  rig.office.set_job_open(true, true);
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"a@x", "b@x"}));
}

// Whoever has it in a mailbox of their own brings it: this one adds no copy.
TEST(Sync, C14_AColleaguesCopyIsTheirs) {
  SyncRig rig;
  auto& eves = rig.imap.add_account("eve@example.org", "secret");
  const auto eve = rig.office.add_user("Eve", "eve@example.org");
  rig.office.add_mailbox(eve, "eve@example.org", {.window_since = Instant{0}});
  change(rig, {"law@firm.example"});
  auto letter = with(rig.from_jo("both@x"), "law@firm.example, eve@example.org");
  const auto raw = raw_message({.from = letter.from,
                                .to = letter.to,
                                .subject = letter.subject,
                                .message_id = letter.message_id,
                                .text = letter.text,
                                .date = rig.world.now()});
  eves.deliver("INBOX", raw, rig.world.now());
  rig.account->deliver("INBOX", raw, rig.world.now());
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"both@x"}));
  EXPECT_EQ(rig.copies_of("both@x"), 1u);
  EXPECT_TRUE(rig.account->bodies().empty());
  EXPECT_EQ(withheld(rig), 1u);
}

Task<void> count_all(SyncRig& rig, Result<mailbox::WindowCount>& counted) {
  counted =
      co_await mailbox::count_window(*rig.env, rig.store, rig.office.scope(), rig.mailbox, {});
}

// C-8: what would be imported, and no more.
TEST(Sync, C14_WhatIsNeverSyncedIsNotCountedBeforeAnImport) {
  SyncRig rig;
  change(rig, {"law@firm.example"});
  rig.start();
  rig.settle();
  rig.office.commit({store::SetMailboxState{rig.mailbox, rules::MailboxState::off}});
  rig.world.run_for(10s);
  rig.deliver("INBOX", rig.from_jo("a@x"));
  rig.deliver("INBOX", with(rig.from_jo("private@x"), "law@firm.example"));
  Result<mailbox::WindowCount> counted = fail(Kind::missing, "none", "Not counted.");
  rig.env->spawn(count_all(rig, counted));
  rig.world.run_for(30s);
  ASSERT_TRUE(counted) << counted.error().code;
  EXPECT_EQ(counted->messages, 2u);
  EXPECT_EQ(counted->candidates, 1u);
}

}  // namespace
}  // namespace hearback::sim
