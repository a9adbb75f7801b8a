// Who is asked for a password, and when (C-12): at once for one that never worked, with patience
// for one that did.
#include <gtest/gtest.h>

#include <utility>

#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;

void set_password(SyncRig& rig, const std::string& password, std::optional<Instant> proven = {}) {
  const auto row = rig.mailbox_row();
  std::vector<store::Change> changes{store::ChangeMailbox{rig.mailbox, row.imap, row.smtp, password,
                                                          password, rig.world.now(), proven}};
  if (row.state != rules::MailboxState::active)
    changes.push_back(store::SetMailboxState{rig.mailbox, rules::MailboxState::active});
  rig.office.commit(std::move(changes));
}

bool asks(SyncRig& rig) { return rig.mailbox_row().state == rules::MailboxState::needs_sign_in; }

// Its folders are numbered as those of the account before. What lies in both comes once.
TEST(Sync, S10_AnotherAccountBehindTheMailboxIsReadWhole) {
  for (const bool restarted : {false, true}) {
    SyncRig rig;
    auto& other = rig.imap.add_account("other@example.org", "secret");
    const auto both = raw_message({.from = "Jo <jo@candidate.example>",
                                   .to = "max@example.org",
                                   .message_id = "both@x",
                                   .date = rig.world.now()});
    rig.deliver("INBOX", rig.from_jo("a@x"));
    rig.account->deliver("INBOX", both);
    rig.deliver("INBOX", rig.private_mail("private@x"));
    for (const char* id : {"b@x", "c@x"})
      other.deliver("INBOX", raw_message({.from = "Jo <jo@candidate.example>",
                                          .to = "max@example.org",
                                          .message_id = id,
                                          .date = rig.world.now()}));
    other.deliver("INBOX", both);
    ASSERT_EQ(other.folder("INBOX").uid_validity, rig.account->folder("INBOX").uid_validity);
    rig.start();
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"a@x", "both@x"}));
    if (restarted) rig.crash();
    const auto row = rig.mailbox_row();
    auto imap = row.imap;
    imap.user = "other@example.org";
    rig.office.commit({store::ChangeMailbox{
        rig.mailbox, imap, row.smtp, "secret", {}, rig.world.now(), rig.world.now()}});
    if (restarted) rig.start();
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"a@x", "b@x", "both@x", "c@x"})) << restarted;
    EXPECT_EQ(rig.mailbox_row().last_error, "");
    EXPECT_EQ(rig.health(), store::MailboxHealth::Answer{});
    // And back: nothing comes twice.
    rig.office.commit({store::ChangeMailbox{
        rig.mailbox, row.imap, row.smtp, "secret", {}, rig.world.now(), rig.world.now()}});
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"a@x", "b@x", "both@x", "c@x"})) << restarted;
    EXPECT_TRUE(rig.private_bodies().empty());
    EXPECT_TRUE(rig.stop());
  }
}

// Entered while the former one is on its way: that one's refusal turns nothing off.
TEST(Sync, C12_S10_ARefusedPasswordTurnsNothingOffThatWasEnteredSince) {
  SyncRig rig;
  rig.account->password = "another";
  bool entered = false;
  rig.imap.signing_in = [&] {
    if (!std::exchange(entered, true)) set_password(rig, "another");
  };
  rig.deliver("INBOX", rig.from_jo("jo@x"));
  rig.start();
  rig.settle();
  EXPECT_TRUE(entered);
  EXPECT_FALSE(asks(rig));
  EXPECT_EQ(rig.imported(), (Ids{"jo@x"}));
  EXPECT_EQ(rig.mailbox_row().last_error, "");
}

TEST(Sync, C12_APasswordThatNeverWorkedIsAskedForAtOnce) {
  SyncRig rig;
  rig.account->password = "another";
  rig.start();
  rig.world.run_for(10s);
  EXPECT_TRUE(asks(rig));
  EXPECT_EQ(rig.mailbox_row().last_error, "imap.login-refused");
}

