#include "sync/take_in.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <map>
#include <set>
#include <thread>

#include "mail/address.hpp"
#include "sync/backoff.hpp"
#include "sync/pending.hpp"

namespace hearback::sync {
namespace {

class TakingIn : public testing::Test {
 protected:
  void SetUp() override {
    store::Options options;
    options.database = "sqlite::memory:";
    options.master_key = std::string(32, 'k');
    auto opened = store::Store::open(options, random);
    ASSERT_TRUE(opened) << opened.error().what;
    store = std::move(*opened);
    company = CompanyId::make(now, random);
    commit({store::AddCompany{"Example", now}});
    max = add_person("max@team.example");
    max_box = add_mailbox(max, "max@team.example");
    jo = add_candidate("Jo", {"jo@mail.example"});
  }

  void commit(std::vector<store::Change> changes) {
    auto done = store->commit({company, std::move(changes), {}});
    ASSERT_TRUE(done) << done.error().code << ": " << done.error().what;
  }
  UserId add_person(const std::string& address) {
    rules::User user;
    user.id = UserId::make(now, random);
    user.name = address;
    user.email = user.email_normal = address;
    commit({store::PutUser{user, std::nullopt, now}});
    return user.id;
  }
  rules::Location add_mailbox(UserId owner, const std::string& address) {
    rules::Mailbox box;
    box.id = MailboxId::make(now, random);
    box.owner = owner;
    box.address = box.address_normal = address;
    box.proof = rules::AddressProof::admin;
    box.imap = {"imap.team.example", 993, "tls", address};
    box.smtp = {"smtp.team.example", 465, "tls", address};
    rules::Folder inbox;
    inbox.id = FolderId::make(now, random);
    inbox.mailbox = box.id;
    inbox.name = inbox.wire_name = "INBOX";
    inbox.role = rules::FolderRole::incoming;
    commit({store::AddMailbox{box, "p", "p"}, store::PutFolders{box.id, {inbox}},
            store::ResetFolder{box.id, inbox.id, 7}});
    return {box.id, inbox.id, 7, 0};
  }
  CandidateId add_candidate(const std::string& name, const std::vector<std::string>& addresses) {
    auto id = CandidateId::make(now, random);
    std::vector<rules::CandidateAddress> list;
    for (const auto& a : addresses) list.push_back({a, a, true, "", now});
    commit({store::PutCandidate{id, name, list, now}});
    return id;
  }

  static std::string letter(const std::string& from, const std::string& to, const std::string& id,
                            const std::string& references = "", const std::string& text = "Hi") {
    std::string raw = "From: " + from + "\r\nTo: " + to +
                      "\r\nSubject: Hello\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n";
    if (!id.empty()) raw += "Message-ID: <" + id + ">\r\n";
    if (!references.empty()) raw += "References: <" + references + ">\r\n";
    return raw + "\r\n" + text + "\r\n";
  }
  Incoming incoming(const std::string& raw, rules::Location folder, std::uint32_t uid,
                    rules::FolderRole role = rules::FolderRole::incoming) {
    Incoming message;
    message.at = folder;
    message.at.uid = uid;
    message.role = role;
    message.internal_date = now;
    message.rule = "candidate-address";
    auto facts = read_facts(raw, {});
    EXPECT_TRUE(facts);
    message.facts = std::move(*facts);
    message.raw = raw;
    return message;
  }
  Result<TakenIn> take(std::vector<Incoming> batch, const std::vector<store::Change>& extra = {}) {
    TakeIn take_in(*store, company, now, random.next());
    return take_in.commit(batch, extra);
  }
  std::vector<store::ThreadById::Found> threads(std::optional<CandidateId> candidate = {}) {
    std::vector<store::ThreadById::Found> found;
    store::Threads question{rules::engine_scope(company)};
    question.candidate = candidate;
    for (auto& row : store->ask(question)->rows)
      found.push_back(**store->ask(store::ThreadById{rules::engine_scope(company), row.thread.id}));
    return found;
  }

