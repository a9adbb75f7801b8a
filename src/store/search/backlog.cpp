#include "store/search/backlog.hpp"

#include <vector>

#include "mail/extent.hpp"
#include "mail/parse.hpp"
#include "rules/findable.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/search/words.hpp"

namespace hearback::store {
namespace {

constexpr std::size_t kAtOnce = 20;
constexpr std::size_t kSource = 4u << 20;  // octets of one that are read, beside its files

struct Waiting {
  CompanyId company;
  MessageId message;
  std::int64_t doc = 0;
  std::string words;
};

std::vector<Waiting> newest_waiting(Db& db) {
  std::vector<Waiting> waiting;
  for (auto& row : db.rows("select company, message, doc from " + waiting_documents(db.dialect()) +
                               " where words is null"
                               " order by company desc, doc desc limit $1",
                           kAtOnce)) {
    auto& one = waiting.emplace_back();
    one.company = row.id<CompanyId>();
    one.message = row.id<MessageId>();
    one.doc = row.number();
  }
  return waiting;
}

// As much of them as `kSource` octets, from the first one on.
std::vector<OctetRange> bounded(std::vector<OctetRange> ranges) {
  std::uint64_t left = kSource;
  for (auto& range : ranges) {
    range.octets = std::min(range.octets, left);
    left -= range.octets;
  }
  std::erase_if(ranges, [](const OctetRange& range) { return range.octets == 0; });
  return ranges;
}

}  // namespace

std::string source_beside_files(Db& db, const Vault& vault, const BlobFiles& files,
                                CompanyId company, const rules::Message& message) {
  const auto blob = StoredBlob::find(db, vault, files, company, message.raw);
  if (!blob) return {};
  std::vector<mail::Extent> in_it;
  for (const auto& file : message.attachments)
    if (file.extent) in_it.push_back(*file.extent);
  return blob->read(bounded(mail::beside(blob->octets(), in_it))).value_or("");
}

std::optional<std::string> text_in(Db& db, const Vault& vault, const BlobFiles& files,
                                   CompanyId company, BlobId blob) {
  const auto kept = StoredBlob::find(db, vault, files, company, blob);
  return kept ? kept->read_all() : std::nullopt;
}

namespace {

// What was read of its files before: it is among its words, whoever makes them.
std::vector<rules::FileText> contents_of(Db& db, const Vault& vault, const BlobFiles& files,
                                         CompanyId company, MessageId message) {
  std::vector<std::pair<int, BlobId>> kept;
  for (auto& row : db.rows("select position, blob_id from file_contents where company = $1"
                           " and message = $2 order by position",
                           company, message)) {
    const auto index = static_cast<int>(row.number());
    kept.emplace_back(index, row.id<BlobId>());
  }
  std::vector<rules::FileText> contents;
  for (const auto& [index, blob] : kept)
    if (auto text = text_in(db, vault, files, company, blob))
      contents.push_back({index, std::move(*text)});
  return contents;
}

struct Read {
  Waiting* of = nullptr;
  rules::Message message;
  std::string source;
  std::vector<rules::FileText> contents;
};

}  // namespace

bool index_some(Database& database, const Vault& vault, const BlobFiles& files) {
  std::vector<Waiting> waiting;
  std::vector<Read> read;
  database.read([&](Db& db) {
    waiting = newest_waiting(db);
    read.clear();
    for (auto& one : waiting)
      for (auto& [id, message] : load_messages(db, one.company, {one.message})) {
        auto source = source_beside_files(db, vault, files, one.company, message);
        read.push_back({&one, std::move(message), std::move(source),
                        contents_of(db, vault, files, one.company, one.message)});
      }
  });
  for (const auto& one : read) {
    const auto parsed = mail::parse_body(one.source);
    one.of->words =
        rules::findable(one.message.envelope, one.message.attachments,
                        parsed ? rules::own_words(parsed->text) : std::string(), one.contents);
  }
  if (waiting.empty()) return false;
  database.write([&](Db& db) {
    for (const auto& one : waiting) {
      const auto tag = tag_of(one.company, one.doc);
      db.change("update search_documents set tag = $3, words = " + as_words(db.dialect(), "$4") +
                    " where company = $1 and message = $2 and words is null",
                one.company, one.message, tag, in_column(db.dialect(), tag, one.words));
    }
  });
  return true;
}

}  // namespace hearback::store
