// What hides in other things: uuencode in texts, files in winmail.dat, entities in signatures.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "mail/codec.hpp"
#include "mail/filename.hpp"
#include "mail/parse.hpp"
#include "mail/signed_data.hpp"
#include "mail/test_tnef.hpp"
#include "mail/tnef.hpp"
#include "mail/uuencode.hpp"

namespace hearback::mail {
namespace {

TEST(Uuencode, OnlyWhatIsWholeIsAFile) {
  auto found = unpack_uuencode("Hi\nbegin 644 a b.txt\n#0V%T\n`\nend\nBye\n", 10);
  ASSERT_EQ(found.files.size(), 1u);
  EXPECT_EQ(found.files[0].name, "a b.txt");
  EXPECT_EQ(found.files[0].content, "Cat");
  EXPECT_EQ(found.text, "Hi\nBye\n");
  for (std::string_view text :
       {"begin 644 a\n#0V%T\n", "begin 644 a\n#0V%T\nwords\nend\n", "begin 644\n#0V%T\nend\n",
        "begin 999 a\n#0V%T\nend\n", "begin 644 a\nend\n", "I begin 644 a\n#0V%T\nend\n",
        "begin-base64 644 a\nQUJD\n", ""}) {
    found = unpack_uuencode(text, 10);
    EXPECT_TRUE(found.files.empty()) << text;
    EXPECT_EQ(found.text, text);
  }
  EXPECT_EQ(unpack_uuencode("begin 644 a\r\n#0V%T\r\n \r\nend\r\n", 10).files.size(), 1u);
  EXPECT_EQ(unpack_uuencode("begin 644 a\n#0V%T\n\nend\nbegin 644 b\n#0V%T\n\nend\n", 1).text,
            "begin 644 b\n#0V%T\n\nend\n");
}

TEST(Tnef, NoOctetsBreakIt) {
  rc::check("any octets behind the signature", [](const std::string& octets) {
    auto read = read_tnef("\x78\x9f\x3e\x22" + octets);
    RC_ASSERT(octets.size() < 2 || read.has_value());
  });
  EXPECT_FALSE(read_tnef("nothing"));
}

std::string with_winmail(const std::vector<std::string>& parts) {
  std::string raw = "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHello\n";
  for (const auto& part : parts)
    raw +=
        "--x\nContent-Type: application/ms-tnef; name=winmail.dat\n"
        "Content-Transfer-Encoding: base64\n\n" +
        encode_base64_lines(part) + "\n";
  return raw + "--x--\n";
}

// What a hostile winmail.dat can make us hold (docs/decisions): the files of a message together,
// names, text, and nothing twice.
TEST(Tnef, ItsBoundsHold) {
  Limits limits;
  limits.mime_parts = 10;
  limits.text_octets = 1000;
  std::string many = kTnefBegin;
  for (int i = 0; i < 100; ++i) many += tnef_file("a.txt", "abc");
  auto read = read_tnef(many, limits);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->files.size(), 10u);
  EXPECT_FALSE(read->whole);
  auto parsed = parse(with_winmail({many, many, many}), limits);
  ASSERT_TRUE(parsed);
  EXPECT_LE(parsed->attachments.size(), limits.mime_parts + 3);

