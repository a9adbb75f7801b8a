#include "sim/imap_command.hpp"

#include "base/text.hpp"

namespace hearback::sim {

std::string ascii_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::optional<std::pair<std::size_t, bool>> literal_at_end(std::string_view line) {
  if (line.empty() || line.back() != '}') return std::nullopt;
  auto open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  auto number = line.substr(open + 1, line.size() - open - 2);
  bool plus = !number.empty() && number.back() == '+';
  if (plus) number.remove_suffix(1);
  auto size = to_number(number);
  if (!size || *size > (1u << 30)) return std::nullopt;
  return std::pair{static_cast<std::size_t>(*size), plus};
}

bool CommandReader::space() {
  if (peek() != ' ') return false;
  ++at_;
  return true;
}

std::optional<std::string> CommandReader::atom() {
  auto start = at_;
  while (!end() && std::string_view(" ()[]{\"").find(text_[at_]) == std::string_view::npos) ++at_;
  if (at_ == start) return std::nullopt;
  return std::string(text_.substr(start, at_ - start));
}

std::optional<std::string> CommandReader::fetch_atom() {
  auto start = at_;
  while (!end() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '.'))
    ++at_;
  if (at_ == start) return std::nullopt;
  return std::string(text_.substr(start, at_ - start));
}

std::optional<std::string> CommandReader::string() {
  if (peek() == '"') {
    std::string out;
    for (++at_; !end() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\r' || text_[at_] == '\n') return std::nullopt;
      if (text_[at_] == '\\' && ++at_ == text_.size()) return std::nullopt;
      out += text_[at_];
    }
    if (end()) return std::nullopt;
    ++at_;
    return out;
  }
  if (peek() == '{') {
    auto eol = text_.find("\r\n", at_);
    if (eol == std::string_view::npos) return std::nullopt;
    auto size = literal_at_end(text_.substr(at_, eol - at_));
    if (!size || text_.size() < eol + 2 + size->first) return std::nullopt;
    at_ = eol + 2 + size->first;
    return std::string(text_.substr(eol + 2, size->first));
  }
  return atom();
}

std::optional<std::string> CommandReader::list_pattern() { return string(); }

std::optional<std::string> CommandReader::parenthesized() {
  if (peek() != '(') return std::nullopt;
  auto start = ++at_;
  int depth = 1;
  bool in_quotes = false;
  for (; !end(); ++at_) {
    char c = text_[at_];
    if (in_quotes && c == '\\') {
      ++at_;
    } else if (c == '"') {
      in_quotes = !in_quotes;
    } else if (!in_quotes && c == '(') {
      ++depth;
    } else if (!in_quotes && c == ')' && --depth == 0) {
      return std::string(text_.substr(start, at_++ - start));
    }
  }
  return std::nullopt;
}

std::optional<std::string> CommandReader::section() {
  if (peek() != '[') return std::nullopt;
  auto close = text_.find(']', at_);
  if (close == std::string_view::npos) return std::nullopt;
  auto inside = text_.substr(at_ + 1, close - at_ - 1);
  at_ = close + 1;
  return std::string(inside);
}

std::optional<std::pair<std::size_t, std::size_t>> CommandReader::partial() {
  if (peek() != '<') return std::nullopt;
  auto close = text_.find('>', at_);
  if (close == std::string_view::npos) return std::nullopt;
  auto inside = text_.substr(at_ + 1, close - at_ - 1);
  auto dot = inside.find('.');
  auto first = to_number(inside.substr(0, dot));
  auto count = dot == std::string_view::npos ? std::nullopt : to_number(inside.substr(dot + 1));
  if (!first || !count) return std::nullopt;
  at_ = close + 1;
  return std::pair{static_cast<std::size_t>(*first), static_cast<std::size_t>(*count)};
}

std::string CommandReader::rest() {
  auto out = std::string(text_.substr(at_));
  at_ = text_.size();
  return out;
}

}  // namespace hearback::sim
