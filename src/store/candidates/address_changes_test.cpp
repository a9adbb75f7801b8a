// M-9: the timeline tells which addresses a candidate got and lost.
#include <algorithm>

#include "fakes/store_conformance.hpp"
#include "store/candidates/address_changes_parts.hpp"
#include "store/mailboxes/past_sql.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;
using Told = std::vector<std::string>;

class AddressChanges : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
    dora = add_user("dora", Role::evaluator);
    welder = add_job("Welder", {ben.id});
    baker = add_job("Baker", {dora.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
    later();
  }
  void later() { now = now + 1h; }
  void put(CandidateId candidate, const std::vector<std::string>& addresses,
           const rules::User& by) {
    later();
    std::vector<rules::CandidateAddress> list;
    for (const auto& text : addresses) list.push_back(address(text));
    commit(PutCandidate{candidate, "Wanda", list, now, as(by)});
  }
  static std::string told(const AddressChange& one) {
    return (one.added ? "+" : "-") + one.address + " " + one.how +
           (one.by ? " by " + one.by_name : "");
  }
  // Oldest first.
  Told timeline(const Scope& scope, CandidateId candidate) {
    Told all;
    const auto found = ask(CandidateTimeline{scope, candidate, {}});
    if (!found) return {"nobody"};
    for (const auto& one : found->addresses) all.push_back(told(one));
    return all;
  }
  std::int64_t rows() {
    std::int64_t count = 0;
    tables()->read(
        [&](Db& db) { count = db.row("select count(*) from address_changes")->number(); });
    return count;
  }
  void merge(CandidateId kept, CandidateId merged) {
    later();
    const auto plan = ask(MergePreview{as(anna), kept, merged});
    ASSERT_TRUE(plan);
    commit(MergeCandidates{as(anna), kept, merged, plan->version, false, now});
  }
  rules::User anna, ben, dora;
  JobId welder, baker;
  CandidateId wanda;
};
HEARBACK_ON_EACH_DATABASE(AddressChanges);

TEST_P(AddressChanges, M9_WhatTheyBeganWithIsNotTold) {
  EXPECT_EQ(timeline(as(ben), wanda), Told{});
}

TEST_P(AddressChanges, M9_WhoAddedAndTookOffWhichAddress) {
  put(wanda, {"wanda@home.example", "two@home.example"}, ben);
  put(wanda, {"two@home.example"}, anna);
  put(wanda, {"two@home.example"}, ben);  // nothing new
  put(wanda, {"two@home.example", "wanda@home.example"}, ben);
  EXPECT_EQ(timeline(as(ben), wanda),
            (Told{"+two@home.example person by ben", "-wanda@home.example person by anna",
                  "+wanda@home.example person by ben"}));
  EXPECT_EQ(timeline(as(dora), wanda), Told{"nobody"});
}

TEST_P(AddressChanges, M9_WhatComesAndGoesOfAListIsToldToo) {
  later();
  PutCandidate change{wanda, {}, {address("two@home.example")}, now, as(ben), true, true};
  change.takes_off = {"wanda@home.example", "never@home.example"};
  commit(change);
  EXPECT_EQ(timeline(as(ben), wanda),
            (Told{"+two@home.example person by ben", "-wanda@home.example person by ben"}));
}

TEST_P(AddressChanges, M9_I1_ThatOneIsAColleaguesNow) {
  later();
  auto user = ben;
  user.id = make<UserId>();
  user.email = user.email_normal = "wanda@home.example";
  commit(PutUser{user, "", now});
  EXPECT_EQ(timeline(as(ben), wanda), Told{"-wanda@home.example internal-user"});
  put(wanda, {"wanda@home.example", "dora@acme.example"}, ben);  // and this one from the start
  EXPECT_EQ(timeline(as(ben), wanda),
            (Told{"-wanda@home.example internal-user", "-dora@acme.example internal-user"}));
}