  SeededRandom random{5};
  Instant now = *from_rfc3339("2026-11-02T12:00:00.000Z");
  std::unique_ptr<store::Store> store;
  CompanyId company;
  UserId max;
  rules::Location max_box;
  CandidateId jo;
};

TEST_F(TakingIn, S3_T5_StoresWithPlacementAndReason) {
  auto taken = take({incoming(letter("jo@mail.example", "max@team.example", "a@x"), max_box, 1)});
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->messages, 1u);
  EXPECT_EQ(taken->placed, (std::vector<std::string>{"a@x"}));
  auto found = threads(jo);
  ASSERT_EQ(found.size(), 1u);
  ASSERT_EQ(found[0].messages.size(), 1u);
  const auto& m = found[0].messages[0];
  EXPECT_EQ(m.placement.by, rules::PlacedBy::address);
  EXPECT_EQ(m.placement.detail, "jo@mail.example");
  EXPECT_EQ(m.message.direction, rules::Direction::incoming);
  EXPECT_EQ(found[0].thread.subject, "Hello");
}

TEST_F(TakingIn, T1_OneBatchKnowsItself) {
  auto taken = take({
      incoming(letter("jo@mail.example", "max@team.example", "c@x", "b@x"), max_box, 3),
      incoming(letter("max@team.example", "jo@mail.example", "b@x", "a@x"), max_box, 2),
      incoming(letter("jo@mail.example", "max@team.example", "a@x"), max_box, 1),
      incoming(letter("jo@mail.example", "max@team.example", "other@x"), max_box, 4),
  });
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->messages, 4u);
  EXPECT_EQ(threads(jo).size(), 2u);  // the same subject joins nothing
}

TEST_F(TakingIn, T1_LateParentsAndMissingOnes) {
  ASSERT_TRUE(
      take({incoming(letter("jo@mail.example", "max@team.example", "c@x", "b@x"), max_box, 3)}));
  ASSERT_TRUE(
      take({incoming(letter("jo@mail.example", "max@team.example", "d@x", "b@x"), max_box, 4)}));
  EXPECT_EQ(threads(jo).size(), 1u);  // both answer a message that isn't there
  ASSERT_TRUE(take({incoming(letter("max@team.example", "jo@mail.example", "b@x"), max_box, 2)}));
  ASSERT_EQ(threads(jo).size(), 1u);
  EXPECT_EQ(threads(jo)[0].messages.size(), 3u);
}

// 3 answers 2 and names nothing else, 2 lies in Sent and answers 1: the newest comes first.
TEST_F(TakingIn, T8_WhatTurnsOutToBeOneThreadBecomesOne) {
  ASSERT_TRUE(
      take({incoming(letter("jo@mail.example", "max@team.example", "3@x", "2@x"), max_box, 3)}));
  const auto early = threads(jo).at(0).thread.id;
  ASSERT_TRUE(take({incoming(letter("jo@mail.example", "max@team.example", "1@x"), max_box, 1)}));
  ASSERT_EQ(threads(jo).size(), 2u);
  ASSERT_TRUE(
      take({incoming(letter("max@team.example", "jo@mail.example", "2@x", "1@x"), max_box, 2)}));
  ASSERT_EQ(threads(jo).size(), 1u);
  EXPECT_EQ(threads(jo)[0].messages.size(), 3u);
  EXPECT_EQ(threads(jo)[0].thread.id, early);
}

// Whatever the order of coming and the size of the batches: what refers to each other is together,
// and nothing else is.
TEST_F(TakingIn, T8_TheOrderOfComingMakesNoDifference) {
  constexpr int kRounds = 60, kMessages = 9;
  for (int round = 0; round < kRounds; ++round) {
    const auto name = "p" + std::to_string(round);
    const auto person = add_candidate(name, {name + "@mail.example"});
    std::vector<int> group(kMessages);
    std::vector<std::string> letters;
    std::map<int, std::size_t> sizes;
    const auto id = [&](int n) { return std::to_string(n) + name + "@x"; };
    for (int n = 0; n < kMessages; ++n) {
      std::string references;
      group[n] = n;
      if (n > 0 && random.below(4) > 0) {
        const int parent = int(random.below(n));
        group[n] = group[parent];
        references = id(parent);
      }
      letters.push_back(letter(name + "@mail.example", "max@team.example", id(n), references));
    }
    std::vector<int> order(kMessages);
    for (int n = 0; n < kMessages; ++n) order[n] = n;
    for (int n = kMessages; n > 1; --n) std::swap(order[n - 1], order[random.below(n)]);
    std::vector<Incoming> batch;
    for (int n : order) {
      ++sizes[group[n]];
      batch.push_back(incoming(letters[n], max_box, std::uint32_t(round * kMessages + n + 1)));
      if (random.below(3) > 0) continue;
      ASSERT_TRUE(take(std::move(batch)));
      batch.clear();
    }
    ASSERT_TRUE(take(std::move(batch)));
    std::multiset<std::size_t> wanted, found;
    for (auto [first, size] : sizes) wanted.insert(size);
    for (const auto& thread : threads(person)) found.insert(thread.messages.size());
    EXPECT_EQ(found, wanted) << "round " << round;
  }
}

