// M-7: what each person hasn't read.
#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::Direction;
using rules::PlacedBy;
using rules::Role;

class UnreadTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    ben = add_user("ben", Role::evaluator);
    clara = add_user("clara", Role::manager);
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {add_job("Welder", {ben.id, clara.id})});
    box = add_mailbox(ben, "ben@acme.example");
    inbox = add_folder(box, "INBOX");
    sent = add_folder(box, "Sent", rules::FolderRole::outgoing);
    talk = thread(wanda);
    commit(AddThread{talk});
    start = now + 1h;
  }
  rules::Message from(std::string id, std::string sender, Duration after) {
    auto m = message(id, sender, "team@acme.example");
    m.direction = sender == "wanda@home.example" ? Direction::incoming : Direction::outgoing;
    m.date = start + after;
    return m;
  }
  rules::Message placed(std::string id, std::string sender, Duration after) {
    auto m = from(std::move(id), std::move(sender), after);
    place(m, talk, PlacedBy::address, "wanda@home.example", false);
    return m;
  }
  void lands(const rules::Message& m, const rules::Mailbox& in, const rules::Folder& folder) {
    commit(AddCopy{m.id, {in.id, folder.id, 7, ++uid}, m.raw});
  }
  rules::Message comes(std::string id, Duration after, std::string sender = "wanda@home.example") {
    auto m = placed(std::move(id), std::move(sender), after);
    lands(m, box, inbox);
    return m;
  }
  rules::Message answers(std::string id, Duration after, std::string named = "",
                         std::string sender = "ben@acme.example") {
    auto m = from(std::move(id), std::move(sender), after);
    m.direction = Direction::outgoing;
    if (!named.empty()) m.envelope.in_reply_to = {named};
    place(m, talk, PlacedBy::address, "wanda@home.example", false);
    lands(m, box, sent);
    return m;
  }
  bool unread(const rules::User& user) {
    const auto rows = ask(Threads{as(user), Place::all, {}, {}, {}}).rows;
    EXPECT_EQ(rows.size(), 1u);
    const auto one = ask(ThreadById{as(user), talk.id});
    EXPECT_EQ(rows.at(0).unread, one->unread);
    return one->unread;
  }
  std::int64_t came() { return ask(ThreadById{engine(), talk.id})->came; }
  void read(const rules::User& user) { commit(SetThreadUnread{talk.id, user.id, false, came()}); }
  rules::User ben, clara;
  CandidateId wanda;
  rules::Mailbox box;
  rules::Folder inbox, sent;
  rules::Thread talk;
  std::uint32_t uid = 0;
  Instant start;  // after the mailbox was connected and the address added
};
HEARBACK_ON_EACH_DATABASE(UnreadTest);

TEST_P(UnreadTest, M7_WhatComesToMyMailboxIsUnreadUntilIReadIt) {
  EXPECT_FALSE(unread(ben));
  comes("one", 1h);
  EXPECT_TRUE(unread(ben));
  EXPECT_FALSE(unread(clara));  // it came to none of hers
  read(ben);
  EXPECT_FALSE(unread(ben));
  comes("two", 2h);
  const auto seen = came();
  comes("while the second was read, of the same second", 2h);
  commit(SetThreadUnread{talk.id, ben.id, false, seen});
  EXPECT_TRUE(unread(ben));
  read(ben);
  EXPECT_FALSE(unread(ben));
  comes("another", 3h);
  commit(SetThreadUnread{talk.id, ben.id, false, {}});
  EXPECT_FALSE(unread(ben));
}

TEST_P(UnreadTest, M7_ARowDoesNotShowWhatCameLate) {
  const auto row = [&] { return ask(Threads{as(ben), Place::inbox, {}, {}, {}}).rows.at(0).came; };
  comes("newest", 3h);
  EXPECT_EQ(row(), came());
  read(ben);
  const auto shown = came();
  comes("under way for hours", 1h);
  EXPECT_EQ(row(), 0);
  read(ben);
  EXPECT_EQ(row(), shown);  // a row doesn't know what its reader has opened
}

