// M-3: who is written with and is no candidate, and who becomes one.
#include <algorithm>
#include <set>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::Direction;
using rules::PlacedBy;
using rules::Role;

class NonCandidatesTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    ada = add_user("ada", Role::admin);
    clara = add_user("clara", Role::manager);
    ben = add_user("ben", Role::evaluator);
    welder = add_job("Welder", {clara.id, ben.id});
    adas = add_mailbox(ada, "ada@acme.example");
    claras = add_mailbox(clara, "clara@acme.example");
  }

  // What the API commits where somebody writes to an address.
  rules::Thread write(const rules::User& by, const rules::Mailbox& box, std::string id,
                      std::string to) {
    auto known = ask(NonCandidateWith{as(by), to});
    std::vector<Change> changes;
    CandidateId person = known ? known->person.id : make<CandidateId>();
    const std::optional<UserId> keeper =
        by.all_jobs || by.role == Role::admin ? std::nullopt : std::optional(by.id);
    if (!known) commit(AddNonCandidate{person, to, to, keeper, by.id, now});
    auto where = thread(person, "About " + id);
    commit(AddThread{where});
    auto m = message(id, box.address, to);
    write_here(m, where, box, now);
    return where;
  }
  rules::Message answered(const rules::Thread& where, std::string id, std::string to,
                          std::string from, PlacedBy by = PlacedBy::reply_to) {
    now = now + 1h;
    auto m = message("answer to " + id, from, where.id.text() + "@acme.example");
    m.envelope.in_reply_to = {id};
    place(m, where, by, by == PlacedBy::address ? from : id, false);
    (void)to;
    return m;
  }
  TakeOver take_over(const rules::Thread& where, const rules::User& by) {
    return {where.id, as(by), now};
  }
  PutCandidate named(const rules::Thread& where, const rules::User& by,
                     std::vector<std::string> addresses) {
    PutCandidate put{where.candidate, "Pat Doe", {}, now, as(by)};
    for (auto& text : addresses) put.addresses.push_back(address(text));
    return put;
  }
  std::vector<std::string> synced() {
    std::vector<std::string> normals;
    for (auto& row : ask(SyncedAddresses{engine(), {}, {}})) normals.push_back(row.normal);
    return normals;
  }
  std::vector<std::string> candidates(const rules::User& user, std::string text = "") {
    std::vector<std::string> names;
    for (auto& row : ask(Candidates{as(user), text, {}, {}}).rows)
      names.push_back(row.candidate.name);
    return names;
  }

  using Ids = std::vector<ThreadId>;
  rules::User ada, clara, ben;
  JobId welder;
  rules::Mailbox adas, claras;
};
HEARBACK_ON_EACH_DATABASE(NonCandidatesTest);

TEST_P(NonCandidatesTest, M3_TheExchangeLiesInNonCandidatesAndNowhereAmongCandidates) {
  const auto talk = write(ada, adas, "one", "pat@agency.example");
  EXPECT_EQ(threads_seen(as(ada), Place::non_candidates), Ids{talk.id});
  EXPECT_EQ(threads_seen(as(ada), Place::sent), Ids{talk.id});
  EXPECT_EQ(threads_seen(as(ada), Place::all), Ids{});
  const auto found = ask(ThreadById{as(ada), talk.id});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->non_candidate);
  EXPECT_EQ(found->candidate_name, "pat@agency.example");
  EXPECT_TRUE(ask(Threads{as(ada), Place::non_candidates, {}, {}}).rows.at(0).non_candidate);
  // Nobody's profile, nobody's address.
  EXPECT_TRUE(candidates(ada).empty());
  EXPECT_TRUE(candidates(ada, "pat").empty());
  EXPECT_FALSE(ask(CandidateById{as(ada), talk.candidate}));
  EXPECT_FALSE(ask(CandidateTimeline{as(ada), talk.candidate, {}}));
  EXPECT_TRUE(ask(CandidatesWith{as(ada), {"pat@agency.example"}, {}}).empty());
  EXPECT_TRUE(synced().empty());
  EXPECT_EQ(refused(FollowCandidate{as(ada), talk.candidate, true, now}), "candidate.missing");
  // The outbox still finds whom it goes to.
  EXPECT_TRUE(ask(CandidateById{engine(), talk.candidate}));
}

