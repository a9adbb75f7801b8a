// O-5: two profiles of one person become one, and are parted again.
#include "store/candidates/merging.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::PlacedBy;
using rules::Role;

// What becomes of each table that names a candidate. A new one is decided here first.
const std::map<std::string, std::string> kDecided = {
    {"address_changes", "go along, and back by whose they were"},
    {"addresses_taken_off", "a merge waits until it is over (candidate.leaving-mail)"},
    {"application_moves", "go along, and back by their application"},
    {"applications", "go along, one for each job; the other one is put aside"},
    {"candidate_addresses", "go along, each once; what both had is remembered"},
    {"candidate_files", "go along, and back by whose profile they were put on"},
    {"candidate_follows", "go along, each once; who followed is remembered"},
    {"candidate_words", "made anew"},
    {"corrections", "go along, and back by their conversation"},
    {"feed", "goes along, and back by its conversation"},
    {"forgotten_candidates", "who is being forgotten isn't seen, so isn't merged"},
    {"job_candidates", "made anew"},
    {"journal", "stays: it says what happened"},
    {"merged_addresses", "part of a merge: whose an address was"},
    {"merged_taken_off", "part of a merge: of whom an address was taken off"},
    {"outbox", "goes along, and back by its conversation"},
    {"placements", "go along, and back by their conversation"},
    {"quarantined_about", "stays, and goes with whom they were merged into (D-1)"},
    {"removed_files", "go along, and back by whose profile they were put on"},
    {"removed_applications",
     "stay the merged one's, to be put back once it is undone; those of a merge go back by it"},
    {"sealed_placements", "go along, and back by their conversation"},
    {"taken_off_addresses", "go along, and back; which were the one's is remembered"},
    {"skipped_mail", "is added up by day; what was the one's is remembered"},
    {"thread_references", "go along, and back by their conversation"},
    {"taken_over", "goes with the merged one: nobody makes a non-candidate of both"},
    {"threads", "go along; which is remembered"},
};

class MergingTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
    clara = add_user("clara", Role::manager);
    dora = add_user("dora", Role::manager);
    welder = add_job("Welder", {ben.id, clara.id});
    baker = add_job("Baker", {dora.id, clara.id});
    mara = add_candidate("Mara Lind", {"mara@home.example", "both@home.example"}, {welder, baker});
    lind = add_candidate("M. Lind", {"lind@work.example", "both@home.example"}, {baker});
    box = add_mailbox(clara, "clara@acme.example");
    inbox = add_folder(box, "INBOX");
    talk = thread(mara, "Of Mara"), other = thread(lind, "Of Lind");
    commit(AddThread{talk}, AddThread{other});
    one = in("one", talk, "mara@home.example");
    two = in("two", other, "lind@work.example");
  }
  rules::Message in(std::string id, const rules::Thread& where, std::string from,
                    bool new_thread = false) {
    auto m = message(id, from, "clara@acme.example");
    m.envelope.subject = "Subject of " + id;
    place(m, where, PlacedBy::address, from, new_thread);
    commit(AddCopy{m.id, {box.id, inbox.id, 7, ++uid}, m.raw});
    return m;
  }
  // As it is while the merge stands.
  static rules::Thread of(CandidateId candidate, rules::Thread one) {
    one.candidate = candidate;
    return one;
  }
  MergeCandidates merging(const rules::User& by, CandidateId kept, CandidateId merged) {
    const auto plan = ask(MergePreview{as(by), kept, merged});
    return {as(by), kept, merged, plan ? plan->version : "", false, now};
  }
  void merge(CandidateId kept, CandidateId merged) { commit(merging(anna, kept, merged)); }
  void move_on(CandidateId candidate) {
    const auto application = ask(CandidateById{as(anna), candidate})->applications.at(0);
    const auto phases = ask(JobById{as(anna), application.job})->stages.phases;
    MoveApplication move{.by = as(anna), .application = application.id};
    move.phase = phases.at(1).id;
    move.how = "person";
    move.at = now;
    commit(move);
  }
  UndoMerge undo(const rules::User& by, CandidateId merged) { return {as(by), merged, now + 1h}; }
  std::set<std::string> addresses(CandidateId candidate) {
    std::set<std::string> found;
    if (const auto shown = ask(CandidateById{as(anna), candidate}))
      for (const auto& a : shown->candidate.addresses)
        found.insert(a.normal + (a.synced ? "" : " " + a.why_not));
    return found;
  }
  std::set<ThreadId> seen(const rules::User& user, CandidateId candidate) {
    std::set<ThreadId> ids;
    for (auto& row : ask(Threads{as(user), Place::all, candidate, {}}).rows)
      ids.insert(row.thread.id);
    return ids;
  }
  std::size_t timeline(const rules::User& user, CandidateId candidate) {
    const auto found = ask(CandidateTimeline{as(user), candidate, {}});
    return found ? found->messages.size() : 0;
  }
  std::vector<std::string> columns(Db& db, const std::string& table) const {
    std::vector<std::string> names;
    for (auto& row :
         db.rows(GetParam() == On::file
                     ? "select name from pragma_table_info('" + table + "') order by cid"
                     : "select cast(column_name as text) from information_schema.columns"
                       " where table_name = '" +
                           table + "' order by ordinal_position"))
      names.push_back(row.text());
    return names;
  }
  std::vector<std::string> all_tables(Db& db) const {
    std::vector<std::string> names;
    for (auto& row : db.rows(GetParam() == On::file
                                 ? "select name from sqlite_schema where type = 'table'"
                                   " and name not like 'sqlite_%' order by name"
                                 : "select cast(relname as text) from pg_class where relkind = 'r'"
                                   " and relnamespace = 'public'::regnamespace order by 1"))
      names.push_back(row.text());
    return names;
  }
  // All that is stored, but for what only grows.
  std::map<std::string, std::multiset<std::string>> stored() {
    std::map<std::string, std::multiset<std::string>> all;
    if (GetParam() == On::memory) return all;
    tables()->read([&](Db& db) {
      for (const auto& table : all_tables(db)) {
        if (table.starts_with("search_") || table.starts_with("file_words") || table == "feed" ||
            table == "journal" || table == "companies" || table == "schema_migrations" ||
            table == "installation" || table == "undone_merges")
          continue;
        std::string line;
        for (const auto& column : columns(db, table)) {
          const auto text = GetParam() == On::file
                                ? "quote(\"" + column + "\")"
                                : "coalesce(cast(\"" + column + "\" as text), '-')";
          line += (line.empty() ? "" : " || '|' || ") + text;
        }
        for (auto& row : db.rows("select " + line + " from " + table))
          all[table].insert(row.text());
      }
    });
    return all;
  }
  void expect_same(const std::map<std::string, std::multiset<std::string>>& before) {
    const auto now_stored = stored();
    for (const auto& [table, rows] : before) {
      const auto at = now_stored.find(table);
      EXPECT_EQ(at == now_stored.end() ? std::multiset<std::string>{} : at->second, rows) << table;
    }
    for (const auto& [table, rows] : now_stored)
      EXPECT_TRUE(before.contains(table)) << table << " " << *rows.begin();
  }

  rules::User anna, ben, clara, dora;
  JobId welder, baker;
  CandidateId mara, lind;
  rules::Mailbox box;
  rules::Folder inbox;
  rules::Thread talk, other;
  rules::Message one, two;
  std::uint32_t uid = 0;
};
HEARBACK_ON_EACH_DATABASE(MergingTest);

TEST_P(MergingTest, O5_EveryTableThatNamesACandidateIsDecided) {
  if (GetParam() == On::memory) return;
  std::set<std::string> named, decided;
  tables()->read([&](Db& db) {
    for (const auto& table : all_tables(db)) {
      const auto all = columns(db, table);
      if (std::ranges::find(all, "candidate") != all.end()) named.insert(table);
    }
  });
  for (const auto& [table, what] : kDecided) decided.insert(table);
  EXPECT_EQ(named, decided) << "What becomes of it when two candidates are merged, and parted?";
}

