// C-14: whether a mailbox's past opens when a colleague adds an address.
#include <gtest/gtest.h>

#include <utility>

#include "sim/sync_rig.hpp"

namespace hearback::sim {
namespace {

using Ids = std::multiset<std::string>;
using rules::PastAnswer;

const std::string kKim = "kim@other.example";

// Max's mailbox, in which lies mail with Kim; and Ada, who makes a candidate of her.
struct PastRig : SyncRig {
  PastRig() {
    ada = office.add_user("Ada", "ada@example.org");
    for (int i = 0; i < 3; ++i) deliver("INBOX", from_kim("private-" + std::to_string(i) + "@x"));
    deliver("INBOX", from_jo("jo@x"));
    world.run_for(1h);
  }
  static Letter from_kim(std::string id) {
    auto letter = private_mail(std::move(id));
    letter.from = "Kim <" + kKim + ">";
    return letter;
  }
  rules::Scope all_seen_by(UserId by) {
    rules::Scope scope;
    scope.company = office.company();
    scope.user = by;
    scope.all_jobs = true;
    return scope;
  }
  void put_kim(std::vector<std::string> addresses, const std::optional<rules::Scope>& by) {
    store::PutCandidate put{kim, "Kim", {}, world.now(), by};
    for (const auto& one : addresses) put.addresses.push_back({one, one, true, "", world.now()});
    office.commit({put});
  }
  void add_kim(const std::optional<rules::Scope>& by) {
    kim = CandidateId::make(world.now(), world.random());
    put_kim({kKim}, by);
  }
  void add_kim(UserId by) { add_kim(all_seen_by(by)); }
  // The page's "Undo" adds the address again.
  void take_off_and_add_again() {
    put_kim({}, all_seen_by(ada));
    settle();
    EXPECT_EQ(imported(), (Ids{"jo@x"}));
    put_kim({kKim}, all_seen_by(ada));
    settle();
  }
  void answer(bool open) {
    office.commit({store::AnswerPast{mailbox, kKim, open, world.now(), past().rows.at(0).shown}});
  }
  struct Past : store::PastChosen::Found {
    std::vector<store::PastOf::Row> rows;
  };
  Past past() {
    rules::Scope scope;
    scope.company = office.company();
    scope.user = user;
    return {office.ask(store::PastChosen{scope, mailbox}).value(),
            office.ask(store::PastOf{scope, mailbox}).rows};
  }

  UserId ada;
  CandidateId kim;
};

const Ids kOld{"jo@x", "private-0@x", "private-1@x", "private-2@x"};

TEST(Sync, C14_ThePastOpensOnceTheOwnerAgrees) {
  for (const bool restarted : {false, true}) {
    PastRig rig;
    rig.start();
    rig.settle();
    rig.add_kim(rig.ada);
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"jo@x"}));
    EXPECT_TRUE(rig.private_bodies().empty());
    EXPECT_EQ(rig.past().asked, 1u);

    // New mail comes as ever.
    rig.deliver("INBOX", rig.from_kim("new@x"));
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"jo@x", "new@x"}));
    // Declined, restarted: it stays closed.
    rig.answer(false);
    if (restarted) rig.crash();
    if (restarted) rig.start();
    rig.settle();
    EXPECT_TRUE(rig.private_bodies().empty());
    EXPECT_EQ(rig.past().asked, 0u);

    rig.answer(true);
    rig.settle();
    EXPECT_EQ(rig.imported().size(), 5u);
    EXPECT_EQ(rig.private_bodies().size(), 3u);
    ASSERT_EQ(rig.past().rows.size(), 1u);
    EXPECT_EQ(rig.past().rows[0].answer, PastAnswer::opened);
    EXPECT_EQ(rig.past().rows[0].brought, 3u);
    EXPECT_TRUE(rig.past().rows[0].searched);
  }
}

