// Answers that name no candidate's address, and what a restart no longer makes up for (S-10, T-3).
#include <gtest/gtest.h>

#include <utility>

#include "sim/sync_restart_rig.hpp"

namespace hearback::sim {
namespace {

using Rig = RestartRig;

// It was brought in, and lost with the candidate, or with the address; then that is somebody's
// again. Its mailbox has nothing else of hers that a search would find.
TEST(Sync, S5_S10_T3_AnAnswerThatWasLostWithItsCandidateIsThereAgainWithThem) {
  enum class Lost { deleted, taken_off };
  enum class Restart { never, before, after };
  for (const auto lost : {Lost::deleted, Lost::taken_off})
    for (const auto restart : {Restart::never, Restart::before, Restart::after}) {
      Rig rig;
      Colleague ann(rig);
      const auto kim = rig.office.add_candidate("Kim", {"kim@other.example"});
      ann.deliver(
          {.from = "kim@other.example", .to = "ann@example.org", .message_id = "original@x"});
      for (int i = 0; i < 300; ++i) rig.deliver("Archive", rig.private_mail("private@x"));
      rig.deliver("Archive", {.from = "ann@example.org",
                              .to = "max@example.org",
                              .message_id = "answer@x",
                              .in_reply_to = {"original@x"}});
      for (int i = 0; i < 300; ++i) rig.deliver("Archive", rig.private_mail("private@x"));
      rig.start();
      rig.settle();
      ASSERT_EQ(rig.imported(), (Ids{"answer@x", "original@x"}));
      const auto crash_and_start = [&](Restart when) {
        if (restart != when) return;
        rig.crash();
        rig.start();
      };
      if (lost == Lost::deleted)
        rig.office.commit({store::ForgetCandidate{kim, {}, rig.world.now()}});
      else
        rig.office.put_addresses(kim, "Kim", {"kim@new.example"});
      rig.finish_errands();
      const auto headers = rig.account->headers_sent();
      crash_and_start(Restart::before);
      rig.settle();
      rig.settle();
      // A conversation among colleagues doesn't rest on the address alone.
      EXPECT_EQ(rig.imported(), (lost == Lost::deleted ? Ids{} : Ids{"answer@x"}));
      if (lost == Lost::deleted)
        rig.office.add_candidate("Kim", {"kim@other.example"});
      else
        rig.office.put_addresses(kim, "Kim", {"kim@new.example", "kim@other.example"});
      crash_and_start(Restart::after);
      rig.settle();
      rig.settle();
      EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"}))
          << static_cast<int>(lost) << static_cast<int>(restart);
      EXPECT_LE(rig.account->headers_sent() - headers, 300u);  // not all of the mailbox
      EXPECT_EQ(rig.private_bodies(), Ids{});
      EXPECT_TRUE(rig.quarantined().empty());
    }
}

// The process ends while it is brought in again, whose number was settled long ago: the next life
// tries it again.
TEST(Sync, S10_T3_AnAnswerThatALifeEndsWithIsTriedAgain) {
  Rig rig;
  Colleague ann(rig);
  const auto kim = rig.office.add_candidate("Kim", {"kim@other.example"});
  const SyncRig::Letter original{
      .from = "kim@other.example", .to = "ann@example.org", .message_id = "original@x"};
  ann.deliver(original);
  const auto uid = rig.deliver("Archive", {.from = "ann@example.org",
                                           .to = "max@example.org",
                                           .message_id = "answer@x",
                                           .in_reply_to = {"original@x"}});
  // More than are read again for her address.
  for (int i = 0; i < 300; ++i) rig.deliver("Archive", rig.private_mail("private@x"));
  rig.start();
  rig.settle();
  ASSERT_EQ(rig.imported(), (Ids{"answer@x", "original@x"}));
  rig.crash();
  rig.office.commit({store::ForgetCandidate{kim, {}, rig.world.now()}});
  rig.finish_errands();
  // What it answers comes again before its own mailbox is looked at.
  rig.office.commit({store::SetMailboxState{rig.mailbox, rules::MailboxState::off}});
  rig.office.add_candidate("Kim", {"kim@other.example"});
  rig.start();
  rig.settle();
  ASSERT_EQ(rig.imported(), (Ids{"original@x"}));
  rig.crash();
  rig.office.commit({store::SetMailboxState{rig.mailbox, rules::MailboxState::active}});
  rig.start();
  rig.die_of(uid);
  ASSERT_EQ(rig.imported(), (Ids{"original@x"}));
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"}));
  EXPECT_TRUE(rig.quarantined().empty());
}

// What its folder is opened for isn't forgotten since the folder seems, once, to be numbered anew.
TEST(Sync, S10_T3_AnAnswerIsLookedAtThoughItsFolderSeemsToBeNumberedAnew) {
  Rig rig;
  Colleague ann(rig);
  rig.office.add_candidate("Kim", {"kim@other.example"});
  rig.deliver("Archive", {.from = "ann@example.org",
                          .to = "max@example.org",
                          .message_id = "answer@x",
                          .in_reply_to = {"original@x"}});
  rig.start();
  rig.settle();
  ASSERT_EQ(rig.imported(), Ids{});
  auto& archive = rig.account->folder("Archive");
  const auto validity = archive.uid_validity;
  int opened = 0;
  rig.account->heard = [&](std::string_view command) {
    const bool opens = command.starts_with("EXAMINE") && command.contains("Archive");
    archive.uid_validity = opens && opened++ == 0 ? validity + 1 : validity;
  };
  ann.deliver({.from = "kim@other.example", .to = "ann@example.org", .message_id = "original@x"});
  rig.settle();
  rig.settle();
  EXPECT_GE(opened, 1);
  EXPECT_EQ(rig.imported(), (Ids{"answer@x", "original@x"}));
}

// The server finds later what came just now. Whatever its search says of it, its header is judged
// by what is known now: before a crash or after it.
TEST(Sync, S5_S10_ASearchThatDoesNotNameWhatHasJustComeIsNotBelieved) {
  for (const bool restarted : {false, true})
    for (const int others : {0, 1, 150}) {
      Rig rig;
      for (int i = 0; i < 400; ++i) rig.deliver("INBOX", rig.private_mail("private-old@x"));
      rig.start();
      rig.settle();
      // A search for the address doesn't find it in this form, as if it wasn't indexed yet.
      rig.deliver(
          "INBOX",
          {.from = "kim@(new)other.example", .to = "max@example.org", .message_id = "kim@x"});
      for (int i = 0; i < others; ++i) rig.deliver("INBOX", rig.private_mail("private-new@x"));
      rig.world.run_for(30s);
      EXPECT_EQ(rig.imported(), Ids{});
      const auto headers = rig.account->headers_sent();
      if (restarted) rig.crash();
      rig.office.add_candidate("Kim", {"kim@other.example"});
      if (restarted) rig.start();
      rig.settle();
      EXPECT_EQ(rig.imported(), (Ids{"kim@x"})) << restarted << others;
      EXPECT_LE(rig.account->headers_sent() - headers, 210u) << restarted << others;
      EXPECT_EQ(rig.private_bodies(), Ids{});
    }
}

}  // namespace
}  // namespace hearback::sim
