// What search finds, on each database alike: words, filters, pages, and for whom.
#include <gtest/gtest.h>

#include <algorithm>

#include "fakes/store_conformance.hpp"
#include "store/engine/paging.hpp"
#include "store/search/tables.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

class SearchTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin, true);
    ben = add_user("ben", Role::evaluator);
    welder = add_job("Senior welder", {ben.id});
    baker = add_job("Baker", {});
    wanda = add_candidate("Wanda Müller", {"wanda@home.example"}, {welder});
    carl = add_candidate("Carl", {"carl@home.example"}, {baker});
  }

  // A message of a candidate's, in a conversation of its own or a given one.
  MessageId letter(CandidateId candidate, std::string subject, std::string text,
                   std::optional<rules::Thread> in = {}, std::vector<std::string> files = {},
                   std::string from = "wanda@home.example") {
    now = now + 1min;
    auto m = message("m" + std::to_string(++letters), std::move(from), "ben@acme.example");
    m.envelope.subject = subject;
    for (auto& name : files) {
      auto& file = m.attachments.emplace_back();
      file.index = static_cast<int>(m.attachments.size()) - 1;
      file.filename = std::move(name);
    }
    const auto t = in.value_or(thread(candidate, subject));
    std::vector<Change> changes{PutBlob{m.raw, "source"}, AddMessage{m, now, words_of(m, text)}};
    if (!in) changes.push_back(AddThread{t});
    changes.push_back(PlaceMessage{{t.id, candidate, m.id, PlacedBy::address, ""}, m.date});
    EXPECT_TRUE(try_commit(std::move(changes)));
    return m.id;
  }

  Found::Answer page(const Scope& scope, std::string_view typed, std::string after = {},
                     std::size_t rows = 20) {
    return ask(Found{scope, rules::read_search(typed), {std::move(after), rows}});
  }
  // The subjects of what is found, the newest first, over all pages.
  std::vector<std::string> found(const Scope& scope, std::string_view typed,
                                 std::size_t rows = 20) {
    std::vector<std::string> subjects;
    std::string after;
    for (int pages = 0; pages < 100; ++pages) {
      auto some = page(scope, typed, after, rows);
      for (auto& row : some.rows) subjects.push_back(row.message.envelope.subject);
      if (some.next.empty()) return subjects;
      after = some.next;
    }
    ADD_FAILURE() << "it never ends: " << typed;
    return subjects;
  }
  using Subjects = std::vector<std::string>;

  rules::User anna, ben;
  JobId welder, baker;
  CandidateId wanda, carl;
  int letters = 0;
};
HEARBACK_ON_EACH_DATABASE(SearchTest);

TEST_P(SearchTest, M6_WordsInAnyOrderWithoutAccentsAndTheirBeginnings) {
  letter(wanda, "one", "Bonjour, je cherche un emploi à Zürich.", {}, {"Lebenslauf.pdf"});
  letter(carl, "two", "Grüezi aus ZÜRICH, ich suche Arbeit. Next Monday at ten?", {}, {},
         "carl@home.example");
  letter(wanda, "three", "東京で働きたいです");
  struct Case {
    std::string_view typed;
    Subjects expected;
  };
  const Case cases[] = {
      {"zurich", {"two", "one"}},
      {"ZÜRICH emploi", {"one"}},
      {"emploi zürich", {"one"}},
      {"zur", {"two", "one"}},
      {"zu", {}},  // so short a word is one
      {"un", {"one"}},
      {"\"next monday\"", {"two"}},
      {"\"monday next\"", {}},
      {"monday next", {"two"}},
      {"\"next mon\"", {}},
      {"zurich -emploi", {"two"}},
      {"zurich -\"next monday\"", {"one"}},
      {"東京", {"three"}},
      {"働", {"three"}},
      {"京東", {}},
      {"wanda@home.example", {"three", "one"}},
      {"from:carl", {"two"}},
      {"from:ben", {}},
      {"to:ben zurich", {"two", "one"}},
      {"to:carl", {}},
      {"subject:two", {"two"}},
      {"subject:zurich", {}},
      {"lebenslauf", {"one"}},
      {"file:lebens", {"one"}},
      {"file:zurich", {}},
      {"has:file", {"one"}},
      {"has:file arbeit", {}},
      {"the sender zurich", {"two", "one"}},
      {"\"sender wanda\"", {"three", "one"}},
      {"nothing", {}},
      {"", {}},
      {"-zurich", {}},
  };
  for (const auto& [typed, expected] : cases) EXPECT_EQ(found(as(anna), typed), expected) << typed;
  // Of few candidates each message is looked at instead: the answers are the same.
  const auto all = rules::engine_scope(company);
  commit(PutApplication{{make<ApplicationId>(), carl, welder, {}, {}, now}});
  for (const auto& [typed, expected] : cases) {
    EXPECT_EQ(found(as(ben), typed), expected) << typed;
    EXPECT_EQ(found(all, typed), expected) << typed;
    if (typed.empty() || typed[0] == '-') continue;
    EXPECT_EQ(found(as(anna), std::string(typed) + " job:welder"), expected) << typed;
  }
}

