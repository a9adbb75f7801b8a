#include "rules/non_candidates.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace hearback::rules {
namespace {

using Texts = std::vector<std::string>;

TEST(NonCandidates, M3_AMessageIsWithItsFirstRecipientWhoIsNoColleague) {
  struct Case {
    Texts to, internal;
    std::optional<std::string> with;
  };
  const Case cases[] = {
      {{"Pat@Agency.example"}, {}, "Pat@Agency.example"},
      {{"ada@acme.example", "pat@agency.example"}, {"ada@acme.example"}, "pat@agency.example"},
      {{"ADA@acme.example"}, {"ada@acme.example"}, std::nullopt},
      {{"pat@agency.example", "sam@agency.example"}, {}, "pat@agency.example"},
      {{"no address"}, {}, std::nullopt},
      {{}, {}, std::nullopt},
  };
  for (const auto& one : cases) EXPECT_EQ(correspondent(one.to, one.internal), one.with);
}

TEST(NonCandidates, M3_WhoDoesNotSeeAllOfTheExchangeMakesNoCandidateOfThem) {
  const auto company = CompanyId::parse("00000000-0000-4000-8000-000000000001").value();
  const auto ben = UserId::parse("00000000-0000-4000-8000-000000000002").value();
  const auto cem = UserId::parse("00000000-0000-4000-8000-000000000003").value();
  const Scope limited{Scope::Kind::user, company, ben, false, false};
  const Scope all{Scope::Kind::user, company, ben, true, false};
  const Scope nobody{Scope::Kind::nobody, company, ben, false, false};
  EXPECT_EQ(keeper_of_exchange(limited), ben);
  EXPECT_EQ(keeper_of_exchange(all), std::nullopt);
  EXPECT_TRUE(may_take_over(limited, ben));
  EXPECT_FALSE(may_take_over(limited, cem));
  EXPECT_FALSE(may_take_over(limited, std::nullopt));
  EXPECT_TRUE(may_take_over(all, cem));
  EXPECT_TRUE(may_take_over(all, std::nullopt));
  EXPECT_FALSE(may_take_over(nobody, ben));
  EXPECT_TRUE(may_take_over(engine_scope(company), cem));
}

}  // namespace
}  // namespace hearback::rules
