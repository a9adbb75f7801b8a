#include <algorithm>
#include <set>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

class CandidatesTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
    welder = add_job("Welder", {ben.id});
    baker = add_job("Baker", {});
  }
  std::uint64_t match_revision() { return ask(CompanyFacts{engine()}).match_revision; }
  rules::CandidateAddress address_of(CandidateId candidate, std::string_view normal) {
    for (auto& a : ask(CandidateById{engine(), candidate})->candidate.addresses)
      if (a.normal == normal) return a;
    return {};
  }
  rules::User anna, ben;
  JobId welder, baker;
};
HEARBACK_ON_EACH_DATABASE(CandidatesTest);

TEST_P(CandidatesTest, P1_JobsAndCandidatesAreSeenByTheirHiringTeam) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto bob = add_candidate("Bob", {"bob@home.example"}, {baker});
  const auto both = add_candidate("Chris", {"chris@home.example"}, {welder, baker});
  EXPECT_EQ(ask(Jobs{as(anna)}).rows.size(), 2u);
  const auto jobs = ask(Jobs{as(ben)}).rows;
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs[0].job.title, "Welder");
  EXPECT_EQ(jobs[0].team, (std::vector<Jobs::Member>{{ben.id, "ben"}}));
  EXPECT_EQ(jobs[0].candidates, 2u);
  EXPECT_TRUE(ask(JobById{as(ben), welder}));
  EXPECT_FALSE(ask(JobById{as(ben), baker}));
  EXPECT_EQ(ask(JobById{as(anna), baker})->job.title, "Baker");

  const auto seen = ask(Candidates{as(ben), "", {}, {}});
  ASSERT_EQ(seen.rows.size(), 2u);
  EXPECT_EQ(seen.rows[0].candidate.id, both);
  EXPECT_EQ(seen.rows[1].candidate.id, wanda);
  ASSERT_EQ(seen.rows[0].applications.size(), 1u);  // that to the other job isn't shown
  EXPECT_EQ(seen.rows[0].applications[0].job, welder);
  EXPECT_FALSE(ask(CandidateById{as(ben), bob}));
  const auto found = ask(CandidateById{as(anna), wanda});
  ASSERT_TRUE(found);
  std::vector<UserId> by;
  for (const auto& reader : found->seen_by) by.push_back(reader.user);
  std::ranges::sort(by);
  EXPECT_EQ(by, (std::vector{anna.id, ben.id}));
  EXPECT_EQ(ask(Candidates{as(ben), "", baker, {}}).rows.size(), 0u);
  EXPECT_EQ(ask(Candidates{as(anna), "", baker, {}}).rows.size(), 2u);
}

TEST_P(CandidatesTest, P1_JobsArePagedAndFoundByPartOfTheirTitles) {
  std::vector<rules::Job> made;
  std::set<JobId> bens;
  for (int i = 0; i < 9; ++i) {
    auto& job = made.emplace_back();
    job.id = make<JobId>();
    job.title = (i % 3 == 0 ? "Élève " : "Roofer ") + std::to_string(i);
    job.open = i % 2 == 0;
    if (i % 4 < 2) bens.insert(job.id);
    commit(PutJob{job, i % 4 < 2 ? std::vector{ben.id} : std::vector<UserId>{}, now});
  }
  std::ranges::sort(made, {}, [](const auto& job) { return std::pair(!job.open, job.id); });
  const auto titles_of = [&](const auto& wanted) {
    std::vector<std::string> titles;
    for (const auto& job : made)
      if (wanted(job)) titles.push_back(job.title);
    return titles;
  };
  const auto listed = [&](const rules::User& user, const std::string& text,
                          std::optional<bool> only) {
    std::vector<std::string> titles;
    PageRequest page{.after = {}, .rows = 2};
    do {
      const auto found = ask(Jobs{as(user), text, only, page});
      EXPECT_LE(found.rows.size(), 2u);
      for (const auto& row : found.rows)
        if (row.job.id != welder && row.job.id != baker) titles.push_back(row.job.title);
      page.after = found.next;
    } while (!page.after.empty());
    return titles;
  };
  EXPECT_EQ(listed(anna, "", {}), titles_of([](const auto&) { return true; }));
  EXPECT_EQ(listed(anna, "", true), titles_of([](const auto& job) { return job.open; }));
  EXPECT_EQ(listed(anna, "", false), titles_of([](const auto& job) { return !job.open; }));
  EXPECT_EQ(listed(anna, "ÉLÈVE", {}),
            titles_of([](const auto& job) { return job.title.starts_with("É"); }));
  EXPECT_EQ(listed(anna, "élève 3", {}), std::vector<std::string>{"Élève 3"});
  EXPECT_EQ(listed(ben, "", {}), titles_of([&](const auto& job) { return bens.contains(job.id); }));
  EXPECT_EQ(listed(ben, "oof", false), titles_of([&](const auto& job) {
              return bens.contains(job.id) && !job.open && job.title.starts_with("R");
            }));
}

