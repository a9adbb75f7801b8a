// M-3: the exchange with somebody who is no candidate is added to one who is there already.
#include <algorithm>
#include <set>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;
using Ids = std::vector<ThreadId>;

constexpr std::string_view kPat = "pat@agency.example";

class AddingTo : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    ada = add_user("ada", Role::admin);
    clara = add_user("clara", Role::manager);
    ben = add_user("ben", Role::evaluator);
    welder = add_job("Welder", {clara.id, ben.id});
    adas = add_mailbox(ada, "ada@acme.example");
    claras = add_mailbox(clara, "clara@acme.example");
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
    hers = thread(wanda, "Of Wanda");
    commit(AddThread{hers});
    place(message("hers", "wanda@home.example", "clara@acme.example"), hers, PlacedBy::address,
          "wanda@home.example", false);
  }

  // What the API commits where somebody writes to an address.
  rules::Thread write(const rules::User& by, const rules::Mailbox& box, std::string id) {
    auto known = ask(NonCandidateWith{as(by), std::string(kPat)});
    CandidateId person = known ? known->person.id : make<CandidateId>();
    const bool all = by.all_jobs || by.role == Role::admin;
    if (!known)
      commit(AddNonCandidate{person, std::string(kPat), std::string(kPat),
                             all ? std::nullopt : std::optional(by.id), by.id, now});
    auto where = thread(person, "About " + id);
    commit(AddThread{where});
    auto m = message(id, box.address, std::string(kPat));
    write_here(m, where, box, now);
    return where;
  }
  void answered(const rules::Thread& where, std::string id, PlacedBy by = PlacedBy::reply_to) {
    now = now + 1h;
    auto m = message("answer to " + id + (by == PlacedBy::address ? " by address" : ""),
                     std::string(kPat), where.id.text() + "@acme.example");
    m.envelope.in_reply_to = {id};
    place(m, where, by, by == PlacedBy::address ? std::string(kPat) : id, false);
  }
  static rules::Thread of(CandidateId candidate, rules::Thread one) {
    one.candidate = candidate;
    return one;
  }
  AddToCandidate adding(const rules::Thread& where, const rules::User& by) {
    return {where.id, wanda, as(by), now};
  }
  std::vector<std::string> synced() {
    std::vector<std::string> normals;
    for (auto& row : ask(SyncedAddresses{engine(), {}, {}})) normals.push_back(row.normal);
    std::ranges::sort(normals);
    return normals;
  }
  std::vector<rules::CandidateAddress> addresses() {
    return ask(CandidateById{engine(), wanda})->candidate.addresses;
  }
  std::set<ThreadId> in(const rules::User& user, Place which) {
    const auto ids = threads_seen(as(user), which);
    return {ids.begin(), ids.end()};
  }
  using Set = std::set<ThreadId>;

  rules::User ada, clara, ben;
  JobId welder;
  rules::Mailbox adas, claras;
  CandidateId wanda;
  rules::Thread hers;
};
HEARBACK_ON_EACH_DATABASE(AddingTo);

TEST_P(AddingTo, M3_TheWholeExchangeAndTheAddressGoToTheCandidate) {
  const auto talk = write(clara, claras, "one");
  const auto second = write(clara, claras, "two");
  answered(talk, "one");
  EXPECT_EQ(refused(adding(talk, ben)), "thread.missing");
  commit(adding(talk, clara));
  EXPECT_EQ(in(clara, Place::non_candidates), Set{});
  EXPECT_EQ(in(ada, Place::non_candidates), Set{});
  for (const auto& user : {clara, ada, ben})
    EXPECT_EQ(in(user, Place::all), (Set{talk.id, second.id, hers.id}));
  const auto shown = ask(ThreadById{as(ben), talk.id});
  EXPECT_EQ(shown->thread.candidate, wanda);
  EXPECT_EQ(shown->candidate_name, "Wanda");
  EXPECT_FALSE(shown->non_candidate);
  EXPECT_EQ(shown->messages.size(), 2u);
  EXPECT_EQ(synced(), (std::vector<std::string>{std::string(kPat), "wanda@home.example"}));
  EXPECT_EQ(ask(CandidateById{as(ben), talk.candidate})->candidate.id, wanda);  // answers to it
  EXPECT_EQ(refused(adding(second, clara)), "thread.of-candidate");
  const auto merges = ask(CandidateById{as(ada), wanda})->merges;
  ASSERT_EQ(merges.size(), 1u);
  EXPECT_TRUE(merges[0].exchange);
  EXPECT_EQ(merges[0].name, kPat);
  EXPECT_EQ(ask(JournalSince{engine(), 0, 100}).back().kind, "exchange.added");
}

