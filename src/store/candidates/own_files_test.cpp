#include "store/candidates/own_files.hpp"

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

using rules::Role;

class OwnFilesTest : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    anna = add_user("anna", Role::admin);
    clara = add_user("clara", Role::manager);
    dora = add_user("dora", Role::manager);
    welder = add_job("Welder", {clara.id});
    baker = add_job("Baker", {dora.id});
    wanda = add_candidate("Wanda", {"wanda@home.example"}, {welder});
  }
  UploadId bring_up(const rules::User& user, std::string name, std::string bytes = "pdf") {
    const auto id = make<UploadId>();
    last_blob = make<BlobId>();
    const auto octets = bytes.size();
    commit(PutBlob{last_blob, std::move(bytes)},
           AddUpload{id, user.id, std::move(name), "application/pdf", last_blob, octets, now});
    return id;
  }
  UploadId put(const rules::User& user, CandidateId candidate, std::string name) {
    const auto id = bring_up(user, std::move(name));
    commit(AddFile{id, candidate, as(user), now});
    return id;
  }
  std::vector<std::string> files(const Scope& scope, CandidateId candidate) {
    std::vector<std::string> names;
    for (const auto& row : ask(CandidateFiles{scope, candidate}).rows)
      names.push_back(row.file.filename + " " + row.added_by);
    return names;
  }
  CandidateId merge(CandidateId kept, CandidateId merged) {
    auto preview = ask(MergePreview{as(anna), kept, merged});
    commit(MergeCandidates{as(anna), kept, merged, preview->version, false, now});
    return merged;
  }
  using Names = std::vector<std::string>;
  rules::User anna, clara, dora;
  JobId welder, baker;
  CandidateId wanda;
  BlobId last_blob;
};
HEARBACK_ON_EACH_DATABASE(OwnFilesTest);

TEST_P(OwnFilesTest, W9_WhatCameUpLiesOnTheProfile) {
  put(clara, wanda, "letter.pdf");
  const auto cv = bring_up(clara, "CV.pdf");
  commit(AddFile{cv, wanda, as(clara), now});
  EXPECT_EQ(files(as(anna), wanda), (Names{"CV.pdf clara", "letter.pdf clara"}));
  EXPECT_EQ(ask(Holdings{as(anna), wanda}).files, 2u);
  EXPECT_EQ(ask(Holdings{as(dora), wanda}).files, 0u) << "she doesn’t see her";
  EXPECT_FALSE(ask(UploadById{as(clara), cv}));
  commit(AddFile{cv, wanda, as(clara), now});  // as after a lost answer
  EXPECT_EQ(files(as(clara), wanda).size(), 2u);
  const auto found = ask(FileById{as(clara), wanda, cv});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->filename, "CV.pdf");
  EXPECT_EQ(found->type, "application/pdf");
  EXPECT_EQ(found->octets, 3u);
  EXPECT_EQ(ask(BlobBytes{company, found->blob}), "pdf");
  // Not only as long as what waits to be sent.
  const auto later = now + std::chrono::hours(24 * 400);
  commit(Prune{later, {}});
  EXPECT_EQ(ask(BlobBytes{company, found->blob}), "pdf");
  commit(RemoveFile{cv, wanda, as(anna), now});
  EXPECT_EQ(files(as(clara), wanda), (Names{"letter.pdf clara"}));
  EXPECT_FALSE(ask(FileById{as(clara), wanda, cv}));
  EXPECT_EQ(ask(Holdings{as(anna), wanda}).files, 1u);
  commit(RemoveFile{cv, wanda, as(anna), now});  // as after a lost answer
  EXPECT_EQ(files(as(clara), wanda).size(), 1u);
  now = now + kRemovedFileStays;
  EXPECT_EQ(refused(RemoveFile{cv, wanda, as(anna), now}), "file.missing");
}