TEST_P(SearchTest, M6_FiltersByDateCandidateAndJob) {
  const auto start = now;
  letter(wanda, "old", "offer");
  now = now + std::chrono::hours(24 * 100);
  const auto later = now;
  letter(carl, "new", "offer");
  const auto day = [](Instant at) { return to_rfc3339(at).substr(0, 10); };
  EXPECT_EQ(found(as(anna), "offer after:" + day(later)), Subjects{"new"});
  EXPECT_EQ(found(as(anna), "offer before:" + day(later)), Subjects{"old"});
  EXPECT_EQ(found(as(anna), "before:" + day(later)), Subjects{"old"});
  EXPECT_EQ(found(as(anna), "after:" + day(start)), (Subjects{"new", "old"}));
  EXPECT_EQ(found(as(anna), "offer after:" + day(later) + " before:" + day(later)), Subjects{});
  EXPECT_EQ(found(as(anna), "candidate:muller"), Subjects{"old"});
  EXPECT_EQ(found(as(anna), "candidate:\"Müller wanda\" offer"), Subjects{"old"});
  EXPECT_EQ(found(as(anna), "candidate:nobody offer"), Subjects{});
  EXPECT_EQ(found(as(anna), "job:baker"), Subjects{"new"});
  EXPECT_EQ(found(as(anna), "job:welder offer"), Subjects{"old"});
  EXPECT_EQ(found(as(anna), "job:gardener offer"), Subjects{});
}

TEST_P(SearchTest, M6_UnreadIsTheAskersOwn) {
  const auto t = thread(wanda, "unread");
  commit(AddThread{t});
  letter(wanda, "unread", "offer", t);
  letter(wanda, "read", "offer");
  commit(SetThreadUnread{t.id, anna.id, true, {}});
  EXPECT_EQ(found(as(anna), "is:unread"), Subjects{"unread"});
  EXPECT_EQ(found(as(anna), "is:unread offer"), Subjects{"unread"});
  EXPECT_EQ(found(as(anna), "is:unread nothing"), Subjects{});
  EXPECT_EQ(found(as(ben), "is:unread"), Subjects{});
  EXPECT_EQ(found(engine(), "is:unread"), Subjects{});
}

// The row is the one that lists show, and names the newest message that holds what is asked for.
TEST_P(SearchTest, M6_AConversationStandsOnceByItsNewestHit) {
  const auto t = thread(wanda, "Offer");
  commit(AddThread{t});
  letter(wanda, "a", "gold", t);
  const auto newest = letter(wanda, "b", "gold and silver", t);
  letter(wanda, "c", "silver", t);
  const auto one = page(as(anna), "gold");
  ASSERT_EQ(one.rows.size(), 1u);
  EXPECT_EQ(one.rows[0].message.id, newest);
  EXPECT_TRUE(one.complete);
  const auto listed = ask(Threads{as(anna), Place::all, {}, {}}).rows.at(0);
  EXPECT_EQ(one.rows[0].thread.thread.id, listed.thread.id);
  EXPECT_EQ(one.rows[0].thread.messages, listed.messages);
  EXPECT_EQ(one.rows[0].thread.last_from, listed.last_from);
  EXPECT_EQ(one.rows[0].thread.job_titles, listed.job_titles);
  EXPECT_EQ(one.rows[0].thread.came, listed.came);
  EXPECT_EQ(one.rows[0].thread.thread.last_at, listed.thread.last_at);
}

