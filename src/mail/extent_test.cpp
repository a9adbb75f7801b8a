// One attachment without its message, and a message without its attachments.
#include "mail/extent.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "mail/parse.hpp"
#include "mail/test_extents.hpp"

namespace hearback::mail {
namespace {

namespace fs = std::filesystem;

std::string in_pieces(Coding coding, std::string_view text, std::size_t most) {
  Decoder decoder(coding);
  std::string out;
  for (std::size_t at = 0, n = 1; at < text.size(); at += n, n = n % most + 1)
    decoder.put(text.substr(at, n), out);
  decoder.end(out);
  return out;
}

TEST(Decoder, HoweverItIsCutTheOctetsAreTheSame) {
  constexpr std::string_view signs = "= \t\r\nA4fg\x80";
  const auto text = rc::gen::container<std::string>(rc::gen::elementOf(std::string(signs)));
  rc::check("quoted-printable", [&] {
    const auto quoted = *text;
    const auto whole = decode_quoted_printable(quoted);
    for (std::size_t most : {1u, 3u, 7u})
      RC_ASSERT(in_pieces(Coding::quoted_printable, quoted, most) == whole);
  });
  rc::check("base64", [&](const std::string& octets) {
    const auto encoded = encode_base64_lines(octets);
    for (std::size_t most : {1u, 5u, 80u})
      RC_ASSERT(in_pieces(Coding::base64, encoded, most) == octets);
  });
  EXPECT_EQ(in_pieces(Coding::none, "any\r\noctets", 2), "any\r\noctets");
}

TEST(Decoder, QuotedPrintableAsWritten) {
  const auto read = [](std::string_view text) { return decode_quoted_printable(text); };
  EXPECT_EQ(read("a=3Db=\r\nc \t\r\nd  "), "a=bc\r\nd");
  EXPECT_EQ(read("a= \t\nb=\nc="), "abc");
  EXPECT_EQ(read("=4=41=zz==4a"), "=4A=zz=J");
  EXPECT_EQ(read("=4\n=4 x= x\n"), "=4\n=4 x= x\n");
  EXPECT_EQ(read("a\rb \r\r\n=\r"), "a\rb \r\r\n=\r");
  EXPECT_EQ(read(""), "");
  const std::string blanks(5000, ' ');  // what waits for the end of its line is bounded
  EXPECT_EQ(read("a" + blanks + "b"), "a" + blanks + "b");
  EXPECT_EQ(read("a" + std::string(1000, ' ') + "\nb"), "a\nb");
  EXPECT_EQ(read("a" + blanks + "\nb").size(), 1u + 4000 + 2);
}

TEST(Extent, BesideIsWhatIsLeft) {
  const auto at = [](std::uint64_t from, std::uint64_t octets) {
    return Extent{{from, octets}, Coding::none};
  };
  using Ranges = std::vector<OctetRange>;
  EXPECT_EQ(beside(10, {}), (Ranges{{0, 10}}));
  EXPECT_EQ(beside(10, std::vector{at(2, 3), at(5, 1)}), (Ranges{{0, 2}, {6, 4}}));
  EXPECT_EQ(beside(10, std::vector{at(6, 4), at(0, 2)}), (Ranges{{2, 4}}));
  EXPECT_EQ(beside(10, std::vector{at(2, 5), at(3, 1), at(9, 100), at(50, 1)}),
            (Ranges{{0, 2}, {7, 2}}));
  EXPECT_TRUE(beside(0, {}).empty());
}

std::string with_parts(std::initializer_list<std::string_view> parts) {
  std::string raw = "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n";
  for (auto part : parts) ((raw += "--x\r\n") += part) += "\r\n";
  return raw + "--x--\r\n";
}

TEST(Extent, AFileIsReadWithoutItsMessage) {
  const auto raw = with_parts(
      {"\r\nHello", "Content-Type: a/plain; name=a\r\n\r\nas it is",
       "Content-Type: a/b; name=b\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\nREU=",
       "Content-Type: text/csv; name=c\r\nContent-Transfer-Encoding: Quoted-Printable\r\n\r\n"
       "a=3Db \r\n=\r\nc",
       "Content-Type: a/b; name=d\r\nContent-Transfer-Encoding: base64\r\n\r\n"
       "QUJD\r\n-- \r\nthe list's footer",
       "Content-Type: a/b; name=empty\r\n\r\n"});
  const auto parsed = parse(raw);
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->attachments.size(), 5u);
  for (const auto& part : parsed->attachments) EXPECT_TRUE(part.extent) << part.filename;
  EXPECT_EQ(parsed->attachments[1].extent->coding, Coding::base64);
  EXPECT_EQ(parsed->attachments[3].content, "ABC");
  EXPECT_EQ(what_differs_apart(raw, *parsed), "");
}

// What tells what a part is, or holds more than one, can't be left out.
TEST(Extent, WhatHasToBeUnpackedStaysWithItsMessage) {
  const auto raw = with_parts(
      {"\r\nHello\r\nbegin 644 u\r\n#0V%T\r\n`\r\nend", "Content-Type: pdf; name=b\r\n\r\nis it?",
       "Content-Type: text; name=c\r\n\r\n<p>or this?",
       "Content-Type: a/b; name=d\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
       "begin 644 u\r\n#0V%T\r\n`\r\nend",
       "Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nno such thing",
       "Content-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\nnor this",
       "Content-Type: a/b; name=e\r\nthe header never ends"});
  const auto parsed = parse(raw);
  ASSERT_TRUE(parsed);
  EXPECT_GE(parsed->attachments.size(), 6u) << parsed->text;
  for (const auto& part : parsed->attachments) EXPECT_FALSE(part.extent) << part.filename;
  EXPECT_EQ(what_differs_apart(raw, *parsed), "");
}

TEST(Extent, EveryKnownMessageIsTheSameInPieces) {
  int files = 0;
  for (auto& entry : fs::directory_iterator(fs::path(HEARBACK_SOURCE_DIR) / "tests" / "messages")) {
    if (entry.path().extension() != ".eml") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string raw{std::istreambuf_iterator<char>(in), {}};
    const auto parsed = parse(raw);
    ASSERT_TRUE(parsed) << entry.path();
    EXPECT_EQ(what_differs_apart(raw, *parsed), "") << entry.path();
    for (const auto& part : parsed->attachments) files += part.extent.has_value();
  }
  EXPECT_GE(files, 15);
}

}  // namespace
}  // namespace hearback::mail
