#include "rules/imported_columns.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace hearback::rules {
namespace {

// The page's words for it: what stands behind `name` in the kinds of jobs.
std::string word_of_page(const std::string& language, const std::string& name) {
  const auto path = std::filesystem::path(HEARBACK_SOURCE_DIR) / "web" / "src" / "i18n";
  std::ifstream file(path / (language + ".json"));
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  auto at = all.find("\n  \"jobs\": {");
  for (const auto& key : {std::string("kind"), name}) at = all.find("\"" + key + "\": ", at);
  if (at == std::string::npos) return "";
  const auto begin = all.find('"', all.find(':', at)) + 1;
  return all.substr(begin, all.find('"', begin) - begin);
}

TEST(ImportedColumns, O3_AKindOfJobMayBeCalledAsThePageCallsIt) {
  struct Row {
    std::string name;
    JobKind kind;
  };
  const std::vector<Row> table = {{"offer", JobKind::offer},
                                  {"talent_pool", JobKind::talent_pool},
                                  {"campaign", JobKind::campaign}};
  for (const std::string language : {"en", "de", "fr"})
    for (const auto& row : table) {
      const auto word = word_of_page(language, row.name);
      EXPECT_NE(word, "") << language << row.name;
      EXPECT_EQ(job_kind_named(word), row.kind) << word;
    }
  EXPECT_EQ(job_kind_named("Campagne"), JobKind::campaign);
  EXPECT_EQ(job_kind_named("holiday"), std::nullopt);
}

}  // namespace
}  // namespace hearback::rules
