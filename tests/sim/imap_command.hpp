#pragma once
// Reads one IMAP command as the server sees it: atoms, strings, literals in place.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hearback::sim {

std::string ascii_upper(std::string_view text);

// "{12}" or "{12+}" at the end of a line: its size, and whether it is non-synchronizing.
std::optional<std::pair<std::size_t, bool>> literal_at_end(std::string_view line);

class CommandReader {
 public:
  explicit CommandReader(std::string_view text) : text_(text) {}

  bool end() const { return at_ == text_.size(); }
  char peek() const { return end() ? '\0' : text_[at_]; }
  bool space();                                // exactly one
  std::optional<std::string> atom();           // up to a space or ( ) [ ] { "
  std::optional<std::string> fetch_atom();     // letters, digits and dots
  std::optional<std::string> string();         // astring: atom, quoted or literal
  std::optional<std::string> list_pattern();   // a string, or an atom with * and %
  std::optional<std::string> parenthesized();  // what is inside a balanced ( )
  std::optional<std::string> section();        // what is inside [ ]
  std::optional<std::pair<std::size_t, std::size_t>> partial();  // <first.count>
  std::string rest();

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace hearback::sim
