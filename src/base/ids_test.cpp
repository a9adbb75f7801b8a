#include "base/ids.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hearback {
namespace {

TEST(Ids, AreUuidsOfVersion7) {
  SeededRandom random(1);
  auto id = CandidateId::make({0x0123456789ab}, random);
  auto text = id.text();
  EXPECT_EQ(text.substr(0, 13), "01234567-89ab");
  EXPECT_EQ(text[14], '7');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
  EXPECT_EQ(CandidateId::parse(text), id);
}

TEST(Ids, OrderByTimeAndDiffer) {
  SeededRandom random(2);
  EXPECT_LT(JobId::make({1000}, random), JobId::make({1001}, random));
  std::set<JobId> made;
  for (int i = 0; i < 1000; ++i) made.insert(JobId::make({5}, random));
  EXPECT_EQ(made.size(), 1000u);
}

TEST(Ids, RefuseOtherText) {
  for (std::string_view bad :
       {"", "01234567-89ab-7000-8000-00000000000", "01234567-89ab-7000-8000-0000000000000",
        "0123456789ab-7000-8000-0000000000000", "g1234567-89ab-7000-8000-000000000000"})
    EXPECT_FALSE(JobId::parse(bad)) << bad;
}

TEST(Random, SeededIsReproducible) {
  SeededRandom a(7), b(7), c(8);
  EXPECT_EQ(a.next(), b.next());
  EXPECT_NE(a.next(), c.next());
  for (int i = 0; i < 100; ++i) EXPECT_LT(a.below(10), 10u);
  EXPECT_EQ(a.below(0), 0u);
}

}  // namespace
}  // namespace hearback
