#include "mail/text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "base/text.hpp"

namespace hearback::mail {
namespace {

struct SplitCase {
  std::string_view text, fresh, quoted, signature;
};

TEST(SplitQuoted, EnglishFrenchGerman) {
  const SplitCase cases[] = {
      {"Hi\n\nOn Mon, 1 Jan 2026, Jane wrote:\n> a\n> b\n", "Hi",
       "On Mon, 1 Jan 2026, Jane wrote:\n> a\n> b", ""},
      {"Hi\n\nOn Mon, 1 Jan 2026 at 10:00, Jane Doe\n<jane@example.org> wrote:\n\n> a", "Hi",
       "On Mon, 1 Jan 2026 at 10:00, Jane Doe\n<jane@example.org> wrote:\n\n> a", ""},
      {"Oui\n\nLe lun. 1 janv. 2026 à 10:00, Jane <j@e.org> a écrit\xC2\xA0:\n> a", "Oui",
       "Le lun. 1 janv. 2026 à 10:00, Jane <j@e.org> a écrit\xC2\xA0:\n> a", ""},
      {"Ja\n\nAm 01.01.2026 um 10:00 schrieb Jane Doe <j@e.org>:\n> a", "Ja",
       "Am 01.01.2026 um 10:00 schrieb Jane Doe <j@e.org>:\n> a", ""},
      {"Hi\n\n-----Original Message-----\nFrom: x\n\nold", "Hi",
       "-----Original Message-----\nFrom: x\n\nold", ""},
      {"Oui\n\n-----Message d'origine-----\nDe : x\n\nold", "Oui",
       "-----Message d'origine-----\nDe : x\n\nold", ""},
      {"Hi\n\n________________________________\nFrom: Jane <j@e.org>\nSent: Monday\nTo: x\n"
       "Subject: y\n\nold",
       "Hi",
       "________________________________\nFrom: Jane <j@e.org>\nSent: Monday\nTo: x\nSubject: "
       "y\n\nold",
       ""},
      {"Ja\n\nVon: Jane\nGesendet: Montag\nAn: x\nBetreff: y\n\nold", "Ja",
       "Von: Jane\nGesendet: Montag\nAn: x\nBetreff: y\n\nold", ""},
      {"Hi\n-- \nJane\nACME\n\n> old", "Hi", "> old", "-- \nJane\nACME"},
      {"Hi\n\nSent from my iPhone\n\nOn 1 Jan 2026 x wrote:\n> a", "Hi",
       "On 1 Jan 2026 x wrote:\n> a", "Sent from my iPhone"},
      {"> question\n\nanswer below", "answer below", "> question", ""},
      {"> one\nyes\n> two\nno\n", "> one\nyes\n> two\nno", "", ""},
      {"From: here to there, I go.\nNo header block.",
       "From: here to there, I go.\nNo header block.", "", ""},
      {"On Monday he wrote: a book", "On Monday he wrote: a book", "", ""},
      {"", "", "", ""},
      {"Text only", "Text only", "", ""},
  };
  for (auto& c : cases) {
    auto split = split_quoted(c.text);
    EXPECT_EQ(split.fresh, c.fresh) << c.text;
    EXPECT_EQ(split.quoted, c.quoted) << c.text;
    EXPECT_EQ(split.signature, c.signature) << c.text;
  }
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  for (auto line : split(text, '\n'))
    if (!trim(line).empty()) out.emplace_back(trim(line));
  std::sort(out.begin(), out.end());
  return out;
}

TEST(SplitQuoted, NeverLosesText) {
  rc::check("the three parts hold every line", [] {
    auto rows =
        *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
            "text", "> quoted", "", "-- ", "--", "On 1 Jan, a@b.c wrote:", "From: Jane",
            "Sent: today", "To: x", "Sent from my iPhone", "-----Original Message-----",
            "Le 1 janvier", "a écrit :", "______________", "  ", "Am 1.1. schrieb Jane:"}));
    std::string text;
    for (auto& row : rows) text += row + "\n";
    auto split = split_quoted(text);
    RC_ASSERT(lines_of(text) ==
              lines_of(split.fresh + "\n" + split.quoted + "\n" + split.signature));
  });
}

TEST(Snippet, OneLineWithoutQuotesAndSignature) {
  EXPECT_EQ(snippet("Hello\n\n  there,\nfriend\n-- \nJane\n> old", 100), "Hello there, friend");
  EXPECT_EQ(snippet("Hello there, my friend", 14), "Hello there,");
  EXPECT_EQ(snippet("ééééé", 5), "éé");
  EXPECT_EQ(snippet("> only quoted", 50), "");
}

TEST(HtmlToText, LaysOut) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"},
      {"<div>a</div><div><br></div><div>b</div>", "a\n\nb"},
      {"a &amp; b &lt;c&gt; &eacute; &#8364; &nbsp;d", "a & b <c> é €  d"},
      {"<ul><li>a<li>b</ul>", "- a\n- b"},
      {"<table><tr><td>1<td>2</tr><tr><td>3</table>", "1 2\n3"},
      {"x<script>alert(1)</script><style>p{}</style>y", "xy"},
      {"<title>t</title><body>b", "b"},
      {"<pre>a\n  b</pre>", "a\n  b"},
      {"a<blockquote>b<br>c</blockquote>d", "a\n\n> b\n> c\n\nd"},
      {"<div style=\"display: none\">hidden<br></div>shown", "shown"},
      {"caf\xC3\xA9", "café"},
      {"<meta charset=iso-8859-1>caf\xC3\xA9", "café"},
      {"1 < 2", "1 < 2"},
      {"<!-- comment -->x", "x"},
      {"", ""},
  };
  for (auto& [html, text] : cases) EXPECT_EQ(html_to_text(html), text) << html;
}

}  // namespace
}  // namespace hearback::mail
