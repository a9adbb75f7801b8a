#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/text.hpp"
#include "protocols/imap/session.hpp"

namespace hearback::protocols::imap {
namespace {

TEST(Utf7, KnownNames) {
  EXPECT_EQ(utf7_to_utf8("INBOX"), "INBOX");
  EXPECT_EQ(utf7_to_utf8("Entw&APw-rfe"), "Entwürfe");
  EXPECT_EQ(utf7_to_utf8("R&-D"), "R&D");
  EXPECT_EQ(utf7_to_utf8("~peter/mail/&U,BTFw-/&ZeVnLIqe-"), "~peter/mail/台北/日本語");
  EXPECT_EQ(utf7_to_utf8("&2D3eAA-"), "😀");
  EXPECT_EQ(utf8_to_utf7("Entwürfe"), "Entw&APw-rfe");
  EXPECT_EQ(utf8_to_utf7("R&D"), "R&-D");
  EXPECT_EQ(utf8_to_utf7("台北/日本語"), "&U,BTFw-/&ZeVnLIqe-");
  EXPECT_EQ(utf8_to_utf7("😀"), "&2D3eAA-");
}

TEST(Utf7, MalformedNames) {
  for (std::string_view name : {"&", "&APw", "&AP-", "&A-", "&2D0-", "&3gA-", "&2D0APw-",
                                "B\xc3\xbcro", "tab\t", "&AP w-", "&AP/w-", "&APz-"})
    EXPECT_EQ(utf7_to_utf8(name), std::nullopt) << name;
}

RC_GTEST_PROP(Utf7, ThereAndBack, (const std::string& bytes)) {
  auto name = to_valid_utf8(bytes);
  auto wire = utf8_to_utf7(name);
  for (char c : wire) RC_ASSERT(c >= 0x20 && c <= 0x7E);
  RC_ASSERT(utf7_to_utf8(wire) == name);
}

RC_GTEST_PROP(Utf7, AnyBytesAreSafe, (const std::string& bytes)) {
  auto name = utf7_to_utf8(bytes);
  if (name) RC_ASSERT(is_utf8(*name));
}

}  // namespace
}  // namespace hearback::protocols::imap