TEST_P(UnreadTest, M7_WhatIMarkedIsToldFromWhatCame) {
  const auto marked = [&] { return ask(ThreadById{as(ben), talk.id})->marked_unread; };
  comes("one", 1h);
  EXPECT_FALSE(marked());
  commit(SetThreadUnread{talk.id, ben.id, true, {}});  // on top of it
  EXPECT_TRUE(marked());
  comes("two", 2h);
  EXPECT_FALSE(marked());  // something came since
  commit(SetThreadUnread{talk.id, ben.id, true, {}});
  EXPECT_TRUE(marked());
  read(ben);
  EXPECT_FALSE(marked());
  comes("three", 3h);
  EXPECT_TRUE(unread(ben));
  EXPECT_FALSE(marked());
}

TEST_P(UnreadTest, M7_ThePastThatAnImportBringsIsNotUnread) {
  comes("old", -48h);
  EXPECT_FALSE(unread(ben));
  // Nor is what an address brings that was added later.
  now = start + 100h;
  commit(PutCandidate{
      wanda, "Wanda", {address("wanda@home.example"), address("wanda@work.example")}, now});
  comes("older than the address", 50h, "wanda@work.example");
  EXPECT_FALSE(unread(ben));
  comes("newer", 101h, "wanda@work.example");
  EXPECT_TRUE(unread(ben));
}

TEST_P(UnreadTest, M7_ASecondCopyIsNothingNew) {
  const auto m = comes("one", 1h);
  read(ben);
  lands(m, box, add_folder(box, "Archive"));
  const auto second = add_mailbox(ben, "ben.too@acme.example");
  lands(m, second, add_folder(second, "INBOX"));
  EXPECT_FALSE(unread(ben));
  // To a colleague it is.
  const auto hers = add_mailbox(clara, "clara@acme.example");
  lands(m, hers, add_folder(hers, "INBOX"));
  EXPECT_TRUE(unread(clara));
  EXPECT_FALSE(unread(ben));
}

TEST_P(UnreadTest, M7_WhoeverWritesHasRead) {
  comes("question", 1h);
  answers("from the phone", 2h);
  EXPECT_FALSE(unread(ben));
  comes("another", 150min);
  answers("under an alias", 160min, "", "ben.alias@acme.example");
  EXPECT_FALSE(unread(ben));
  // What a colleague writes to me is news.
  comes("aside", 3h, "clara@acme.example");
  EXPECT_TRUE(unread(ben));
}

// Folders are looked at one after the other.
TEST_P(UnreadTest, M7_WhatWasAnsweredBeforeItWasFoundIsRead) {
  answers("from the phone", 2h, "<sorted@home.example>");
  auto question = from("sorted", "wanda@home.example", 1h);
  question.envelope.message_id = "<sorted@home.example>";
  place(question, talk, PlacedBy::address, "wanda@home.example", false);
  lands(question, box, add_folder(box, "Candidates"));
  EXPECT_FALSE(unread(ben));
  // By her clock it was written after the answer.
  answers("from the phone again", 3h, "<fast@home.example>");
  auto fast = from("fast", "wanda@home.example", 3h + 5min);
  fast.envelope.message_id = "<fast@home.example>";
  fast.envelope.date = fast.date;
  place(fast, talk, PlacedBy::address, "wanda@home.example", false);
  lands(fast, box, add_folder(box, "Later"));
  EXPECT_FALSE(unread(ben));
  // What only was on its way for long isn't.
  comes("late", 90min);
  EXPECT_TRUE(unread(ben));
}

// Programs that write everything under one Message-ID.
TEST_P(UnreadTest, M7_OtherWordsUnderAnAnsweredMessageIdAreNews) {
  const auto comes_as = [&](const std::string& words, Duration after) {
    auto m = from(words, "wanda@home.example", after);
    m.envelope.message_id = "<same@portal.example>";
    m.envelope.date = m.date;
    place(m, talk, PlacedBy::address, "wanda@home.example", false);
    lands(m, box, inbox);
  };
  comes_as("first", 1h);
  answers("from the phone", 2h, "<same@portal.example>");
  EXPECT_FALSE(unread(ben));
  comes_as("second", 3h);
  EXPECT_TRUE(unread(ben));
}

