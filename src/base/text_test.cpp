#include "base/text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hearback {
namespace {

TEST(Text, LowersAsciiOnly) {
  EXPECT_EQ(ascii_lower("ÄBC@X.Org"), "Äbc@x.org");
  EXPECT_TRUE(ascii_equal("FeTcH", "fEtCh"));
  EXPECT_FALSE(ascii_equal("fetch", "fetc"));
  EXPECT_TRUE(ascii_starts_with("Content-Type: x", "content-type"));
}

TEST(Text, TrimsAndSplits) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \r\n"), "");
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

TEST(Text, KnowsUtf8) {
  EXPECT_TRUE(is_utf8("Grüße 漢字 😀"));
  for (std::string_view bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"})
    EXPECT_FALSE(is_utf8(bad)) << to_hex(bad);
  // Wherever it stands: ASCII is looked at by eight octets.
  for (std::size_t before = 0; before < 20; ++before)
    for (std::size_t behind = 0; behind < 20; ++behind) {
      const std::string a(before, 'a'), b(behind, 'b');
      EXPECT_TRUE(is_utf8(a + "ü" + b)) << before << ' ' << behind;
      EXPECT_FALSE(is_utf8(a + "\xff" + b)) << before << ' ' << behind;
      EXPECT_FALSE(is_utf8(a + "\xc3" + b)) << before << ' ' << behind;
    }
}

TEST(Text, MendsUtf8) {
  EXPECT_EQ(to_valid_utf8("a\xff" "b"), "a\xEF\xBF\xBD" "b");
  EXPECT_EQ(to_valid_utf8(std::string_view("a\0b\r\n\tc", 7)), "ab\n\tc");
}

TEST(Text, CutsAtCharacters) {
  EXPECT_EQ(utf8_prefix("aü", 2), "a");
  EXPECT_EQ(utf8_prefix("aü", 3), "aü");
  EXPECT_EQ(utf8_prefix("ü", 0), "");
}

TEST(Text, RefusesWhatIsNotBase64) {
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
  for (std::string_view bad : {"Zg=", "Zg", "Z===", "Zh==", "Zg==\n", "Z g=", "===="})
    EXPECT_FALSE(from_base64(bad)) << bad;
}

TEST(Text, ReadsNumbers) {
  EXPECT_EQ(to_number("18446744073709551615"), 18446744073709551615ull);
  for (std::string_view bad : {"", "18446744073709551616", "-1", "+1", " 1", "1 ", "0x1"})
    EXPECT_FALSE(to_number(bad)) << bad;
}

RC_GTEST_PROP(Text, EncodingsComeBack, (std::string bytes)) {
  RC_ASSERT(from_base64(to_base64(bytes)) == bytes);
  RC_ASSERT(from_base64url(to_base64url(bytes)) == bytes);
  RC_ASSERT(from_hex(to_hex(bytes)) == bytes);
}

RC_GTEST_PROP(Text, MendedTextIsValidAndStable, (std::string bytes)) {
  auto mended = to_valid_utf8(bytes);
  RC_ASSERT(is_utf8(mended));
  RC_ASSERT(to_valid_utf8(mended) == mended);
  for (std::size_t n = 0; n <= mended.size(); ++n) RC_ASSERT(is_utf8(utf8_prefix(mended, n)));
}

}  // namespace
}  // namespace hearback
