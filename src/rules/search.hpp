#pragma once
// What somebody asks the one box for (M-6): words, phrases and filters, from the text they typed.
// Nothing that is typed is an error. What isn't understood is searched for as words, and said.
//
//   welder zürich      both, in any order; each of three letters or more may begin a longer word
//   "next monday"      as it stands; so does what holds signs: anna@acme.example
//   -agency            without it; a word that only begins so doesn't count
//   from: to: subject: file:    a word or a phrase, there alone (To and Cc are one)
//   candidate: job:    parts of the name, or title
//   has:file is:unread after:2026-11-01 before:2026-11-30 (the asker's days; the first is included)
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace hearback::rules {

enum class SearchIn : std::uint8_t { anywhere, subject, from, to, files };

struct SearchTerm {
  SearchIn in = SearchIn::anywhere;
  std::vector<std::string> words;  // as of mail::terms, one behind the other
  bool is_prefix = false;          // the last of them may go on
  bool operator==(const SearchTerm&) const = default;
};

struct SearchProblem {
  // search.unknown-filter, bad-date, empty-filter, too-many-words, only-without; of who answers,
  // too-many-named, other-forms
  std::string code;
  std::string part;  // of what was typed
  bool operator==(const SearchProblem&) const = default;
};

struct Search {
  std::vector<SearchTerm> terms;              // all of these
  std::vector<SearchTerm> without;            // none of these
  std::vector<std::string> candidates, jobs;  // parts of names and titles, as they were typed
  bool has_file = false, unread = false;
  std::optional<Instant> after, before;  // from the first on, until right before the second
  std::string plain;                     // the words that are no filter's, as they were typed
  std::vector<std::string> words;        // that are searched for, each once
  std::vector<SearchProblem> problems;

  bool asks() const {  // for anything
    return !terms.empty() || !candidates.empty() || !jobs.empty() || has_file || unread || after ||
           before;
  }
};

inline constexpr std::size_t max_search_terms = 16;

// For when nothing says it as it was typed: each word that may go on without what a plural, a case
// or a tense adds to it in English, French and German (“Bewerbungen” finds “Bewerbung”). Words
// alone change; phrases and what is left out stand. nullopt: there is nothing to take off.
std::optional<Search> in_other_forms(const Search& search);

// `zone`: the time zone whose days are meant (mail/day.hpp).
Search read_search(std::string_view typed, std::string_view zone = "UTC");

}  // namespace hearback::rules
