// What happens between a question and what is done upon its answer: nothing that came meanwhile is
// lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "sim/sync_rig.hpp"
#include "sync/take_in.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;

// An answer is judged in Ann's mailbox while Max's brings what it answers: the store didn't have it
// when it was asked, and has it before the answer is noted as waiting for it.
TEST(Sync, T3_SYNC1_AParentThatComesInFromAColleagueWhileItsAnswerIsJudged) {
  for (std::uint64_t seed = 1; seed <= 70; ++seed) {
    SyncRig rig(seed);
    auto ann = rig.office.add_user("Ann", "ann@example.org");
    auto& hers = rig.imap.add_account("ann@example.org", "secret");
    rig.office.add_mailbox(ann, "ann@example.org", {});
    rig.start();
    rig.world.run_for(30s);
    rig.deliver("INBOX", rig.from_jo("original@x"));
    rig.world.after(Duration(static_cast<std::int64_t>(5 + rig.world.below(25))), [&] {
      hers.deliver("INBOX", raw_message({.from = "max@example.org",
                                         .to = "ann@example.org",
                                         .message_id = "forward@x",
                                         .in_reply_to = {"original@x"},
                                         .date = rig.world.now()}));
    });
    rig.world.run_for(5min);
    EXPECT_EQ(rig.imported(), (Ids{"forward@x", "original@x"})) << seed;
  }
}

// The same of an answer that is looked at once more, because the server had left it out.
TEST(Sync, T3_SYNC1_AParentThatComesInWhileItsAnswerIsLookedAtAgain) {
  for (std::uint64_t seed = 1; seed <= 70; ++seed) {
    SyncRig rig(seed);
    auto ann = rig.office.add_user("Ann", "ann@example.org");
    auto& hers = rig.imap.add_account("ann@example.org", "secret");
    rig.office.add_mailbox(ann, "ann@example.org", {});
    rig.start();
    rig.world.run_for(30s);
    hers.quirks.left_out = {1};
    hers.deliver("INBOX", raw_message({.from = "max@example.org",
                                       .to = "ann@example.org",
                                       .message_id = "forward@x",
                                       .in_reply_to = {"original@x"},
                                       .date = rig.world.now()}));
    rig.world.run_for(5s);
    hers.quirks.left_out.clear();
    bool delivered = false;
    hers.heard = [&](std::string_view command) {
      if (!command.starts_with("UID FETCH 1") || std::exchange(delivered, true)) return;
      rig.world.after(Duration(static_cast<std::int64_t>(rig.world.below(20))),
                      [&] { rig.deliver("INBOX", rig.from_jo("original@x")); });
    };
    rig.world.run_for(5min);
    ASSERT_TRUE(delivered);
    EXPECT_EQ(rig.imported(), (Ids{"forward@x", "original@x"})) << seed;
  }
}

// What waits in a mailbox for a colleague's mail waits on in its next life, though the mail comes
// while nobody is there who hears of it.
TEST(Sync, T3_S10_AnAnswerThatWaitsIsNotForgottenByTheNextLife) {
  enum class End { crash, stop, pause };
  for (const auto end : {End::crash, End::stop, End::pause}) {
    SyncRig rig;
    auto ann = rig.office.add_user("Ann", "ann@example.org");
    auto& hers = rig.imap.add_account("ann@example.org", "secret");
    const auto box = rig.office.add_mailbox(ann, "ann@example.org", {});
    rig.start();
    hers.deliver("INBOX", raw_message({.from = "max@example.org",
                                       .to = "ann@example.org",
                                       .message_id = "forward@x",
                                       .in_reply_to = {"original@x"},
                                       .date = rig.world.now()}));
    for (int i = 0; i < 3; ++i)
      hers.deliver("INBOX", raw_message({.from = "aunt@family.example",
                                         .to = "ann@example.org",
                                         .message_id = "private-" + std::to_string(i) + "@x",
                                         .date = rig.world.now()}));
    rig.settle();
    rig.settle();
    const auto state = [&](rules::MailboxState state) {
      rig.office.commit({store::SetMailboxState{box, state}});
      rig.settle();
    };
    if (end == End::crash) rig.crash();
    if (end == End::stop) EXPECT_TRUE(rig.stop());
    if (end == End::pause) state(rules::MailboxState::off);
    rig.deliver("INBOX", rig.from_jo("original@x"));
    if (end == End::pause)
      state(rules::MailboxState::active);
    else
      rig.start();
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"forward@x", "original@x"})) << static_cast<int>(end);
  }
}