// It worked once, another was entered since, and that never did.
TEST(Sync, C12_ANewPasswordThatNeverWorkedIsAskedForAtOnce) {
  SyncRig rig;
  rig.start();
  rig.settle();
  rig.account->password = "another";
  rig.account->disconnect_all();
  rig.world.run_for(1h);
  ASSERT_TRUE(asks(rig));
  set_password(rig, "wrong");
  rig.world.run_for(10s);
  EXPECT_TRUE(asks(rig));
  set_password(rig, "another");
  rig.deliver("INBOX", rig.from_jo("after@x"));
  rig.world.run_for(10s);
  EXPECT_FALSE(asks(rig));
  EXPECT_EQ(rig.imported(), (Ids{"after@x"}));
}

// Entered while the old connection still stood.
TEST(Sync, C12_APasswordEnteredOnALiveConnectionIsNewAtTheNext) {
  SyncRig rig;
  rig.start();
  rig.settle();
  set_password(rig, "wrong");
  rig.world.run_for(1min);
  EXPECT_FALSE(asks(rig));
  rig.account->disconnect_all();
  rig.world.run_for(20s);
  EXPECT_TRUE(asks(rig));
}

// A provider's bad minute asks nobody, before and after a restart.
TEST(Sync, C12_APasswordThatWorkedHasItsBadMinutes) {
  for (const bool restarted : {false, true}) {
    SyncRig rig;
    rig.deliver("INBOX", rig.from_jo("before@x"));
    rig.start();
    rig.settle();
    rig.account->quirks.refuse_login = true;
    if (restarted) {
      rig.crash();
      rig.start();
    } else {
      rig.account->disconnect_all();
    }
    rig.world.run_for(70s);
    EXPECT_FALSE(asks(rig)) << restarted;
    rig.account->quirks.refuse_login = false;
    rig.deliver("INBOX", rig.from_jo("after@x"));
    rig.world.run_for(3min);
    EXPECT_FALSE(asks(rig)) << restarted;
    EXPECT_EQ(rig.imported(), (Ids{"after@x", "before@x"})) << restarted;
    rig.account->quirks.refuse_login = true;
    rig.account->disconnect_all();
    rig.world.run_for(1h);
    EXPECT_TRUE(asks(rig)) << restarted;
    EXPECT_LE(rig.account->logins(), 4u);
  }
}

// Whoever enters the right one during that patience doesn't wait for it.
TEST(Sync, C12_ANewPasswordEndsThePatienceWithTheOld) {
  SyncRig rig;
  rig.deliver("INBOX", rig.from_jo("before@x"));
  rig.start();
  rig.settle();
  rig.account->password = "another";
  rig.account->disconnect_all();
  rig.world.run_for(90s);
  ASSERT_FALSE(asks(rig));
  set_password(rig, "another");
  rig.deliver("INBOX", rig.from_jo("after@x"));
  rig.world.run_for(5s);
  EXPECT_EQ(rig.imported(), (Ids{"after@x", "before@x"}));
  EXPECT_EQ(rig.mailbox_row().last_error, "");
}

// The probe saw it work when it was entered: servers under load refuse what is right, too.
TEST(Sync, C12_APasswordJustProvenIsRefusedOnceForFree) {
  for (const bool on_a_live_connection : {false, true}) {
    SyncRig rig;
    rig.deliver("INBOX", rig.from_jo("a@x"));
    if (on_a_live_connection) {
      rig.start();
      rig.settle();
    }
    rig.account->password = "another";
    set_password(rig, "another", rig.world.now());
    rig.account->quirks.refuse_login = true;
    if (on_a_live_connection)
      rig.account->disconnect_all();
    else
      rig.start();
    rig.world.run_for(30s);
    EXPECT_FALSE(asks(rig)) << on_a_live_connection;
    EXPECT_EQ(rig.mailbox_row().last_error, "imap.login-refused") << on_a_live_connection;
    rig.account->quirks.refuse_login = false;
    rig.deliver("INBOX", rig.from_jo("b@x"));
    rig.world.run_for(2min);
    EXPECT_FALSE(asks(rig)) << on_a_live_connection;
    EXPECT_EQ(rig.imported(), (Ids{"a@x", "b@x"})) << on_a_live_connection;
  }
}

