// Errands, and what has an end.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

namespace fs = std::filesystem;
using rules::PlacedBy;
using rules::Role;

class ErrandsTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    ben = add_user("ben", Role::evaluator);
    welder = add_job("Welder", {ben.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  }
  void write_letters(int count) {
    const auto t = thread(wanda);
    commit(AddThread{t});
    for (int i = 0; i < count; ++i) {
      const auto m = message("m" + std::to_string(i), "wanda@home.example", "ben@acme.example");
      place(m, t, PlacedBy::address, "wanda@home.example", false);
    }
    last_thread = t.id;
  }
  std::int64_t rows_of(const char* table) {
    std::int64_t rows = 0;
    tables()->read(
        [&](Db& db) { rows = db.row("select count(*) from " + std::string(table))->number(); });
    return rows;
  }

  rules::User anna, ben;
  JobId welder;
  CandidateId wanda;
  ThreadId last_thread;
};
HEARBACK_ON_EACH_DATABASE(ErrandsTest);

TEST_P(ErrandsTest, S7_AForgottenCandidateIsGoneForEverybodyAtOnce) {
  write_letters(3);
  const auto job = add_job("Baker", {});
  commit(ForgetCandidate{wanda, as(anna), now});
  for (const auto& scope : {as(anna), as(ben), engine()}) {
    EXPECT_FALSE(ask(CandidateById{scope, wanda}));
    EXPECT_TRUE(ask(Candidates{scope, "", {}, {}}).rows.empty());
    EXPECT_FALSE(ask(ThreadById{scope, last_thread}));
    EXPECT_TRUE(threads_seen(scope).empty());
    EXPECT_TRUE(ask(PeopleNamed{scope, {"wanda@home.example"}}).candidates.empty());
    EXPECT_TRUE(ask(StoredMessageIds{scope, {"m0"}}).empty());
    EXPECT_EQ(ask(Jobs{scope}).rows.at(0).candidates, 0u);
  }
  // Nothing comes to the candidate any more, whoever judged on yesterday's knowledge.
  EXPECT_EQ(refused(PutCandidate{wanda, "Wanda", {address("wanda@home.example")}, now}),
            "store.reference-missing");
  EXPECT_EQ(refused(AddThread{thread(wanda)}), "store.reference-missing");
  EXPECT_EQ(refused(PutApplication{{make<ApplicationId>(), wanda, job, {}, {}, now}}),
            "store.reference-missing");
  const auto late = message("late", "wanda@home.example", "ben@acme.example");
  EXPECT_EQ(refused(PutBlob{late.raw, "x"}, AddMessage{late, now},
                    PlaceMessage{{last_thread, wanda, late.id, PlacedBy::address, ""}, now}),
            "store.reference-missing");
  // Both who began it and an admin can follow it; others can't.
  EXPECT_EQ(ask(Errands{as(anna)}).size(), 1u);
  EXPECT_TRUE(ask(Errands{as(ben)}).empty());
}

TEST_P(ErrandsTest, S7_EachStepIsBoundedAndAnyOfThemMayBeTheLastBeforeACrash) {
  constexpr int kLetters = 350;
  write_letters(kLetters);
  const auto other = add_candidate("Bob", {"bob@home.example"}, {welder});
  commit(ForgetCandidate{wanda, as(anna), now});
  const auto before = ask(Errands{engine()}).at(0);
  EXPECT_EQ(before.subject, wanda.text());
  EXPECT_FALSE(before.finished);
  std::uint64_t done = 0;
  int steps = 0;
  for (;; ++steps) {
    ASSERT_LT(steps, 20);
    const auto due = ask(ErrandsDue{engine(), now});
    if (due.empty()) break;
    if (steps == 2 && GetParam() != On::memory) {  // as if it had been killed
      store.reset();
      store = open();
    }
    commit(AdvanceErrand{due[0].id, now});
    const auto after = ask(Errands{engine()}).at(0);
    EXPECT_LE(after.done - done, Limits{}.errand_rows);
    done = after.done;
  }
  EXPECT_GE(steps, kLetters / static_cast<int>(Limits{}.errand_rows));
  const auto errand = ask(Errands{engine()}).at(0);
  EXPECT_TRUE(errand.finished);
  EXPECT_EQ(errand.steps, static_cast<std::uint64_t>(steps));
  commit(AdvanceErrand{errand.id, now});  // once more does nothing
  if (GetParam() == On::memory) return;
  for (const char* table :
       {"messages", "placements", "threads", "participants", "blobs", "forgotten_candidates"})
    EXPECT_EQ(rows_of(table), 0) << table;
  EXPECT_EQ(rows_of("candidates"), 1);
  EXPECT_TRUE(ask(CandidateById{as(ben), other}));
}

