#pragma once
// Files for tests, made here: archives as word processors pack theirs, and PDFs of a line or two.
#include <zip.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hearback::fakes {

using Entries = std::vector<std::pair<std::string, std::string>>;

// `packed`: as is, otherwise deflated.
inline std::string archive_of(const Entries& entries, bool stored = false,
                              const char* password = nullptr) {
  auto* source = ::zip_source_buffer_create(nullptr, 0, 0, nullptr);
  ::zip_source_keep(source);
  auto* archive = ::zip_open_from_source(source, ZIP_TRUNCATE, nullptr);
  for (const auto& [name, octets] : entries) {
    auto* of = ::zip_source_buffer(archive, octets.data(), octets.size(), 0);
    const auto at = ::zip_file_add(archive, name.c_str(), of, ZIP_FL_ENC_UTF_8);
    if (at < 0) return {};
    const auto index = static_cast<zip_uint64_t>(at);
    ::zip_set_file_compression(archive, index, stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 9);
    if (password) ::zip_file_set_encryption(archive, index, ZIP_EM_AES_256, password);
  }
  if (::zip_close(archive) != 0) return {};
  ::zip_source_open(source);
  std::string octets;
  char piece[4096];
  for (zip_int64_t some = 0; (some = ::zip_source_read(source, piece, sizeof piece)) > 0;)
    octets.append(piece, static_cast<std::size_t>(some));
  ::zip_source_close(source);
  ::zip_source_free(source);
  return octets;
}

inline std::string docx_body(std::string_view body) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<w:document xmlns:w=\"http://w.example\" "
         "xmlns:mc=\"http://mc.example\"><w:body>" +
         std::string(body) + "</w:body></w:document>";
}
inline std::string docx_paragraph(std::string_view text) {
  return "<w:p><w:r><w:t xml:space=\"preserve\">" + std::string(text) + "</w:t></w:r></w:p>";
}
inline std::string docx_of(std::string_view text) {
  return archive_of({{"[Content_Types].xml", "<Types/>"},
                     {"word/document.xml", docx_body(docx_paragraph(text))}});
}
inline std::string odt_of(std::string_view text) {
  return archive_of(
      {{"mimetype", "application/vnd.oasis.opendocument.text"},
       {"content.xml", "<office:document-content><office:body><office:text><text:p>" +
                           std::string(text) +
                           "</text:p></office:text></office:body></office:document-content>"}});
}

// A page with this line. `beside`: more of the trailer.
inline std::string pdf_of(std::string_view line, std::string_view beside = {}) {
  const auto drawn = line.empty() ? std::string("0 0 10 10 re f")
                                  : "BT /F1 12 Tf 72 700 Td (" + std::string(line) + ") Tj ET";
  const std::string objects[] = {
      "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
      "/Resources<</Font<</F1 5 0 R>>>>>>",
      "<</Length " + std::to_string(drawn.size()) + ">>stream\n" + drawn + "\nendstream",
      "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"};
  std::string pdf = "%PDF-1.4\n", table;
  int number = 0;
  for (const auto& object : objects) {
    char entry[32];
    std::snprintf(entry, sizeof entry, "%010zu 00000 n \n", pdf.size());
    table += entry;
    pdf += std::to_string(++number) + " 0 obj\n" + object + "\nendobj\n";
  }
  const auto at = std::to_string(pdf.size());
  pdf += "xref\n0 6\n0000000000 65535 f \n" + table + "trailer<</Size 6/Root 1 0 R" +
         std::string(beside) + ">>\nstartxref\n" + at + "\n%%EOF\n";
  return pdf;
}
// One that asks for a password that nobody has told.
inline std::string encrypted_pdf_of(std::string_view line) {
  const std::string octets(64, '0');
  return pdf_of(line, "/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + octets + ">/U<" +
                          octets + ">>>");
}

}  // namespace hearback::fakes
