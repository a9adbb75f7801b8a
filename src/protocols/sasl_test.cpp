#include "protocols/sasl.hpp"

#include <gtest/gtest.h>

namespace hearback::protocols::sasl {
namespace {

using namespace std::string_literals;

TEST(Sasl, PlainIsPreferredAndSpeaksFirst) {
  auto mechanism = choose({"LOGIN", "XOAUTH2", "PLAIN"}, {"anna", "s3cret"});
  ASSERT_TRUE(mechanism);
  EXPECT_EQ(mechanism->name(), "PLAIN");
  EXPECT_EQ(mechanism->initial(), "\0anna\0s3cret"s);
  EXPECT_EQ(mechanism->answer("again?"), std::nullopt);
}

TEST(Sasl, LoginAnswersInOrderWhateverIsAsked) {
  auto mechanism = choose({"LOGIN"}, {"anna", "s3cret"});
  ASSERT_TRUE(mechanism);
  EXPECT_EQ(mechanism->initial(), std::nullopt);
  EXPECT_EQ(mechanism->answer("Benutzername:"), "anna");
  EXPECT_EQ(mechanism->answer(""), "s3cret");
  EXPECT_EQ(mechanism->answer("Password:"), std::nullopt);
}

TEST(Sasl, NothingInCommon) { EXPECT_FALSE(choose({"GSSAPI", "CRAM-MD5"}, {"anna", "s3cret"})); }

}  // namespace
}  // namespace hearback::protocols::sasl
