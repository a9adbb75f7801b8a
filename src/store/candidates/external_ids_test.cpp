// O-3: what another system calls jobs, candidates and applications.
#include "store/candidates/external_ids.hpp"

#include <chrono>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using namespace std::chrono_literals;
using rules::Role;

class ExternalIds : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    clara = add_user("clara", Role::manager);
    dora = add_user("dora", Role::manager);
    welder = add_job("Welder", {clara.id});
    baker = add_job("Baker", {dora.id});
    mara = add_candidate("Mara Lind", {"mara@home.example"}, {welder});
    lind = add_candidate("M. Lind", {"lind@work.example"}, {welder, baker});
  }
  ApplicationId application(CandidateId candidate, JobId job) {
    for (const auto& one : ask(CandidateById{as(anna), candidate})->applications)
      if (one.job == job) return one.id;
    return {};
  }
  CandidateId led(const rules::User& user, std::string name) {
    const auto found = ask(NamedExternally{as(user), {}, {name}, {}}).candidates;
    return found.contains(name) ? found.at(name) : CandidateId{};
  }
  JobId led_to_job(const rules::User& user, std::string name) {
    const auto found = ask(NamedExternally{as(user), {name}, {}, {}}).jobs;
    return found.contains(name) ? found.at(name) : JobId{};
  }
  ApplicationId led_to_application(const rules::User& user, std::string name) {
    const auto found = ask(NamedExternally{as(user), {}, {}, {name}}).applications;
    return found.contains(name) ? found.at(name) : ApplicationId{};
  }
  void merge(CandidateId kept, CandidateId merged) {
    commit(MergeCandidates{as(anna), kept, merged,
                           ask(MergePreview{as(anna), kept, merged})->version, false, now});
  }

  rules::User anna, clara, dora;
  JobId welder, baker;
  CandidateId mara, lind;
};
INSTANTIATE_TEST_SUITE_P(Each, ExternalIds, testing::Values(On::memory, On::file, On::postgres),
                         name_of);

TEST_P(ExternalIds, O3_LeadToWhatTheyNameAndAreShown) {
  const auto theirs = application(mara, welder);
  commit(SetExternalId{as(anna), mara, "C/1 ä"}, SetExternalId{as(anna), welder, "C/1 ä"},
         SetExternalId{as(anna), theirs, "C/1 ä"});
  EXPECT_EQ(led(anna, "C/1 ä"), mara);
  EXPECT_EQ(led_to_job(anna, "C/1 ä"), welder);
  EXPECT_EQ(led_to_application(anna, "C/1 ä"), theirs);
  EXPECT_EQ(led(anna, "c/1 ä"), CandidateId{}) << "letter by letter";
  const auto found = ask(CandidateById{as(clara), mara});
  EXPECT_EQ(found->candidate.external_id, "C/1 ä");
  EXPECT_EQ(found->applications.at(0).external_id, "C/1 ä");
  EXPECT_EQ(ask(JobById{as(clara), welder})->job.external_id, "C/1 ä");
  EXPECT_EQ(ask(Jobs{as(clara)}).rows.at(0).job.external_id, "C/1 ä");
  commit(SetExternalId{as(clara), mara, "C2"});
  EXPECT_EQ(led(anna, "C/1 ä"), CandidateId{});
  EXPECT_EQ(led(anna, "C2"), mara);
  commit(SetExternalId{as(clara), mara, ""});
  EXPECT_EQ(led(anna, "C2"), CandidateId{});
}

TEST_P(ExternalIds, O3_OneOfAKindHasItAsFarAsOneSees) {
  commit(SetExternalId{as(anna), mara, "7"});
  EXPECT_EQ(refused(SetExternalId{as(anna), lind, "7"}), "external-id.taken");
  EXPECT_EQ(refused(SetExternalId{as(clara), lind, "7"}), "external-id.taken");
  EXPECT_EQ(ask(CandidateById{as(anna), lind})->candidate.external_id, "");
  commit(SetExternalId{as(anna), mara, "7"});  // again: nothing
}