TEST_F(TakingIn, T1_OutlooksThreadIndexJoinsWhereNothingElseIsNamed) {
  auto kim = add_candidate("Kim", {"kim@mail.example"});
  const auto outlook = [](const std::string& from, const std::string& id,
                          const std::string& index) {
    return "Thread-Index: " + index + "\r\n" + letter(from, "max@team.example", id);
  };
  const std::string root = "AdHb0QZ3wq1vS0u2TDa8Zr1l9QyKpA==",
                    answer = "AdHb0QZ3wq1vS0u2TDa8Zr1l9QyKpAAAKq1A";
  ASSERT_TRUE(take({incoming(outlook("jo@mail.example", "b@x", answer), max_box, 1)}));
  ASSERT_TRUE(take({incoming(outlook("jo@mail.example", "a@x", root), max_box, 2)}));
  ASSERT_TRUE(take({incoming(outlook("kim@mail.example", "k@x", answer), max_box, 3)}));
  ASSERT_EQ(threads(jo).size(), 1u);
  EXPECT_EQ(threads(jo)[0].messages.size(), 2u);
  EXPECT_EQ(threads(jo)[0].messages[1].message.conversation.substr(0, 15), "thread-index:01");
  EXPECT_EQ(threads(kim).size(), 1u);
}

// An address may be taken off again and again while its mail is fetched.
TEST_F(TakingIn, S12_WhatTurnsOutToBeNobodysIsNoFailedAttempt) {
  const auto stranger =
      incoming(letter("somebody@mail.example", "max@team.example", "s@x"), max_box, 1);
  commit({store::BeginImport{{stranger.at}, now}});
  auto taken = take({stranger});
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->not_ours, 1u);
  const store::Quarantined question{rules::engine_scope(company), max_box.mailbox};
  EXPECT_TRUE(store->ask(question)->rows.empty());
}

TEST_F(TakingIn, T2_TwoCandidatesTwoThreadsOneMessage) {
  auto kim = add_candidate("Kim", {"kim@mail.example"});
  auto taken = take({incoming(
      letter("max@team.example", "jo@mail.example, kim@mail.example", "a@x"), max_box, 1)});
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->messages, 1u);
  ASSERT_EQ(threads(jo).size(), 1u);
  ASSERT_EQ(threads(kim).size(), 1u);
  EXPECT_EQ(threads(jo)[0].messages[0].message.id, threads(kim)[0].messages[0].message.id);
}

// Kim uses an address that was Jo's alone until now.
TEST_F(TakingIn, T2_OneThreadStaysOneThreadWhereAnAddressIsShared) {
  const auto first = incoming(letter("jo@mail.example", "max@team.example", "a@x"), max_box, 1);
  ASSERT_TRUE(take({first}));
  auto kim = add_candidate("Kim", {"jo@mail.example"});
  // The past is looked at again, and the conversation goes on.
  auto copy = first;
  copy.at.uid = 2;
  ASSERT_TRUE(take({first}));
  ASSERT_TRUE(take({copy}));
  ASSERT_TRUE(
      take({incoming(letter("jo@mail.example", "max@team.example", "b@x", "a@x"), max_box, 3),
            incoming(letter("max@team.example", "jo@mail.example", "c@x", "b@x"), max_box, 4,
                     rules::FolderRole::outgoing)}));
  EXPECT_TRUE(threads(kim).empty());
  ASSERT_EQ(threads(jo).size(), 1u);
  EXPECT_EQ(threads(jo)[0].messages.size(), 3u);
  // A new one is both's, and stays so.
  ASSERT_TRUE(take({incoming(letter("jo@mail.example", "max@team.example", "n@x"), max_box, 5)}));
  ASSERT_TRUE(
      take({incoming(letter("jo@mail.example", "max@team.example", "m@x", "n@x"), max_box, 6)}));
  EXPECT_EQ(threads(jo).size(), 2u);
  ASSERT_EQ(threads(kim).size(), 1u);
  EXPECT_EQ(threads(kim)[0].messages.size(), 2u);
}

