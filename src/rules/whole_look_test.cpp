#include "rules/whole_look.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hearback::rules {
namespace {

using namespace std::chrono_literals;

MailboxId numbered(std::uint8_t number) {
  MailboxId id;
  id.bytes[15] = number;
  return id;
}

TEST(WholeLook, S10_IsDueOnceAWeek) {
  const Instant now{1'800'000'000'000};
  const struct {
    const char* what;
    Instant last;
    bool due;
    bool goes_on = false;
  } cases[] = {
      {"never", Instant{}, true},
      {"just now", now, false},
      {"less than six days ago", now - 143h, false},
      {"a week ago", now - 168h, true},
      {"a year ago", now - 8760h, true},
      {"a clock was set back by a little", now + 2h, false},
      {"a clock was wrong", now + 8760h, true},
      {"a week ago, and not through", now - 168h, false, true},
      {"four weeks ago, and not through", now - 672h, true, true},
      {"never, and not through", Instant{}, true, true},
  };
  for (const auto& one : cases)
    for (std::uint8_t id = 0; id < 50; ++id)
      EXPECT_EQ(is_due_for_a_whole_look(one.last, now, numbered(id), one.goes_on), one.due)
          << one.what;
}

TEST(WholeLook, S10_ThoseThatWereLookedAtTogetherAreDueOverADay) {
  const Instant last{1'800'000'000'000};
  std::set<int> hours;
  for (std::uint8_t id = 0; id < 200; ++id)
    for (int hour = 144; hour <= 168; ++hour)
      if (is_due_for_a_whole_look(last, last + hour * 1h, numbered(id), false)) {
        hours.insert(hour);
        break;
      }
  EXPECT_GT(hours.size(), 18u);
}

}  // namespace
}  // namespace hearback::rules
