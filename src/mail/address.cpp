#include "mail/address.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"
#include "mail/charset.hpp"
#include "mail/header.hpp"
#include "mail/spec.hpp"
#include "mail/word.hpp"

namespace hearback::mail {
namespace {

enum class Token : std::uint8_t { atom, quoted, comment, literal, at, dot, open, close, other };

struct Lexeme {
  Token kind;
  bool space;  // white space before it
  std::uint32_t begin, end;
};

enum CharClass : std::uint8_t { ordinary, blank, special };

constexpr std::array<std::uint8_t, 256> char_classes() {
  std::array<std::uint8_t, 256> out{};
  for (char c : {' ', '\t', '\r', '\n'}) out[std::uint8_t(c)] = blank;
  for (char c : {'(', ')', '<', '>', '[', ':', ';', '@', ',', '.', '"'})
    out[std::uint8_t(c)] = special;
  return out;
}
constexpr auto char_class = char_classes();

// What plain addresses are made of; no '=' and '?', which might make an encoded word.
constexpr std::array<bool, 256> plain_characters() {
  std::array<bool, 256> out{};
  for (char c = 'a'; c <= 'z'; ++c) out[std::uint8_t(c)] = out[std::uint8_t(c - 32)] = true;
  for (char c = '0'; c <= '9'; ++c) out[std::uint8_t(c)] = true;
  for (char c : {'-', '_', '+', '.', '@'}) out[std::uint8_t(c)] = true;
  return out;
}
constexpr auto plain_character = plain_characters();
bool is_plain(char c) { return plain_character[std::uint8_t(c)]; }

// The normal form of an address of such characters where it is beyond doubt; else false, and the
// whole grammar must decide.
bool plain_normal_form(std::string_view spec, std::string& normal) {
  constexpr std::size_t longest = 120;
  if (spec.size() > longest || spec.empty()) return false;
  normal.resize(spec.size());
  std::size_t at = spec.size(), label = 0;
  for (std::size_t i = 0; i < spec.size(); ++i) {
    char c = spec[i];
    if (!is_plain(c)) return false;
    if (c == '.' || c == '@') {
      if (label == 0 || label > 63) return false;
      if (c == '@') {
        if (at != spec.size()) return false;
        at = i;
      }
      label = 0;
    } else {
      ++label;
      if (at != spec.size()) {  // in the domain: no hyphens in a row, as A-labels have them
        if (c == '+') return false;
        if (c == '-' &&
            (label == 1 || i + 1 == spec.size() || spec[i + 1] == '.' || spec[i + 1] == '-'))
          return false;
      }
    }
    normal[i] = c >= 'A' && c <= 'Z' ? char(c + 32) : c;
  }
  return label > 0 && label <= 63 && at != spec.size();
}

std::string unescape(std::string_view quoted) {
  std::string out;
  out.reserve(quoted.size());
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] == '\\' && i + 1 < quoted.size()) ++i;
    if (quoted[i] != '\r' && quoted[i] != '\n') out += quoted[i];
  }
  return out;
}

// Reads a list of addresses in one pass. Each element's lexemes are gathered up to its comma and
// judged then; there is no way back, so the time is linear.
class ListReader {
 public:
  ListReader(std::string_view text, std::size_t max, std::string_view charset = {})
      : text_(text), words_(text, false), max_(max), charset_(charset) {
    lexemes_.reserve(16);  // few addresses take more
  }

  std::vector<Address> read() {
    while (at_ < text_.size() && out_.size() < max_) step();
    if (out_.size() < max_) finish();
    return std::move(out_);
  }

  // For a lone addr-spec: nothing but words, one address, no brackets.
  bool bare() const { return bare_; }

 private:
  void step() {
    char c = text_[at_];
    switch (char_class[std::uint8_t(c)]) {
      case blank:
        space_ = true;
        ++at_;
        return;
      case ordinary: return atom();
      default: break;
    }
    switch (c) {
      case '(': return comment();
      case '"': return quoted();
      case '[':
        if (!lexemes_.empty() && lexemes_.back().kind == Token::at) return literal();
        return atom();
      case '@': return put(Token::at, at_ + 1);
      case '.': return put(Token::dot, at_ + 1);
      case '<': return open_angle();
      case '>':
        if (open_ < 0 || close_ >= 0) bad_ = true;
        if (close_ < 0) close_ = int(lexemes_.size());
        return put(Token::close, at_ + 1);
      case ',': return comma();
      case ':': return colon();
      case ';':
        ++at_;
        in_group_ = bare_ = false;
        finish();
        names_ = 0;
        return;
      default:  // a stray ')'
        bad_ = true;
        return put(Token::other, at_ + 1);
    }
  }

