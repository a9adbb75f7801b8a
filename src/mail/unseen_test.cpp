#include "mail/unseen.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace hearback::mail {
namespace {

TEST(Unseen, GoesAndWhatScriptsAreWrittenWithStays) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""},
      {"Eva Braun\t", "Eva Braun\t"},
      {"Eva\u202E Braun\u202C", "Eva Braun"},
      {"\u2066Eva\u2069\u200E\u200F\u061C", "Eva"},
      {"E\u200Bv\uFEFFa\u2060\u00AD", "Eva"},
      {"Eva\u2028Braun", "Eva Braun"},
      {"Eva\u0085\u009B", "Eva"},
      {"Eva\U000E0041\U000E0042", "Eva"},  // tags, outside of a flag
      {"Eva\uFFF9a\uFFFAb\uFFFB", "Evaab"},
      {"می\u200Cخواهم", "می\u200Cخواهم"},
      {"क्\u200Dष", "क्\u200Dष"},
      {"👩\u200D💻 ❤\uFE0F", "👩\u200D💻 ❤\uFE0F"},
      {"🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
       "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F"},
      {"\u0600١", "\u0600١"},  // a sign of format that is drawn
      {"a\xFF", "a\uFFFD"}};
  for (const auto& [written, seen] : cases) EXPECT_EQ(without_unseen(written), seen) << written;
}

TEST(Unseen, IsNothing) {
  for (const char* text : {"", " \t", "\u00A0\u3000", "\u200B", "\u200D\uFE0F", "\u3164", "\u2800"})
    EXPECT_FALSE(anything_seen(text)) << text;
  for (const char* text : {"a", " .", "שרה", "\u3164a", "👩\u200D💻"})
    EXPECT_TRUE(anything_seen(text)) << text;
}

TEST(Unseen, IsTrimmed) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""},       {" A 1\t", "A 1"}, {"\u00A0\u3000A\u2003", "A"}, {"A  1", "A  1"},
      {"\u00A0", ""}, {"\u200D", ""},    {"\u3164 \u2800", ""},        {" ❤\uFE0F ", "❤\uFE0F"}};
  for (const auto& [written, trimmed] : cases) EXPECT_EQ(trim_unseen(written), trimmed) << written;
}

}  // namespace
}  // namespace hearback::mail
