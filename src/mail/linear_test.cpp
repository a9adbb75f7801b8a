// Every parser of the room is linear, whatever its input.
#include "fakes/linear.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "mail/address.hpp"
#include "mail/folded.hpp"
#include "mail/header.hpp"
#include "mail/html.hpp"
#include "mail/kind.hpp"
#include "mail/media.hpp"
#include "mail/parse.hpp"
#include "mail/signed_data.hpp"
#include "mail/terms.hpp"
#include "mail/test_tnef.hpp"
#include "mail/text.hpp"
#include "mail/tnef.hpp"

namespace hearback::mail {
namespace {

using namespace std::string_view_literals;
using fakes::expect_linear;
using fakes::seconds_for;
using fakes::Shape;

TEST(Linear, Html) {
  expect_linear({"html",
                 [](std::string_view html) { read_html(html); },
                 16 << 10,
                 {{"", "<div>"},
                  {"", "<div></span>"},
                  {"<div ", "a=b"},
                  {"<div ", "a=b "},
                  {"<div ", "a\"b'c"},
                  {"<div ", "a=\"b\""},
                  {"", "<a b=\""},
                  {"", "<a b='c\" "},
                  {"", "<"},
                  {"", "</"},
                  {"", "<!--"},
                  {"<!--", "--"},
                  {"<!--", "--!"},
                  {"", "<!"},
                  {"", "&"},
                  {"", "&amp"},
                  {"&#", "0"},
                  {"&", "a"},
                  {"", "<script>"},
                  {"<script>", "</"},
                  {"<title>", "</titl"},
                  {"", "<b><p>"},
                  {"", "<b></i>"},
                  {"", "<blockquote>a"},
                  {"", "<table><tr><td>"},
                  {"", "<table></td></tr>"},
                  {"", "<ul><li>a"},
                  {"", "<div style=display:none>"},
                  {"", "<p style='display:none'>a"},
                  {"<span style=display:none>", "<p></span>"},
                  {"", "<img src=cid:a>"},
                  {"<pre>", " \n"},
                  {"", "<br>"},
                  {"", " "},
                  {"", "&nbsp;"},
                  {"", "a\n"},
                  {"", "\xC2"},
                  {"<", "a"}}});
}

void parse_all(std::string_view raw) {
  if (auto parsed = parse(raw)) snippet(parsed->text, 100);
}

TEST(Linear, Messages) {
  constexpr std::string_view mixed = "Content-Type: multipart/mixed; boundary=x\n\n--x\n\n";
  constexpr std::string_view base64 = "Content-Transfer-Encoding: base64\n\n";
  constexpr std::string_view printable = "Content-Transfer-Encoding: quoted-printable\n\n";
  expect_linear({"parse",
                 parse_all,
                 24 << 10,
                 {{mixed, "--"},
                  {mixed, "--\n"},
                  {mixed, "--x--\n"},
                  {mixed, "--y\n"},
                  {mixed, "\r"},
                  {mixed, "\n"},
                  {mixed, "-"},
                  {"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-ID: ", "<a"},
                  {"Content-Type: multipart/mixed; boundary=x\n\n--x\n", "Content-ID: <a>\n"},
                  {"", "\r"},
                  {"\n", "a\n"},
                  {"\n", "begin 644 a\n"},
                  {"\n", "begin 644 a\n#AAAA\n"},
                  {"\nbegin 644 a\n", "#AAAA\n"},
                  {"\nbegin-base64 644 a\n", "AAAA\n"},
                  {"\n", "> a\n"},
                  {"\n", "\xFF"},
                  {"\n", "\xC3\xA9"},
                  {"\n", "\x1b$B"},
                  {"\n", "\x1b$"},
                  {base64, "QUJD\n"},
                  {base64, "QQ==\n"},
                  {base64, "-\n"},
                  {base64, "="},
                  {printable, "="},
                  {printable, "=\n"},
                  {printable, " "},
                  {"Content-Type: text/plain; format=flowed\n\n", "a \n"},
                  {"Content-Type: text/plain; format=flowed\n\n", ">\n"},
                  {"Content-Type: text/html\n\n", "a\n"},
                  {"Content-Type: text/html\n\n", "<a b=\""},
                  {"Content-Type: text/plain; charset=iso-2022-jp\n\n", "\x1b$B"}}});
}

TEST(Linear, Quotes) {
  constexpr std::string_view introduced = "On Tue, 3 Nov 2026 10:00, A <a@b> wrote:\n";
  expect_linear({"quotes",
                 [](std::string_view text) { split_quoted(text); },
                 24 << 10,
                 {{"", "\n"},
                  {"", "> a\n"},
                  {"", "a\n"},
                  {"", "--\n"},
                  {"", "-- \n\n"},
                  {"", "-"},
                  {"", "* "},
                  {"", "On Mon "},
                  {"", " On Tue 10:00 <a@b> wrote:"},
                  {"", "a On Tue 10:00 <a@b> wrote:\n"},
                  {"", "On 1\n"},
                  {"", "On 1 10:00 2026\n<a@b\n"},
                  {"", "On 1 wrote:\n\n"},
                  {"", "On 1 wrote:\n", introduced},
                  {introduced, "\n"},
                  {introduced, "> a\nOn 1 wrote:\n"},
                  {"", "From: a\n"},
                  {"", "From: a\n\n\n"},
                  {"", "Sent: a\n\n\n"},
                  {"From: a\n", "\n"},
                  {"", "Sent from my phone\n"},
                  {"", "@<"},
                  {"", "2026 г. 1:00 年"}}});
}

// Marks are sorted where texts are folded: below the letter, those above it, and so on.
TEST(Linear, Marks) {
  const std::vector<Shape> shapes = {{"e", "\u0301\u0323"},
                                     {"語", "\u0301\u0323"},
                                     {"語", "\u0301\u0323", "語"},
                                     {"ｶ", "\u0301ﾞ"},
                                     {"カ", "ﾟ\u0323"},
                                     {"e", "\u0F73"},
                                     {"e", "\u0301\u200D\u0323\u200D"},
                                     {"e\u0301", "\u00AD\u034F\u0323"},
                                     {"", "\u0301\u0323"},
                                     {"", "\u0301\u0323a"},
                                     {"", "a"},
                                     {"", "語"}};
  expect_linear({"terms", [](std::string_view text) { terms(text); }, 16 << 10, shapes});
  expect_linear({"folded", [](std::string_view text) { folded(text); }, 16 << 10, shapes});
}

// Multiparts inside each other: what stands within costs the same at any depth.
TEST(Linear, DepthCostsNothing) {
  auto nested = [](int depth) {
    std::string out;
    for (int i = 0; i < depth; ++i) {
      auto boundary = std::string(60, 'b') + std::to_string(i);
      out += "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n--" + boundary + "\n";
    }
    out += "\n";
    while (out.size() < (1u << 20)) out += "--" + std::string(60, 'b') + "\n";
    return out;
  };
  auto deep = nested(48), flat = nested(1);
  ASSERT_TRUE(parse(deep));
  EXPECT_LE(seconds_for(parse_all, deep), 3 * seconds_for(parse_all, flat));
}

TEST(Linear, Headers) {
  auto envelope = [](std::string_view raw) { read_envelope(raw); };
  expect_linear({"envelope",
                 envelope,
                 12 << 10,
                 {{"From: ", "("},
                  {"From: ", "\""},
                  {"From: ", "\\"},
                  {"From: ", "<"},
                  {"From: ", "@["},
                  {"From: ", "a,"},
                  {"From: ", "a, b <c@d>,"},
                  {"From: ", "a:"},
                  {"From: ", "(a):"},
                  {"From: ", "=?"},
                  {"From: ", "=?a?q?"},
                  {"From: ", "."},
                  {"Subject: ", "=?utf-8?b?w6"},
                  {"Subject: ", "=?utf-8?b?w6?= "},
                  {"Subject: ", "=?utf-8?q?=C3?= "},
                  {"Subject: ", "=?utf-8?q?"},
                  {"Subject: ", "=?a?= "},
                  {"Subject: ", "=?gb18030?q?=81?= =?big5?q?=81?= "},
                  {"Subject: ", "\r\n "},
                  {"References: ", "<"},
                  {"References: ", "<a"},
                  {"References: ", "<a@b> "},
                  {"References: ", "a@b "},
                  {"References: ", "=?q?"},
                  {"References: ", "a <b@c> "},
                  {"References: ", "from <b@c> ("},
                  {"References: ", "\" <b@c> "},
                  {"In-Reply-To: ", "a b"},
                  {"In-Reply-To: <a@b> ", "("},
                  {"References: ", "<\xC3\xA9@b> "},
                  {"Subject: ", "\xC2\x96"},
                  {"Subject: ", "=?utf-8?q?=C2=96?="},
                  {"", "References: <a@b>\n"},
                  {"", "Date: x\n"},
                  {"Date: ", "("},
                  {"Date: ", "1 "},
                  {"Date: ", "mar "},
                  {"Date: ", "\xC3\xA9"},
                  {"Date: ", "=?utf-8?q?mar?= "},
                  {"", " \n"},
                  {"", "a\n"},
                  {"", "From \n"},
                  {"", "a:\n"},
                  {"", "Content-Type: ;a\n"},
                  {"Content-Type: x\nSubject: \xFF\n", "Content-Type: y\n"},
                  {"", "\r"}}});
  expect_linear({"media",
                 [](std::string_view body) { parse_media(body); },
                 12 << 10,
                 {{"a/b; ", "c*0*="},
                  {"a/b; ", "c*0=d;"},
                  {"a/b; ", "c=\"d\";"},
                  {"a/b; ", "(c"},
                  {"a/b; ", "("},
                  {"a/b; c=\"", "\\"},
                  {"a/b; c*=", "''"},
                  {"a/b; c*=utf-8''", "%41"},
                  {"a", " "},
                  {"a", " / "},
                  {"", "a"}}});
}

TEST(Linear, Tnef) {
  const auto endless = std::string("\xff\xff\xff\x7f", 4);  // says that it goes on
  const auto begun = [&](std::uint32_t id) {
    return kTnefBegin + "\x02" + little_endian(id, 4) + endless;
  };
  const auto in_codepage = [](std::uint32_t number) {
    return kTnefBegin + tnef_attribute(kTnefCodepage, little_endian(number, 4));
  };
  const auto file = tnef_attribute(kTnefFile, "");
  std::string codepages;  // more than are kept open
  for (std::uint32_t number = 1250; number < 1270; ++number)
    codepages += tnef_attribute(kTnefCodepage, little_endian(number, 4)) + file +
                 tnef_attribute(kTnefTitle, "\xe9");
  const auto no_name = tnef_attribute(kTnefTitle, std::string(1, '\0'));  // the next may have one
  const auto name = tnef_attribute(kTnefTitle, std::string(3000, '\xe9'));
  const auto text = tnef_attribute(kTnefBody, "a\xe9");
  const auto long_text = tnef_attribute(kTnefBody, std::string(2000, '\xe9'));
  const auto no_names = tnef_property(0x3001, "") + tnef_property(0x3707, "\xe9");
  const auto properties =
      tnef_attribute(kTnefProperties, little_endian(2, 4) + tnef_property(0x3001, ""));
  const auto named = tnef_property(0x8001, "a");
  const std::pair<std::string, std::string> shapes[] = {
      {kTnefBegin, no_name},
      {kTnefBegin, file},
      {kTnefBegin, file + name},
      {kTnefBegin, text},
      {kTnefBegin, long_text},
      {kTnefBegin, properties},
      {kTnefBegin, codepages},
      {kTnefBegin, std::string(1, '\0')},
      {in_codepage(932), no_name + text},
      {in_codepage(99'999), no_name + text},
      {begun(kTnefProperties) + endless, no_names},
      {begun(kTnefProperties) + endless, named},
      {begun(kTnefProperties) + endless, std::string(1, '\0')},
      {begun(kTnefBody), "\xe9"},
      {begun(kTnefData), "a"},
  };
  fakes::Reader reader{"tnef", [](std::string_view bytes) { read_tnef(bytes); }, 12 << 10, {}};
  for (const auto& [begin, piece] : shapes) reader.shapes.push_back({begin, piece});
  expect_linear(reader);
}

// A message that is all short lines.
TEST(Linear, ManyShortLinesAreReadWithinTheirBound) {
  std::string raw = "Content-Type: text/plain\n\n";
  while (raw.size() < (12u << 20)) raw += "a\nb\nc\nd\n";
  auto parsed = parse(raw);
  ASSERT_TRUE(parsed);
  EXPECT_LE(parsed->text.size(), Limits{}.text_octets);
  ASSERT_EQ(parsed->attachments.size(), 1u);
  EXPECT_EQ(parsed->attachments[0].filename, "message.txt");
  EXPECT_EQ(parsed->attachments[0].content.size(), raw.size() - 26);
  EXPECT_EQ(parsed->defects.back(), "mime.text-cut");
  EXPECT_LE(seconds_for(
                [](std::string_view text) {
                  if (!parse_body(text)) std::abort();
                },
                raw),
            5.0);
}

TEST(Linear, ALongReportIsJudgedByItsBeginning) {
  std::string raw =
      "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n"
      "Content-Type: message/delivery-status\n\nAction: delayed\n" +
      std::string(12u << 20, '\n') + "\n--x--\n";
  auto parsed = parse(raw);
  ASSERT_TRUE(parsed);
  EXPECT_LE(seconds_for([&](std::string_view) { EXPECT_NE(kind_of(*parsed), Kind::bounce); }, raw),
            0.1);
}

// An opaque signature in BER, whose content comes in pieces, or that is nothing but depth.
TEST(Linear, OpaqueSignatures) {
  constexpr std::string_view opened =
      "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00"
      "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80"sv;
  constexpr std::string_view closed = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"sv;
  const auto whole =
      std::string(opened) + "\x04\x01" + "a" + "\x04\x01" + "b" + std::string(closed);
  ASSERT_EQ(signed_content(whole), "ab");
  expect_linear({"signed",
                 [](std::string_view octets) { (void)signed_content(octets); },
                 64 << 10,
                 {{opened, "\x04\x01\x61", closed},
                  {opened, "\x04\x00"sv, closed},
                  {opened, "\x04\x01\x61"},
                  {opened, "\x24\x80"},
                  {opened, "\x24\x80\x04\x01\x61\x00\x00"sv, closed},
                  {"", "\x30\x80"},
                  {"", "\x30\x82\xff\xff"},
                  {"\x30\x80", "\x06\x01\x00"sv},
                  {"\x30\x80", "\x00\x00"sv},
                  {"\x30\x84", "\xff"}}});
}

// Octets of memory that the program has held at most, since `begins_anew` was said.
std::size_t peak(bool begins_anew) {
  if (begins_anew) std::ofstream("/proc/self/clear_refs") << "5";
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6)) << 10;
  ADD_FAILURE() << "nobody says how much memory is held";
  return 0;
}

// What is made of a field is many times as large as its octets: only so many of them are read.
TEST(Linear, NoFieldOfAPartTakesManyTimesItsOctets) {
  constexpr std::string_view part = "Content-Type: multipart/mixed; boundary=x\n\n--x\n";
  for (std::string_view start :
       {"Content-ID: ", "Content-Disposition: attachment; filename*=gb18030''",
        "Content-Disposition: attachment; filename=\"", "Content-Type: a/b; c="})
    for (std::string_view piece :
         {"<a", "=?utf-8?q?=C2=96?= ", "\x81\x30\x81\x30", "%81", "\xFF"}) {
      const auto head = std::string(part) + std::string(start);
      const auto raw = fakes::made({head, piece}, 20u << 20);
      const auto before = peak(true);
      ASSERT_TRUE(parse_body(raw));
      EXPECT_LE(peak(false) - before, 2 * raw.size()) << start << " … " << piece;
    }
}

TEST(Linear, LinesTakeLittleMemoryEach) {
  const std::string lines(1u << 20, '\n'), short_lines = fakes::made({"", "a\n"}, 1u << 20);
  for (const auto& text : {lines, short_lines}) {
    const auto before = peak(true);
    split_quoted(text);
    EXPECT_LE(peak(false) - before, 40 * text.size());
  }
}

// Neither what stands behind base64 nor many documents stretch a text beyond its bound.
TEST(Linear, NoPartStretchesTheTextBeyondItsBound) {
  Limits limits;
  limits.text_octets = 10'000;
  const auto message = [](std::string_view head, std::string_view begin) {
    std::string raw = "Content-Type: multipart/mixed; boundary=b\n";
    for (int i = 0; i < 20; ++i) {
      raw += "\n--b\n" + std::string(head) + "\n\n" + std::string(begin);
      for (int k = 0; k < 4000; ++k) raw += "a\n";
    }
    return raw + "\n--b--\n";
  };
  auto footers = parse(
      message("Content-Type: text/plain\nContent-Transfer-Encoding: base64", "YQ==\n"), limits);
  ASSERT_TRUE(footers);
  EXPECT_LE(footers->text.size(), limits.text_octets + 100);
  EXPECT_EQ(std::ranges::count(footers->defects, "mime.text-cut"), 1);
  auto documents = parse(message("Content-Type: text/html", "<pre>"), limits);
  ASSERT_TRUE(documents);
  EXPECT_LE(documents->text.size(), limits.text_octets + 100);
  EXPECT_GE(documents->html.size(), 20u * 8000);  // which shows it all
}

}  // namespace
}  // namespace hearback::mail
