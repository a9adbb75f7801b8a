#include "mail/header.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <limits>

#include "base/text.hpp"
#include "mail/message_id.hpp"

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
  EXPECT_EQ(parse_message_ids("=?utf-8?q?=3Ca=40b=3E?= <c@d>", 9),
            (std::vector<std::string>{"a@b", "c@d"}));
  EXPECT_EQ(parse_message_ids("<=?@b>", 9), std::vector<std::string>{"=?@b"});
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

TEST(Dates, DaysNamesDecideNothingAndMonthsAreKnownInTwelveLanguages) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"mar, 03 nov 2026 10:30:00 +0000", "2026-11-03T10:30:00.000Z"},
      {"mardi 3 novembre 2026 10:30:00 +0000", "2026-11-03T10:30:00.000Z"},
      {"martes, 3 de marzo de 2026 10:30:00 +0000", "2026-03-03T10:30:00.000Z"},
      {"Mar, 10 Mar 2026 10:30:00 +0000", "2026-03-10T10:30:00.000Z"},
      {"Do, 3 Dez 2026 10:30:00 +0100", "2026-12-03T09:30:00.000Z"},
      {"Di, 5 Mai 2026 10:30:00 +0000", "2026-05-05T10:30:00.000Z"},
      {"3 M\xC3\xA4rz 2026 10:30 +0000", "2026-03-03T10:30:00.000Z"},
      {"3 M\xE4rz 2026 10:30 +0000", "2026-03-03T10:30:00.000Z"},
      {"=?iso-8859-1?q?lun._2_F=E9vr._2026_10:30:00_+0000?=", "2026-02-02T10:30:00.000Z"},
      {"jeu., 2 juil. 2026 10:30:00 +0000", "2026-07-02T10:30:00.000Z"},
      {"1 ao\xC3\xBBt 2026 10:30:00 +0000", "2026-08-01T10:30:00.000Z"},
      {"gio, 1 gen 2026 10:30:00 +0000", "2026-01-01T10:30:00.000Z"},
      {"7 ottobre 2026 10:30:00 +0000", "2026-10-07T10:30:00.000Z"},
      {"seg, 7 set 2026 10:30:00 +0000", "2026-09-07T10:30:00.000Z"},
      {"7 out 2026 10:30:00 +0000", "2026-10-07T10:30:00.000Z"},
      {"maandag 2 maart 2026 10:30:00 +0000", "2026-03-02T10:30:00.000Z"},
      {"wo, 6 mei 2026 10:30:00 +0000", "2026-05-06T10:30:00.000Z"},
      {"czw, 4 cze 2026 10:30:00 +0000", "2026-06-04T10:30:00.000Z"},
      {"7 pa\xC5\xBA 2026 10:30:00 +0000", "2026-10-07T10:30:00.000Z"},
      {"3 listopada 2026 10:30:00 +0000", "2026-11-03T10:30:00.000Z"},
      {"tis, 5 maj 2026 10:30:00 +0000", "2026-05-05T10:30:00.000Z"},
      {"tirs. 3. marts 2026 10:30:00 +0000", "2026-03-03T10:30:00.000Z"},
      {"tor. 3. des. 2026 10:30:00 +0000", "2026-12-03T10:30:00.000Z"},
      {"tiistai 3. marraskuuta 2026 10:30:00 +0000", "2026-11-03T10:30:00.000Z"},
      {"keskiviikko 3. kes\xC3\xA4kuuta 2026 10:30:00 +0000", "2026-06-03T10:30:00.000Z"},
      {"Sat, 21 Nov 2026 10:30:00 +0200 GMT", "2026-11-21T08:30:00.000Z"},
      {"Sat, 21 Nov 2026 10:30:00 -0800 PST", "2026-11-21T18:30:00.000Z"},
      {"21 Nov 2026 12:30 AM +0000", "2026-11-21T00:30:00.000Z"},
      {"21 Nov 2026 12:30 PM +0000", "2026-11-21T12:30:00.000Z"},
      {"21 Nov 2026 1:30:00 PM GMT", "2026-11-21T13:30:00.000Z"},
  };
  for (auto& [written, expected] : cases) {
    auto date = parse_date(written);
    ASSERT_TRUE(date) << written;
    EXPECT_EQ(to_rfc3339(*date), expected) << written;
  }
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
  EXPECT_EQ(parse_message_ids("<a@b>", 9), Ids{"a@b"});
  EXPECT_EQ(parse_message_ids("<a@b>\r\n <c@d><e@f>", 9), (Ids{"a@b", "c@d", "e@f"}));
  EXPECT_EQ(parse_message_ids("<a@b>\r\n <c@d><e@f>", 2), (Ids{"a@b", "c@d"}));
  EXPECT_EQ(parse_message_ids("< > a@b <c@d>", 1), Ids{"c@d"});
  EXPECT_EQ(parse_message_ids("a@b c@d", 1), Ids{"a@b"});
  EXPECT_EQ(parse_message_ids("Your message of \"today\" <a@b> (x)", 9), Ids{"a@b"});
  EXPECT_EQ(parse_message_ids("<a\r\n @b>", 9), Ids{"a@b"});
  EXPECT_EQ(parse_message_ids("<a@b", 9), Ids{"a@b"});
  EXPECT_EQ(parse_message_ids("<a@b <c@d>", 9), (Ids{"a@b", "c@d"}));
  EXPECT_EQ(parse_message_ids("a@b", 9), Ids{"a@b"});
  EXPECT_EQ(parse_message_ids("<>", 9), Ids{});
  EXPECT_EQ(parse_message_ids("no id", 9), Ids{});
  EXPECT_EQ(parse_message_ids(std::string("<a\0@b>", 7), 9), Ids{});
}

