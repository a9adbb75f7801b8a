// Whose mail doesn't come in while jobs are archived (S-6).
#include "store/candidates/resting.hpp"

#include <algorithm>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

class RestingTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::manager);
    welder = add_job("Welder", {ben.id});
    baker = add_job("Baker", {});
  }
  bool rests(std::string normal) {
    const auto people = ask(PeopleNamed{engine(), {std::move(normal)}}).candidates;
    EXPECT_EQ(people.size(), 1u);
    return people.at(0).rests;
  }
  void set_open(JobId job, bool open, bool catch_up = false) {
    commit(SetJobOpen{job, open, as(anna), now, catch_up});
  }
  auto skipped(CandidateId candidate) { return ask(CandidateById{engine(), candidate})->skipped; }
  std::vector<std::string> sought(std::uint64_t revision) {
    return ask(Sought{engine(), revision});
  }
  std::uint64_t match_revision() { return ask(CompanyFacts{engine()}).match_revision; }
  rules::User anna, ben;
  JobId welder, baker;
};
HEARBACK_ON_EACH_DATABASE(RestingTest);

// Whom answers that name no address may answer.
TEST_P(RestingTest, S6_T3_WhatLiesWithThoseOfSomeAddresses) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example", "w@work.example"}, {welder});
  const auto carl = add_candidate("Carl", {"carl@home.example"}, {welder});
  const auto put = [&](CandidateId whose, const std::string& id, const std::string& address) {
    place(message(id, address, "ben@acme.example"), thread(whose), PlacedBy::address, address);
  };
  put(wanda, "m1", "wanda@home.example");
  put(wanda, "m2", "w@work.example");
  put(carl, "c1", "carl@home.example");
  const auto with = [&](std::vector<std::string> normals) {
    auto ids = ask(LyingWith{engine(), std::move(normals)});
    std::ranges::sort(ids);
    return ids;
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(with({"w@work.example"}), (Ids{"m1", "m2"}));
  EXPECT_EQ(with({"wanda@home.example", "carl@home.example"}), (Ids{"c1", "m1", "m2"}));
  EXPECT_EQ(with({"nobody@home.example"}), Ids{});
  EXPECT_EQ(with({}), Ids{});
  commit(PutCandidate{carl, "Carl", {}, now});
  EXPECT_EQ(with({"carl@home.example"}), Ids{});
}

TEST_P(RestingTest, S6_WhoIsInClosedJobsAloneRestsAtOnce) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  add_candidate("Both", {"both@home.example"}, {welder, baker});
  add_candidate("Nora", {"nora@home.example"}, {});
  place(message("m1", "wanda@home.example", "ben@acme.example"), thread(wanda), PlacedBy::address,
        "wanda@home.example");
  EXPECT_FALSE(rests("wanda@home.example"));
  EXPECT_FALSE(ask(CandidateById{as(ben), wanda})->rest);
  const auto judged = ask(PeopleNamed{engine(), {"wanda@home.example"}}).candidates;

  set_open(welder, false);
  const auto closed = now;
  EXPECT_TRUE(rests("wanda@home.example"));
  EXPECT_FALSE(rests("both@home.example"));
  EXPECT_FALSE(rests("nora@home.example"));
  // By what was judged before it was closed nothing is stored any more (S-16).
  const auto late = store->commit({company, {}, {PeopleAre{{"wanda@home.example"}, judged, {}}}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "store.expectation");
  ASSERT_EQ(ask(StoredMessageIds{engine(), {"m1"}}).size(), 1u);
  EXPECT_TRUE(ask(StoredMessageIds{engine(), {"m1"}})[0].rests);

  // Not when a job is renamed that is closed.
  now = now + 1h;
  commit(PutJob{{welder, "Welders", rules::JobKind::offer, false}, {ben.id}, now});
  auto rest = ask(CandidateById{as(ben), wanda})->rest;
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->since, closed);
  EXPECT_EQ(rest->job.title, "Welders");

  set_open(welder, true);
  EXPECT_FALSE(rests("wanda@home.example"));
  EXPECT_FALSE(ask(StoredMessageIds{engine(), {"m1"}})[0].rests);
  set_open(welder, false);
  commit(PutApplication{{make<ApplicationId>(), wanda, baker, {}, {}, now}});
  EXPECT_FALSE(rests("wanda@home.example"));
  set_open(baker, false);
  EXPECT_TRUE(rests("both@home.example"));
}

