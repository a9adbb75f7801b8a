#include "mail/header.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>
#include <ctime>
#include <iostream>

#include "base/text.hpp"

namespace hearback::mail {
namespace {

TEST(HeaderFields, LinesEndInCrlfLfOrCr) {
  for (std::string_view end : {"\r\n", "\n", "\r", "\r\r\n"}) {
    std::string block = "A: one";
    block += end;
    block += " two";
    block += end;
    block += "junk without colon";
    block += end;
    block += "X-B : three";
    block += end;
    block += end;
    block += "C: body";
    auto fields = header_fields(block);
    ASSERT_EQ(fields.size(), 2u) << to_hex(end);
    EXPECT_EQ(fields[0].name, "A");
    EXPECT_EQ(unfold(fields[0].body), "one two");
    EXPECT_EQ(fields[1].name, "X-B");
    EXPECT_EQ(fields[1].body, " three");
  }
}

TEST(HeaderFields, MboxLineAndLeadingSpaceAreSkipped) {
  auto fields = header_fields(" odd\r\nFrom jane 21:00:00\r\nTo: x\r\n");
  ASSERT_EQ(fields.size(), 1u);
  EXPECT_EQ(fields[0].name, "To");
}

// What neither field nor continuation is starts the body, unless the header certainly goes on.
TEST(HeaderFields, EndWithoutAnEmptyLine) {
  auto names = [](std::string_view block) {
    std::string out;
    for (auto& field : header_fields(block)) out += std::string(field.name) + " ";
    return out;
  };
  EXPECT_EQ(names("A: 1\n \nHello: all\n\nB: 2"), "A ");
  EXPECT_EQ(names("A: 1\n\t \nSubject: x\n\nB: 2"), "A Subject ");
  EXPECT_EQ(names("A: 1\nDear all\nB: 2\n"), "A ");
  EXPECT_EQ(names("A: 1\nDear all: hello\nB: 2\n"), "A ");
  EXPECT_EQ(names("A: 1\njunk\nTo: x\njunk\nX-Y: z\n"), "A To X-Y ");
  EXPECT_EQ(names("A: 1\n>From jane\nB: 2\n"), "A B ");
  EXPECT_EQ(names("A: 1\n "), "A ");
  EXPECT_EQ(names("A: 1\njunk"), "A ");
}

TEST(MessageIds, T8_EncodedOnesAreRead) {
  EXPECT_EQ(parse_message_ids("=?utf-8?q?=3Ca=40b=3E?= <c@d>"),
            (std::vector<std::string>{"a@b", "c@d"}));
  EXPECT_EQ(parse_message_ids("<=?@b>"), std::vector<std::string>{"=?@b"});
}

TEST(EncodedWords, AreDecoded) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"plain", "plain"},
      {"=?utf-8?Q?caf=C3=A9?=", "café"},
      {"=?UTF-8?B?Y2Fmw6k=?=", "café"},
      {"=?utf-8?B?w4Q=?= =?utf-8?B?aHJl?=", "Ähre"},         // two padded words
      {"=?utf-8?q?a?=\r\n =?utf-8?q?b?= c", "ab c"},         // space between words goes
      {"=?utf-8?q?caf=C3?= =?utf-8?q?=A9_au?=", "café au"},  // a character in two halves
      {"=?utf-8?b?Y2Fmw?= =?utf-8?b?6k=?=", "café"},         // base64 in two halves
      {"=?iso-8859-1?q?Ren=E9?=", "René"},
      {"=?iso-8859-1*fr?q?Ren=E9?=", "René"},  // RFC 2231 section 5
      {"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"},
      {"=?koi8-r?B?8NLJ18XU?=", "Привет"},
      {"=?gb2312?B?xOO6ww==?=", "你好"},
      {"=?x-unknown?q?caf=C3=A9?=", "café"},
      {"=?x-unknown?q?caf=E9?=", "café"},
      {"=?utf-8?q?with raw spaces?=", "with raw spaces"},
      {"pre=?utf-8?q?fix?=post", "prefixpost"},
      {"=?utf-8?q?unclosed", "=?utf-8?q?unclosed"},
      {"=?utf-8?x?bad?=", "=?utf-8?x?bad?="},
      {"=?utf-8?q?"
       "?=",
       ""},
      {"caf\xC3\xA9", "café"},
      {"caf\xE9", "café"},
      {"a\r\n b\r\n\tc", "a b c"},
      {"=?utf-8?q?line=0D=0ABcc:_x?=", "line  Bcc: x"},
      {"=?utf-8?q?nul=00_bell=07?=", "nul bell"},
      {"=?us-ascii?q?caf=C3=A9?=", "café"},
      {"=?utf-8?q?bad=FFbyte?=",
       "bad\xEF\xBF\xBD"
       "byte"},
  };
  for (auto& [written, expected] : cases) EXPECT_EQ(decode_words(written), expected) << written;
}

