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
  auto key = fold->normalize(icu::UnicodeString::fromUTF8(text), failed);
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
