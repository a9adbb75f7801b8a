#include "mail/parse.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "base/text.hpp"
#include "mail/charset.hpp"
#include "mail/kind.hpp"
#include "mail/text.hpp"

namespace hearback::mail {
namespace {

std::string nested(int depth) {
  std::string out = "From: a@b.example\r\n";
  for (int i = 0; i < depth; ++i) {
    auto b = "b" + std::to_string(i);
    out += "Content-Type: multipart/mixed; boundary=" + b + "\r\n\r\n--" + b + "\r\n";
  }
  return out + "\r\ntext\r\n";
}

TEST(Parse, LimitsAreErrors) {
  Limits limits;
  EXPECT_TRUE(parse(nested(50), limits));
  ASSERT_FALSE(parse(nested(51), limits));
  EXPECT_EQ(parse(nested(51), limits).error().code, "mail.too-deep");

  std::string wide = "Content-Type: multipart/mixed; boundary=x\r\n\r\n";
  for (int i = 0; i < 1001; ++i) wide += "--x\r\n\r\np\r\n";
  ASSERT_FALSE(parse(wide, limits));
  EXPECT_EQ(parse(wide, limits).error().code, "mail.too-many-parts");

  limits.message_octets = 100;
  EXPECT_EQ(parse(std::string(101, 'x'), limits).error().code, "mail.too-large");

  std::string header = "Subject: x\r\n";
  while (header.size() < (1u << 20)) header += "X-Pad: " + std::string(900, 'p') + "\r\n";
  ASSERT_FALSE(parse(header + "\r\nbody"));
  EXPECT_EQ(parse(header + "\r\nbody").error().code, "mail.too-large");
}

// What every list of files shows of each is short.
TEST(Parse, AFilesTypeAndIdAreKeptUpToABound) {
  const std::string most(251, 'x'), more(256, 'x');
  const auto with = [](const std::string& type, const std::string& id) {
    auto parsed =
        parse("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: " + type +
              "\r\nContent-ID: <" + id +
              ">\r\nContent-Disposition: attachment; filename=a\r\n\r\nx\r\n--b--\r\n");
    EXPECT_TRUE(parsed);
    return parsed->attachments.at(0);
  };
  EXPECT_EQ(with("app/" + most, most).type, "app/" + most);
  EXPECT_EQ(with("app/" + most, most).content_id, most);
  EXPECT_EQ(with("app/" + more, more).type, "application/octet-stream");
  EXPECT_EQ(with("app/" + more, more).content_id, "");
}

// Beyond its bound a part's header counts for nothing: the part is still there.
TEST(Parse, OfAPartsHeaderAsMuchIsReadAsOfAMessages) {
  Limits limits;
  limits.header_octets = 2000;
  const auto with = [&](const std::string& before, const std::string& name) {
    auto parsed =
        parse("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + before +
                  "Content-Disposition: attachment; filename=" + name + "\r\n\r\nx\r\n--b--\r\n",
              limits);
    EXPECT_TRUE(parsed);
    return *parsed;
  };
  const auto cut = [](const Parsed& parsed) {
    return std::ranges::count(parsed.defects, "mime.header-cut");
  };
  const auto within = with("X-Pad: " + std::string(1900, 'p') + "\r\n", "a");
  ASSERT_EQ(within.attachments.size(), 1u);
  EXPECT_EQ(within.attachments[0].filename, "a");
  EXPECT_EQ(cut(within), 0);
  const auto beyond = with("X-Pad: " + std::string(2000, 'p') + "\r\n", "a");
  EXPECT_EQ(beyond.text, "x");
  EXPECT_EQ(cut(beyond), 1);

  limits.header_octets = 1 << 20;
  const auto field = with("", "a; x=" + std::string(70'000, 'p'));
  ASSERT_EQ(field.attachments.size(), 1u);
  EXPECT_EQ(field.attachments[0].filename, "a");
  EXPECT_EQ(cut(field), 1);
}

TEST(Parse, S12_NoOctetsBreakIt) {
  rc::check("any octets", [](const std::string& raw) {
    auto parsed = parse(raw);
    if (parsed) RC_ASSERT(is_utf8(parsed->text) && is_utf8(parsed->html));
  });
}

constexpr std::string_view original =
    "From: Jane <jane@example.org>\r\nTo: jobs@company.example\r\nSubject: Hello\r\n"
    "Date: Sat, 21 Nov 2026 10:30:00 +0000\r\nMessage-ID: <1@example.org>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nH\xC3\xA9llo \r\nthere\r\n";

TEST(Fingerprint, S11_CopiesAreEqual) {
  auto first = parse(original)->fingerprint;
  EXPECT_EQ(first.size(), 32u);
  std::string copy =
      "Return-Path: <jane@example.org>\r\nDelivered-To: max@company.example\r\n"
      "Received: from mx by host; Sat, 21 Nov 2026 10:30:03 +0000\r\nX-Spam: no\r\n"
      "Bcc: max@company.example\r\nList-Id: <x.example>\r\n" +
      std::string(original);
  EXPECT_EQ(parse(copy)->fingerprint, first);
  // Another transfer encoding, another charset, folding, name and zone; a rewritten Message-ID.
  std::string rewritten =
      "From: \"Jane\" <JANE@example.org>\nTo: <jobs@company.example>\nSubject:\n Hello\n"
      "Date: Sat, 21 Nov 2026 11:30:00 +0100\nMessage-ID: <other@relay.example>\n"
      "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: "
      "quoted-printable\n\nH=E9llo\nthere\n";
  EXPECT_EQ(parse(rewritten)->fingerprint, first);
}

TEST(Fingerprint, S11_OtherContentDiffers) {
  auto first = parse(original)->fingerprint;
  auto changed = [&](std::string_view from, std::string_view to) {
    std::string copy(original);
    copy.replace(copy.find(from), from.size(), to);
    return parse(copy)->fingerprint;
  };
  EXPECT_NE(changed("there", "here"), first);
  EXPECT_NE(changed("Hello", "Hallo"), first);
  EXPECT_NE(changed("jane@", "june@"), first);
  EXPECT_NE(changed("10:30:00", "10:30:01"), first);
  EXPECT_NE(changed("jobs@", "job@"), first);
}

TEST(Charset, NamesAndFallbacks) {
  bool known = false;
  EXPECT_EQ(to_utf8("caf\xE9", "ISO-8859-1", &known), "café");
  EXPECT_TRUE(known);
  EXPECT_EQ(to_utf8("\x80", "windows-1252"), "€");
  EXPECT_EQ(to_utf8("\xA4", "iso-8859-15"), "€");
  EXPECT_EQ(to_utf8("\x93\xFA\x96\x7B", "Shift_JIS"), "日本");
  EXPECT_EQ(to_utf8("\xB9", "windows-1250"), "ą");
  EXPECT_EQ(to_utf8("caf\xE9", "../../etc/passwd", &known), "café");
  EXPECT_FALSE(known);
  EXPECT_EQ(to_utf8("caf\xC3\xA9", "", &known), "café");
  EXPECT_FALSE(known);
  EXPECT_EQ(to_utf8("a\xFF"
                    "b",
                    "utf-8"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(to_utf8("a", " \"utf-8\" "), "a");
}

TEST(Charset, BytesWinOverNames) {
  EXPECT_EQ(to_utf8("caf\xC3\xA9", "iso-8859-1"), "café");
  EXPECT_EQ(to_utf8("caf\xC3\xA9", "koi8-r"), "café");
  EXPECT_EQ(to_utf8("\xE4\xBD\xA0\xE5\xA5\xBD\xEF\xBC\x81", "gb2312"), "你好！");
  EXPECT_EQ(to_utf8("\xC4\xE3\xBA\xC3", "gb2312"), "你好");
  EXPECT_EQ(to_utf8("\xC2\xB0\xC2\xA1", "euc-kr").find("°"), std::string::npos);  // two letters
  EXPECT_EQ(to_utf8("\x1b$BF|K\\\x1b(B", ""), "日本");
  EXPECT_EQ(to_utf8("\x1b$BF|K\\\x1b(B", "us-ascii"), "日本");
  EXPECT_EQ(to_utf8("\x1b$B-!\x1b(B", "iso-2022-jp-ms"), "①");
  EXPECT_EQ(to_utf8("\x1b$B-!\x1b(B", "CP50220"), "①");
  bool known = false;
  EXPECT_EQ(to_utf8("\xCF\xF0\xE8", "win-1251", &known), "При");
  EXPECT_TRUE(known);
  EXPECT_EQ(to_utf8("\xB0\xA1", "UHC"), "가");
  EXPECT_EQ(to_utf8("\xB0\xA1", "x-uhc"), "가");
  EXPECT_EQ(to_utf8("\xE9", "ISO_8859-1:1987"), "é");
  EXPECT_EQ(to_utf8("\xE9", "ANSI"), "é");
  EXPECT_EQ(to_utf8("\xE9", "iso8859-2"), "é");
}

TEST(Kind, T6_HeadersDecideFirst) {
  auto kind = [](std::string_view header) {
    return kind_of(*parse("From: a@b.example\r\n" + std::string(header) + "\r\n\r\nx"));
  };
  EXPECT_EQ(kind("Subject: Hi"), Kind::human);
  EXPECT_EQ(kind("Auto-Submitted: no"), Kind::human);
  EXPECT_EQ(kind("X-Auto-Response-Suppress: All"), Kind::human);
  EXPECT_EQ(kind("Auto-Submitted: auto-replied; owner-email=\"x\""), Kind::automatic);
  EXPECT_EQ(kind("X-Autoreply: yes"), Kind::automatic);
  EXPECT_EQ(kind("Precedence: auto_reply"), Kind::automatic);
  EXPECT_EQ(kind("Precedence: bulk"), Kind::list);
  EXPECT_EQ(kind("List-Id: <x>"), Kind::list);
  EXPECT_EQ(kind("List-Unsubscribe: <mailto:x@y>"), Kind::list);
  EXPECT_EQ(kind("Return-Path: <>"), Kind::automatic);
  EXPECT_EQ(kind("Return-Path: <>\r\nSubject: Undeliverable: x"), Kind::bounce);
  EXPECT_EQ(kind("X-Failed-Recipients: x@y.example"), Kind::bounce);
  // Marked by a second field.
  EXPECT_EQ(kind("X-Auto-Response-Suppress: All\r\n"
                 "Subject: =?utf-8?q?R=C3=A9ponse_automatique_:_x?="),
            Kind::automatic);
  EXPECT_EQ(kind("X-Auto-Response-Suppress: All\r\nSubject: Abwesenheitsnotiz: x"),
            Kind::automatic);
  EXPECT_EQ(kind("X-Auto-Response-Suppress: All\r\nSubject: Out of Office: x"), Kind::automatic);
  EXPECT_EQ(kind("Subject: Re: Out of Office policy"), Kind::human);
  EXPECT_EQ(kind("Subject: Undeliverable: my question"), Kind::human);
  EXPECT_EQ(kind("Content-Type: multipart/report; report-type=disposition-notification; "
                 "boundary=x"),
            Kind::automatic);
}

TEST(Kind, T6_ASubjectAloneProvesNothing) {
  auto kind = [](std::string_view subject, std::string_view text) {
    return kind_of(*parse("From: a@b.example\r\nSubject: " + std::string(subject) + "\r\n\r\n" +
                          std::string(text)));
  };
  EXPECT_EQ(kind("Out of office next week - another day?", "Would Tuesday suit you?"), Kind::human);
  EXPECT_EQ(kind("Out of the office: another day?", "Would Tuesday suit you?"), Kind::human);
  EXPECT_EQ(kind("Out of office: another day?", "I am out of the office on Friday. Monday?"),
            Kind::human);
  EXPECT_EQ(kind("On vacation until June", "I am on vacation until June, then I can start."),
            Kind::human);
  EXPECT_EQ(kind("Automatic reply: Your invitation", "Thanks, Tuesday is fine."), Kind::human);
  EXPECT_EQ(kind("Automatic reply: Your invitation", "I am out of the office until Monday."),
            Kind::automatic);
  EXPECT_EQ(kind("Automatische Antwort: Termin", "Ich bin im Urlaub."), Kind::automatic);
}

TEST(Kind, T6_BouncesThatAreNoReports) {
  auto kind = [](std::string_view header, std::string_view text) {
    return kind_of(*parse(std::string(header) + "\r\n\r\n" + std::string(text)));
  };
  EXPECT_EQ(kind("From: no-reply@phones.example\r\n"
                 "Subject: =?utf-8?b?44Oh44O844Or44Ko44Op44O86YCa55+l?=",
                 "Your mail sent on Monday\nCould not be delivered to: <x@phones.example>"),
            Kind::bounce);
  EXPECT_EQ(kind("From: scanner@gate.example\r\nReturn-Path: <>\r\nSubject: Mail could not be "
                 "delivered",
                 "Sent <<< RCPT TO"),
            Kind::bounce);
  EXPECT_EQ(kind("From: post_master@pager.example\r\nSubject: Re:Trial day",
                 "Error: Invalid user address\n\nError message below:\n550 - no such user"),
            Kind::bounce);
  EXPECT_EQ(kind("From: postmaster@java.example\r\nSubject: [BOUNCE] x",
                 "Hi. This is the mail server at java.example."),
            Kind::bounce);
  EXPECT_EQ(kind("From: talk-admin@list.example\r\nX-MLServer: ml 4\r\nPrecedence: list\r\n"
                 "Subject: Ignored *NOT MEMBER* article from <ada@team.example>",
                 "Your mail was not distributed."),
            Kind::bounce);
  EXPECT_EQ(kind("From: AWS Notifications <no-reply@sns.amazonaws.com>\r\nSubject: AWS "
                 "Notification Message",
                 "{\"notificationType\":\"Bounce\",\"bounce\":{}}"),
            Kind::bounce);
  EXPECT_EQ(kind("From: loop@provider.example\r\nSubject: Fwd: Hello\r\nContent-Type: "
                 "multipart/report; report-type=\"feedback-report\"; boundary=x",
                 "--x\r\n\r\nabuse\r\n--x--"),
            Kind::bounce);
  EXPECT_EQ(kind("From: System Administrator <admin@old.example>\r\nReturn-Path: <>\r\n"
                 "Subject: Your application",
                 "Your message\n\n  To: x\n\ndid not reach the following\nrecipient(s):\n\nx"),
            Kind::bounce);
  // A person's words, and a parcel service's.
  EXPECT_EQ(
      kind("From: jane@post.example\r\nSubject: Hello", "My letter could not be delivered to you."),
      Kind::human);
  EXPECT_NE(kind("From: no-reply@parcels.example\r\nSubject: Your parcel",
                 "It could not be delivered to you."),
            Kind::bounce);
  EXPECT_EQ(kind("From: info@parcels.example\r\nAuto-Submitted: auto-generated\r\nSubject: Your "
                 "parcel",
                 "It could not be delivered to you."),
            Kind::automatic);
}

}  // namespace
}  // namespace hearback::mail