TEST_P(MergingTest, O5_TheKeptOneHasItAll) {
  commit(FollowCandidate{as(dora), lind, true, now});
  merge(mara, lind);
  const auto found = ask(CandidateById{as(anna), mara});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->candidate.name, "Mara Lind");
  EXPECT_EQ(addresses(mara),
            (std::set<std::string>{"mara@home.example", "both@home.example", "lind@work.example"}));
  EXPECT_EQ(found->applications.size(), 2u);
  EXPECT_EQ(seen(ben, mara), (std::set{talk.id, other.id}));
  EXPECT_EQ(seen(dora, mara), (std::set{talk.id, other.id}));
  EXPECT_EQ(timeline(ben, mara), 2u);
  ASSERT_EQ(found->merges.size(), 1u);
  EXPECT_EQ(found->merges[0].merged, lind);
  EXPECT_EQ(found->merges[0].name, "M. Lind");
  EXPECT_EQ(found->merges[0].by, "anna");
  EXPECT_TRUE(found->merges[0].undo_until);
  EXPECT_EQ(found->followers.size(), 1u);
  // Whoever has the other's link is led there.
  EXPECT_EQ(ask(CandidateById{as(ben), lind})->candidate.id, mara);
  EXPECT_EQ(timeline(ben, lind), 2u);
  EXPECT_EQ(seen(ben, lind), seen(ben, mara));
  EXPECT_EQ(ask(Candidates{as(anna), "lind", {}, {}}).rows.size(), 1u);
  EXPECT_EQ(ask(Candidates{as(anna), "", baker, {}}).rows.size(), 1u);
  EXPECT_EQ(ask(JobById{as(anna), baker})->candidates, 1u);
  // What would make them anew is refused.
  EXPECT_EQ(refused(PutCandidate{lind, "Lind", {}, now}), "candidate.merged");
  EXPECT_EQ(refused(PutApplication{{make<ApplicationId>(), lind, welder, {}, {}, now}}),
            "candidate.merged");
  EXPECT_EQ(refused(ForgetCandidate{lind, as(anna), now}), "candidate.missing");
  auto late = thread(lind);
  EXPECT_EQ(refused(AddThread{late}), "candidate.merged");
}

TEST_P(MergingTest, O5_UndoBringsBackAllThatWas) {
  commit(FollowCandidate{as(dora), lind, true, now}, FollowCandidate{as(clara), lind, true, now},
         FollowCandidate{as(clara), mara, true, now});
  const auto shown = ask(CandidateById{as(anna), lind})->applications.at(0);
  commit(MoveApplication{.by = as(anna),
                         .application = shown.id,
                         .phase = ask(JobById{as(anna), baker})->stages.phases.at(1).id,
                         .status = {},
                         .seen_phase = shown.phase.id,
                         .seen_status = {},
                         .how = "person",
                         .at = now});
  auto answer = message("ours", "clara@acme.example", "lind@work.example");
  const auto way = write_here(answer, other, box, now);
  commit(SetThreadDone{other.id, clara.id, true, ask(ThreadById{as(clara), other.id})->came, now});
  auto hidden = thread(lind, "For dora alone");
  commit(AddThread{hidden});
  in("hidden", hidden, "lind@work.example");
  commit(SetThreadAccess{hidden.id, true, {{dora.id, "given"}}});
  in("shared", thread(mara, "Both"), "both@home.example", true);
  const auto before = stored();
  for (const bool name : {false, true}) {
    auto change = merging(anna, mara, lind);
    change.merged_name = name;
    commit(change);
    EXPECT_EQ(ask(CandidateById{as(anna), mara})->candidate.name, name ? "M. Lind" : "Mara Lind");
    EXPECT_EQ(ask(OutboxById{engine(), way})->candidate, mara);
    EXPECT_EQ(seen(ben, mara).contains(hidden.id), false);
    EXPECT_EQ(seen(dora, mara).contains(hidden.id), true);
    commit(undo(dora, lind));
    expect_same(before);
    EXPECT_EQ(seen(ben, lind), std::set<ThreadId>{});
    EXPECT_EQ(seen(ben, mara).size(), 2u);
    EXPECT_EQ(ask(OutboxById{engine(), way})->candidate, lind);
  }
  EXPECT_EQ(refused(undo(anna, lind)), "merge.missing");
}

TEST_P(MergingTest, O5_AMessageOfBothIsOneInTheTimeline) {
  auto m = message("both", "both@home.example", "clara@acme.example");
  place(m, talk, PlacedBy::address, "both@home.example", false);
  commit(PlaceMessage{{other.id, lind, m.id, PlacedBy::address, "both@home.example"}, m.date});
  const auto before = stored();
  merge(mara, lind);
  EXPECT_EQ(timeline(anna, mara), 3u);
  commit(undo(anna, lind));
  expect_same(before);
}