// However many jobs there are, one question looks at a bounded number of titles.
TEST_P(CandidatesTest, ASearchAmongVeryManyJobsGoesOnWhereItStopped) {
  if (GetParam() == On::memory) return;
  constexpr int kOpen = 12'000, kClosed = 9'000;
  std::vector<JobId> sought;
  tables()->write([&](Db& db) {
    Insertion rows("insert into jobs(company, id, title, kind, is_open, changed)", 6);
    for (int i = 0; i < kOpen + kClosed; ++i) {
      const auto id = make<JobId>();
      const bool wanted = i == 3 || i == kOpen - 1 || i == kOpen || i == kOpen + kClosed - 1;
      if (wanted) sought.push_back(id);
      rows.row(company, id, wanted ? "Diver" : "Roofer", "offer", i < kOpen ? 1 : 0, 0);
    }
    rows.run(db);
  });
  const auto read_all = [&](std::string text, std::size_t at_once) {
    std::pair<std::vector<JobId>, int> read;
    PageRequest page{.after = {}, .rows = at_once};
    do {
      const auto found = ask(Jobs{as(anna), text, {}, page});
      for (const auto& row : found.rows) read.first.push_back(row.job.id);
      ++read.second;
      page.after = found.next;
    } while (!page.after.empty());
    return read;
  };
  EXPECT_EQ(read_all("diver", 50), std::pair(sought, 3));  // 21,000 and two more
  EXPECT_EQ(read_all("diver", 1).first, sought);
  EXPECT_EQ(read_all("nowhere", 50), std::pair(std::vector<JobId>{}, 3));
}

// A company has as many open jobs as it may, whoever made them; closing some makes room. No one
// user uses that up in a day.
TEST_P(CandidatesTest, JobsAreClosedAndOpenedAndCountedWhileOpen) {
  if (GetParam() == On::memory) return;
  const Limits limits;
  const auto add = [&](const rules::User& by) {
    return PutJob{{make<JobId>(), "Job", rules::JobKind::offer, true}, {}, now, by.id};
  };
  commit(SetJobOpen{baker, false, as(anna), now});
  EXPECT_FALSE(ask(JobById{as(anna), baker})->job.open);
  EXPECT_EQ(ask(Jobs{as(anna), "", true}).rows.size(), 1u);
  const auto entries = ask(JournalSince{engine(), 0, 1000});
  EXPECT_EQ(entries.back().kind, "job.closed");
  EXPECT_EQ(entries.back().user, anna.id);
  EXPECT_EQ(entries.back().subject, baker.text());
  commit(SetJobOpen{baker, false, as(anna), now});  // nothing new
  EXPECT_EQ(ask(JournalSince{engine(), entries.back().position, 10}).size(), 0u);
  EXPECT_EQ(refused(SetJobOpen{make<JobId>(), true, as(anna), now}), "job.missing");
  // As many as may be open, made past the store.
  tables()->write([&](Db& db) {
    Insertion rows("insert into jobs(company, id, title, kind, is_open, changed)", 6);
    for (std::size_t i = 1; i < limits.open_jobs_of_company; ++i)
      rows.row(company, make<JobId>(), "J", "offer", 1, 0);
    rows.run(db);
  });
  EXPECT_EQ(refused(add(ben)), "jobs.too-many");
  EXPECT_EQ(refused(SetJobOpen{baker, true, as(anna), now}), "jobs.too-many");
  commit(SetJobOpen{welder, false, as(anna), now});
  commit(SetJobOpen{baker, true, as(anna), now});
  tables()->write([&](Db& db) { db.change("update jobs set is_open = 0"); });
  commit(add(ben));
  // Ben's day: one of it is used.
  for (std::size_t i = 1; i < limits.jobs_of_user_a_day; ++i) commit(add(ben));
  EXPECT_EQ(refused(add(ben)), "jobs.too-many-today");
  EXPECT_EQ(refused_kind, Kind::conflict);
  commit(add(anna));
  now = now + 24h;
  commit(add(ben));
  // Changing one that is there makes none.
  commit(PutJob{{welder, "Welder", rules::JobKind::offer, false}, {}, now, anna.id});
  // What was counted is forgotten after a while.
  const auto counted = [&] {
    std::int64_t rows = 0;
    tables()->read([&](Db& db) { rows = db.row("select count(*) from day_counts")->number(); });
    return rows;
  };
  EXPECT_GT(counted(), 0);
  EXPECT_TRUE(ask(Prunable{engine(), now + 96h, {}}));
  commit(Prune{now + 96h, {}});
  EXPECT_EQ(counted(), 0);
}

TEST_P(CandidatesTest, OneUserAddsSoManyCandidatesADay) {
  if (GetParam() == On::memory) return;
  const auto add = [&](const rules::User& by) {
    return PutCandidate{make<CandidateId>(), "Wanda", {}, now, as(by)};
  };
  commit(add(anna));
  tables()->write([&](Db& db) {
    db.change("update day_counts set made = $1",
              static_cast<std::int64_t>(Limits{}.candidates_of_user_a_day));
  });
  EXPECT_EQ(refused(add(anna)), "candidate.too-many-today");
  commit(add(ben));
  add_candidate("by an import", {});
  now = now + 24h;
  commit(add(anna));
}

TEST_P(CandidatesTest, PagesShowEachOnce) {
  for (int i = 0; i < 7; ++i) add_candidate("Same Name", {});
  add_candidate("another", {});
  std::vector<CandidateId> seen;
  std::string after;
  int pages = 0;
  do {
    auto page = ask(Candidates{as(anna), "", {}, {after, 3}});
    for (auto& row : page.rows) seen.push_back(row.candidate.id);
    after = page.next;
  } while (!after.empty() && ++pages < 10);
  EXPECT_EQ(pages, 2);
  EXPECT_EQ(seen.size(), 8u);
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::unique(seen).begin(), seen.end());
  auto bad = store->ask(Candidates{as(anna), "", {}, {"nonsense!", 3}});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().kind, Kind::input);
}

