// What the next life of a mailbox reads again, and what it must: nothing that was looked through,
// and all that may still be somebody's (S-10, T-3).
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "sim/sync_restart_rig.hpp"

namespace hearback::sim {
namespace {

using Rig = RestartRig;

// Names no candidate's address.
SyncRig::Letter answer_to(std::string original, std::string message_id) {
  return {.from = "max@example.org",
          .to = "friend@elsewhere.example",
          .message_id = std::move(message_id),
          .in_reply_to = {std::move(original)}};
}

SyncRig::Letter from_kim(std::string message_id) {
  return {
      .from = "kim@other.example", .to = "max@example.org", .message_id = std::move(message_id)};
}

// More than wait in memory once a look is through.
void deliver_answers_to_nobody(SyncRig& rig, const std::string& folder) {
  for (int i = 0; i < 2500; ++i)
    rig.deliver(folder, answer_to("nobodys@x", "private-" + std::to_string(i) + "@x"));
}

void choose(SyncRig& rig, const std::string& folder, rules::FolderRole role) {
  rig.office.commit({store::SetFolderRole{rig.mailbox, rig.folder(folder).id, role}});
}

// To be read, up to the moment in which something of it has been brought in.
void choose_until_it_brings(SyncRig& rig, const std::string& folder) {
  bool brought = false;
  rig.store.made = [&](const store::Commit& commit) {
    for (const auto& change : commit.changes) brought = brought || change.as<store::AddCopy>();
  };
  choose(rig, folder, rules::FolderRole::incoming);
  for (int ms = 0; ms < 60'000 && !brought; ++ms) rig.world.run_for(1ms);
  rig.store.made = {};
  EXPECT_TRUE(brought);
}

// What an earlier life had looked through is known to the next one.
TEST(Sync, S10_ARestartReadsNothingAgain) {
  Rig rig;
  for (int i = 0; i < 300; ++i) {
    rig.deliver("INBOX", rig.private_mail("in-" + std::to_string(i) + "@x"));
    rig.deliver("Archive", rig.private_mail("old-" + std::to_string(i) + "@x"));
  }
  rig.deliver("INBOX", rig.from_jo("jo@x"));
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"jo@x"}));
  for (const bool crashed : {true, false}) {
    const auto headers = rig.account->headers_sent();
    rig.restart(crashed);
    EXPECT_LE(rig.account->headers_sent() - headers, 20u) << crashed;  // the last one of each look
  }
}

// Each of three folders is asked what came, which is nothing.
TEST(Sync, S10_ARestartWithNothingNewJudgesNoHeader) {
  Rig rig;
  for (int i = 0; i < 100; ++i)
    for (const char* folder : {"INBOX", "Sent", "Archive"})
      rig.deliver(folder, rig.private_mail(std::to_string(i) + "@x"));
  rig.deliver("INBOX", rig.from_jo("jo@x"));
  rig.deliver("Archive", answer_to("jo@x", "answer@x"));
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"answer@x", "jo@x"}));
  for (int times = 0; times < 3; ++times) {
    const auto headers = rig.account->headers_sent(), seen = rig.mailbox_row().headers_seen;
    rig.restart(times != 1);
    // Of "n:*" a server gives the last one, though it lies below n.
    EXPECT_LE(rig.account->headers_sent() - headers, 3u) << times;
    EXPECT_EQ(rig.mailbox_row().headers_seen, seen) << times;
  }
}