TEST_P(MergingTest, O5_ThePreviewSaysWhatGoesWhereAndWhoWillSeeMore) {
  commit(FollowCandidate{as(dora), lind, true, now});
  const auto found = ask(MergePreview{as(clara), mara, lind});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->kept_name, "Mara Lind");
  EXPECT_EQ(found->addresses.size(), 3u);
  EXPECT_TRUE(found->addresses[1].of_kept && found->addresses[1].of_merged);
  ASSERT_EQ(found->applications.size(), 3u);
  EXPECT_TRUE(found->applications[2].left_out);
  EXPECT_EQ(found->threads, 1u);
  EXPECT_EQ(found->messages, 1u);
  EXPECT_EQ(found->followers, 1u);
  ASSERT_EQ(found->gain.size(), 1u);
  EXPECT_EQ(found->gain[0].name, "ben");
  EXPECT_TRUE(found->gain[0].sees_kept);
}

// P-5: what the asker may not see isn't counted, and makes no preview stale.
TEST_P(MergingTest, O5_P2_NothingIsToldOfWhatTheAskerMayNotSee) {
  const auto before = ask(MergePreview{as(clara), mara, lind});
  auto hidden = thread(lind);
  commit(AddThread{hidden});
  in("hidden", hidden, "lind@work.example");
  commit(SetThreadAccess{hidden.id, true, {{dora.id, "given"}}});
  const auto after = ask(MergePreview{as(clara), mara, lind});
  EXPECT_EQ(after->threads, before->threads);
  EXPECT_EQ(after->messages, before->messages);
  EXPECT_EQ(after->files, before->files);
  EXPECT_EQ(after->version, before->version);
  // Who sees not both is told of neither.
  EXPECT_FALSE(ask(MergePreview{as(ben), mara, lind}));
  EXPECT_FALSE(ask(MergePreview{as(ben), lind, mara}));
  EXPECT_FALSE(ask(MergePreview{as(anna), mara, make<CandidateId>()}));
  auto change = merging(anna, mara, lind);
  change.by = as(ben);
  EXPECT_EQ(refused(change), "candidate.missing");
  change.merged = make<CandidateId>();
  EXPECT_EQ(refused(change), "candidate.missing");
  // The private one stays private.
  merge(mara, lind);
  EXPECT_EQ(seen(clara, mara), (std::set{talk.id, other.id}));
  EXPECT_EQ(seen(dora, mara), (std::set{talk.id, other.id, hidden.id}));
  const auto stranger = add_user("carl", Role::manager);
  EXPECT_EQ(refused(undo(stranger, lind)), "merge.missing");
}

TEST_P(MergingTest, O5_WhatHasChangedSinceThePreviewIsShownFirst) {
  const auto change = merging(anna, mara, lind);
  in("more", other, "lind@work.example");  // mail comes in: that isn't decided upon
  commit(PutApplication{{make<ApplicationId>(), lind, welder, {}, {}, now}});
  EXPECT_EQ(refused(change), "merge.changed");
  const auto second = merging(anna, mara, lind);
  commit(PutCandidate{lind, "M. Lind", {address("new@home.example")}, now});
  EXPECT_EQ(refused(second), "merge.changed");
  merge(mara, lind);
}

TEST_P(MergingTest, O5_OneOfTwoAtOnceAndNeverWithThemselves) {
  EXPECT_EQ(refused(merging(anna, mara, mara)), "merge.same");
  const auto there = merging(anna, mara, lind), back = merging(anna, lind, mara);
  commit(there);
  EXPECT_EQ(refused(back), "candidate.missing");
  EXPECT_EQ(refused(there), "candidate.missing");
  EXPECT_FALSE(ask(MergePreview{as(anna), mara, lind}));
}

TEST_P(MergingTest, O5_ChainsAreUndoneFromTheirEnd) {
  const auto third = add_candidate("Mara L.", {"third@home.example"}, {baker});
  const auto fourth = add_candidate("Mara", {"fourth@home.example"}, {welder});
  // Moved in a job that all three are in: its application is put aside, twice.
  move_on(third);
  in("third", thread(third, "Third"), "third@home.example", true);
  const auto before = stored();
  merge(lind, third);
  const auto chained = stored();
  merge(mara, lind);
  merge(mara, fourth);
  EXPECT_EQ(ask(CandidateById{as(anna), third})->candidate.id, mara);
  EXPECT_EQ(seen(anna, third).size(), 3u);
  EXPECT_EQ(refused(undo(anna, third)), "merge.overtaken");
  EXPECT_EQ(refused(undo(anna, lind)), "merge.overtaken");
  const auto merges = ask(CandidateById{as(anna), mara})->merges;
  ASSERT_EQ(merges.size(), 2u);
  EXPECT_EQ(merges[0].merged, fourth);
  EXPECT_FALSE(merges[1].undo_until);
  commit(undo(anna, fourth));
  commit(undo(anna, lind));
  expect_same(chained);
  EXPECT_EQ(ask(CandidateById{as(anna), third})->candidate.id, lind);
  commit(undo(anna, third));
  expect_same(before);
}