  const std::string huge(100'000, '\xe9');
  read =
      read_tnef(kTnefBegin + tnef_attribute(kTnefBody, huge) + tnef_file(huge, "abc") +
                    tnef_attribute(kTnefProperties,
                                   little_endian(3, 4) + tnef_property(0x3707, huge) +
                                       tnef_property(0x370e, huge) + tnef_property(0x3712, huge)),
                limits);
  ASSERT_TRUE(read);
  EXPECT_LE(read->text.size(), 3 * limits.text_octets);
  ASSERT_EQ(read->files.size(), 1u);
  for (const auto* text : {&read->files[0].name, &read->files[0].type, &read->files[0].content_id})
    EXPECT_LE(text->size(), 3 * 2000u);

  // Of values that are said to be more than there is, none is made room for.
  const auto count = little_endian(0xffffffff, 4);
  for (const auto& type : {0x101eu, 0x1003u, 0x1048u, 0x1eu})
    EXPECT_TRUE(read_tnef(kTnefBegin +
                          tnef_attribute(kTnefProperties, count + little_endian(type, 2) +
                                                              little_endian(0x3001, 2) + count)));
}

TEST(Tnef, OneInsideAnotherStaysAFile) {
  const auto inner = kTnefBegin + tnef_file("inner.txt", "within");
  auto nested = inner;
  for (int i = 0; i < 50; ++i) nested = kTnefBegin + tnef_file("winmail.dat", nested);
  const auto parsed = parse(with_winmail({nested}));
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->attachments.size(), 1u);
  EXPECT_EQ(parsed->attachments[0].filename, "winmail.dat");
  EXPECT_LT(parsed->attachments[0].content.size(), nested.size());
}

TEST(SignedData, OnlyThatIsOpened) {
  EXPECT_FALSE(signed_content(""));
  EXPECT_FALSE(signed_content("0\x80"));
  rc::check("any octets", [](const std::string& octets) { (void)signed_content(octets); });
}

TEST(Filename, CanBeSavedUnder) {
  const std::pair<std::string_view, std::string_view> cases[] = {{"cv.pdf", "cv.pdf"},
                                                                 {"../../etc/passwd", "passwd"},
                                                                 {"C:\\files\\cv.pdf", "cv.pdf"},
                                                                 {"a:b?c*d.pdf", "a_b_c_d.pdf"},
                                                                 {"..", ""},
                                                                 {" a.pdf ", "a.pdf"}};
  for (auto& [written, name] : cases) EXPECT_EQ(safe_filename(written), name);
  EXPECT_EQ(filename_of_title("Koch (m/w/d) \\ Ulm", ".eml"), "Koch (m_w_d) _ Ulm.eml");
  EXPECT_EQ(safe_filename(std::string(300, 'a') + ".pdf").size(), 255u);
}

TEST(Base64, EndsWhereItEnds) {
  auto read = [](std::string_view text) {
    std::string_view rest;
    auto out = decode_base64(text, nullptr, &rest);
    return out + "|" + std::string(rest);
  };
  EXPECT_EQ(read("QUJD\nREVG\n"), "ABCDEF|");
  EXPECT_EQ(read("QUI=\n____\nlist\n"), "AB|____\nlist\n");
  EXPECT_EQ(read("QUJD\n-- \nlist\n"), "ABC|-- \nlist\n");
  EXPECT_EQ(read("QUI=\nQUI=\n"), "ABAB|");
  EXPECT_EQ(read("QUI=QUI="), "ABAB|");
  EXPECT_EQ(read("QUI=\nnow read this list\n"), "AB|now read this list\n");
  EXPECT_EQ(read("QUJD!REVGQUJDREVGQUJDREVG\n"), "ABCDEFABCDEFABCDEF|");  // damage, no end
  EXPECT_EQ(read("!!!"), "|");
  EXPECT_EQ(read(""), "|");
}

TEST(ParseAttachment, ReadsOneAlone) {
  std::string raw =
      "Content-Type: multipart/mixed; boundary=x\n\n--x\n\ntext\nbegin 644 u\n#0V%T\n`\nend\n--x\n"
      "Content-Type: a/b; name=one\n\n1\n--x\nContent-Type: a/b; name=two\n\n2\n--x--\n";
  auto all = parse(raw);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->attachments.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    auto one = parse_attachment(raw, i);
    ASSERT_TRUE(one);
    EXPECT_EQ(one->filename, all->attachments[i].filename);
    EXPECT_EQ(one->content, all->attachments[i].content);
    EXPECT_EQ(one->index, int(i));
  }
  EXPECT_EQ(parse_attachment(raw, 3).error().code, "mail.part-missing");
  auto body = parse_body(raw);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->text, all->text);
  EXPECT_EQ(body->attachments[1].content, "");
}

}  // namespace
}  // namespace hearback::mail