// What a message answers lets it in; not when that rests by the time it would be stored (0038).
TEST_P(RestingTest, S6_WhatAnsweredSomebodyMeanwhileRestingIsNotStored) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  place(message("m1", "wanda@home.example", "ben@acme.example"), thread(wanda), PlacedBy::address,
        "wanda@home.example");
  const auto box = add_mailbox(ben, "ben@acme.example");
  KnownAbout question{engine()};
  question.at.mailbox = box.id;
  question.references = {"m1"};
  question.writers = {"ben@acme.example"};
  const auto known = ask(question);
  ASSERT_EQ(known.named.size(), 1u);
  const RelativesAre judged{
      {},     question.references, known.ancestors, known.descendants, known.siblings,
      box.id, question.writers,    known.named};
  EXPECT_TRUE(store->commit({company, {}, {judged}}));
  set_open(welder, false);
  const auto late = store->commit({company, {}, {judged}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "store.expectation");
  set_open(welder, true);
  EXPECT_TRUE(store->commit({company, {}, {judged}}));
}

TEST_P(RestingTest, SEE4_OfAJobThatOneMayNotSeeNothingIsTold) {
  const auto both = add_candidate("Both", {"both@home.example"}, {welder, baker});
  set_open(welder, false);
  const auto first = now;
  now = now + 1h;
  set_open(baker, false);
  const auto rest = ask(CandidateById{as(ben), both})->rest;
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->job.title, "Welder");
  EXPECT_EQ(rest->since, first);
  EXPECT_EQ(ask(CandidateById{as(anna), both})->rest->job.title, "Baker");
  EXPECT_EQ(ask(CandidateById{as(anna), both})->rest->since, now);
}

TEST_P(RestingTest, S6_WhatIsPassedOverIsCountedByDayAndNothingElse) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  commit(CountSkipped{wanda, 3, now});  // judged before the job was opened again
  EXPECT_FALSE(skipped(wanda));
  set_open(welder, false);
  const auto first = now;
  commit(CountSkipped{wanda, 2, now});
  now = now + 1min;
  commit(CountSkipped{wanda, 1, now});
  now = now + 48h;
  commit(CountSkipped{wanda, 4, now});
  const auto day = [](Instant at) { return Instant{at.ms / 86'400'000 * 86'400'000}; };
  auto is = skipped(wanda);
  ASSERT_TRUE(is);
  EXPECT_EQ(is->messages, 7u);
  EXPECT_EQ(is->first, day(first));
  EXPECT_EQ(is->last, day(now));

  // It is told as long as it wasn't caught up with.
  set_open(welder, true);
  EXPECT_EQ(skipped(wanda)->messages, 7u);
  const auto before = match_revision();
  set_open(welder, true, true);  // it is open
  EXPECT_EQ(match_revision(), before);
  // Nor by a job that was caught up with before they came into it.
  set_open(baker, false);
  set_open(baker, true, true);
  now = now + 1min;
  commit(PutApplication{{make<ApplicationId>(), wanda, baker, {}, {}, now}});
  EXPECT_EQ(skipped(wanda)->messages, 7u);
  set_open(baker, false);
  set_open(welder, false);
  set_open(welder, true, true);
  EXPECT_FALSE(skipped(wanda));
  EXPECT_EQ(match_revision(), before + 2);
  now = now + 1min;
  set_open(welder, false);
  commit(CountSkipped{wanda, 1, now});
  EXPECT_EQ(skipped(wanda)->messages, 1u);
  commit(CountSkipped{make<CandidateId>(), 1, now});  // deleted meanwhile
  commit(ForgetCandidate{wanda, as(anna), now});
  commit(CountSkipped{wanda, 1, now});
}