TEST_P(UnreadTest, M7_AnotherVersionOfWhatIHaveIsNothingNew) {
  const auto version = [&](const rules::Mailbox& in) {
    auto m = from("same", "wanda@home.example", 1h);
    m.fingerprint = m.id.text();
    m.envelope.date = m.date;
    place(m, talk, PlacedBy::address, "wanda@home.example", false);
    lands(m, in, add_folder(in, "INBOX"));
  };
  const auto hers = add_mailbox(clara, "clara@acme.example");
  version(hers);
  EXPECT_TRUE(unread(clara));
  const auto jobs = add_mailbox(ben, "jobs@acme.example");
  version(jobs);
  EXPECT_TRUE(unread(ben));  // a colleague's isn't his
  read(ben);
  version(add_mailbox(ben, "ben.too@acme.example"));
  EXPECT_FALSE(unread(ben));
}

TEST_P(UnreadTest, M7_WhoeverWritesHereHasReadWithoutACopy) {
  comes("question", 1h);
  write_here(from("written here", "ben@acme.example", 2h), talk, box, start + 2h);
  EXPECT_FALSE(unread(ben));
}

TEST_P(UnreadTest, M7_AMailThatOnlyClaimsToBeMineReadsNothing) {
  comes("question", 1h);
  const auto claimed = comes("from ben, it says", 2h, "ben@acme.example");
  EXPECT_TRUE(unread(ben));
  // It is his: he has it in what he sent, too.
  lands(claimed, box, sent);
  EXPECT_FALSE(unread(ben));
  // Once: moved there once more, it doesn't undo what he says since.
  commit(SetThreadUnread{talk.id, ben.id, true, {}});
  lands(claimed, box, add_folder(box, "Sent/2026", rules::FolderRole::outgoing));
  EXPECT_TRUE(unread(ben));
}

TEST_P(UnreadTest, M7_NobodyElseHearsOfIt) {
  const auto dora = add_user("dora", Role::evaluator);  // not of the team
  const auto hers = add_mailbox(dora, "dora@acme.example");
  const auto clarasbox = add_mailbox(clara, "clara@acme.example");
  const auto m = comes("one", 1h);
  const auto before = ask(CompanyFacts{engine()}).revision;
  const auto heard = [&](const rules::User& user) { return ask(Since{as(user), before}).size(); };
  read(ben);
  EXPECT_EQ(heard(ben), 1u);
  read(ben);  // nothing new
  EXPECT_EQ(heard(ben), 1u);
  lands(m, clarasbox, add_folder(clarasbox, "INBOX"));
  EXPECT_GE(heard(clara), 1u);
  EXPECT_EQ(heard(ben), 1u);
  lands(m, hers, add_folder(hers, "INBOX"));
  std::size_t threads = 0;
  for (const auto& entry : ask(Since{as(dora), before})) threads += entry.kind == "thread";
  EXPECT_EQ(threads, 0u);  // she may not see it
}

TEST_P(UnreadTest, M7_AnybodyMayMarkWhatTheySee) {
  comes("one", 1h);
  commit(SetThreadUnread{talk.id, clara.id, true, {}});
  EXPECT_TRUE(unread(clara));
  read(clara);
  EXPECT_FALSE(unread(clara));
  EXPECT_TRUE(unread(ben));
  // Put away is read.
  commit(SetThreadDone{talk.id, ben.id, true, came(), start + 2h});
  EXPECT_FALSE(unread(ben));
}

TEST_P(UnreadTest, M7_ItFollowsWhatBecomesOfTheConversation) {
  const auto other = thread(wanda);
  commit(AddThread{other});
  comes("one", 1h);
  commit(UniteThreads{talk.id, other.id});
  EXPECT_TRUE(ask(ThreadById{as(ben), other.id})->unread);
  talk = other;
  comes("two", 2h, "wanda@work.example");
  read(ben);
  commit(SetThreadUnread{talk.id, ben.id, true, {}});
  EXPECT_TRUE(unread(ben));
}

TEST_P(UnreadTest, M7_WhatIsTakenOutIsNotLeftUnread) {
  commit(PutCandidate{
      wanda, "Wanda", {address("wanda@home.example"), address("wanda@work.example")}, now});
  comes("one", 1h);
  read(ben);
  auto m = from("two", "wanda@work.example", 2h);
  place(m, talk, PlacedBy::address, "wanda@work.example", false);
  lands(m, box, inbox);
  EXPECT_TRUE(unread(ben));
  commit(PutCandidate{wanda, "Wanda", {address("wanda@home.example")}, now});
  run_errands();
  EXPECT_EQ(ask(ThreadById{as(ben), talk.id})->count, 1u);
  EXPECT_FALSE(unread(ben));
}

}  // namespace
}  // namespace hearback::store