TEST_P(AddingTo, M3_UndoPutsItBackExactly) {
  const auto talk = write(clara, claras, "one");
  const auto second = write(clara, claras, "two");
  answered(talk, "one");
  const auto before = ask(ThreadById{as(clara), talk.id})->messages.size();
  commit(adding(talk, clara));
  // What came meanwhile: an answer, and old mail that the address has brought.
  answered(of(wanda, talk), "one", PlacedBy::address);
  const auto old = thread(wanda, "Old");
  commit(AddThread{old});
  place(message("old", std::string(kPat), "clara@acme.example"), old, PlacedBy::address,
        std::string(kPat), false);
  commit(SetThreadDone{talk.id, ben.id, true, ask(ThreadById{as(ben), talk.id})->came, now});
  EXPECT_EQ(in(ada, Place::archived), Set{talk.id});
  commit(UndoTakeOver{second.id, as(clara), now});
  run_errands();
  EXPECT_EQ(in(clara, Place::non_candidates), (Set{talk.id, second.id}));
  EXPECT_EQ(in(ada, Place::non_candidates), (Set{talk.id, second.id}));
  for (const auto& user : {clara, ada, ben}) EXPECT_EQ(in(user, Place::all), Set{hers.id});
  EXPECT_EQ(in(ada, Place::archived), Set{});
  EXPECT_FALSE(ask(ThreadById{as(ben), talk.id}));
  EXPECT_FALSE(ask(ThreadById{as(clara), old.id}));
  EXPECT_EQ(ask(ThreadById{as(clara), talk.id})->messages.size(), before + 1);
  EXPECT_EQ(synced(), std::vector<std::string>{"wanda@home.example"});
  EXPECT_EQ(addresses().size(), 1u);
  EXPECT_TRUE(ask(CandidateById{as(ada), wanda})->merges.empty());
  const auto again = ask(NonCandidateOf{as(clara), talk.id});
  EXPECT_EQ(again->person.id, talk.candidate);
  EXPECT_EQ(again->keeper, clara.id);
  EXPECT_EQ(ask(ThreadById{as(ada), talk.id})->candidate_name, kPat);
  EXPECT_TRUE(ask(Candidates{as(ada), "pat", {}, {}}).rows.empty());
  EXPECT_EQ(ask(JournalSince{engine(), 0, 100}).back().kind, "exchange.taken-off");
  commit(UndoTakeOver{talk.id, as(clara), now});  // once is enough
  EXPECT_EQ(refused(UndoMerge{as(clara), talk.candidate, now}), "merge.missing");
  commit(adding(second, clara));  // and forth again
  EXPECT_EQ(in(ben, Place::all), (Set{talk.id, second.id, hers.id}));
}

TEST_P(AddingTo, M3_P1_ItTakesWhoSeesBothAndAllOfTheExchange) {
  const auto other = add_job("Baker", {});
  const auto dora = add_candidate("Dora", {"dora@home.example"}, {other});
  const auto of_all = write(ada, adas, "one");
  const auto of_clara = write(clara, claras, "two");
  EXPECT_EQ(refused(adding(of_all, clara)), "thread.missing");
  EXPECT_EQ(refused(AddToCandidate{of_clara.id, dora, as(clara), now}), "candidate.missing");
  EXPECT_EQ(refused(AddToCandidate{of_clara.id, of_all.candidate, as(ada), now}),
            "candidate.missing");  // is none, either
  // Its keeper sees it as everybody does: through a job.
  commit(AddToCandidate{of_clara.id, dora, as(ada), now});
  EXPECT_FALSE(ask(ThreadById{as(clara), of_clara.id}));
  EXPECT_EQ(refused(UndoTakeOver{of_clara.id, as(clara), now}), "thread.missing");
  EXPECT_EQ(refused(UndoMerge{as(clara), of_clara.candidate, now}), "merge.missing");
  EXPECT_EQ(in(ada, Place::non_candidates), Set{of_all.id});
  commit(UndoMerge{as(ada), of_clara.candidate, now});
  EXPECT_EQ(in(clara, Place::non_candidates), Set{of_clara.id});
  EXPECT_EQ(in(ada, Place::non_candidates), (Set{of_clara.id, of_all.id}));
}