TEST(Sync, C14_ThePastOpensAtOnceWhereNobodyIsToBeAsked) {
  enum class Why { chosen, own, known };
  for (const auto why : {Why::chosen, Why::own, Why::known}) {
    PastRig rig;
    if (why == Why::chosen)
      rig.office.commit({store::ChoosePast{rig.mailbox, rules::PastChoice::open}});
    rig.start();
    rig.settle();
    if (why == Why::known) {  // Max connects the mailbox after that
      rig.office.commit({store::RemoveMailbox{rig.mailbox}});
      rig.world.run_for(1h);
    }
    rig.add_kim(why == Why::own ? rig.user : rig.ada);
    rig.world.run_for(1h);
    if (why == Why::known) rig.mailbox = rig.office.add_mailbox(rig.user, "max@example.org", {});
    rig.settle();
    EXPECT_EQ(rig.imported(), kOld) << static_cast<int>(why);
    const auto rows = rig.past().rows;
    ASSERT_EQ(rows.size(), why == Why::chosen ? 1u : 0u) << static_cast<int>(why);
    if (why == Why::chosen) EXPECT_EQ(rows[0].answer, PastAnswer::opened);
    if (why == Why::chosen) EXPECT_EQ(rows[0].brought, 3u);
  }
}

// A removal that is undone has changed nothing; also of an address that was there before anybody
// was asked.
TEST(Sync, C14_AnAddressThatComesBackBringsAllThatItBrought) {
  enum class Was { opened, declined, there_before };
  for (const auto was : {Was::opened, Was::declined, Was::there_before}) {
    PastRig rig;
    rig.start();
    rig.settle();
    if (was == Was::there_before)
      rig.add_kim(std::nullopt);
    else
      rig.add_kim(rig.ada);
    rig.settle();
    rig.world.run_for(1h);
    rig.deliver("INBOX", rig.from_kim("new@x"));
    rig.settle();
    if (was != Was::there_before) rig.answer(was == Was::opened);
    rig.settle();
    const auto all = rig.imported();
    EXPECT_EQ(all.size(), was == Was::declined ? 2u : 5u);
    for (int i = 0; i < 2; ++i) {
      rig.take_off_and_add_again();
      EXPECT_EQ(rig.imported(), all) << static_cast<int>(was);
      EXPECT_EQ(rig.past().asked, 0u);
    }
  }
}

// Mail of two candidates is the other one's all the same.
TEST(Sync, C14_WhoIsNotOpenTakesNoPartInThePast) {
  PastRig rig;
  auto both = rig.from_jo("both@x");
  both.to += ", " + kKim;
  rig.deliver("INBOX", both);
  rig.world.run_for(1h);
  rig.add_kim(rig.ada);
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"both@x", "jo@x"}));
  EXPECT_EQ(rig.threads().size(), 2u) << "Jo's alone";
  rig.answer(true);
  rig.settle();
  EXPECT_EQ(rig.imported().size(), 5u);
  EXPECT_EQ(rig.threads().size(), 6u) << "of both each has one";
}