TEST_P(SearchTest, M6_PagesShowEachConversationOnce) {
  std::vector<rules::Thread> threads;
  for (int i = 0; i < 9; ++i) commit(AddThread{threads.emplace_back(thread(i % 2 ? wanda : carl))});
  Subjects expected;
  for (int round = 0; round < 4; ++round)
    for (int i = 0; i < 9; ++i) {
      if (i == 4) now = now + std::chrono::hours(24 * 20);  // over several stretches
      const auto subject = std::to_string(i) + "." + std::to_string(round);
      // The newest of each lacks the word, for some.
      letter(threads[i].candidate, subject, round == 3 && i % 3 ? "other" : "common word",
             threads[i]);
      if (round == (i % 3 ? 2 : 3)) expected.push_back(subject);
    }
  std::ranges::reverse(expected);
  for (const std::size_t rows : {1u, 2u, 4u, 9u, 50u}) {
    EXPECT_EQ(found(as(anna), "common", rows), expected) << rows;
    EXPECT_EQ(found(as(anna), "common job:welder", rows).size() +
                  found(as(anna), "common job:baker", rows).size(),
              expected.size());
    EXPECT_EQ(found(as(anna), "before:2100", rows).size(), expected.size());
  }
  for (const std::string key : {"", "1", "1 2 3", "x 2", "1 -2"})
    for (const auto& cursor : {std::string("nonsense"), to_text(Cursor{key, {}})})
      EXPECT_EQ(
          store->ask(Found{as(anna), rules::read_search("common"), {cursor, 20}}).error().code,
          "page.bad-cursor");
}

// One letter to many: each of their conversations stands by it, a page at a time.
TEST_P(SearchTest, M6_AMessageOfManyConversationsFillsPages) {
  letter(wanda, "older", "gold");
  now = now + 1min;
  auto m = message("round", "ben@acme.example", "wanda@home.example");
  m.envelope.subject = "round";
  commit(PutBlob{m.raw, "source"}, AddMessage{m, now, words_of(m, "gold")});
  std::set<ThreadId> all;
  for (int i = 0; i < 60; ++i) {
    const auto of = add_candidate("Round " + std::to_string(i), {}, {welder});
    const auto t = thread(of, "round");
    all.insert(t.id);
    commit(AddThread{t}, PlaceMessage{{t.id, of, m.id, PlacedBy::address, ""}, m.date});
  }
  letter(carl, "newer", "gold");
  for (const auto& [who, typed] :
       {std::pair{anna, "gold"}, {ben, "gold"}, {anna, "gold job:welder"}})
    for (const std::size_t rows : {7u, 20u}) {
      std::set<ThreadId> shown;
      std::size_t count = 0, pages = 0;
      std::string after;
      do {
        const auto some = page(as(who), typed, after, rows);
        EXPECT_LE(some.rows.size(), rows);
        for (const auto& row : some.rows) {
          if (row.message.id != m.id) continue;
          shown.insert(row.thread.thread.id);
          ++count;
        }
        after = some.next;
      } while (!after.empty() && ++pages < 100);
      EXPECT_EQ(count, 60u) << typed << rows;
      EXPECT_EQ(shown, all);
    }
}

