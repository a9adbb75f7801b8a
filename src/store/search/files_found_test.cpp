// What search finds of the files that lie on profiles, on each database alike, and for whom (M-6,
// W-9). That what stands in them is read: tests/reading_test.cpp.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "fakes/store_conformance.hpp"
#include "store/search/tables.hpp"

namespace hearback::store {
namespace {

using rules::Role;

class FilesFoundTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin, true);
    clara = add_user("clara", Role::manager);
    dora = add_user("dora", Role::manager);
    welder = add_job("Senior welder", {clara.id});
    baker = add_job("Baker", {dora.id});
    wanda = add_candidate("Wanda Müller", {"wanda@home.example"}, {welder});
    carl = add_candidate("Carl", {"carl@home.example"}, {baker});
  }

  UploadId put(const rules::User& user, CandidateId candidate, std::string name) {
    now = now + 1min;
    const auto id = make<UploadId>();
    last_octets = make<BlobId>();
    const auto* type = name.ends_with(".jpg") ? "image/jpeg" : "application/pdf";
    commit(PutBlob{last_octets, "octets"},
           AddUpload{id, user.id, std::move(name), type, last_octets, 6, now},
           AddFile{id, candidate, as(user), now});
    return id;
  }
  // As reading it would, which may be before or behind anything else.
  void read(UploadId file, const std::string& name, const std::string& text) {
    last_text = make<BlobId>();
    commit(BeginOwnFile{file});
    commit(PutBlob{last_text, text},
           PutOwnFileText{file, last_text, rules::findable_file(name, text)});
  }
  UploadId put_and_read(const rules::User& user, CandidateId candidate, const std::string& name,
                        const std::string& text) {
    const auto file = put(user, candidate, name);
    read(file, name, text);
    return file;
  }

  FoundFiles::Answer page(const Scope& scope, std::string_view typed, std::string after = {},
                          std::size_t rows = 20) {
    return ask(FoundFiles{scope, rules::read_search(typed), {std::move(after), rows}});
  }
  // The names of what is found, the newest first, over all pages.
  std::vector<std::string> found(const Scope& scope, std::string_view typed,
                                 std::size_t rows = 20) {
    std::vector<std::string> names;
    std::string after;
    for (int pages = 0; pages < 100; ++pages) {
      auto some = page(scope, typed, after, rows);
      for (auto& row : some.rows) names.push_back(row.filename);
      if (some.next.empty()) return names;
      after = some.next;
    }
    ADD_FAILURE() << "it never ends: " << typed;
    return names;
  }
  std::optional<OwnFileToRead::Waiting> waiting(bool of_programs = false) {
    return ask(OwnFileToRead{engine(), of_programs});
  }
  std::optional<std::string> text(const Scope& scope, CandidateId candidate, UploadId file) {
    return ask(OwnFileText{scope, candidate, file});
  }
  void merge(CandidateId kept, CandidateId merged) {
    auto preview = ask(MergePreview{as(anna), kept, merged});
    ASSERT_TRUE(preview);
    commit(MergeCandidates{as(anna), kept, merged, preview->version, false, now});
  }
  using Names = std::vector<std::string>;

  rules::User anna, clara, dora;
  JobId welder, baker;
  CandidateId wanda, carl;
  BlobId last_octets, last_text;
};
HEARBACK_ON_EACH_DATABASE(FilesFoundTest);

