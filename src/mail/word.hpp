#pragma once
// Finding encoded words (RFC 2047 section 2) in a line, in linear time.
#include <cstddef>
#include <string>
#include <string_view>

namespace hearback::mail {

struct EncodedWord {
  std::string_view charset, text;
  bool base64 = false;
  std::size_t end = 0;  // just behind the closing "?="
};

// Asked for positions in ascending order, answers from what it has seen already.
class NextFinder {
 public:
  NextFinder(std::string_view text, std::string_view what, bool any_of)
      : text_(text), what_(what), any_of_(any_of) {}

  std::size_t from(std::size_t i) {
    if (!known_ || found_ < i) {
      found_ = any_of_ ? text_.find_first_of(what_, i) : text_.find(what_, i);
      known_ = true;
    }
    return found_;
  }

 private:
  std::string_view text_, what_;
  std::size_t found_ = 0;
  bool any_of_;
  bool known_ = false;
};

class WordScanner {
 public:
  // `spaces`: raw spaces inside a word are tolerated, as some senders write them.
  WordScanner(std::string_view text, bool spaces)
      : text_(text),
        close_(text, "?=", false),
        open_(text, "=?", false),
        space_(text, " \t\r\n", true),
        spaces_(spaces) {}

  // Is there an encoded word at `i`? Positions must ascend.
  bool at(std::size_t i, EncodedWord& word);

 private:
  std::string_view text_;
  NextFinder close_, open_, space_;
  bool spaces_;
};

bool is_plain_line(std::string_view text);  // printable ASCII only
// The controls of Latin-1 stand for what their octets are in Windows-1252 ("–"), which is what
// their senders meant; Unicode's line separators become spaces. ASCII controls stay.
std::string mend_controls(std::string text);
// Valid UTF-8 on one line: tabs and line ends become spaces, other controls go or are mended.
std::string clean_line(std::string text);
// Whether `text` can't stand in a header field as it is.
bool needs_encoding(std::string_view text);
// encode_words() for text that must not stand as it is.
std::string encode_all(std::string_view text, std::size_t column);

}  // namespace hearback::mail
