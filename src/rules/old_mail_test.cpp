#include "rules/old_mail.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

TEST(OldMail, S5_AMailboxIsSearchedHasBeenOrWaits) {
  using enum MailboxState;
  struct Case {
    MailboxSearched mailbox;
    std::optional<SearchIs> is;
  };
  for (const auto& one : {
           Case{{true, active, false, false}, SearchIs::through},
           Case{{true, active, true, true}, SearchIs::through},  // it was before it failed
           Case{{true, active, false, false, true}, SearchIs::waiting},
           Case{{false, active, false, false, true}, SearchIs::going_on},
           Case{{true, needs_sign_in, false, false}, SearchIs::through},
           Case{{false, active, false, false}, SearchIs::going_on},
           Case{{false, active, true, false}, SearchIs::waiting},
           Case{{false, active, false, true}, SearchIs::waiting},
           Case{{false, needs_sign_in, false, false}, SearchIs::waiting},
           Case{{false, off, false, false}, std::nullopt},
           Case{{true, off, false, false}, std::nullopt},
       })
    EXPECT_EQ(search_of(one.mailbox), one.is);
}

TEST(OldMail, C14_HowFarItHasComeIsToldToWhomNobodyIsHiddenFrom) {
  const CompanyId company;
  User user{.role = Role::manager, .active = true};
  EXPECT_FALSE(sees_how_far(user_scope(company, user)));
  user.all_jobs = true;
  EXPECT_TRUE(sees_how_far(user_scope(company, user)));
  user.active = false;
  EXPECT_FALSE(sees_how_far(user_scope(company, user)));
  EXPECT_TRUE(sees_how_far(engine_scope(company)));
}

TEST(OldMail, S5_ItIsToldForADayAndForAWeekWhileItGoesOn) {
  const Instant added{1'790'000'000'000};
  struct Case {
    Duration after;
    bool going_on, told;
  };
  using std::chrono::hours;
  for (const auto& one : {
           Case{-1s, false, true},  // by another clock
           Case{0s, false, true},
           Case{hours(23), false, true},
           Case{hours(24), false, false},
           Case{hours(24), true, true},
           Case{hours(7 * 24 - 1), true, true},
           Case{hours(7 * 24), true, false},
       })
    EXPECT_EQ(search_is_told(added, added + one.after, one.going_on), one.told)
        << one.after.count();
}

}  // namespace
}  // namespace hearback::rules