TEST_F(TakingIn, T3_ForwardsToColleaguesStartAThreadOfTheirOwn) {
  add_person("ann@team.example");
  ASSERT_TRUE(take({incoming(letter("jo@mail.example", "max@team.example", "a@x"), max_box, 1)}));
  ASSERT_TRUE(
      take({incoming(letter("max@team.example", "ann@team.example", "f@x", "a@x"), max_box, 2)}));
  ASSERT_TRUE(
      take({incoming(letter("ann@team.example", "max@team.example", "g@x", "f@x"), max_box, 3)}));
  auto found = threads(jo);
  ASSERT_EQ(found.size(), 2u);
  for (const auto& thread : found) {
    bool forward = thread.thread.kind == rules::ThreadKind::internal_forward;
    EXPECT_EQ(thread.messages.size(), forward ? 2u : 1u);
  }
}

TEST_F(TakingIn, T3_AnAttachedOriginalIsEnough) {
  ASSERT_TRUE(take({incoming(letter("jo@mail.example", "max@team.example", "a@x"), max_box, 1)}));
  auto raw =
      "From: max@team.example\r\nTo: ann@team.example\r\nMessage-ID: <f@x>\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee below\r\n--b\r\n"
      "Content-Type: message/rfc822\r\n\r\n" +
      letter("jo@mail.example", "max@team.example", "a@x") + "\r\n--b--\r\n";
  ASSERT_TRUE(take({incoming(raw, max_box, 2)}));
  EXPECT_EQ(threads(jo).size(), 2u);
}

TEST_F(TakingIn, I4_WhatNoLongerMatchesIsNotStored) {
  auto taken = take({incoming(letter("ann@team.example", "max@team.example", "a@x"), max_box, 1)});
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->not_ours, 1u);
  EXPECT_TRUE(threads().empty());
  EXPECT_FALSE(store
                   ->ask(store::KnownAbout{
                       rules::engine_scope(company), max_box, "a@x",
                       incoming(letter("ann@team.example", "max@team.example", "a@x"), max_box, 1)
                           .facts.fingerprint})
                   ->same);
}

TEST_F(TakingIn, S11_CopiesKeepTheirSourceOnlyWhereItDiffers) {
  auto ann_box = add_mailbox(add_person("ann@team.example"), "ann@team.example");
  auto raw = letter("jo@mail.example", "max@team.example, ann@team.example", "a@x");
  auto taken = take({incoming("Received: by max\r\n" + raw, max_box, 1)});
  ASSERT_TRUE(taken);
  taken = take({incoming("Received: by max\r\n" + raw, max_box, 2),
                incoming("Received: by ann\r\n" + raw, ann_box, 1)});
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->messages, 0u);
  EXPECT_EQ(taken->copies, 2u);
  auto id = threads(jo)[0].messages[0].message.id;
  std::set<BlobId> sources;
  auto copies = *store->ask(store::CopiesOf{rules::engine_scope(company), id});
  for (auto& copy : copies) sources.insert(copy.raw);
  EXPECT_EQ(copies.size(), 3u);
  EXPECT_EQ(sources.size(), 2u);
}

TEST_F(TakingIn, S11_SYNC7_AReusedMessageIdReplacesNothing) {
  auto first = letter("jo@mail.example", "max@team.example", "a@x", "", "the first");
  auto second = letter("jo@mail.example", "max@team.example", "a@x", "", "the second");
  ASSERT_TRUE(take({incoming(first, max_box, 1), incoming(second, max_box, 2)}));
  ASSERT_TRUE(take({incoming(letter("jo@mail.example", "max@team.example", ""), max_box, 3)}));
  ASSERT_TRUE(take({incoming(letter("jo@mail.example", "max@team.example", ""), max_box, 4)}));
  std::size_t messages = 0;
  for (const auto& thread : threads(jo)) messages += thread.messages.size();
  EXPECT_EQ(messages, 3u);
}

// A gateway writes the links anew for each mailbox, whichever is read first: one thread, and
// nothing hidden. An answer joins them.
TEST_F(TakingIn, S11_T8_VersionsForOtherMailboxesLieInOneThread) {
  const auto ann_box = add_mailbox(add_person("ann@team.example"), "ann@team.example");
  const auto to = "max@team.example, ann@team.example";
  const auto version = [&](const std::string& text) {
    return letter("jo@mail.example", to, "a@x", "", text);
  };
  ASSERT_TRUE(take({incoming(version("https://links.example/max"), max_box, 1)}));
  ASSERT_TRUE(take({incoming(version("https://links.example/ann"), ann_box, 1)}));
  ASSERT_TRUE(
      take({incoming(letter("ann@team.example", "jo@mail.example", "b@x", "a@x"), ann_box, 2)}));
  const auto found = threads(jo);
  ASSERT_EQ(found.size(), 1u);
  ASSERT_EQ(found[0].messages.size(), 3u);
  for (int i : {0, 1}) {
    EXPECT_EQ(found[0].messages[i].placement.by, rules::PlacedBy::address);
    EXPECT_EQ(found[0].messages[i].placement.detail, "jo@mail.example");
  }
}