// C-14: whom somebody may not see isn't told of, and keeps it.
TEST_P(ExternalIds, C14_OneOfTheUnseenIsNotTold) {
  commit(SetExternalId{as(anna), mara, "7"}, SetExternalId{as(anna), welder, "J"});
  EXPECT_EQ(led(dora, "7"), CandidateId{});
  EXPECT_EQ(led_to_job(dora, "J"), JobId{});
  EXPECT_EQ(refused(SetExternalId{as(dora), mara, "8"}), "candidate.missing");
  EXPECT_EQ(refused(SetExternalId{as(dora), welder, "8"}), "job.missing");
  EXPECT_EQ(refused(SetExternalId{as(dora), application(lind, welder), "8"}),
            "application.missing");
  const auto other = add_candidate("Other", {}, {baker});
  commit(SetExternalId{as(dora), other, "7"}, SetExternalId{as(dora), baker, "J"});
  EXPECT_EQ(led(dora, "7"), other);
  EXPECT_EQ(led(clara, "7"), mara);
  EXPECT_EQ(led(anna, "7"), mara) << "who had it first";
  EXPECT_EQ(led_to_job(dora, "J"), baker);
  EXPECT_EQ(led_to_job(anna, "J"), welder);
}

TEST_P(ExternalIds, O3_BothLeadToTheKeptOneAndBack) {
  const auto kept = application(mara, welder), aside = application(lind, welder),
             along = application(lind, baker);
  commit(SetExternalId{as(anna), mara, "M"}, SetExternalId{as(anna), lind, "L"},
         SetExternalId{as(anna), kept, "MW"}, SetExternalId{as(anna), aside, "LW"},
         SetExternalId{as(anna), along, "LB"});
  merge(mara, lind);
  EXPECT_EQ(led(anna, "M"), mara);
  EXPECT_EQ(led(anna, "L"), mara);
  EXPECT_EQ(led_to_application(anna, "MW"), kept);
  EXPECT_EQ(led_to_application(anna, "LW"), kept);
  EXPECT_EQ(led_to_application(anna, "LB"), along);
  EXPECT_EQ(ask(CandidateById{as(anna), mara})->candidate.external_id, "M");
  EXPECT_EQ(refused(SetExternalId{as(anna), lind, "X"}), "candidate.merged");
  const auto other = add_candidate("Other", {});
  EXPECT_EQ(refused(SetExternalId{as(anna), other, "L"}), "external-id.taken");
  commit(UndoMerge{as(anna), lind, now});
  EXPECT_EQ(led(anna, "L"), lind);
  EXPECT_EQ(led_to_application(anna, "LW"), aside);
  EXPECT_EQ(led_to_application(anna, "LB"), along);
  EXPECT_EQ(ask(CandidateById{as(anna), lind})->candidate.external_id, "L");
}

TEST_P(ExternalIds, O3_TheKeptOneIsShownWithWhatTheMergedOneHad) {
  commit(SetExternalId{as(anna), lind, "L"});
  merge(mara, lind);
  EXPECT_EQ(ask(CandidateById{as(anna), mara})->candidate.external_id, "L");
  commit(SetExternalId{as(anna), mara, ""});
  EXPECT_EQ(ask(CandidateById{as(anna), mara})->candidate.external_id, "");
  EXPECT_EQ(led(anna, "L"), CandidateId{});
}

TEST_P(ExternalIds, D1_GoWithTheCandidateAtOnce) {
  commit(SetExternalId{as(anna), mara, "M"}, SetExternalId{as(anna), lind, "L"},
         SetExternalId{as(anna), application(mara, welder), "MW"},
         SetExternalId{as(anna), application(lind, welder), "LW"});
  merge(mara, lind);
  commit(ForgetCandidate{mara, as(anna), now});
  if (GetParam() != On::memory)
    tables()->read(
        [](Db& db) { EXPECT_EQ(db.row("select count(*) from external_ids")->number(), 0); });
  const auto again = add_candidate("Mara", {});
  commit(SetExternalId{as(anna), again, "L"});
  EXPECT_EQ(led(anna, "L"), again);
}

// ---- what lines are judged upon
// ------------------------------------------------------------------

rules::NamesOfLines names(std::set<std::string> candidates, std::set<std::string> addresses,
                          std::set<std::string> titles = {}) {
  rules::NamesOfLines all;
  all.candidates = std::move(candidates);
  all.addresses = std::move(addresses);
  all.titles = all.jobs = std::move(titles);
  return all;
}

