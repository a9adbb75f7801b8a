#include "mail/terms.hpp"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/text.hpp"
#include "mail/folded.hpp"

namespace hearback::mail {
namespace {

enum class Is : std::uint8_t { between, letter, dense, goes_on };

constexpr std::array kDense = {USCRIPT_HAN, USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_THAI,
                               USCRIPT_LAO, USCRIPT_KHMER,    USCRIPT_MYANMAR};
// Signs of Japanese that are of no script by themselves: the long vowel, and the voiced marks of
// half-width kana, which fold into the letter before.
constexpr UChar32 kLongVowel = 0x30FC, kHalfLongVowel = 0xFF70, kHalfVoiced = 0xFF9E,
                  kHalfSemivoiced = 0xFF9F;

constexpr bool is_plain_letter(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Is kind_of(UChar32 c) {
  if (c < 0x80) return is_plain_letter(static_cast<unsigned char>(c)) ? Is::letter : Is::between;
  if (c == kHalfVoiced || c == kHalfSemivoiced) return Is::goes_on;
  if (c == kLongVowel || c == kHalfLongVowel) return Is::dense;
  const auto mask = U_GET_GC_MASK(c);
  if ((mask & U_GC_M_MASK) != 0 || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
    return Is::goes_on;
  if ((mask & (U_GC_L_MASK | U_GC_ND_MASK)) == 0) return Is::between;
  UErrorCode failed = U_ZERO_ERROR;
  const auto script = uscript_getScript(c, &failed);
  return std::ranges::find(kDense, script) == kDense.end() ? Is::letter : Is::dense;
}

// Of a piece so many octets are folded: of letters with their marks, more than a word may have.
constexpr std::size_t kPieceOctets = 256;

// What a word and the blank behind it take in most languages.
constexpr std::size_t kWordOctets = 6;

// Folding may make signs of what was a letter; an index takes letters and digits alone.
std::string word_of(std::string_view piece) {
  auto word = folded(utf8_prefix(piece, kPieceOctets));
  std::erase_if(word, [](unsigned char c) { return c < 0x80 && kind_of(c) == Is::between; });
  word.resize(utf8_prefix(word, max_term_octets).size());
  return word;
}

class Reader {
 public:
  Reader(std::string_view text, std::size_t most) : text_(text), most_(most) {}

  std::vector<Term> read() && {
    found_.reserve(std::min(most_, text_.size() / kWordOctets));
    while (at_ < text_.size() && found_.size() < most_) {
      const auto [kind, next] = look(at_);
      if (kind == Is::letter)
        read_word();
      else if (kind == Is::dense)
        read_run();
      else
        at_ = next;
    }
    if (found_.size() > most_) found_.resize(most_);
    return std::move(found_);
  }

 private:
  std::pair<Is, std::size_t> look(std::size_t at) const {
    const auto first = static_cast<unsigned char>(text_[at]);
    if (first < 0x80) return {kind_of(first), at + 1};
    // A letter is four octets at most: texts may be longer than ICU's offsets reach.
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text_.data()) + at;
    const auto size = static_cast<std::int32_t>(std::min<std::size_t>(text_.size() - at, 4));
    std::int32_t offset = 0;
    UChar32 c = 0;
    U8_NEXT(bytes, offset, size, c);
    return {c < 0 ? Is::between : kind_of(c), at + static_cast<std::size_t>(offset)};
  }

  void add(std::string word, std::size_t at, std::size_t end) {
    if (!word.empty()) found_.push_back({std::move(word), at, end - at});
  }
  void add_dense(std::string word, std::size_t at, std::size_t end, bool is_tail = false) {
    if (!word.empty()) found_.push_back({std::move(word), at, end - at, is_tail, true});
  }

  // Of a language that is a letter and these: C#, C++.
  std::string_view sign_at(std::size_t at) const {
    for (const std::string_view sign : {"#", "++"}) {
      const auto end = at + sign.size();
      if (text_.substr(at, sign.size()) != sign) continue;
      if (end == text_.size()) return sign;
      const char next = text_[end];
      const bool goes_on = next == '+' || next == '#' || next == '_' ||
                           (look(end).first != Is::between && !(next >= '0' && next <= '9'));
      if (!goes_on) return sign;
    }
    return {};
  }

  void read_word() {
    const auto begin = at_;
    auto end = at_;
    while (end < text_.size() && is_plain_letter(static_cast<unsigned char>(text_[end]))) ++end;
    const auto plain = end;
    while (end < text_.size()) {
      const auto [kind, next] = look(end);
      if (kind != Is::letter && kind != Is::goes_on) break;
      end = next;
    }
    const auto piece = text_.substr(begin, end - begin);
    // Nearly all are plain: these need no tables.
    auto word = end == plain ? ascii_lower(piece.substr(0, max_term_octets)) : word_of(piece);
    if (word.size() == 1 && word[0] >= 'a') {
      const auto sign = sign_at(end);
      if (!sign.empty()) word += sign == "#" ? "sharp" : "plusplus";
      end += sign.size();
    }
    at_ = end;
    add(std::move(word), begin, end);
  }

  // One letter with its marks.
  std::size_t end_of_letter(std::size_t at) const {
    auto end = look(at).second;
    while (end < text_.size()) {
      const auto [kind, next] = look(end);
      if (kind != Is::goes_on) break;
      end = next;
    }
    return end;
  }

  void read_run() {
    auto begin = at_;
    std::string before;
    std::size_t letters = 0;
    while (at_ < text_.size() && look(at_).first == Is::dense && found_.size() < most_) {
      const auto end = end_of_letter(at_);
      auto letter = word_of(text_.substr(at_, end - at_));
      if (!before.empty()) add_dense(word_of(before + letter), begin, end);
      begin = at_;
      before = std::move(letter);
      at_ = end;
      ++letters;
    }
    add_dense(std::move(before), begin, at_, letters > 1);
  }

  std::string_view text_;
  std::size_t most_;
  std::size_t at_ = 0;
  std::vector<Term> found_;
};

}  // namespace

std::vector<Term> terms(std::string_view text, std::size_t most) {
  return Reader(text, most).read();
}

}  // namespace hearback::mail
