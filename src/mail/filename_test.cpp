#include "mail/filename.hpp"

#include <gtest/gtest.h>

#include <set>

namespace hearback::mail {
namespace {

using Names = std::vector<std::string>;

Names names_of(const std::vector<NamedFile>& files) { return distinct_filenames(files); }
Names names_of(const Names& written) {
  std::vector<NamedFile> files;
  for (const auto& name : written) files.push_back({name, "application/pdf"});
  return distinct_filenames(files);
}

TEST(DistinctFilenames, EachFileOfAMessageHasANameOfItsOwn) {
  struct Row {
    Names written, named;
  };
  const Row rows[] = {
      {{}, {}},
      {{"cv.pdf", "letter.pdf"}, {"cv.pdf", "letter.pdf"}},
      {{"cv.pdf", "cv.pdf", "cv.pdf"}, {"cv.pdf", "cv (2).pdf", "cv (3).pdf"}},
      // What one file system takes for the same name is written over there.
      {{"cv.pdf", "CV.PDF"}, {"cv.pdf", "CV (2).PDF"}},
      {{"R\xC3\xA9sum\xC3\xA9.pdf", "Re\xCC\x81sume\xCC\x81.pdf"},
       {"R\xC3\xA9sum\xC3\xA9.pdf", "Re\xCC\x81sume\xCC\x81 (2).pdf"}},
      {{"R\xC3\xA9sum\xC3\xA9.pdf", "Resume.pdf"}, {"R\xC3\xA9sum\xC3\xA9.pdf", "Resume.pdf"}},
      {{"cv.", "cv", "cv. ."}, {"cv", "cv (2)", "cv (3)"}},
      // A number that somebody else has already.
      {{"a.txt", "a (2).txt", "a.txt"}, {"a.txt", "a (2).txt", "a (3).txt"}},
      {{"a.txt", "a.txt", "a (2).txt"}, {"a.txt", "a (2).txt", "a (2) (2).txt"}},
      {{"README", "README", ".env", ".env"}, {"README", "README (2)", ".env", ".env (2)"}},
      // No way out of the folder, nothing that isn't seen.
      {{"../../etc/passwd", "..\\..\\boot.ini", "/abs/x.pdf", "C:\\y.pdf"},
       {"passwd", "boot.ini", "x.pdf", "y.pdf"}},
      {{"a\nb\x01.pdf",
        "exe.\xE2\x80\xAE"
        "fdp"},
       {"a b.pdf", "exe.fdp"}},
      {{"", "..", ".", "...", "dir/"},
       {"attachment.pdf", "attachment (2).pdf", "attachment (3).pdf", "attachment (4).pdf",
        "attachment (5).pdf"}},
  };
  for (const auto& row : rows) EXPECT_EQ(names_of(row.written), row.named);
}

TEST(DistinctFilenames, WithoutANameTheTypeTellsTheEnding) {
  EXPECT_EQ(names_of(std::vector<NamedFile>{{"", "image/png"},
                                            {"", "image/jpeg"},
                                            {"", "text/calendar"},
                                            {"", "message/rfc822"},
                                            {"", "application/x-unheard-of"},
                                            {"", ""}}),
            (Names{"attachment.png", "attachment.jpg", "attachment.ics", "attachment.eml",
                   "attachment", "attachment (2)"}));
}

TEST(DistinctFilenames, LongNamesStayWithin255OctetsAndKeepTheirEnding) {
  std::string umlauts;
  for (int i = 0; i < 300; ++i) umlauts += "\xC3\xA4";
  const auto names = names_of(Names(12, umlauts + ".pdf"));
  for (const auto& name : names) {
    EXPECT_LE(name.size(), 255u);
    EXPECT_TRUE(name.ends_with(".pdf")) << name;
  }
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 12u);
  EXPECT_TRUE(names[11].ends_with("\xC3\xA4 (12).pdf")) << names[11];
}

// Many more than a message may have, all of one name, with the numbers taken: not quadratic.
TEST(DistinctFilenames, ManyOfOneNameAreToldApart) {
  Names written;
  for (int i = 2; i <= 20'000; ++i) written.push_back("a (" + std::to_string(i) + ").pdf");
  written.insert(written.end(), 20'000, "a.pdf");
  const auto names = names_of(written);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), written.size());
  EXPECT_EQ(names.back(), "a (39999).pdf");
}

// Nor where they differ only in what is cut off for the number.
TEST(DistinctFilenames, ManyLongNamesAreToldApart) {
  Names written;
  for (int i = 0; i < 6'000; ++i) {
    const auto end = std::to_string(100'000 + i).substr(1);
    written.insert(written.end(), 2, std::string(248, 'a') + end);
  }
  const auto names = names_of(written);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), written.size());
}

}  // namespace
}  // namespace hearback::mail
