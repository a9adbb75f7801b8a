#include "protocols/imap/lexer.hpp"

#include <array>
#include <cstdint>

#include "base/text.hpp"

namespace hearback::protocols::imap {
namespace {

bool ends_atom(char c) { return c == ' ' || c == '(' || c == ')' || c == '\r' || c == '\n'; }

// What means something in the section of a name, which is the longest of it: the fields that were
// asked for.
constexpr std::array<bool, 256> section_marks() {
  std::array<bool, 256> out{};
  for (char c : {']', '"', '\r', '\n'}) out[std::uint8_t(c)] = true;
  return out;
}
constexpr auto marks_section = section_marks();

}  // namespace

std::string Text::copy() const {
  if (!escaped) return std::string(bytes);
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\\' && i + 1 < bytes.size()) ++i;
    out += bytes[i];
  }
  return out;
}

std::string_view Lexer::atom() {
  std::size_t end = 0;
  while (end < rest_.size() && !ends_atom(rest_[end])) ++end;
  auto word = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return word;
}

std::string_view Lexer::item_name() {
  std::size_t end = 0;
  bool section = false, quote = false;
  for (; end < rest_.size(); ++end) {
    char c = rest_[end];
    if (c == '\r' || c == '\n') break;
    if (quote) {
      if (c == '\\' && end + 1 < rest_.size())
        ++end;
      else if (c == '"')
        quote = false;
    } else if (section) {
      while (!marks_section[std::uint8_t(c)] && end + 1 < rest_.size()) c = rest_[++end];
      if (c == '\r' || c == '\n') break;
      if (c == '"') quote = true;
      if (c == ']') section = false;
    } else if (c == '[') {
      section = true;
    } else if (ends_atom(c) || c == '"' || c == '{' || c == '~') {
      break;  // some servers leave out the space before the value
    }
  }
  auto name = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return name;
}

std::optional<std::uint64_t> Lexer::number() {
  std::size_t end = 0;
  std::uint64_t value = 0;
  for (; end < rest_.size() && rest_[end] >= '0' && rest_[end] <= '9'; ++end) {
    auto digit = static_cast<std::uint64_t>(rest_[end] - '0');
    if (value > (UINT64_MAX - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  if (end == 0) return std::nullopt;
  rest_.remove_prefix(end);
  return value;
}

std::optional<Text> Lexer::quoted() {
  Text text;
  for (std::size_t i = 1; i < rest_.size(); ++i) {
    char c = rest_[i];
    if (c == '\r' || c == '\n') return std::nullopt;
    if (c == '\\' && i + 1 < rest_.size()) {
      text.escaped = true;
      ++i;
    } else if (c == '"') {
      text.bytes = rest_.substr(1, i - 1);
      rest_.remove_prefix(i + 1);
      return text;
    }
  }
  return std::nullopt;
}

std::optional<Text> Lexer::literal() {
  auto from = rest_.substr(rest_[0] == '~' ? 2 : 1);
  auto line_end = from.find('\n');
  if (line_end == std::string_view::npos) return std::nullopt;
  auto octets = from.substr(0, line_end);
  from.remove_prefix(line_end + 1);
  if (octets.ends_with('\r')) octets.remove_suffix(1);
  if (!octets.ends_with('}')) return std::nullopt;
  octets.remove_suffix(1);
  Text text;
  if (octets.starts_with('-')) {
    text.too_large = true;
    rest_ = from;
    return text;
  }
  if (octets.ends_with('+') || octets.ends_with('-')) octets.remove_suffix(1);
  auto size = to_number(octets);
  if (!size || *size > from.size()) return std::nullopt;
  text.bytes = from.substr(0, *size);
  from.remove_prefix(*size);
  rest_ = from;
  return text;
}

std::optional<Text> Lexer::string() {
  char c = peek();
  if (c == '"') return quoted();
  if (c == '{' || (c == '~' && rest_.size() > 1 && rest_[1] == '{')) return literal();
  auto word = atom();
  if (word.empty()) return std::nullopt;
  Text text;
  if (ascii_equal(word, "NIL"))
    text.nil = true;
  else
    text.bytes = word;
  return text;
}

bool Lexer::skip_value() {
  std::size_t depth = 0;
  do {
    skip_spaces();
    if (at_end()) return false;
    if (take('(')) {
      if (++depth > nesting_) return false;
    } else if (peek() == ')') {
      if (depth == 0) return true;  // a value left out: the parenthesis is the enclosing list's
      take(')');
      --depth;
    } else if (peek() == '"' || peek() == '{' || peek() == '~') {
      // A tilde may also begin an atom.
      auto before = rest_.size();
      if (!string() || rest_.size() == before) return false;
    } else if (item_name().empty() && atom().empty()) {
      return false;
    }
  } while (depth > 0);
  return true;
}

}  // namespace hearback::protocols::imap
