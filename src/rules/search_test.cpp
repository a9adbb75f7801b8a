#include "rules/search.hpp"

#include <gtest/gtest.h>

namespace hearback::rules {
namespace {

std::string told(const std::vector<SearchTerm>& terms) {
  constexpr const char* kIn[] = {"", "subject:", "from:", "to:", "file:"};
  std::string all;
  for (const auto& term : terms) {
    (all += all.empty() ? "" : " | ") += kIn[static_cast<std::size_t>(term.in)];
    for (std::size_t i = 0; i < term.words.size(); ++i) (all += i ? " " : "") += term.words[i];
    if (term.is_prefix) all += '*';
  }
  return all;
}
std::string told(const Search& search) {
  std::string all = told(search.terms);
  if (!search.without.empty()) all += " not " + told(search.without);
  for (const auto& name : search.candidates) all += " candidate=" + name;
  for (const auto& title : search.jobs) all += " job=" + title;
  if (search.has_file) all += " has-file";
  if (search.unread) all += " unread";
  if (search.after) all += " after=" + to_rfc3339(*search.after).substr(0, 10);
  if (search.before) all += " before=" + to_rfc3339(*search.before).substr(0, 10);
  for (const auto& problem : search.problems) all += " !" + problem.code + "(" + problem.part + ")";
  return all;
}

TEST(Search, M6_WordsPhrasesAndFilters) {
  struct Case {
    std::string_view typed, expected;
  };
  const Case cases[] = {
      {"", ""},
      {" ", ""},
      {"Müller", "muller*"},
      {"zürich welder", "zurich* | welder*"},
      {"ab", "ab"},
      {"twice TWICE", "twice*"},
      {"\"Next Monday\"", "next monday"},
      {"“next monday” x", "next monday | x"},
      {"\"never closed", "never closed"},
      {"anna.b@acme.example", "anna b acme example*"},
      {"l'entretien", "l entretien*"},
      {"offer -agency", "offer* not agency"},
      {"react -java -日", "react* not java | 日*"},
      {"c++ -c#", "cplusplus* not csharp"},
      {"offer -\"no thanks\" -from:bob", "offer* not no thanks | from:bob"},
      {"salary - range", "salary* | range*"},
      {"from:a\u00A0welder\u3000x\u202F", "from:a | welder* | x"},
      {"co-worker", "co worker*"},
      {"from:anna TO:\"Ben Li\" Subject:re cc:eve",
       "from:anna* | to:ben li | subject:re | to:eve*"},
      {"file:cv.pdf", "file:cv pdf*"},
      {"candidate:wanda job:\"Senior welder\"", " candidate=wanda job=Senior welder"},
      {"has:file has:attachment is:unread", " has-file unread"},
      {"after:2026-11-01 before:2026-12", " after=2026-11-01 before=2026-12-01"},
      {"after:2026 after:2025-01-01", " after=2026-01-01"},
      {"日本語", "日本 本語*"},
      {"語", "語*"},
      {"!!! ...", ""},
      // What isn't understood.
      {"color:red", "color* | red* !search.unknown-filter(color:red)"},
      {"has:wings", "has* | wings* !search.unknown-filter(has:wings)"},
      {"before:yesterday", "yesterday* !search.bad-date(before:yesterday)"},
      {"before:2026-02-30", "2026 02 30 !search.bad-date(before:2026-02-30)"},
      {"from:", " !search.empty-filter(from:)"},
      {"from:\"!\" x", "x !search.empty-filter(from:\"!\")"},
      {"candidate:? x", "x !search.empty-filter(candidate:?)"},
      {"-agency", " !search.only-without(-agency)"},
      {"is:unread -agency", " unread !search.only-without(-agency)"},
      // Not meant as filters.
      {"Re: offer", "re | offer*"},
      {"https://acme.example", "https* | acme example*"},
      {"12:30", "12 30"},
      {"a:", "a"},
  };
  for (const auto& [typed, expected] : cases)
    EXPECT_EQ(told(read_search(typed)), expected) << typed;
}

TEST(Search, M6_DaysAreTheReaders) {
  EXPECT_EQ(to_rfc3339(*read_search("after:2026-11-04", "Asia/Tokyo").after),
            "2026-11-03T15:00:00.000Z");
  EXPECT_EQ(to_rfc3339(*read_search("before:2026-07", "Europe/Zurich").before),
            "2026-06-30T22:00:00.000Z");
}

TEST(Search, M6_OtherFormsOfWordsAreTheirStems) {
  const std::pair<const char*, const char*> cases[] = {
      {"applications", "application*"},  // English
      {"companies interviewed", "compan* | interview*"},
      {"interviewing", "interview*"},
      {"Bewerbungen", "bewerbung*"},  // German
      {"Gespräche Ärzten", "gesprach* | arzt*"},
      {"entretiens candidates", "entretien* | candidat*"},  // French
      {"travaux", "trav*"},
      {"subject:offers welder", "subject:offer* | weld*"},
      // What is left out stays as it is; so does what is no word of these languages.
      {"jobs engineers -recruiters", "jobs* | engineer* not recruiters"},
      {"\"next offers\" offers", "next offers | offer*"},
  };
  for (const auto& [typed, expected] : cases) {
    const auto other = in_other_forms(read_search(typed));
    ASSERT_TRUE(other) << typed;
    EXPECT_EQ(told(*other), expected) << typed;
  }
  for (const char* typed :
       {"", "jobs", "\"next offers\"", "zürich", "日本語", "has:file", "-offers"})
    EXPECT_FALSE(in_other_forms(read_search(typed))) << typed;
  EXPECT_EQ(in_other_forms(read_search("offers from:\"x offers\""))->words,
            (std::vector<std::string>{"offer", "x", "offers"}));
}

TEST(Search, M6_SoManyTermsCount) {
  std::string typed;
  for (int i = 0; i < 20; ++i) typed += "word" + std::to_string(i) + " ";
  const auto search = read_search(typed);
  EXPECT_EQ(search.terms.size(), max_search_terms);
  ASSERT_EQ(search.problems.size(), 1u);
  EXPECT_EQ(search.problems[0], (SearchProblem{"search.too-many-words", "word16"}));
}

TEST(Search, M6_NamesAreLookedForByThePlainWords) {
  const auto search = read_search("Wanda from:ben \"le rêve\" -x has:file");
  EXPECT_EQ(search.plain, "Wanda le rêve");
  EXPECT_EQ(search.words, (std::vector<std::string>{"wanda", "ben", "le", "reve"}));
  EXPECT_TRUE(search.asks());
  EXPECT_FALSE(read_search("...").asks());
}

}  // namespace
}  // namespace hearback::rules