// Of what came since, the one keeps what an address of theirs is on, or was.
TEST_P(MergingTest, O5_T2_WhatBeganSinceGoesWithAddressesThatWereTheirsAlone) {
  merge(mara, lind);
  now = now + 1h;
  const auto alone = thread(mara, "Alone"), both = thread(mara, "Both"), old = thread(mara, "Old");
  in("alone", alone, "lind@work.example", true);
  auto copied = message("copied", "lind@work.example", "clara@acme.example");
  copied.envelope.cc = {person("mara@home.example")};
  place(copied, both, rules::PlacedBy::address, "lind@work.example");
  // An address that was taken off since was still theirs.
  PutCandidate less{mara, "Mara Lind", {}, now, as(anna)};
  for (const auto& text : {"both@home.example", "lind@work.example"})
    less.addresses.push_back(address(text));
  commit(less);
  auto late = message("late", "lind@work.example", "clara@acme.example");
  late.envelope.cc = {person("mara@home.example")};
  place(late, old, rules::PlacedBy::address, "lind@work.example");
  run_errands();
  commit(undo(anna, lind));
  EXPECT_EQ(ask(ThreadById{as(anna), alone.id})->thread.candidate, lind);
  EXPECT_EQ(ask(ThreadById{as(anna), both.id})->thread.candidate, mara);
  EXPECT_EQ(ask(ThreadById{as(anna), old.id})->thread.candidate, mara);
}

TEST_P(MergingTest, O5_M3_WhoIsNoCandidateIsNotMerged) {
  const auto none = make<CandidateId>();
  commit(AddNonCandidate{none, "pat@agency.example", "pat@agency.example", {}, anna.id, now});
  EXPECT_FALSE(ask(MergePreview{as(anna), mara, none}));
  EXPECT_EQ(refused(MergeCandidates{as(anna), mara, none, {}, false, now}), "candidate.missing");
  EXPECT_EQ(refused(MergeCandidates{as(anna), none, mara, {}, false, now}), "candidate.missing");
}

TEST_P(MergingTest, O5_D1_WhoIsForgottenTakesTheMergedAlong) {
  const auto third = add_candidate("Mara L.", {"third@home.example"}, {welder});
  commit(Quarantine{{box.id, inbox.id, 7, 100}, "decode", true, {}, now, {third}});
  merge(lind, third);
  commit(ForgetCandidate{mara, as(anna), now});
  EXPECT_FALSE(ask(MergePreview{as(anna), mara, lind}));
  EXPECT_EQ(refused(merging(anna, lind, mara)), "candidate.missing");
  EXPECT_GT(run_errands(), 0);
  commit(ForgetCandidate{lind, as(anna), now});
  EXPECT_FALSE(ask(CandidateById{as(anna), third}));
  EXPECT_EQ(refused(undo(anna, third)), "merge.missing");
  EXPECT_GT(run_errands(), 0);
  EXPECT_FALSE(ask(CandidateById{as(anna), third}));
  if (GetParam() == On::memory) return;
  tables()->read([&](Db& db) {
    for (const std::string table :
         {"candidates", "merged_candidates", "merged_threads", "merged_addresses",
          "merged_taken_off", "merged_applications", "merged_follows", "merged_skipped", "messages",
          "threads", "placements", "quarantined_about", "blobs"})
      EXPECT_EQ(db.row("select count(*) from " + table)->number(), 0) << table;
  });
}

