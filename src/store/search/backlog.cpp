#include "store/search/backlog.hpp"

#include <vector>

#include "mail/extent.hpp"
#include "mail/parse.hpp"
#include "rules/findable.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/search/file_documents_parts.hpp"
#include "store/search/words.hpp"

namespace hearback::store {
namespace {

constexpr std::size_t kAtOnce = 20;
constexpr int kPagesAtOnce = 10;           // of which nothing can be read
constexpr std::size_t kSource = 4u << 20;  // octets of one that are read, beside its files

struct Waiting {
  CompanyId company;
  MessageId message;
  std::int64_t doc = 0;
  std::string words;
};

// The newest of them, behind the one that is named.
std::vector<Waiting> newest_waiting(Db& db, const std::optional<Waiting>& after) {
  std::vector<Value> params{value_of(kAtOnce)};
  if (after) params.insert(params.end(), {value_of(after->company), value_of(after->doc)});
  std::vector<Waiting> waiting;
  for (auto& row :
       db.run("select company, message, doc from " + waiting_documents(db.dialect()) +
                  " where words is null" + (after ? " and (company, doc) < ($2, $3)" : "") +
                  " order by company desc, doc desc limit $1",
              params)
           .rows) {
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

std::optional<std::string> source_beside_files(Db& db, const Vault& vault, const BlobFiles& files,
                                               CompanyId company, const rules::Message& message) {
  const auto blob = StoredBlob::find(db, vault, files, company, message.raw);
  if (!blob) return std::nullopt;
  std::vector<mail::Extent> in_it;
  for (const auto& file : message.attachments)
    if (file.extent) in_it.push_back(*file.extent);
  return blob->read(bounded(mail::beside(blob->octets(), in_it)));
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
  Waiting of;
  std::optional<rules::Message> message = {};
  std::optional<std::string> source = {};  // nullopt: it is found by its header alone
  std::vector<rules::FileText> contents = {};
};

struct Batch {
  std::vector<Read> read;
  std::optional<Waiting> last;  // that was looked at
  std::optional<Unread> trouble;
};

Batch read_some(Db& db, const Vault& vault, const BlobFiles& files,
                const std::optional<Waiting>& after) {
  Batch batch;
  for (auto& one : newest_waiting(db, after)) {
    batch.last = one;
    Read read{one};
    try {
      for (auto& [id, message] : load_messages(db, one.company, {one.message})) {
        read.source = source_beside_files(db, vault, files, one.company, message);
        read.contents = contents_of(db, vault, files, one.company, one.message);
        read.message = std::move(message);
      }
    } catch (const Unread& unread) {
      batch.trouble = unread;
      continue;
    }
    batch.read.push_back(std::move(read));
  }
  return batch;
}

std::string words_of(const Read& read) {
  if (!read.message) return {};
  const auto parsed = mail::parse_body(read.source.value_or(""));
  return rules::findable(read.message->envelope, read.message->attachments,
                         parsed ? rules::own_words(parsed->text) : std::string(), read.contents);
}

bool index_some_messages(Database& database, const Vault& vault, const BlobFiles& files) {
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
  for (auto& one : batch.read) one.of.words = words_of(one);
  database.write([&](Db& db) {
    for (const auto& read : batch.read) {
      const auto& one = read.of;
      const auto tag = tag_of(one.company, one.doc);
      db.change("update search_documents set tag = $3, words = " + as_words(db.dialect(), "$4") +
                    " where company = $1 and message = $2 and words is null",
                one.company, one.message, tag, in_column(db.dialect(), tag, one.words));
    }
  });
  return true;
}

}  // namespace

// What can't be read of the one keeps the other waiting no longer.
bool index_some(Database& database, const Vault& vault, const BlobFiles& files) {
  std::optional<Unread> trouble;
  bool some = false;
  for (const auto index : {index_some_messages, index_some_files}) try {
      some = index(database, vault, files) || some;
    } catch (const Unread& unread) {
      trouble = unread;
    }
  if (!some && trouble) throw *trouble;
  return some;
}

}  // namespace hearback::store