TEST_P(ExternalIds, O3_LinesKnowWhatTheirScopeMaySee) {
  commit(SetExternalId{as(anna), mara, "M"}, SetExternalId{as(anna), welder, "welder"});
  const auto asked = names({"M"}, {"mara@home.example", "lind@work.example", "anna@acme.example"},
                           {"welder", "baker"});
  auto known = ask(LinesKnown{as(clara), rules::Imported::candidates, asked, now});
  EXPECT_FALSE(known.sees_all_jobs);
  EXPECT_EQ(known.people.size(), 2u);
  EXPECT_EQ(known.people_by_id.at("M"), mara);
  EXPECT_EQ(known.people_by_address.count("lind@work.example"), 1u);
  EXPECT_EQ(known.jobs_by_id.at("welder"), welder);
  EXPECT_EQ(known.jobs_by_title.count("welder"), 1u);
  EXPECT_EQ(known.jobs_by_title.count("baker"), 0u);
  EXPECT_EQ(known.jobs.at(welder).stages.phases.size(), 4u);
  EXPECT_EQ(known.jobs.at(welder).team, std::vector{clara.id});
  EXPECT_EQ(known.internal, std::set<std::string>{"anna@acme.example"});
  EXPECT_EQ(known.candidates_left, Limits{}.candidates_of_user_a_day);
  known = ask(LinesKnown{as(dora), rules::Imported::candidates, asked, now});
  EXPECT_EQ(known.people.size(), 1u);
  EXPECT_TRUE(known.people_by_id.empty());
  EXPECT_TRUE(known.jobs_by_id.empty());
  known = ask(LinesKnown{as(anna), rules::Imported::jobs, asked, now});
  EXPECT_TRUE(known.sees_all_jobs);
  EXPECT_EQ(known.jobs_by_title.size(), 2u);
  EXPECT_EQ(known.open_jobs_left, Limits{}.open_jobs_of_company - 2);
}

TEST_P(ExternalIds, O3_JobsAreFoundByTheTitleThatTheyHaveNow) {
  const auto version = ask(JobById{as(anna), welder})->version;
  commit(ChangeJob{.by = as(anna),
                   .job = welder,
                   .version = version,
                   .title = "Schweißer",
                   .phases = {},
                   .statuses = {},
                   .at = now});
  const auto known = ask(
      LinesKnown{as(anna), rules::Imported::jobs, names({}, {}, {"welder", "schweisser"}), now});
  EXPECT_EQ(known.jobs_by_title.count("schweisser"), 1u);
  EXPECT_EQ(known.jobs_by_title.count("welder"), 0u);
}

TEST_P(ExternalIds, O3_KindAndTeamOfAJobChange) {
  const auto version = ask(JobById{as(anna), welder})->version;
  ChangeJob change{.by = as(anna),
                   .job = welder,
                   .version = version,
                   .title = {},
                   .phases = {},
                   .statuses = {},
                   .at = now,
                   .kind = rules::JobKind::campaign,
                   .team = std::vector{dora.id}};
  commit(change);
  const auto now_so = ask(JobById{as(anna), welder});
  EXPECT_EQ(now_so->job.kind, rules::JobKind::campaign);
  ASSERT_EQ(now_so->team.size(), 1u);
  EXPECT_EQ(now_so->team[0].user, dora.id);
  EXPECT_EQ(now_so->version, version);
  EXPECT_FALSE(ask(JobById{as(clara), welder}));
  EXPECT_EQ(led(dora, ""), CandidateId{});
}

// ---- what is added, whatever was there when it was asked for
// -------------------------------------

PutCandidate adding(CandidateId id, std::string name, std::vector<rules::CandidateAddress> list,
                    Instant at, const Scope& by) {
  return {id, std::move(name), std::move(list), at, by, true};
}

