#include "mail/html.hpp"

#include <gtest/gtest.h>

#include "mail/text.hpp"

namespace hearback::mail {
namespace {

TEST(HtmlToText, ReadsWhatABrowserShows) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"a<b title=\"x > y\">c</b>", "ac"},
      {"a<b title='x > y' data=z>c", "ac"},
      {"a<b<c>d", "ad"},
      {"a < b <3 &c", "a < b <3 &c"},
      {"a</ b>c</3>d", "acd"},
      {"a<!--x--!>b<!-->c<!--->d<!-- - -- -->e", "abcde"},
      {"a<![if !mso]>b<![endif]>c<?xml version=1?>d<!doctype html>e", "abcde"},
      {"a<!-- never closed", "a"},
      {"a<b never closed", "a"},
      {"a<b title=\"never closed>x", "a"},
      {"<title>a</b></title>b<textarea>c &amp; <i>d</textarea>e", "b\nc & <i>d\ne"},
      {"<SCRIPT>x</scriptx></Script >y", "y"},
      {"a<iframe>b</iframe>c<noembed>d</noembed>e", "ace"},
      {"a<xmp>b &amp; <i></xmp>", "a\nb &amp; <i>"},
      {"&copy2026 &copyx; &notit; &amp;lt; &#65;&#x42;&#67 &#0;&#xD800;&#x110000;&#128;",
       "©2026 ©x; ¬it; &lt; ABC \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD€"},
      {"&scaron;&Ccaron;&hellip;&unknown;&&", "šČ…&unknown;&&"},
      {"<p>a<div>b", "a\n\nb"},
      {"a</p>b", "a\n\nb"},
      {"a</br>b", "a\nb"},
      {"<ul><li>a<ul><li>b</ul><li>c</ul>d", "- a\n- b\n- c\nd"},
      {"<div>a<span style=display:none>b</div>c", "a\nc"},
      {"<div style='display:none'>a<ul><li>b</div>c", "c"},
      {"<div style='display:none'>a<div>b</div>c</div>d", "d"},
      {"<span style='display:none'>a<span>b</span>c</span>d", "d"},
      {"<span style='display&#58;none'>a</span>b", "b"},
      {"<p style='display:none'>a<p>b", "b"},
      {"<td style='display:none'>a<td>b", "b"},
      {"<div style='display:none'><table><td>a</div>b</table>c</div>d", "d"},
      {"<br style='display:none'>a<img style='display:none'>b", "ab"},
      {"a<svg><title>b</title><text>c</text></svg>d<svg/>e", "ade"},
      {"a\x01\x7f"
       "b",
       "ab"},
      {"a\xFF"
       "b",
       "a\xEF\xBF\xBD"
       "b"},
      {"<blockquote>a</blockquote></blockquote>b<blockquote>c", "> a\n\nb\n\n> c"},
      {"a<br><br><br><br>b", "a\n\nb"},
  };
  for (auto& [html, text] : cases) EXPECT_EQ(html_to_text(html), text) << html;
}

TEST(ReadHtml, PicturesAreThoseThatAreDrawn) {
  auto content = read_html(
      "<img src=\"cid:logo%40x\"><IMG SRC=' CID:a&amp;b '><a href=cid:file>x</a>"
      "<!-- <img src=cid:no> --><img style=\"display: none\" src=cid:no>"
      "<div style='display:none'><img src=cid:no></div><attachment src=cid:no>"
      "<img src=https://x.example/cid:no><img src=cid:1 src=cid:no>");
  EXPECT_EQ(content.pictures, (std::vector<std::string>{"logo@x", "a&b", "1"}));
}

TEST(ReadHtml, TextIsBounded) {
  Limits limits;
  limits.text_octets = 10;
  EXPECT_EQ(read_html("<p>one<p>two<p>three<img src=cid:x>", limits).text, "one\n\ntwo");
  EXPECT_EQ(read_html("<p>one<p>two<p>three<img src=cid:x>", limits).pictures.size(), 1u);
  EXPECT_EQ(read_html("ééééééééé", limits).text, "ééééé");
}

}  // namespace
}  // namespace hearback::mail
