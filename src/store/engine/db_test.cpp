// What the seam promises, of each database.
#include "store/engine/db.hpp"

#include <algorithm>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

class DbTest : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Each, DbTest, testing::Values(On::file, On::postgres), name_of);

using Told = std::vector<std::string>;

Told told(std::vector<Row> rows) {
  Told told;
  for (auto& row : rows) {
    auto& one = told.emplace_back();
    for (int shared = 0; shared < 2; ++shared) one += std::to_string(row.number()) + " ";
    one += row.text() + " " + to_hex(row.blob()) + " " + std::to_string(row.number()) + " ";
    one += row.text() + " " + to_hex(row.blob());
  }
  return told;
}

TEST_P(DbTest, a_select_for_each_of_some_lists_gives_what_it_gives_for_each_alone) {
  constexpr auto kSql =
      "select n.i + $1, $2, $3, $4, $5, $6, $10 from"
      " (select 1 as i union all select 3 union all select 2) n"
      " where n.i >= $7 and $8 = $3 and $9 = $4 order by n.i desc limit $11";
  const Value shared[] = {value_of(10), value_of(-1)};
  const std::string words[] = {"", "$3 Ana\xC3\xAFs", std::string(300, 'x')};
  const std::string octets[] = {"", std::string(16, '\0'), "\x01\xFF$1"};
  const std::int64_t numbers[] = {0, INT64_MIN, INT64_MAX};
  std::vector<std::vector<Value>> lists;
  for (std::size_t i = 0; i < 150; ++i) {
    const auto word = value_of(words[i % 3]);
    const auto blob = value_of(Blob{octets[i / 3 % 3]});
    lists.push_back({word, blob, value_of(numbers[i / 9 % 3]), value_of(std::to_string(i)),
                     value_of(i % 5), word, blob, value_of(Blob{octets[i % 3]}), value_of(i % 4)});
  }
  tables()->read([&](Db& db) {
    const auto together = db.run_each(kSql, shared, lists);
    ASSERT_EQ(together.size(), lists.size());
    std::size_t most = 0;
    for (std::size_t i = 0; i < lists.size(); ++i) {
      std::vector<Value> all(std::begin(shared), std::end(shared));
      all.insert(all.end(), lists[i].begin(), lists[i].end());
      EXPECT_EQ(told(together[i]), told(db.run(kSql, all).rows)) << i;
      most = std::max(most, together[i].size());
    }
    EXPECT_EQ(most, 3u);
    EXPECT_TRUE(db.run_each(kSql, shared, {}).empty());
  });
}

}  // namespace
}  // namespace hearback::store