TEST_P(NonCandidatesTest, M3_TheLiveListHearsWhereItLies) {
  const auto talk = write(ada, adas, "one", "pat@agency.example");
  std::vector<Place> places;
  for (auto& row : ask(PlacesOf{as(ada), {talk.id}})) places.push_back(row.place);
  std::ranges::sort(places);
  EXPECT_EQ(places, (std::vector{Place::sent, Place::non_candidates}));
}

TEST_P(NonCandidatesTest, M3_P1_WhoSeesAllJobsSeesItAndWhoWroteItDoes) {
  const auto of_all = write(ada, adas, "one", "pat@agency.example");
  const auto of_clara = write(clara, claras, "two", "pat@agency.example");
  EXPECT_NE(of_all.candidate, of_clara.candidate);
  EXPECT_EQ(threads_seen(as(ada), Place::non_candidates), (Ids{of_clara.id, of_all.id}));
  EXPECT_EQ(threads_seen(as(clara), Place::non_candidates), Ids{of_clara.id});
  EXPECT_EQ(threads_seen(as(ben), Place::non_candidates), Ids{});
  EXPECT_FALSE(ask(ThreadById{as(ben), of_clara.id}));
  EXPECT_FALSE(ask(NonCandidateOf{as(ben), of_clara.id}));
  EXPECT_FALSE(ask(NonCandidateOf{as(clara), of_all.id}));
  EXPECT_EQ(ask(NonCandidateOf{as(clara), of_clara.id})->keeper, clara.id);
  // A second letter goes on where the first began: for each who may see that.
  EXPECT_EQ(ask(NonCandidateWith{as(ada), "pat@agency.example"})->person.id, of_all.candidate);
  EXPECT_EQ(ask(NonCandidateWith{as(clara), "pat@agency.example"})->person.id, of_clara.candidate);
  EXPECT_FALSE(ask(NonCandidateWith{as(ben), "pat@agency.example"}));
  const auto again = write(clara, claras, "three", "pat@agency.example");
  EXPECT_EQ(again.candidate, of_clara.candidate);
  EXPECT_TRUE(ask(ThreadById{as(clara), again.id}));
}

TEST_P(NonCandidatesTest, M3_AnAnswerWaitsAndIsFoundByItsReference) {
  const auto talk = write(ada, adas, "one", "pat@agency.example");
  const auto stored = ask(StoredMessageIds{engine(), {"one"}, adas.id});
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(stored.front().candidate, talk.candidate);
  EXPECT_TRUE(stored.front().here);
  EXPECT_FALSE(stored.front().rests);
  answered(talk, "one", "ada@acme.example", "pat@agency.example");
  EXPECT_TRUE(ask(ThreadById{as(ada), talk.id})->asked_at);
  EXPECT_EQ(ask(ThreadById{as(ada), talk.id})->count, 2u);
}

TEST_P(NonCandidatesTest, M3_ACandidateIsMadeOfThemAndTakesTheExchangeAlong) {
  const auto talk = write(clara, claras, "one", "pat@agency.example");
  const auto second = write(clara, claras, "two", "pat@agency.example");
  EXPECT_EQ(refused(take_over(talk, ben)), "thread.missing");
  const auto application = make<ApplicationId>();
  commit(take_over(talk, clara), named(talk, clara, {"pat@agency.example"}),
         PutApplication{{application, talk.candidate, welder, {}, {}, now}, as(clara)});
  EXPECT_EQ(threads_seen(as(clara), Place::non_candidates), Ids{});
  EXPECT_EQ(threads_seen(as(clara), Place::all), (Ids{second.id, talk.id}));
  EXPECT_EQ(threads_seen(as(ben), Place::all), (Ids{second.id, talk.id}));  // on the team
  EXPECT_FALSE(ask(ThreadById{as(ben), talk.id})->non_candidate);
  EXPECT_EQ(candidates(clara), std::vector<std::string>{"Pat Doe"});
  EXPECT_EQ(candidates(clara, "doe"), std::vector<std::string>{"Pat Doe"});
  EXPECT_EQ(synced(), std::vector<std::string>{"pat@agency.example"});
  EXPECT_EQ(refused(take_over(second, clara)), "thread.of-candidate");
}