// What came since the first page was given stood on none.
TEST_P(SearchTest, M6_ANewMessageTakesNothingFromThePagesToCome) {
  const auto first = thread(wanda, "first"), second = thread(carl, "second");
  commit(AddThread{first}, AddThread{second});
  letter(carl, "second", "gold", second);
  letter(wanda, "first", "gold", first);
  for (const auto& who : {anna, ben}) {
    if (who.id == ben.id)
      commit(PutApplication{{make<ApplicationId>(), carl, welder, {}, {}, now}});
    const auto one = page(as(who), "gold", {}, 1);
    ASSERT_EQ(one.rows.size(), 1u);
    const auto newest = one.rows[0].thread.thread.id;
    letter(newest == first.id ? carl : wanda, "reply", "gold", newest == first.id ? second : first);
    const auto two = page(as(who), "gold", one.next, 1);
    ASSERT_EQ(two.rows.size(), 1u);
    EXPECT_NE(two.rows[0].thread.thread.id, newest);
  }
}

TEST_P(SearchTest, M6_OfTooManyOfANameItIsSaid) {
  for (int i = 0; i < 101; ++i) {
    add_candidate("Anna " + std::to_string(i), {});
    add_job("Cook " + std::to_string(i), {});
  }
  using rules::SearchProblem;
  EXPECT_EQ(page(as(anna), "candidate:anna job:cook").problems,
            (std::vector<SearchProblem>{{"search.too-many-named", "candidate:anna"},
                                        {"search.too-many-named", "job:cook"}}));
  EXPECT_EQ(page(as(anna), "candidate:\"anna 7\" candidate:a").problems,
            std::vector<SearchProblem>{});
  EXPECT_EQ(page(as(anna), "job:\"baker\"").problems, std::vector<SearchProblem>{});
}

TEST_P(SearchTest, M6_WhoLeavesOutAWordLeavesOutThatWord) {
  letter(wanda, "script", "react javascript C++");
  letter(wanda, "java", "react java C#");
  EXPECT_EQ(found(as(anna), "react -java"), Subjects{"script"});
  EXPECT_EQ(found(as(ben), "react -java"), Subjects{"script"});
  EXPECT_EQ(found(as(anna), "c#"), Subjects{"java"});
  EXPECT_EQ(found(as(anna), "C++"), Subjects{"script"});
}

TEST_P(SearchTest, P5_NobodyFindsWhatTheyMayNotSee) {
  letter(wanda, "hers", "secret");
  letter(carl, "his", "secret");
  auto given = thread(carl, "given");
  given.is_private = true;
  commit(AddThread{given}, SetThreadAccess{given.id, true, {{ben.id, "given"}}});
  letter(carl, "given", "secret", given);
  EXPECT_EQ(found(as(anna), "secret"), (Subjects{"his", "hers"}));
  EXPECT_EQ(found(as(ben), "secret"), (Subjects{"given", "hers"}));
  EXPECT_EQ(found(as(ben), "candidate:carl secret"), Subjects{});
  EXPECT_EQ(found(as(ben), "job:baker secret"), Subjects{});
  const auto eve = add_user("eve", Role::evaluator);
  EXPECT_EQ(found(as(eve), "secret"), Subjects{});
  EXPECT_EQ(page(as(eve), "secret").next, "");
  auto nobody = as(anna);
  nobody.kind = Scope::Kind::nobody;
  EXPECT_EQ(found(nobody, "secret"), Subjects{});
  commit(SetThreadAccess{given.id, true, {}});
  EXPECT_EQ(found(as(ben), "secret"), Subjects{"hers"});
}

TEST_P(SearchTest, P5_AnotherCompanyFindsNothing) {
  letter(wanda, "ours", "secret");
  const auto first = company;
  company = make<CompanyId>();
  commit(AddCompany{"Other", now});
  const auto boss = add_user("boss", Role::admin, true);
  const auto zoe = add_candidate("Zoe", {"zoe@home.example"});
  EXPECT_EQ(found(as(boss), "secret"), Subjects{});
  letter(zoe, "theirs", "secret");
  EXPECT_EQ(found(as(boss), "secret"), Subjects{"theirs"});
  EXPECT_EQ(found(as(boss), "candidate:wanda"), Subjects{});
  EXPECT_EQ(found(rules::user_scope(first, anna), "secret"), Subjects{"ours"});
}

