#include "store/search/words.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.hpp"
#include "rules/findable.hpp"

namespace hearback::store {
namespace {

constexpr std::int64_t kFourWeeks = std::int64_t{28} * 24 * 60 * 60 * 1000 * kDocsOfInstant;
constexpr std::size_t kPositions = 255;  // of one word that PostgreSQL keeps

std::string in_digits(std::uint64_t number, std::size_t digits) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuv";
  std::string text(digits, '0');
  for (auto at = text.rbegin(); at != text.rend(); ++at, number /= kDigits.size())
    *at = kDigits[number % kDigits.size()];
  return text;
}

// A term's words as they stand in the index, with `tag` before each.
std::vector<std::string> words_of(const rules::SearchTerm& term, std::string_view tag) {
  std::vector<std::string> words;
  for (const auto& word : term.words)
    words.push_back(std::string(tag) + rules::in_index(term.in, word));
  return words;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string all;
  for (const auto& part : parts) (all += all.empty() ? "" : std::string(between)) += part;
  return all;
}

// What is asked for in the database's own words. Terms hold letters and digits alone.
std::string asked(const rules::SearchTerm& term, std::string_view tag, Dialect dialect) {
  const auto words = words_of(term, tag);
  if (dialect == Dialect::sqlite)
    return '"' + joined(words, " ") + (term.is_prefix ? "\" *" : "\"");
  return "('" + joined(words, "' <-> '") + (term.is_prefix ? "':*)" : "')");
}
std::string asked(const rules::Search& search, std::string_view tag, Dialect dialect) {
  const bool sqlite = dialect == Dialect::sqlite;
  std::vector<std::string> all, none;
  for (const auto& term : search.terms) all.push_back(asked(term, tag, dialect));
  if (search.has_file) {
    const auto word = std::string(tag) + std::string(rules::in_index_with_file);
    all.push_back(sqlite ? '"' + word + '"' : "'" + word + "'");
  }
  for (const auto& term : search.without) none.push_back(asked(term, tag, dialect));
  auto text = "(" + joined(all, sqlite ? " AND " : " & ") + ")";
  if (!none.empty())
    text += (sqlite ? " NOT (" : " & !(") + joined(none, sqlite ? " OR " : " | ") + ")";
  return text;
}

bool asks_for_words(const rules::Search& search) {
  return !search.terms.empty() || search.has_file;
}

// What stands in `words`, of rules::findable with a blank on both sides, that hold it: as the index
// would say.
std::string in_words(const rules::SearchTerm& term) {
  return " " + joined(words_of(term, ""), " ") + (term.is_prefix ? "" : " ");
}

template <class Of>
std::vector<DocOf<Of>> docs_of(std::vector<Row> rows) {
  std::vector<DocOf<Of>> docs;
  docs.reserve(rows.size());
  for (auto& row : rows) {
    auto& doc = docs.emplace_back();
    doc.number = row.number();
    doc.of = row.id<Of>();
  }
  return docs;
}

template <class Of>
std::string documents() {
  return std::string(IndexOf<Of>::documents);
}
template <class Of>
std::string number_and_id() {
  return "select d.doc, d." + std::string(IndexOf<Of>::id) + " from ";
}

template <class Of>
std::set<std::int64_t> found_by_sqlite(Db& db, CompanyId company, const rules::Search& search,
                                       const std::vector<DocOf<Of>>& docs) {
  std::set<std::int64_t> found;
  // Words of hundreds of messages at once would fill the memory: they are looked at where they lie.
  std::vector<Value> first{value_of(company)}, numbers;
  std::string sql =
      "select doc from " + documents<Of>() + " where company = $1 and words is not null";
  const auto holds = [&](const std::string& wanted, bool is_there) {
    first.push_back(value_of(wanted));
    sql += " and instr(' ' || words || ' ', $" + std::to_string(first.size()) +
           (is_there ? ") > 0" : ") = 0");
  };
  for (const auto& term : search.terms) holds(in_words(term), true);
  for (const auto& term : search.without) holds(in_words(term), false);
  if (search.has_file) holds(" " + std::string(rules::in_index_with_file) + " ", true);
  for (const auto& doc : docs) numbers.push_back(value_of(doc.number));
  in_chunks(first, numbers, [&](InList list, Params params) {
    for (auto& row : db.run(sql + " and doc in " + list, params).rows) found.insert(row.number());
  });
  return found;
}

template <class Of>
std::set<std::int64_t> found_by_postgres(Db& db, CompanyId company, const rules::Search& search,
                                         const std::vector<DocOf<Of>>& docs) {
  std::set<std::int64_t> found;
  std::map<std::string, std::vector<Value>> by_tag;
  for (const auto& doc : docs) by_tag[tag_of(company, doc.number)].push_back(value_of(doc.number));
  for (const auto& [tag, numbers] : by_tag)
    in_chunks(
        {value_of(company), value_of(asked(search, tag, Dialect::postgres))}, numbers,
        [&](InList list, Params params) {
          for (auto& row :
               db.run("select doc from " + documents<Of>() +
                          " where company = $1 and words @@ cast($2 as tsquery) and doc in " + list,
                      params)
                   .rows)
            found.insert(row.number());
        });
  return found;
}

}  // namespace

