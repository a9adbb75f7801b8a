#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/text.hpp"
#include "protocols/imap/session.hpp"

namespace hearback::protocols::imap {
namespace {

// The other way, which only this test needs: valid UTF-8 as servers write it.
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

// One character of valid UTF-8; moves `at` past it.
std::uint32_t take_character(std::string_view text, std::size_t& at) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]) & 0x3Fu; };
  auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return static_cast<unsigned char>(text[at++]);
  if (first < 0xE0) {
    std::uint32_t c = ((first & 0x1Fu) << 6) | byte(at + 1);
    at += 2;
    return c;
  }
  if (first < 0xF0) {
    std::uint32_t c = ((first & 0x0Fu) << 12) | (byte(at + 1) << 6) | byte(at + 2);
    at += 3;
    return c;
  }
  std::uint32_t c =
      ((first & 0x07u) << 18) | (byte(at + 1) << 12) | (byte(at + 2) << 6) | byte(at + 3);
  at += 4;
  return c;
}

class Shift {
 public:
  explicit Shift(std::string& out) : out_(out) { out_ += '&'; }
  void character(std::uint32_t c) {
    if (c >= 0x10000) {
      unit(0xD800 + ((c - 0x10000) >> 10));
      unit(0xDC00 + ((c - 0x10000) & 0x3FF));
    } else {
      unit(c);
    }
  }
  void end() {
    if (have_ > 0) out_ += kDigits[(bits_ << (6 - have_)) & 0x3F];
    out_ += '-';
  }

 private:
  void unit(std::uint32_t u) {
    bits_ = (bits_ << 16) | u;
    have_ += 16;
    while (have_ >= 6) {
      have_ -= 6;
      out_ += kDigits[(bits_ >> have_) & 0x3F];
    }
    bits_ &= (1u << have_) - 1;
  }
  std::string& out_;
  std::uint32_t bits_ = 0;
  int have_ = 0;
};

std::string utf8_to_utf7(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  for (std::size_t at = 0; at < name.size();) {
    auto c = static_cast<unsigned char>(name[at]);
    if (c >= 0x20 && c <= 0x7E) {
      out += name[at++];
      if (c == '&') out += '-';
      continue;
    }
    Shift shift(out);
    while (at < name.size()) {
      c = static_cast<unsigned char>(name[at]);
      if (c >= 0x20 && c <= 0x7E) break;
      shift.character(take_character(name, at));
    }
    shift.end();
  }
  return out;
}

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