// One owner's word costs their mailbox a look, and nobody else's.
TEST(Sync, C14_S14_OnlyTheOwnersMailboxLooksForWhatTheyOpen) {
  PastRig rig;
  auto& leos = rig.imap.add_account("leo@example.org", "secret");
  const auto leo = rig.office.add_user("Leo", "leo@example.org");
  rig.office.add_mailbox(leo, "leo@example.org", {});
  const auto letter_of = [&](const std::string& from, const std::string& to, std::string id) {
    return raw_message({.from = from,
                        .to = to,
                        .subject = "Hello",
                        .message_id = std::move(id),
                        .text = "Words.\r\n",
                        .date = rig.world.now()});
  };
  std::vector<std::string> five;
  for (int i = 0; i < 5; ++i) {
    const auto one = "kim" + std::to_string(i) + "@other.example";
    five.push_back(one);
    rig.account->deliver("INBOX",
                         letter_of(one, "max@example.org", "max-" + std::to_string(i) + "@x"),
                         rig.world.now());
    leos.deliver("INBOX", letter_of(one, "leo@example.org", "leo-" + std::to_string(i) + "@x"),
                 rig.world.now());
  }
  rig.start();
  rig.settle();
  rig.world.run_for(1h);
  rig.kim = CandidateId::make(rig.world.now(), rig.world.random());
  rig.put_kim(five, rig.all_seen_by(rig.ada));
  rig.settle();
  ASSERT_EQ(rig.past().asked, 5u);
  EXPECT_EQ(rig.imported(), (Ids{"jo@x"}));
  // Of each look's "6:*" the last header comes: as many looks as while nothing happens, no more.
  struct Cost {
    std::uint64_t headers, searches, fetches, logins;
    bool operator==(const Cost&) const = default;
  };
  const auto cost_of = [&](auto happens) {
    const Cost before{leos.headers_sent(), leos.commands("UID SEARCH"), leos.commands("UID FETCH"),
                      leos.logins()};
    happens();
    rig.world.run_for(10min);
    return Cost{leos.headers_sent() - before.headers, leos.commands("UID SEARCH") - before.searches,
                leos.commands("UID FETCH") - before.fetches, leos.logins() - before.logins};
  };
  const auto idle = cost_of([] {});
  EXPECT_EQ(idle, (Cost{5, 0, 5, 0}));
  const auto answered = cost_of([&] {
    rig.office.commit(
        {store::AnswerAllPast{rig.mailbox, rig.past().newest, true, rig.world.now()}});
  });
  EXPECT_EQ(rig.imported(), (Ids{"jo@x", "max-0@x", "max-1@x", "max-2@x", "max-3@x", "max-4@x"}));
  for (const auto& row : rig.past().rows) {
    EXPECT_EQ(row.brought, 1u);
    EXPECT_TRUE(row.searched);
  }
  EXPECT_EQ(answered, idle);
}

// A search that finds what is closed has the owner asked, and reads nothing again for it. Nor where
// the owner has named who it is with: then nobody is asked about anything.
TEST(Sync, C14_S5_NothingIsReadAgainForWhatIsClosed) {
  for (const bool named : {false, true}) {
    PastRig rig;
    if (named)
      rig.office.commit(
          {store::ChangeNeverSynced{rig.mailbox, {*rules::never_synced_entry(kKim)}, {}}});
    for (int i = 0; i < 20; ++i)
      rig.deliver("INBOX", rig.private_mail("private-x" + std::to_string(i) + "@x"));
    rig.world.run_for(1h);
    rig.start();
    rig.settle();
    const auto headers = rig.account->headers_sent(), fetches = rig.account->commands("UID FETCH");
    rig.add_kim(rig.ada);
    rig.settle();
    const auto asked = named ? 0u : 1u;
    EXPECT_EQ(rig.past().asked, asked);
    constexpr std::uint64_t kFound = 3, kLooks = 3;  // of each look's "25:*" the last header comes
    EXPECT_EQ(rig.account->headers_sent(), headers + kFound + kLooks) << named;
    EXPECT_EQ(rig.account->commands("UID FETCH"), fetches + 1 + kLooks) << named;
    rig.crash();
    rig.start();
    rig.settle();
    EXPECT_EQ(rig.past().asked, asked);
    if (named) continue;
    rig.answer(true);
    rig.settle();
    EXPECT_EQ(rig.imported(), kOld);
  }
}

// Who gets an address while a mailbox is looked through is somebody else: what its owner was asked
// about is gone, and so may be the mail that told of it.
TEST(Sync, C14_WhoGetsAnAddressMeanwhileIsAskedAboutAnew) {
  PastRig rig;
  rig.world.plan = [](const net::Endpoint&, std::uint64_t) {
    Faults slow;
    slow.latency_least = 1s;
    slow.latency_most = 2s;
    return slow;
  };
  for (int i = 0; i < 200; ++i)
    rig.deliver("INBOX", rig.private_mail("private-x" + std::to_string(i) + "@x"));
  const auto newest = rig.deliver("INBOX", rig.from_kim("private-newest@x"));
  rig.world.run_for(1h);
  rig.add_kim(rig.ada);
  sync::Options options;
  options.limits.scan_batch = 1;
  rig.start(options);
  for (int i = 0; i < 600 && rig.past().asked == 0; ++i) rig.world.run_for(100ms);
  ASSERT_EQ(rig.past().asked, 1u);
  rig.office.commit({store::ForgetCandidate{rig.kim, {}, rig.world.now()}});
  rig.account->expunge("INBOX", newest);
  rig.kim = CandidateId::make(rig.world.now(), rig.world.random());
  rig.put_kim({kKim, "k1@other.example", "k2@other.example", "k3@other.example"},
              rig.all_seen_by(rig.office.add_user("Carl", "carl@example.org")));
  ASSERT_TRUE(rig.importing());
  EXPECT_EQ(rig.past().asked, 0u);
  rig.world.run_for(1h);
  EXPECT_FALSE(rig.importing());
  ASSERT_EQ(rig.past().asked, 1u);
  EXPECT_EQ(rig.past().rows[0].added_by, "Carl");
  EXPECT_TRUE(rig.private_bodies().empty());
}