TEST(EncodedWords, OneBadWordDoesNotSpoilTheRest) {
  EXPECT_EQ(decode_words("=?utf-8?q?=FF?= =?utf-8?q?b?= =?iso-8859-1?q?=E9?="),
            "\xEF\xBF\xBD"
            "bé");
}

TEST(EncodedWords, W7_ReadBackWhateverTheyHold) {
  rc::check("encode_words reads back in lines of at most 78", [](const std::string& raw) {
    auto text = decode_words(to_valid_utf8(raw));
    auto column = *rc::gen::inRange<std::size_t>(0, 60);
    auto encoded = encode_words(text, column);
    RC_ASSERT(decode_words(encoded) == text);
    std::size_t used = column;
    for (auto line : split(encoded, '\n')) {
      if (line.ends_with('\r')) line.remove_suffix(1);
      RC_ASSERT(line.size() + used <= 78u);
      used = 0;
    }
  });
}

TEST(EncodedWords, NeverSplitACharacter) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "日本語é😀";
  auto encoded = encode_words(text, 9);
  for (auto line : split(encoded, '\n')) {
    auto alone = decode_words(line);
    EXPECT_EQ(alone.find("\xEF\xBF\xBD"), std::string::npos);
    EXPECT_LE(line.size(), 79u);
  }
  EXPECT_EQ(decode_words(encoded), text);
}

TEST(Dates, AreRead) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"Sat, 21 Nov 2026 10:30:00 +0100", "2026-11-21T09:30:00.000Z"},
      {"21 Nov 2026 10:30 GMT", "2026-11-21T10:30:00.000Z"},
      {"Sat, 21 Nov 26 10:30:05 EST", "2026-11-21T15:30:05.000Z"},
      {"Fri, 1 Jan 99 00:00:00 -0000", "1999-01-01T00:00:00.000Z"},
      {"Sat (day), 21 (n) Nov 2026 10:30:00 -0730 (comment (nested))", "2026-11-21T18:00:00.000Z"},
      {"Sat Nov 21 19:06:07 2026", "2026-11-21T19:06:07.000Z"},
      {"21-Nov-2026 10:30:00 +0000", "2026-11-21T10:30:00.000Z"},
      {"Sat, 21 Nov 2026 10:30:00", "2026-11-21T10:30:00.000Z"},
      {"Sat, 21 Nov 2026 10:30:00 +01:00", "2026-11-21T09:30:00.000Z"},
      {"Sat, 21 Nov 2026 10:30:00 GMT+0100", "2026-11-21T09:30:00.000Z"},
      {"Saturday, 21 November 2026 10:30:00 CET", "2026-11-21T09:30:00.000Z"},
      {"Sat,\r\n 21 Nov 2026\r\n 10:30:00 Z", "2026-11-21T10:30:00.000Z"},
      {"Tue, 29 Feb 2028 23:59:60 +0000", "2028-03-01T00:00:00.000Z"},
  };
  for (auto& [written, expected] : cases) {
    auto date = parse_date(written);
    ASSERT_TRUE(date) << written;
    EXPECT_EQ(to_rfc3339(*date), expected) << written;
  }
  for (std::string_view none : {"", "yesterday", "32 Nov 2026 10:30:00 +0000", "29 Feb 2026 1:00",
                                "21 Nov 2026", "21 Nov 2026 25:00:00 +0000", "2026-11-21",
                                "99999999999 Nov 2026 1:00", "1 Jan 99999 1:00"})
    EXPECT_EQ(parse_date(none), std::nullopt) << none;
}

TEST(Dates, ReadBack) {
  rc::check("format_date reads back", [] {
    Instant t{*rc::gen::inRange<std::int64_t>(-2208988800, 253402300799) * 1000};
    RC_ASSERT(parse_date(format_date(t)) == t);
  });
  EXPECT_EQ(format_date({1795253400000}), "Sat, 21 Nov 2026 09:30:00 +0000");
}

