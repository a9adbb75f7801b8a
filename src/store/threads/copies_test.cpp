// Where the copies of a message lie, and what becomes of them where a folder numbers anew (S-10).
#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

class CopiesTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    ben = add_user("ben", Role::admin);
    wanda = add_candidate("Wanda", {"wanda@home.example"});
    otto = add_candidate("Otto", {"otto@home.example"});
    box = add_mailbox(ben, "ben@acme.example");
    inbox = add_folder(box, "INBOX");
    now = now + 1h;  // after all of that
    talk = thread(wanda);
    hers = message("hers", "wanda@home.example", "ben@acme.example");
    his = message("his", "otto@home.example", "ben@acme.example");
    place(hers, talk, PlacedBy::address, "wanda@home.example");
    own = make<BlobId>();
    commit(PutBlob{own, "her message, as this mailbox has it"}, AddCopy{hers.id, at(5), own});
  }
  rules::Location at(std::uint32_t uid) const { return {box.id, inbox.id, 7, uid}; }
  // The server hands out its numbers again, and says nothing of it.
  void his_takes_its_place() {
    commit(ResetFolder{box.id, inbox.id, 7});
    place(his, thread(otto), PlacedBy::address, "otto@home.example");
    commit(AddCopy{his.id, at(5), his.raw});
  }

  rules::User ben;
  CandidateId wanda, otto;
  rules::Mailbox box;
  rules::Folder inbox;
  rules::Thread talk;
  rules::Message hers, his;
  BlobId own;
};
HEARBACK_ON_EACH_DATABASE(CopiesTest);

TEST_P(CopiesTest, D1_WhoseNumberAnotherGetsLeavesNoSourceBehind) {
  his_takes_its_place();
  ASSERT_EQ(ask(CopiesInFolder{engine(), box.id, inbox.id, 7, {5}}).size(), 1u);
  EXPECT_EQ(ask(CopiesInFolder{engine(), box.id, inbox.id, 7, {5}})[0].message, his.id);
  commit(ForgetCandidate{wanda, as(ben), now});
  run_errands();
  EXPECT_FALSE(ask(BlobBytes{company, own}));
  EXPECT_TRUE(ask(BlobBytes{company, his.raw}));
  if (GetParam() == On::memory) return;
  tables()->read([&](Db& db) {
    EXPECT_EQ(db.row("select count(*) from blobs")->number(), 1);
    EXPECT_EQ(db.row("select count(*) from copies")->number(), 1);
  });
}

TEST_P(CopiesTest, M7_WhoseNumberAnotherGetsIsNoNewsWhereItComesAgain) {
  const auto row = [&] { return ask(Threads{as(ben), Place::inbox, wanda, {}}).rows; };
  const auto one = ask(ThreadById{as(ben), talk.id});
  EXPECT_TRUE(one->unread);
  commit(SetThreadUnread{talk.id, ben.id, false, one->came});
  his_takes_its_place();
  EXPECT_EQ(row().size(), 1u);  // what became of it nobody knows yet
  commit(AddCopy{hers.id, at(9), hers.raw});
  ASSERT_EQ(row().size(), 1u);
  EXPECT_FALSE(row()[0].unread);
  // That it lay elsewhere once is forgotten, and so is what only that place had.
  ASSERT_EQ(ask(CopiesOf{as(ben), hers.id}).size(), 1u);
  EXPECT_FALSE(ask(BlobBytes{company, own}));
}

TEST_P(CopiesTest, S10_SeveralNumbersAreHandedOutAgain) {
  std::vector<rules::Message> old;
  for (std::uint32_t i = 0; i < 3; ++i) {
    old.push_back(message("old " + std::to_string(i), "wanda@home.example", "ben@acme.example"));
    place(old.back(), talk, PlacedBy::address, "wanda@home.example", false);
    commit(AddCopy{old.back().id, at(10 + i), old.back().raw});
  }
  commit(ResetFolder{box.id, inbox.id, 7});
  for (std::uint32_t i = 0; i < 3; ++i) {
    const auto m = message("new " + std::to_string(i), "wanda@home.example", "ben@acme.example");
    place(m, talk, PlacedBy::address, "wanda@home.example", false);
    commit(AddCopy{m.id, at(10 + i), m.raw});
    EXPECT_EQ(ask(CopiesOf{as(ben), m.id}).size(), 1u);
    EXPECT_TRUE(ask(CopiesOf{as(ben), old[i].id}).empty());  // as far as anybody knows
  }
  std::uint32_t uid = 20;
  for (const auto& m : old) commit(AddCopy{m.id, at(uid++), m.raw});
  EXPECT_EQ(ask(ImportedByFolder{as(ben), box.id})[inbox.id], 6u);
}

}  // namespace
}  // namespace hearback::store