// S-3's second way: what answers a colleague's mail with Kim lies in Max's past, too.
TEST(Sync, C14_AnAnswerInThePastIsNotReadEither) {
  PastRig rig;
  auto& adas = rig.imap.add_account("ada@example.org", "secret");
  rig.office.add_mailbox(rig.ada, "ada@example.org", {});
  adas.deliver("INBOX",
               raw_message({.from = kKim,
                            .to = "ada@example.org",
                            .subject = "Hello",
                            .message_id = "adas@x",
                            .text = "Words.\r\n",
                            .date = rig.world.now()}),
               rig.world.now());
  auto forward = rig.private_mail("private-forward@x");
  forward.from = "ada@example.org";
  forward.in_reply_to = {"adas@x"};
  rig.deliver("INBOX", forward);
  rig.world.run_for(1h);
  rig.add_kim(rig.ada);
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.imported(), (Ids{"adas@x", "jo@x"}));
  rig.answer(true);
  rig.settle();
  EXPECT_TRUE(rig.imported().contains("private-forward@x"));
}

// Also where nothing else of that candidate lies there: nobody would be asked, and it never came.
// It comes once they agree, or add the address themselves.
TEST(Sync, C14_S3_AboutAnAnswerAloneItsOwnerIsAskedToo) {
  for (const bool adds : {false, true}) {
    PastRig rig;
    const std::string pia = "pia@else.example";
    auto& adas = rig.imap.add_account("ada@example.org", "secret");
    rig.office.add_mailbox(rig.ada, "ada@example.org", {});
    adas.deliver("INBOX",
                 raw_message({.from = pia,
                              .to = "ada@example.org",
                              .subject = "Hello",
                              .message_id = "adas@x",
                              .text = "Words.\r\n",
                              .date = rig.world.now()}),
                 rig.world.now());
    auto forward = rig.private_mail("private-forward@x");
    forward.from = "ada@example.org";
    forward.in_reply_to = {"adas@x"};
    rig.deliver("INBOX", forward);
    // More than is held in memory: it waits for nothing any more.
    auto other = rig.private_mail("private-other@x");
    other.in_reply_to = {"nobodys@x"};
    for (int i = 0; i < (adds ? 2500 : 0); ++i) rig.deliver("INBOX", other);
    rig.world.run_for(1h);
    rig.kim = CandidateId::make(rig.world.now(), rig.world.random());
    rig.put_kim({pia}, rig.all_seen_by(rig.ada));
    rig.start();
    rig.settle();
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"adas@x", "jo@x"}));
    ASSERT_EQ(rig.past().asked, 1u);
    EXPECT_EQ(rig.past().rows[0].address, pia);
    if (adds) {
      rig.kim = CandidateId::make(rig.world.now(), rig.world.random());
      rig.put_kim({pia}, rig.all_seen_by(rig.user));
    } else {
      rig.office.commit(
          {store::AnswerPast{rig.mailbox, pia, true, rig.world.now(), rig.past().rows[0].shown}});
    }
    rig.settle();
    EXPECT_EQ(rig.imported(), (Ids{"adas@x", "jo@x", "private-forward@x"})) << adds;
  }
}

}  // namespace
}  // namespace hearback::sim