TEST_P(AddingTo, M3_C14_I1_TheAddressIsJudgedAsOneThatIsAdded) {
  // Of a candidate whom the adder may not see: nothing comes in by it.
  add_candidate("Hidden", {std::string(kPat)}, {add_job("Baker", {})});
  auto talk = write(clara, claras, "one");
  commit(adding(talk, clara));
  ASSERT_EQ(addresses().size(), 2u);
  EXPECT_EQ(addresses()[1].why_not, "other-candidate");
  commit(UndoTakeOver{talk.id, as(clara), now});
  EXPECT_EQ(addresses().size(), 1u);
  // A colleague's: said so.
  auto pat = add_user("pat", Role::manager);
  pat.email = pat.email_normal = std::string(kPat);
  commit(PutUser{pat, std::nullopt, now});
  commit(adding(talk, ada));
  ASSERT_EQ(addresses().size(), 2u);
  EXPECT_EQ(addresses()[1].why_not, "internal-user");
  commit(UndoTakeOver{talk.id, as(ada), now});
  EXPECT_EQ(addresses().size(), 1u);
  EXPECT_EQ(ask(NonCandidateOf{as(ada), talk.id})->person.addresses[0].why_not, kNonCandidate);
}

TEST_P(AddingTo, M3_AnAddressThatTheCandidateHadStaysTheirs) {
  const auto talk = write(ada, adas, "one");
  auto both = ask(CandidateById{engine(), wanda})->candidate.addresses;
  both.push_back(address(std::string(kPat)));
  commit(PutCandidate{wanda, "Wanda", both, now, as(ada)});
  place(message("known", std::string(kPat), "clara@acme.example"), hers, PlacedBy::address,
        std::string(kPat), false);
  commit(adding(talk, ada));
  EXPECT_EQ(addresses().size(), 2u);
  commit(UndoTakeOver{talk.id, as(ada), now});
  EXPECT_EQ(addresses().size(), 2u);
  EXPECT_EQ(synced().size(), 2u);
  EXPECT_EQ(ask(ThreadById{as(ada), hers.id})->messages.size(), 2u);
  EXPECT_EQ(in(ada, Place::non_candidates), Set{talk.id});
  // What comes from there since would be theirs without the exchange, too.
  commit(adding(talk, ada));
  answered(of(wanda, talk), "one");
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
}

TEST_P(AddingTo, M3_AnAnswerThatTheCandidateGotTooStaysTheirs) {
  const auto talk = write(ada, adas, "one");
  commit(adding(talk, ada));
  auto m = message("to both", std::string(kPat), "wanda@home.example");
  m.envelope.in_reply_to = {"one"};
  place(m, of(wanda, talk), PlacedBy::reply_to, "one", false);
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
}

TEST_P(AddingTo, M3_WhatSomebodyHasGoneOnWithIsNotTakenBack) {
  const auto talk = write(ada, adas, "one");
  commit(adding(talk, ada));
  now = now + 1h;
  // What is written to Wanda besides is hers.
  write_here(message("besides", "ada@acme.example", "wanda@home.example"), hers, adas, now);
  commit(UndoTakeOver{talk.id, as(ada), now});
  commit(adding(talk, ada));
  now = now + 1h;
  write_here(message("on", "ada@acme.example", std::string(kPat)), of(wanda, talk), adas, now);
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
}

TEST_P(AddingTo, M3_ALetterToTheAddressInAnotherConversationGoesOn) {
  const auto talk = write(ada, adas, "one");
  commit(adding(talk, ada));
  now = now + 1h;
  write_here(message("on", "ada@acme.example", std::string(kPat)), hers, adas, now);
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
}

// Who kept the exchange may not see the candidate, and would read what is the candidate's.
TEST_P(AddingTo, M3_P1_WhatTheCandidateWroteInItStaysTheirs) {
  const auto talk = write(clara, claras, "one");
  commit(adding(talk, ada));
  auto m = message("hers too", "wanda@home.example", "clara@acme.example");
  m.envelope.in_reply_to = {"one"};
  place(m, of(wanda, talk), PlacedBy::address, "wanda@home.example", false);
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
  EXPECT_EQ(refused(UndoMerge{as(ada), talk.candidate, now}), "candidate.in-use");
}