// Both mailboxes bring theirs at the same time: whoever commits second looks again.
TEST_F(TakingIn, S11_S10_VersionsThatComeAtOnceLieInOneThread) {
  const auto ann_box = add_mailbox(add_person("ann@team.example"), "ann@team.example");
  const auto to = "max@team.example, ann@team.example";
  constexpr int kRounds = 20;
  const auto bring = [&](const std::string& who, rules::Location box, std::uint64_t seed,
                         std::barrier<>& start) {
    for (int round = 0; round < kRounds; ++round) {
      std::vector<Incoming> batch{
          incoming(letter("jo@mail.example", to, "v" + std::to_string(round) + "@x", "",
                          "https://links.example/" + who),
                   box, round + 1)};
      start.arrive_and_wait();
      for (int tries = 0;; ++tries) {
        auto taken = TakeIn(*store, company, now, seed++).commit(batch, {});
        if (taken) break;
        if (taken.error().kind != Kind::conflict || tries == 10) {
          ADD_FAILURE() << taken.error().what;
          break;
        }
      }
    }
  };
  std::barrier<> start(2);
  std::jthread other([&] { bring("ann", ann_box, 1'000'000, start); });
  bring("max", max_box, 2'000'000, start);
  other.join();
  const auto found = threads(jo);
  EXPECT_EQ(found.size(), std::size_t{kRounds});
  for (const auto& one : found) EXPECT_EQ(one.messages.size(), 2u);
}

// Her mail was there before she was known, and another candidate's as well: the scans find both.
TEST_F(TakingIn, S11_T8_VersionsOfACandidateWhoIsAddedLaterLieInOneThread) {
  const auto ann_box = add_mailbox(add_person("ann@team.example"), "ann@team.example");
  const auto to = "max@team.example, ann@team.example";
  const auto version = [&](const std::string& to, const std::string& id, const std::string& text) {
    return letter("kim@mail.example", to, id, "", text);
  };
  const auto alone_max = version(to, "a@x", "https://links.example/max");
  const auto alone_ann = version(to, "a@x", "https://links.example/ann");
  const auto with_jo = to + std::string(", jo@mail.example");
  const auto both_max = version(with_jo, "b@x", "https://links.example/max");
  const auto both_ann = version(with_jo, "b@x", "https://links.example/ann");
  ASSERT_TRUE(take({incoming(both_max, max_box, 2)}));
  now = now + 1s;
  ASSERT_TRUE(take({incoming(both_ann, ann_box, 2)}));
  const auto kim = add_candidate("Kim", {"kim@mail.example"});
  ASSERT_TRUE(take({incoming(alone_ann, ann_box, 1)}));
  ASSERT_TRUE(take({incoming(alone_max, max_box, 1), incoming(both_max, max_box, 2)}));
  ASSERT_TRUE(take({incoming(both_ann, ann_box, 2)}));
  for (const auto& [who, threads_of] : {std::pair(kim, 2u), std::pair(jo, 1u)}) {
    const auto found = threads(who);
    EXPECT_EQ(found.size(), threads_of);
    for (const auto& one : found) EXPECT_EQ(one.messages.size(), 2u);
  }
}

// One mailbox, another writer, another date: whoever repeats an id stays apart.
TEST_F(TakingIn, S11_SYNC7_WhatOnlyRepeatsAnIdIsNoVersion) {
  const auto ann_box = add_mailbox(add_person("ann@team.example"), "ann@team.example");
  const auto to = "max@team.example, ann@team.example";
  commit({store::PutCandidate{jo,
                              "Jo",
                              {{"jo@mail.example", "jo@mail.example", true, "", now},
                               {"jo@work.example", "jo@work.example", true, "", now}},
                              now}});
  const auto first = letter("jo@mail.example", to, "a@x", "", "first");
  auto later = letter("jo@mail.example", to, "a@x", "", "later");
  later.replace(later.find("10:00"), 5, "10:01");
  ASSERT_TRUE(take({incoming(first, max_box, 1)}));
  ASSERT_TRUE(take({incoming(letter("jo@mail.example", to, "a@x", "", "again"), max_box, 2)}));
  ASSERT_TRUE(take({incoming(letter("jo@work.example", to, "a@x", "", "mine"), ann_box, 1)}));
  ASSERT_TRUE(take({incoming(later, ann_box, 2)}));
  EXPECT_EQ(threads(jo).size(), 4u);
}

