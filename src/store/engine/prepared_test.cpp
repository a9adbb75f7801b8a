// A connection keeps a bounded number of prepared statements, whatever people search for.
#include "store/engine/prepared.hpp"

#include "fakes/store_conformance.hpp"
#include "store/engine/answers.hpp"

namespace hearback::store {
namespace {

class PreparedTest : public Conformance {
 protected:
  std::int64_t kept(Db& db, const std::string& like = "%") const {
    return db
        .row(GetParam() == On::file ? "select count(*) from sqlite_stmt where sql like $1"
                                    : "select count(*) from pg_prepared_statements"
                                      " where statement like $1",
             like)
        ->number();
  }
};
INSTANTIATE_TEST_SUITE_P(Each, PreparedTest, testing::Values(On::file, On::postgres), name_of);

TEST_P(PreparedTest, WhatWasNotUsedForLongestIsDropped) {
  const int many = static_cast<int>(kPreparedMost) + 500;
  tables()->read([&](Db& db) {
    const auto number = [&](int n) {
      return db.row("select cast($1 as bigint) + " + std::to_string(n) + " as n", 1)->number();
    };
    for (int i = 0; i < many; ++i) {
      EXPECT_EQ(number(i), i + 1);
      EXPECT_EQ(number(7'000'000), 7'000'001);  // used all the time
    }
    EXPECT_LE(kept(db), static_cast<std::int64_t>(kPreparedMost) + 1);
    EXPECT_GE(kept(db), static_cast<std::int64_t>(kPreparedMost) - 1);
    EXPECT_EQ(kept(db, "%+ 7000000 %"), 1);
    EXPECT_EQ(kept(db, "%+ 1 as%"), 0);
    EXPECT_EQ(kept(db, "%+ " + std::to_string(many - 1) + " as%"), 1);
    EXPECT_EQ(number(1), 2);  // and is prepared again
    EXPECT_EQ(kept(db, "%+ 1 as%"), 1);
  });
}

// M-6: a shape for each number of candidates or jobs that a filter may mean would be a hundred.
TEST_P(PreparedTest, M6_SearchesOfManyLengthsShareTheirStatements) {
  constexpr int kPeople = 40;
  const auto ben = add_user("ben", rules::Role::admin);
  // Of the words each one has those from its own number on, so that the nth word means n of them.
  for (int i = 1; i <= kPeople; ++i) {
    std::string name;
    for (int j = i; j <= kPeople; ++j) name += "w" + std::to_string(j) + "x ";
    const auto job = add_job(name, {});
    const auto candidate = add_candidate(name, {"c" + std::to_string(i) + "@x.example"}, {job});
    if (i % 8 == 1)
      place(message("m" + std::to_string(i), "c@x.example", "ben@acme.example"), thread(candidate),
            rules::PlacedBy::address, "c@x.example");
  }
  while (store->make_findable().value_or(false)) {
  }
  const Vault vault(std::string(32, 'k'), random);
  const BlobFiles files{""};
  tables()->read([&](Db& db) {
    Reading reading{db, vault, files};
    const auto search = [&](const std::string& filter, int count) {
      const auto typed = filter + ":w" + std::to_string(count) + "x";
      (void)answer(reading, Found{as(ben), rules::read_search(typed), {}});
    };
    for (const std::string filter : {"candidate", "job"}) {
      for (const int size : {1, 4, 16, kPeople}) search(filter, size);
      const auto before = kept(db);
      for (int i = 1; i <= kPeople; ++i) search(filter, i);
      EXPECT_LE(kept(db) - before, 2) << filter;
    }
  });
}

}  // namespace
}  // namespace hearback::store
