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
  std::string nth;
  for (int i = 0; i < most; ++i)
    nth +=
        ", (select b.id from messages b where b.company = $1 and b.message_id = named.message_id"
        " order by b.id limit 1 offset " +
        std::to_string(i) + ")";
  std::vector<std::pair<MessageId, std::string>> bearers;
  in_chunks({value_of(company)}, values_of(message_ids), [&](InList list, Params params) {
    for (auto& row :
         db.run("select named.message_id" + nth + " from " + named_in(list), params).rows) {
      const auto message_id = row.text();
      for (int i = 0; i < most; ++i)
        if (const auto message = row.maybe_id<MessageId>())
          bearers.emplace_back(*message, message_id);
    }
  });
  return bearers;
}

}  // namespace hearback::store
