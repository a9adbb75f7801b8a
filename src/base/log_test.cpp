#include "base/log.hpp"

#include <gtest/gtest.h>

namespace hearback {
namespace {

TEST(Log, KeepsLinesWholeWhateverTheValue) {
  testing::internal::CaptureStderr();
  log::warn("mailbox.failed", {{"code", "a b\nc=\"d\""}, {"count", 3}});
  auto line = testing::internal::GetCapturedStderr();
  EXPECT_NE(line.find("warning mailbox.failed code=a_b_c__d_ count=3\n"), std::string::npos) << line;
}

TEST(Log, ErrorsShowTheirCodeOnly) {
  testing::internal::CaptureStderr();
  log::warn("x", {{"error", Error{Kind::input, "imap.refused", "secret words", "hint"}}});
  auto line = testing::internal::GetCapturedStderr();
  EXPECT_NE(line.find("error=imap.refused"), std::string::npos);
  EXPECT_EQ(line.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace hearback
