#include "store/threads/bearers.hpp"

namespace hearback::store {

std::string named_in(InList list) {
  std::string rows;
  for (const char c : list) rows += c == ',' ? std::string("),(") : std::string(1, c);
  return "(select distinct column1 as message_id from (values " + rows + ") given) named";
}

// One look at the index for each.
std::vector<std::pair<MessageId, std::string>> bearers_of(
    Db& db, CompanyId company, const std::vector<std::string>& message_ids, int most) {
  std::vector<std::vector<Value>> each;
  for (const auto& id : message_ids) each.push_back({value_of(id)});
  const Value shared[] = {value_of(company), value_of(most)};
  auto found = db.run_each(
      "select b.id from messages b where b.company = $1 and b.message_id = $3"
      " order by b.id limit $2",
      shared, each);
  std::vector<std::pair<MessageId, std::string>> bearers;
  for (std::size_t i = 0; i < message_ids.size(); ++i)
    for (auto& row : found[i]) bearers.emplace_back(row.id<MessageId>(), message_ids[i]);
  return bearers;
}

std::string is_meant(const std::string& one, const std::string& other) {
  return "(" + one + ".date >= " + other +
         ".date or not exists (select 1 from (select b.date from messages b where b.company = " +
         other + ".company and b.message_id = " + other + ".message_id order by b.id limit " +
         std::to_string(kBearersMost) + ") before where before.date < " + other + ".date))";
}

}  // namespace hearback::store