std::int64_t first_doc(Instant at) {
  return std::clamp<std::int64_t>(at.ms, 0, kNewestDate) * kDocsOfInstant;
}

std::int64_t first_doc_beside(std::int64_t doc) { return doc / kFourWeeks * kFourWeeks; }

std::string tag_of(CompanyId company, std::int64_t doc) {
  std::uint64_t whose = 0;  // the end of an id is chance
  for (std::size_t i = company.bytes.size() - 5; i < company.bytes.size(); ++i)
    whose = whose << 8 | company.bytes[i];
  return in_digits(whose, 8) + in_digits(static_cast<std::uint64_t>(doc / kFourWeeks), 3);
}

Value in_column(Dialect dialect, std::string_view tag, const std::string& words) {
  if (dialect == Dialect::sqlite) return value_of(words);
  std::unordered_map<std::string_view, std::vector<std::size_t>> places;
  std::vector<std::string_view> order;
  std::size_t place = 0;
  for (const auto word : split(words, ' ')) {
    ++place;
    if (word.empty()) continue;
    auto& at = places[word];
    if (at.empty()) order.push_back(word);
    if (at.size() < kPositions) at.push_back(place);
  }
  std::string vector;
  for (const auto word : order) {
    ((vector += vector.empty() ? "'" : " '") += tag) += word;
    char between = ':';
    vector += '\'';
    for (const auto at : places[word]) {
      (vector += between) += std::to_string(at);
      between = ',';
    }
  }
  return value_of(vector);
}

std::string as_words(Dialect dialect, std::string_view parameter) {
  return dialect == Dialect::sqlite ? std::string(parameter)
                                    : "cast(" + std::string(parameter) + " as tsvector)";
}

std::string unread_documents(Dialect dialect) {
  return dialect == Dialect::sqlite ? "search_documents d indexed by search_documents_unread"
                                    : "search_documents d";
}

template <class Of>
std::int64_t free_doc(Db& db, CompanyId company, Of of, Instant date) {
  // Several are of one instant as a rule where a mailbox tells whole seconds.
  const auto first = first_doc(date);
  std::int64_t low = 0;
  for (std::size_t i = of.bytes.size() - 3; i < of.bytes.size(); ++i) low = low << 8 | of.bytes[i];
  for (low %= kDocsOfInstant;; low = (low + 1) % kDocsOfInstant)
    if (!db.row("select 1 from " + documents<Of>() + " where company = $1 and doc = $2", company,
                first + low))
      return first + low;
}

template <class Of>
std::vector<DocOf<Of>> newest_with(Db& db, CompanyId company, const rules::Search& search,
                                   std::int64_t low, std::int64_t high, std::size_t most) {
  const auto select = number_and_id<Of>();
  if (!asks_for_words(search))
    return docs_of<Of>(db.rows(select + documents<Of>() +
                                   " d where d.company = $1 and d.doc >= $2 and d.doc < $3"
                                   " order by d.doc desc limit $4",
                               company, low, high, most));
  const auto words = asked(search, tag_of(company, low), db.dialect());
  if (db.dialect() == Dialect::sqlite) {
    const std::string index(IndexOf<Of>::words);
    return docs_of<Of>(db.rows(select + index + " f cross join " + documents<Of>() +
                                   " d on d.company = $1 and d.doc = f.rowid where f." + index +
                                   " match $2 and f.rowid >= $3 and f.rowid < $4"
                                   " order by f.rowid desc limit $5",
                               company, words, low, high, most));
  }
  // By their words first, whatever a planner thinks: it holds rare ones to be in every 200th
  // message, and would look at each message of the time instead, one after the other.
  const std::string id(IndexOf<Of>::id);
  return docs_of<Of>(
      db.rows("with found as materialized (" + select + documents<Of>() +
                  " d where d.company = $1 and d.words @@ cast($2 as tsquery)) select doc, " + id +
                  " from found where doc >= $3 and doc < $4 order by doc desc limit $5",
              company, words, low, high, most));
}

template <class Of>
std::vector<DocOf<Of>> those_with(Db& db, CompanyId company, const rules::Search& search,
                                  const std::vector<DocOf<Of>>& docs) {
  if (!asks_for_words(search) || docs.empty()) return docs;
  const auto found = db.dialect() == Dialect::sqlite ? found_by_sqlite(db, company, search, docs)
                                                     : found_by_postgres(db, company, search, docs);
  std::vector<DocOf<Of>> with;
  for (const auto& doc : docs)
    if (found.contains(doc.number)) with.push_back(doc);
  return with;
}

template std::int64_t free_doc(Db&, CompanyId, MessageId, Instant);
template std::int64_t free_doc(Db&, CompanyId, UploadId, Instant);
template std::vector<DocOf<MessageId>> newest_with(Db&, CompanyId, const rules::Search&,
                                                   std::int64_t, std::int64_t, std::size_t);
template std::vector<DocOf<UploadId>> newest_with(Db&, CompanyId, const rules::Search&,
                                                  std::int64_t, std::int64_t, std::size_t);
template std::vector<DocOf<MessageId>> those_with(Db&, CompanyId, const rules::Search&,
                                                  const std::vector<DocOf<MessageId>>&);
template std::vector<DocOf<UploadId>> those_with(Db&, CompanyId, const rules::Search&,
                                                 const std::vector<DocOf<UploadId>>&);

}  // namespace hearback::store
