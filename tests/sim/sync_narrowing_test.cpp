// What narrows, and what others commit, while mail comes in.
#include <gtest/gtest.h>

#include <utility>

#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;

// What narrows, four ways.
void remove_address(SyncRig& rig) { rig.office.put_addresses(rig.jo, "Jo", {}); }
void delete_candidate(SyncRig& rig) {
  rig.office.commit({store::ForgetCandidate{rig.jo, {}, rig.world.now()}});
}
void make_internal(SyncRig& rig) { rig.office.add_user("Jo", "jo@candidate.example"); }
void archive_the_job(SyncRig& rig) { rig.office.set_job_open(false); }

// Between the headers that matched and their bodies, and between two bodies.
TEST(Sync, S16_WhatNarrowsHoldsBeforeTheNextBody) {
  for (auto* narrow : {&remove_address, &delete_candidate, &make_internal, &archive_the_job})
    for (const bool after_a_body : {false, true}) {
      SyncRig rig;
      rig.office.put_in_another_job(rig.office.add_candidate("Kim", {"kim@other.example"}));
      for (int i = 0; i < 4; ++i)
        rig.deliver("INBOX", rig.from_jo("private-" + std::to_string(i) + "@x"));
      rig.deliver("INBOX",
                  {.from = "kim@other.example", .to = "max@example.org", .message_id = "k@x"});
      // The newest body is asked for first.
      rig.deliver("INBOX", rig.from_jo("private-newest@x"));
      bool done = false;
      rig.account->heard = [&](std::string_view command) {
        const bool body = command.contains("BODY.PEEK[]");
        const bool headers = command.contains("HEADER.FIELDS");
        if (done || !(after_a_body ? body : headers)) return;
        done = true;
        narrow(rig);
      };
      sync::Options options;
      options.limits.body_batch = 1;
      rig.start(options);
      rig.settle();
      EXPECT_TRUE(done);
      // Nor is the one kept that was on its way.
      const Ids here{"k@x"};
      EXPECT_EQ(rig.imported(), here);
      EXPECT_EQ(rig.private_bodies().size(), after_a_body ? 1u : 0u);
      rig.deliver("INBOX", rig.from_jo("private-later@x"));
      rig.settle();
      EXPECT_EQ(rig.imported(), here);
      EXPECT_EQ(rig.private_bodies().size(), after_a_body ? 1u : 0u);
      // The ledger tells of every body that was asked for, and of no other.
      const auto ledger = rig.office.ask(store::BodyLedger{rig.office.scope(), rig.mailbox, {}});
      EXPECT_EQ(ledger.rows.size(), rig.account->bodies().size());
    }
}

