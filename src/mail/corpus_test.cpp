// Mail that others wrote: it must be read within the limits, and where answers are known the
// agreement is measured. HEARBACK_TEST_DATA names the folder; without it the tests are skipped.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/text.hpp"
#include "mail/kind.hpp"
#include "mail/parse.hpp"
#include "mail/test_extents.hpp"
#include "mail/text.hpp"

namespace hearback::mail {
namespace {

namespace fs = std::filesystem;

fs::path data_folder() {
  if (auto* named = std::getenv("HEARBACK_TEST_DATA")) return named;
  return fs::path(HEARBACK_SOURCE_DIR) / ".." / "shared" / "data";
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> out;
  if (!fs::exists(folder)) return out;
  for (auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) out.push_back(entry.path());
  return out;
}

TEST(Corpus, S12_EveryFileIsReadOrRefusedWithAReason) {
  int read = 0, refused = 0;
  for (auto name : {"mime4j", "mimekit", "cpython-test_email", "mikel-mail",
                    "sisimai-set-of-emails", "html5sec"})
    for (auto& path : files_below(data_folder() / name)) {
      auto parsed = parse(read_file(path));
      if (!parsed) {
        ++refused;
        EXPECT_TRUE(parsed.error().code.starts_with("mail.too-")) << path;
        continue;
      }
      ++read;
      EXPECT_TRUE(is_utf8(parsed->text)) << path;
      EXPECT_EQ(what_differs_apart(read_file(path), *parsed), "") << path;
      split_quoted(parsed->text);
      kind_of(*parsed);
    }
  if (!read) GTEST_SKIP() << "no corpora in " << data_folder();
  std::cout << read << " files read, " << refused << " refused\n";
}

TEST(Corpus, T6_BouncesAreNoPersonsAnswer) {
  int all = 0, bounces = 0, humans = 0;
  for (auto& path : files_below(data_folder() / "sisimai-set-of-emails" / "maildir" / "bsd")) {
    if (!path.filename().string().starts_with("lhost-")) continue;
    auto parsed = parse(read_file(path));
    ASSERT_TRUE(parsed) << path;
    ++all;
    auto kind = kind_of(*parsed);
    bounces += kind == Kind::bounce;
    humans += kind == Kind::human;
    if (kind == Kind::human && std::getenv("HEARBACK_VERBOSE"))
      std::cout << path.filename() << " " << parsed->envelope.subject << "\n";
  }
  if (!all) GTEST_SKIP() << "no bounces in " << data_folder();
  std::cout << bounces << " of " << all << " are bounces, " << humans << " taken for people\n";
  EXPECT_GE(bounces * 100, all * 80);
}

TEST(Corpus, QuotedTextIsFound) {
  auto folder = data_folder() / "discourse-email_reply_trimmer" / "test";
  int all = 0, equal = 0;
  for (auto& path : files_below(folder / "emails")) {
    auto expected = folder / "trimmed" / path.filename();
    if (!fs::exists(expected)) continue;
    auto split = split_quoted(read_file(path));
    auto words = [](std::string_view text) {
      std::string out;
      for (char c : text)
        if (static_cast<unsigned char>(c) > ' ') out += c;
      return out;
    };
    ++all;
    equal += words(split.fresh) == words(read_file(expected));
  }
  if (!all) GTEST_SKIP() << "no replies in " << data_folder();
  std::cout << equal << " of " << all << " replies trimmed as expected\n";
  EXPECT_GE(equal * 100, all * 50);
}

}  // namespace
}  // namespace hearback::mail
