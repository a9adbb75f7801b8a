// What mailboxes may take of memory, and of the store's rows, however large, many or hostile they
// are.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>

#include "mailbox/probe.hpp"
#include "sim/sync_rig.hpp"
#include "sync/pending.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;

// A candidate sends everybody a large file at the same moment: bodies wait for room, nobody is
// given up.
TEST(Sync, S12_ALargeMailToEverybodyTakesNoMoreMemoryThanThereIsRoom) {
  constexpr int kMailboxes = 15;
  constexpr std::size_t kLarge = 50'000;
  SyncRig rig;
  auto letter = SyncRig::from_jo("large@x");
  letter.text = std::string(kLarge, 'x') + "\r\n";
  std::size_t asked = 0, stored = 0, most = 0;
  std::vector<ImapAccount*> accounts;
  for (int i = 0; i < kMailboxes; ++i) {
    const auto address = "u" + std::to_string(i) + "@example.org";
    auto& account = rig.imap.add_account(address, "secret");
    rig.office.add_mailbox(rig.office.add_user(address, address), address, {});
    account.heard = [&](std::string_view command) {
      if (!command.starts_with("UID FETCH") || !command.contains("BODY.PEEK[])")) return;
      asked += kLarge;
      most = std::max(most, asked - stored);
    };
    accounts.push_back(&account);
  }
  rig.store.made = [&](const store::Commit& commit) {
    for (const auto& change : commit.changes)
      if (change.as<store::AddCopy>()) stored += kLarge;
  };
  sync::Options options;
  options.limits.body_batch_octets = 20'000;
  options.limits.imap_body_slack = 1000;
  options.bodies_octets = 600'000;
  rig.start(options);
  rig.settle();
  for (auto* account : accounts)
    account->deliver("INBOX", raw_message({.from = letter.from,
                                           .to = account->user(),
                                           .message_id = letter.message_id,
                                           .text = letter.text,
                                           .date = rig.world.now()}));
  rig.settle();
  EXPECT_EQ(stored, kMailboxes * kLarge);
  EXPECT_LE(most, options.bodies_octets / 2);
  EXPECT_TRUE(rig.stop());
}

// S-9: what arrives doesn't wait for the room that its mailbox's past waits for.
TEST(Sync, S9_WhatArrivesDoesNotWaitForThePastsRoom) {
  SyncRig rig;
  auto& slow = rig.world.serve<ImapServer>("slow.example.org", 993);
  const auto deliver = [&](ImapAccount& account, const std::string& from, const std::string& id) {
    account.deliver("INBOX", raw_message({.from = from,
                                          .to = account.user(),
                                          .message_id = id,
                                          .text = std::string(2000, 'x') + "\r\n",
                                          .date = rig.world.now()}));
  };
  for (int i = 0; i < 6; ++i) {
    const auto address = "u" + std::to_string(i) + "@example.org";
    auto& account = slow.add_account(address, "secret");
    account.quirks.body_time = 50s;
    rig.office.add_mailbox(rig.office.add_user(address, address), address,
                           {.imap_host = "slow.example.org"});
    for (int n = 0; n < 8; ++n)
      deliver(account, "kim@candidate.example", std::to_string(n) + "kim" + address);
  }
  for (int n = 0; n < 8; ++n)
    deliver(*rig.account, "lee@candidate.example", std::to_string(n) + "lee@x");
  sync::Options options;
  options.limits.body_batch_octets = 20'000;
  options.limits.imap_body_slack = 1000;
  options.bodies_octets = 200'000;
  rig.start(options);
  rig.settle();
  rig.office.add_candidate("Kim", {"kim@candidate.example"});
  rig.world.run_for(20s);
  rig.office.add_candidate("Lee", {"lee@candidate.example"});
  rig.world.run_for(20s);
  EXPECT_EQ(rig.copies_of("0lee@x"), 0u);
  deliver(*rig.account, "jo@candidate.example", "arrived@x");
  rig.world.run_for(5s);
  EXPECT_EQ(rig.copies_of("arrived@x"), 1u);
  EXPECT_EQ(rig.copies_of("0lee@x"), 0u);
  rig.world.run_for(1h);
  EXPECT_EQ(rig.imported().size(), 6u * 8 + 8 + 1);
  EXPECT_TRUE(rig.stop());
}

