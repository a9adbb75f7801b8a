#pragma once
// HTML as a stream of tokens, by the tokenizer of the HTML standard (section 13.2.5) as far as
// mail needs it: no error stops it, no tree is built, each octet is looked at a fixed number of
// times. Whatever a browser would swallow (a tag that never ends), it swallows too, so that what
// is read is what the page shows.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hearback::mail {

struct HtmlToken {
  enum class Kind : std::uint8_t { text, start, end };
  Kind kind = Kind::text;
  std::string_view text;    // of a text: as written
  bool references = false;  // of a text: character references are to be resolved
  std::string name;         // of a tag: lower case, cut at 32 octets
  // Attributes that somebody asks for, as written; the first of each name counts.
  std::string_view style, source, width, height;
  bool self_closing = false;
};

class HtmlTokens {
 public:
  explicit HtmlTokens(std::string_view html) : html_(html) {}

  // False at the end. Comments, processing instructions and the contents of scripts, styles and
  // what else is no text of the document (title, iframe …) are left out.
  bool next(HtmlToken& token);

 private:
  bool raw_text(HtmlToken& token);
  bool markup(HtmlToken& token);
  bool tag(HtmlToken& token, std::size_t name_at);
  bool attributes(HtmlToken& token);
  void skip_behind(std::string_view what, std::size_t from);
  void comment();

  std::string_view html_;
  std::size_t at_ = 0;
  std::string raw_;  // the element whose raw text comes next
};

// The character reference at the start of `text`, which begins with '&': appends what it stands
// for and returns the octets that it takes; 0: there is none.
std::size_t resolve_reference(std::string_view text, std::string& out);
// `text` with all its references resolved.
std::string resolve_references(std::string_view text);
// Likewise of an attribute's value, where "&copy=2" is none (HTML standard, section 13.2.5.73).
std::string resolve_attribute(std::string_view value);

}  // namespace hearback::mail