TEST_P(MergingTest, O5_WhatCameSinceGoesToWhoseAddressItIs) {
  merge(mara, lind);
  const auto theirs = thread(mara, "To lind"), hers = thread(mara, "To mara"),
             of_both = thread(mara, "To both");
  in("new of lind", theirs, "lind@work.example", true);
  in("new of mara", hers, "mara@home.example", true);
  in("new of both", of_both, "both@home.example", true);
  in("answer", of(mara, other), "mara@home.example");
  auto written = thread(mara, "Written");
  commit(AddThread{written});
  write_here(message("w", "clara@acme.example", "lind@work.example"), written, box, now + 1min);
  commit(undo(anna, lind));
  EXPECT_EQ(seen(anna, lind), (std::set{other.id, theirs.id, written.id}));
  EXPECT_EQ(seen(anna, mara), (std::set{talk.id, hers.id, of_both.id}));
  EXPECT_TRUE(seen(ben, lind).empty());
  EXPECT_EQ(timeline(anna, lind), 4u);
}

TEST_P(MergingTest, O5_S16_WhatTheEnginesAskKnowsThemAsOne) {
  const auto whose = [&](std::string normal) {
    std::set<CandidateId> ids;
    for (const auto& match : ask(PeopleNamed{engine(), {std::move(normal)}}).candidates)
      ids.insert(match.candidate);
    return ids;
  };
  KnownAbout about{engine()};
  about.participants = {"lind@work.example"};
  about.references = {"two"};
  const auto judged = ask(about);
  ASSERT_EQ(judged.ancestors.size(), 1u);
  EXPECT_EQ(judged.ancestors[0].place.candidate, lind);
  merge(mara, lind);
  EXPECT_EQ(whose("lind@work.example"), std::set{mara});
  EXPECT_EQ(whose("both@home.example"), std::set{mara});
  // What was judged before isn't stored as it was judged.
  EXPECT_FALSE(try_commit({}, {PeopleAre{about.participants, judged.candidates, judged.internal}}));
  EXPECT_FALSE(try_commit({}, {RelativesAre{{},
                                            about.references,
                                            judged.ancestors,
                                            judged.descendants,
                                            judged.siblings,
                                            {},
                                            {},
                                            judged.named}}));
  const auto anew = ask(about);
  EXPECT_EQ(anew.ancestors[0].place.candidate, mara);
  std::set<CandidateId> synced;
  for (const auto& row : ask(SyncedAddresses{engine(), {}, {}})) synced.insert(row.candidate);
  EXPECT_EQ(synced, std::set{mara});
  // The engines hear of both.
  std::set<std::string> told;
  for (const auto& entry : ask(Since{engine(), 0})) told.insert(entry.id);
  EXPECT_TRUE(told.contains(mara.text()) && told.contains(lind.text()));
  commit(undo(anna, lind));
  EXPECT_EQ(whose("lind@work.example"), std::set{lind});
  EXPECT_EQ(whose("both@home.example"), (std::set{mara, lind}));
}

TEST_P(MergingTest, O5_AddressesKeepWhatTheyAre) {
  auto herself = add_user("lind", Role::evaluator);
  herself.email = herself.email_normal = "lind@work.example";
  commit(PutUser{herself, {}, now});  // I-1: off the profile, and what it placed with it
  run_errands();
  EXPECT_EQ(addresses(lind),
            (std::set<std::string>{"lind@work.example internal-user", "both@home.example"}));
  const auto before = stored();
  merge(mara, lind);
  EXPECT_TRUE(addresses(mara).contains("lind@work.example internal-user"));
  EXPECT_FALSE(seen(anna, mara).contains(other.id));
  commit(undo(anna, lind));
  expect_same(before);
}

TEST_P(MergingTest, O5_WhatWasTakenOffSinceIsGivenBackToNobody) {
  merge(mara, lind);
  commit(PutCandidate{
      mara, "Mara Lind", {address("mara@home.example"), address("new@home.example")}, now});
  run_errands();
  commit(undo(anna, lind));
  EXPECT_EQ(addresses(mara), (std::set<std::string>{"mara@home.example", "new@home.example"}));
  EXPECT_TRUE(addresses(lind).empty());
}

TEST_P(MergingTest, O5_T5_MovedBetweenTheTwoIsMovedBackFirst) {
  merge(mara, lind);
  const CorrectPlacement move{make<CorrectionId>(), as(anna), other.id, two.id,
                              Part::message,        talk.id,  false,    now};
  const CorrectPlacement split{make<CorrectionId>(), as(anna),         talk.id, two.id,
                               Part::message,        make<ThreadId>(), true,    now};
  commit(move);
  EXPECT_EQ(refused(undo(anna, lind)), "merge.corrected");
  commit(UndoCorrection{as(anna), move.id, now});
  in("three", of(mara, other), "lind@work.example");
  auto own = split;
  own.from = other.id;
  commit(own);  // of Lind's alone: it goes back with them
  commit(undo(anna, lind));
  EXPECT_EQ(seen(anna, lind), (std::set{other.id, own.into}));
}