// THREAT8: whoever reuses a Message-ID doesn't get the answers to the message that had it first.
TEST_F(TakingIn, SYNC7_AnswersBelongToTheFirstBearerOfAMessageId) {
  auto kim = add_candidate("Kim", {"kim@mail.example"});
  add_person("ann@team.example");
  ASSERT_TRUE(take({incoming(letter("jo@mail.example", "max@team.example", "a@x"), max_box, 1)}));
  now = now + 1h;
  ASSERT_TRUE(take(
      {incoming(letter("kim@mail.example", "max@team.example", "a@x", "", "mine"), max_box, 2)}));
  ASSERT_TRUE(
      take({incoming(letter("max@team.example", "ann@team.example", "f@x", "a@x"), max_box, 3)}));
  EXPECT_EQ(threads(jo).size(), 2u);
  EXPECT_EQ(threads(kim).size(), 1u);
  ASSERT_TRUE(
      take({incoming(letter("jo@mail.example", "max@team.example", "b@x"), max_box, 4),
            incoming(letter("kim@mail.example", "max@team.example", "b@x", "", "mine"), max_box, 5),
            incoming(letter("max@team.example", "ann@team.example", "g@x", "b@x"), max_box, 6)}));
  EXPECT_EQ(threads(jo).size() + threads(kim).size(), 2u + 1u + 2u + 1u);
}

// THREAT8: a candidate who names another's message stays in a thread of his own.
TEST_F(TakingIn, SYNC7_ForgedReferencesJoinNoOtherCandidatesThread) {
  auto kim = add_candidate("Kim", {"kim@mail.example"});
  ASSERT_TRUE(take({incoming(letter("jo@mail.example", "max@team.example", "a@x"), max_box, 1)}));
  ASSERT_TRUE(
      take({incoming(letter("kim@mail.example", "max@team.example", "k@x", "a@x"), max_box, 2)}));
  ASSERT_EQ(threads(jo).size(), 1u);
  EXPECT_EQ(threads(jo)[0].messages.size(), 1u);
  ASSERT_EQ(threads(kim).size(), 1u);
  // An outsider's belongs by S-3; the reason is kept.
  ASSERT_TRUE(take(
      {incoming(letter("aunt@family.example", "max@team.example", "o@x", "a@x"), max_box, 3)}));
  ASSERT_EQ(threads(jo)[0].messages.size(), 2u);
  EXPECT_EQ(threads(jo)[0].messages[1].placement.by, rules::PlacedBy::reply_to);
  EXPECT_EQ(threads(jo)[0].messages[1].placement.detail, "a@x");
  EXPECT_EQ(threads(kim).size(), 1u);
}

TEST_F(TakingIn, S10_AgainIsNothingNew) {
  auto message = incoming(letter("jo@mail.example", "max@team.example", "a@x"), max_box, 1);
  ASSERT_TRUE(take({message}));
  auto taken = take({message});
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->messages + taken->copies, 0u);
}

TEST_F(TakingIn, S10_TheCursorGoesWithTheMessages) {
  const store::AdvanceCursor advance{max_box.mailbox, max_box.folder, 7, {{1, 9, 1, Instant{0}}}};
  const store::AdvanceCursor stale{max_box.mailbox, max_box.folder, 8, {{1, 9, 1, Instant{0}}}};
  auto message = incoming(letter("jo@mail.example", "max@team.example", "a@x"), max_box, 1);
  auto refused = take({message}, {stale});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::conflict);
  EXPECT_TRUE(threads(jo).empty());
  ASSERT_TRUE(take({message}, {advance}));
  auto folders = *store->ask(store::Folders{rules::engine_scope(company), max_box.mailbox});
  EXPECT_EQ(folders.at(0).ranges, advance.ranges);
}

TEST_F(TakingIn, C9_NothingIsTakenInForAMailboxThatIsOff) {
  commit({store::SetMailboxState{max_box.mailbox, rules::MailboxState::off}});
  EXPECT_FALSE(take({incoming(letter("jo@mail.example", "max@team.example", "a@x"), max_box, 1)}));
  EXPECT_TRUE(threads(jo).empty());
}

std::set<Pending::Place> taken(Pending& pending, const std::vector<std::string>& message_ids) {
  return pending.take(message_ids);
}

