#include "mailbox/imap/cursor.hpp"

#include <gtest/gtest.h>

namespace hearback::mailbox {
namespace {

TEST(ImapCursor, S10_StartsOverWhereNumbersMeanNothingAnyMore) {
  struct Case {
    const char* name;
    Cursor cursor;
    std::uint32_t uid_validity, highest;
    std::string_view start_over;
    Cursor next;
  };
  const std::vector<Case> cases{
      {"never opened", {0, 0}, 9, 10, "first-opening", {9, 10}},
      {"never opened, no UIDVALIDITY", {0, 0}, 0, 10, "first-opening", {1, 10}},
      {"another UIDVALIDITY", {9, 10}, 8, 10, "uid-validity-changed", {8, 10}},
      {"UIDNEXT fell", {9, 10}, 9, 7, "uid-next-fell", {9, 7}},
      {"nothing new", {9, 10}, 9, 10, "", {9, 10}},
      {"new mail", {9, 10}, 9, 12, "", {9, 12}},
      {"never told a UIDVALIDITY", {1, 10}, 0, 12, "", {1, 12}},
      {"opened while it was empty", {9, 0}, 9, 0, "", {9, 0}},
      {"the last UID there is", {9, 10}, 9, kLastId, "", {9, kLastId}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto changes = changes_since(c.cursor, c.uid_validity, c.highest);
    EXPECT_EQ(changes.start_over, c.start_over);
    EXPECT_EQ(changes.next, c.next);
    EXPECT_TRUE(changes.fresh);
  }
}

}  // namespace
}  // namespace hearback::mailbox
