// The writer's words apart from the original below them and the signature. Every line goes to
// exactly one of the three, so nothing is lost.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "mail/phrases.hpp"
#include "mail/text.hpp"

namespace hearback::mail {
namespace {

enum class Kept : std::uint8_t { fresh, quoted, signature };

// A text may be nothing but line ends: what is kept of each is small.
struct Line {
  std::uint32_t begin = 0;                 // with its line end it goes up to the next one's
  std::uint32_t words = 0, words_end = 0;  // without the blanks around
  bool marked = false;                     // starts with ">"
  bool introduces = false;                 // part of "On … wrote:"
  Kept kept = Kept::fresh;
  bool blank() const { return words == words_end; }
};

constexpr std::size_t max_pattern_octets = 400;
constexpr std::size_t introduction_lines = 4;
constexpr std::size_t max_signature_lines = 15;
constexpr std::size_t folded_lines = 16;  // kept at a time: as many are looked at together

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text.substr(0, UINT32_MAX)) {
    text = text_;
    lines_.reserve(std::size_t(std::ranges::count(text, '\n')) + 1);
    for (std::size_t at = 0; at < text.size();) {
      auto end = text.find('\n', at);
      end = end == text.npos ? text.size() : end + 1;
      // "reply On Wed, … wrote:" is two lines that a program made one of.
      auto within = introduction_within(text.substr(at, end - at));
      if (within != text.npos && text[at] != '>') end = at + within;
      const auto words = trim(text.substr(at, end - at));
      Line line{.begin = std::uint32_t(at)};
      line.marked = words.starts_with('>');
      if (!words.empty()) line.words = std::uint32_t(words.data() - text.data());
      line.words_end = line.words + std::uint32_t(words.size());
      lines_.push_back(line);
      at = end;
    }
  }

  Split split() {
    original_ = find_original();
    for (std::size_t i = original_; i < lines_.size(); ++i) lines_[i].kept = Kept::quoted;
    mark_signature();
    mark_quotes();
    mark_tagline();
    const bool forwards = original_ < lines_.size() && is_forward_separator(folded(original_));
    return {gather(Kept::fresh), gather(Kept::quoted), gather(Kept::signature), forwards};
  }

 private:
  std::string_view whole(std::size_t i) const {
    const auto begin = lines_[i].begin;
    const auto end = i + 1 < lines_.size() ? lines_[i + 1].begin : text_.size();
    return text_.substr(begin, end - begin);
  }
  std::string_view words(std::size_t i) const {
    return text_.substr(lines_[i].words, lines_[i].words_end - lines_[i].words);
  }

  // The form that patterns are written in; asked for by several. Good until the next is asked for.
  const std::string& folded(std::size_t i) {
    auto& kept = folded_[i % folded_lines];
    if (kept.line != i) kept = {i, fold_case(one_line(words(i).substr(0, max_pattern_octets)))};
    return kept.text;
  }

  std::size_t next_text(std::size_t i) const {
    while (i < lines_.size() && lines_[i].blank()) ++i;
    return i;
  }

  // How many lines an introduction takes that starts at `i`; 0: none does. Words of the writer's
  // look like one: it has marked lines below it, or is beyond doubt.
  std::size_t introduction_at(std::size_t i) {
    if (lines_[i].blank() || lines_[i].marked) return 0;
    std::string joined = folded(i);
    for (std::size_t n = 1;; ++n) {
      if (is_introduction(joined)) {
        auto after = next_text(i + n);
        bool marked = after < lines_.size() && lines_[after].marked;
        if (marked || is_certain_introduction(joined)) return n;
      }
      if (n == introduction_lines || i + n >= lines_.size() || lines_[i + n].blank() ||
          lines_[i + n].marked || !may_go_on(joined, words(i + n)))
        return 0;
      joined += ' ';
      joined += folded(i + n);
    }
  }

