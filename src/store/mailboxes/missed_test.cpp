#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::FolderRole;
using rules::Role;

// What a folder brought that others were settled without, and what answers it there (T-3).
class Missed : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    ben = add_user("ben", Role::evaluator);
    box = add_mailbox(ben, "ben@acme.example");
    inbox = add_folder(box, "INBOX");
    work = add_folder(box, "Work");
    commit(AdvanceCursor{box.id, inbox.id, 7, {{1, 9, 3, now}}});
  }
  // Others were settled without it, and some of it was looked at, or brought in, or nothing was.
  void miss(bool looked_at, bool missed = true) {
    std::vector<rules::ScannedRange> ranges;
    if (looked_at) ranges.push_back({5, 9, 3, now});
    commit(AdvanceCursor{box.id, work.id, 7, ranges},
           ObserveFolder{box.id, work.id, {}, {}, missed});
  }
  std::uint64_t judged_anew() { return ask(MailboxById{engine(), box.id})->judged_anew; }
  // → whether all of the mailbox is to be read again for it.
  bool pays(const Change& change) {
    const auto before = judged_anew();
    const auto revision = ask(CompanyFacts{engine()}).revision;
    commit(change);
    EXPECT_FALSE(ask(Since{engine(), revision}).empty()) << "whoever reads there hears of it";
    return judged_anew() > before;
  }

  rules::User ben;
  rules::Mailbox box;
  rules::Folder inbox, work;
};
HEARBACK_ON_EACH_DATABASE(Missed);

TEST_P(Missed, T3_S10_WhatAFolderOwesIsWrittenDownAsItGoes) {
  miss(true, false);
  EXPECT_FALSE(pays(PutFolders{box.id, {inbox}})) << "it was looked through";
  work = add_folder(box, "Work");
  miss(false);
  EXPECT_FALSE(pays(PutFolders{box.id, {inbox}})) << "nothing of it was looked at";
  work = add_folder(box, "Work");
  miss(true);
  EXPECT_TRUE(pays(PutFolders{box.id, {inbox}}));
  EXPECT_FALSE(pays(PutFolders{box.id, {inbox}})) << "once";
}

// Messages are stored before the cursor that covers them.
TEST_P(Missed, T3_S10_WhatWasBroughtOfItCountsThoughNoCursorSaysSo) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {});
  const auto letter = message("m1", "wanda@home.example", "ben@acme.example");
  miss(false);
  const auto in = thread(wanda);
  commit(AddThread{in}, PutBlob{letter.raw, "x"}, AddMessage{letter, now},
         AddCopy{letter.id, {box.id, work.id, 7, 4}, letter.raw});
  EXPECT_TRUE(pays(PutFolders{box.id, {inbox}}));
}

TEST_P(Missed, T3_S4_S10_WhatAFolderOwesIsWrittenDownAsItIsExcluded) {
  miss(true, false);
  EXPECT_FALSE(pays(SetFolderRole{box.id, work.id, FolderRole::ignored}));
  EXPECT_FALSE(pays(SetFolderRole{box.id, work.id, FolderRole::incoming}));
  miss(true);
  EXPECT_FALSE(pays(SetFolderRole{box.id, work.id, FolderRole::outgoing})) << "it is read still";
  EXPECT_TRUE(pays(SetFolderRole{box.id, work.id, FolderRole::ignored}));
  EXPECT_FALSE(pays(PutFolders{box.id, {inbox}})) << "that was paid";
  // By what its server says of it.
  auto junk = add_folder(box, "Junk");
  commit(AdvanceCursor{box.id, junk.id, 7, {{5, 9, 3, now}}},
         ObserveFolder{box.id, junk.id, {}, {}, true});
  junk.role = FolderRole::ignored;
  EXPECT_TRUE(pays(PutFolders{box.id, {inbox, junk}}));
}

}  // namespace
}  // namespace hearback::store