  void put(Token kind, std::size_t end) {
    lexemes_.push_back({kind, space_, std::uint32_t(at_), std::uint32_t(end)});
    if (kind == Token::at) has_at_ = true;
    space_ = false;
    at_ = end;
  }

  void open_angle() {
    if (open_ >= 0) {
      bad_ = true;
      return put(Token::open, at_ + 1);
    }
    open_ = int(lexemes_.size());
    // Nearly all addresses are plain: they are read here at once.
    std::size_t end = at_ + 1;
    while (end < text_.size() && is_plain(text_[end])) ++end;
    auto inside = text_.substr(at_ + 1, end - at_ - 1);
    bool plain = end < text_.size() && text_[end] == '>' && plain_normal_form(inside, normal_);
    put(Token::open, at_ + 1);
    if (!plain) return;
    spec_ = inside;
    at_ = end;
    close_ = int(lexemes_.size());
    put(Token::close, at_ + 1);
  }

  bool inside_angle() const { return open_ >= 0 && close_ < 0; }

  void atom() {
    EncodedWord word;
    std::size_t end = at_;
    while (end < text_.size()) {
      if (text_[end] == '=' && !inside_angle() && words_.at(end, word)) {
        end = word.end;  // some senders leave specials inside as they are
        continue;
      }
      if (char_class[std::uint8_t(text_[end])] != ordinary && (text_[end] != '[' || end > at_))
        break;
      ++end;
    }
    put(Token::atom, end);
  }

  void comment() {
    int depth = 0;
    std::size_t i = at_;
    for (; i < text_.size(); ++i) {
      char c = text_[i];
      if (c == '\\')
        ++i;
      else if (c == '(')
        ++depth;
      else if (c == ')' && --depth == 0)
        break;
    }
    if (i >= text_.size()) bad_ = true;
    put(Token::comment, std::min(i + 1, text_.size()));
  }

  void quoted() {
    std::size_t i = at_ + 1;
    for (; i < text_.size() && text_[i] != '"'; ++i)
      if (text_[i] == '\\') ++i;
    if (i >= text_.size()) bad_ = true;
    put(Token::quoted, std::min(i + 1, text_.size()));
  }

  void literal() {
    auto end = text_.find_first_of("],;<> \t\r\n\"@", at_ + 1);
    if (end == text_.npos || text_[end] != ']') {
      bad_ = true;
      return put(Token::other, at_ + 1);
    }
    put(Token::literal, end + 1);
  }

  // Is a source route (RFC 5322 section 4.4) being read?
  bool in_route() const {
    return inside_angle() && std::size_t(open_) + 1 < lexemes_.size() &&
           lexemes_[std::size_t(open_) + 1].kind == Token::at && route_end_ < 0;
  }

  void comma() {
    if (in_route()) return put(Token::other, at_ + 1);
    ++at_;
    bare_ = false;
    finish();
  }

  void colon() {
    if (in_route()) {
      route_end_ = int(lexemes_.size());
      return put(Token::other, at_ + 1);
    }
    bool may_name = !in_group_ && !has_at_ && open_ < 0 && !bad_;
    bool named = false;
    if (may_name)
      for (auto& lexeme : lexemes_) named = named || lexeme.kind != Token::comment;
    if (named) {
      in_group_ = true;
      bare_ = false;
      names_ = 0;
      ++at_;
      return reset();
    }
    bad_ = true;
    put(Token::other, at_ + 1);
  }

  void reset() {
    lexemes_.clear();
    open_ = close_ = route_end_ = -1;
    bad_ = has_at_ = space_ = false;
    spec_ = {};
  }

  void finish() {
    if (!lexemes_.empty()) element();
    reset();
  }