// S-6: not even what answers a stored message of hers. It is counted, once, and looked for when
// that is wished.
TEST(Sync, S6_MailOfAnArchivedJobIsCountedAndComesLaterIfWished) {
  for (const bool wished : {false, true}) {
    SyncRig rig;
    rig.deliver("INBOX", rig.from_jo("a@x"));
    rig.start();
    rig.settle();
    ASSERT_EQ(rig.imported(), (Ids{"a@x"}));
    const auto skipped = [&] {
      const auto found = rig.office.ask(store::CandidateById{rig.office.scope(), rig.jo});
      return found->skipped ? found->skipped->messages : 0;
    };

    rig.office.set_job_open(false);
    for (int i = 0; i < 3; ++i) {
      auto later = rig.from_jo("later-" + std::to_string(i) + "@x");
      if (i == 2) later.in_reply_to = {"a@x"};
      rig.deliver("INBOX", later);
      rig.settle();
    }
    auto to_colleague = rig.private_mail("forward@x");
    to_colleague.in_reply_to = {"a@x"};
    rig.deliver("INBOX", to_colleague);
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"a@x"}));
    EXPECT_EQ(skipped(), 3u);
    EXPECT_EQ(rig.bodies_asked(), (Ids{"a@x"}));

    // Read again, for another address: it was counted.
    rig.office.commit({store::PutCandidate{
        CandidateId::make(rig.world.now(), rig.world.random()),
        "Kim",
        {{"aunt@family.example", "aunt@family.example", true, "", rig.world.now()}},
        rig.world.now()}});
    rig.crash();
    rig.start();
    rig.settle();
    EXPECT_EQ(skipped(), 3u);
    EXPECT_EQ(rig.imported(), (Ids{"a@x", "forward@x"}));  // hers

    rig.office.set_job_open(true, wished);
    rig.settle();
    EXPECT_EQ(skipped(), wished ? 0u : 3u);
    if (wished)
      EXPECT_EQ(rig.imported(), (Ids{"a@x", "forward@x", "later-0@x", "later-1@x", "later-2@x"}));
    else
      EXPECT_EQ(rig.imported(), (Ids{"a@x", "forward@x"}));
    rig.deliver("INBOX", rig.from_jo("last@x"));
    rig.settle();
    EXPECT_TRUE(rig.imported().contains("last@x"));

    // All is looked at again, for more addresses than are searched for. What has come in is missing
    // no longer.
    std::vector<rules::CandidateAddress> many;
    for (int i = 0; i < 5; ++i) {
      const auto one = "lee" + std::to_string(i) + "@other.example";
      many.push_back({one, one, true, "", rig.world.now()});
    }
    rig.office.commit({store::PutCandidate{CandidateId::make(rig.world.now(), rig.world.random()),
                                           "Lee", many, rig.world.now()}});
    rig.settle();
    std::uint64_t came = 0;
    for (const auto& id : rig.imported()) came += id.starts_with("later-");
    EXPECT_EQ(skipped() + came, 3u);
    EXPECT_GT(came, 0u);
  }
}

// Nor twice where it waits for what it answers, and the process dies before that is settled.
TEST(Sync, S6_S10_WhatIsCountedIsNotCountedAgainByTheNextLife) {
  SyncRig rig;
  rig.deliver("INBOX", rig.from_jo("a@x"));
  rig.start();
  rig.settle();
  rig.office.set_job_open(false);
  rig.settle();
  auto later = rig.from_jo("later@x");
  later.in_reply_to = {"nobodys@x"};
  rig.deliver("INBOX", later);
  rig.world.run_for(10s);
  rig.crash();
  rig.start();
  rig.settle();
  const auto found = rig.office.ask(store::CandidateById{rig.office.scope(), rig.jo});
  ASSERT_TRUE(found->skipped);
  EXPECT_EQ(found->skipped->messages, 1u);
}

// What allowed the body was a stored message, which goes with its candidate.
TEST(Sync, S16_AnAnswerToWhatHasGoneIsNotRead) {
  SyncRig rig;
  rig.deliver("INBOX", rig.from_jo("a@x"));
  sync::Options options;
  options.limits.body_batch = 1;
  rig.start(options);
  rig.settle();
  ASSERT_EQ(rig.imported(), (Ids{"a@x"}));
  bool done = false;
  rig.account->heard = [&](std::string_view command) {
    if (done || !command.contains("BODY.PEEK[]")) return;
    done = true;
    delete_candidate(rig);
  };
  for (int i = 0; i < 3; ++i) {
    auto answer = rig.private_mail("private-" + std::to_string(i) + "@x");
    answer.in_reply_to = {"a@x"};
    rig.deliver("INBOX", answer);
  }
  rig.settle();
  EXPECT_TRUE(done);
  EXPECT_EQ(rig.private_bodies().size(), 1u);
  EXPECT_EQ(rig.imported(), Ids{});
}