TEST_P(CandidatesTest, AddressesAreReplacedAsASet) {
  const auto id = add_candidate("Wanda", {"wanda@home.example", "wanda@work.example"});
  const auto before = match_revision();
  const auto since = address_of(id, "wanda@home.example").since;
  commit(PutCandidate{id, "Wanda W.", {address("wanda@home.example")}, now + 1h});
  const auto found = ask(CandidateById{as(anna), id});
  ASSERT_EQ(found->candidate.addresses.size(), 1u);
  EXPECT_EQ(found->candidate.name, "Wanda W.");
  EXPECT_EQ(found->candidate.addresses[0].since, since);
  EXPECT_EQ(match_revision(), before);  // nothing new to look for
  commit(PutCandidate{id, "Wanda W.", {address("wanda@new.example")}, now + 2h});
  EXPECT_EQ(match_revision(), before + 1);
  EXPECT_EQ(address_of(id, "wanda@new.example").since, now + 2h);
  EXPECT_EQ(refused(PutCandidate{id, "Wanda", {{.address = "nonsense"}}, now}),
            "candidate.bad-address");
  EXPECT_EQ(refused_kind, Kind::input);
}

// Who asked had found them; they were deleted, or went out of sight, before it was saved.
TEST_P(CandidatesTest, D1_WhoWasDeletedDoesNotComeBackByAChange) {
  const auto id = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto dora = add_user("dora", Role::manager);
  const auto change = [&](const rules::User& by, bool adds) {
    return PutCandidate{id, "Wanda", {address("wanda@new.example")}, now, as(by), adds, true};
  };
  commit(change(ben, true));
  EXPECT_EQ(refused(change(dora, true)), "candidate.missing") << "P-1";
  EXPECT_EQ(refused(change(dora, false)), "candidate.missing");
  commit(ForgetCandidate{id, as(anna), now});
  run_errands();
  for (const bool adds : {false, true}) EXPECT_EQ(refused(change(anna, adds)), "candidate.missing");
  EXPECT_FALSE(ask(CandidateById{as(anna), id}));
}

TEST_P(CandidatesTest, S5_WhatIsStillToBeLookedFor) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  rules::Folder inbox;
  inbox.id = make<FolderId>();
  inbox.mailbox = box.id;
  inbox.name = inbox.wire_name = "INBOX";
  inbox.role = rules::FolderRole::incoming;
  commit(PutFolders{box.id, {inbox}});
  commit(ResetFolder{box.id, inbox.id, 7});
  const auto id = add_candidate("Wanda", {"wanda@home.example"});
  const auto first = match_revision();
  commit(AdvanceCursor{box.id, inbox.id, 7, {{1, 9, first, Instant{0}}}});
  EXPECT_TRUE(ask(Sought{engine(), first}).empty());
  commit(PutCandidate{
      id, "Wanda", {address("wanda@home.example"), address("wanda@new.example")}, now});
  EXPECT_EQ(match_revision(), first + 1);
  EXPECT_EQ(ask(Sought{engine(), first}), std::vector<std::string>{"wanda@new.example"});
  // Taken off and added again: to be looked for again.
  commit(PutCandidate{id, "Wanda", {address("wanda@home.example")}, now});
  EXPECT_TRUE(ask(Sought{engine(), first}).empty());
  EXPECT_EQ(match_revision(), first + 1);
  commit(PutCandidate{
      id, "Wanda", {address("wanda@new.example"), address("wanda@home.example")}, now});
  EXPECT_EQ(ask(Sought{engine(), first + 1}), std::vector<std::string>{"wanda@new.example"});

  const auto all = ask(SyncedAddresses{engine()});
  ASSERT_EQ(all.size(), 2u);
  const auto rest = ask(SyncedAddresses{.scope = engine(), .of = {}, .after = all[0], .rows = 5});
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].normal, "wanda@new.example");
  EXPECT_EQ(ask(SyncedAddresses{engine(), {id}}).size(), 2u);
  EXPECT_TRUE(ask(SyncedAddresses{engine(), {make<CandidateId>()}}).empty());
}

// What narrows is told to the engines, too: they take the addresses out of their directory.
TEST_P(CandidatesTest, S16_EnginesHearOfWhatNarrows) {
  const auto id = add_candidate("Wanda", {"wanda@home.example", "carla@acme.example"});
  const auto told = [&](Change change) {
    const auto before = ask(CompanyFacts{engine()}).revision;
    commit(std::move(change));
    return std::ranges::any_of(ask(Since{engine(), before}), [&](const FeedEntry& entry) {
      return entry.kind == "candidate" && entry.id == id.text();
    });
  };
  const auto left = [&] { return ask(SyncedAddresses{engine(), {id}}).size(); };
  rules::User carla;
  carla.id = make<UserId>();
  carla.email = carla.email_normal = "carla@acme.example";
  EXPECT_TRUE(told(PutUser{carla, "hash", now}));
  EXPECT_EQ(left(), 1u);
  EXPECT_TRUE(told(PutCandidate{id, "Wanda", {}, now}));
  EXPECT_EQ(left(), 0u);
  commit(PutCandidate{id, "Wanda", {address("wanda@home.example")}, now});
  EXPECT_TRUE(told(ForgetCandidate{id, {}, now}));
  EXPECT_EQ(left(), 0u);
}

