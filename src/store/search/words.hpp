#pragma once
// The index of words, as both databases hold it (docs/decisions/0041-search.md).
//
// Each word stands in it behind a tag: whose it is (the company) and of which four weeks its
// message is. So nothing is looked up that is another company's, and a word that stands in a
// million messages costs what those of four weeks do: the newest are looked at first, and who has
// a page needs no more.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/search.hpp"
#include "store/engine/db.hpp"

namespace hearback::store {

inline constexpr std::int64_t kDocsOfInstant = 1 << 20;
inline constexpr std::int64_t kNewestDate = (std::int64_t{1} << 42) - 1;  // in the year 2109

// The lowest number that a document of this instant may have; what is beyond the years 1970 to 2109
// is of their first or last.
std::int64_t first_doc(Instant at);
// As `first_doc`, of the four weeks that the document is of.
std::int64_t first_doc_beside(std::int64_t doc);
std::string tag_of(CompanyId company, std::int64_t doc);

// `words` of rules::findable as a value of the column, and `$n` as SQL takes it there.
Value in_column(Dialect dialect, std::string_view tag, const std::string& words);
std::string as_words(Dialect dialect, std::string_view parameter);

// Which index: that of messages, or that of the files that lie on profiles. Each has a row of a
// table for each, and the words of all beside it.
template <class Of>
struct IndexOf;
template <>
struct IndexOf<MessageId> {
  static constexpr std::string_view documents = "search_documents", words = "search_words",
                                    id = "message";
};
template <>
struct IndexOf<UploadId> {
  static constexpr std::string_view documents = "file_documents", words = "file_words", id = "file";
};

// A number that no document of the index has, of this instant.
template <class Of>
std::int64_t free_doc(Db& db, CompanyId company, Of of, Instant date);

// `search_documents`, where its rows without words are asked for: there are none as a rule, and
// SQLite would look at all to say so.
template <class Of = MessageId>
std::string waiting_documents(Dialect dialect, std::string_view as = "") {
  const std::string documents(IndexOf<Of>::documents);
  const auto named = documents + (as.empty() ? "" : " " + std::string(as));
  return dialect == Dialect::sqlite ? named + " indexed by " + documents + "_waiting" : named;
}
// Likewise, as `d`, where those are asked for whose files wait to be read; and that they do.
// What is sealed lies in no conversation.
std::string unread_documents(Dialect dialect);
inline constexpr std::string_view has_unread_files =
    "d.files_unread > 0 and d.words is not null and exists (select 1 from placements p"
    " where p.company = d.company and p.message = d.message)";

template <class Of>
struct DocOf {
  std::int64_t number = 0;
  Of of;
};
using Doc = DocOf<MessageId>;
// Of one company's documents from `low` to right below `high`, which are of the same four weeks,
// the newest that hold what is searched for, at most `most`. Without terms: that are there.
template <class Of>
std::vector<DocOf<Of>> newest_with(Db& db, CompanyId company, const rules::Search& search,
                                   std::int64_t low, std::int64_t high, std::size_t most);
// Those of `docs` that do, in their order.
template <class Of>
std::vector<DocOf<Of>> those_with(Db& db, CompanyId company, const rules::Search& search,
                                  const std::vector<DocOf<Of>>& docs);

}  // namespace hearback::store