TEST_P(ExternalIds, C14_AnAddressAddedBetweenTheQuestionAndTheCommitStays) {
  const auto snapshot = ask(CandidateById{as(anna), mara})->candidate;
  commit(PutCandidate{mara,
                      "Mara L.",
                      {address("mara@home.example"), address("clara-added@x.example")},
                      now,
                      as(clara)});
  const auto before = ask(CandidateById{as(anna), mara})->candidate.addresses;
  commit(adding(mara, "", {address("mara@home.example"), address("m@work.example")}, now + 1h,
                as(anna)));
  auto found = ask(CandidateById{as(anna), mara})->candidate;
  EXPECT_EQ(found.name, "Mara L.") << "no name was given";
  ASSERT_EQ(found.addresses.size(), 3u);
  EXPECT_EQ(found.addresses[0].since, before[0].since);
  EXPECT_EQ(found.addresses[1].normal, "clara-added@x.example");
  EXPECT_TRUE(found.addresses[1].synced);
  EXPECT_EQ(found.addresses[2].normal, "m@work.example");
  EXPECT_TRUE(found.addresses[2].synced);
  commit(adding(mara, "Mara Lind", {}, now, as(anna)));
  found = ask(CandidateById{as(anna), mara})->candidate;
  EXPECT_EQ(found.name, "Mara Lind");
  EXPECT_EQ(found.addresses.size(), 3u) << "a name alone takes nothing off";
  EXPECT_EQ(snapshot.addresses.size(), 1u);
}

TEST_P(ExternalIds, O3_AddressesAreAddedUpToABound) {
  std::vector<rules::CandidateAddress> many;
  for (int i = 0; i < 49; ++i) many.push_back(address("m" + std::to_string(i) + "@x.example"));
  commit(adding(mara, "", many, now, as(anna)));
  EXPECT_EQ(refused(adding(mara, "", {address("one-more@x.example")}, now, as(anna))),
            "import.too-many-addresses");
  commit(adding(mara, "", {address("m7@x.example")}, now, as(anna)));
  // A new one comes with all that is said of them.
  const auto id = make<CandidateId>();
  commit(adding(id, "Nora", {address("nora@home.example"), address("anna@acme.example")}, now,
                as(anna)));
  const auto nora = ask(CandidateById{as(anna), id})->candidate;
  EXPECT_EQ(nora.name, "Nora");
  ASSERT_EQ(nora.addresses.size(), 2u);
  EXPECT_TRUE(nora.addresses[0].synced);
  EXPECT_FALSE(nora.addresses[1].synced) << "I-1";
}

TEST_P(ExternalIds, P1_WhoLeftATeamMeanwhileDoesNotComeBack) {
  const auto erik = add_user("erik", Role::manager);
  commit(ChangeJob{.by = as(anna),
                   .job = welder,
                   .version = 0,
                   .title = {},
                   .phases = {},
                   .statuses = {},
                   .at = now,
                   .team = std::vector{dora.id}});
  ChangeJob adds{.by = as(anna),
                 .job = welder,
                 .version = 0,
                 .title = {},
                 .phases = {},
                 .statuses = {},
                 .at = now};
  adds.team_added = {erik.id};
  commit(adds);
  const auto team = ask(JobById{as(anna), welder})->team;
  ASSERT_EQ(team.size(), 2u);
  EXPECT_FALSE(ask(JobById{as(clara), welder})) << "she was taken off";
  EXPECT_TRUE(ask(JobById{as(dora), welder}));
  EXPECT_TRUE(ask(JobById{as(erik), welder}));

  // Taken off by one, while another adds somebody.
  auto takes = adds;
  takes.team_added = {};
  takes.team_removed = {dora.id, clara.id};
  commit(takes);
  EXPECT_FALSE(ask(JobById{as(dora), welder}));
  EXPECT_TRUE(ask(JobById{as(erik), welder}));
}

TEST_P(ExternalIds, O3_OfTwoWhoMakeTheFirstJobOfATitleOneLooksAgain) {
  const auto made_by = [&](const rules::User& user, std::string title) -> std::string {
    auto done = try_commit(
        {PutJob{{make<JobId>(), "Cook", rules::JobKind::offer, true}, {user.id}, now, user.id}},
        {NoJobTitled{as(user), {std::move(title)}}});
    return done ? "" : done.error().code;
  };
  EXPECT_EQ(made_by(clara, "cook"), "");
  EXPECT_EQ(made_by(clara, "cook"), "store.expectation");
  EXPECT_EQ(made_by(anna, "cook"), "store.expectation");
  EXPECT_EQ(made_by(dora, "cook"), "") << "of what she doesn't see she isn't told";
  EXPECT_EQ(made_by(anna, "waiter"), "");
}