TEST_P(CandidatesTest, AnApplicationStaysWithItsCandidate) {
  const auto wanda = add_candidate("Wanda", {}), bob = add_candidate("Bob", {});
  rules::Application application{make<ApplicationId>(), wanda, welder, {}, {}, now};
  commit(PutApplication{application});
  const auto stages = ask(JobById{as(ben), welder})->stages;
  application.phase = stages.phases.at(2);
  application.status = stages.statuses.at(1);
  commit(PutApplication{application});
  EXPECT_EQ(ask(CandidateById{as(ben), wanda})->applications, std::vector{application});
  application.candidate = bob;
  EXPECT_EQ(refused(PutApplication{application}), "application.other-candidate");
  EXPECT_EQ(refused(PutApplication{{make<ApplicationId>(), bob, make<JobId>(), {}, {}, now}}),
            "store.reference-missing");
}

// Whoever closes a job and whoever adds to it may do so at once: the commit decides.
TEST_P(CandidatesTest, NoApplicationComesIntoAClosedJob) {
  const auto wanda = add_candidate("Wanda", {});
  rules::Application application{make<ApplicationId>(), wanda, welder, {}, {}, now};
  commit(PutApplication{application});
  commit(SetJobOpen{welder, false, as(anna), now}, SetJobOpen{baker, false, as(anna), now});
  EXPECT_EQ(refused(PutApplication{{make<ApplicationId>(), wanda, welder, {}, {}, now}}),
            "job.closed");
  EXPECT_EQ(refused_kind, Kind::conflict);
  const auto stages = ask(JobById{as(ben), welder})->stages;
  application.phase = stages.phases.front();
  application.status = stages.statuses.at(1);  // who is there goes on
  commit(PutApplication{application});
  auto moved = application;
  moved.job = baker;
  moved.phase = moved.status = {};
  EXPECT_EQ(refused(PutApplication{moved}), "job.closed");
  EXPECT_EQ(ask(CandidateById{as(ben), wanda})->applications, std::vector{application});
  commit(SetJobOpen{baker, true, as(anna), now});
  commit(PutApplication{moved});
}

// ---- I-1 -----------------------------------------------------------------------------------

TEST_P(CandidatesTest, I1_AnInternalAddressIsStoredUnsynced) {
  const auto before = match_revision();
  const auto id = add_candidate("Ben himself", {"ben@acme.example", "ben@home.example"});
  const auto a = address_of(id, "ben@acme.example");
  EXPECT_FALSE(a.synced);
  EXPECT_EQ(a.why_not, "internal-user");
  EXPECT_TRUE(address_of(id, "ben@home.example").synced);
  EXPECT_EQ(match_revision(), before + 1);
  const auto synced = ask(SyncedAddresses{engine()});
  ASSERT_EQ(synced.size(), 1u);
  EXPECT_EQ(synced[0].normal, "ben@home.example");
  EXPECT_EQ(ask(PeopleNamed{engine(), {"ben@acme.example", "ben@home.example"}}).internal,
            (std::vector<std::string>{"ben@acme.example"}));
}

// Whoever reuses a Message-ID gets no answers to the first message under it: not beside its
// candidate, and not when that one's messages are sealed.
TEST_P(CandidatesTest, SYNC7_AMessageIdIsTheFirstOnesAlsoWhileThatIsSealed) {
  const auto hidden = add_candidate("Carla", {"carla@home.example"}, {welder});
  const auto other = add_candidate("Bob", {"bob@home.example"}, {baker});
  place(message("m1", "carla@home.example", "ben@acme.example"), thread(hidden), PlacedBy::address,
        "carla@home.example");
  auto copycat = message("m1", "bob@home.example", "ben@acme.example");
  copycat.fingerprint = "another";
  const auto of_other = thread(other);
  place(copycat, of_other, PlacedBy::address, "bob@home.example");
  const auto whose = [&] {
    std::vector<CandidateId> candidates;
    for (const auto& row : ask(StoredMessageIds{engine(), {"m1"}}))
      candidates.push_back(row.candidate);
    return candidates;
  };
  const auto ancestors = [&] {
    KnownAbout question{engine()};
    question.references = {"m1"};
    return ask(question).ancestors;
  };
  EXPECT_EQ(whose(), std::vector{hidden});
  ASSERT_EQ(ancestors().size(), 1u);
  EXPECT_EQ(ancestors()[0].place.candidate, hidden);
  commit(PutCandidate{hidden, "Carla", {}, now});
  EXPECT_TRUE(whose().empty());
  EXPECT_TRUE(ancestors().empty());
}