TEST(PendingAnswers, AreTakenOnceByWhatTheyAnswer) {
  Pending pending;
  FolderId inbox, sent;
  inbox.bytes[0] = 1;
  sent.bytes[0] = 2;
  EXPECT_TRUE(pending.add(inbox, 5, {"a@x", "b@x"}));
  EXPECT_TRUE(pending.add(sent, 6, {"b@x"}));
  EXPECT_TRUE(pending.add(sent, 7, {"c@x"}));
  using Places = std::set<Pending::Place>;
  EXPECT_EQ(taken(pending, {"d@x"}), Places{});
  EXPECT_EQ(taken(pending, {"b@x", "z@x"}), (Places{{inbox, 5}, {sent, 6}}));
  EXPECT_EQ(taken(pending, {"a@x"}), Places{});
  pending.drop(sent);
  EXPECT_TRUE(pending.empty());
  for (std::uint32_t uid = 1; uid <= 10; ++uid) EXPECT_TRUE(pending.add(inbox, uid, {"q@x"}));
  pending.keep_newest(3);
  EXPECT_EQ(taken(pending, {"q@x"}), (Places{{inbox, 8}, {inbox, 9}, {inbox, 10}}));
  for (std::uint32_t uid = 1; uid <= 10; ++uid) EXPECT_TRUE(pending.add(inbox, uid, {"q@x"}));
  EXPECT_TRUE(pending.add(sent, 4, {"q@x"}));
  pending.keep_newest(5);
  EXPECT_EQ(taken(pending, {"q@x"}),
            (Places{{inbox, 7}, {inbox, 8}, {inbox, 9}, {inbox, 10}, {sent, 4}}));
}

