#include "mail/conversation.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hearback::mail {
namespace {

TEST(Conversation, T1_TheFirst22OctetsOfThreadIndex) {
  const std::string root = conversation_of("AdHb0QZ3wq1vS0u2TDa8Zr1l9QyKpA==");
  EXPECT_EQ(root, "thread-index:01d1dbd10677c2ad6f4b4bb64c36bc66bd65f50c8aa4");
  EXPECT_EQ(conversation_of("AdHb0QZ3wq1vS0u2TDa8Zr1l9QyKpAAAKq1A"), root);
  EXPECT_EQ(conversation_of(" AdHb0QZ3wq1vS0u2TDa8\r\n\tZr1l9QyKpAAAKq1A"), root);  // folded
  EXPECT_NE(conversation_of("AdHb0QZ3wq1vS0u2TDa8Zr1l9QyKpQ=="), root);
}

TEST(Conversation, T8_WhatIsNoneJoinsNobody) {
  for (const char* field :
       {"", "=", "yes", "AdHb0QZ3wq1vS0u2TDa8Zr1l9Qw=", "ZZHb0QZ3wq1vS0u2TDa8Zr1l9QyKpA==",
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", "\x01\xff\x80"})
    EXPECT_EQ(conversation_of(field), "") << field;
  EXPECT_LT(conversation_of(std::string(50'000'000, 'A')).size(), 100u);
}

}  // namespace
}  // namespace hearback::mail