// Changed at the provider since, it is asked for soon all the same; and what was proven long ago,
// and never worked here, at once.
TEST(Sync, C12_APasswordChangedAfterItWasProvenIsAskedForSoon) {
  SyncRig rig;
  set_password(rig, "secret", rig.world.now());
  rig.account->password = "another";
  rig.start();
  rig.world.run_for(2min);
  EXPECT_TRUE(asks(rig));
  EXPECT_EQ(rig.account->logins(), 0u);
  set_password(rig, "wrong", rig.world.now() - 1h);
  rig.world.run_for(10s);
  EXPECT_TRUE(asks(rig));
}

// The store can't be told that the password was refused: that isn't tried at the server again and
// again, which would lock the account.
TEST(Sync, C12_S14_ARefusedPasswordIsNotTriedAgainWhileTheStoreCannotBeTold) {
  SyncRig rig;
  std::uint64_t tries = 0;
  rig.imap.signing_in = [&] { ++tries; };
  rig.account->password = "another";
  rig.store.percent_fail = 100;
  rig.start();
  rig.world.run_for(1h);
  EXPECT_LE(tries, 3u);
  EXPECT_FALSE(asks(rig));
  rig.store.percent_fail = 0;
  rig.world.run_for(20min);
  EXPECT_TRUE(asks(rig));
  EXPECT_LE(tries, 4u);
}

// Whoever enters the right one meanwhile is heard.
TEST(Sync, C12_ANewPasswordIsTriedThoughTheRefusalOfTheOldWasNeverTold) {
  SyncRig rig;
  rig.deliver("INBOX", rig.from_jo("a@x"));
  rig.account->password = "another";
  rig.store.percent_fail = 100;
  rig.start();
  rig.world.run_for(10min);
  rig.store.percent_fail = 0;
  set_password(rig, "another");
  rig.world.run_for(20s);
  EXPECT_FALSE(asks(rig));
  EXPECT_EQ(rig.imported(), (Ids{"a@x"}));
}

// A server that is down says nothing of the password, however new.
TEST(Sync, C12_ANewPasswordIsNotToBlameForAServerThatIsDown) {
  SyncRig rig;
  rig.account->quirks.login_unavailable = true;
  rig.deliver("INBOX", rig.from_jo("a@x"));
  rig.start();
  rig.world.run_for(10min);
  EXPECT_FALSE(asks(rig));
  rig.account->quirks.login_unavailable = false;
  rig.world.run_for(20min);
  EXPECT_EQ(rig.imported(), (Ids{"a@x"}));
}

// Switched off after the server refused, and before that is written down: it stays off.
TEST(Sync, C9_C12_ARefusalOverwritesNothingThatAPersonChoseMeanwhile) {
  SyncRig rig;
  rig.account->password = "another";
  std::uint64_t tries = 0;
  rig.imap.signing_in = [&] { ++tries; };
  bool off = false;
  rig.store.before = [&](const store::Commit& commit) {
    for (const auto& change : commit.changes)
      if (const auto* state = change.as<store::SetMailboxState>();
          state && state->state == rules::MailboxState::needs_sign_in && !std::exchange(off, true))
        rig.office.commit({store::SetMailboxState{rig.mailbox, rules::MailboxState::off}});
  };
  rig.start();
  rig.world.run_for(1h);
  ASSERT_TRUE(off);
  EXPECT_EQ(rig.mailbox_row().state, rules::MailboxState::off);
  EXPECT_EQ(tries, 1u);
}

}  // namespace
}  // namespace hearback::sim