// What the store was asked about may be told of before the answer is heard.
TEST(PendingAnswers, T3_DoNotWaitForWhatWasToldMeanwhile) {
  Pending pending;
  const FolderId inbox;
  {
    const Pending::Listening meanwhile(pending);
    EXPECT_TRUE(taken(pending, {"a@x"}).empty());
    EXPECT_FALSE(pending.add(inbox, 5, {"z@x", "a@x"}));
    EXPECT_TRUE(pending.add(inbox, 6, {"b@x"}));
  }
  EXPECT_TRUE(taken(pending, {"z@x"}).empty());
  EXPECT_TRUE(pending.add(inbox, 5, {"a@x"}));  // told before anybody asked: the store knew it
  const Pending::Listening meanwhile(pending);
  std::vector<std::string> many;
  for (int i = 0; i < 30'000; ++i) many.push_back(std::to_string(i) + "@x");
  pending.take(many);
  EXPECT_FALSE(pending.add(inbox, 7, {"c@x"}));  // too many to tell
}

// A mailbox full of answers to what never comes.
TEST(PendingAnswers, T3_S12_TakeBoundedMemoryAndTime) {
  Pending pending;
  FolderId inbox;
  std::vector<std::string> references;
  for (int i = 0; i < 400; ++i) references.push_back(std::to_string(i) + "@x");
  std::uint32_t uid = 0;
  while (uid < 100'000) {
    references[0] = std::to_string(uid) + "@y";
    EXPECT_TRUE(pending.add(inbox, ++uid, references));
  }
  EXPECT_LE(pending.size(), Pending::kMost);
  EXPECT_TRUE(pending.overflowed());
  EXPECT_FALSE(pending.overflowed());  // told once
  for (int i = 0; i < 100'000; ++i) EXPECT_TRUE(taken(pending, {std::to_string(i) + "@z"}).empty());
  EXPECT_EQ(taken(pending, {"0@y"}).size(), 1u);
  EXPECT_GE(taken(pending, {"1@x"}).size(), 1000u);
  EXPECT_TRUE(pending.empty());
}

TEST(BackingOff, S14_DoublesToItsBoundAndRestartsOnlyAfterSurvival) {
  SeededRandom random(3);
  Backoff backoff(5s, 15min);
  Duration last{0};
  for (int i = 0; i < 12; ++i) {
    const Duration step = std::min<Duration>(15min, Duration(5s) * (1 << i));
    last = backoff.after(1s, false, random);
    EXPECT_LE(last, step);
    EXPECT_GE(last, step / 2);
  }
  EXPECT_GE(last, Duration(450s));
  EXPECT_LE(backoff.after(10min, false, random), Duration(5s));
  EXPECT_GE(backoff.after(1s, true, random), Duration(1min));
}

TEST(BackingOff, S14_WhatComesAgainAndAgainWaits) {
  Pace pace({.free = 2, .first = 1s, .most = 5s, .forgets = 1min});
  Instant now{1'000'000'000};
  std::vector<Duration> pauses;
  for (int i = 0; i < 8; ++i) pauses.push_back(pace.again(now));
  EXPECT_EQ(pauses, (std::vector<Duration>{0s, 0s, 1s, 2s, 4s, 5s, 5s, 5s}));
  now = now + Duration(2min);
  EXPECT_EQ(pace.again(now), Duration(4s));
  now = now + Duration(1h);
  EXPECT_EQ(pace.again(now), Duration(0s));
  for (int i = 0; i < 50; ++i) {  // slower than it is forgotten
    now = now + Duration(61s);
    EXPECT_EQ(pace.again(now), Duration(0s));
  }
  for (int i = 0; i < 10'000; ++i) pace.again(now);
  pace.forget();
  EXPECT_EQ(pace.again(now), Duration(0s));
}

// M-3, SEE-4: somebody wrote to Jo without knowing that they are a candidate.
TEST_F(TakingIn, M3_SEE4_TheAnswerOfACandidateUnseenComesWhereItsLetterLies) {
  const auto none = CandidateId::make(now, random);
  commit({store::AddNonCandidate{none, "jo@mail.example", "jo@mail.example", max, max, now}});
  const rules::Thread talk{ThreadId::make(now, random), none, rules::ThreadKind::conversation,
                           "Hello", now};
  auto facts = read_facts(letter("max@team.example", "jo@mail.example", "ours@x"), {});
  ASSERT_TRUE(facts);
  rules::Message ours;
  ours.id = MessageId::make(now, random);
  ours.envelope = facts->envelope;
  ours.fingerprint = facts->fingerprint;
  ours.direction = rules::Direction::outgoing;
  ours.date = now;
  ours.raw = BlobId::make(now, random);
  commit({store::PutBlob{ours.raw, "source"}, store::AddMessage{ours, now}, store::AddThread{talk},
          store::PlaceMessage{{talk.id, none, ours.id, rules::PlacedBy::sent_here, ""}, now},
          store::AddOutbox{[&] {
            rules::OutboxMessage way;
            way.id = OutboxId::make(now, random);
            way.author = max;
            way.mailbox = max_box.mailbox;
            way.candidate = none;
            way.thread = talk.id;
            way.message = ours.id;
            way.message_id = "ours@x";
            way.envelope_from = "max@team.example";
            way.recipients = {"jo@mail.example"};
            way.bytes = ours.raw;
            way.created = way.not_before = now;
            return way;
          }()}});
  ASSERT_TRUE(take(
      {incoming(letter("jo@mail.example", "max@team.example", "answer@x", "ours@x"), max_box, 1)}));
  auto there = threads(none);
  ASSERT_EQ(there.size(), 1u);
  EXPECT_EQ(there.front().count, 2u);
  EXPECT_EQ(threads(jo).size(), 1u);  // and with the candidate, for those who see them
  // What they write besides is the candidate's alone.
  ASSERT_TRUE(take({incoming(letter("jo@mail.example", "max@team.example", "new@x"), max_box, 2)}));
  EXPECT_EQ(threads(none).front().count, 2u);
}

// C-14: who is on another message than was asked for says nothing of that one.
TEST_F(TakingIn, C14_S12_WhatWasAskedForIsTriedAgainWhereAnotherCame) {
  commit({store::ChangeNeverSynced{
      max_box.mailbox, {*rules::never_synced_entry("law@firm.example")}, {}}});
  auto message = incoming(letter("law@firm.example", "max@team.example", "b@x"), max_box, 1);
  message.another = Incoming::Another{};
  commit({store::BeginImport{{message.at}, now}});
  ASSERT_TRUE(take({message}));
  const auto scope = rules::engine_scope(company);
  const auto waiting = store->ask(store::Quarantined{scope, max_box.mailbox})->rows;
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_FALSE(waiting[0].raw);
  EXPECT_FALSE(waiting[0].given_up);
  for (const auto& row : store->ask(store::BodyLedger{scope, max_box.mailbox, {}})->rows)
    EXPECT_NE(row.rule, rules::kNeverSyncedRule);
  EXPECT_TRUE(threads().empty());
}

// Nobody knows any more who is named.
TEST_F(TakingIn, C14_NothingIsTakenInOfAMailboxThatIsNotThere) {
  commit({store::RemoveMailbox{max_box.mailbox}});
  auto taken = take({incoming(letter("jo@mail.example", "max@team.example", "a@x"), max_box, 1)});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, "mailbox.not-active");
}

}  // namespace
}  // namespace hearback::sync
