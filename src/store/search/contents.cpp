#include "store/search/contents.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "mail/extent.hpp"
#include "mail/parse.hpp"
#include "rules/findable.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/search/backlog.hpp"
#include "store/search/words.hpp"

namespace hearback::store {
namespace {

// `files_unread`
constexpr int kWaits = 1, kWaitsForProgram = 2;

constexpr std::size_t kPage = 200;

std::optional<std::pair<MessageId, int>> newest_unread(Db& db, const FilesToRead& question,
                                                       int as) {
  const std::set<MessageId> but_for(question.but_for.begin(), question.but_for.end());
  const auto some = std::min<std::size_t>(but_for.size() + 1, kPage);
  for (auto below = std::numeric_limits<std::int64_t>::max();;) {
    auto rows =
        db.rows("select d.message, d.files_begun, d.doc from " + unread_documents(db.dialect()) +
                    " where " + std::string(has_unread_files) +
                    " and d.company = $1 and d.files_unread = $2 and d.doc < $3"
                    " order by d.doc desc limit $4",
                question.scope.company, as, below, some);
    for (auto& row : rows) {
      const auto message = row.id<MessageId>();
      const auto begun = static_cast<int>(row.number());
      if (!but_for.contains(message)) return std::pair(message, begun);
      below = row.number();
    }
    if (rows.size() < some) return std::nullopt;
  }
}

void read_own_words(Reading& reading, CompanyId company, FilesToRead::Waiting& waiting) {
  try {
    const auto source =
        source_beside_files(reading.db, reading.vault, reading.files, company, waiting.message);
    if (!source) return;
    const auto parsed = mail::parse_body(*source);
    waiting.own_words = parsed ? rules::own_words(parsed->text) : std::string();
  } catch (const Unread&) {
    waiting.not_now = true;
  }
}

}  // namespace

AnswerTo<FilesToRead> answer(Reading& reading, const FilesToRead& question) {
  auto& db = reading.db;
  const auto company = question.scope.company;
  auto newest = newest_unread(db, question, kWaits);
  if (!newest && question.of_programs) newest = newest_unread(db, question, kWaitsForProgram);
  if (!newest) return std::nullopt;
  FilesToRead::Waiting waiting;
  waiting.begun = newest->second;
  for (auto& [id, message] : load_messages(db, company, {newest->first}))
    waiting.message = std::move(message);
  read_own_words(reading, company, waiting);
  return waiting;
}

AnswerTo<FileOctets> answer(Reading& reading, const FileOctets& question) {
  const auto& file = question.file;
  if (file.octets > rules::readable_octets) return std::nullopt;
  const auto blob = StoredBlob::find(reading.db, reading.vault, reading.files,
                                     question.scope.company, question.raw);
  if (!blob) return std::nullopt;
  std::string octets;
  if (file.extent) {
    const auto coded = blob->read({&file.extent->range, 1});
    if (!coded) return std::nullopt;
    mail::Decoder decoder(file.extent->coding);
    decoder.put(*coded, octets);
    decoder.end(octets);
  } else {
    const auto source = blob->read_all();
    if (!source) return std::nullopt;
    auto part = mail::parse_attachment(*source, static_cast<std::size_t>(file.index));
    if (!part) return std::nullopt;
    octets = std::move(part->content);
  }
  if (octets.size() > rules::readable_octets) return std::nullopt;
  return octets;
}

AnswerTo<ContentsOf> answer(Reading& reading, const ContentsOf& question) {
  auto& db = reading.db;
  std::vector<std::pair<int, BlobId>> kept;
  for (auto& row :
       scoped_rows(db, question.scope,
                   "select f.position, f.blob_id from file_contents f where f.company = $1"
                   " and f.message = $4 and exists (select 1 from placements p where p.company = $1"
                   "  and p.message = f.message and " +
                       may_see_thread(question.scope, "p.thread") + ") order by f.position",
                   question.message)) {
    const auto index = static_cast<int>(row.number());
    kept.emplace_back(index, row.id<BlobId>());
  }
  std::vector<rules::FileText> contents;
  for (const auto& [index, id] : kept)
    if (auto text = text_in(db, reading.vault, reading.files, question.scope.company, id))
      contents.push_back({index, std::move(*text)});
  return contents;
}

void apply(Writing& writing, const BeginReading& change) {
  writing.db.change(
      "update search_documents set files_begun = files_begun + 1"
      " where company = $1 and message = $2 and files_unread > 0",
      writing.company, change.message);
}

void apply(Writing& writing, const ForgiveReading& change) {
  writing.db.change(
      "update search_documents set files_begun = files_begun - 1"
      " where company = $1 and message = $2 and files_begun > 0",
      writing.company, change.message);
}

void apply(Writing& writing, const PutContents& change) {
  auto& db = writing.db;
  std::vector<BlobId> unused;
  auto document = db.row(
      "select tag from search_documents where company = $1 and message = $2"
      " and files_unread > 0 and words is not null",
      writing.company, change.message);
  if (document && !change.words) {
    db.change(
        "update search_documents set files_unread = $3, files_begun = 0"
        " where company = $1 and message = $2",
        writing.company, change.message, change.waits_for_program ? kWaitsForProgram : 0);
  } else if (document) {
    const auto tag = document->text();
    for (auto& row : db.rows("delete from file_contents where company = $1 and message = $2"
                             " returning blob_id",
                             writing.company, change.message))
      unused.push_back(row.id<BlobId>());
    for (const auto& row : change.rows)
      db.change(
          "insert into file_contents(company, message, position, blob_id)"
          " values ($1, $2, $3, $4)",
          writing.company, change.message, row.index, row.blob);
    db.change("update search_documents set files_unread = $3, files_begun = 0, words = " +
                  as_words(db.dialect(), "$4") + " where company = $1 and message = $2",
              writing.company, change.message, change.waits_for_program ? kWaitsForProgram : 0,
              in_column(db.dialect(), tag, *change.words));
  }
  if (!document || !change.words)
    for (const auto& row : change.rows) unused.push_back(row.blob);
  drop_unused_blobs(db, writing.company, unused, writing.files_to_remove);
}

}  // namespace hearback::store