TEST(MessageIds, AreRead) {
  using Ids = std::vector<std::string>;
  EXPECT_EQ(parse_message_ids("<a@b>"), Ids{"a@b"});
  EXPECT_EQ(parse_message_ids("<a@b>\r\n <c@d><e@f>"), (Ids{"a@b", "c@d", "e@f"}));
  EXPECT_EQ(parse_message_ids("Your message of \"today\" <a@b> (x)"), Ids{"a@b"});
  EXPECT_EQ(parse_message_ids("<a\r\n @b>"), Ids{"a@b"});
  EXPECT_EQ(parse_message_ids("<a@b"), Ids{"a@b"});
  EXPECT_EQ(parse_message_ids("<a@b <c@d>"), (Ids{"a@b", "c@d"}));
  EXPECT_EQ(parse_message_ids("a@b"), Ids{"a@b"});
  EXPECT_EQ(parse_message_ids("<>"), Ids{});
  EXPECT_EQ(parse_message_ids("no id"), Ids{});
  EXPECT_EQ(parse_message_ids(std::string("<a\0@b>", 7)), Ids{});
}

constexpr std::string_view typical =
    "From: Jane Doe <jane.doe@example.org>\r\n"
    "To: \"Recruiting Team\" <jobs@company.example>, Max Mustermann <max@company.example>\r\n"
    "Cc: hiring@company.example\r\n"
    "Subject: Re: Your application as =?utf-8?Q?Ing=C3=A9nieur?=\r\n"
    "Date: Sat, 21 Nov 2026 10:30:00 +0100\r\n"
    "Message-ID: <CAF1234567890abcdef@mail.example.org>\r\n"
    "In-Reply-To: <20261120.1234@company.example>\r\n"
    "References: <20261119.1111@company.example>\r\n <20261120.1234@company.example>\r\n"
    "Reply-To: Jane <jane@private.example>\r\n\r\n";

TEST(Envelope, S2_TenFields) {
  auto e = read_envelope(typical);
  ASSERT_EQ(e.from.size(), 1u);
  EXPECT_EQ(e.from[0], (Address{"Jane Doe", "jane.doe@example.org", "jane.doe@example.org"}));
  EXPECT_EQ(e.to.size(), 2u);
  EXPECT_EQ(e.cc.size(), 1u);
  EXPECT_EQ(e.reply_to.size(), 1u);
  EXPECT_EQ(e.subject, "Re: Your application as Ingénieur");
  EXPECT_EQ(to_rfc3339(*e.date), "2026-11-21T09:30:00.000Z");
  EXPECT_EQ(e.message_id, "CAF1234567890abcdef@mail.example.org");
  EXPECT_EQ(e.in_reply_to, std::vector<std::string>{"20261120.1234@company.example"});
  EXPECT_EQ(e.references.size(), 2u);
}

TEST(Envelope, RepeatedFields) {
  auto e = read_envelope(
      "To: a@b.c\nTo: d@e.f\nSubject: one\nSubject: two\nMessage-ID: <1@x>\nMessage-ID: <2@x>\n");
  EXPECT_EQ(e.to.size(), 2u);
  EXPECT_EQ(e.subject, "one");
  EXPECT_EQ(e.message_id, "1@x");
}

TEST(Envelope, KeepsTheNewestReferences) {
  std::string block = "References:";
  for (int i = 0; i < 1000; ++i) block += " <" + std::to_string(i) + "@x>";
  auto e = read_envelope(block);
  ASSERT_EQ(e.references.size(), 200u);
  EXPECT_EQ(e.references.back(), "999@x");
}

TEST(Envelope, TimeIsLinear) {
  for (std::string_view piece :
       {"\r", "\n", "\r\r\n", ":", "To: <\r\n", "a", " \r\n", "=?", "=?a?q?", "\xFF", "<a@b>"}) {
    for (std::string_view name : {"Subject: ", "References: ", "To: ", ""}) {
      std::string block(name);
      while (block.size() < (1u << 20)) block += piece;
      auto begin = std::clock();  // of this process: other programs do not count
      read_envelope(block);
      header_fields(block);
      EXPECT_LT(std::clock() - begin, 20 * CLOCKS_PER_SEC) << name << to_hex(piece);
    }
  }
}

TEST(Envelope, SpeedOfTheScan) {
  constexpr int rounds = 20000;
  std::size_t sum = 0;
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i) sum += read_envelope(typical).to.size();
  std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(sum, 2u * rounds);
  RecordProperty("microseconds_per_header", std::to_string(took.count() / rounds));
  std::cout << "read_envelope: " << took.count() / rounds << " µs for " << typical.size()
            << " octets\n";
  EXPECT_LT(took.count() / rounds, 200.0);  // sanitizers and busy machines included
}

}  // namespace
}  // namespace hearback::mail