TEST(MessageIds, T8_OnlyLeftAtRightJoins) {
  using Ids = std::vector<std::string>;
  const std::pair<std::string_view, Ids> cases[] = {
      {"<yes>", {}},
      {"<@x>", {}},
      {"<a@>", {}},
      {"ada@team.example's message of \"Tue, 27 Aug\"", {}},
      {"Message from Ada <ada@team.example> of \"Mon\"", {}},
      {"Message from Ada Lovelace <ada@team.example>", {}},
      {"Nachricht von Ada <ada@team.example> vom Montag", {}},
      {"Ada <ada@team.example> wrote on Monday", {}},
      {"ada@team.example", {}},
      {"Message from Ada <ada@team.example> of \"Mon\" <1@team.example>", {"1@team.example"}},
      {"<1@team.example> from Ada <ada@team.example> on Monday", {"1@team.example"}},
      {"<1@team.example> (Ada's message of Monday)", {"1@team.example"}},
      {"Your message of \"today\" <a@b> (x)", {"a@b"}},
      {"Message from ada@team.example of \"Tue, 20 Aug\" <1@team.example>", {"1@team.example"}},
      {"message-id <1@team.example> of Fri, Sep 13", {"1@team.example"}},
      {"<a@b>, <c@d>;<e@f>", {"a@b", "c@d", "e@f"}},
      {"<a@b> junk <c@d> <e@f>", {"a@b", "c@d", "e@f"}},
      {"<a\r\n @b> <c@d", {"a@b", "c@d"}},
      {"=?utf-8?q?=3Ca=40b=3E?=", {"a@b"}},
  };
  for (auto& [written, ids] : cases) {
    auto e = read_envelope("In-Reply-To: " + std::string(written) + "\r\n\r\n");
    EXPECT_EQ(e.in_reply_to, ids) << written;
    e = read_envelope("References: " + std::string(written) + "\r\n\r\n");
    EXPECT_EQ(e.references, ids) << written;
  }
}