TEST_P(FilesFoundTest, M6_W9_ByTheirNamesAndByWhatStandsInThem) {
  put_and_read(clara, wanda, "CV Wanda.pdf", "I run Kubernetes clusters in Zürich");
  put_and_read(dora, carl, "Lebenslauf.pdf", "Bread, cakes; some Kubernetes in ZURICH");
  put(clara, wanda, "photo.jpg");
  struct Case {
    std::string_view typed;
    Names expected;
  };
  const Case cases[] = {
      {"kubernetes", {"Lebenslauf.pdf", "CV Wanda.pdf"}},
      {"KUBER zurich", {"Lebenslauf.pdf", "CV Wanda.pdf"}},
      {"kubernetes -bread", {"CV Wanda.pdf"}},
      {"\"kubernetes clusters\"", {"CV Wanda.pdf"}},
      {"\"clusters kubernetes\"", {}},
      {"\"pdf i\"", {}},  // from the name into the text
      {"wanda kubernetes", {"CV Wanda.pdf"}},
      {"lebens", {"Lebenslauf.pdf"}},
      {"photo", {"photo.jpg"}},
      {"file:pdf", {"Lebenslauf.pdf", "CV Wanda.pdf"}},
      {"file:kubernetes", {}},
      {"-file:lebenslauf kubernetes", {"CV Wanda.pdf"}},
      {"has:file", {"photo.jpg", "Lebenslauf.pdf", "CV Wanda.pdf"}},
      {"has:file bread", {"Lebenslauf.pdf"}},
      {"candidate:muller", {"photo.jpg", "CV Wanda.pdf"}},
      {"candidate:carl kubernetes", {"Lebenslauf.pdf"}},
      {"candidate:nobody kubernetes", {}},
      {"job:welder kubernetes", {"CV Wanda.pdf"}},
      {"job:gardener", {}},
      {"from:wanda", {}},
      {"to:clara kubernetes", {}},
      {"subject:kubernetes", {}},
      {"-from:clara kubernetes", {"Lebenslauf.pdf", "CV Wanda.pdf"}},
      {"is:unread", {}},
      {"is:unread kubernetes", {}},
      {"nothing", {}},
      {"", {}},
      {"-bread", {}},
  };
  for (const auto& [typed, expected] : cases) EXPECT_EQ(found(as(anna), typed), expected) << typed;
  // Of few candidates each file is looked at instead: the answers are the same.
  commit(PutJob{{baker, "Baker", rules::JobKind::offer, true}, {clara.id}, now});
  for (const auto& [typed, expected] : cases) {
    EXPECT_EQ(found(as(clara), typed), expected) << typed;
    EXPECT_EQ(found(engine(), typed), expected) << typed;
    EXPECT_EQ(found(as(anna), typed, 1), expected) << typed;
    EXPECT_EQ(found(as(clara), typed, 1), expected) << typed;
  }
  const auto row = page(as(anna), "bread").rows.at(0);
  EXPECT_EQ(row.candidate, carl);
  EXPECT_EQ(row.candidate_name, "Carl");
  EXPECT_EQ(row.added_by, "dora");
  EXPECT_EQ(row.type, "application/pdf");
  EXPECT_EQ(row.octets, 6u);
  EXPECT_LT(row.at, now);
}

TEST_P(FilesFoundTest, M6_W9_ByTheDayOnWhichTheyCame) {
  put(clara, wanda, "old.pdf");
  now = now + std::chrono::hours(24 * 100);
  put(clara, wanda, "new.pdf");
  const auto day = to_rfc3339(now).substr(0, 10);
  for (const auto& scope : {as(anna), as(clara)}) {
    EXPECT_EQ(found(scope, "after:" + day), Names{"new.pdf"});
    EXPECT_EQ(found(scope, "before:" + day), Names{"old.pdf"});
    EXPECT_EQ(found(scope, "pdf after:" + day + " before:" + day), Names{});
  }
}

TEST_P(FilesFoundTest, P5_WhoSeesTheCandidateFindsTheFileAndNobodyElse) {
  const auto hers = put_and_read(clara, wanda, "CV.pdf", "Kubernetes");
  for (int i = 0; i < 30; ++i) put_and_read(dora, carl, "other.pdf", "Kubernetes");
  EXPECT_EQ(found(as(clara), "kubernetes"), Names{"CV.pdf"});
  EXPECT_EQ(found(as(dora), "kubernetes").size(), 30u);
  EXPECT_EQ(found(as(dora), "candidate:wanda"), Names{});
  EXPECT_EQ(found(as(dora), "job:welder"), Names{});
  const auto nobody = add_user("nobody", Role::evaluator);
  const auto none = page(as(nobody), "kubernetes");
  EXPECT_TRUE(none.rows.empty() && none.next.empty() && none.complete);
  EXPECT_EQ(text(as(clara), wanda, hers), "Kubernetes");
  EXPECT_FALSE(text(as(dora), wanda, hers));
  EXPECT_FALSE(text(as(dora), carl, hers)) << "by way of a candidate of one's own";
  // By one look at all, too, where there are many to be seen.
  commit(PutJob{{baker, "Baker", rules::JobKind::offer, true}, {clara.id}, now});
  EXPECT_EQ(found(as(clara), "kubernetes", 7).size(), 31u);
  EXPECT_EQ(found(as(dora), "kubernetes"), Names{});
}

// Whom a question that goes by date meets between what the reader sees.
TEST_P(FilesFoundTest, P5_OfManyWhoseSomeMayBeSeen) {
  Names expected;
  for (int i = 0; i < 250; ++i) {  // more than are few
    const auto name = std::to_string(i) + ".pdf";
    const auto one = add_candidate("Candidate " + std::to_string(i), {}, {welder});
    if (i % 50 == 0) {
      put(clara, one, name);
      put(dora, carl, "other.pdf");
      expected.insert(expected.begin(), name);
    }
  }
  EXPECT_EQ(found(as(clara), "pdf"), expected);
  EXPECT_EQ(found(as(clara), "pdf", 2), expected);
  EXPECT_EQ(found(as(clara), "job:welder pdf", 2), expected);
}

