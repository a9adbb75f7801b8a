// The state of each folder (S-13): which one can't be read, since when, why and when it is tried
// again; and what that means for the import of past mail (C-8).
#include <gtest/gtest.h>

#include "rules/folder_roles.hpp"
#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;
using Health = store::MailboxHealth::Answer;

// What the server says to whoever looks into the folder; empty: it lets them.
void refuse(SyncRig& rig, std::string folder, const std::string& words) {
  rig.account->refuses = [&words, folder](std::string_view command) -> std::string {
    const bool opens = command.starts_with("EXAMINE") || command.starts_with("STATUS");
    return opens && command.contains(folder) ? words : "";
  };
}

// Those of which nothing is heard any more once they work again, also after a restart.
TEST(Sync, S13_AFolderThatRefusesSaysSoItself) {
  for (const auto& [words, code] :
       {std::pair("not for you", "imap.refused"), std::pair("[NOPERM] not for you", "imap.refused"),
        std::pair("Server Unavailable. 15", "imap.unavailable")})
    for (const bool restarted : {false, true}) {
      SyncRig rig;
      std::string says = words;
      refuse(rig, "Archive", says);
      rig.deliver("Archive", rig.from_jo("archive@x"));
      rig.deliver("INBOX", rig.from_jo("inbox@x"));
      const Instant began = rig.world.now();
      rig.start();
      rig.world.run_for(10min);
      const auto rests = rig.folder("Archive").resting;
      ASSERT_TRUE(rests) << words;
      EXPECT_EQ(rests->why, code);
      EXPECT_LT(rests->since, began + 1min) << words;
      EXPECT_GT(rests->next_try, rig.world.now()) << words;
      EXPECT_LE(rests->next_try, rig.world.now() + 30min) << words;
      EXPECT_FALSE(rig.folder("INBOX").resting);
      EXPECT_EQ(rig.health(), (Health{1, 1, 1})) << words;
      EXPECT_EQ(rig.mailbox_row().last_error, "") << words;
      if (restarted) {
        rig.crash();
        rig.start();
        rig.world.run_for(20s);
        ASSERT_TRUE(rig.folder("Archive").resting) << words;
        EXPECT_EQ(rig.folder("Archive").resting->since, rests->since) << words;
        rig.crash();
      }
      says.clear();
      if (restarted) rig.start();
      rig.world.run_for(restarted ? 20s : 31min);
      EXPECT_EQ(rig.health(), Health{}) << words;
      EXPECT_FALSE(rig.folder("Archive").resting) << words;
      EXPECT_EQ(rig.imported(), (Ids{"archive@x", "inbox@x"})) << words;
      EXPECT_TRUE(rig.stop());
    }
}

// PostgreSQL takes no such text, and one folder must not stop a mailbox.
TEST(Sync, S12_AFolderWhoseNameCantBeRecordedStopsNothing) {
  SyncRig rig;
  rig.account->folder("Entw\xFCrfe");
  rig.account->folder(std::string(2000, 'x'));
  rig.deliver("Archive", rig.from_jo("archive@x"));
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), Ids{"archive@x"});
  for (const auto& row : rig.office.ask(store::Folders{rig.office.scope(), rig.mailbox}))
    EXPECT_TRUE(rules::can_be_recorded(row.folder.wire_name)) << row.folder.name;
  EXPECT_FALSE(rig.folder("Archive").wire_name.empty());
  EXPECT_TRUE(rig.stop());
}

// It was through before: nothing is left to be imported, and it rests all the same.
TEST(Sync, S13_AFolderThatRefusesLaterIsNoImport) {
  SyncRig rig;
  std::string says;
  refuse(rig, "Archive", says);
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.health(), Health{});
  says = "not now";
  rig.settle();
  EXPECT_EQ(rig.health(), (Health{.folders_resting = 1}));
  rig.office.commit(
      {store::SetFolderRole{rig.mailbox, rig.folder("Archive").id, rules::FolderRole::ignored}});
  rig.settle();
  EXPECT_EQ(rig.health(), Health{});
}

