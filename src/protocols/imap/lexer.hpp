#pragma once
// The words of one whole IMAP response (RFC 9051 section 4), read in place. It never fails on
// odd bytes; what can't be read is reported by the call that met it, and the caller skips the
// response: ReceiveBuffer knows where the next one begins.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hearback::protocols::imap {

// A string as it lies in the buffer.
struct Text {
  std::string_view bytes;
  bool nil = false;
  bool escaped = false;    // a quoted string with backslashes: copy() resolves them
  bool too_large = false;  // its octets were dropped on arrival

  std::string copy() const;
  // Without escapes; the copy that those need is kept in `scratch`.
  std::string_view in(std::string& scratch) const {
    if (!escaped) return bytes;
    scratch = copy();
    return scratch;
  }
};

class Lexer {
 public:
  explicit Lexer(std::string_view response, std::size_t nesting = 100)
      : rest_(response), nesting_(nesting) {}

  bool at_end() const { return rest_.empty() || rest_[0] == '\r' || rest_[0] == '\n'; }
  char peek() const { return rest_.empty() ? '\0' : rest_[0]; }
  bool take(char c) {
    if (peek() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_spaces() {
    while (!rest_.empty() && rest_[0] == ' ') rest_.remove_prefix(1);
  }
  std::string_view rest() const { return rest_; }

  // Up to a space, a parenthesis or the end; may be empty. Brackets and 8-bit bytes belong to it.
  std::string_view atom();
  // Like atom, but a bracketed section stays whole: BODY[HEADER.FIELDS (FROM TO)]<0>.
  std::string_view item_name();
  std::optional<std::uint64_t> number();
  // Quoted, literal, literal8, NIL or an atom; nullopt: a list, nothing, or not terminated.
  std::optional<Text> string();
  // Any value, lists included. False: not terminated, or nested too deeply.
  bool skip_value();

 private:
  std::optional<Text> quoted();
  std::optional<Text> literal();

  std::string_view rest_;
  std::size_t nesting_;
};

}  // namespace hearback::protocols::imap
