#include "store/engine/search_key.hpp"

#include "mail/folded.hpp"

namespace hearback::store {
namespace {

constexpr std::size_t kAtOnce = 1000;  // rows

void renew_names(Db& db) {
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

void renew_addresses(Db& db) {
  Blob company, id;
  std::string normal;
  for (bool more = true; more;) {
    auto rows = db.rows(
        "select company, candidate, normal, address, address_key from candidate_addresses"
        " where (company, candidate, normal) > ($1, $2, $3)"
        " order by company, candidate, normal limit $4",
        company, id, normal, kAtOnce);
    more = rows.size() == kAtOnce;
    for (auto& row : rows) {
      company = {row.blob()};
      id = {row.blob()};
      normal = row.text();
      const auto key = address_search_key(row.text(), normal);
      if (row.text() == key) continue;
      db.change(
          "update candidate_addresses set address_key = $4"
          " where company = $1 and candidate = $2 and normal = $3",
          company, id, normal, key);
    }
  }
}

}  // namespace

std::string search_key(std::string_view text) { return mail::folded(text); }

std::string address_search_key(std::string_view address, std::string_view normal) {
  return search_key(std::string(address) + " " + std::string(normal));
}

void renew_search_keys(Db& db) {
  renew_names(db);
  renew_addresses(db);
}

}  // namespace hearback::store