TEST_P(NonCandidatesTest, M3_AndBackWhereNobodyHasGoneOn) {
  const auto talk = write(clara, claras, "one", "pat@agency.example");
  // What she told a colleague of it is hers to see as well.
  auto told = thread(talk.candidate, "Told");
  told.kind = rules::ThreadKind::internal_forward;
  place(message("told", "clara@acme.example", "ada@acme.example"), told, PlacedBy::reply_to, "one");
  ASSERT_EQ(threads_seen(as(clara), Place::non_candidates).size(), 2u);
  const auto before = ask(ThreadById{as(clara), talk.id})->messages.size();
  const auto application = make<ApplicationId>();
  commit(take_over(talk, clara), named(talk, clara, {"pat@agency.example"}),
         PutApplication{{application, talk.candidate, welder, {}, {}, now}, as(clara)});
  // Old mail that the address has brought, and an answer to the letter.
  const auto old = thread(talk.candidate, "Old");
  commit(AddThread{old});
  place(message("old", "pat@agency.example", "clara@acme.example"), old, PlacedBy::address,
        "pat@agency.example", false);
  answered(talk, "one", "", "pat@agency.example", PlacedBy::address);
  commit(FollowCandidate{as(ben), talk.candidate, true, now});
  commit(UndoTakeOver{talk.id, as(clara), now});
  run_errands();
  auto back = threads_seen(as(clara), Place::non_candidates);
  EXPECT_EQ(std::set(back.begin(), back.end()), (std::set{talk.id, told.id}));
  EXPECT_EQ(threads_seen(as(clara), Place::all), Ids{});
  EXPECT_EQ(threads_seen(as(ben), Place::all), Ids{});
  EXPECT_FALSE(ask(ThreadById{as(ben), talk.id}));
  EXPECT_FALSE(ask(ThreadById{as(clara), old.id}));
  EXPECT_EQ(ask(ThreadById{as(clara), talk.id})->messages.size(), before + 1);
  EXPECT_TRUE(candidates(ada).empty());
  EXPECT_TRUE(candidates(ada, "pat").empty());
  EXPECT_TRUE(synced().empty());
  EXPECT_EQ(ask(JobById{as(ada), welder})->candidates, 0u);
  if (GetParam() != On::memory)  // of which their timeline told (M-9)
    tables()->read(
        [](Db& db) { EXPECT_EQ(db.row("select count(*) from application_moves")->number(), 0); });
  EXPECT_EQ(ask(NonCandidateOf{as(clara), talk.id})->keeper, clara.id);
  EXPECT_EQ(ask(ThreadById{as(ada), talk.id})->candidate_name, "pat@agency.example");
  commit(UndoTakeOver{talk.id, as(clara), now});  // once is enough
  // And forth again.
  commit(take_over(talk, clara), named(talk, clara, {"pat@agency.example"}));
  EXPECT_EQ(threads_seen(as(ada), Place::all).size(), 2u);
}

// O-3: who is no candidate any more is called nothing, and neither is what they were in.
TEST_P(NonCandidatesTest, M3_ExternalIdsGoWithTheCandidate) {
  const auto talk = write(clara, claras, "one", "pat@agency.example");
  const auto application = make<ApplicationId>();
  commit(take_over(talk, clara), named(talk, clara, {"pat@agency.example"}),
         PutApplication{{application, talk.candidate, welder, {}, {}, now}, as(clara)},
         SetExternalId{as(clara), talk.candidate, "P"},
         SetExternalId{as(clara), application, "PW"});
  commit(UndoTakeOver{talk.id, as(clara), now});
  const auto named = ask(NamedExternally{engine(), {}, {"P"}, {"PW"}});
  EXPECT_TRUE(named.candidates.empty());
  EXPECT_TRUE(named.applications.empty());
  if (GetParam() == On::memory) return;
  tables()->read(
      [](Db& db) { EXPECT_EQ(db.row("select count(*) from external_ids")->number(), 0); });
}