TEST_P(MergingTest, O5_AnAddressThatIsLeavingComesFirst) {
  if (GetParam() == On::memory) return;
  tables()->write([&](Db& db) {
    db.change(
        "insert into addresses_taken_off(company, candidate, normal, at)"
        " values ($1, $2, 'x@home.example', $3)",
        company, lind, now);
  });
  EXPECT_EQ(refused(merging(anna, mara, lind)), "candidate.leaving-mail");
  tables()->write([&](Db& db) { db.run("delete from addresses_taken_off", {}); });
  merge(mara, lind);
}

TEST_P(MergingTest, O5_AfterThirtyDaysTheyStayOne) {
  merge(mara, lind);
  const auto later = now + std::chrono::hours(24 * 30);
  EXPECT_EQ(refused(UndoMerge{as(anna), lind, later}), "merge.too-late");
  EXPECT_FALSE(ask(Prunable{engine(), later - 1min, {}}));
  EXPECT_TRUE(ask(Prunable{engine(), later, {}}));
  commit(Prune{later, {}});
  EXPECT_FALSE(ask(Prunable{engine(), later, {}}));
  EXPECT_EQ(ask(CandidateById{as(anna), lind})->candidate.id, mara);
  EXPECT_FALSE(ask(CandidateById{as(anna), mara})->merges.at(0).undo_until);
  EXPECT_EQ(refused(undo(anna, lind)), "merge.too-late");
}

TEST_P(MergingTest, O5_S6_WhatWasPassedOverIsAddedUp) {
  commit(SetJobOpen{baker, false, as(anna), now}, SetJobOpen{welder, false, as(anna), now});
  commit(CountSkipped{mara, 2, now}, CountSkipped{lind, 3, now});
  const auto before = stored();
  merge(mara, lind);
  EXPECT_EQ(ask(CandidateById{as(anna), mara})->skipped->messages, 5u);
  commit(undo(anna, lind));
  expect_same(before);
}

// A move across the two that was taken back is all that is left of it: the next undo gives nobody's
// conversation away, whichever of the two had the move.
TEST_P(MergingTest, O5_P1_AMoveThatWasTakenBackTakesNothingAlongLater) {
  const auto rounds = [&](const rules::Thread& from, const rules::Thread& into,
                          std::optional<MessageId> message) {
    merge(mara, lind);
    const CorrectPlacement move{make<CorrectionId>(),
                                as(anna),
                                from.id,
                                message.value_or(MessageId{}),
                                message ? Part::message : Part::whole,
                                into.id,
                                false,
                                now};
    commit(move);
    commit(UndoCorrection{as(anna), move.id, now});
    for (int again = 0; again < 2; ++again) {
      commit(undo(anna, lind));
      EXPECT_EQ(seen(anna, mara), std::set{talk.id});
      EXPECT_EQ(seen(anna, lind), std::set{other.id});
      EXPECT_EQ(timeline(anna, mara), 1u);
      EXPECT_EQ(timeline(anna, lind), 1u);
      merge(mara, lind);
    }
    commit(undo(anna, lind));
    merge(lind, mara);
    commit(undo(anna, mara));
    EXPECT_EQ(seen(anna, mara), std::set{talk.id});
    EXPECT_EQ(seen(anna, lind), std::set{other.id});
  };
  rounds(other, talk, std::nullopt);
  rounds(talk, other, std::nullopt);
  rounds(other, talk, two.id);
  rounds(talk, other, one.id);
}

TEST_P(MergingTest, O5_ThePreviewRefusesWhatTheMergeWould) {
  std::vector<std::string> many;
  for (int i = 0; i < 30; ++i) many.push_back("a" + std::to_string(i) + "@x.example");
  const auto first = add_candidate("First", many, {});
  for (auto& one : many) one = "b" + one;
  const auto second = add_candidate("Second", many, {});
  const auto asked = store->ask(MergePreview{as(anna), first, second});
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code, "merge.too-many-addresses");
}

}  // namespace
}  // namespace hearback::store