TEST_P(FilesFoundTest, W9_ARemovedFileIsFoundNoMoreUntilItIsPutBack) {
  const auto cv = put_and_read(clara, wanda, "CV.pdf", "Kubernetes");
  const auto kept = last_text;
  commit(RemoveFile{cv, wanda, as(clara), now});
  EXPECT_EQ(found(as(clara), "kubernetes"), Names{});
  EXPECT_EQ(found(as(clara), "cv"), Names{});
  EXPECT_FALSE(text(as(clara), wanda, cv));
  EXPECT_FALSE(ask(BlobBytes{company, kept})) << "what was read of it is gone";
  EXPECT_TRUE(ask(BlobBytes{company, last_octets})) << "it can be put back";
  EXPECT_FALSE(waiting());
  commit(AddFile{cv, wanda, as(clara), now});
  EXPECT_EQ(found(as(clara), "cv"), Names{"CV.pdf"});
  ASSERT_TRUE(waiting());  // it is read once more
  EXPECT_FALSE(page(as(clara), "kubernetes").complete);
  read(cv, "CV.pdf", "Kubernetes");
  EXPECT_EQ(found(as(clara), "kubernetes"), Names{"CV.pdf"});
}

// One that is removed while it is read leaves nothing of what was read behind.
TEST_P(FilesFoundTest, W9_WhatIsReadOfAFileThatIsGoneIsntKept) {
  const auto cv = put(clara, wanda, "CV.pdf");
  commit(RemoveFile{cv, wanda, as(clara), now});
  read(cv, "CV.pdf", "Kubernetes");
  EXPECT_FALSE(ask(BlobBytes{company, last_text}));
  EXPECT_EQ(found(as(clara), "kubernetes"), Names{});
}

TEST_P(FilesFoundTest, W9_O5_TheyGoAlongWithAMergeAndBack) {
  const auto lind = add_candidate("W. Lind", {"lind@home.example"}, {welder});
  const auto cv = put_and_read(clara, lind, "CV.pdf", "Kubernetes");
  put(clara, lind, "waits.pdf");
  merge(wanda, lind);
  EXPECT_EQ(found(as(clara), "candidate:muller kubernetes"), Names{"CV.pdf"});
  EXPECT_EQ(page(as(clara), "kubernetes").rows.at(0).candidate, wanda);
  EXPECT_EQ(text(as(clara), wanda, cv), "Kubernetes");
  EXPECT_FALSE(text(as(clara), lind, cv));
  EXPECT_EQ(waiting()->filename, "waits.pdf");
  commit(UndoMerge{as(anna), lind, now});
  EXPECT_EQ(page(as(clara), "kubernetes").rows.at(0).candidate, lind);
  EXPECT_EQ(found(as(clara), "candidate:muller"), Names{});
  EXPECT_EQ(text(as(clara), lind, cv), "Kubernetes");
}

// Neither what was read nor what waits; and nothing that is read amid it is kept.
TEST_P(FilesFoundTest, D1_OfWhoIsBeingForgottenNothingIsFoundReadOrKept) {
  const auto cv = put_and_read(clara, wanda, "canaryname.pdf", "canaryquick brown");
  const auto kept = last_text;
  const auto late = put(clara, wanda, "late.pdf");
  ASSERT_EQ(waiting()->file, late);
  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_FALSE(waiting());
  const auto none = page(as(anna), "canaryquick");
  EXPECT_TRUE(none.rows.empty() && none.complete);
  EXPECT_EQ(found(engine(), "canaryname"), Names{});
  EXPECT_FALSE(text(engine(), wanda, cv));
  read(late, "late.pdf", "canarylate");
  EXPECT_FALSE(ask(BlobBytes{company, last_text}));
  run_errands();
  EXPECT_FALSE(ask(BlobBytes{company, kept}));
  ASSERT_TRUE(*store->clear_traces());
  if (GetParam() == On::memory) return;
  tables()->read(
      [](Db& db) { EXPECT_EQ(db.row("select count(*) from file_documents")->number(), 0); });
  if (GetParam() != On::file) return;
  store.reset();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string octets((std::istreambuf_iterator<char>(file)), {});
    for (const auto* word : {"canaryquick", "canaryname"})
      EXPECT_EQ(octets.find(word), octets.npos) << entry.path() << word;
  }
  store = open();
}