// What a server leaves out is asked for alone, which needs much room: once that is found it isn't
// given away for what comes first, or it would be waited for each time anew.
TEST(Sync, S12_WhatIsAskedForAloneKeepsTheRoomThatItWaitedFor) {
  // The last ones are in one batch.
  const std::vector<std::pair<std::size_t, std::size_t>> cases = {
      {2000, 1}, {25'000, 1}, {2000, 2}};
  for (const auto& [octets, many] : cases) {
    SyncRig rig;
    auto& slow = rig.world.serve<ImapServer>("slow.example.org", 993);
    const auto deliver = [&](ImapAccount& account, const std::string& from, const std::string& id,
                             std::size_t size) {
      return account.deliver("INBOX", raw_message({.from = from,
                                                   .to = account.user(),
                                                   .message_id = id,
                                                   .text = std::string(size, 'x') + "\r\n",
                                                   .date = rig.world.now()}));
    };
    for (int i = 0; i < 6; ++i) {
      const auto address = "u" + std::to_string(i) + "@example.org";
      auto& account = slow.add_account(address, "secret");
      account.quirks.body_time = 50s;
      rig.office.add_mailbox(rig.office.add_user(address, address), address,
                             {.imap_host = "slow.example.org"});
      for (int n = 0; n < 30; ++n)
        deliver(account, "kim@candidate.example", std::to_string(n) + "kim" + address, 25'000);
    }
    for (std::size_t i = 0; i < many; ++i)
      rig.account->quirks.left_out.insert(
          deliver(*rig.account, "lee@candidate.example", std::to_string(i) + "lee@x", octets));
    rig.account->quirks.body_time = 5s;
    int asked = 0;
    rig.account->heard = [&](std::string_view command) {
      asked += command.starts_with("UID FETCH") && command.contains("BODY.PEEK[])");
    };
    sync::Options options;
    options.limits.body_batch_octets = 20'000;
    options.limits.message_octets = 40'000;
    options.limits.imap_body_slack = 1000;
    options.bodies_octets = 200'000;
    rig.start(options);
    rig.settle();
    rig.office.add_candidate("Kim", {"kim@candidate.example"});
    rig.world.run_for(20s);
    rig.office.add_candidate("Lee", {"lee@candidate.example"});
    rig.world.run_for(6min);
    EXPECT_EQ(rig.quarantined().size(), many) << octets << ' ' << asked;
    EXPECT_LE(asked, static_cast<int>(6 * many)) << octets;
    EXPECT_TRUE(rig.stop());
  }
}

// A server that drips keeps what its mailboxes were given room for: not what others need. Its mail
// arrives at one moment, or was there when its mailboxes were connected.
TEST(Sync, S12_SlowServersOfOneCompanyHoldUpNobodyElse) {
  for (const bool arrives : {true, false}) {
    SyncRig rig;
    auto& slow = rig.world.serve<ImapServer>("slow.example.org", 993);
    const auto deliver = [&](ImapAccount& account, const std::string& id) {
      account.deliver("INBOX", raw_message({.from = "jo@candidate.example",
                                            .to = account.user(),
                                            .message_id = id,
                                            .text = std::string(2000, 'x') + "\r\n",
                                            .date = rig.world.now()}));
    };
    std::vector<ImapAccount*> accounts;
    for (int i = 0; i < 6; ++i) {
      const auto address = "u" + std::to_string(i) + "@example.org";
      accounts.push_back(&slow.add_account(address, "secret"));
      accounts.back()->quirks.body_time = 50s;
      rig.office.add_mailbox(rig.office.add_user(address, address), address,
                             {.imap_host = "slow.example.org"});
    }
    const auto deliver_many = [&] {
      for (int i = 0; i < 8; ++i)
        for (auto* account : accounts) deliver(*account, std::to_string(i) + account->user());
    };
    Office other(rig.world, rig.office);
    auto& hers = rig.imap.add_account("ann@other.example", "secret");
    other.add_candidate("Jo", {"jo@candidate.example"});
    other.add_mailbox(other.add_user("Ann", "ann@other.example"), "ann@other.example", {});
    bool stored = false;
    rig.store.made = [&](const store::Commit& commit) {
      if (commit.company != other.company()) return;
      for (const auto& change : commit.changes) stored = stored || change.as<store::AddCopy>();
    };
    if (!arrives) deliver_many();
    sync::Options options;
    options.limits.body_batch_octets = 20'000;
    options.limits.imap_body_slack = 1000;
    options.bodies_octets = 200'000;
    rig.start(options);
    rig.world.run_for(arrives ? 5min : 20s);
    if (arrives) deliver_many();
    rig.world.run_for(10s);
    deliver(hers, "hers@x");
    rig.world.run_for(5s);
    EXPECT_TRUE(stored) << arrives;
    rig.world.run_for(1h);
    EXPECT_EQ(rig.imported().size(), 48u);
    EXPECT_TRUE(rig.stop());
  }
}

// Companies and mailboxes are read in pages, and none is left out.
TEST(Sync, MoreCompaniesAndMailboxesThanAPageAreAllWatched) {
  SyncRig rig;
  rig.office.add_companies(1000);
  constexpr std::size_t kMailboxes = 230;
  std::vector<ImapAccount*> accounts;
  std::vector<MailboxId> mailboxes;
  for (std::size_t i = 0; i < kMailboxes; ++i) {
    const auto address = "u" + std::to_string(i) + "@example.org";
    accounts.push_back(&rig.imap.add_account(address, "secret"));
    mailboxes.push_back(rig.office.add_mailbox(rig.office.add_user(address, address), address, {}));
  }
  rig.start();
  rig.settle();
  std::size_t watched = 0;
  for (auto* account : accounts) watched += account->sessions() > 0;
  EXPECT_EQ(watched, kMailboxes);
  rig.office.commit({store::RemoveMailbox{mailboxes.back()}});
  rig.settle();
  EXPECT_EQ(accounts.back()->sessions(), 0u);
  EXPECT_GT(accounts[0]->sessions(), 0u);
  EXPECT_TRUE(rig.stop());
}

// Headers that take far more memory than octets on the wire.
class HostileHeaders {
 public:
  explicit HostileHeaders(SyncRig& rig) : rig_(rig), before_(in_use()) {}

  static std::string many_addresses() {
    std::string to = "a@b.example";
    for (int i = 0; i < 1990; ++i) to += ",\r\n a@b.example";
    return to;
  }
  // Two hundred short ids each.
  void deliver_answers(const std::string& folder, int count) {
    std::string raw = "From: aunt@family.example\r\nMessage-ID: <private@x>\r\nReferences:";
    for (int i = 0; i < 200; ++i) raw += "\r\n <" + std::to_string(i) + "@x>";
    raw += "\r\n\r\nx\r\n";
    for (int i = 0; i < count; ++i) rig_.account->deliver(folder, raw);
    before_ = in_use();
  }
  void deliver(const std::string& folder, int count) {
    const std::string raw = "From: aunt@family.example\r\nTo: " + many_addresses() +
                            "\r\nIn-Reply-To: <unknown@x>\r\nMessage-ID: <private@x>\r\n\r\nx\r\n";
    for (int i = 0; i < count; ++i) rig_.account->deliver(folder, raw);
    before_ = in_use();
  }
  void watch() {
    rig_.store.asked = [this] { look(); };
    rig_.account->heard = [this](std::string_view) { look(); };
  }
  std::size_t most() const { return most_; }

 private:
  static std::size_t in_use() {
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
  }
  void look() { most_ = std::max(most_, in_use() - std::min(in_use(), before_)); }

  SyncRig& rig_;
  std::size_t before_, most_ = 0;
};

TEST(Sync, S12_HeadersFullOfAddressesTakeBoundedMemory) {
  SyncRig rig;
  HostileHeaders headers(rig);
  headers.deliver("Archive", 450);
  rig.deliver("Archive", rig.from_jo("a@x"));
  headers.watch();
  rig.start();
  rig.world.run_for(10min);
  EXPECT_EQ(rig.imported(), (Ids{"a@x"}));
  EXPECT_EQ(rig.mailbox_row().headers_seen, 451u);
  EXPECT_LE(headers.most(), 80u << 20);
  EXPECT_TRUE(rig.stop());
}

// A search that names them all.
TEST(Sync, S5_S12_ASearchThatNamesHeadersFullOfAddressesTakesBoundedMemory) {
  SyncRig rig;
  HostileHeaders headers(rig);
  headers.deliver("Archive", 450);
  rig.deliver("Archive",
              {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"});
  sync::Options options;
  options.limits.scan_batch = 20;
  rig.start(options);
  rig.settle();
  rig.account->quirks.search_finds_all = true;
  headers.watch();
  rig.office.add_candidate("Kim", {"kim@other.example"});
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"k@x"}));
  EXPECT_LE(headers.most(), 50u << 20);
  EXPECT_TRUE(rig.stop());
}

// More answers to what never comes than can be noted: what isn't noted is judged once more.
TEST(Sync, T3_S12_AnAnswerThatFoundNoRoomToWaitIsJudgedOnceMore) {
  SyncRig rig;
  auto letter = rig.private_mail("private@x");
  const std::size_t many = sync::Pending::kMost / sync::Pending::kNearest + 100;
  for (std::size_t i = 0; i < many; ++i) {
    letter.in_reply_to.clear();
    for (std::size_t n = 0; n < sync::Pending::kNearest; ++n)
      letter.in_reply_to.push_back(std::to_string(i) + "-" + std::to_string(n) + "@x");
    rig.deliver("Archive", letter);
  }
  rig.deliver("B", {.from = "max@example.org",
                    .to = "ann@example.org",
                    .message_id = "forward@x",
                    .in_reply_to = {"original@x"}});
  rig.deliver("C", rig.from_jo("original@x"));
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"forward@x", "original@x"}));
  // And no more than once.
  rig.settle();
  const auto headers = rig.account->headers_sent();
  rig.world.run_for(1h);
  EXPECT_LE(rig.account->headers_sent() - headers, 100u);
  EXPECT_LE(headers, 3 * many);
  EXPECT_TRUE(rig.stop());
}