// ---- after a merge is past its undoing
// -----------------------------------------------------------

TEST_P(ExternalIds, O5_AfterThirtyDaysWhatWasPutAsideStillLeadsOn) {
  const auto kept = application(mara, welder);
  commit(SetExternalId{as(anna), application(lind, welder), "LW"},
         SetExternalId{as(anna), application(lind, baker), "LB"});
  const auto along = application(lind, baker);
  merge(mara, lind);
  commit(Prune{now + std::chrono::hours(24 * 30), {}});
  EXPECT_EQ(led_to_application(anna, "LW"), kept);
  EXPECT_EQ(led_to_application(anna, "LB"), along);
  commit(ForgetCandidate{mara, as(anna), now});
  if (GetParam() != On::memory)
    tables()->read(
        [](Db& db) { EXPECT_EQ(db.row("select count(*) from external_ids")->number(), 0); });
}

// "One has it": also after they are parted.
TEST_P(ExternalIds, O3_WhatIsGivenToTheKeptOneDoesNotComeBackWithTheOther) {
  commit(SetExternalId{as(anna), lind, "L"},
         SetExternalId{as(anna), application(lind, welder), "LW"});
  const auto kept = application(mara, welder);
  merge(mara, lind);
  commit(SetExternalId{as(anna), mara, "L"}, SetExternalId{as(anna), kept, "LW"});
  commit(UndoMerge{as(anna), lind, now});
  EXPECT_EQ(led(anna, "L"), mara);
  EXPECT_EQ(led_to_application(anna, "LW"), kept);
  EXPECT_EQ(ask(CandidateById{as(anna), lind})->candidate.external_id, "");
  // Numbers of another table are others: "17" of a candidate and of an application.
  commit(SetExternalId{as(anna), application(lind, welder), "17"});
  merge(mara, lind);
  commit(SetExternalId{as(anna), mara, "17"});
  commit(UndoMerge{as(anna), lind, now});
  EXPECT_EQ(led_to_application(anna, "17"), application(lind, welder));
  commit(SetExternalId{as(anna), application(lind, welder), ""});
  for (const auto& one : ask(CandidateById{as(anna), lind})->applications)
    EXPECT_EQ(one.external_id, "");
}

TEST_P(ExternalIds, D1_NothingOfWhatWasPutAsideStays) {
  const auto kept = application(mara, welder);
  commit(SetExternalId{as(anna), kept, "MW"}, SetExternalId{as(anna), lind, "L"},
         SetExternalId{as(anna), application(lind, welder), "LW"});
  merge(mara, lind);
  commit(Prune{now + std::chrono::hours(24 * 30), {}});
  EXPECT_EQ(led_to_application(anna, "MW"), kept);
  EXPECT_EQ(led_to_application(anna, "LW"), ApplicationId{}) << "the kept one has its own";
  EXPECT_EQ(led(anna, "L"), mara);
  commit(ForgetCandidate{mara, as(anna), now});
  if (GetParam() != On::memory)
    tables()->read(
        [](Db& db) { EXPECT_EQ(db.row("select count(*) from external_ids")->number(), 0); });
}

// The one that an id goes on to was merged on since, and comes back by itself: so does the id.
TEST_P(ExternalIds, O5_WhatWasPutAsideGoesOnToWhomItWasMergedInto) {
  const auto third = add_candidate("Third", {"third@home.example"}, {welder});
  const auto of_lind = application(lind, welder);
  commit(SetExternalId{as(anna), application(third, welder), "TW"});
  merge(lind, third);
  now = now + std::chrono::hours(24 * 20);
  merge(mara, lind);
  commit(Prune{now + std::chrono::hours(24 * 11), {}});  // past the first merge's undoing alone
  EXPECT_EQ(led_to_application(anna, "TW"), application(mara, welder));
  commit(UndoMerge{as(anna), lind, now + std::chrono::hours(24 * 12)});
  EXPECT_EQ(led_to_application(anna, "TW"), of_lind);
}

}  // namespace
}  // namespace hearback::store