// Nobody can tell by it that somebody unseen has the address, nor that they let go of it.
TEST_P(AddressChanges, M9_C14_OneOfSomebodyUnseenIsToldAsAnyOther) {
  const auto hidden = add_candidate("Hidden", {"shared@home.example"}, {baker});
  put(wanda, {"wanda@home.example", "shared@home.example"}, ben);
  const Told added{"+shared@home.example person by ben"};
  EXPECT_EQ(timeline(as(ben), wanda), added);
  EXPECT_EQ(timeline(as(dora), hidden), Told{});
  put(hidden, {}, dora);  // it is passed on
  EXPECT_EQ(timeline(as(ben), wanda), added);
  put(hidden, {"shared@home.example"}, dora);  // waits now
  put(hidden, {}, dora);
  EXPECT_EQ(timeline(as(dora), hidden),
            (Told{"-shared@home.example person by dora", "+shared@home.example person by dora",
                  "-shared@home.example person by dora"}));
}

TEST_P(AddressChanges, M9_O5_AMergeTellsWhichAddressesCame) {
  const auto other = add_candidate("W. Other", {"other@home.example"}, {baker});
  later();
  put(other, {"other@home.example", "more@home.example"}, dora);
  merge(wanda, other);
  const Told both{"+more@home.example person by dora", "+other@home.example merged by anna",
                  "+more@home.example merged by anna"};
  EXPECT_EQ(timeline(as(ben), wanda), both);
  EXPECT_EQ(timeline(as(ben), other), both);  // their old address leads to the kept one
}

// Who sees the kept one alone knows nothing of the other's addresses then.
TEST_P(AddressChanges, M9_O5_AnUndoneMergeLeavesNothingOfTheOthers) {
  const auto other = add_candidate("W. Other", {"other@home.example"}, {baker});
  later();
  put(other, {"other@home.example", "more@home.example"}, dora);
  put(wanda, {"wanda@home.example", "two@home.example"}, ben);
  merge(wanda, other);
  later();
  PutCandidate change{wanda, {}, {address("new@home.example")}, now, as(ben), true, true};
  change.takes_off = {"more@home.example"};
  commit(change);
  commit(UndoMerge{as(anna), other, now + 1h});
  EXPECT_EQ(timeline(as(ben), wanda),
            (Told{"+two@home.example person by ben", "+new@home.example person by ben"}));
  EXPECT_EQ(timeline(as(dora), other),
            (Told{"+more@home.example person by dora", "-more@home.example person by ben"}));
}

// An address that was added while they were one is told of nobody once it is neither one's.
TEST_P(AddressChanges, M9_O5_WhatCameAndWentMeanwhileIsToldOfNobody) {
  const auto other = add_candidate("W. Other", {"other@home.example"}, {baker});
  merge(wanda, other);
  put(wanda, {"wanda@home.example", "other@home.example", "more@home.example"}, anna);
  put(wanda, {"wanda@home.example", "other@home.example"}, anna);
  commit(UndoMerge{as(anna), other, now + 1h});
  EXPECT_EQ(timeline(as(ben), wanda), Told{});
  EXPECT_EQ(timeline(as(dora), other), Told{});
}

// That it lay on the kept one by mistake before is told of nobody: whoever sees the other one alone
// knows nothing of the kept one, nor the other way.
TEST_P(AddressChanges, M9_O5_AMistakeOfBeforeIsToldOfNobody) {
  const auto other = add_candidate("W. Other", {"other@home.example"}, {baker});
  later();
  put(other, {"other@home.example", "more@home.example"}, dora);
  put(wanda, {"wanda@home.example", "more@home.example"}, ben);
  put(wanda, {"wanda@home.example", "two@home.example"}, ben);
  merge(wanda, other);
  commit(UndoMerge{as(anna), other, now + 1h});
  EXPECT_EQ(timeline(as(ben), wanda), Told{"+two@home.example person by ben"});
  EXPECT_EQ(timeline(as(dora), other), Told{"+more@home.example person by dora"});
}

