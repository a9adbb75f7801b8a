#include "mail/folded.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "base/text.hpp"

namespace hearback::mail {
namespace {

struct Letter {
  UChar32 from;
  const char16_t* to;
};
// Latin letters whose stroke or second half is no mark, as they are typed where keyboards lack
// them.
constexpr Letter kLetters[] = {{U'æ', u"ae"}, {U'đ', u"d"}, {U'ð', u"d"},  {U'ħ', u"h"},
                               {U'ı', u"i"},  {U'ł', u"l"}, {U'œ', u"oe"}, {U'ø', u"o"},
                               {U'ŧ', u"t"},  {U'þ', u"th"}};

// Of a letter's marks that many count: normalizing sorts them one by one, and no writing has more
// (UAX 15, stream-safe text format).
constexpr int kMarks = 30;

// Half-width kana carry these two as letters; they fold into marks all the same.
constexpr UChar32 kHalfVoiced = 0xFF9E, kHalfSemivoiced = 0xFF9F;

icu::UnicodeString with_few_marks(const icu::UnicodeString& text) {
  icu::UnicodeString few;
  int marks = 0;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const auto c = text.char32At(i);
    // Folding drops these, so marks on both sides of one stand beside each other.
    if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) continue;
    const bool is_mark =
        (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0 || c == kHalfVoiced || c == kHalfSemivoiced;
    marks = is_mark ? marks + 1 : 0;
    if (marks <= kMarks) few.append(c);
  }
  return few;
}

icu::UnicodeString without_marks(const icu::UnicodeString& text) {
  icu::UnicodeString bare;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const auto c = text.char32At(i);
    if (u_getCombiningClass(c) != 0) continue;  // a mark on the letter before
    const auto* letter = std::ranges::find(kLetters, c, &Letter::from);
    if (letter == std::end(kLetters))
      bare.append(c);
    else
      bare.append(letter->to);
  }
  return bare;
}

// `text` in the one form of all that mean the same.
std::string folded_by_tables(std::string_view text) {
  UErrorCode failed = U_ZERO_ERROR;
  const auto* fold = icu::Normalizer2::getNFKCCasefoldInstance(failed);
  const auto* apart = icu::Normalizer2::getNFDInstance(failed);
  const auto* together = icu::Normalizer2::getNFCInstance(failed);
  if (U_FAILURE(failed)) return ascii_lower(text);
  auto key = fold->normalize(with_few_marks(icu::UnicodeString::fromUTF8(text)), failed);
  key = together->normalize(without_marks(apart->normalize(key, failed)), failed);
  if (U_FAILURE(failed)) return ascii_lower(text);
  std::string utf8;
  return key.toUTF8String(utf8);
}

}  // namespace

std::string folded(std::string_view text) {
  const bool plain = std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; });
  return plain ? ascii_lower(text) : folded_by_tables(text);
}

}  // namespace hearback::mail