// Somebody adds candidates all the time: none of them is on this mail.
TEST(Sync, S10_CommitsOfOthersEndNoConnection) {
  SyncRig rig;
  for (int i = 0; i < 10; ++i) rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
  int others = 0;
  rig.store.before = [&](const store::Commit& commit) {
    for (const auto& change : commit.changes)
      if (change.as<store::AddMessage>() && others < 200) {
        ++others;
        rig.office.add_candidate("Other",
                                 {"other" + std::to_string(others) + "@elsewhere.example"});
        return;
      }
  };
  sync::Options options;
  options.limits.body_batch = 2;
  rig.start(options);
  rig.settle();
  EXPECT_EQ(rig.imported().size(), 10u);
  EXPECT_LE(rig.account->logins(), 2u);  // the second idles on Sent
  EXPECT_LT(others, 20);                 // what doesn't concern it makes nobody judge again
}

// Somebody adds and removes the very address, many times: it is judged again until it holds.
TEST(Sync, S10_CommitsThatConcernTheMailAreWaitedFor) {
  SyncRig rig;
  const auto kim = rig.office.add_candidate("Kim", {"kim@other.example"});
  auto both = rig.from_jo("both@x");
  both.to += ", kim@other.example";
  rig.deliver("INBOX", both);
  int others = 0;
  rig.store.before = [&](const store::Commit& commit) {
    for (const auto& change : commit.changes)
      if (change.as<store::AddMessage>() && others < 31) {
        ++others;
        rig.office.put_addresses(kim, "Kim",
                                 others % 2 ? std::vector<std::string>{}
                                            : std::vector<std::string>{"kim@other.example"});
        return;
      }
  };
  rig.start();
  rig.settle();
  EXPECT_EQ(others, 31);
  EXPECT_EQ(rig.imported(), (Ids{"both@x"}));
  EXPECT_EQ(rig.threads().size(), 1u);
  EXPECT_LE(rig.account->logins(), 2u);
}

// What a batch left out is asked for singly: between two of those, too.
TEST(Sync, S16_WhatIsAskedForSinglyIsAskedAboutFirst) {
  for (auto* narrow : {&remove_address, &delete_candidate, &make_internal}) {
    SyncRig rig;
    for (int i = 0; i < 4; ++i) rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
    int bodies = 0;
    rig.account->heard = [&](std::string_view command) {
      if (!command.contains("BODY.PEEK[]")) return;
      ++bodies;
      if (bodies == 1) rig.account->quirks.left_out = {1, 2, 3, 4};
      if (bodies == 2) {
        rig.account->quirks.left_out.clear();
        narrow(rig);
      }
    };
    rig.start();
    rig.settle();
    EXPECT_EQ(bodies, 2);
    EXPECT_EQ(rig.imported(), Ids{});
  }
}

// It is dropped before its body, and passed over. Whoever has the address again gets it.
TEST(Sync, S16_WhatWasDroppedIsFoundWhenTheAddressIsAddedAgain) {
  for (const bool restarted : {false, true}) {
    SyncRig rig;
    for (int i = 0; i < 3; ++i) rig.deliver("INBOX", rig.from_jo(std::to_string(i) + "@x"));
    bool done = false;
    rig.account->heard = [&](std::string_view command) {
      if (done || !command.contains("HEADER.FIELDS")) return;
      done = true;
      remove_address(rig);
    };
    rig.start();
    rig.settle();
    EXPECT_TRUE(done);
    EXPECT_TRUE(rig.account->bodies().empty());
    if (restarted) rig.crash();
    rig.office.put_addresses(rig.jo, "Jo", {"jo@candidate.example"});
    if (restarted) rig.start();
    rig.settle();
    EXPECT_EQ(rig.imported().size(), 3u);
  }
}

// ---- folders that somebody excluded ---------------------------------------------------------

void choose(SyncRig& rig, const std::string& name, rules::FolderRole role) {
  for (auto& row : rig.office.ask(store::Folders{rig.office.scope(), rig.mailbox}))
    if (row.folder.name == name)
      rig.office.commit({store::SetFolderRole{rig.mailbox, row.folder.id, role}});
}