// An upgrade writes of the kept one what had come from the other.
TEST_P(AddressChanges, M9_O5_NorIsWhatWasWrittenByAnUpgrade) {
  if (GetParam() == On::memory) GTEST_SKIP();
  const auto other = add_candidate("W. Other", {"other@home.example"}, {baker});
  later();
  put(other, {"other@home.example", "more@home.example"}, dora);
  put(wanda, {"wanda@home.example", "two@home.example"}, ben);
  merge(wanda, other);
  put(wanda,
      {"wanda@home.example", "two@home.example", "other@home.example", "more@home.example",
       "since@home.example"},
      anna);
  tables()->write([&](Db& db) {
    db.change("delete from address_changes");
    note_addresses_of_old(db);
  });
  EXPECT_GE(timeline(as(ben), wanda).size(), 3u);
  commit(UndoMerge{as(anna), other, now + 1h});
  EXPECT_EQ(timeline(as(ben), wanda),
            (Told{"+two@home.example person by ben", "+since@home.example person by anna"}));
  for (const auto& one : timeline(as(dora), other)) EXPECT_FALSE(one.contains("wanda@")) << one;
}

TEST_P(AddressChanges, M9_S7_NothingOfItStaysOfWhoIsForgotten) {
  put(wanda, {"wanda@home.example", "canary@home.example"}, ben);
  put(wanda, {"wanda@home.example"}, ben);
  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_EQ(timeline(as(anna), wanda), Told{"nobody"});
  EXPECT_GE(run_errands(), 1);
  if (GetParam() != On::memory) EXPECT_EQ(rows(), 0);
}

// An address that lay on another's profile by mistake isn't told there once its owner is forgotten.
TEST_P(AddressChanges, M9_S7_NorOfTheirAddressElsewhere) {
  const auto owner = add_candidate("Owner", {"owner@home.example", "both@home.example"}, {welder});
  put(wanda, {"wanda@home.example", "owner@home.example", "both@home.example"}, anna);
  put(wanda, {"wanda@home.example", "both@home.example"}, anna);
  commit(ForgetCandidate{owner, as(anna), now});
  EXPECT_EQ(timeline(as(ben), wanda), Told{"+both@home.example person by anna"});
}

// b: he had it once, and it lay elsewhere by mistake.
TEST_P(AddressChanges, M9_S7_NorOfOneThatTheyHadOnce) {
  const auto owner = add_candidate("Owner", {"owner@home.example"}, {welder});
  put(owner, {"owner@home.example", "old@home.example"}, anna);
  put(owner, {"new@home.example"}, anna);
  put(wanda, {"wanda@home.example", "old@home.example"}, anna);
  put(wanda, {"wanda@home.example"}, anna);
  commit(ForgetCandidate{owner, as(anna), now});
  EXPECT_GE(run_errands(), 1);
  EXPECT_EQ(timeline(as(ben), wanda), Told{});
}

// Of very many no commit takes more than a step may.
TEST_P(AddressChanges, M9_S7_HoweverOftenItWasToldElsewhere) {
  if (GetParam() == On::memory) return;
  const std::string normal = "owner@home.example";
  const auto owner = add_candidate("Owner", {normal}, {welder});
  constexpr std::int64_t kMany = 250;
  tables()->write([&](Db& db) {
    for (int i = 0; i < kMany; ++i)
      db.change(
          "insert into address_changes(company, id, candidate, put_on, address, normal, added, at,"
          " changed_by, how, merged, due) values ($1, $2, $3, $3, $4, $4, 1, $5, null, 'person',"
          " null, $5)",
          company, make<AddressChangeId>(), wanda, normal, now);
  });
  const auto told = [&] {
    std::int64_t rows = 0;
    tables()->read([&](Db& db) {
      rows = db.row("select count(*) from address_changes where company = $1 and normal = $2",
                    company, normal)
                 ->number();
    });
    return rows;
  };
  const auto most = static_cast<std::int64_t>(Limits{}.errand_rows);
  ASSERT_GT(kMany, 2 * most);
  commit(ForgetCandidate{owner, as(anna), now});
  auto left = told();
  EXPECT_GE(left, kMany - most);
  for (auto due = ask(ErrandsDue{engine(), now}); !due.empty();
       due = ask(ErrandsDue{engine(), now})) {
    commit(AdvanceErrand{due[0].id, now});
    EXPECT_GE(told(), left - most);
    left = told();
  }
  EXPECT_EQ(left, 0);
}

