#include "store/search/documents.hpp"

#include "store/engine/applying.hpp"
#include "store/search/words.hpp"

namespace hearback::store {

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