// What changed while nobody was there: each brings what it would have brought at once.
TEST(Sync, S4_S5_C8_S10_WhatChangesWhileTheServerIsDownIsSeenByTheNextLife) {
  struct Case {
    const char* what;
    std::function<void(SyncRig&)> change;
    const char* brings;
  };
  const std::vector<Case> cases{
      {"an address", [](SyncRig& rig) { rig.office.add_candidate("Kim", {"kim@other.example"}); },
       "kim@x"},
      {"five addresses",
       [](SyncRig& rig) {
         for (int i = 0; i < 4; ++i)
           rig.office.add_candidate("N", {std::to_string(i) + "@nobody.example"});
         rig.office.add_candidate("Kim", {"kim@other.example"});
       },
       "kim@x"},
      {"a window",
       [](SyncRig& rig) { rig.office.commit({store::SetWindow{rig.mailbox, Instant{0}}}); },
       "old@x"},
      {"a role by a person", [](SyncRig& rig) { choose(rig, "Junk", rules::FolderRole::incoming); },
       "junk@x"},
      {"a name", [](SyncRig& rig) { rig.account->rename_folder("Spam", "Projects"); }, "spam@x"},
      {"numbers",
       [](SyncRig& rig) {
         rig.account->change_uid_validity("INBOX", false);
         rig.deliver("INBOX", rig.from_jo("new@x"));
       },
       "new@x"},
      {"mail", [](SyncRig& rig) { rig.deliver("Archive", rig.from_jo("new@x")); }, "new@x"},
  };
  for (const auto& one : cases) {
    Rig rig;
    rig.office.commit({store::SetWindow{rig.mailbox, rig.world.now() + -48h}});
    rig.deliver("INBOX", rig.from_jo("old@x"), rig.world.now() + -240h);
    rig.deliver("INBOX", rig.private_mail("private@x"));
    rig.deliver("Archive", from_kim("kim@x"));
    rig.deliver("Junk", rig.from_jo("junk@x"));
    rig.deliver("Spam", rig.from_jo("spam@x"));
    rig.start();
    rig.settle();
    EXPECT_EQ(rig.imported(), Ids{}) << one.what;
    rig.restart(true, [&] { one.change(rig); });
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{one.brings})) << one.what;
    EXPECT_EQ(rig.private_bodies(), Ids{}) << one.what;
  }
}

// Somebody was added while a folder was excluded, and nobody is there when it is read again.
TEST(Sync, S4_S5_S10_AFolderThatIsReadAgainIsLookedThroughByTheNextLife) {
  for (const bool restarted : {false, true}) {
    Rig rig;
    rig.deliver("Projects", from_kim("kim@x"));
    rig.deliver("Projects", rig.private_mail("private@x"));
    rig.start();
    rig.settle();
    choose(rig, "Projects", rules::FolderRole::ignored);
    rig.settle();
    rig.office.add_candidate("Kim", {"kim@other.example"});
    rig.settle();
    EXPECT_EQ(rig.imported(), Ids{}) << restarted;
    const auto read_again = [&] { choose(rig, "Projects", rules::FolderRole::incoming); };
    if (restarted)
      rig.restart(true, read_again);
    else
      read_again();
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"kim@x"})) << restarted;
  }
}

// The last moment before the process dies is any.
TEST(Sync, S5_S10_AnAddressThatIsAddedJustBeforeACrashIsLookedFor) {
  for (int ms = 0; ms < 400; ms += 20) {
    Rig rig;
    rig.deliver("Archive", from_kim("kim@x"));
    for (int i = 0; i < 20; ++i) rig.deliver("Archive", rig.private_mail("private@x"));
    rig.start();
    rig.settle();
    rig.deliver("INBOX", from_kim("new@x"));
    rig.office.add_candidate("Kim", {"kim@other.example"});
    rig.world.run_for(Duration(ms));
    rig.restart(true);
    EXPECT_EQ(rig.imported(), (Ids{"kim@x", "new@x"})) << ms;
  }
}

// An excluded folder is read again, and brings nothing: that costs the others nothing.
TEST(Sync, S10_S14_AFolderThatIsReadAgainCostsTheOthersNothing) {
  for (const bool knows_some : {false, true}) {
    Rig rig;
    for (int i = 0; i < 300; ++i) rig.deliver("INBOX", rig.private_mail("private@x"));
    if (knows_some) rig.deliver("Projects", rig.from_jo("jo@x"));
    rig.deliver("Projects", rig.private_mail("private@x"));
    rig.start();
    rig.settle();
    for (int times = 0; times < 2; ++times) {
      choose(rig, "Projects", rules::FolderRole::ignored);
      rig.world.run_for(2h);
      const auto headers = rig.account->headers_sent();
      choose(rig, "Projects", rules::FolderRole::incoming);
      rig.settle();
      EXPECT_LE(rig.account->headers_sent() - headers, 20u) << knows_some << times;
    }
  }
}

// Nor does one that is made for old mail, which is known.
TEST(Sync, S10_S14_AFolderThatIsMadeForWhatIsKnownCostsTheOthersNothing) {
  Rig rig;
  const auto uid = rig.deliver("INBOX", rig.from_jo("jo@x"));
  for (int i = 0; i < 300; ++i) rig.deliver("INBOX", rig.private_mail("private@x"));
  rig.start();
  rig.settle();
  rig.settle();
  rig.account->folder("Projects");
  rig.account->move("INBOX", uid, "Projects");
  const auto headers = rig.account->headers_sent();
  rig.world.run_for(2h);
  EXPECT_EQ(rig.folder("Projects").name, "Projects");
  EXPECT_EQ(rig.copies_of("jo@x"), 2u);  // it was recognized where it lies now
  EXPECT_LE(rig.account->headers_sent() - headers, 100u);
}

