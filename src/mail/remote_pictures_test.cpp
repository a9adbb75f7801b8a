#include "mail/remote_pictures.hpp"

#include <gtest/gtest.h>

namespace hearback::mail {
namespace {

using Urls = std::vector<std::string>;

TEST(RemotePictures, AreThoseOfOtherPeoplesServersEachOnce) {
  const auto found = remote_pictures(
      "<img src='https://a.example/1.png?x=1&amp;y=2'><IMG SRC=\" HTTP://b.example/2.gif \">"
      "<img src=https://a.example/1.png?x=1&amp;y=2><img src=cid:logo><img src=data:image/gif,x>"
      "<img src=//c.example/3><img src=/4.png><img src=ftp://d.example/5>"
      "<a href=https://e.example/6.png>x</a><!-- <img src=https://f.example/7> -->"
      "<div style='background:url(https://g.example/8)' background=https://g.example/9></div>"
      "<script><img src=https://h.example/10></script><video src=https://i.example/11></video>",
      100);
  EXPECT_EQ(found, (Urls{"https://a.example/1.png?x=1&y=2", "HTTP://b.example/2.gif"}));
}

// What the page asks for by its own parser has to be the same text.
TEST(RemotePictures, AreWrittenAsABrowserReadsTheAttribute) {
  struct Case {
    std::string html, url;
  } cases[] = {
      {"<img src='https://a.example/?a=1&copy=2&reg;&#38;x&ampy'>",
       "https://a.example/?a=1&copy=2\u00ae&x&ampy"},
      {"<img src='https://a.example/&amp'>", "https://a.example/&"},
      {"<img src=https://a.example/?q=&quot;b&quot;>", "https://a.example/?q=\"b\""},
      {"<img src='https://a.example/x' src='https://b.example/y'>", "https://a.example/x"},
  };
  for (const auto& [html, url] : cases) EXPECT_EQ(remote_pictures(html, 9), Urls{url}) << html;
}

TEST(RemotePictures, WhatOnlyTellsThatItWasReadIsNone) {
  for (const char* size : {"width=1 height=1", "width='1'", "HEIGHT=\" 2px \"", "width=0",
                           "width='&#49;'", "width=1.0", "width='2 '"})
    EXPECT_EQ(remote_pictures("<img " + std::string(size) + " src=https://a.example/p>", 9), Urls{})
        << size;
  for (const char* size : {"width=16", "width=100%", "width=1%", "height=auto", "width=''"})
    EXPECT_EQ(remote_pictures("<img " + std::string(size) + " src=https://a.example/p>", 9).size(),
              1u)
        << size;
}

TEST(RemotePictures, AreBounded) {
  std::string many;
  for (int i = 0; i < 50; ++i) many += "<img src=https://a.example/" + std::to_string(i) + ">";
  EXPECT_EQ(remote_pictures(many, 7).size(), 7u);
  EXPECT_EQ(remote_pictures("<img src=https://a.example/" + std::string(5000, 'x') + ">", 7),
            Urls{});
}

}  // namespace
}  // namespace hearback::mail