TEST(MessageIds, T1_TheLastAndTheFirstAreKeptWithinTheOctets) {
  using Ids = std::vector<std::string>;
  EXPECT_EQ(fitting_references({}, 100), Ids{});
  EXPECT_EQ(fitting_references({"a@b"}, 1), Ids{"a@b"});
  EXPECT_EQ(fitting_references({"a@b", "c@d", "e@f"}, 100), (Ids{"a@b", "c@d", "e@f"}));
  EXPECT_EQ(fitting_references({"a@b", "c@d", "e@f"}, 30), (Ids{"a@b", "e@f"}));
  // What is answered counts most, however long the others are.
  std::string letters;
  while (letters.size() < 900) letters += "\xE4\xBA\xBA\xC3\xA9";
  EXPECT_EQ(fitting_references({letters + "@1", letters + "@2", "x@y"}, 1000), Ids{"x@y"});
}

TEST(EncodedWords, ControlsOfLatin1AreWhatTheirSendersMeant) {
  EXPECT_EQ(decode_words("=?utf-8?Q?Trial_=C2=96_day=C2=81?="), "Trial – day");
  EXPECT_EQ(decode_words("a\xE2\x80\xA8"
                         "b\xC2\x93x\xC2\x94"),
            "a b“x”");
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

// S-3: the writer counts, however many stand before.
TEST(Envelope, S3_ThousandsOfRecipientsHideNoWriter) {
  std::string to;
  for (int i = 0; i < 3000; ++i) to += (i ? ", a" : "a") + std::to_string(i) + "@x.example";
  const auto envelope = read_envelope("To: " + to + "\r\nReply-To: jo@c.example\r\n" +
                                      "From: jane@c.example\r\n\r\n");
  EXPECT_EQ(envelope.to.size(), Limits{}.addresses);
  ASSERT_EQ(envelope.from.size(), 1u);
  EXPECT_EQ(envelope.from[0].normal, "jane@c.example");
  EXPECT_EQ(envelope.reply_to.size(), 1u);
}

// Who fills a header must not fill the lists of those who get it. Whole characters stay.
TEST(Envelope, TextsAreKeptUpToABound) {
  const std::string start = "a";  // so that the bound lies within a character
  std::string euros;
  while (euros.size() < (1u << 17)) euros += "€";
  const auto e = read_envelope("Subject: " + start + euros + "\r\nFrom: \"" + start + euros +
                               "\" <jane@c.example>\r\nTo: <" + start + euros + " nobody>, " +
                               start + euros + ", and " + euros + " <jo@c.example>\r\n\r\n");
  const Limits limits;
  const auto near = [](const std::string& text, std::size_t most) {
    EXPECT_LE(text.size(), most);
    EXPECT_GT(text.size() + 3, most);
    EXPECT_TRUE(is_utf8(text));
  };
  near(e.subject, limits.subject_octets);
  ASSERT_EQ(e.from.size(), 1u);
  near(e.from[0].name, limits.name_octets);
  EXPECT_EQ(e.from[0].normal, "jane@c.example");
  ASSERT_EQ(e.to.size(), 2u);
  near(e.to[0].spec, limits.address_octets);
  EXPECT_EQ(e.to[0].normal, "");
  near(e.to[1].name, limits.name_octets);
  EXPECT_EQ(e.to[1].normal, "jo@c.example");
}

TEST(Envelope, SpeedOfTheScan) {
  constexpr int rounds = 10, each = 2000;
  std::size_t sum = 0;
  // The fastest: neighbors on the machine slow down a round, also by its own clock.
  double took = std::numeric_limits<double>::infinity();
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::clock();  // of this process
    for (int i = 0; i < each; ++i) sum += read_envelope(typical).to.size();
    took = std::min(took, 1e6 * double(std::clock() - begin) / CLOCKS_PER_SEC / each);
  }
  EXPECT_EQ(sum, 2u * rounds * each);
  RecordProperty("microseconds_per_header", std::to_string(took));
  std::cout << "read_envelope: " << took << " µs for " << typical.size() << " octets\n";
  EXPECT_LT(took, 200.0);  // sanitizers included
}

}  // namespace
}  // namespace hearback::mail