// Whoever had it, and whoever had been deleted before it was taken off: thirty days later no
// address is told that the candidate doesn't have.
TEST_P(AddressChanges, M9_S7_AnAddressThatWasTakenOffIsToldForThirtyDays) {
  Retention kept;  // of all else
  for (auto* one :
       {&kept.uploads, &kept.answers, &kept.counts, &kept.errands, &kept.journal, &kept.feed})
    *one = std::chrono::hours(24 * 365);
  const auto owner = add_candidate("Owner", {"both@home.example"}, {welder});
  put(wanda, {"wanda@home.example", "both@home.example", "hers@home.example"}, anna);
  commit(ForgetCandidate{owner, as(anna), now});
  run_errands();
  const Told before{"+both@home.example person by anna", "+hers@home.example person by anna"};
  const auto prune = [&](Duration after) {
    EXPECT_TRUE(ask(Prunable{engine(), now + after, kept}));
    commit(Prune{now + after, kept});
    EXPECT_FALSE(ask(Prunable{engine(), now + after, kept}));
  };
  prune(kAddingStaysAside);
  EXPECT_EQ(timeline(as(ben), wanda), before) << "she has them";
  now = now + kAddingStaysAside;
  put(wanda, {"wanda@home.example", "hers@home.example"}, ben);
  commit(Prune{now + kAddingStaysAside - 1ms, kept});
  EXPECT_EQ(timeline(as(ben), wanda), (Told{"+ person by anna", "+hers@home.example person by anna",
                                            "-both@home.example person by ben"}));
  prune(kAddingStaysAside);
  EXPECT_EQ(timeline(as(ben), wanda),
            (Told{"+ person by anna", "+hers@home.example person by anna", "- person by ben"}));
  // What tells no address isn't anybody's: it stays when the next one is deleted.
  const auto next = add_candidate("Next", {"next@home.example"}, {welder});
  put(next, {"next@home.example", "more@home.example"}, anna);
  put(next, {"next@home.example"}, anna);
  commit(Prune{now + kAddingStaysAside, kept});
  commit(ForgetCandidate{next, as(anna), now});
  run_errands();
  EXPECT_EQ(timeline(as(ben), wanda).size(), 3u);
}

TEST_P(AddressChanges, M9_PagesTakeThemWithTheMessages) {
  const auto talk = thread(wanda);
  std::vector<std::string> on{"wanda@home.example"};
  for (int i = 0; i < 4; ++i) {
    later();
    auto m = message("m" + std::to_string(i), "wanda@home.example", "ben@acme.example");
    m.date = now;
    place(m, talk, PlacedBy::address, "wanda@home.example", i == 0);
    on.push_back("a" + std::to_string(i) + "@home.example");
    put(wanda, on, ben);
  }
  Told all;
  std::size_t messages = 0;
  std::string older;
  for (int pages = 0; pages < 10; ++pages) {
    const auto found = ask(CandidateTimeline{as(ben), wanda, {older, 3}});
    ASSERT_TRUE(found);
    EXPECT_LE(found->addresses.size() + found->messages.size(), 3u);
    for (const auto& one : found->addresses) all.push_back(one.address);
    messages += found->messages.size();
    older = found->older;
    if (older.empty()) break;
  }
  std::ranges::sort(all);
  EXPECT_EQ(messages, 4u);
  EXPECT_EQ(all,
            (Told{"a0@home.example", "a1@home.example", "a2@home.example", "a3@home.example"}));
}

TEST_P(AddressChanges, M9_ManyOfOneMomentAreToldOnce) {
  std::vector<std::string> on{"wanda@home.example"};
  for (int i = 0; i < 7; ++i) on.push_back("a" + std::to_string(i) + "@home.example");
  put(wanda, on, ben);
  Told all;
  std::string older;
  do {
    const auto found = ask(CandidateTimeline{as(ben), wanda, {older, 2}});
    ASSERT_TRUE(found);
    for (const auto& one : found->addresses) all.push_back(one.address);
    older = found->older;
  } while (!older.empty());
  std::ranges::sort(all);
  EXPECT_EQ(all.size(), 7u);
  EXPECT_EQ(std::ranges::unique(all).size(), 0u);
}

}  // namespace
}  // namespace hearback::store