Task<void> count_all(SyncRig& rig, Result<mailbox::WindowCount>& counted) {
  counted =
      co_await mailbox::count_window(*rig.env, rig.store, rig.office.scope(), rig.mailbox, {});
}

// What a window would bring, likewise: nothing is counted twice, or not at all.
TEST(Sync, C8_S12_CountingAnswersWithoutEndTakesBoundedMemory) {
  SyncRig rig;
  rig.start();
  rig.settle();
  rig.deliver("INBOX", rig.from_jo("a@x"));
  rig.settle();
  HostileHeaders headers(rig);
  headers.deliver_answers("Archive", 6000);
  auto letter = rig.private_mail("answer@x");
  letter.in_reply_to = {"a@x"};
  rig.deliver("Archive", letter);
  rig.office.commit({store::SetMailboxState{rig.mailbox, rules::MailboxState::off}});
  rig.world.run_for(10s);  // nobody else reads there now
  headers.watch();
  Result<mailbox::WindowCount> counted = fail(Kind::missing, "none", "Not counted.");
  rig.env->spawn(count_all(rig, counted));
  rig.world.run_for(30s);
  ASSERT_TRUE(counted) << counted.error().code;
  EXPECT_EQ(counted->messages, 6002u);
  EXPECT_EQ(counted->candidates, 2u);
  EXPECT_LE(headers.most(), 45u << 20);
  EXPECT_TRUE(rig.stop());
}

