#include "documents/office.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "fakes/document_files.hpp"

namespace hearback::documents {
namespace {

using namespace fakes;

std::string text_of(std::string_view octets, const OfficeBounds& bounds = {}) {
  auto text = office_text(octets, bounds);
  return text ? *text : text.error().code;
}
constexpr std::string_view kNotRead = "document.not-read";

TEST(Office, M6_WhatADocxSays) {
  const auto body = docx_paragraph("I run &lt;Kubernetes&gt; &amp; Z&#252;rich") +
                    "<w:p><w:pPr><w:jc w:val=\"left\"/></w:pPr><w:r><w:t>Kuber</w:t></w:r>\n <w:r>"
                    "<w:t>netes</w:t><w:tab/><w:t>Go</w:t><w:br/><w:t>C++</w:t></w:r></w:p>"
                    "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
                    "<w:r><w:instrText>PAGE</w:instrText></w:r>"
                    "<mc:AlternateContent><mc:Choice>" +
                    docx_paragraph("box") + "</mc:Choice><mc:Fallback>" + docx_paragraph("box") +
                    "</mc:Fallback></mc:AlternateContent>"
                    "<w:tbl><w:tr><w:tc>" +
                    docx_paragraph("left") + "</w:tc><w:tc>" + docx_paragraph("right") +
                    "</w:tc></w:tr></w:tbl>";
  const auto docx =
      archive_of({{"word/header1.xml", "<w:hdr>" + docx_paragraph("Ada") + "</w:hdr>"},
                  {"word/document.xml", docx_body(body)},
                  {"word/styles.xml", "<w:t>style</w:t>"},
                  {"docProps/core.xml", "<w:t>core</w:t>"}});
  EXPECT_EQ(
      text_of(docx),
      "I run <Kubernetes> & Z\u00fcrich\nKubernetes Go\nC++\nbox\nleft\n right\n \n\nAda\n\n");
}

TEST(Office, M6_WhatAnOdtSays) {
  EXPECT_EQ(text_of(odt_of("I run<text:s/>Kubernetes<text:line-break/>and<text:tab/>Go "
                           "<text:span>C<text:span>++</text:span></text:span>")),
            "I run Kubernetes\nand Go C++\n\n");
  EXPECT_EQ(text_of(archive_of({{"content.xml",
                                 "<o:b><text:tracked-changes><text:p>gone</text:p>"
                                 "</text:tracked-changes><text:h>Title</text:h></o:b>"}})),
            "Title\n\n");
}

std::string relations_to(std::string_view target) {
  return "<?xml version=\"1.0\"?><Relationships><Relationship Id=\"rId2\" "
         "Type=\"http://x.example/package/2006/relationships/metadata/core-properties\" "
         "Target=\"docProps/core.xml\"/><Relationship Id=\"rId1\" "
         "Type=\"http://x.example/officeDocument/2006/relationships/officeDocument\" Target=\"" +
         std::string(target) + "\"/></Relationships>";
}

// Office on the web writes word/document2.xml, and some who aren't Microsoft choose another folder.
TEST(Office, M6_TheMainPartIsTheOneThatIsNamed) {
  const auto said = [](std::string_view word) { return docx_body(docx_paragraph(word)); };
  for (const std::string target :
       {"word/document2.xml", "/word/document2.xml", "Word/Document2.xml"})
    EXPECT_EQ(text_of(archive_of({{"_rels/.rels", relations_to(target)},
                                  {"word/document2.xml", said("named")},
                                  {"word/document.xml", said("other")}})),
              "named\n\n");
  EXPECT_EQ(text_of(archive_of({{"_rels/.rels", relations_to("/text/main.xml")},
                                {"text/main.xml", said("named")}})),
            "named\n\n");
  // Where none is named, or another than there is, the name tells.
  for (const std::string relations :
       {relations_to("word/lost.xml"), relations_to("xl/workbook.xml"), std::string("<damaged"),
        std::string(100'000, ' ')})
    EXPECT_EQ(text_of(archive_of({{"_rels/.rels", relations},
                                  {"xl/workbook.xml", "<workbook/>"},
                                  {"word/document2.xml", said("found")}})),
              "found\n\n");
  EXPECT_EQ(text_of(archive_of({{"_rels/.rels", relations_to("xl/workbook.xml")},
                                {"xl/workbook.xml", "<workbook/>"}})),
            kNotRead);
}

TEST(Office, M6_WhatIsBesideTheTextDoesNotKeepItFromBeingRead) {
  const auto body = docx_body(docx_paragraph("text"));
  const auto header = "<w:hdr>" + docx_paragraph("Ada") + "</w:hdr>";
  for (const std::string bad : {"", "no xml at all"})
    EXPECT_EQ(text_of(archive_of({{"word/document.xml", body},
                                  {"word/footer1.xml", bad},
                                  {"word/header1.xml", header}})),
              "text\n\nAda\n\n");
  EXPECT_EQ(text_of(archive_of({{"word/document.xml", body},
                                {"word/footer1.xml", header + std::string(3u << 20, ' ')},
                                {"word/header1.xml", header}})),
            "text\n\nAda\n\n");
  EXPECT_EQ(text_of(archive_of({{"word/document.xml", docx_body("")}, {"word/footer1.xml", ""}})),
            "\n");
}

TEST(Office, M6_WhatIsNoneIsNotRead) {
  const auto docx = docx_of("text");
  for (std::size_t cut = 0; cut < docx.size(); cut += 7)
    EXPECT_EQ(text_of(docx.substr(0, cut)), kNotRead) << cut;
  EXPECT_EQ(text_of("PK\x03\x04 nothing"), kNotRead);
  EXPECT_EQ(text_of(archive_of({{"word/styles.xml", "<a/>"}, {"CV.pdf", pdf_of("text")}})),
            kNotRead);
  EXPECT_EQ(text_of(archive_of({{"word/document.xml", ""}})), kNotRead);
  EXPECT_EQ(text_of(archive_of({{"word/document.xml", "no xml at all"}})), kNotRead);
  EXPECT_EQ(text_of(archive_of({{"word/document.xml", docx_body("text")}}, false, "secret")),
            kNotRead);
  // What is in it of archives isn't looked into.
  EXPECT_EQ(text_of(archive_of({{"inner.docx", docx}, {"word/embeddings/x.docx", docx}})),
            kNotRead);
}

TEST(Office, SEC18_BoundsHoldBeforeAnythingIsUnpacked) {
  const auto began = std::chrono::steady_clock::now();
  std::string large = docx_body("");
  for (int i = 0; i < 100; ++i) large += std::string(1u << 20, ' ');
  const auto bomb = archive_of({{"word/document.xml", large}});
  EXPECT_LT(bomb.size(), 200u << 10);
  EXPECT_EQ(text_of(bomb), kNotRead);
  large.resize(3u << 20);
  EXPECT_EQ(text_of(archive_of({{"word/document.xml", large}})), kNotRead);  // by its ratio
  Entries many;
  for (int i = 0; i < 100'000; ++i) many.emplace_back(std::to_string(i), "");
  many.emplace_back("word/document.xml", docx_body(docx_paragraph("text")));
  EXPECT_EQ(text_of(archive_of(many, true)), kNotRead);
  const std::string half = docx_body(docx_paragraph(std::string(600, 'x')));
  EXPECT_EQ(text_of(archive_of({{"word/document.xml", half}, {"word/header1.xml", half}}),
                    {.all_octets = 1000}),
            std::string(600, 'x') + "\n\n");
  EXPECT_EQ(text_of(archive_of({{"word/document.xml", half}}), {.all_octets = 600}), kNotRead);
  EXPECT_EQ(text_of(docx_of(std::string(5000, 'x')), {.text_octets = 100}), std::string(100, 'x'));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
}

TEST(Office, SEC18_EntitiesAndDepthDoNoHarm) {
  EXPECT_EQ(text_of(archive_of(
                {{"word/document.xml",
                  "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">"
                  "<!ENTITY c SYSTEM \"file:///etc/passwd\">]><w:document>" +
                      docx_paragraph("x&b;&c;y") + "</w:document>"}})),
            "x&b;&c;y\n\n");
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "<w:p>";
  deep += "<w:t>bottom</w:t>";
  EXPECT_NE(text_of(archive_of({{"word/document.xml", deep}}, true)).find("bottom"),
            std::string::npos);
}

}  // namespace
}  // namespace hearback::documents