  void element() {
    Address address;
    std::size_t count = lexemes_.size();
    if (open_ < 0) {
      if (!has_at_) {
        address.name = phrase(0, count, false);
        if (address.name.empty()) return;
        names_ = is_unquoted(count) ? names_ + 1 : 0;
        out_.push_back(std::move(address));
        return;
      }
      auto whole = text_.substr(lexemes_[0].begin, lexemes_[count - 1].end - lexemes_[0].begin);
      if (!bad_ && plain_normal_form(whole, normal_)) {
        address.spec = whole;
        address.normal = std::move(normal_);
      } else {
        spec(0, count, address);
        if (!bad_) address.name = phrase(0, count, true);
      }
    } else {
      bare_ = false;
      std::size_t open = std::size_t(open_);
      std::size_t close = close_ < open_ ? count : std::size_t(close_);
      if (close == count) bad_ = true;
      for (std::size_t i = close + 1; i < count; ++i)
        if (lexemes_[i].kind != Token::comment) bad_ = true;
      address.name = phrase(0, open, false);
      if (address.name.empty()) address.name = phrase(0, count, true);
      std::size_t first = route_end_ >= 0 ? std::size_t(route_end_) : open;
      if (!route_is_sound(open)) bad_ = true;
      if (!spec_.empty()) {
        address.spec = spec_;
        address.normal = std::move(normal_);
      } else if (first + 1 < close) {
        spec(first + 1, close, address);
      }
    }
    if (bad_) address.normal.clear();
    if (address.spec.empty() && address.name.empty()) return;
    if (names_ && open_ > 0 && !address.spec.empty() && is_unquoted(std::size_t(open_)))
      take_names(address);
    names_ = 0;
    out_.push_back(std::move(address));
  }

  // Are the first lexemes words as they are, such as a comma might part?
  bool is_unquoted(std::size_t count) const {
    return std::none_of(lexemes_.begin(), lexemes_.begin() + std::ptrdiff_t(count), [](auto& l) {
      return l.kind == Token::quoted || l.kind == Token::comment;
    });
  }

  // "Doe, Jane <…>": the words before the comma are no person of their own.
  void take_names(Address& address) {
    std::string name;
    for (std::size_t i = out_.size() - names_; i < out_.size(); ++i) name += out_[i].name + ", ";
    address.name = name + address.name;
    out_.resize(out_.size() - names_);
  }

  // "@one,@two:" before the address: obsolete, to be accepted and ignored.
  bool route_is_sound(std::size_t open) const {
    if (route_end_ < 0) return true;
    for (std::size_t i = open + 1; i < std::size_t(route_end_); ++i) {
      auto kind = lexemes_[i].kind;
      if (kind != Token::at && kind != Token::atom && kind != Token::dot &&
          kind != Token::comment && kind != Token::literal && text_[lexemes_[i].begin] != ',')
        return false;
    }
    return true;
  }

  std::string_view text_of(const Lexeme& lexeme) const {
    return text_.substr(lexeme.begin, lexeme.end - lexeme.begin);
  }
  // What stands between the quotes or parentheses.
  std::string_view inner(const Lexeme& lexeme) const {
    auto text = text_of(lexeme).substr(1);
    if (!text.empty() && (text.back() == '"' || text.back() == ')')) text.remove_suffix(1);
    return text;
  }

  // A display name from the words in [first, last), or, with `comments`, from the last comment.
  std::string phrase(std::size_t first, std::size_t last, bool comments) {
    std::string raw;
    if (first < last) raw.reserve(lexemes_[last - 1].end - lexemes_[first].begin);
    for (std::size_t i = first; i < last; ++i) {
      auto& lexeme = lexemes_[i];
      if ((lexeme.kind == Token::comment) != comments) continue;
      if (comments) raw.clear();
      if (!raw.empty() && (lexeme.space || lexemes_[i - 1].kind == Token::comment)) raw += ' ';
      if (lexeme.kind != Token::quoted && lexeme.kind != Token::comment) {
        raw += text_of(lexeme);
      } else if (auto text = inner(lexeme); text.find_first_of("\\\r\n") == text.npos) {
        raw += text;
      } else {
        raw += unescape(text);
      }
    }
    if (!is_plain_line(raw) || raw.find("=?") != raw.npos) raw = decode_words(raw, charset_);
    auto trimmed = trim(raw);
    return trimmed.size() == raw.size() ? std::move(raw) : std::string(trimmed);
  }

