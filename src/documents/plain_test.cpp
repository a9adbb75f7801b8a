#include "documents/plain.hpp"

#include <gtest/gtest.h>

namespace hearback::documents {
namespace {

TEST(Plain, M6_WhateverCharsetItIsIn) {
  EXPECT_EQ(plain_text("Z\u00fcrich"), "Z\u00fcrich");
  EXPECT_EQ(plain_text("\xEF\xBB\xBFZ\u00fcrich"), "Z\u00fcrich");
  EXPECT_EQ(plain_text("Z\xFCrich"), "Z\u00fcrich");
  EXPECT_EQ(plain_text(std::string_view("\xFF\xFEZ\0\xFC\0", 6)), "Z\u00fc");
  EXPECT_EQ(plain_text(std::string_view("\xFE\xFF\0Z\0\xFC", 6)), "Z\u00fc");
  EXPECT_EQ(plain_text(""), "");
  // An octet that is damaged leaves the others their letters.
  EXPECT_EQ(plain_text("Z\u00fcrich \xFF D\u00fcsseldorf"), "Z\u00fcrich \uFFFD D\u00fcsseldorf");
  EXPECT_EQ(plain_text("Z\xFCrich, D\xFCsseldorf, \xC3\xBC"),
            "Z\u00fcrich, D\u00fcsseldorf, \u00c3\u00bc");
  // What is cut is cut between letters.
  EXPECT_EQ(plain_text("ab\u00fccd", 3), "ab");
  EXPECT_EQ(plain_text("ab\u00fccd", 4), "ab");
}

}  // namespace
}  // namespace hearback::documents