// It doesn't list the folders, which are known: their mail comes all the same over the same
// connection, also after a restart, and the mailbox says why new ones aren't found.
TEST(Sync, S13_AListingThatIsRefusedStopsNoKnownFolder) {
  for (const auto& [words, code] : {std::pair("not for you", "imap.refused"),
                                    std::pair("Server Unavailable. 15", "imap.unavailable")})
    for (const bool restarted : {false, true}) {
      SyncRig rig;
      rig.start();
      rig.settle();
      std::string says = words;
      rig.account->refuses = [&](std::string_view command) -> std::string {
        return command.starts_with("LIST") ? says : "";
      };
      if (restarted) {
        rig.crash();
        rig.start();
        rig.settle();
      }
      const auto logins = rig.account->logins();
      rig.world.run_for(2h);
      EXPECT_EQ(rig.mailbox_row().last_error, code);
      const auto asked = rig.account->commands("LIST");
      rig.deliver("INBOX", rig.from_jo("inbox@x"));
      rig.deliver("Archive", rig.from_jo("archive@x"));
      const Instant arrived = rig.world.now();
      rig.settle();
      EXPECT_EQ(rig.imported(), (Ids{"inbox@x", "archive@x"})) << words << restarted;
      EXPECT_EQ(rig.mailbox_row().last_error, code);
      EXPECT_GE(rig.mailbox_row().last_success, arrived);
      rig.world.run_for(5h);
      EXPECT_EQ(rig.account->logins(), logins) << words << restarted;
      EXPECT_LE(rig.account->commands("LIST") - asked, 2u * 25);
      says.clear();
      rig.deliver("New", rig.from_jo("new@x"));
      rig.world.run_for(35min);
      EXPECT_EQ(rig.mailbox_row().last_error, "") << words << restarted;
      EXPECT_EQ(rig.imported(), (Ids{"inbox@x", "archive@x", "new@x"})) << words << restarted;
      EXPECT_TRUE(rig.stop());
    }
}

// Of which none is known yet: there is nothing to go on with.
TEST(Sync, S13_AFirstListingThatIsRefusedIsTriedAgain) {
  SyncRig rig;
  std::string says = "not now";
  rig.account->refuses = [&](std::string_view command) -> std::string {
    return command.starts_with("LIST") ? says : "";
  };
  rig.deliver("INBOX", rig.from_jo("inbox@x"));
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.mailbox_row().last_error, "imap.refused");
  EXPECT_GT(rig.mailbox_row().next_try, rig.world.now());
  says.clear();
  rig.world.run_for(15min);
  EXPECT_EQ(rig.mailbox_row().last_error, "");
  EXPECT_EQ(rig.imported(), Ids{"inbox@x"});
}

// Without its inbox the mailbox isn't well; which folder it is stands where the others say it.
TEST(Sync, S13_TheInboxSaysItToo) {
  SyncRig rig;
  std::string says = "not now";
  refuse(rig, "INBOX", says);
  rig.start();
  rig.settle();
  ASSERT_TRUE(rig.folder("INBOX").resting);
  EXPECT_EQ(rig.folder("INBOX").resting->why, "imap.refused");
  EXPECT_GT(rig.folder("INBOX").resting->next_try, rig.world.now());
  EXPECT_EQ(rig.mailbox_row().last_error, "imap.refused");
  EXPECT_EQ(rig.health(), (Health{1, 1, 1}));
  says.clear();
  rig.world.run_for(1min);
  EXPECT_EQ(rig.mailbox_row().last_error, "");
  EXPECT_EQ(rig.health(), Health{});
}

TEST(Sync, S13_AFolderThatIsNumberedAnewAgainAndAgainSaysSo) {
  SyncRig rig;
  rig.deliver("Archive", rig.from_jo("archive@x"));
  rig.account->quirks.renumbers = {"Archive"};
  rig.start();
  rig.world.run_for(20min);
  ASSERT_TRUE(rig.folder("Archive").resting);
  EXPECT_EQ(rig.folder("Archive").resting->why, "sync.starts-over");
  EXPECT_EQ(rig.health(), (Health{.folders_resting = 1}));
  rig.account->quirks.renumbers.clear();
  rig.world.run_for(1h);
  EXPECT_EQ(rig.health(), Health{});
}

// A wider window is an import, too, from the moment that somebody asks for it.
TEST(Sync, C8_AWiderWindowIsImportedWhenEachFolderIsThrough) {
  SyncRig rig(1, Instant{1'000'000});
  std::string says;
  refuse(rig, "Archive", says);
  rig.deliver("Archive", rig.from_jo("old@x"), Instant{500'000});
  rig.deliver("INBOX", rig.from_jo("old-too@x"), Instant{500'000});
  rig.start();
  rig.settle();
  EXPECT_FALSE(rig.importing());
  EXPECT_EQ(rig.imported(), Ids{});
  says = "Server Unavailable. 15";
  rig.office.commit({store::SetWindow{rig.mailbox, Instant{0}}});
  EXPECT_EQ(rig.health(), (Health{.folders_left = 3}));
  rig.settle();
  EXPECT_EQ(rig.health(), (Health{1, 1, 1}));
  EXPECT_EQ(rig.imported(), (Ids{"old-too@x"}));
  says.clear();
  rig.world.run_for(10min);
  EXPECT_EQ(rig.health(), Health{});
  EXPECT_EQ(rig.imported(), (Ids{"old-too@x", "old@x"}));
}

}  // namespace
}  // namespace hearback::sim