// Nor does it take what the company's candidates would.
TEST(Sync, C8_CountingAmongManyCandidatesTakesNoMoreMemory) {
  SyncRig rig;
  for (int i = 0; i < 100; ++i) {
    std::vector<std::string> addresses;
    for (int n = 0; n < 200; ++n)
      addresses.push_back("somebody" + std::to_string(200 * i + n) + "@candidates.example");
    rig.office.add_candidate("Candidate", addresses);
  }
  rig.start();
  rig.settle();
  rig.office.commit({store::SetMailboxState{rig.mailbox, rules::MailboxState::off}});
  rig.world.run_for(10s);
  for (int i = 0; i < 300; ++i)
    rig.deliver("Archive", {.from = "somebody" + std::to_string(i * 7) + "@candidates.example",
                            .to = "max@example.org",
                            .message_id = std::to_string(i) + "@x"});
  HostileHeaders headers(rig);
  headers.watch();
  Result<mailbox::WindowCount> counted = fail(Kind::missing, "none", "Not counted.");
  rig.env->spawn(count_all(rig, counted));
  rig.world.run_for(30s);
  ASSERT_TRUE(counted) << counted.error().code;
  EXPECT_EQ(counted->messages, 300u);
  EXPECT_EQ(counted->candidates, 300u);
  EXPECT_LE(headers.most(), 2u << 20);
  EXPECT_TRUE(rig.stop());
}

// Numbers far apart, and every other message answers something unknown.
TEST(Sync, S10_AScatteredFolderKeepsAShortCursor) {
  SyncRig rig;
  constexpr int kMany = 600;
  for (int i = 0; i < kMany; ++i) {
    rig.account->folder("Archive").uid_next += 200;
    auto letter = rig.private_mail("private-" + std::to_string(i) + "@x");
    if (i % 2) letter.in_reply_to = {"unknown-" + std::to_string(i) + "@x"};
    rig.deliver("Archive", letter);
  }
  rig.deliver("Archive", rig.from_jo("a@x"));
  std::size_t most = 0;
  rig.store.made = [&](const store::Commit& commit) {
    for (const auto& change : commit.changes)
      if (const auto* cursor = change.as<store::AdvanceCursor>())
        most = std::max(most, cursor->ranges.size());
  };
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"a@x"}));
  EXPECT_EQ(rig.mailbox_row().headers_seen, kMany + 1u);
  EXPECT_LE(most, 20u);
  EXPECT_GE(most, 1u);
  // Unsettled is what waits, with what lies between, and no more.
  rig.settle();
  std::vector<rules::ScannedRange> ranges;
  for (auto& row : rig.office.ask(store::Folders{rig.office.scope(), rig.mailbox}))
    if (row.folder.name == "Archive") ranges = row.ranges;
  ASSERT_GE(ranges.size(), 3u);
  EXPECT_LE(ranges.size(), 20u);
  EXPECT_NE(ranges.front().match_revision, 0u);
  EXPECT_NE(ranges.back().match_revision, 0u);
  EXPECT_TRUE(rig.stop());
}

}  // namespace
}  // namespace hearback::sim
