#include "rules/search.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/text.hpp"
#include "mail/day.hpp"
#include "mail/terms.hpp"

namespace hearback::rules {
namespace {

constexpr std::size_t kWordsOfPhrase = 32;
constexpr std::size_t kBegins = 3;  // octets of a word that may go on: fewer begin too many

struct Named {
  std::string_view name;
  SearchIn in;
};
constexpr Named kPlaces[] = {{"subject", SearchIn::subject}, {"from", SearchIn::from},
                             {"to", SearchIn::to},           {"cc", SearchIn::to},
                             {"file", SearchIn::files},      {"filename", SearchIn::files}};
constexpr std::string_view kFiles[] = {"file", "files", "attachment", "attachments"};

// What is left of a word has to say something by itself.
constexpr std::size_t kStem = 4;
// The longest that fits goes, and it alone.
constexpr std::string_view kEndings[] = {"ies", "aux", "ern", "ing", "en", "er",
                                         "es",  "ed",  "e",   "n",   "s",  "x"};

std::string_view stem_of(std::string_view word) {
  for (const auto ending : kEndings)
    if (word.ends_with(ending) && word.size() >= kStem + ending.size())
      return word.substr(0, word.size() - ending.size());
  return word;
}

// Telephones write “these”, „these“ and « these ».
constexpr std::string_view kQuotes[] = {"“", "”", "„", "‟", "«", "»", "＂"};
// All that is white space to the page: beside ASCII's, Unicode's and the mark of byte order.
constexpr std::string_view kSpaces[] = {"\u00A0", "\u1680", "\u2000", "\u2001", "\u2002",
                                        "\u2003", "\u2004", "\u2005", "\u2006", "\u2007",
                                        "\u2008", "\u2009", "\u200A", "\u2028", "\u2029",
                                        "\u202F", "\u205F", "\u3000", "\uFEFF"};

std::string with_plain_signs(std::string_view typed) {
  std::string text(typed);
  const auto replace = [&](std::string_view sign, const char* by) {
    for (std::size_t at = 0; (at = text.find(sign, at)) != text.npos;)
      text.replace(at, sign.size(), by);
  };
  for (const auto sign : kQuotes) replace(sign, "\"");
  for (const auto sign : kSpaces) replace(sign, " ");
  return text;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// One piece of what was typed: -name:value, each part of it absent or not.
struct Piece {
  std::string_view whole;
  bool without = false;
  std::string name;        // in lower case
  std::string_view value;  // without its quotation marks
  bool quoted = false;
};

class Pieces {
 public:
  explicit Pieces(std::string_view text) : text_(text) {}

  std::optional<Piece> next() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (at_ == text_.size()) return std::nullopt;
    const auto begin = at_;
    Piece piece;
    if (text_[at_] == '-' && at_ + 1 < text_.size() && !is_space(text_[at_ + 1])) {
      piece.without = true;
      ++at_;
    }
    auto end = at_;
    while (end < text_.size() && is_letter(text_[end])) ++end;
    if (end > at_ && end < text_.size() && text_[end] == ':') {
      piece.name = ascii_lower(text_.substr(at_, end - at_));
      at_ = end + 1;
    }
    read_value(piece);
    piece.whole = text_.substr(begin, at_ - begin);
    return piece;
  }

 private:
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

  void read_value(Piece& piece) {
    if (at_ < text_.size() && text_[at_] == '"') {
      piece.quoted = true;
      const auto end = std::min(text_.find('"', at_ + 1), text_.size());
      piece.value = text_.substr(at_ + 1, end - at_ - 1);
      at_ = std::min(end + 1, text_.size());
      return;
    }
    auto end = at_;
    while (end < text_.size() && !is_space(text_[end]) && text_[end] != '"') ++end;
    piece.value = text_.substr(at_, end - at_);
    at_ = end;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// 2026-11-03, 2026-11 or 2026.
std::optional<Instant> day_of(std::string_view text, std::string_view zone) {
  std::array<unsigned, 3> parts{0, 1, 1};
  const auto words = split(text, '-');
  if (words.empty() || words.size() > 3 || words[0].size() != 4) return std::nullopt;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto number = to_number(words[i]);
    if (!number || *number > 9999 || (i > 0 && words[i].size() > 2)) return std::nullopt;
    parts[i] = static_cast<unsigned>(*number);
  }
  using namespace std::chrono;
  const year_month_day day{year(static_cast<int>(parts[0])), month(parts[1]),
                           std::chrono::day(parts[2])};
  if (!day.ok() || parts[0] < 1970) return std::nullopt;
  return mail::beginning_of(day, zone);
}

class Asking {
 public:
  explicit Asking(std::string_view zone) : zone_(zone) {}

  Search read(std::string_view typed) && {
    const auto text = with_plain_signs(typed);
    Pieces pieces(text);
    while (auto piece = pieces.next()) {
      if (count_ >= max_search_terms) {
        problem("too-many-words", *piece);
        break;
      }
      take(*piece);
    }
    if (search_.terms.empty() && !search_.has_file && !search_.without.empty()) {
      search_.problems.push_back({"search.only-without", std::exchange(first_without_, {})});
      search_.without.clear();
    }
    return std::move(search_);
  }

 private:
  void problem(std::string_view code, const Piece& piece) {
    search_.problems.push_back({"search." + std::string(code), std::string(trim(piece.whole))});
  }

  void take(const Piece& piece) {
    if (piece.name.empty()) return take_words(piece);
    const auto place = std::ranges::find(kPlaces, piece.name, &Named::name);
    if (place != std::end(kPlaces)) {
      if (!add(piece, piece.value, place->in)) problem("empty-filter", piece);
      return;
    }
    if (piece.name == "after" || piece.name == "before") return take_day(piece);
    if (!piece.without && (piece.name == "candidate" || piece.name == "job")) {
      if (mail::terms(piece.value, 1).empty()) return problem("empty-filter", piece);
      auto& list = piece.name == "job" ? search_.jobs : search_.candidates;
      list.emplace_back(trim(piece.value));
      ++count_;
      return;
    }
    const auto value = ascii_lower(piece.value);
    if (!piece.without && piece.name == "has" &&
        std::ranges::find(kFiles, value) != std::end(kFiles))
      search_.has_file = true;
    else if (!piece.without && piece.name == "is" && value == "unread")
      search_.unread = true;
    else
      take_unknown(piece);
  }

  // “Re:” before a blank, and what begins with https://, aren't meant as a filter.
  void take_unknown(const Piece& piece) {
    if (!piece.value.starts_with("//") && !(piece.value.empty() && !piece.quoted))
      problem("unknown-filter", piece);
    add(piece, piece.name, SearchIn::anywhere);
    take_words(piece);
  }

  void take_day(const Piece& piece) {
    const auto day = piece.without ? std::nullopt : day_of(piece.value, zone_);
    if (!day) {
      problem(piece.value.empty() ? "empty-filter" : "bad-date", piece);
      return take_words(piece);
    }
    auto& limit = piece.name == "after" ? search_.after : search_.before;
    if (!limit)
      limit = day;
    else
      limit = piece.name == "after" ? std::max(*limit, *day) : std::min(*limit, *day);
  }

  void take_words(const Piece& piece) {
    if (!add(piece, piece.value, SearchIn::anywhere) || piece.without) return;
    (search_.plain += search_.plain.empty() ? "" : " ") += trim(piece.value);
  }

  // False: there is no word in it.
  bool add(const Piece& piece, std::string_view value, SearchIn in) {
    auto found = mail::terms(value, kWordsOfPhrase);
    if (found.empty()) return false;
    const bool is_dense = found.back().is_dense;
    // The pairs before it hold it, and a text in which the run goes on hasn't it by itself.
    if (found.back().is_tail) found.pop_back();
    SearchTerm term{.in = in};
    for (auto& one : found) term.words.push_back(std::move(one.text));
    // Who leaves out “java” means no “javascript”. A letter of a dense script has no other end.
    term.is_prefix =
        !piece.quoted && term.words.back().size() >= kBegins && (!piece.without || is_dense);
    auto& list = piece.without ? search_.without : search_.terms;
    if (std::ranges::find(list, term) != list.end()) return true;
    if (piece.without && first_without_.empty()) first_without_ = piece.whole;
    if (!piece.without)
      for (const auto& word : term.words)
        if (std::ranges::find(search_.words, word) == search_.words.end())
          search_.words.push_back(word);
    list.push_back(std::move(term));
    ++count_;
    return true;
  }

  std::string_view zone_;
  Search search_;
  std::size_t count_ = 0;
  std::string first_without_;
};

}  // namespace

std::optional<Search> in_other_forms(const Search& search) {
  auto other = search;
  other.words.clear();
  for (auto& term : other.terms) {
    auto& last = term.words.back();
    if (term.is_prefix) last = std::string(stem_of(last));
    for (const auto& word : term.words)
      if (std::ranges::find(other.words, word) == other.words.end()) other.words.push_back(word);
  }
  if (other.terms == search.terms) return std::nullopt;
  return other;
}

Search read_search(std::string_view typed, std::string_view zone) {
  return Asking(zone).read(typed);
}

}  // namespace hearback::rules
