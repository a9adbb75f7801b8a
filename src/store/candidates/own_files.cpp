#include "store/candidates/own_files.hpp"

#include "store/candidates/forgetting.hpp"
#include "store/candidates/own_files_parts.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/vault/blobs.hpp"

namespace hearback::store {
namespace {

bool lies_there(Writing& writing, CandidateId candidate, UploadId file) {
  return writing.db
      .row("select 1 from candidate_files where company = $1 and id = $2 and candidate = $3",
           writing.company, file, candidate)
      .has_value();
}

void expect_room(Writing& writing, CandidateId candidate) {
  auto row =
      writing.db.row("select count(*) from candidate_files where company = $1 and candidate = $2",
                     writing.company, candidate);
  if (static_cast<std::size_t>(row->number()) >= kFilesOfCandidate)
    refuse(Kind::conflict, "candidate.files-full", "This profile has as many files as one may.",
           "Remove some that nobody needs any more.");
}

// A disk that is full takes no mail.
void expect_octets_within(Writing& writing, std::uint64_t most) {
  auto row = writing.db.row(
      "select cast(coalesce(sum(octets), 0) as bigint) from candidate_files where company = $1",
      writing.company);
  if (static_cast<std::uint64_t>(row->number()) > most)
    refuse(Kind::conflict, "files.company-full",
           "The files on all profiles take as much room as they may.",
           "Remove some that nobody needs any more.");
}

void tell(Writing& writing, std::string kind, UploadId file, CandidateId candidate,
          const rules::Scope& by, Instant at) {
  writing.happened({.at = at,
                    .kind = std::move(kind),
                    .subject = file.text(),
                    .candidate = candidate,
                    .user = by.user});
  writing.tell("candidate", candidate.text(), candidate);
}

}  // namespace

void apply(Writing& writing, const AddFile& change) {
  expect_seen(writing, change.by, change.candidate);
  expect_candidate(writing, change.candidate);
  expect_remembered(writing, change.candidate);
  if (lies_there(writing, change.candidate, change.file)) return;
  expect_room(writing, change.candidate);
  auto upload = writing.db.rows(
      "delete from uploads where company = $1 and user_id = $2 and id = $3"
      " returning filename, type, blob_id, octets",
      writing.company, change.by.user, change.file);
  if (upload.empty())
    refuse(Kind::input, "upload.missing", "The file is not there.", "Choose it once more.");
  auto& row = upload.front();
  const auto filename = row.text(), type = row.text();
  const auto blob = row.id<BlobId>();
  writing.db.change(
      "insert into candidate_files(company, id, candidate, put_on, filename, type, blob_id, octets,"
      " added_by, at) values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9)",
      writing.company, change.file, change.candidate, filename, type, blob, row.number(),
      change.by.user, change.at);
  expect_octets_within(writing, change.octets_of_company);
  tell(writing, "file.added", change.file, change.candidate, change.by, change.at);
}

void apply(Writing& writing, const RemoveFile& change) {
  expect_seen(writing, change.by, change.candidate);
  auto gone = writing.db.rows(
      "delete from candidate_files where company = $1 and id = $2 and candidate = $3"
      " returning blob_id",
      writing.company, change.file, change.candidate);
  if (gone.empty())
    refuse(Kind::missing, "file.missing", "This file is not there any more.", "Look again.");
  drop_unused_blobs(writing.db, writing.company, {gone.front().id<BlobId>()},
                    writing.files_to_remove);
  tell(writing, "file.removed", change.file, change.candidate, change.by, change.at);
}

AnswerTo<FileById> answer(Reading& reading, const FileById& question) {
  auto row = scoped_row(reading.db, question.scope,
                        "select f.filename, f.type, f.blob_id, f.octets from candidate_files f"
                        " where f.company = $1 and f.id = $4 and f.candidate = $5 and " +
                            may_see_candidate(question.scope, "f.candidate"),
                        question.file, question.candidate);
  if (!row) return std::nullopt;
  FileById::Found found;
  found.filename = row->text();
  found.type = row->text();
  found.blob = row->id<BlobId>();
  found.octets = static_cast<std::uint64_t>(row->number());
  return found;
}

std::size_t forget_files(Writing& writing, CandidateId candidate, std::size_t rows) {
  std::vector<BlobId> blobs;
  for (auto& row :
       writing.db.rows("delete from candidate_files where company = $1 and id in (select id"
                       " from candidate_files where company = $1 and candidate = $2 limit $3)"
                       " returning blob_id",
                       writing.company, candidate, rows))
    blobs.push_back(row.id<BlobId>());
  drop_unused_blobs(writing.db, writing.company, blobs, writing.files_to_remove);
  return blobs.size();
}

void give_files(Writing& writing, CandidateId merged, CandidateId kept) {
  writing.db.change(
      "update candidate_files set candidate = $3 where company = $1 and candidate = $2",
      writing.company, merged, kept);
}

void take_back_files(Writing& writing, CandidateId merged, CandidateId kept) {
  writing.db.change(
      "update candidate_files set candidate = $2 where company = $1 and candidate = $3"
      " and (put_on = $2 or put_on in (select g.merged from merged_candidates g"
      "  where g.company = $1 and g.stands = $2))",
      writing.company, merged, kept);
}

}  // namespace hearback::store
