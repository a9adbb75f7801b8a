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

// `search_documents`, where its rows without words are asked for: there are none as a rule, and
// SQLite would look at all to say so.
std::string waiting_documents(Dialect dialect);
// Likewise, as `d`, where those are asked for whose files wait to be read; and that they do.
// What is sealed lies in no conversation.
std::string unread_documents(Dialect dialect);
inline constexpr std::string_view has_unread_files =
    "d.files_unread > 0 and d.words is not null and exists (select 1 from placements p"
    " where p.company = d.company and p.message = d.message)";

struct Doc {
  std::int64_t number = 0;
  MessageId message;
};
// Of one company's documents from `low` to right below `high`, which are of the same four weeks,
// the newest that hold what is searched for, at most `most`. Without terms: that are there.
std::vector<Doc> newest_with(Db& db, CompanyId company, const rules::Search& search,
                             std::int64_t low, std::int64_t high, std::size_t most);
// Those of `docs` that do, in their order.
std::vector<Doc> those_with(Db& db, CompanyId company, const rules::Search& search,
                            std::span<const Doc> docs);

}  // namespace hearback::store