TEST_P(RestingTest, S6_WhatCameMeanwhileIsLookedForIfWished) {
  add_candidate("Other", {"other@home.example"}, {baker});
  const auto wanda = add_candidate("Wanda", {"wanda@home.example", "w@work.example"}, {welder});
  commit(PutCandidate{wanda,
                      "Wanda",
                      {{"wanda@home.example", "wanda@home.example", true, "", now},
                       {"w@work.example", "w@work.example", true, "", now}},
                      now});
  set_open(welder, false);
  const auto before = match_revision();
  EXPECT_EQ(refused(CatchUp{wanda, as(anna), now}), "candidate.rests");
  set_open(welder, true);
  EXPECT_EQ(match_revision(), before);
  EXPECT_TRUE(sought(before).empty());
  set_open(welder, false);
  set_open(welder, true, true);
  EXPECT_EQ(match_revision(), before + 1);
  auto addresses = sought(before);
  std::ranges::sort(addresses);
  EXPECT_EQ(addresses, (std::vector<std::string>{"w@work.example", "wanda@home.example"}));
  EXPECT_TRUE(sought(before + 1).empty());

  // Or of one candidate alone.
  set_open(welder, false);
  commit(CountSkipped{wanda, 2, now = now + 1min});
  set_open(welder, true);
  commit(CatchUp{wanda, as(anna), now});
  EXPECT_FALSE(skipped(wanda));
  EXPECT_EQ(sought(before + 1).size(), 2u);
  const auto through = match_revision();
  commit(CatchUp{wanda, as(anna), now});  // nothing was passed over since: no mailbox looks again
  EXPECT_EQ(match_revision(), through);
  EXPECT_EQ(refused(CatchUp{make<CandidateId>(), as(anna), now}), "candidate.missing");
}

// What names no address isn't counted, nor what lay in a mailbox that was connected meanwhile.
TEST_P(RestingTest, S6_S10_WhatWasNotCountedIsLookedForOnce) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto before = match_revision();
  const auto looks = [&] {
    const auto revision = match_revision();
    commit(CatchUp{wanda, as(anna), now});
    EXPECT_EQ(sought(revision).size(), match_revision() - revision);
    return match_revision() > revision;
  };
  EXPECT_FALSE(looks()) << "no job was closed";
  set_open(welder, false);
  set_open(welder, true);
  EXPECT_EQ(match_revision(), before);
  EXPECT_FALSE(skipped(wanda));
  EXPECT_TRUE(looks());
  EXPECT_FALSE(looks());
  set_open(welder, false);
  set_open(welder, true, true);
  EXPECT_FALSE(looks()) << "all of the job was caught up with";
  set_open(welder, false);
  commit(PutApplication{{make<ApplicationId>(), wanda, baker, {}, {}, now}});
  EXPECT_TRUE(looks()) << "she rested, and is in an open job";
  EXPECT_FALSE(looks());
  commit(PutApplication{{make<ApplicationId>(), wanda, add_job("Cook", {}), {}, {}, now}});
  EXPECT_FALSE(looks()) << "she didn't rest";
}

// By whatever way they come to rest no more: it isn't known what was passed over meanwhile.
TEST_P(RestingTest, S6_WhoRestsNoLongerIsLookedForOnce) {
  const auto looks = [&](CandidateId candidate) {
    const auto revision = match_revision();
    commit(CatchUp{candidate, as(anna), now});
    return match_revision() > revision;
  };
  const auto applied = [&](CandidateId candidate, JobId job) {
    const auto all = ask(CandidateById{engine(), candidate})->applications;
    return std::ranges::find(all, job, &rules::Application::job)->id;
  };
  const auto take_out = [&](ApplicationId application) {
    commit(RemoveApplication{as(anna), application, {}, {}, "person", now});
  };
  const auto merge = [&](CandidateId kept, CandidateId merged) {
    const auto plan = ask(MergePreview{as(anna), kept, merged});
    commit(MergeCandidates{as(anna), kept, merged, plan->version, false, now});
  };
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder, baker});
  const auto carl = add_candidate("Carl", {"carl@home.example"}, {welder});
  const auto olga = add_candidate("Olga", {"olga@home.example"}, {baker});
  const auto in_baker = applied(wanda, baker);
  take_out(in_baker);
  set_open(welder, false);
  EXPECT_FALSE(looks(olga)) << "she never rested";

  commit(PutBackApplication{as(anna), in_baker, "person", now});
  EXPECT_TRUE(looks(wanda)) << "put back into an open job";
  EXPECT_FALSE(looks(wanda));
  take_out(in_baker);
  commit(PutBackApplication{as(anna), in_baker, "person", now});
  EXPECT_TRUE(looks(wanda)) << "again";
  EXPECT_FALSE(looks(olga)) << "another's rest is none of hers";

  take_out(applied(carl, welder));
  EXPECT_TRUE(looks(carl)) << "in no job any more";
  EXPECT_FALSE(looks(carl));

  const auto rested = add_candidate("Olga W.", {"olga@work.example"}, {});
  set_open(welder, true);
  commit(PutApplication{{make<ApplicationId>(), rested, welder, {}, {}, now}});
  set_open(welder, false);
  merge(olga, rested);
  EXPECT_TRUE(looks(olga)) << "one of the two rested";
  EXPECT_FALSE(looks(olga));
  commit(UndoMerge{as(anna), rested, now});
  EXPECT_EQ(refused(CatchUp{rested, as(anna), now}), "candidate.rests");

  // What wasn't looked for yet isn't forgotten by a merge, nor by taking it back.
  take_out(applied(rested, welder));
  merge(olga, rested);
  commit(UndoMerge{as(anna), rested, now});
  EXPECT_TRUE(looks(rested));
  EXPECT_FALSE(looks(rested));
}