TEST_P(OwnFilesTest, W9_ARemovedFileIsPutBackAsItLay) {
  const auto letter = put(clara, wanda, "letter.pdf");
  const auto blob = last_blob;
  const auto lay = ask(CandidateFiles{as(anna), wanda}).rows.at(0).date;
  put(clara, wanda, "CV.pdf");
  commit(RemoveFile{letter, wanda, as(anna), now});
  commit(Prune{now + kRemovedFileStays - 1s, {}});
  now = now + 30min;
  const auto by_others = make<UploadId>();
  EXPECT_EQ(refused(AddFile{by_others, wanda, as(anna), now}), "upload.missing");
  commit(AddFile{letter, wanda, as(anna), now});
  commit(AddFile{letter, wanda, as(anna), now});  // as after a lost answer
  EXPECT_EQ(files(as(clara), wanda), (Names{"CV.pdf clara", "letter.pdf clara"}));
  EXPECT_EQ(ask(CandidateFiles{as(anna), wanda}).rows.at(1).date, lay);
  EXPECT_EQ(ask(BlobBytes{company, blob}), "pdf");
  commit(Prune{now + 48h, {}});
  EXPECT_EQ(ask(BlobBytes{company, blob}), "pdf");
  // And once more.
  commit(RemoveFile{letter, wanda, as(clara), now});
  commit(AddFile{letter, wanda, as(clara), now});
  EXPECT_EQ(files(as(clara), wanda).size(), 2u);
}

TEST_P(OwnFilesTest, W9_ForAnHourAndThenItIsGoneForGood) {
  const auto cv = put(clara, wanda, "CV.pdf");
  const auto blob = last_blob;
  commit(RemoveFile{cv, wanda, as(anna), now});
  EXPECT_EQ(ask(BlobBytes{company, blob}), "pdf");
  Retention kept;  // of all else
  for (auto* one :
       {&kept.uploads, &kept.answers, &kept.counts, &kept.errands, &kept.journal, &kept.feed})
    *one = std::chrono::hours(24 * 365);
  EXPECT_FALSE(ask(Prunable{engine(), now + kRemovedFileStays - 1ms, kept}));
  now = now + kRemovedFileStays;
  EXPECT_EQ(refused(AddFile{cv, wanda, as(anna), now}), "upload.missing");
  EXPECT_TRUE(ask(Prunable{engine(), now, kept}));
  commit(Prune{now, kept});
  EXPECT_FALSE(ask(Prunable{engine(), now, kept}));
  EXPECT_FALSE(ask(BlobBytes{company, blob}));
}

TEST_P(OwnFilesTest, W9_P1_NobodyPutsBackWhatTheyMayNotSee) {
  const auto cv = put(clara, wanda, "CV.pdf");
  commit(RemoveFile{cv, wanda, as(clara), now});
  EXPECT_EQ(refused(AddFile{cv, wanda, as(dora), now}), "candidate.missing");
  // By way of a candidate of one's own.
  const auto carl = add_candidate("Carl", {"carl@home.example"}, {baker});
  EXPECT_EQ(refused(AddFile{cv, carl, as(dora), now}), "upload.missing");
  EXPECT_TRUE(files(as(anna), carl).empty());
}

// What was removed to make room does so: the oldest first, and no more than is needed.
TEST_P(OwnFilesTest, W9_NoMoreThanIsNeededGoesToMakeRoom) {
  std::vector<UploadId> aside;
  std::vector<BlobId> blobs;
  for (int i = 0; i < 4; ++i) {
    aside.push_back(put(clara, wanda, "a.pdf"));
    blobs.push_back(last_blob);
  }
  for (const auto at : {2, 0, 3, 1}) {
    now = now + 1min;
    commit(RemoveFile{aside[static_cast<std::size_t>(at)], wanda, as(clara), now});
  }
  commit(AddFile{bring_up(clara, "new.pdf", "longer"), wanda, as(clara), now, 15});
  const auto is_there = [&](std::size_t i) {
    return ask(BlobBytes{company, blobs[i]}).has_value();
  };
  EXPECT_FALSE(is_there(2));
  EXPECT_TRUE(is_there(0) && is_there(3) && is_there(1));
  commit(AddFile{aside[1], wanda, as(clara), now, 15});
  EXPECT_TRUE(is_there(0) && is_there(3)) << "one that is put back takes no more room";
  commit(AddFile{bring_up(clara, "new.pdf", "1234"), wanda, as(clara), now, 15});
  EXPECT_FALSE(is_there(0));
  EXPECT_FALSE(is_there(3));
}