TEST_P(CandidatesTest, I1_WhoBecomesAUserLeavesTheProfileAtOnce) {
  const auto id = add_candidate("Carla", {"carla@acme.example", "carla@home.example"}, {welder});
  const auto t1 = thread(id), t2 = thread(id), t3 = thread(id);
  // t1: through the address alone, with a reply. t2: through the other. t3: through both.
  auto m1 = message("m1", "carla@acme.example", "ben@acme.example");
  auto m2 = message("m2", "ben@acme.example", "someone@acme.example");
  auto m3 = message("m3", "carla@home.example", "ben@acme.example");
  auto m4 = message("m4", "carla@acme.example", "ben@acme.example");
  m4.envelope.cc = {person("carla@home.example")};
  place(m1, t1, PlacedBy::address, "carla@acme.example");
  place(m2, t1, PlacedBy::reply_to, "m1", false);
  place(m3, t2, PlacedBy::address, "carla@home.example");
  place(m4, t3, PlacedBy::address, "carla@acme.example");
  const auto m5 = message("m5", "carla@acme.example", "ben@acme.example");
  place(m5, t2, PlacedBy::address, "carla@acme.example", false);
  const auto before = match_revision();
  const auto revision = ask(CompanyFacts{engine()}).revision;

  add_user("carla", Role::evaluator);

  EXPECT_EQ(match_revision(), before);  // that narrows: nobody has to look again
  EXPECT_EQ(address_of(id, "carla@acme.example").why_not, "internal-user");
  EXPECT_FALSE(ask(ThreadById{as(anna), t1.id}));
  EXPECT_FALSE(ask(MessageById{as(anna), m1.id}));
  EXPECT_FALSE(ask(MessageById{as(anna), m2.id}));
  ASSERT_TRUE(ask(ThreadById{as(anna), t2.id}));
  EXPECT_EQ(ask(ThreadById{as(anna), t2.id})->messages.size(), 1u);
  EXPECT_EQ(ask(ThreadById{as(anna), t2.id})->thread.last_at, m3.date);
  ASSERT_TRUE(ask(MessageById{as(anna), m4.id}));
  EXPECT_EQ(ask(MessageById{as(anna), m4.id})->placement.detail, "carla@home.example");
  EXPECT_TRUE(ask(StoredMessageIds{engine(), {"m1", "m2", "m5"}}).empty());
  std::vector<std::string> told;
  for (auto& entry : ask(Since{engine(), revision}))
    if (entry.kind == "thread" || entry.kind == "candidate") told.push_back(entry.id);
  for (auto& id_told : {t1.id.text(), t2.id.text(), id.text()})
    EXPECT_NE(std::ranges::find(told, id_told), told.end());
}

TEST_P(CandidatesTest, I1_WrittenHereCountsOnlyByAnotherAddress) {
  const auto id = add_candidate("Carla", {"carla@acme.example", "carla@home.example"});
  const auto t1 = thread(id), t2 = thread(id);
  place(message("a1", "ben@acme.example", "carla@acme.example"), t1, PlacedBy::sent_here, "");
  place(message("a2", "carla@acme.example", "ben@acme.example"), t1, PlacedBy::address,
        "carla@acme.example", false);
  place(message("b1", "ben@acme.example", "carla@home.example"), t2, PlacedBy::sent_here, "");
  place(message("b2", "carla@acme.example", "ben@acme.example"), t2, PlacedBy::address,
        "carla@acme.example", false);
  add_user("carla", Role::evaluator);
  EXPECT_EQ(threads_seen(as(anna)), std::vector{t2.id});
  EXPECT_EQ(ask(ThreadById{as(anna), t2.id})->messages.size(), 1u);
}

TEST_P(CandidatesTest, I1_AConnectedAddressIsInternalToo) {
  const auto id = add_candidate("Ben's other", {"ben@private.example"});
  const auto t = thread(id);
  place(message("m1", "ben@private.example", "anna@acme.example"), t, PlacedBy::address,
        "ben@private.example");
  const auto before = match_revision();
  const auto box = add_mailbox(ben, "ben@private.example");
  EXPECT_EQ(match_revision(), before);  // connecting a mailbox costs the others nothing
  EXPECT_FALSE(address_of(id, "ben@private.example").synced);
  EXPECT_TRUE(threads_seen(as(anna)).empty());
  commit(RemoveMailbox{box.id});
  EXPECT_EQ(match_revision(), before);
}

TEST_P(CandidatesTest, I1_AnAddressThatTurnsInternalOnSavingLeavesToo) {
  const auto id = add_candidate("Dora", {"dora@home.example"});
  const auto t = thread(id);
  place(message("m1", "dora@home.example", "ben@acme.example"), t, PlacedBy::address,
        "dora@home.example");
  auto dora = ben;
  dora.email = dora.email_normal = "dora@home.example";
  commit(PutUser{dora, std::nullopt, now});
  EXPECT_TRUE(threads_seen(as(anna)).empty());
  commit(PutCandidate{id, "Dora", {address("dora@home.example")}, now});
  EXPECT_FALSE(address_of(id, "dora@home.example").synced);
}

// Of two who change the list at once each has their way.
TEST_P(CandidatesTest, O5_C14_WhatComesAndGoesOfAListLeavesTheOthers) {
  const auto own = add_candidate("Wanda", {"a@home.example", "b@home.example"}, {welder});
  const auto talk = thread(own, "By the first one");
  commit(AddThread{talk});
  place(message("m", "a@home.example", "clara@acme.example"), talk, PlacedBy::address,
        "a@home.example", false);
  const auto list = [&] {
    std::string all;
    for (const auto& one : ask(CandidateById{engine(), own})->candidate.addresses)
      all += one.address.substr(0, 1);
    return all;
  };
  const auto change = [&](std::vector<std::string> comes, std::vector<std::string> goes,
                          std::optional<std::size_t> at = {}) {
    PutCandidate put{own, {}, {}, now, as(anna), true, true};
    for (auto& one : comes) put.addresses.push_back(address(one));
    put.takes_off = std::move(goes);
    put.place = at;
    commit(put);
  };
  change({"c@home.example"}, {});
  change({"d@home.example", "b@home.example"}, {});
  EXPECT_EQ(list(), "abcd");
  change({}, {"a@home.example", "nobody@home.example"});
  EXPECT_EQ(list(), "bcd");
  EXPECT_FALSE(ask(ThreadById{as(anna), talk.id}));
  EXPECT_EQ(ask(JournalSince{engine(), 0, 100}).back().kind, "address.removed");
  change({"a@home.example"}, {}, 0);  // taken back
  EXPECT_EQ(list(), "abcd");
  change({"e@home.example", "f@home.example"}, {"c@home.example"}, 2);
  EXPECT_EQ(list(), "abefd");
  change({"g@home.example"}, {}, 50);
  EXPECT_EQ(list(), "abefdg");
  EXPECT_EQ(ask(CandidateById{engine(), own})->candidate.name, "Wanda");
}

