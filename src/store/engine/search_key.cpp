#include "store/engine/search_key.hpp"

#include "mail/folded.hpp"

namespace hearback::store {

std::string search_key(std::string_view text) { return mail::folded(text); }

void renew_search_keys(Db& db) {
  constexpr std::size_t kAtOnce = 1000;  // rows
  Blob company, id;
  for (bool more = true; more;) {
    auto rows = db.rows(
        "select company, id, name, name_key from candidates where (company, id) > ($1, $2)"
        " order by company, id limit $3",
        company, id, kAtOnce);
    more = rows.size() == kAtOnce;
    for (auto& row : rows) {
      company = {row.blob()};
      id = {row.blob()};
      const auto key = search_key(row.text());
      if (row.text() == key) continue;
      db.change("update candidates set name_key = $3 where company = $1 and id = $2", company, id,
                key);
      db.change("update job_candidates set name_key = $3 where company = $1 and candidate = $2",
                company, id, key);
    }
  }
}

void name_job_keys(Db& db) {
  for (auto& row : db.rows("select company, id, title from jobs")) {
    const auto company = row.id<CompanyId>();
    const auto job = row.id<JobId>();
    db.change("update jobs set title_key = $3 where company = $1 and id = $2", company, job,
              search_key(row.text()));
  }
}

}  // namespace hearback::store
