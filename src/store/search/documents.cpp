#include "store/search/documents.hpp"

#include "store/engine/applying.hpp"
#include "store/search/words.hpp"

namespace hearback::store {
namespace {

// Several messages are of one instant as a rule where a mailbox tells whole seconds.
std::int64_t free_doc(Db& db, CompanyId company, MessageId message, Instant date) {
  const auto first = first_doc(date);
  std::int64_t low = 0;
  for (std::size_t i = message.bytes.size() - 3; i < message.bytes.size(); ++i)
    low = low << 8 | message.bytes[i];
  for (low %= kDocsOfInstant;; low = (low + 1) % kDocsOfInstant)
    if (!db.row("select 1 from search_documents where company = $1 and doc = $2", company,
                first + low))
      return first + low;
}

}  // namespace

void keep_findable(Writing& writing) {
  auto& db = writing.db;
  for (const auto& [message, findable] : writing.findable) {
    const auto doc = free_doc(db, writing.company, message, findable.date);
    const auto tag = tag_of(writing.company, doc);
    db.change(
        "insert into search_documents(company, message, doc, tag, words, files_unread)"
        " values ($1, $2, $3, $4, " +
            as_words(db.dialect(), "$5") + ", $6)",
        writing.company, message, doc, tag, in_column(db.dialect(), tag, findable.words),
        findable.has_files);
  }
  writing.findable.clear();
}

}  // namespace hearback::store