// A folder that is read now, and has brought what lies in it, but isn't through: it owes the
// others, which were settled without it, to be asked for the answers.
void let_junk_owe(Rig& rig) {
  for (int i = 0; i < 3; ++i) rig.deliver("Junk", answer_to("nobodys@x", "private-junk@x"));
  const auto first = rig.deliver("Junk", rig.private_mail("private-first@x"));
  rig.deliver("Junk", rig.from_jo("original@x"));
  rig.deliver("Sent", answer_to("original@x", "answer@x"));
  deliver_answers_to_nobody(rig, "Sent");
  rig.start();
  rig.settle();
  rig.settle();
  // The connection ends over one that lies below, again and again.
  rig.account->quirks.broken = {first};
  rig.account->quirks.broken_ends = true;
  choose_until_it_brings(rig, "Junk");
}

// It goes before the others were asked for what answers the mail that it has brought.
TEST(Sync, T3_S10_AFolderThatGoesHasTheOthersAskedForItsAnswers) {
  for (const bool renamed : {false, true}) {
    Rig rig;
    let_junk_owe(rig);
    if (renamed)
      rig.account->rename_folder("Junk", "Projects");
    else
      rig.account->remove_folder("Junk");
    rig.account->disconnect_all();
    rig.account->quirks.broken.clear();
    rig.world.run_for(2h);
    EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"})) << renamed;
  }
}

