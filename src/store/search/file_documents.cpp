#include "store/search/file_documents.hpp"

#include <limits>
#include <set>
#include <utility>

#include "base/limits.hpp"
#include "rules/findable.hpp"
#include "rules/readable_files.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/search/backlog.hpp"
#include "store/search/file_documents_parts.hpp"
#include "store/search/words.hpp"

namespace hearback::store {
namespace {

// `unread`
constexpr int kWaits = 1, kWaitsForProgram = 2;

constexpr std::size_t kPage = 200;   // that are passed over at once
constexpr std::size_t kAtOnce = 20;  // made findable
constexpr int kPagesAtOnce = 10;     // of which nothing can be read

// From documents that wait to their files, whatever a planner thinks of there being few.
std::string with_their_files(Dialect dialect) {
  return (dialect == Dialect::sqlite ? " d indexed by file_documents_unread cross join"
                                     : " d join") +
         std::string(" candidate_files f on f.company = d.company and f.id = d.file");
}

std::optional<OwnFileToRead::Waiting> newest_unread(Db& db, const OwnFileToRead& question, int as) {
  const std::set<UploadId> but_for(question.but_for.begin(), question.but_for.end());
  const auto some = std::min<std::size_t>(but_for.size() + 1, kPage);
  for (auto below = std::numeric_limits<std::int64_t>::max();;) {
    auto rows = scoped_rows(
        db, question.scope,
        "select d.file, d.doc, d.begun, f.filename, f.type, f.blob_id, f.octets"
        " from file_documents" +
            with_their_files(db.dialect()) +
            " where d.company = $1 and d.unread = $4 and d.unread > 0 and d.doc < $5"
            " and d.words is not null and " +
            may_see_candidate(question.scope, "f.candidate") + " order by d.doc desc limit $6",
        as, below, some);
    for (auto& row : rows) {
      OwnFileToRead::Waiting waiting;
      waiting.file = row.id<UploadId>();
      below = row.number();
      if (but_for.contains(waiting.file)) continue;
      waiting.begun = static_cast<int>(row.number());
      waiting.filename = row.text();
      waiting.type = row.text();
      waiting.blob = row.id<BlobId>();
      waiting.octets = static_cast<std::uint64_t>(row.number());
      return waiting;
    }
    if (rows.size() < some) return std::nullopt;
  }
}

rules::Attachment as_attachment(std::string filename, std::string type, std::uint64_t octets) {
  rules::Attachment file;
  file.filename = std::move(filename);
  file.type = std::move(type);
  file.octets = octets;
  return file;
}

void drop_texts(Writing& writing, std::vector<Row> documents) {
  std::vector<BlobId> blobs;
  for (auto& row : documents)
    if (const auto blob = row.maybe_id<BlobId>()) blobs.push_back(*blob);
  drop_unused_blobs(writing.db, writing.company, blobs, writing.files_to_remove);
}

}  // namespace

AnswerTo<OwnFileToRead> answer(Reading& reading, const OwnFileToRead& question) {
  auto newest = newest_unread(reading.db, question, kWaits);
  if (!newest && question.of_programs)
    newest = newest_unread(reading.db, question, kWaitsForProgram);
  return newest;
}

AnswerTo<OwnFileText> answer(Reading& reading, const OwnFileText& question) {
  auto row = scoped_row(reading.db, question.scope,
                        "select d.contents from candidate_files f join file_documents d"
                        " on d.company = f.company and d.file = f.id where f.company = $1"
                        " and f.id = $4 and f.candidate = $5 and " +
                            may_see_candidate(question.scope, "f.candidate"),
                        question.file, question.candidate);
  const auto blob = row ? row->maybe_id<BlobId>() : std::nullopt;
  if (!blob) return std::nullopt;
  return text_in(reading.db, reading.vault, reading.files, question.scope.company, *blob);
}

void apply(Writing& writing, const BeginOwnFile& change) {
  writing.db.change(
      "update file_documents set begun = begun + 1 where company = $1 and file = $2"
      " and unread > 0",
      writing.company, change.file);
}

void apply(Writing& writing, const ForgiveOwnFile& change) {
  writing.db.change(
      "update file_documents set begun = begun - 1 where company = $1 and file = $2"
      " and begun > 0",
      writing.company, change.file);
}

// Whoever began to be forgotten while it was read leaves nothing of it behind.
void apply(Writing& writing, const PutOwnFileText& change) {
  auto& db = writing.db;
  auto document = db.row(
      "select d.tag, d.contents from file_documents d join candidate_files f"
      " on f.company = d.company and f.id = d.file where d.company = $1 and d.file = $2"
      " and d.unread > 0 and d.words is not null and not exists (select 1"
      "  from forgotten_candidates x where x.company = $1 and x.candidate = f.candidate)",
      writing.company, change.file);
  std::vector<BlobId> unused;
  if (document && change.words) {
    const auto tag = document->text();
    if (const auto before = document->maybe_id<BlobId>()) unused.push_back(*before);
    db.change("update file_documents set unread = $3, begun = 0, contents = $4, words = " +
                  as_words(db.dialect(), "$5") + " where company = $1 and file = $2",
              writing.company, change.file, change.waits_for_program ? kWaitsForProgram : 0,
              change.text, in_column(db.dialect(), tag, *change.words));
  } else {
    if (change.text) unused.push_back(*change.text);
    if (document)
      db.change("update file_documents set unread = $3, begun = 0 where company = $1 and file = $2",
                writing.company, change.file, change.waits_for_program ? kWaitsForProgram : 0);
  }
  drop_unused_blobs(db, writing.company, unused, writing.files_to_remove);
}

void keep_file_findable(Writing& writing, UploadId file) {
  auto& db = writing.db;
  auto row = db.row(
      "select filename, type, octets, at from candidate_files where company = $1"
      " and id = $2",
      writing.company, file);
  auto filename = row->text(), type = row->text();
  const auto octets = static_cast<std::uint64_t>(row->number());
  const auto doc = free_doc(db, writing.company, file, row->instant());
  const auto tag = tag_of(writing.company, doc);
  const auto words = rules::findable_file(filename, {});
  const bool waits = rules::is_read(as_attachment(std::move(filename), std::move(type), octets));
  db.change(
      "insert into file_documents(company, file, doc, tag, words, unread)"
      " values ($1, $2, $3, $4, " +
          as_words(db.dialect(), "$5") + ", $6)",
      writing.company, file, doc, tag, in_column(db.dialect(), tag, words), waits ? kWaits : 0);
}

void drop_file_document(Writing& writing, UploadId file) {
  drop_texts(writing, writing.db.rows("delete from file_documents where company = $1 and file = $2"
                                      " returning contents",
                                      writing.company, file));
}

std::size_t forget_file_documents(Writing& writing, CandidateId candidate, std::size_t rows) {
  auto documents = writing.db.rows(
      "delete from file_documents where company = $1 and file in (select d.file"
      "  from candidate_files f join file_documents d on d.company = f.company and d.file = f.id"
      "  where f.company = $1 and f.candidate = $2 limit $3) returning contents",
      writing.company, candidate, rows);
  const auto gone = documents.size();
  drop_texts(writing, std::move(documents));
  return gone;
}

namespace {

struct Unnamed {  // a document without words
  CompanyId company;
  UploadId file;
  std::int64_t doc = 0;
  std::string filename, text;
};

// The newest of them, behind the one that is named. What can't be read of its text just now stays
// as it is.
struct Batch {
  std::vector<Unnamed> read;
  std::optional<std::pair<CompanyId, std::int64_t>> last;  // that was looked at
  std::optional<Unread> trouble;
};

Batch read_some(Db& db, const Vault& vault, const BlobFiles& files,
                const std::optional<std::pair<CompanyId, std::int64_t>>& after) {
  std::vector<Value> params{value_of(kAtOnce)};
  if (after) params.insert(params.end(), {value_of(after->first), value_of(after->second)});
  std::vector<std::pair<Unnamed, std::optional<BlobId>>> waiting;
  for (auto& row :
       db.run("select d.company, d.file, d.doc, d.contents, (select f.filename"
              " from candidate_files f where f.company = d.company and f.id = d.file) from " +
                  waiting_documents<UploadId>(db.dialect(), "d") + " where d.words is null" +
                  (after ? " and (d.company, d.doc) < ($2, $3)" : "") +
                  " order by d.company desc, d.doc desc limit $1",
              params)
           .rows) {
    auto& [one, contents] = waiting.emplace_back();
    one.company = row.id<CompanyId>();
    one.file = row.id<UploadId>();
    one.doc = row.number();
    contents = row.maybe_id<BlobId>();
    one.filename = row.text();
  }
  Batch batch;
  for (auto& [one, contents] : waiting) {
    batch.last = {one.company, one.doc};
    try {
      if (contents) one.text = text_in(db, vault, files, one.company, *contents).value_or("");
      batch.read.push_back(std::move(one));
    } catch (const Unread& unread) {
      batch.trouble = unread;
    }
  }
  return batch;
}

}  // namespace

bool index_some_files(Database& database, const Vault& vault, const BlobFiles& files) {
  Batch batch;
  std::optional<Unread> trouble;
  for (int pages = 0; pages < kPagesAtOnce && batch.read.empty(); ++pages) {
    const auto after = batch.last;
    database.read([&](Db& db) { batch = read_some(db, vault, files, after); });
    if (batch.trouble) trouble = batch.trouble;
    if (!batch.last) break;
  }
  if (batch.read.empty() && trouble) throw *trouble;
  if (batch.read.empty()) return false;
  database.write([&](Db& db) {
    for (const auto& one : batch.read) {
      const auto tag = tag_of(one.company, one.doc);
      const auto words = rules::findable_file(one.filename, one.text);
      db.change("update file_documents set tag = $3, words = " + as_words(db.dialect(), "$4") +
                    " where company = $1 and file = $2 and words is null",
                one.company, one.file, tag, in_column(db.dialect(), tag, words));
    }
  });
  return true;
}

}  // namespace hearback::store
