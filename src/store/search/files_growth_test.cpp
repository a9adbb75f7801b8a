// What finding files of profiles costs, whatever other files the company has.
#include <utility>
#include <vector>

#include "fakes/growth.hpp"
#include "store/search/words.hpp"

namespace hearback::store {
namespace {

class FilesFoundGrowth : public Growth {};
INSTANTIATE_TEST_SUITE_P(Each, FilesFoundGrowth, testing::Values(On::file, On::postgres), name_of);

// A page of a word that stands in every file, and of what lies with one candidate to whom sees
// nobody else. (Each four weeks hold as much here.) A few wait to be read.
TEST_P(FilesFoundGrowth, M6_W9_APageOfFilesOfProfilesWithAWordThatIsEverywhere) {
  const auto job = add_job("Welder", {recruiter.id});
  const auto hers = add_candidate("Wanda", {}, {job});
  const auto others = add_candidate("Bob", {});
  auto date = now;
  const auto fill = [&](int count, CandidateId candidate, int unread) {
    tables()->write([&](Db& db) {
      Insertion files(
          "insert into candidate_files(company, id, candidate, put_on, filename, type, blob_id,"
          " octets, added_by, at)",
          10);
      std::vector<std::pair<UploadId, Instant>> added;
      for (int i = 0; i < count; ++i) {
        date = date + 6h;
        const auto file = make<UploadId>();
        files.row(company, file, candidate, candidate, "CV.pdf", "application/pdf", make<BlobId>(),
                  1, admin.id, date);
        added.emplace_back(file, date);
      }
      files.run(db);
      for (const auto& [file, at] : added) {
        const auto tag = tag_of(company, first_doc(at));
        db.change(
            "insert into file_documents(company, file, doc, tag, words, unread)"
            " values ($1, $2, $3, $4, " +
                as_words(db.dialect(), "$5") + ", $6)",
            company, file, first_doc(at), tag, in_column(db.dialect(), tag, "wcommon wwords z"),
            unread);
      }
    });
  };
  const auto search = [&](const rules::User& user, const char* typed) -> Work {
    return [this, user, typed] {
      return work_of(FoundFiles{as(user), rules::read_search(typed), {"", 20}});
    };
  };
  fill(30, hers, 0);
  fill(1, others, 1);
  expect_constant([&](int count) { fill(count, others, 0); },
                  {{"everywhere", search(admin, "common")},
                   {"beginning", search(admin, "comm word")},
                   {"phrase", search(admin, "\"common words\"")},
                   {"few", search(recruiter, "common")},
                   {"none", search(recruiter, "nothing")},
                   {"one candidate", search(admin, "candidate:wanda common")},
                   {"waiting", [this] { return work_of(OwnFileToRead{engine()}); }}});
}

}  // namespace
}  // namespace hearback::store