// The server names it anew, forgets it in one answer, or has something below it.
TEST(Sync, S4_S16_AnExcludedFolderStaysExcluded) {
  enum class By { name, forgotten, forgotten_then_name, child };
  for (const auto by : {By::name, By::forgotten, By::forgotten_then_name, By::child}) {
    SyncRig rig;
    rig.account->folder("Private");
    rig.start();
    rig.settle();
    choose(rig, "Private", rules::FolderRole::ignored);
    rig.settle();
    rig.deliver("Private", rig.from_jo("private-1@x"));
    rig.world.run_for(2h);
    if (by == By::name) rig.account->rename_folder("Private", "Family");
    if (by == By::child) {
      rig.account->folder("Private/2027");
      rig.deliver("Private/2027", rig.from_jo("private-2@x"));
    }
    if (by == By::forgotten || by == By::forgotten_then_name) {
      rig.account->quirks.unlisted = {"Private"};
      rig.world.run_for(2h);
      rig.account->quirks.unlisted.clear();
      if (by == By::forgotten_then_name) rig.account->rename_folder("Private", "Family");
    }
    rig.account->folder("Projects");
    rig.deliver("Projects", rig.from_jo("p@x"));
    rig.world.run_for(2h);
    EXPECT_EQ(rig.imported(), (Ids{"p@x"})) << static_cast<int>(by);
    EXPECT_EQ(rig.private_bodies(), Ids{}) << static_cast<int>(by);
    rig.crash();
    rig.start();
    rig.world.run_for(2h);
    EXPECT_EQ(rig.private_bodies(), Ids{}) << static_cast<int>(by);
  }
}

// Its new name is one that was read until now: what is read next under that name isn't its mail.
TEST(Sync, S4_S16_AnExcludedFolderStaysExcludedUnderAKnownName) {
  for (const bool restarted : {false, true}) {
    SyncRig rig;
    rig.account->folder("Private");
    rig.account->folder("Work");
    rig.start();
    rig.settle();
    choose(rig, "Private", rules::FolderRole::ignored);
    rig.deliver("Private", rig.from_jo("private-1@x"));
    rig.deliver("Work", rig.from_jo("w1@x"));
    rig.world.run_for(2h);
    if (restarted) rig.crash();
    rig.account->remove_folder("Work");
    rig.account->rename_folder("Private", "Work");
    if (restarted) rig.start();
    rig.world.run_for(2h);
    rig.deliver("Work", rig.from_jo("private-2@x"));
    rig.deliver("INBOX", rig.from_jo("i@x"));
    rig.world.run_for(2h);
    EXPECT_EQ(rig.imported(), (Ids{"i@x", "w1@x"})) << restarted;
    EXPECT_EQ(rig.private_bodies(), Ids{}) << restarted;
    // A folder that takes the old name once more is read.
    rig.account->rename_folder("Work", "Private");
    rig.account->folder("Work");
    rig.deliver("Work", rig.from_jo("w2@x"));
    rig.world.run_for(2h);
    EXPECT_EQ(rig.imported(), (Ids{"i@x", "w1@x", "w2@x"})) << restarted;
    EXPECT_EQ(rig.private_bodies(), Ids{}) << restarted;
  }
}

// Two folders change names while nobody looks: the first thing that is known is the new names.
TEST(Sync, S4_S16_AnExcludedFolderStaysExcludedWhereNamesAreSwapped) {
  for (const bool restarted : {false, true}) {
    SyncRig rig;
    rig.account->folder("Private");
    rig.account->folder("Work");
    rig.start();
    rig.settle();
    choose(rig, "Private", rules::FolderRole::ignored);
    rig.deliver("Private", rig.from_jo("private-1@x"));
    rig.deliver("Work", rig.from_jo("w1@x"));
    rig.world.run_for(2h);
    if (restarted) rig.crash();
    rig.account->rename_folder("Private", "Elsewhere");
    rig.account->rename_folder("Work", "Private");
    rig.account->rename_folder("Elsewhere", "Work");
    if (restarted) rig.start();
    rig.world.run_for(2h);
    rig.deliver("Work", rig.from_jo("private-2@x"));
    rig.deliver("Private", rig.from_jo("w2@x"));
    rig.world.run_for(2h);
    EXPECT_EQ(rig.imported(), (Ids{"w1@x", "w2@x"})) << restarted;
    EXPECT_EQ(rig.private_bodies(), Ids{}) << restarted;
  }
}