TEST_P(NonCandidatesTest, M3_WhatSomebodyHasGoneOnWithIsNotTakenBack) {
  const auto talk = write(ada, adas, "one", "pat@agency.example");
  commit(take_over(talk, ada), named(talk, ada, {"pat@agency.example"}));
  now = now + 1h;
  commit(PutApplication{{make<ApplicationId>(), talk.candidate, welder, {}, {}, now}, as(clara)});
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
  // Nor is one of whom nobody was made a candidate here.
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto hers = thread(wanda);
  commit(AddThread{hers});
  EXPECT_EQ(refused(UndoTakeOver{hers.id, as(ada), now}), "thread.missing");
  EXPECT_EQ(refused(take_over(hers, ada)), "thread.of-candidate");
}

TEST_P(NonCandidatesTest, M3_WhoWasWrittenToSinceStaysACandidate) {
  const auto talk = write(ada, adas, "one", "pat@agency.example");
  commit(take_over(talk, ada), named(talk, ada, {"pat@agency.example"}));
  now = now + 1h;
  auto m = message("later", "ada@acme.example", "pat@agency.example");
  write_here(m, talk, adas, now);
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
}

TEST_P(NonCandidatesTest, M3_WhoWasInAJobAndTakenOutWasGoneOnWith) {
  const auto talk = write(ada, adas, "one", "pat@agency.example");
  const auto application = make<ApplicationId>();
  commit(take_over(talk, ada), named(talk, ada, {"pat@agency.example"}),
         PutApplication{{application, talk.candidate, welder, {}, {}, now}, as(ada)});
  now = now + 1h;
  const auto phases = ask(JobById{as(ada), welder})->stages.phases;
  commit(MoveApplication{as(clara), application, phases[1].id, {}, {}, {}, "person", now});
  commit(RemoveApplication{as(clara), application, {}, {}, "person", now});
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
}

TEST_P(NonCandidatesTest, M3_WhoWasWrittenToAsNoCandidateOnceMoreStaysOne) {
  const auto talk = write(clara, claras, "one", "pat@agency.example");
  commit(take_over(talk, ada), named(talk, ada, {"pat@agency.example"}),
         PutApplication{{make<ApplicationId>(), talk.candidate, add_job("Baker", {}), {}, {}, now},
                        as(ada)});
  write(clara, claras, "two", "pat@agency.example");
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
}

TEST_P(NonCandidatesTest, M3_S2_NothingIsWrittenOntoOneWhoIsNoneAgain) {
  const auto talk = write(ada, adas, "one", "pat@agency.example");
  EXPECT_EQ(refused(named(talk, ada, {"pat@agency.example"})), "candidate.missing");
  EXPECT_EQ(refused(PutApplication{{make<ApplicationId>(), talk.candidate, welder, {}, {}, now}}),
            "candidate.missing");
  EXPECT_TRUE(synced().empty());
}

TEST_P(NonCandidatesTest, M3_P1_WhoKeptTheExchangeSeesTheCandidateOnlyAsACandidate) {
  const auto talk = write(clara, claras, "one", "pat@agency.example");
  const auto other = add_job("Painter", {});
  const auto application = make<ApplicationId>();
  commit(take_over(talk, ada), named(talk, ada, {"pat@agency.example"}),
         PutApplication{{application, talk.candidate, other, {}, {}, now}, as(ada)});
  EXPECT_FALSE(ask(ThreadById{as(clara), talk.id}));
  EXPECT_EQ(threads_seen(as(clara), Place::all), Ids{});
  EXPECT_EQ(threads_seen(as(clara), Place::sent), Ids{});
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(clara), now}), "thread.missing");
  commit(UndoTakeOver{talk.id, as(ada), now});
  EXPECT_EQ(threads_seen(as(clara), Place::non_candidates), Ids{talk.id});
  EXPECT_EQ(threads_seen(as(ada), Place::non_candidates), Ids{talk.id});
}

TEST_P(NonCandidatesTest, M3_OneExchangeHoweverManyBeginItAtOnce) {
  write(ada, adas, "one", "pat@agency.example");
  EXPECT_EQ(refused(AddNonCandidate{make<CandidateId>(), "pat@agency.example", "pat@agency.example",
                                    std::nullopt, ada.id, now}),
            "store.expectation");
  const auto kept = write(clara, claras, "two", "sam@agency.example");
  auto promoted = clara;
  promoted.all_jobs = true;
  EXPECT_EQ(ask(NonCandidateWith{as(promoted), "sam@agency.example"})->person.id, kept.candidate);
}

