#include "rules/intake.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

using std::chrono::hours;

TEST(Intake, S11_IdentityNotPlaceDecides) {
  EXPECT_EQ(judge_arrival({true, true, false}), Arrival::known_copy);
  EXPECT_EQ(judge_arrival({true, false, false}), Arrival::known_copy);
  EXPECT_EQ(judge_arrival({false, true, false}), Arrival::further_copy);
  EXPECT_EQ(judge_arrival({false, false, true}), Arrival::further_copy);
  EXPECT_EQ(judge_arrival({false, false, false}), Arrival::new_message);
}

TEST(Intake, S1_DirectionIsTheTeamsPointOfView) {
  Internal team({"rita@team.example"});
  mail::Envelope ours, theirs;
  ours.from = {{"", "rita@team.example", "rita@team.example"}};
  theirs.from = {{"", "jane@mail.example", "jane@mail.example"}};
  EXPECT_EQ(direction_of(ours, team, FolderRole::incoming), Direction::outgoing);
  EXPECT_EQ(direction_of(theirs, team, FolderRole::incoming), Direction::incoming);
  EXPECT_EQ(direction_of(theirs, team, FolderRole::outgoing), Direction::outgoing);  // an alias
  EXPECT_EQ(direction_of({}, team, FolderRole::incoming), Direction::incoming);
}

TEST(Intake, S11_AbsurdDatesGiveWayToTheServers) {
  const Instant received = *from_rfc3339("2026-11-01T09:30:00.000Z");
  mail::Envelope e;
  EXPECT_EQ(date_of(e, received), received);
  e.date = received - hours(24 * 20);  // delivered late: the writer's date is right
  EXPECT_EQ(date_of(e, received), *e.date);
  e.date = received + hours(3);  // a clock that is a little fast
  EXPECT_EQ(date_of(e, received), *e.date);
  e.date = received + hours(24 * 365);
  EXPECT_EQ(date_of(e, received), received);
  e.date = Instant{0};
  EXPECT_EQ(date_of(e, received), received);
  e.date = Instant{-5};
  EXPECT_EQ(date_of(e, received), received);
}

}  // namespace
}  // namespace hearback::rules