// The owner decides while the past comes in, between two of its bodies: that is the last one.
TEST(Sync, S16_WhatTheOwnerDecidesHoldsBeforeTheNextBody) {
  enum class By { role, window, off };
  for (const auto by : {By::role, By::window, By::off}) {
    SyncRig rig;
    const Instant past = rig.world.now() + -48h;
    for (int i = 0; i < 300; ++i)
      rig.deliver("Projects", rig.from_jo("private-" + std::to_string(i) + "@x"), past);
    rig.deliver("INBOX", rig.from_jo("i@x"));
    std::size_t at_once = 0;
    rig.account->heard = [&](std::string_view command) {
      if (at_once > 0 || !command.contains("BODY.PEEK[]") || rig.private_bodies().empty()) return;
      at_once = rig.private_bodies().size();
      if (by == By::role) choose(rig, "Projects", rules::FolderRole::ignored);
      if (by == By::window)
        rig.office.commit({store::SetWindow{rig.mailbox, rig.world.now() + -1h}});
      if (by == By::off)
        rig.office.commit({store::SetMailboxState{rig.mailbox, rules::MailboxState::off}});
    };
    sync::Options options;
    options.limits.body_batch = 1;
    rig.start(options);
    rig.world.run_for(2h);
    ASSERT_GT(at_once, 0u);
    // The one that was under way, and what had been asked for in the same breath.
    EXPECT_LE(rig.private_bodies().size(), at_once + 1) << static_cast<int>(by);
    rig.deliver("Projects", rig.from_jo("private-later@x"), past);
    rig.deliver("INBOX", rig.from_jo("later@x"));
    rig.world.run_for(2h);
    EXPECT_LE(rig.private_bodies().size(), at_once + 1) << static_cast<int>(by);
    EXPECT_EQ(rig.imported().contains("later@x"), by != By::off) << static_cast<int>(by);
    EXPECT_LE(rig.account->logins(), 4u) << static_cast<int>(by);
  }
}

// What lies below an excluded folder isn't read any more either, from the next body on; whether it
// was known or is listed for the first time while the choice is being made.
TEST(Sync, S4_S16_WhatLiesBelowAnExcludedFolderHoldsBeforeTheNextBody) {
  SyncRig rig;
  const Instant past = rig.world.now() + -48h;
  rig.account->folder("Private");
  for (int i = 0; i < 100; ++i)
    rig.deliver("Private/2026", rig.from_jo("private-" + std::to_string(i) + "@x"), past);
  std::size_t at_once = 0;
  rig.account->heard = [&](std::string_view command) {
    if (at_once > 0 || !command.contains("BODY.PEEK[]") || rig.private_bodies().empty()) return;
    at_once = rig.private_bodies().size();
    choose(rig, "Private", rules::FolderRole::ignored);
  };
  sync::Options options;
  options.limits.body_batch = 1;
  rig.start(options);
  rig.world.run_for(2h);
  ASSERT_GT(at_once, 0u);
  EXPECT_LE(rig.private_bodies().size(), at_once + 1);
}

TEST(Sync, S4_S16_WhatIsListedWhileTheFolderAboveIsExcludedIsNotRead) {
  SyncRig rig;
  rig.account->folder("Private");
  rig.start();
  rig.settle();
  rig.deliver("Private/2026", rig.from_jo("private@x"));
  bool done = false;
  rig.store.before = [&](const store::Commit& commit) {
    for (const auto& change : commit.changes)
      if (change.as<store::PutFolders>() && !std::exchange(done, true))
        choose(rig, "Private", rules::FolderRole::ignored);
  };
  rig.world.run_for(2h);
  EXPECT_TRUE(done);
  EXPECT_EQ(rig.private_bodies(), Ids{});
}