// It makes room for a file, but not for one more on a profile that has as many as one may.
TEST_P(OwnFilesTest, W9_WhatWasRemovedMakesRoom) {
  const auto old = put(clara, wanda, "old.pdf");
  const auto blob = last_blob;
  commit(RemoveFile{old, wanda, as(clara), now});
  const auto fresh = bring_up(clara, "new.pdf");
  commit(AddFile{fresh, wanda, as(clara), now, 5});
  EXPECT_FALSE(ask(BlobBytes{company, blob}));
  EXPECT_EQ(refused(AddFile{old, wanda, as(clara), now}), "upload.missing");
  commit(RemoveFile{fresh, wanda, as(clara), now});
  for (std::size_t i = 0; i < kFilesOfCandidate; ++i) put(clara, wanda, "a.pdf");
  EXPECT_EQ(refused(AddFile{fresh, wanda, as(clara), now}), "candidate.files-full");
}

TEST_P(OwnFilesTest, W9_NoMoreLiesAsideThanAProfileMayHave) {
  const auto first = put(clara, wanda, "first.pdf");
  const auto blob = last_blob;
  commit(RemoveFile{first, wanda, as(clara), now});
  for (std::size_t i = 0; i < kFilesOfCandidate; ++i) {
    const auto one = put(clara, wanda, "a.pdf");
    EXPECT_TRUE(ask(BlobBytes{company, blob}));
    commit(RemoveFile{one, wanda, as(clara), now});
  }
  EXPECT_FALSE(ask(BlobBytes{company, blob}));
  EXPECT_EQ(refused(AddFile{first, wanda, as(clara), now}), "upload.missing");
}

TEST_P(OwnFilesTest, W9_D1_WhatWasRemovedGoesWithTheCandidateToo) {
  const auto cv = put(clara, wanda, "CV.pdf");
  const auto blob = last_blob;
  commit(RemoveFile{cv, wanda, as(clara), now});
  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_EQ(refused(AddFile{cv, wanda, as(anna), now}), "candidate.missing");
  run_errands();
  EXPECT_FALSE(ask(BlobBytes{company, blob}));
}

TEST_P(OwnFilesTest, W9_O5_WhatWasRemovedGoesAlongWithAMergeAndBack) {
  const auto lind = add_candidate("W. Lind", {"lind@home.example"}, {welder});
  const auto before = put(clara, lind, "before.pdf");
  commit(RemoveFile{before, lind, as(clara), now});
  merge(wanda, lind);
  commit(AddFile{before, wanda, as(clara), now});
  EXPECT_EQ(files(as(clara), wanda), Names{"before.pdf clara"});
  commit(RemoveFile{before, wanda, as(clara), now});
  commit(UndoMerge{as(anna), lind, now});
  EXPECT_EQ(refused(AddFile{before, wanda, as(clara), now}), "upload.missing");
  commit(AddFile{before, lind, as(clara), now});
  EXPECT_EQ(files(as(clara), lind), Names{"before.pdf clara"});
}

TEST_P(OwnFilesTest, W9_P1_NobodyReachesTheFilesOfWhomTheyDontSee) {
  const auto cv = put(clara, wanda, "CV.pdf");
  const auto hers = bring_up(dora, "CV.pdf");
  EXPECT_TRUE(files(as(dora), wanda).empty());
  EXPECT_FALSE(ask(FileById{as(dora), wanda, cv}));
  EXPECT_EQ(refused(AddFile{hers, wanda, as(dora), now}), "candidate.missing");
  EXPECT_EQ(refused(RemoveFile{cv, wanda, as(dora), now}), "candidate.missing");
  // By way of a candidate of one's own.
  const auto carl = add_candidate("Carl", {"carl@home.example"}, {baker});
  EXPECT_FALSE(ask(FileById{as(dora), carl, cv}));
  EXPECT_EQ(refused(RemoveFile{cv, carl, as(dora), now}), "file.missing");
  EXPECT_EQ(refused(AddFile{cv, carl, as(dora), now}), "upload.missing");
  // What somebody else has brought up isn't one's own to put anywhere.
  EXPECT_EQ(refused(AddFile{hers, wanda, as(clara), now}), "upload.missing");
  EXPECT_EQ(files(as(clara), wanda), Names{"CV.pdf clara"});
}

TEST_P(OwnFilesTest, W9_AProfileHasSoManyFilesAndNoMore) {
  for (std::size_t i = 0; i < kFilesOfCandidate; ++i) put(clara, wanda, "a.pdf");
  const auto more = bring_up(clara, "more.pdf");
  EXPECT_EQ(refused(AddFile{more, wanda, as(clara), now}), "candidate.files-full");
  EXPECT_TRUE(ask(UploadById{as(clara), more}));  // it is still there to be sent
  // Each is listed, however many came with mail.
  EXPECT_EQ(ask(CandidateFiles{as(clara), wanda, 100, 1}).rows.size(), kFilesOfCandidate);
  EXPECT_FALSE(ask(CandidateFiles{as(clara), wanda, 100, 1}).more);
}