TEST_P(AddingTo, M3_P1_NorIsWhatTheyWroteAsAnAnswer) {
  const auto talk = write(clara, claras, "one");
  commit(adding(talk, ada));
  auto m = message("hers too", "wanda@home.example", "clara@acme.example");
  place(m, of(wanda, talk), PlacedBy::reply_to, "one", false);
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
}

TEST_P(AddingTo, M3_WhoWentOnInTheirOwnMailProgramHasGoneOn) {
  const auto talk = write(ada, adas, "one");
  const auto outgoing = [&](std::string id) {
    auto m = message(id, "ada@acme.example", std::string(kPat));
    m.direction = rules::Direction::outgoing;
    return m;
  };
  // Before, it was part of the exchange.
  place(outgoing("before"), talk, PlacedBy::reply_to, "one", false);
  commit(adding(talk, ada));
  answered(of(wanda, talk), "one");
  commit(UndoTakeOver{talk.id, as(ada), now});
  commit(adding(talk, ada));
  place(outgoing("since"), of(wanda, talk), PlacedBy::reply_to, "one", false);
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
}

TEST_P(AddingTo, M3_WhatWasWrittenSinceGoesByNoClock) {
  const auto talk = write(ada, adas, "one");
  commit(adding(talk, ada));
  const auto earlier = now - 2h;  // set back
  write_here(message("on", "ada@acme.example", std::string(kPat)), hers, adas, earlier);
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
}

// Nobody else has it, so it would be read for nobody.
TEST_P(AddingTo, M3_C14_AnAddressThatAnotherOneLetGoOfStaysWithTheCandidate) {
  const auto hidden = add_candidate("Hidden", {std::string(kPat)}, {add_job("Baker", {})});
  auto both = addresses();
  both.push_back(address(std::string(kPat)));
  commit(PutCandidate{wanda, "Wanda", both, now, as(clara)});
  ASSERT_EQ(addresses().at(1).why_not, "other-candidate");
  const auto talk = write(clara, claras, "one");
  commit(adding(talk, clara));
  commit(ForgetCandidate{hidden, as(ada), now});
  run_errands();
  ASSERT_TRUE(addresses().at(1).synced);
  commit(UndoTakeOver{talk.id, as(clara), now});
  ASSERT_EQ(addresses().size(), 2u);
  EXPECT_TRUE(addresses()[1].synced);
  EXPECT_EQ(synced(), (std::vector<std::string>{std::string(kPat), "wanda@home.example"}));
}

// Whoever added it by mistake takes the address off first, and then takes it back.
TEST_P(AddingTo, M3_C14_TheExchangeStaysWhereItsAddressIsTakenOff) {
  const auto talk = write(clara, claras, "one");
  answered(talk, "one");
  commit(adding(talk, clara));
  answered(of(wanda, talk), "one", PlacedBy::address);
  const auto besides = thread(wanda, "Besides");
  commit(AddThread{besides});
  place(message("besides", std::string(kPat), "clara@acme.example"), besides, PlacedBy::address,
        std::string(kPat), false);
  PutCandidate off{wanda, {}, {}, now, as(clara), true, true};
  off.takes_off = {std::string(kPat)};
  commit(off);
  run_errands();
  EXPECT_EQ(in(clara, Place::all), (Set{talk.id, hers.id}));
  EXPECT_EQ(ask(ThreadById{as(clara), talk.id})->messages.size(), 3u);
  commit(UndoTakeOver{talk.id, as(clara), now});
  run_errands();
  EXPECT_EQ(in(clara, Place::non_candidates), Set{talk.id});
  EXPECT_EQ(in(clara, Place::all), Set{hers.id});
  EXPECT_EQ(ask(ThreadById{as(clara), talk.id})->messages.size(), 3u);
}

TEST_P(AddingTo, M3_I1_NotWhereTheirAddressHasBecomeAColleagues) {
  const auto talk = write(clara, claras, "one");
  commit(adding(talk, clara));
  answered(of(wanda, talk), "one", PlacedBy::address);
  ASSERT_EQ(in(clara, Place::all), (Set{talk.id, hers.id}));
  auto pat = add_user("pat", Role::manager);
  pat.email = pat.email_normal = std::string(kPat);
  commit(PutUser{pat, std::nullopt, now});
  run_errands();
  EXPECT_EQ(in(clara, Place::all), Set{hers.id});
}