// A message of two candidates is found with each of them, and stays with one when the other goes.
TEST_P(SearchTest, D1_WhatIsForgottenIsFoundNoLonger) {
  letter(wanda, "hers", "gold");
  const auto shared = letter(wanda, "shared", "gold");
  const auto his = thread(carl, "his");
  commit(AddThread{his}, PlaceMessage{{his.id, carl, shared, PlacedBy::address, ""}, now});
  EXPECT_EQ(found(as(anna), "gold"), (Subjects{"shared", "shared", "hers"}));
  EXPECT_EQ(found(as(anna), "gold candidate:carl"), Subjects{"shared"});
  EXPECT_EQ(found(as(ben), "gold"), (Subjects{"shared", "hers"}));
  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_EQ(found(as(anna), "gold"), Subjects{"shared"});
  run_errands();
  EXPECT_EQ(found(as(anna), "gold"), Subjects{"shared"});
  commit(ForgetCandidate{carl, as(anna), now});
  run_errands();
  EXPECT_EQ(found(as(anna), "gold"), Subjects{});
  ASSERT_TRUE(*store->clear_traces());
  if (GetParam() == On::memory) return;
  tables()->read([&](Db& db) {
    EXPECT_EQ(db.row("select count(*) from search_documents")->number(), 0);
    if (GetParam() == On::file)
      EXPECT_EQ(db.row("select count(*) from search_words where search_words match $1", "\"x\"")
                    ->number(),
                0);
  });
}

// What an earlier version stored, the newest first; what came since is found meanwhile.
TEST_P(SearchTest, M6_WhatWasStoredBeforeIsMadeFindable) {
  if (GetParam() == On::memory) return;
  constexpr int kLetters = 45;
  for (int i = 0; i < kLetters; ++i) {
    now = now + 1min;
    auto m = message("old" + std::to_string(i), "wanda@home.example", "ben@acme.example");
    m.envelope.subject = std::to_string(i);
    const auto t = thread(wanda);
    commit(PutBlob{m.raw,
                   "From: wanda@home.example\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\n"
                   "gold of old\r\n\r\nOn Mon, 3 Nov 2026 at 10:00, Ben <b@a.example> wrote:\r\n"
                   "> quoted\r\n"},
           AddMessage{m, now}, AddThread{t},
           PlaceMessage{{t.id, wanda, m.id, PlacedBy::address, ""}, m.date});
  }
  tables()->write([&](Db& db) {
    db.change("delete from search_documents");
    db.change(
        "insert into search_documents(company, message, doc, tag) select company, id,"
        " date * 1048576, '' from messages");
  });
  const auto later = letter(wanda, "later", "gold");
  auto some = page(as(anna), "gold");
  ASSERT_EQ(some.rows.size(), 1u);
  EXPECT_EQ(some.rows[0].message.id, later);
  EXPECT_FALSE(some.complete);
  ASSERT_TRUE(*store->make_findable());
  some = page(as(anna), "gold", {}, 100);
  EXPECT_EQ(some.rows.size(), 21u);
  EXPECT_EQ(some.rows[1].message.envelope.subject, std::to_string(kLetters - 1));
  store = open();  // as if it had been killed
  while (*store->make_findable()) {
  }
  some = page(as(anna), "gold", {}, 100);
  EXPECT_EQ(some.rows.size(), kLetters + 1u);
  EXPECT_TRUE(some.complete);
  EXPECT_EQ(found(as(anna), "quoted"), Subjects{});
  EXPECT_EQ(found(as(anna), "\"of old\"").size(), std::size_t{kLetters});
}

// An earlier version had other words.
TEST_P(SearchTest, M6_WhatWasIndexedBeforeIsIndexedAgain) {
  if (GetParam() == On::memory) return;
  now = now + 1min;
  auto m = message("old", "wanda@home.example", "ben@acme.example");
  const auto t = thread(wanda);
  commit(PutBlob{m.raw,
                 "From: wanda@home.example\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\n"
                 "I write C#.\r\n\r\n-- \r\nWanda, +41 79 123\r\n"},
         AddMessage{m, now, words_of(m, "quaint")}, AddThread{t},
         PlaceMessage{{t.id, wanda, m.id, PlacedBy::address, ""}, m.date});
  EXPECT_EQ(found(as(anna), "quaint").size(), 1u);
  tables()->write([](Db& db) { index_again(db); });
  EXPECT_FALSE(page(as(anna), "quaint").complete);
  EXPECT_TRUE(found(as(anna), "quaint").empty());
  while (*store->make_findable()) {
  }
  EXPECT_TRUE(found(as(anna), "quaint").empty());
  EXPECT_EQ(found(as(anna), "c# 79").size(), 1u);
  EXPECT_TRUE(page(as(anna), "x").complete);
  commit(ForgetCandidate{wanda, as(anna), now});
  run_errands();
  ASSERT_TRUE(*store->clear_traces());
  EXPECT_TRUE(found(as(anna), "c#").empty());
}