TEST_P(OwnFilesTest, W9_FilesOfAllProfilesHaveABound) {
  put(clara, wanda, "a.pdf");
  const auto more = bring_up(clara, "b.pdf");
  EXPECT_EQ(refused(AddFile{more, wanda, as(clara), now, 5}), "files.company-full");
  EXPECT_TRUE(ask(UploadById{as(clara), more}));
  commit(AddFile{more, wanda, as(clara), now, 6});
}

TEST_P(OwnFilesTest, W9_O5_FilesGoAlongWithAMergeAndBack) {
  const auto lind = add_candidate("W. Lind", {"lind@home.example"}, {welder});
  const auto third = add_candidate("W. L.", {"third@home.example"}, {welder});
  put(clara, wanda, "1.pdf");
  put(clara, lind, "2.pdf");
  const auto deep = put(clara, third, "3.pdf");
  EXPECT_EQ(ask(MergePreview{as(anna), wanda, lind})->files, 1u);
  merge(lind, third);
  merge(wanda, lind);
  put(clara, wanda, "4.pdf");
  EXPECT_EQ(files(as(anna), wanda).size(), 4u);
  EXPECT_TRUE(ask(FileById{as(clara), wanda, deep}));
  const auto late = bring_up(clara, "5.pdf");
  EXPECT_EQ(refused(AddFile{late, lind, as(clara), now}), "candidate.missing");
  commit(UndoMerge{as(anna), lind, now});
  EXPECT_EQ(files(as(anna), wanda), (Names{"4.pdf clara", "1.pdf clara"}));
  EXPECT_EQ(files(as(anna), lind), (Names{"3.pdf clara", "2.pdf clara"}));
  commit(UndoMerge{as(anna), third, now});
  EXPECT_EQ(files(as(anna), lind), Names{"2.pdf clara"});
  EXPECT_EQ(files(as(anna), third), Names{"3.pdf clara"});
}

TEST_P(OwnFilesTest, W9_D1_FilesGoWithTheCandidate) {
  const auto cv = put(clara, wanda, "CV.pdf");
  const auto blob = last_blob;
  const auto late = bring_up(clara, "late.pdf");
  commit(ForgetCandidate{wanda, as(anna), now});
  EXPECT_FALSE(ask(FileById{as(anna), wanda, cv}));
  EXPECT_EQ(refused(AddFile{late, wanda, as(anna), now}), "candidate.missing");
  run_errands();
  EXPECT_FALSE(ask(BlobBytes{company, blob}));
}

TEST_P(OwnFilesTest, W9_M3_WhoIsNoCandidateHasNone) {
  const auto none = make<CandidateId>();
  commit(AddNonCandidate{none, "pat@agency.example", "pat@agency.example", {}, anna.id, now});
  EXPECT_EQ(refused(AddFile{bring_up(anna, "a.pdf"), none, as(anna), now}), "candidate.missing");
}

// Nobody could remove what lay with a person whom nobody sees as a candidate any more (D-1).
TEST_P(OwnFilesTest, W9_M3_ATakeoverIsNotTakenBackFromUnderAFile) {
  const auto pat = make<CandidateId>();
  commit(AddNonCandidate{pat, "pat@agency.example", "pat@agency.example", {}, anna.id, now});
  auto talk = thread(pat);
  commit(AddThread{talk});
  place(message("one", "pat@agency.example", "anna@acme.example"), talk, rules::PlacedBy::address,
        "pat@agency.example", false);
  commit(TakeOver{talk.id, as(anna), now});
  const auto cv = put(anna, pat, "CV.pdf");
  EXPECT_EQ(refused(UndoTakeOver{talk.id, as(anna), now}), "candidate.in-use");
  const auto blob = last_blob;
  commit(RemoveFile{cv, pat, as(anna), now});
  commit(UndoTakeOver{talk.id, as(anna), now});
  EXPECT_FALSE(ask(BlobBytes{company, blob})) << "nothing of it could be put back";
}

}  // namespace
}  // namespace hearback::store