// ---- C-14 ----------------------------------------------------------------------------------

// To match is to authorize: whoever adds the address of somebody they may not see gets nothing by
// it, and can't tell.
TEST_P(CandidatesTest, C14_AnAddressOfSomebodyUnseenGrantsNothing) {
  const auto hidden = add_candidate("Bob", {"bob@home.example"}, {baker});  // Ben doesn't see Bob
  const auto own = add_candidate("Wanda", {}, {welder});
  const auto before = match_revision();
  const auto put = [&](const rules::User& user, std::vector<std::string> addresses) {
    std::vector<rules::CandidateAddress> list;
    for (auto& text : addresses) list.push_back(address(text));
    commit(PutCandidate{own, "Wanda", list, now, as(user)});
  };
  put(ben, {"bob@home.example", "wanda@home.example"});
  EXPECT_EQ(match_revision(), before + 1);
  EXPECT_EQ(ask(SyncedAddresses{engine()}).size(), 2u);
  const auto holders = ask(PeopleNamed{engine(), {"bob@home.example"}}).candidates;
  ASSERT_EQ(holders.size(), 1u);
  EXPECT_EQ(holders[0].candidate, hidden);
  KnownAbout about{};
  about.scope = engine();
  about.participants = {"bob@home.example"};
  ASSERT_EQ(ask(about).candidates.size(), 1u);
  EXPECT_EQ(ask(about).candidates[0].candidate, hidden);

  // To Ben it looks like any other; who may see both is told.
  const auto seen = [&](const Scope& scope) {
    return ask(CandidateById{scope, own})->candidate.addresses.at(0);
  };
  EXPECT_TRUE(seen(as(ben)).synced);
  EXPECT_EQ(seen(as(ben)).why_not, "");
  EXPECT_FALSE(seen(as(anna)).synced);
  EXPECT_EQ(seen(as(anna)).why_not, "other-candidate");
  const auto since = seen(as(ben)).since;
  put(ben, {"bob@home.example"});  // saved again, as it was shown
  EXPECT_EQ(match_revision(), before + 1);
  EXPECT_FALSE(address_of(own, "bob@home.example").synced);
  EXPECT_EQ(seen(as(ben)).since, since);

  // Whoever may see both adds it anyway.
  put(anna, {});
  put(anna, {"bob@home.example"});
  EXPECT_TRUE(address_of(own, "bob@home.example").synced);
  EXPECT_EQ(match_revision(), before + 2);
  put(ben, {"bob@home.example"});  // it had been granted
  EXPECT_TRUE(address_of(own, "bob@home.example").synced);
}

TEST_P(CandidatesTest, C14_AnAddressThatNobodyElseHasAnyMoreIsTheOneWhoWaits) {
  const auto bob = add_candidate("Bob", {"bob@home.example"}, {baker});
  const auto first = add_candidate("Wanda", {}, {welder}),
             second = add_candidate("W.", {}, {welder});
  for (const auto& id : {first, second})
    commit(PutCandidate{id, "Wanda", {address("bob@home.example")}, now = now + 1min, as(ben)});
  EXPECT_FALSE(address_of(first, "bob@home.example").synced);
  const auto before = match_revision();
  commit(PutCandidate{bob, "Bob", {}, now});
  EXPECT_EQ(match_revision(), before + 1);
  // S-5: its past is looked for.
  EXPECT_EQ(ask(Sought{engine(), before, 10}), std::vector<std::string>{"bob@home.example"});
  EXPECT_TRUE(address_of(first, "bob@home.example").synced);
  EXPECT_EQ(address_of(first, "bob@home.example").why_not, "");
  EXPECT_EQ(address_of(second, "bob@home.example").why_not, "other-candidate");
  EXPECT_FALSE(ask(CandidateById{as(ben), second})->candidate.addresses.at(0).synced);
}

// Somebody saves the profile as they were shown it, before the address was the candidate's.
TEST_P(CandidatesTest, C14_AnAddressThatWasPassedOnMeanwhileStaysWithWhoGotIt) {
  const auto bob = add_candidate("Bob", {"bob@home.example"}, {baker});
  const auto own = add_candidate("Wanda", {}, {welder});
  commit(PutCandidate{own, "Wanda", {address("bob@home.example")}, now, as(ben)});
  const auto shown = ask(CandidateById{as(anna), own})->candidate.addresses;
  ASSERT_EQ(shown.at(0).why_not, "other-candidate");
  commit(PutCandidate{bob, "Bob", {}, now});
  commit(PutCandidate{own, "Wanda W.", shown, now, as(anna)});
  EXPECT_TRUE(address_of(own, "bob@home.example").synced);
  EXPECT_EQ(address_of(own, "bob@home.example").why_not, "");
  EXPECT_EQ(ask(SyncedAddresses{engine()}).size(), 1u);
}

