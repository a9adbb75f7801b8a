#include "protocols/imap/lexer.hpp"

#include <gtest/gtest.h>

namespace hearback::protocols::imap {
namespace {

std::string string_of(std::string_view bytes) {
  auto text = Lexer(bytes).string();
  if (!text) return "none";
  return text->nil ? "NIL" : text->too_large ? "too large" : text->copy();
}

TEST(Lexer, Strings) {
  EXPECT_EQ(string_of("\"a b\" c"), "a b");
  EXPECT_EQ(string_of("\"a \\\"b\\\" \\\\\""), "a \"b\" \\");
  EXPECT_EQ(string_of("\"\""), "");
  EXPECT_EQ(string_of("{3}\r\na)b c"), "a)b");
  EXPECT_EQ(string_of("{3+}\r\na)b"), "a)b");
  EXPECT_EQ(string_of("~{1}\r\n\x01"), "\x01");
  EXPECT_EQ(string_of("{0}\r\n)"), "");
  EXPECT_EQ(string_of("{-23}\r\n)"), "too large");
  EXPECT_EQ(string_of("nil)"), "NIL");
  EXPECT_EQ(string_of("\"NIL\""), "NIL");
  EXPECT_EQ(string_of("[Gmail]/\xc3\xa4 x"), "[Gmail]/\xc3\xa4");
  EXPECT_EQ(string_of("~tilde x"), "~tilde");
}

TEST(Lexer, BrokenStrings) {
  for (std::string_view bytes :
       {"\"open", "\"open\r\n", "\"open\\", "{3}\r\nab", "{3}", "{x}\r\nabc", "{}\r\n", "(a)", "",
        ")", "\r\n", "{99999999999999999999}\r\na"})
    EXPECT_EQ(string_of(bytes), "none") << bytes;
}

TEST(Lexer, ItemNames) {
  auto name = [](std::string_view bytes) { return std::string(Lexer(bytes).item_name()); };
  EXPECT_EQ(name("BODY[HEADER.FIELDS (FROM \"a]b\")]<0> {3}"),
            "BODY[HEADER.FIELDS (FROM \"a]b\")]<0>");
  EXPECT_EQ(name("BODY[]{5}"), "BODY[]");
  EXPECT_EQ(name("UID 5"), "UID");
  EXPECT_EQ(name("FLAGS(\\Seen)"), "FLAGS");
  EXPECT_EQ(name("BODY[open"), "BODY[open");
}

TEST(Lexer, ValuesAreSkippedWhole) {
  auto rest = [](std::string_view bytes) {
    Lexer lexer(bytes, 4);
    return lexer.skip_value() ? std::string(lexer.rest()) : "failed";
  };
  EXPECT_EQ(rest("(a (b \"c)\" {2}\r\n)) NIL) d) UID"), " UID");
  EXPECT_EQ(rest("atom UID"), " UID");
  EXPECT_EQ(rest("() UID"), " UID");
  EXPECT_EQ(rest(") UID"), ") UID");
  EXPECT_EQ(rest("((((x)))) y"), " y");
  EXPECT_EQ(rest("(((((x))))) y"), "failed");
  EXPECT_EQ(rest("(a b"), "failed");
  EXPECT_EQ(rest("(a \"b"), "failed");
}

TEST(Lexer, Numbers) {
  EXPECT_EQ(Lexer("18446744073709551615").number(), UINT64_MAX);
  EXPECT_EQ(Lexer("18446744073709551616").number(), std::nullopt);
  EXPECT_EQ(Lexer("-1").number(), std::nullopt);
  EXPECT_EQ(Lexer("007x").number(), 7u);
}

}  // namespace
}  // namespace hearback::protocols::imap