// Begun is said before; what can't be read is tried no more; what waits for a program has its turn.
TEST_P(FilesFoundTest, SEC18_AFileIsBegunAndEnded) {
  const auto cv = put(clara, wanda, "CV.pdf");
  const auto other = put(clara, wanda, "other.pdf");
  put(clara, wanda, "photo.jpg");  // a name that promises no text isn't read
  EXPECT_EQ(waiting()->file, other) << "the newest first";
  EXPECT_EQ(ask(OwnFileToRead{engine(), false, {other}})->file, cv);
  EXPECT_FALSE(ask(OwnFileToRead{engine(), false, {other, cv}}));
  commit(BeginOwnFile{other});
  commit(BeginOwnFile{other});
  EXPECT_EQ(waiting()->begun, 2);
  commit(ForgiveOwnFile{other});
  EXPECT_EQ(waiting()->begun, 1);
  EXPECT_FALSE(page(as(clara), "pdf").complete);
  commit(PutOwnFileText{other, {}, {}});  // nothing could be read of it
  EXPECT_EQ(waiting()->file, cv);
  commit(PutOwnFileText{cv, {}, {}, true});
  EXPECT_FALSE(waiting());
  EXPECT_TRUE(page(as(clara), "pdf").complete);
  EXPECT_EQ(found(as(clara), "pdf"), (Names{"other.pdf", "CV.pdf"})) << "by its name";
  ASSERT_TRUE(waiting(true));
  EXPECT_EQ(waiting(true)->begun, 0);
  read(cv, "CV.pdf", "Kubernetes");
  EXPECT_EQ(found(as(clara), "kubernetes"), Names{"CV.pdf"});
  EXPECT_FALSE(waiting(true));
}

// Only of what the asker could see.
TEST_P(FilesFoundTest, P5_SearchSaysThatItIsNotCompleteToWhomItConcerns) {
  put(dora, carl, "waits.pdf");
  EXPECT_FALSE(page(as(dora), "anything").complete);
  EXPECT_FALSE(page(as(anna), "anything").complete);
  EXPECT_TRUE(page(as(clara), "anything").complete);
}

// What words are has changed: they are made again, of names and of what was kept, in steps.
TEST_P(FilesFoundTest, M6_WhatIsIndexedAgainIsFoundAgain) {
  if (GetParam() == On::memory) return;
  const auto cv = put_and_read(clara, wanda, "CV.pdf", "Kubernetes");
  const auto waits = put(clara, wanda, "waits.pdf");
  tables()->write([](Db& db) { index_again(db); });
  EXPECT_EQ(found(as(clara), "kubernetes"), Names{});
  EXPECT_EQ(found(as(clara), "pdf"), Names{});
  EXPECT_FALSE(page(as(clara), "pdf").complete);
  EXPECT_FALSE(waiting()) << "it has no words yet that others come to";
  while (*store->make_findable()) {
  }
  EXPECT_EQ(found(as(clara), "kubernetes"), Names{"CV.pdf"});
  EXPECT_EQ(found(as(clara), "pdf"), (Names{"waits.pdf", "CV.pdf"}));
  EXPECT_EQ(waiting()->file, waits);
  EXPECT_EQ(text(as(clara), wanda, cv), "Kubernetes");
  read(waits, "waits.pdf", "Terraform");
  EXPECT_EQ(found(as(clara), "terraform"), Names{"waits.pdf"});
}

// The same octets that come twice are two files.
TEST_P(FilesFoundTest, W9_OneThatCameTwiceIsFoundTwice) {
  put_and_read(clara, wanda, "CV.pdf", "Kubernetes");
  const auto second = put_and_read(clara, wanda, "CV.pdf", "Kubernetes");
  EXPECT_EQ(found(as(clara), "kubernetes").size(), 2u);
  commit(RemoveFile{second, wanda, as(clara), now});
  EXPECT_EQ(found(as(clara), "kubernetes").size(), 1u);
}

TEST_P(FilesFoundTest, M6_PagesGoOnWhereTheyWere) {
  for (int i = 0; i < 45; ++i) put(clara, wanda, std::to_string(i) + " file.pdf");
  for (const auto& scope : {as(anna), as(clara)}) {
    const auto all = found(scope, "file");
    EXPECT_EQ(all.size(), 45u);
    EXPECT_EQ(all.front(), "44 file.pdf");
    EXPECT_EQ(found(scope, "file", 7), all);
    const auto first = page(scope, "file", {}, 10);
    put(clara, wanda, "new file.pdf");  // shown on no page behind it
    EXPECT_EQ(page(scope, "file", first.next, 10).rows.at(0).filename, "34 file.pdf");
    commit(RemoveFile{page(scope, "file").rows.at(0).file, wanda, as(clara), now});
  }
  const auto bad = store->ask(FoundFiles{as(anna), rules::read_search("file"), {"none", 20}});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, "page.bad-cursor");
}

}  // namespace
}  // namespace hearback::store
