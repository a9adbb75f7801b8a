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

// Empty: it isn't there any more, or can't be read. It is found by its header, then.
std::string source_of(Db& db, const Vault& vault, const BlobFiles& files, CompanyId company,
                      const rules::Message& message) {
  const auto blob = StoredBlob::find(db, vault, files, company, message.raw);
  if (!blob) return {};
  std::vector<mail::Extent> in_it;
  for (const auto& file : message.attachments)
    if (file.extent) in_it.push_back(*file.extent);
  return blob->read(bounded(mail::beside(blob->octets(), in_it))).value_or("");
}

}  // namespace

bool index_some(Database& database, const Vault& vault, const BlobFiles& files) {
  std::vector<Waiting> waiting;
  std::vector<std::pair<Waiting*, std::string>> sources;
  std::vector<rules::Message> messages;
  database.read([&](Db& db) {
    waiting = newest_waiting(db);
    sources.clear();
    messages.clear();
    messages.reserve(waiting.size());
    for (auto& one : waiting)
      for (auto& [id, message] : load_messages(db, one.company, {one.message})) {
        sources.emplace_back(&one, source_of(db, vault, files, one.company, message));
        messages.push_back(std::move(message));
      }
  });
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto parsed = mail::parse_body(sources[i].second);
    sources[i].first->words =
        rules::findable(messages[i].envelope, messages[i].attachments,
                        parsed ? rules::own_words(parsed->text) : std::string());
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