TEST_P(CandidatesTest, C14_ForgettingPassesAnAddressOn) {
  const auto bob = add_candidate("Bob", {"bob@home.example"}, {baker});
  const auto own = add_candidate("Wanda", {}, {welder});
  commit(PutCandidate{own, "Wanda", {address("bob@home.example")}, now, as(ben)});
  commit(ForgetCandidate{bob, {}, now});
  EXPECT_TRUE(address_of(own, "bob@home.example").synced);
  EXPECT_EQ(ask(SyncedAddresses{engine()}).size(), 1u);
}

TEST_P(CandidatesTest, C14_WhoWaitsForAColleaguesAddressWaitsForNothing) {
  add_candidate("Bob", {"bob@acme.example"}, {baker});
  const auto own = add_candidate("Wanda", {}, {welder});
  commit(PutCandidate{own, "Wanda", {address("bob@acme.example")}, now, as(ben)});
  add_user("bob", Role::evaluator);
  EXPECT_EQ(address_of(own, "bob@acme.example").why_not, "internal-user");
  EXPECT_FALSE(ask(CandidateById{as(ben), own})->candidate.addresses.at(0).synced);
}

TEST_P(CandidatesTest, C14_AnAddressTakenOffTakesAlongWhatOnlyItPlaced) {
  const auto id = add_candidate("Wanda", {"wanda@home.example", "wrong@home.example"}, {welder});
  const auto t1 = thread(id), t2 = thread(id);
  const auto alone = message("m1", "wrong@home.example", "ben@acme.example");
  auto both = message("m2", "wrong@home.example", "ben@acme.example");
  both.envelope.cc = {person("wanda@home.example")};
  place(alone, t1, PlacedBy::address, "wrong@home.example");
  place(both, t2, PlacedBy::address, "wrong@home.example");
  const auto revision = ask(CompanyFacts{engine()}).revision;
  commit(PutCandidate{id, "Wanda", {address("wanda@home.example")}, now, as(ben)});
  for (const auto& scope : {as(ben), as(anna), engine()}) {
    EXPECT_FALSE(ask(ThreadById{scope, t1.id}));
    EXPECT_FALSE(ask(MessageById{scope, alone.id}));
    ASSERT_TRUE(ask(MessageById{scope, both.id}));
    EXPECT_EQ(ask(MessageById{scope, both.id})->placement.detail, "wanda@home.example");
  }
  EXPECT_TRUE(ask(StoredMessageIds{engine(), {"m1"}}).empty());
  std::vector<std::string> told;
  for (auto& entry : ask(Since{as(ben), revision})) told.push_back(entry.id);
  EXPECT_NE(std::ranges::find(told, t1.id.text()), told.end());
}

// ---- S-7, D-1 --------------------------------------------------------------------------------

TEST_P(CandidatesTest, S7_ForgettingTakesEverythingThatIsNobodyElses) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto bob = add_candidate("Bob", {"bob@home.example"}, {welder});
  const auto tw = thread(wanda), tb = thread(bob);
  const auto own = message("own", "wanda@home.example", "ben@acme.example");
  const auto shared = message("shared", "wanda@home.example", "bob@home.example");
  place(own, tw, PlacedBy::address, "wanda@home.example");
  place(shared, tw, PlacedBy::address, "wanda@home.example", false);
  commit(AddThread{tb},
         PlaceMessage{{tb.id, bob, shared.id, PlacedBy::address, "bob@home.example"}, now});
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  const auto copy = make<BlobId>();
  commit(PutBlob{copy, std::string(100'000, 'x')}, AddCopy{own.id, {box.id, inbox.id, 7, 1}, copy});
  const auto revision = ask(CompanyFacts{engine()}).revision;

  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_EQ(refused(ForgetCandidate{wanda, as(anna), now}), "candidate.missing");
  EXPECT_GT(run_errands(), 0);

  EXPECT_FALSE(ask(CandidateById{as(anna), wanda}));
  EXPECT_FALSE(ask(ThreadById{as(anna), tw.id}));
  EXPECT_FALSE(ask(MessageById{as(anna), own.id}));
  EXPECT_FALSE(ask(BlobBytes{company, own.raw}));
  EXPECT_FALSE(ask(BlobBytes{company, copy}));
  EXPECT_TRUE(ask(CopiesOf{engine(), own.id}).empty());
  EXPECT_TRUE(ask(StoredMessageIds{engine(), {"own"}}).empty());
  ASSERT_TRUE(ask(MessageById{as(ben), shared.id}));
  EXPECT_EQ(ask(BlobBytes{company, shared.raw}), "source of shared");
  if (!options.blob_directory.empty()) {
    int files = 0;
    for (auto& entry : std::filesystem::recursive_directory_iterator(options.blob_directory))
      files += entry.is_regular_file() && entry.path().filename() != "installation";
    EXPECT_EQ(files, 0);
  }
  // Those who saw the candidate hear of it, though nobody can see the candidate any more.
  for (const auto& user : {anna, ben}) {
    const auto heard = ask(Since{as(user), revision});
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0].kind, "candidate");
    EXPECT_EQ(heard[0].id, wanda.text());
  }
  EXPECT_EQ(refused(ForgetCandidate{wanda, as(anna), now}), "candidate.missing");
}

