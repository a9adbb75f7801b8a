#pragma once
// A name, an address or a title as it is looked for: without regard to upper and lower case,
// accents, and other ways to write the same (Unicode's NFKC_Casefold, UAX 31 section 5, and without
// the marks). What is no UTF-8 stands for itself as U+FFFD.
#include <string>
#include <string_view>

namespace hearback::mail {

std::string folded(std::string_view text);

}  // namespace hearback::mail