// One conversation may name any number of people: they go in steps of their own.
TEST_P(ErrandsTest, D1_WhomAConversationNamesIsForgottenInSteps) {
  const auto many = add_candidate("Many", {"many@home.example"}, {welder});
  const auto t = thread(many);
  auto m = message("many", "many@home.example", "ben@acme.example");
  for (int i = 0; i < 1000; ++i)
    m.envelope.cc.push_back(person(std::to_string(i) + "@home.example"));
  place(m, t, PlacedBy::address, "many@home.example");
  commit(ForgetCandidate{many, as(anna), now});
  const auto most = Limits{}.errand_rows;
  for (int steps = 0; !ask(ErrandsDue{engine(), now + 1h}).empty(); ++steps) {
    ASSERT_LT(steps, 50);
    const auto before = On::memory == GetParam() ? 0 : rows_of("thread_people");
    commit(AdvanceErrand{ask(ErrandsDue{engine(), now + 1h}).at(0).id, now});
    if (GetParam() == On::memory) continue;
    EXPECT_LE(before - rows_of("thread_people"), static_cast<std::int64_t>(most));
  }
  if (GetParam() != On::memory) EXPECT_EQ(rows_of("thread_people"), 0);
}

// D-1, W-5: a row that goes though nobody knows what became of its message leaves a word in the
// journal, whether it was unclear already or the engine died past the dot.
TEST_P(ErrandsTest, D1_W5_AFateThatNobodyCanLookUpAnyMoreIsSaid) {
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto t = thread(wanda);
  commit(AddThread{t});
  std::map<std::string, std::string> expected;  // kind by message
  const auto write = [&](std::string id, std::vector<MoveOutbox> steps, std::string kind) {
    auto m = message(id, "ben@acme.example", "wanda@home.example");
    m.direction = rules::Direction::outgoing;
    place(m, t, PlacedBy::sent_here, "", false);
    rules::OutboxMessage out;
    out.id = make<OutboxId>();
    out.author = ben.id;
    out.mailbox = box.id;
    out.candidate = wanda;
    out.thread = t.id;
    out.message = m.id;
    out.message_id = id;
    out.recipients = {"wanda@home.example"};
    out.bytes = m.raw;
    out.created = out.not_before = now;
    commit(AddOutbox{out}, ClaimOutbox{out.id, 0, now + 1min});
    for (auto& step : steps) {
      step.id = out.id;
      step.fence = 1;
      step.not_before = step.at = now;
      commit(step);
    }
    if (!kind.empty()) expected[m.id.text()] = kind;
  };
  using enum rules::OutboxState;
  using rules::OutboxPhase;
  const MoveOutbox attempt{.state = sending, .phase = OutboxPhase::attempt};
  const MoveOutbox dot{.state = sending, .phase = OutboxPhase::dot};
  write("waits", {}, "");
  write("before", {attempt}, "");
  write("unclear", {attempt, dot, {.state = uncertain}}, "message.fate-unknown");
  write("at-the-dot", {attempt, dot}, "message.fate-unknown");
  write("no-copy", {attempt, dot, {.state = sent, .copy_filed = false}}, "message.copy-not-filed");
  write("filed", {attempt, dot, {.state = seen_in_sent, .copy_filed = true}}, "");
  const auto journal = ask(JournalSince{engine(), 0, 1000});
  const auto start = journal.back().position;
  commit(ForgetCandidate{wanda, as(anna), now});
  now = now + 11min;  // past what the deletion waits for
  run_errands();
  std::map<std::string, std::string> said;
  for (auto& entry : ask(JournalSince{engine(), start, 1000})) {
    if (entry.kind == "candidate.forgotten") continue;
    EXPECT_TRUE(said.emplace(entry.subject, entry.kind).second) << "twice: " << entry.kind;
    EXPECT_EQ(entry.candidate, wanda);
    EXPECT_EQ(entry.user, ben.id);
    EXPECT_GT(entry.at, Instant{});
  }
  EXPECT_EQ(said, expected);
}

TEST_P(ErrandsTest, AStepThatFailedIsPutOffAndSaysWhy) {
  commit(ForgetCandidate{wanda, as(anna), now});
  const auto errand = ask(ErrandsDue{engine(), now}).at(0);
  commit(PutOffErrand{errand.id, now + 60s, "store.disk"});
  EXPECT_TRUE(ask(ErrandsDue{engine(), now}).empty());
  EXPECT_EQ(ask(Errands{as(anna)}).at(0).error, "store.disk");
  EXPECT_EQ(ask(ErrandsDue{engine(), now + 60s}).size(), 1u);
}

// ---- nothing readable is left (D-1, PRV1, SEE-5) -----------------------------------------------