// What it answers is here, and there is no room for it today; and before there is, the process
// dies.
TEST(Sync, T3_S10_S14_AnAnswerThatWaitsForTheNextDayIsNotForgottenByTheNextLife) {
  SyncRig rig;
  sync::Options options;
  options.limits.body_batch = 1;
  options.limits.mailbox_day_messages = 4;
  auto answer = rig.private_mail("answer@x");
  answer.in_reply_to = {"original@x"};
  rig.deliver("Sent", answer);
  rig.deliver("Sent", rig.private_mail("private@x"));
  rig.start(options);
  rig.settle();
  rig.settle();
  for (const char* id : {"a@x", "b@x", "c@x", "original@x"}) {
    rig.deliver("INBOX", rig.from_jo(id));
    rig.world.run_for(1min);
  }
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"a@x", "b@x", "c@x", "original@x"}));
  rig.crash();
  rig.start(options);
  rig.world.run_for(48h);
  EXPECT_TRUE(rig.imported().contains("answer@x"));
  EXPECT_TRUE(rig.private_bodies().empty());
}

// What it answers has come in, and then the server doesn't give it, twice: it is asked for again.
TEST(Sync, T3_S12_AnAnswerThatIsRefusedWhenItIsLookedAtAgainIsNotLost) {
  SyncRig rig;
  rig.account->folder("INBOX").uid_next = 1000;
  auto answer = rig.private_mail("answer@x");
  answer.in_reply_to = {"parent@x"};
  rig.deliver("Archive", answer);
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), Ids{});
  int refusals = 2;
  rig.account->refuses = [&](std::string_view command) -> std::string {
    return command.starts_with("UID FETCH 1:1 ") && refusals-- > 0 ? "not now" : "";
  };
  rig.deliver("INBOX", rig.from_jo("parent@x"));
  rig.settle();
  EXPECT_LE(refusals, 0);
  EXPECT_EQ(rig.imported(), (Ids{"answer@x", "parent@x"}));
  EXPECT_TRUE(rig.quarantined().empty());
}

// One goes and one comes while a look is under way: their number is what it was.
TEST(Sync, S9_OneThatComesAsAnotherGoesDuringALookIsNotOverheard) {
  SyncRig rig;
  rig.account->quirks.tells_at_once = true;
  const auto old = rig.deliver("INBOX", rig.private_mail("private@x"));
  rig.start();
  rig.settle();
  bool swapped = false;
  rig.account->heard = [&](std::string_view command) {
    if (!command.starts_with("UID FETCH") || !command.contains("BODY.PEEK[])")) return;
    if (std::exchange(swapped, true)) return;
    rig.account->expunge("INBOX", old);
    rig.deliver("INBOX", rig.from_jo("second@x"));
  };
  rig.deliver("INBOX", rig.from_jo("first@x"));
  rig.world.run_for(5s);
  EXPECT_TRUE(swapped);
  EXPECT_EQ(rig.imported(), (Ids{"first@x", "second@x"}));
}

// Two that answer the same missing message come at once, one into each mailbox: between what the
// one was judged upon and its commit, the other is stored.
TEST(Sync, T1_SiblingsThatComeAtOnceFromTwoMailboxesLieInOneThread) {
  SyncRig rig;
  auto ann = rig.office.add_user("Ann", "ann@example.org");
  auto& hers = rig.imap.add_account("ann@example.org", "secret");
  const auto box = rig.office.add_mailbox(ann, "ann@example.org", {});
  rig.start();
  rig.settle();
  rules::Location at{box, {}, 0, 1};
  for (const auto& row : rig.office.ask(store::Folders{rig.office.scope(), box}))
    if (row.folder.name == "INBOX") {
      at.folder = row.folder.id;
      at.uid_validity = hers.folder("INBOX").uid_validity;
    }
  const auto sibling = raw_message({.from = "Jo <jo@candidate.example>",
                                    .to = "ann@example.org",
                                    .message_id = "right@x",
                                    .in_reply_to = {"missing@x"},
                                    .date = rig.world.now()});
  int taken = 0;
  rig.store.before = [&](const store::Commit& commit) {
    const bool adds = std::ranges::any_of(commit.changes, [](const store::Change& change) {
      return change.as<store::AddMessage>() != nullptr;
    });
    if (!adds || taken++ > 0) return;
    std::vector<sync::Incoming> batch(1);
    batch[0].at = at;
    batch[0].internal_date = rig.world.now();
    batch[0].rule = "candidate-address";
    batch[0].facts = sync::read_facts(sibling, {}).value();
    batch[0].raw = sibling;
    sync::TakeIn other(rig.office.store(), rig.office.company(), rig.world.now(), 99);
    ASSERT_TRUE(other.commit(batch, {}));
  };
  auto letter = rig.from_jo("left@x");
  letter.in_reply_to = {"missing@x"};
  rig.deliver("INBOX", letter);
  rig.world.run_for(1min);
  EXPECT_GE(taken, 2);  // it was judged again
  EXPECT_EQ(rig.imported(), (Ids{"left@x", "right@x"}));
  EXPECT_EQ(rig.threads().size(), 1u);
  for (const auto& row : rig.quarantined()) ADD_FAILURE() << row.reason;
}

}  // namespace
}  // namespace hearback::sim