// Nobody is there as it goes, or is excluded for good; or the process ends as soon as that is
// written down, in a life that began without it.
TEST(Sync, T3_S4_S10_WhatAFolderOwesIsPaidWhereItGoesOrIsExcludedForGood) {
  enum class Then { removed, renamed, excluded };
  enum class When { running, down, crashed_again };
  for (const auto then : {Then::removed, Then::renamed, Then::excluded})
    for (const auto when : {When::running, When::down, When::crashed_again}) {
      Rig rig;
      let_junk_owe(rig);
      if (when != When::running) rig.crash();
      if (then == Then::removed) rig.account->remove_folder("Junk");
      if (then == Then::renamed) rig.account->rename_folder("Junk", "Spam");
      if (then == Then::excluded) choose(rig, "Junk", rules::FolderRole::ignored);
      rig.account->quirks.broken.clear();
      if (when == When::running) rig.account->disconnect_all();
      if (when == When::crashed_again) {
        bool listed = false;
        rig.store.made = [&](const store::Commit& commit) {
          for (const auto& change : commit.changes)
            listed |= change.as<store::PutFolders>() != nullptr;
        };
        rig.start();
        for (int ms = 0; ms < 60'000 && !listed; ++ms) rig.world.run_for(1ms);
        EXPECT_EQ(listed, then != Then::excluded);
        rig.store.made = {};
        rig.crash();
      }
      if (when != When::running) rig.start();
      rig.world.run_for(2h);
      EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"}))
          << static_cast<int>(then) << static_cast<int>(when);
      EXPECT_EQ(rig.private_bodies(), Ids{});
    }
}

// It brings what answers elsewhere had waited for until there was no more room to wait.
TEST(Sync, T3_S10_AFolderThatIsReadAgainHasTheOthersAskedForItsAnswers) {
  Rig rig;
  rig.deliver("Projects", rig.private_mail("private-old@x"));
  rig.start();
  rig.settle();
  choose(rig, "Projects", rules::FolderRole::ignored);
  rig.settle();
  rig.deliver("Sent", answer_to("original@x", "answer@x"));
  deliver_answers_to_nobody(rig, "Sent");
  rig.deliver("Projects", rig.from_jo("original@x"));
  rig.settle();
  choose(rig, "Projects", rules::FolderRole::incoming);
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"}));
}

// Likewise of one that appears.
TEST(Sync, T3_S10_AFolderThatAppearsHasTheOthersAskedForItsAnswers) {
  for (const bool restarted : {false, true}) {
    Rig rig;
    rig.deliver("Sent", answer_to("original@x", "answer@x"));
    deliver_answers_to_nobody(rig, "Sent");
    rig.start();
    rig.settle();
    rig.settle();
    if (restarted) rig.crash();
    rig.deliver("Projects", rig.from_jo("original@x"));
    if (restarted) rig.start();
    rig.world.run_for(2h);
    EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"})) << restarted;
  }
}

// A folder that others were settled without brings mail, and before what answers it was looked for
// the process dies, and the folder is numbered anew, or is excluded and read again. All of it is
// known then, and nothing of it new.
TEST(Sync, T3_S10_WhatAFolderHasBroughtIsNotForgottenWithItsNumbers) {
  enum class Then { numbered, numbered_before, excluded, excluded_before };
  for (const auto then :
       {Then::numbered, Then::numbered_before, Then::excluded, Then::excluded_before}) {
    Rig rig;
    rig.deliver("Junk", rig.from_jo("original@x"));
    rig.deliver("Sent", answer_to("original@x", "answer@x"));
    deliver_answers_to_nobody(rig, "Sent");
    rig.start();
    rig.settle();
    rig.settle();
    choose_until_it_brings(rig, "Junk");
    const auto change = [&] {
      if (then == Then::numbered || then == Then::numbered_before)
        rig.account->change_uid_validity("Junk", false);
      if (then == Then::excluded || then == Then::excluded_before)
        choose(rig, "Junk", rules::FolderRole::ignored);
    };
    if (then == Then::numbered_before || then == Then::excluded_before) change();
    rig.crash();
    if (then == Then::numbered || then == Then::excluded) change();
    if (!rig.folder("Junk").role_by_user) FAIL();
    if (rig.folder("Junk").role == rules::FolderRole::ignored)
      choose(rig, "Junk", rules::FolderRole::incoming);
    rig.start();
    rig.settle();
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"})) << static_cast<int>(then);
  }
}

// A second crash, after its numbers were told and before anything was read under them.
TEST(Sync, T3_S10_AFolderThatWasMissedStaysSoWhenItIsNumberedAnew) {
  Rig rig;
  rig.deliver("Junk", rig.from_jo("original@x"));
  rig.deliver("Sent", answer_to("original@x", "answer@x"));
  deliver_answers_to_nobody(rig, "Sent");
  rig.start();
  rig.settle();
  rig.settle();
  bool brought = false, numbered = false;
  rig.store.made = [&](const store::Commit& commit) {
    for (const auto& change : commit.changes) {
      brought = brought || change.as<store::AddCopy>();
      numbered = numbered || change.as<store::ResetFolder>();
    }
  };
  choose(rig, "Junk", rules::FolderRole::incoming);
  for (int ms = 0; ms < 60'000 && !brought; ++ms) rig.world.run_for(1ms);
  ASSERT_TRUE(brought);
  rig.crash();
  rig.account->change_uid_validity("Junk", false);
  numbered = false;
  rig.start();
  for (int ms = 0; ms < 60'000 && !numbered; ++ms) rig.world.run_for(1ms);
  ASSERT_TRUE(numbered);
  rig.crash();
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"}));
}

// ---- what waits, and hadn't been written down as waiting ---------------------------------------

// What waited in quarantine turns out to answer something unknown: it waits on for that.
TEST(Sync, T3_S12_S10_WhatWasLookedAtAgainAndWaitsIsKnownToTheNextLife) {
  Rig rig;
  Colleague ann(rig);
  ann.account.quirks.left_out = {1};
  auto forward = answer_to("original@x", "forward@x");
  forward.to = "ann@example.org";
  ann.deliver(forward);
  rig.start();
  rig.world.run_for(5s);
  ann.account.quirks.left_out.clear();
  rig.world.run_for(1h);
  rig.restart(true, [&] { rig.deliver("INBOX", rig.from_jo("original@x")); });
  EXPECT_EQ(rig.imported(), (Ids{"forward@x", "original@x"}));
}

// Its match goes between its header and its body, with the candidate whose mail it answers, and
// comes back with mail that another mailbox brings: that names no address. It is the last of its
// round or not; the next life begins right after the commit of its cursor, later, or not at all.
struct LostMatch {
  bool on_its_way = false, last = false;
  enum class Restart { never, later, at_once } restart = Restart::never;
};

class Sync_LostMatch : public testing::TestWithParam<LostMatch> {};

TEST_P(Sync_LostMatch, T3_S16_S10_WhatLostItsMatchBeforeItsBodyIsJudgedAgain) {
  const auto& when = GetParam();
  Rig rig;
  Colleague ann(rig);
  const auto kim = rig.office.add_candidate("Kim", {"kim@other.example"});
  auto original = from_kim("original@x");
  original.to = "ann@example.org";
  ann.deliver(original);
  sync::Options options;
  options.limits.body_batch = 1;
  rig.start(options);
  rig.settle();
  ASSERT_EQ(rig.imported(), (Ids{"original@x"}));
  auto forward = rig.private_mail("forward@x");
  forward.from = "ann@example.org";
  forward.in_reply_to = {"original@x"};
  const int all = when.last ? 1 : 2;
  int bodies = 0, copies = 0;
  bool through = false;  // the cursor is committed that covers all of them
  rig.account->heard = [&](std::string_view command) {
    if (!command.contains("BODY.PEEK[]")) return;
    if (bodies++ == (when.on_its_way ? 1 : 0))
      rig.office.commit({store::ForgetCandidate{kim, {}, rig.world.now()}});
  };
  rig.store.made = [&](const store::Commit& commit) {
    for (const auto& change : commit.changes) copies += change.as<store::AddCopy>() != nullptr;
    for (const auto& change : commit.changes)
      through = through || (copies == all && change.as<store::AdvanceCursor>());
  };
  // The newest body is asked for first.
  Ids here{"jo-2@x"};
  if (!when.last) rig.deliver("INBOX", rig.from_jo("jo-1@x"));
  if (!when.last) here.insert("jo-1@x");
  rig.deliver("INBOX", forward);
  rig.deliver("INBOX", rig.from_jo("jo-2@x"));
  const bool at_once = when.restart == LostMatch::Restart::at_once;
  for (int ms = 0; ms < 60'000 && !through; ++ms) rig.world.run_for(1ms);
  ASSERT_TRUE(through);
  if (!at_once) rig.settle();
  EXPECT_EQ(rig.imported(), here);
  EXPECT_EQ(bodies, all + (when.on_its_way ? 1 : 0));
  const bool restarted = when.restart != LostMatch::Restart::never;
  if (restarted) rig.crash();
  rig.office.add_candidate("Kim", {"kim@other.example"});
  if (restarted) rig.start();
  rig.settle();
  rig.settle();
  here.insert({"forward@x", "original@x"});
  EXPECT_EQ(rig.imported(), here);
}

INSTANTIATE_TEST_SUITE_P(Each, Sync_LostMatch, testing::ValuesIn([] {
                           std::vector<LostMatch> all;
                           for (const bool on_its_way : {false, true})
                             for (const bool last : {false, true})
                               for (const auto restart :
                                    {LostMatch::Restart::never, LostMatch::Restart::later,
                                     LostMatch::Restart::at_once})
                                 all.push_back({on_its_way, last, restart});
                           return all;
                         }()));

// ---- another account ---------------------------------------------------------------------------

void enter(SyncRig& rig, const std::string& user) {
  const auto row = rig.mailbox_row();
  auto imap = row.imap;
  imap.user = user;
  rig.office.commit({store::ChangeMailbox{
      rig.mailbox, imap, row.smtp, "secret", {}, rig.world.now(), rig.world.now()}});
}

// Entered between the question with what to sign in and the answer: what the former account holds
// is nobody's business any more.
TEST(Sync, C6_S10_S16_AnAccountEnteredDuringTheSignInIsTheOnlyOneThatIsRead) {
  Rig rig;
  auto& other = rig.imap.add_account("other@example.org", "secret");
  rig.account->folder("Former");
  rig.deliver("Former", rig.from_jo("private-former@x"));
  rig.deliver("INBOX", rig.from_jo("private-inbox@x"));
  other.deliver("INBOX", raw_message({.from = "Jo <jo@candidate.example>",
                                      .to = "max@example.org",
                                      .message_id = "b@x",
                                      .date = rig.world.now()}));
  bool entered = false, listed = false;
  rig.imap.signing_in = [&] {
    if (!std::exchange(entered, true)) enter(rig, "other@example.org");
  };
  rig.store.made = [&](const store::Commit&) {
    listed = listed || !rig.folder("Former").name.empty();
  };
  rig.start();
  rig.settle();
  EXPECT_TRUE(entered);
  EXPECT_FALSE(listed);
  EXPECT_EQ(rig.imported(), (Ids{"b@x"}));
  EXPECT_EQ(rig.private_bodies(), Ids{});
}

// Entered while its past comes in: the body that is on its way is the last one.
TEST(Sync, C6_S10_S16_AnotherAccountHoldsBeforeTheNextBody) {
  Rig rig;
  rig.imap.add_account("other@example.org", "secret");
  for (int i = 0; i < 100; ++i)
    rig.deliver("Archive", rig.from_jo("private-" + std::to_string(i) + "@x"));
  std::size_t at_once = 0;
  rig.account->heard = [&](std::string_view command) {
    if (at_once > 0 || !command.contains("BODY.PEEK[]") || rig.private_bodies().size() < 3) return;
    at_once = rig.private_bodies().size();
    enter(rig, "other@example.org");
  };
  sync::Options options;
  options.limits.body_batch = 1;
  rig.start(options);
  rig.settle();
  ASSERT_GT(at_once, 0u);
  EXPECT_LE(rig.private_bodies().size(), at_once + 1);
}

// What the connection to the former account tells in the moment in which another one is entered
// isn't written down as the other one's: not how its folders are numbered, of which one is excluded
// by its number and name, nor how far they were read.
TEST(Sync, S4_S10_S16_NothingOfTheFormerAccountIsTakenForTheOther) {
  enum class With { numbers, listing, cursor };
  for (const auto with : {With::numbers, With::listing, With::cursor}) {
    Rig rig;
    auto& other = rig.imap.add_account("other@example.org", "secret");
    for (const char* folder : {"Private", "Clients"}) {
      rig.account->folder(folder);
      other.folder(folder);
    }
    const auto to_other = [&](const std::string& folder, const std::string& id) {
      other.deliver(folder, raw_message({.from = "Jo <jo@candidate.example>",
                                         .to = "max@example.org",
                                         .message_id = id,
                                         .date = rig.world.now()}));
    };
    for (int i = 0; i < 3; ++i) rig.deliver("INBOX", rig.private_mail("private@x"));
    rig.start();
    rig.settle();
    choose(rig, "Private", rules::FolderRole::ignored);
    rig.settle();
    to_other("Private", "private-other@x");
    to_other("Clients", "clients@x");
    to_other("INBOX", "inbox@x");
    bool entered = false;
    rig.store.before = [&](const store::Commit& commit) {
      for (const auto& change : commit.changes) {
        const bool now = with == With::listing ? change.as<store::PutFolders>() != nullptr
                         : with == With::numbers
                             ? change.as<store::ResetFolder>() != nullptr
                             : change.as<store::AdvanceCursor>() || change.as<store::ResetFolder>();
        if (now && !std::exchange(entered, true)) enter(rig, "other@example.org");
      }
    };
    if (with == With::listing) rig.account->folder("Another");
    if (with == With::numbers) {
      rig.account->change_uid_validity("Private", false);
      other.folder("Clients").uid_validity = rig.account->folder("Private").uid_validity;
    }
    if (with == With::cursor) {
      rig.account->change_uid_validity("INBOX", false);
      other.folder("INBOX").uid_validity = rig.account->folder("INBOX").uid_validity;
      rig.deliver("INBOX", rig.private_mail("private@x"));
    }
    rig.world.run_for(5h);
    ASSERT_TRUE(entered) << static_cast<int>(with);
    EXPECT_EQ(rig.imported(), (Ids{"clients@x", "inbox@x"})) << static_cast<int>(with);
    EXPECT_EQ(rig.private_bodies(), Ids{}) << static_cast<int>(with);
    EXPECT_EQ(rig.folder("Private").role, rules::FolderRole::ignored) << static_cast<int>(with);
    EXPECT_TRUE(rig.folder("Another").name.empty());
  }
}

// ---- S-6 ---------------------------------------------------------------------------------------

// What answers hers, and lies with a colleague to whom she never wrote, comes with catching up;
// nobody has to start the server again.
TEST(Sync, S6_T3_CatchingUpFindsAnswersThatNameNoAddress) {
  for (const bool restarted : {false, true}) {
    Rig rig;
    Colleague ann(rig);
    const auto original = rig.deliver("INBOX", rig.from_jo("original@x"));
    rig.start();
    rig.settle();
    rig.office.set_job_open(false);
    rig.settle();
    auto forward = answer_to("original@x", "forward@x");
    forward.to = "ann@example.org";
    ann.deliver(forward);
    for (int i = 0; i < 20; ++i) ann.deliver(rig.private_mail("private@x"));
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"original@x"})) << restarted;
    rig.account->expunge("INBOX", original);  // so no search finds it
    rig.settle();
    if (restarted) rig.restart(true);
    rig.office.set_job_open(true, true);
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"forward@x", "original@x"})) << restarted;
    EXPECT_EQ(rig.private_bodies(), Ids{});
  }
}

}  // namespace
}  // namespace hearback::sim