  // local@domain from the lexemes in [first, last); sets bad_ where they don't make one.
  void spec(std::size_t first, std::size_t last, Address& address) {
    local_.clear();
    domain_.clear();
    bool at = false, was_quoted = false, joined = true;
    const Lexeme* before = nullptr;
    for (std::size_t i = first; i < last; ++i) {
      auto& lexeme = lexemes_[i];
      if (lexeme.kind == Token::comment) continue;
      // Space is tolerated around the at sign only: beside a dot it is more likely prose.
      if (lexeme.space && before && before->kind != Token::at && lexeme.kind != Token::at) {
        bad_ = true;
        address.spec += ' ';
      }
      address.spec += text_of(lexeme);
      bool word = lexeme.kind == Token::atom || lexeme.kind == Token::quoted ||
                  lexeme.kind == Token::literal;
      if (word && !joined) bad_ = true;
      joined = !word;
      if (lexeme.kind == Token::at) {
        if (at || !before) bad_ = true;
        at = true;
      } else if (lexeme.kind == Token::quoted) {
        if (at) bad_ = true;
        was_quoted = true;
        auto text = inner(lexeme);
        if (text.find_first_of("\\\r\n") == text.npos)
          local_ += text;
        else
          local_ += unescape(text);
      } else if (word || lexeme.kind == Token::dot) {
        (at ? domain_ : local_) += text_of(lexeme);
      } else {
        bad_ = true;
      }
      before = &lexeme;
    }
    if (!is_plain_line(address.spec)) {
      std::erase_if(address.spec, [](char c) { return c == '\r' || c == '\n'; });  // folding
      address.spec = clean_line(to_utf8(address.spec, charset_));
    }
    if (!at || bad_) return;
    if (auto normal = normal_parts(local_, was_quoted, domain_))
      address.normal = normal->local + '@' + normal->domain;
  }

  std::string_view text_;
  WordScanner words_;
  std::size_t max_;
  std::string_view charset_;
  std::size_t at_ = 0;
  std::size_t names_ = 0;  // how many of the last in out_ are nothing but words before a comma
  std::vector<Lexeme> lexemes_;
  std::vector<Address> out_;
  std::string local_, domain_, normal_;
  std::string_view spec_;  // what the angle brackets hold, where it was read at once
  int open_ = -1, close_ = -1, route_end_ = -1;
  bool space_ = false, bad_ = false, has_at_ = false, in_group_ = false, bare_ = true;
};

bool is_simple_local(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '+';
}

}  // namespace

std::vector<Address> parse_addresses(std::string_view field_body, std::size_t most,
                                     std::string_view charset) {
  return ListReader(trim(field_body), most, charset).read();
}

std::optional<std::string> normal_form(std::string_view spec) {
  ListReader reader(trim(spec), 2);
  auto found = reader.read();
  if (found.size() != 1 || !reader.bare() || found[0].normal.empty()) return std::nullopt;
  return std::move(found[0].normal);
}

std::optional<std::string> kept_form(std::string_view spec) {
  if (!all_visible(spec)) return std::nullopt;
  return normal_form(spec);
}

std::string_view domain_of(std::string_view normal) {
  auto at = normal.rfind('@');
  return at == normal.npos ? std::string_view() : normal.substr(at + 1);
}

std::optional<SpecParts> sendable_parts(std::string_view spec) {
  auto normal = normal_form(spec);
  if (!normal) return std::nullopt;
  auto domain = domain_of(*normal);
  std::string_view local = std::string_view(*normal).substr(0, normal->size() - domain.size() - 1);
  std::string_view written = trim(spec.substr(0, spec.rfind('@')));
  if (ascii_equal(written, local)) local = written;  // the case as it was written
  return SpecParts{std::string(local), std::string(domain)};
}

namespace {

std::string format_name(std::string_view name, std::size_t column) {
  constexpr std::size_t longest_quoted = 60;
  if (needs_encoding(name) || name.size() > longest_quoted) return encode_all(name, column);
  bool atoms = true;
  for (char c : name) atoms = atoms && (is_simple_local(c) || c == ' ');
  if (atoms) return std::string(name);
  std::string out = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

std::string format_address(const Address& address, std::size_t column) {
  auto parts = sendable_parts(address.spec);
  std::string spec = parts ? parts->local + '@' + parts->domain : "";
  if (address.name.empty()) return spec;
  std::string out = format_name(clean_line(address.name), column);
  if (spec.empty()) return out;
  auto line = out.rfind('\n');
  std::size_t used = line == out.npos ? column + out.size() : out.size() - line - 1;
  out += used + spec.size() + 3 > 78 && used > 1 ? "\r\n <" : " <";
  return out + spec + '>';
}

std::string format_address(const Address& address) { return format_address(address, 0); }

}  // namespace hearback::mail