TEST_P(AddingTo, M3_C14_WhatIsLeavingThePersonComesToNobodyElse) {
  if (GetParam() == On::memory) return;
  const auto talk = write(ada, adas, "one");
  tables()->write([&](Db& db) {
    db.change(
        "insert into addresses_taken_off(company, candidate, normal, at)"
        " values ($1, $2, 'x@home.example', $3)",
        company, talk.candidate, now);
  });
  EXPECT_EQ(refused(adding(talk, ada)), "candidate.leaving-mail");
  tables()->write([&](Db& db) { db.run("delete from addresses_taken_off", {}); });
  commit(adding(talk, ada));
}

TEST_P(AddingTo, M3_NobodyKeepsTwoExchangesWithOneAddress) {
  const auto talk = write(clara, claras, "one");
  const auto other = add_job("Baker", {});
  const auto dora = add_candidate("Dora", {"dora@home.example"}, {other});
  commit(AddToCandidate{talk.id, dora, as(ada), now});
  // She doesn't see Dora, so she begins anew.
  const auto again = write(clara, claras, "two");
  ASSERT_NE(again.candidate, talk.candidate);
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
}

TEST_P(AddingTo, M3_UndoIsOfferedToWhoMay) {
  const auto of_all = write(ada, adas, "one");
  commit(adding(of_all, ada));
  EXPECT_TRUE(ask(CandidateById{as(ada), wanda})->merges.at(0).undo_until);
  EXPECT_FALSE(ask(CandidateById{as(clara), wanda})->merges.at(0).undo_until);
  EXPECT_EQ(refused(UndoMerge{as(clara), of_all.candidate, now}), "non-candidate.kept");
  const auto of_clara = write(clara, claras, "two");
  commit(adding(of_clara, clara));
  EXPECT_TRUE(ask(CandidateById{as(clara), wanda})->merges.at(0).undo_until);
  EXPECT_TRUE(ask(CandidateById{as(ada), wanda})->merges.at(0).undo_until);
}

TEST_P(AddingTo, M3_TheLaterOneIsTakenBackFirstAndNotForEver) {
  const auto of_all = write(ada, adas, "one");
  const auto of_clara = write(clara, claras, "two");
  commit(adding(of_clara, clara));
  commit(adding(of_all, ada));
  EXPECT_EQ(refused(UndoTakeOver{of_clara.id, as(ada), now}), "merge.overtaken");
  commit(UndoTakeOver{of_all.id, as(ada), now});
  now = now + std::chrono::hours(24 * 30);
  EXPECT_EQ(refused(UndoTakeOver{of_clara.id, as(ada), now}), "merge.too-late");
}

TEST_P(AddingTo, M3_WhoTookOverOneCandidateFindsTheOtherExchangeInUse) {
  const auto talk = write(ada, adas, "one");
  const auto application = make<ApplicationId>();
  commit(TakeOver{talk.id, as(ada), now},
         PutCandidate{talk.candidate, "Pat", {address(std::string(kPat))}, now, as(ada)},
         PutApplication{{application, talk.candidate, welder, {}, {}, now}, as(ada)});
  const auto of_clara = write(clara, claras, "two");
  commit(AddToCandidate{of_clara.id, talk.candidate, as(clara), now});
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "candidate.in-use");
  commit(UndoTakeOver{of_clara.id, as(clara), now});
  commit(UndoTakeOver{talk.id, as(ada), now});
  EXPECT_EQ(in(ada, Place::non_candidates), (Set{talk.id, of_clara.id}));
}

TEST_P(AddingTo, D1_ForgettingTheCandidateForgetsTheExchange) {
  const auto talk = write(ada, adas, "one");
  commit(adding(talk, ada));
  commit(ForgetCandidate{wanda, as(ada), now});
  EXPECT_FALSE(ask(ThreadById{as(ada), talk.id}));
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(ada), now}), "thread.missing");
  run_errands();
  EXPECT_FALSE(ask(NonCandidateWith{as(ada), std::string(kPat)}));
}

}  // namespace
}  // namespace hearback::store
