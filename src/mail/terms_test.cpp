#include "mail/terms.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hearback::mail {
namespace {

std::string words(std::string_view text) {
  std::string all;
  for (const auto& term : terms(text)) (all += all.empty() ? "" : " ") += term.text;
  return all;
}

TEST(Terms, M6_WordsAreFoldedLettersAndDigits) {
  struct Case {
    std::string_view text, expected;
  };
  const Case cases[] = {
      {"", ""},
      {" \t…—!", ""},
      {"Hello, World!", "hello world"},
      {"Zoë Müller-Straße", "zoe muller strasse"},
      {"Zoe\xCC\x88", "zoe"},  // the mark by itself
      {"L’entretien d'embauche", "l entretien d embauche"},
      {"anna.b+jobs@acme.example", "anna b jobs acme example"},
      {"https://acme.example/jobs?id=42", "https acme example jobs id 42"},
      {"+41 79 123", "41 79 123"},
      {"C++ and C#", "cplusplus and csharp"},
      {"c#, F#/.NET (C++17), G++", "csharp fsharp net cplusplus 17 gplusplus"},
      {"c#a c+ c+++ c++x ab# 1# #c x#é", "c a c c c x ab 1 c x e"},
      {"Łódź ŒUVRE ĳ", "lodz oeuvre ij"},
      {"Ｆｕｌｌ　ｗｉｄｔｈ", "full width"},
      {"ПРИВЕТ Ёлка", "привет елка"},
      {"inter\xC2\xADview", "interview"},  // a soft hyphen
      {"e\u0301\u0323\u0302a", "ea"},
      {"日本語", "日本 本語 語"},
      {"日", "日"},
      {"東京タワー2026", "東京 京タ タワ ワー ー 2026"},
      {"ｶﾞｽ ガス", "カス ス カス ス"},
      {"x\xFFy", "x y"},
      {"한국어 채용", "한국어 채용"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(words(text), expected) << text;
}

TEST(Terms, M6_EachSaysWhereItStands) {
  const std::string text = "Hé, 日本 x";
  const auto found = terms(text);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(text.substr(found[0].at, found[0].octets), "Hé");
  EXPECT_EQ(text.substr(found[1].at, found[1].octets), "日本");
  EXPECT_EQ(text.substr(found[2].at, found[2].octets), "本");
  EXPECT_TRUE(found[2].is_tail);
  EXPECT_FALSE(found[1].is_tail);
  EXPECT_EQ(text.substr(found[3].at, found[3].octets), "x");
}

TEST(Terms, M6_LongOnesAreCutAtALetterAndManyLeftOut) {
  const auto found = terms(std::string(47, 'a') + "é" + std::string(1000, 'b') + " next");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].text, std::string(47, 'a') + "e");
  EXPECT_EQ(found[1].text, "next");
  std::string dense;
  for (int i = 0; i < 100; ++i) dense += "語";
  EXPECT_EQ(terms(dense, 10).size(), 10u);
  EXPECT_EQ(terms("a b c d", 2).size(), 2u);
  for (const auto& term : terms(std::string(46, 'a') + "жжж"))
    EXPECT_LE(term.text.size(), max_term_octets);
}

// What is searched for stands in an index that splits at all that is ASCII and no letter or digit.
TEST(Terms, M6_NoSignOfAsciiIsLeft) {
  std::string all;
  for (std::uint32_t c = 0x80; c < 0x3000; ++c) {
    if (c < 0x800) {
      all += static_cast<char>(0xC0 | (c >> 6));
    } else {
      all += static_cast<char>(0xE0 | (c >> 12));
      all += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    }
    all += static_cast<char>(0x80 | (c & 0x3F));
  }
  for (const auto& term : terms(all))
    EXPECT_TRUE(std::ranges::all_of(term.text, [](unsigned char c) {
      return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    })) << term.text;
}

}  // namespace
}  // namespace hearback::mail
