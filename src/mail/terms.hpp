#pragma once
// The words of a text as they are searched for: folded (mail/folded.hpp), letters and digits alone.
// Who searches and what is searched pass here both, so that each finds the other. Of scripts that
// put no spaces between words (Chinese, Japanese, Thai, …) every two neighbors are a word, and the
// last letter of a run is one by itself. C# and C++, F# and the like are words of their own,
// written out: csharp, cplusplus. Time is linear in the text.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hearback::mail {

struct Term {
  std::string text;  // of UTF-8 letters and digits, at most max_term_octets; what is longer is cut
  std::size_t at = 0, octets = 0;  // where it stands in the text
  bool is_tail = false;            // the last letter of a run of such a script, after its pairs
  bool is_dense = false;           // of such a script
  bool operator==(const Term&) const = default;
};

inline constexpr std::size_t max_term_octets = 48;

// The first `most` of them. What is no UTF-8 stands between words.
std::vector<Term> terms(std::string_view text, std::size_t most = SIZE_MAX);

}  // namespace hearback::mail