TEST_P(NonCandidatesTest, M3_ALetterMeansWhomItWasWrittenTo) {
  const auto talk = write(ada, adas, "one", "pat@agency.example");
  const auto still = [&](bool none) {
    return try_commit({SetThreadUnread{talk.id, ada.id, true, {}}},
                      {IsNonCandidate{talk.candidate, none}});
  };
  EXPECT_TRUE(still(true));
  EXPECT_EQ(still(false).error().code, "store.expectation");
  commit(take_over(talk, ada), named(talk, ada, {"pat@agency.example"}));
  EXPECT_EQ(still(true).error().code, "store.expectation");
  EXPECT_TRUE(still(false));
}

TEST_P(NonCandidatesTest, M3_C13_AnAddressThatWasOnlyWrittenToMayBecomeAColleagues) {
  write(ada, adas, "one", "dora@acme.example");
  const auto dora = add_user("dora", Role::manager);
  const auto facts = ask(WhoseAddress{as(ada), dora.id, "dora@acme.example", {}});
  EXPECT_FALSE(facts.candidate);
}

// M-2: in the team's archive lies what somebody can take back.
TEST_P(NonCandidatesTest, M3_WhatItsKeeperPutAwayAndSeesNoMoreIsTakenUpAgain) {
  const auto talk = write(clara, claras, "one", "pat@agency.example");
  commit(SetThreadDone{talk.id, clara.id, true, ask(ThreadById{as(clara), talk.id})->came, now});
  const auto archived = [&](const rules::User& user) {
    return threads_seen(as(user), Place::archived) == Ids{talk.id};
  };
  EXPECT_TRUE(archived(clara));
  const auto other = add_job("Baker", {ben.id});
  const auto application = make<ApplicationId>();
  const auto before = ask(CompanyFacts{engine()}).revision;
  commit(take_over(talk, ada), named(talk, ada, {}),
         PutApplication{{application, talk.candidate, other, {}, {}, now}, as(ada)});
  EXPECT_FALSE(ask(ThreadById{as(clara), talk.id}));
  EXPECT_TRUE(ask(ThreadById{as(ben), talk.id}));
  EXPECT_FALSE(archived(ada));
  EXPECT_FALSE(archived(ben));
  std::vector<std::string> told;
  for (auto& entry : ask(Since{as(ben), before})) told.push_back(entry.kind);
  EXPECT_NE(std::ranges::find(told, "archive"), told.end());
  // And back: a hiring team sees the exchange no more.
  commit(SetThreadDone{talk.id, ben.id, true, ask(ThreadById{as(ben), talk.id})->came, now});
  EXPECT_TRUE(archived(ada));
  commit(UndoTakeOver{talk.id, as(ada), now});
  EXPECT_FALSE(archived(ada));
  EXPECT_FALSE(archived(clara));
}

TEST_P(NonCandidatesTest, M3_WhatItsKeeperPutAwayAndStillSeesStaysAway) {
  const auto talk = write(clara, claras, "one", "pat@agency.example");
  commit(SetThreadDone{talk.id, clara.id, true, ask(ThreadById{as(clara), talk.id})->came, now});
  commit(take_over(talk, ada), named(talk, ada, {}),
         PutApplication{{make<ApplicationId>(), talk.candidate, welder, {}, {}, now}, as(ada)});
  EXPECT_EQ(threads_seen(as(ada), Place::archived), Ids{talk.id});
  EXPECT_EQ(threads_seen(as(clara), Place::archived), Ids{talk.id});
}

TEST_P(NonCandidatesTest, D1_ForgettingWhomWasTakenOverForgetsTheExchange) {
  const auto talk = write(ada, adas, "one", "pat@agency.example");
  commit(take_over(talk, ada), named(talk, ada, {"pat@agency.example"}));
  commit(ForgetCandidate{talk.candidate, as(ada), now});
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "thread.missing");
  EXPECT_FALSE(ask(ThreadById{as(ada), talk.id}));
  run_errands();
}

}  // namespace
}  // namespace hearback::store
