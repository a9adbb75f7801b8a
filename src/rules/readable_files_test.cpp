#include "rules/readable_files.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

Attachment file_of(std::string name, std::string type = "application/octet-stream",
                   std::uint64_t octets = 1000) {
  Attachment file;
  file.filename = std::move(name);
  file.type = std::move(type);
  file.octets = octets;
  return file;
}

TEST(ReadableFiles, M6_OctetsDecideAmongWhatWasPromised) {
  const std::string pdf = "%PDF-1.7\n", zip = "PK\x03\x04 and so on", text = "Kubernetes, Go";
  const std::string late = "some mailer's line\n%PDF-1.4", far = std::string(2000, ' ') + pdf;
  const std::string wide(
      "\xFF\xFE"
      "K\0u\0",
      6),
      octets("\x01\0\x02", 3);
  const struct {
    Attachment file;
    std::string_view octets;
    std::optional<FileKind> expected;
  } cases[] = {
      {file_of("CV.pdf"), pdf, FileKind::pdf},
      {file_of("CV", "application/pdf"), pdf, FileKind::pdf},
      {file_of("CV.PDF"), late, FileKind::pdf},
      {file_of("CV.pdf"), far, std::nullopt},
      {file_of("CV.pdf"), text, std::nullopt},
      {file_of("CV.docx"), pdf, FileKind::pdf},
      {file_of("CV.docx"), zip, FileKind::office},
      {file_of("CV.odt", "text/plain"), zip, FileKind::office},
      {file_of("CV.pdf"), zip, FileKind::office},
      {file_of("CV.doc", "application/msword"), "\xD0\xCF\x11\xE0", std::nullopt},
      {file_of("notes.txt"), text, FileKind::text},
      {file_of("notes.txt"), late, FileKind::text},
      {file_of("notes.txt"), wide, FileKind::text},
      {file_of("notes.txt"), octets, std::nullopt},
      {file_of("", "text/plain"), text, FileKind::text},
      {file_of("README.MD"), text, FileKind::text},
      {file_of("people.csv", "text/csv"), text, FileKind::text},
      {file_of("photo.jpg", "text/plain"), text, std::nullopt},
      {file_of("photo.jpg", "image/jpeg"), pdf, std::nullopt},
      {file_of("archive.zip", "application/zip"), zip, std::nullopt},
      {file_of("program.exe"), pdf, std::nullopt},
      {file_of("CV.pdf"), "", std::nullopt},
  };
  for (const auto& [file, bytes, expected] : cases)
    EXPECT_EQ(kind_of(file, bytes), expected) << file.filename << " " << bytes.substr(0, 20);
}

TEST(ReadableFiles, M6_FewAndNeitherLargeNorPictures) {
  std::vector<Attachment> files{file_of("photo.jpg", "image/jpeg"), file_of("CV.pdf"),
                                file_of("film.pdf", "application/pdf", readable_octets + 1),
                                file_of("empty.pdf", "application/pdf", 0),
                                file_of("largest.pdf", "application/pdf", readable_octets)};
  files.push_back(file_of("drawn.pdf"));
  files.back().is_inline = true;
  for (int i = 0; i < 20; ++i) files.push_back(file_of(std::to_string(i) + ".docx"));
  std::vector<std::string> names;
  for (const auto* file : files_to_read(files)) names.push_back(file->filename);
  EXPECT_EQ(names, (std::vector<std::string>{"CV.pdf", "largest.pdf", "0.docx", "1.docx", "2.docx",
                                             "3.docx", "4.docx", "5.docx"}));
}

TEST(ReadableFiles, W9_AFileOfAProfileIsReadAsOneOfAMessageIs) {
  EXPECT_TRUE(is_read(file_of("CV.pdf")));
  EXPECT_TRUE(is_read(file_of("CV", "application/pdf", readable_octets)));
  EXPECT_FALSE(is_read(file_of("CV.pdf", "application/pdf", readable_octets + 1)));
  EXPECT_FALSE(is_read(file_of("CV.pdf", "application/pdf", 0)));
  EXPECT_FALSE(is_read(file_of("photo.jpg", "image/jpeg")));
}

}  // namespace
}  // namespace hearback::rules