TEST_P(CandidatesTest, S7_ForgettingTakesWhatIsSealedAndWhatIsUnderWay) {
  const auto id = add_candidate("Carla", {"carla@acme.example"});
  const auto t = thread(id), t2 = thread(id);
  const auto sealed = message("sealed", "carla@acme.example", "ben@acme.example");
  place(sealed, t, PlacedBy::address, "carla@acme.example");
  add_user("carla", Role::evaluator);
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto written = message("written", "ben@acme.example", "carla@acme.example");
  place(written, t2, PlacedBy::sent_here, "");
  rules::OutboxMessage out;
  out.id = make<OutboxId>();
  out.author = ben.id;
  out.mailbox = box.id;
  out.candidate = id;
  out.thread = t2.id;
  out.message = written.id;
  out.message_id = "written";
  out.bytes = make<BlobId>();
  commit(PutBlob{out.bytes, "final octets"}, AddOutbox{out});
  EXPECT_EQ(ask(BlobBytes{company, sealed.raw}), "source of sealed");
  commit(ForgetCandidate{id, as(anna), now});
  EXPECT_FALSE(ask(OutboxById{engine(), out.id}));  // at once: nothing leaves any more
  run_errands();
  EXPECT_FALSE(ask(BlobBytes{company, sealed.raw}));
  EXPECT_FALSE(ask(BlobBytes{company, out.bytes}));
  EXPECT_FALSE(ask(OutboxById{engine(), out.id}));
  EXPECT_FALSE(ask(OutboxNextDue{engine(), now}).at_work);
}

TEST_P(CandidatesTest, WhoHasAnAddressAlreadyIsToldOfThoseOneSees) {
  const auto wanda =
      add_candidate("Wanda", {"family@home.example", "wanda@home.example"}, {welder});
  const auto carl = add_candidate("Carl", {"family@home.example"});
  const auto found = [&](const rules::User& user, CandidateId except) {
    std::vector<std::string> names;
    for (const auto& row :
         ask(CandidatesWith{as(user), {"family@home.example", "nobody@home.example"}, except})) {
      EXPECT_EQ(row.address, "family@home.example");
      names.push_back(row.name);
    }
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(found(anna, {}), (Names{"Carl", "Wanda"}));
  EXPECT_EQ(found(anna, carl), Names{"Wanda"});
  EXPECT_EQ(found(ben, {}), Names{"Wanda"});
  EXPECT_EQ(found(ben, wanda), Names{});
  EXPECT_TRUE(ask(CandidatesWith{as(anna), {}, {}}).empty());
  // A colleague's own (I-1) is no candidate's any more.
  add_user("wanda", Role::evaluator);
  commit(PutCandidate{carl, "Carl", {address("wanda@acme.example")}, now});
  EXPECT_TRUE(ask(CandidatesWith{as(anna), {"wanda@acme.example"}, {}}).empty());
}

// Between the question and the commit somebody else got the address.
TEST_P(CandidatesTest, ThatNobodyElseHasAnAddressIsExpected) {
  const auto id = make<CandidateId>();
  const CandidatesWith asked{as(anna), {"family@home.example"}, id};
  ASSERT_TRUE(ask(asked).empty());
  const PutCandidate put{id, "Carl", {address("family@home.example")}, now};
  const auto wanda = add_candidate("Wanda", {"family@home.example"});
  auto late = try_commit({put}, {NobodyElseHas{asked}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "store.expectation");
  // Whom the asker may not see isn't another.
  EXPECT_TRUE(try_commit({put}, {NobodyElseHas{{as(ben), {"family@home.example"}, id}}}));
  commit(PutCandidate{wanda, "Wanda", {}, now});
  EXPECT_TRUE(try_commit({put}, {NobodyElseHas{asked}}));
}

TEST_P(CandidatesTest, HoldingsAreCountedUpToABound) {
  const auto wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  const auto carl = add_candidate("Carl", {"carl@home.example"}, {welder});
  const auto t = thread(wanda), u = thread(carl);
  for (int i = 0; i < 3; ++i)
    place(message("m" + std::to_string(i), "wanda@home.example", "ben@acme.example"), t,
          PlacedBy::address, "wanda@home.example", i == 0);
  const auto both = message("b", "wanda@home.example", "carl@home.example");
  place(both, t, PlacedBy::address, "wanda@home.example", false);
  commit(AddThread{u},
         PlaceMessage{{u.id, carl, both.id, PlacedBy::address, "carl@home.example"}, both.date});
  const auto held = [&](std::size_t most) {
    const auto h = ask(Holdings{as(ben), wanda, most});
    return std::tuple(h.threads, h.messages, h.shared, h.more);
  };
  EXPECT_EQ(held(10), std::tuple(1u, 4u, 1u, false));
  EXPECT_EQ(held(4), std::tuple(1u, 4u, 1u, false));
  EXPECT_TRUE(std::get<3>(held(3)));
  EXPECT_EQ(std::get<1>(held(3)), 3u);
  // A message that stands in two threads of hers is one.
  const auto second = thread(wanda, "Once more");
  commit(AddThread{second},
         PlaceMessage{{second.id, wanda, both.id, PlacedBy::address, "wanda@home.example"},
                      both.date});
  EXPECT_EQ(held(10), std::tuple(2u, 4u, 1u, false));
}

}  // namespace
}  // namespace hearback::store