// Texts of any kind and length are taken.
TEST_P(SearchTest, M6_NoTextIsTooMuch) {
  std::string many, same, wide;
  for (int i = 0; i < 30'000; ++i) many += "w" + std::to_string(i) + " ";
  for (int i = 0; i < 30'000; ++i) same += "again ";
  for (int i = 0; i < 3'000; ++i)
    wide += std::string(60, static_cast<char>('a' + i % 26)) + std::to_string(i) + " ";
  letter(wanda, "many", many);
  letter(wanda, "same", same);
  letter(wanda, "wide", wide);
  letter(wanda, "odd", std::string("a\0b 'quote' \\ back : colon & | ! \"x\" * \xFF", 40));
  EXPECT_EQ(found(as(anna), "w77"), Subjects{"many"});
  EXPECT_EQ(found(as(anna), "again"), Subjects{"same"});
  EXPECT_EQ(found(as(anna), "quote back colon"), Subjects{"odd"});
  EXPECT_EQ(found(as(anna), std::string(48, 'c')), Subjects{"wide"});
  EXPECT_EQ(found(as(anna), "' OR 1 * NEAR( \" \\ : & | !"), Subjects{});
}

// M-6: however many of the newest rest, the next one is found behind them.
TEST_P(SearchTest, M6_FilesThatRestHideNoOlderOnes) {
  FilesToRead question{engine()};
  const auto letter = [&](const std::string& id) {
    auto m = message(id, "wanda@home.example", "ben@acme.example");
    auto& file = m.attachments.emplace_back();
    file.filename = "cv.txt";
    file.type = "text/plain";
    file.octets = 10;
    place(m, thread(wanda), PlacedBy::address, "wanda@home.example");
    return m.id;
  };
  const auto oldest = letter("oldest");
  for (int i = 0; i < 210; ++i) {
    now = now + 1min;
    question.but_for.push_back(letter("m" + std::to_string(i)));
  }
  const auto next = ask(question);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->message.id, oldest);
  question.but_for.push_back(oldest);
  EXPECT_FALSE(ask(question));
}

// What is sealed isn't read, and isn't come upon where somebody looks for what is; placed again it
// is.
TEST_P(SearchTest, I1_FilesOfWhatIsSealedWaitForNothing) {
  auto m = message("m", "wanda@home.example", "ben@acme.example");
  auto& file = m.attachments.emplace_back();
  file.filename = "cv.txt";
  file.type = "text/plain";
  file.octets = 10;
  place(m, thread(wanda), PlacedBy::address, "wanda@home.example");
  const auto waiting = [&] {
    const auto found = ask(FilesToRead{engine()});
    return found && found->message.id == m.id;
  };
  const auto marked = [&] {
    std::int64_t rows = 0;
    tables()->read([&](Db& db) {
      rows = db.row("select count(*) from search_documents where files_unread > 0")->number();
    });
    return rows;
  };
  EXPECT_TRUE(waiting());
  commit(PutCandidate{wanda, "Wanda", {}, now, as(anna)});
  EXPECT_FALSE(waiting());
  if (GetParam() != On::memory) EXPECT_EQ(marked(), 0);
  const auto again = thread(carl);
  commit(AddThread{again}, PlaceMessage{{again.id, carl, m.id, PlacedBy::address, ""}, m.date});
  EXPECT_TRUE(waiting());
}

}  // namespace
}  // namespace hearback::store