  // "From: … Sent: … To: …" as Outlook writes it above the original; others start with the date.
  bool header_block_at(std::size_t i) {
    if (words(i).size() > max_pattern_octets) return false;
    const bool first = is_from_label(folded(i));
    if (!first && !is_header_label(folded(i))) return false;
    int labels = 0;
    bool from = false, address = false, subject = false;
    for (std::size_t n = 0, seen = 0; i + n < lines_.size() && seen < 7; ++n) {
      if (lines_[i + n].blank()) continue;
      ++seen;
      bool label = is_header_label(folded(i + n));
      bool sender = is_from_label(folded(i + n));
      if (!label && !sender) continue;
      labels += label;
      from = from || sender;
      address = address || words(i + n).find('@') != std::string_view::npos;
      subject = subject || is_subject_label(folded(i + n));
    }
    // A journey has From, To and Date as well.
    if (first) return address ? labels >= 2 : labels >= 3 && subject;
    return from && address && subject && labels >= 3;
  }

  static bool is_rule(std::string_view text) {
    return text.size() >= 5 && text.find_first_not_of("_-=") == text.npos;
  }

  // The line from which on everything is the original; lines_.size(): there is none.
  std::size_t find_original() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].blank() || lines_[i].marked) continue;
      if (is_original_separator(folded(i))) return i;
      if (header_block_at(i)) {
        std::size_t before = i;
        while (before > 0 && lines_[before - 1].blank()) --before;
        return before > 0 && is_rule(words(before - 1)) ? before - 1 : i;
      }
      auto n = introduction_at(i);
      if (!n) continue;
      auto after = next_text(i + n);
      if (after == lines_.size() || !lines_[after].marked) return i;
      for (std::size_t k = i; k < i + n; ++k) lines_[k].introduces = true;
    }
    return lines_.size();
  }

  bool is_quote(std::size_t i) const { return lines_[i].marked || lines_[i].introduces; }

  void mark_signature() {
    for (std::size_t i = 0; i < original_; ++i) {
      auto line = whole(i);
      while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
      if (line != "-- " && line != "--" && line != "\xE2\x80\x94") continue;
      std::size_t end = i + 1, texts = 0;
      while (end < original_ && !is_quote(end) && texts <= max_signature_lines)
        texts += !lines_[end++].blank();
      if (texts > max_signature_lines) continue;
      for (std::size_t k = i; k < end; ++k) lines_[k].kept = Kept::signature;
      return;
    }
  }

  bool is_own(std::size_t i) const {
    return lines_[i].kept == Kept::fresh && !lines_[i].blank() && !is_quote(i);
  }

  // Quotes below all own words, or above all of them, are the original; quotes between them are
  // what the words answer, and stay.
  void mark_quotes() {
    std::size_t first = original_, last = 0;  // own words lie in [first, last)
    for (std::size_t i = 0; i < original_; ++i) {
      if (!is_own(i)) continue;
      if (first == original_) first = i;
      last = i + 1;
    }
    for (std::size_t i = last; i < original_; ++i)
      if (lines_[i].kept == Kept::fresh) lines_[i].kept = Kept::quoted;
    bool between = false;
    for (std::size_t i = first; i < last; ++i) between = between || is_quote(i);
    if (between) return;
    for (std::size_t i = 0; i < first && i < last; ++i)
      if (lines_[i].kept == Kept::fresh) lines_[i].kept = Kept::quoted;
  }

  void mark_tagline() {
    for (std::size_t i = original_; i-- > 0;) {
      if (!is_own(i)) continue;
      if (is_device_tagline(folded(i))) lines_[i].kept = Kept::signature;
      return;
    }
  }

  std::string gather(Kept kept) const {
    std::string out;
    for (std::size_t i = 0; i < lines_.size(); ++i)
      if (lines_[i].kept == kept) out += whole(i);
    auto end = out.find_last_not_of(" \t\r\n");
    out.resize(end == out.npos ? 0 : end + 1);
    std::size_t begin = 0;  // empty lines at the start
    for (auto at = out.find('\n'); at != out.npos; at = out.find('\n', begin)) {
      if (!trim(std::string_view(out).substr(begin, at - begin)).empty()) break;
      begin = at + 1;
    }
    return out.substr(begin);
  }

  struct Folded {
    std::size_t line = std::size_t(-1);
    std::string text;
  };

  std::string_view text_;
  std::vector<Line> lines_;
  std::array<Folded, folded_lines> folded_;
  std::size_t original_ = 0;
};

}  // namespace

Split split_quoted(std::string_view text) { return Splitter(text).split(); }

}  // namespace hearback::mail
