#include "store/candidates/named.hpp"

#include <algorithm>
#include <set>

#include "mail/terms.hpp"

namespace hearback::store {
namespace {

constexpr std::size_t kAtOnce = 1000;  // rows
constexpr std::size_t kMostWords = 16;
constexpr std::size_t kFew = 5000;
// Of texts in the order of their octets, the last that begins with another is not above this.
constexpr std::string_view kLast = "\U0010FFFF";

void add_words(std::string_view text, std::set<std::string>& words) {
  for (auto& term : mail::terms(text)) words.insert(std::move(term.text));
}

std::string begins(std::string_view word, const std::string& from, const std::string& to) {
  return std::string(word) + " >= " + from + " and " + std::string(word) + " < " + to;
}

}  // namespace

void keep_named(Db& db, CompanyId company, CandidateId candidate) {
  std::set<std::string> words;
  if (const auto name =
          db.row("select name from candidates where company = $1 and id = $2", company, candidate))
    add_words(Row(*name).text(), words);
  for (auto& row : db.rows("select address, normal from candidate_addresses where company = $1"
                           " and candidate = $2",
                           company, candidate)) {
    add_words(row.text(), words);
    add_words(row.text(), words);
  }
  db.change("delete from candidate_words where company = $1 and candidate = $2", company,
            candidate);
  Insertion rows("insert into candidate_words(company, candidate, word)", 3);
  for (const auto& word : words) rows.row(company, candidate, word);
  rows.run(db);
}

void name_all(Db& db) {
  CompanyId company;
  CandidateId id;
  for (bool more = true; more;) {
    auto rows = db.rows(
        "select company, id from candidates where (company, id) > ($1, $2)"
        " order by company, id limit $3",
        company, id, kAtOnce);
    more = rows.size() == kAtOnce;
    for (auto& row : rows) {
      company = row.id<CompanyId>();
      id = row.id<CandidateId>();
      keep_named(db, company, id);
    }
  }
}

Named::Named(Db& db, CompanyId company, std::string_view text) {
  for (auto& term : mail::terms(text, kMostWords))
    // The pairs before the last letter of such a run hold it.
    if (!term.is_tail) words_.push_back(std::move(term.text));
  std::size_t fewest = kFew;
  for (auto& word : words_) {
    const auto found =
        db.row("select count(*) from (select 1 from candidate_words w where w.company = $1 and " +
                   begins("w.word", "$2", "$3") + " limit $4) few",
               company, word, word + std::string(kLast), fewest);
    const auto count = static_cast<std::size_t>(Row(*found).number());
    if (count >= fewest) continue;
    fewest = count;
    is_few_ = true;
    std::swap(word, words_.front());
  }
}

std::string Named::first_few(const Add& add) const {
  return "(select distinct w.candidate from candidate_words w where w.company = $1 and " +
         begins("w.word", add(words_.front()), add(words_.front() + std::string(kLast))) +
         " limit 1000000000 offset 0)";
}

std::string Named::has_all(std::string_view candidate, const Add& add) const {
  std::string sql;
  for (const auto& word : words_)
    sql += " and exists (select 1 from candidate_words w where w.company = $1 and w.candidate = " +
           std::string(candidate) + " and " +
           begins("w.word", add(word), add(word + std::string(kLast))) + ")";
  return sql;
}

}  // namespace hearback::store
