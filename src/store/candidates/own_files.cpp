#include "store/candidates/own_files.hpp"

#include "base/limits.hpp"
#include "store/candidates/forgetting.hpp"
#include "store/candidates/own_files_parts.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/search/file_documents_parts.hpp"
#include "store/vault/blobs.hpp"

namespace hearback::store {
namespace {

constexpr std::string_view kColumns =
    "company, id, candidate, put_on, filename, type, blob_id, octets, added_by, at";

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

std::uint64_t octets_in(Writing& writing, const std::string& table) {
  auto row = writing.db.row(
      "select cast(coalesce(sum(octets), 0) as bigint) from " + table + " where company = $1",
      writing.company);
  return static_cast<std::uint64_t>(row->number());
}

// Those of which `which` holds, for good. → how many.
template <class... P>
std::size_t drop_from(Writing& writing, const std::string& table, const std::string& which,
                      const P&... values) {
  std::vector<BlobId> blobs;
  for (auto& row : writing.db.rows(
           "delete from " + table + " where company = $1 and " + which + " returning blob_id",
           writing.company, values...))
    blobs.push_back(row.template id<BlobId>());
  drop_unused_blobs(writing.db, writing.company, blobs, writing.files_to_remove);
  return blobs.size();
}

// Of what was removed the oldest goes, as much as is needed; of very many, some at a time: what
// lies aside keeps no file from being added.
void make_room(Writing& writing, std::uint64_t needed) {
  std::uint64_t found = 0;
  std::size_t files = 0;
  for (auto& row : writing.db.rows("select octets from removed_files where company = $1"
                                   " order by removed_at, id limit $2",
                                   writing.company, Limits{}.prune_rows)) {
    if (found >= needed) break;
    found += static_cast<std::uint64_t>(row.number());
    ++files;
  }
  drop_from(writing, "removed_files",
            "id in (select id from removed_files where company = $1 order by removed_at, id"
            " limit $2)",
            files);
}

// A disk that is full takes no mail. What was removed makes room first.
void expect_octets_within(Writing& writing, std::uint64_t most) {
  const auto octets = octets_in(writing, "candidate_files");
  const auto aside = octets <= most ? octets_in(writing, "removed_files") : 0;
  if (octets + aside > most && aside > 0) make_room(writing, octets + aside - most);
  if (octets > most)
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

bool lies_aside(Writing& writing, const RemoveFile& change) {
  return writing.db
      .row(
          "select 1 from removed_files where company = $1 and id = $2 and candidate = $3"
          " and removed_at > $4",
          writing.company, change.file, change.candidate, change.at - kRemovedFileStays)
      .has_value();
}

// As it lay there, unless it is too late.
bool put_back(Writing& writing, const AddFile& change) {
  const auto put = writing.db.change(
      "insert into candidate_files(" + std::string(kColumns) + ") select " + std::string(kColumns) +
          " from removed_files where company = $1 and id = $2 and candidate = $3"
          " and removed_at > $4",
      writing.company, change.file, change.candidate, change.at - kRemovedFileStays);
  if (put > 0)
    writing.db.change("delete from removed_files where company = $1 and id = $2", writing.company,
                      change.file);
  return put > 0;
}

void put_there(Writing& writing, const AddFile& change) {
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
}

// Whoever adds and removes all the time leaves no more aside than a profile may have.
void drop_oldest_removed(Writing& writing, CandidateId candidate) {
  drop_from(writing, "removed_files",
            "id in (select id from removed_files where company = $1 and candidate = $2"
            " order by removed_at desc, id desc limit $3 offset $4)",
            candidate, Limits{}.prune_rows, kFilesOfCandidate);
}

}  // namespace

void apply(Writing& writing, const AddFile& change) {
  expect_seen(writing, change.by, change.candidate);
  expect_candidate(writing, change.candidate);
  expect_remembered(writing, change.candidate);
  if (lies_there(writing, change.candidate, change.file)) return;
  expect_room(writing, change.candidate);
  if (!put_back(writing, change)) put_there(writing, change);
  keep_file_findable(writing, change.file);
  expect_octets_within(writing, change.octets_of_company);
  tell(writing, "file.added", change.file, change.candidate, change.by, change.at);
}

void apply(Writing& writing, const RemoveFile& change) {
  expect_seen(writing, change.by, change.candidate);
  if (lies_aside(writing, change)) return;
  if (!lies_there(writing, change.candidate, change.file))
    refuse(Kind::missing, "file.missing", "This file is not there any more.", "Look again.");
  writing.db.change("insert into removed_files(" + std::string(kColumns) + ", removed_at) select " +
                        std::string(kColumns) +
                        ", $3 from candidate_files where company = $1 and id = $2",
                    writing.company, change.file, change.at);
  drop_file_document(writing, change.file);
  writing.db.change("delete from candidate_files where company = $1 and id = $2", writing.company,
                    change.file);
  drop_oldest_removed(writing, change.candidate);
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
  auto gone = forget_file_documents(writing, candidate, rows);
  for (const std::string table : {"candidate_files", "removed_files"})
    if (gone < rows)
      gone += drop_from(
          writing, table,
          "id in (select id from " + table + " where company = $1 and candidate = $2 limit $3)",
          candidate, rows - gone);
  return gone;
}

void prune_removed_files(Writing& writing, Instant now, std::size_t rows) {
  drop_from(writing, "removed_files",
            "id in (select id from removed_files where company = $1 and removed_at <= $2"
            " order by removed_at limit $3)",
            now - kRemovedFileStays, rows);
}

void drop_removed_files(Writing& writing, CandidateId candidate) {
  drop_from(writing, "removed_files", "candidate = $2", candidate);
}

void give_files(Writing& writing, CandidateId merged, CandidateId kept) {
  for (const std::string table : {"candidate_files", "removed_files"})
    writing.db.change(
        "update " + table + " set candidate = $3 where company = $1 and candidate = $2",
        writing.company, merged, kept);
}

void take_back_files(Writing& writing, CandidateId merged, CandidateId kept) {
  for (const std::string table : {"candidate_files", "removed_files"})
    writing.db.change("update " + table +
                          " set candidate = $2 where company = $1 and candidate = $3"
                          " and (put_on = $2 or put_on in (select g.merged from merged_candidates g"
                          "  where g.company = $1 and g.stands = $2))",
                      writing.company, merged, kept);
}

}  // namespace hearback::store