// Its job was opened without catching up, and the server read the headers again for another reason.
TEST_P(RestingTest, S6_WhatComesInAfterAllIsMissingNoLonger) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  std::uint32_t uid = 0;
  const auto arrives = [&](const std::string& id, Instant date) {
    auto m = message(id, "wanda@home.example", "ben@acme.example");
    m.date = date;
    const auto in = thread(wanda);
    commit(PutBlob{m.raw, "source"}, AddMessage{m, now}, AddThread{in},
           PlaceMessage{{in.id, wanda, m.id, PlacedBy::address, "wanda@home.example"}, m.date},
           AddCopy{m.id, {box.id, inbox.id, 7, ++uid}, m.raw});
  };
  const auto missing = [&] {
    const auto is = skipped(wanda);
    return is ? is->messages : 0;
  };
  set_open(welder, false);
  const auto closed = now;
  const auto conversation = thread(wanda);
  commit(AddThread{conversation});
  commit(CountSkipped{wanda, 2, now = now + 1h});
  commit(CountSkipped{wanda, 1, now = now + 72h});
  set_open(welder, true);
  write_here(message("ours", "ben@acme.example", "wanda@home.example"), conversation, box, now);
  EXPECT_EQ(missing(), 3u);
  arrives("passed over", closed + 30min);
  EXPECT_EQ(missing(), 2u);
  arrives("passed over, too", closed + 71h);
  EXPECT_EQ(missing(), 1u);
  arrives("from long before", closed - 96h);
  arrives("new", now + 1min);
  EXPECT_EQ(missing(), 1u);
  arrives("the last", closed + 31min);
  EXPECT_EQ(missing(), 0u);
  EXPECT_FALSE(skipped(wanda));
  const auto through = match_revision();
  commit(CatchUp{wanda, as(anna), now});  // but for what isn't counted, once
  EXPECT_EQ(match_revision(), through + 1);
  commit(CatchUp{wanda, as(anna), now});
  EXPECT_EQ(match_revision(), through + 1);
}

// Two that come in at once may each be of a day that has one left.
TEST_P(RestingTest, S6_WhatComesInTogetherIsMissingNoLonger) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  set_open(welder, false);
  const auto first = now;
  commit(CountSkipped{wanda, 1, now = now + 1h});
  commit(CountSkipped{wanda, 1, now = now + 24h});
  set_open(welder, true);
  ASSERT_EQ(skipped(wanda)->messages, 2u);
  std::vector<Change> changes;
  for (int i = 0; i < 2; ++i) {
    auto m = message("m" + std::to_string(i), "wanda@home.example", "ben@acme.example");
    m.date = first + 10min;
    const auto in = thread(wanda);
    changes.push_back(PutBlob{m.raw, "source"});
    changes.push_back(AddMessage{m, now});
    changes.push_back(AddThread{in});
    changes.push_back(
        PlaceMessage{{in.id, wanda, m.id, PlacedBy::address, "wanda@home.example"}, m.date});
    changes.push_back(AddCopy{m.id, {box.id, inbox.id, 7, std::uint32_t(i + 1)}, m.raw});
  }
  ASSERT_TRUE(try_commit(std::move(changes)));
  EXPECT_FALSE(skipped(wanda));
}

TEST_P(RestingTest, S6_WhatIsKnownOfPassedOverMail) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  add_mailbox(anna, "anna@acme.example");
  const auto off = add_mailbox(ben, "ben@acme.example");
  commit(SetMailboxState{off.id, rules::MailboxState::off});
  place(message("m1", "wanda@home.example", "ben@acme.example"), thread(wanda), PlacedBy::address,
        "wanda@home.example");
  const auto known = ask(KnownOfSkipped{
      engine(), {"anna@acme.example", "ben@acme.example", "wanda@home.example"}, {"m1", "m2"}});
  EXPECT_EQ(known.mailboxes, std::vector<std::string>{"anna@acme.example"});
  EXPECT_EQ(known.stored, std::vector<std::string>{"m1"});
}

}  // namespace
}  // namespace hearback::store