TEST_P(ErrandsTest, D1_NoOctetOfAForgottenCandidateIsLeft) {
  if (GetParam() == On::memory) return;
  const std::string canary = "kanarienvogel", other_canary = "spatz";
  const auto blob = [&](std::size_t size) {
    std::string bytes;
    while (bytes.size() < size) bytes += canary;
    return bytes;
  };
  const auto cora = add_candidate("Cora " + canary, {canary + "@home.example"}, {welder});
  const auto other = add_candidate("Otto " + other_canary, {other_canary + "@home.example"});
  commit(SetExternalId{engine(), cora, "C-" + canary},
         SetExternalId{engine(), ask(CandidateById{engine(), cora})->applications.at(0).id,
                       "A-" + canary});
  const auto box = add_mailbox(ben, "ben@acme.example");
  const auto inbox = add_folder(box, "INBOX");
  const auto t = thread(cora, "Subject " + canary);
  auto m = message("id-" + canary, canary + "@home.example", "ben@acme.example");
  m.envelope.from[0].name = "Name " + canary;
  m.envelope.subject = "Subject " + canary;
  m.envelope.references = {"ref-" + canary};
  m.snippet = "Snippet " + canary;
  m.fingerprint = "print " + canary;
  m.attachments.emplace_back().filename = canary + ".pdf";
  commit(PutBlob{m.raw, "source"},
         AddMessage{m, now, words_of(m, "Words " + canary + " and " + canary + "s")}, AddThread{t},
         PlaceMessage{{t.id, cora, m.id, PlacedBy::address, canary + "@home.example"}, m.date});
  const auto others = thread(other);
  const auto kept = message("kept", other_canary + "@home.example", "ben@acme.example");
  commit(PutBlob{kept.raw, "source"},
         AddMessage{kept, now, words_of(kept, "words of a " + other_canary + " stay")},
         AddThread{others}, PlaceMessage{{others.id, other, kept.id, PlacedBy::address, ""}, now});
  const auto copy = make<BlobId>();
  commit(PutBlob{copy, blob(100'000)}, AddCopy{m.id, {box.id, inbox.id, 7, 1}, copy});
  const auto own = make<UploadId>();
  const auto own_blob = make<BlobId>();
  commit(PutBlob{own_blob, blob(100'000)},
         AddUpload{own, anna.id, canary + ".pdf", "application/pdf", own_blob, 100'000, now},
         AddFile{own, cora, as(anna), now});
  // Removed, to be put back; and an address that was taken off, of which the timeline tells.
  const auto removed = make<UploadId>();
  const auto removed_blob = make<BlobId>();
  commit(
      PutBlob{removed_blob, blob(100'000)},
      AddUpload{removed, anna.id, canary + "2.pdf", "application/pdf", removed_blob, 100'000, now},
      AddFile{removed, cora, as(anna), now}, RemoveFile{removed, cora, as(anna), now});
  PutCandidate two{cora, {}, {address(canary + "@work.example")}, now + 1h, as(anna), true, true};
  commit(two);
  two.takes_off = {canary + "@work.example"};
  two.addresses = {};
  commit(two);
  EXPECT_EQ(rows_of("address_changes"), 2);
  // Sealed off the profile, sent to the candidate, answered with the candidate in it.
  const auto sealed = message("sealed-" + canary, canary + "@home.example", "ben@acme.example");
  place(sealed, t, PlacedBy::address, canary + "@home.example", false);
  auto written = message("out-" + canary, "ben@acme.example", canary + "@home.example");
  place(written, t, PlacedBy::sent_here, "", false);
  rules::OutboxMessage out;
  out.id = make<OutboxId>();
  out.author = ben.id;
  out.mailbox = box.id;
  out.candidate = cora;
  out.thread = t.id;
  out.message = written.id;
  out.message_id = "out-" + canary;
  out.recipients = {canary + "@home.example"};
  out.bytes = make<BlobId>();
  commit(PutBlob{out.bytes, blob(100)}, AddOutbox{out});
  // Never imported: its source was kept, whoever else's it was goes first.
  const auto couldnt = make<BlobId>();
  commit(PutBlob{couldnt, blob(100'000)},
         Quarantine{{box.id, inbox.id, 7, 2}, "mail.malformed", true, couldnt, now, {cora, wanda}});
  commit(ForgetCandidate{wanda, as(anna), now});
  commit(RecordIdempotent{ben.id, "key-12345678", "hash", 201,
                          "{\"id\":\"" + cora.text() + "\",\"name\":\"" + canary + "\"}", now});

  commit(ForgetCandidate{cora, as(anna), now});
  run_errands();
  ASSERT_TRUE(*store->clear_traces());
  if (GetParam() == On::postgres) {  // rows that are gone are PostgreSQL's to vacuum: none is left
    tables()->read([&](Db& db) {
      for (const char* table : {"messages", "candidate_addresses", "threads", "placements",
                                "outbox", "participants", "message_refs", "attachments", "copies",
                                "idempotent_answers", "search_documents", "external_ids"}) {
        const auto left = db.row("select count(*) from " + std::string(table) +
                                 " t where cast(t as"
                                 " text) like '%" +
                                 canary + "%'");
        EXPECT_EQ(Row(*left).number(), 0) << table;
      }
    });
  }
  std::size_t searched = 0;
  bool other_found = false;
  for (auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    ++searched;
    EXPECT_EQ(bytes.find(canary), std::string::npos) << entry.path();
    if (bytes.find(other_canary) != std::string::npos) other_found = true;
  }
  EXPECT_GE(searched, 1u);
  if (GetParam() == On::file) EXPECT_TRUE(other_found) << "the search finds nothing at all";
  std::size_t blobs = 0;
  for (auto& entry : fs::recursive_directory_iterator(options.blob_directory))
    blobs += entry.is_regular_file() && entry.path().filename() != "installation";
  EXPECT_EQ(blobs, 0u);
  EXPECT_TRUE(ask(CandidateById{as(anna), other}));
  EXPECT_TRUE(ask(Found{as(anna), rules::read_search(canary), {}}).rows.empty());
  EXPECT_EQ(ask(Found{as(anna), rules::read_search("spatz stay"), {}}).rows.size(), 1u);
}

// ---- what grows has an end --------------------------------------------------------------------

TEST_P(ErrandsTest, WhatGrowsIsPrunedByAge) {
  const auto upload = make<UploadId>(), used = make<UploadId>();
  const auto blob = make<BlobId>(), used_blob = make<BlobId>();
  commit(PutBlob{blob, "file"}, AddUpload{upload, ben.id, "a.txt", "text/plain", blob, 4, now});
  commit(PutBlob{used_blob, "file"},
         AddUpload{used, ben.id, "b.txt", "text/plain", used_blob, 4, now});
  commit(AddSession{make<SessionId>(), ben.id, "secret", now, now + 1h});
  commit(RecordIdempotent{ben.id, "key-12345678", "hash", 201, "{}", now});
  // Sent, once; nobody else's uploads are touched.
  EXPECT_EQ(refused(UseUploads{anna.id, {used}}), "upload.missing");
  EXPECT_TRUE(ask(UploadById{as(ben), used}));
  commit(UseUploads{ben.id, {used}});
  EXPECT_EQ(refused(UseUploads{ben.id, {used}}), "upload.missing");
  EXPECT_FALSE(ask(UploadById{as(ben), used}));
  EXPECT_FALSE(ask(BlobBytes{company, used_blob}));

  commit(Prune{now, {}});
  EXPECT_FALSE(ask(Prunable{engine(), now, {}}));
  EXPECT_TRUE(ask(UploadById{as(ben), upload}));
  const auto kept_from = ask(CompanyFacts{engine()}).revision;
  const auto later = now + std::chrono::hours(25);
  EXPECT_TRUE(ask(Prunable{engine(), later, {}}));
  commit(Prune{later, {}});
  EXPECT_FALSE(ask(Prunable{engine(), later, {}}));
  EXPECT_FALSE(ask(UploadById{as(ben), upload}));
  EXPECT_FALSE(ask(BlobBytes{company, blob}));
  EXPECT_FALSE(ask(SessionOf{company, "secret", now}));
  EXPECT_TRUE(ask(IdempotentAnswer{as(ben), "key-12345678"}));  // kept for longer (0077)
  EXPECT_EQ(ask(CompanyFacts{engine()}).feed_start, 0u);        // so is the feed

  const auto entry = commit(PutCandidate{wanda, "Wanda W.", {address("w@home.example")}, now});
  const auto week = now + std::chrono::hours(24 * 7);
  commit(Prune{week, {}});
  EXPECT_EQ(ask(CompanyFacts{engine()}).feed_start, kept_from);
  EXPECT_FALSE(ask(Prunable{engine(), week, {}}));
  const auto left = ask(Since{engine(), 0});
  ASSERT_FALSE(left.empty());
  EXPECT_EQ(left.front().revision, kept_from + 1);
  EXPECT_EQ(left.back().revision, entry);
  EXPECT_TRUE(ask(IdempotentAnswer{as(ben), "key-12345678"}));
  commit(Prune{week + 1h, {}});
  EXPECT_FALSE(ask(IdempotentAnswer{as(ben), "key-12345678"}));
}

}  // namespace
}  // namespace hearback::store