// And one that somebody switched on goes on being read.
TEST(Sync, S4_AFolderThatWasSwitchedOnStaysOn) {
  for (const bool renamed : {false, true}) {
    SyncRig rig;
    rig.start();
    rig.settle();
    choose(rig, "Junk", rules::FolderRole::incoming);
    rig.settle();
    rig.deliver("Junk", rig.from_jo("a@x"));
    rig.world.run_for(2h);
    if (renamed) rig.account->rename_folder("Junk", "Trash/Perhaps");
    rig.account->quirks.unlisted = {renamed ? "Trash/Perhaps" : "Junk"};
    rig.world.run_for(2h);
    rig.account->quirks.unlisted.clear();
    rig.world.run_for(2h);
    rig.deliver(renamed ? "Trash/Perhaps" : "Junk", rig.from_jo("b@x"));
    rig.world.run_for(2h);
    EXPECT_EQ(rig.imported(), (Ids{"a@x", "b@x"})) << renamed;
    // What was known of it under its old name or before is known again.
    EXPECT_EQ(rig.copies_of("a@x"), 1u) << renamed;
  }
}

// Where all folders are numbered alike, another one may pass for it: none of its mail is taken for
// read.
TEST(Sync, S4_S10_AFolderThatPassesForAVanishedOneIsReadWhole) {
  SyncRig rig;
  rig.account->folder("Clients");
  rig.start();
  rig.settle();
  choose(rig, "Clients", rules::FolderRole::incoming);
  for (int i = 0; i < 5; ++i) rig.deliver("Clients", rig.from_jo("a" + std::to_string(i) + "@x"));
  rig.world.run_for(1h);
  const auto number = rig.account->folder("Clients").uid_validity;
  rig.account->remove_folder("Clients");
  rig.account->folder("Projects").uid_validity = number;
  for (int i = 0; i < 9; ++i) rig.deliver("Projects", rig.from_jo("b" + std::to_string(i) + "@x"));
  rig.world.run_for(3h);
  EXPECT_EQ(rig.imported().size(), 14u);
}

// S-2: the ledger counts each header once, whatever ends the pass in which it was looked at.
TEST(Sync, S2_HeadersAreCountedOnceWhenSettingsMoveInMidPass) {
  for (const bool cut : {false, true}) {
    SyncRig rig;
    constexpr int kMails = 400;
    for (int i = 0; i < kMails; ++i)
      rig.deliver("Archive", rig.private_mail(std::to_string(i) + "@x"));
    rig.world.plan = [](const net::Endpoint&, std::uint64_t) {
      Faults slow;
      slow.latency_least = 200ms;
      slow.latency_most = 400ms;
      return slow;
    };
    sync::Options options;
    options.limits.scan_batch = 10;
    rig.start(options);
    int moved = 0;
    for (int step = 0; step < 60; ++step) {
      rig.world.run_for(1s);
      if (rig.account->headers_sent() == 0 || rig.account->headers_sent() >= kMails) continue;
      if (step % 3 != 0) continue;
      ++moved;
      if (cut)
        rig.account->disconnect_all();
      else
        rig.office.commit({store::SetFolderRole{
            rig.mailbox, rig.folder("Sent").id,
            moved % 2 ? rules::FolderRole::incoming : rules::FolderRole::outgoing}});
    }
    EXPECT_GT(moved, 2) << cut;
    rig.settle();
    EXPECT_GE(rig.account->headers_sent(), std::uint64_t{kMails}) << cut;
    EXPECT_EQ(rig.mailbox_row().headers_seen, std::uint64_t{kMails}) << cut;
  }
}

}  // namespace
}  // namespace hearback::sim
