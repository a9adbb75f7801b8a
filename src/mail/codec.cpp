#include "mail/codec.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"

namespace hearback::mail {
namespace {

constexpr std::array<std::int8_t, 256> base64_values() {
  std::array<std::int8_t, 256> value{};
  for (auto& v : value) v = -1;
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < letters.size(); ++i) value[std::uint8_t(letters[i])] = std::int8_t(i);
  return value;
}
constexpr auto base64_value = base64_values();

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// The octet that two hexadecimal digits at `i` stand for, or -1.
int hex_octet(std::string_view text, std::size_t i) {
  if (i + 2 > text.size()) return -1;
  int high = hex_value(text[i]), low = hex_value(text[i + 1]);
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

constexpr char hex_digits[] = "0123456789ABCDEF";

constexpr std::size_t max_blanks = 1000;  // that wait for the end of their line

constexpr std::array<bool, 256> quoted_printable_signs() {
  std::array<bool, 256> out{};
  for (char c : std::string_view("= \t\r\n")) out[std::uint8_t(c)] = true;
  return out;
}
constexpr auto is_sign = quoted_printable_signs();

// Decodes line by line, so that it can tell where another text begins.
class Base64Reader {
 public:
  explicit Base64Reader(std::string_view text) : rest_(text) { out_.reserve(text.size() / 4 * 3); }

  std::string read(bool* clean, std::string_view* rest) {
    bool is_clean = true;
    while (!rest_.empty()) {
      auto end = std::min(rest_.find('\n'), rest_.size() - 1) + 1;
      auto line = rest_.substr(0, end);
      if (letters_.padded() && !continues(line)) break;
      const Base64Letters before = letters_;
      const std::size_t octets = out_.size();
      std::size_t strange = letters_.put(line, out_);
      if (octets > 0 && before.between_groups() && strange * 8 > line.size()) {
        letters_ = before;
        out_.resize(octets);
        break;
      }
      if (strange) is_clean = false;
      rest_.remove_prefix(end);
    }
    if (!trim(rest_).empty() || letters_.lost_bits()) is_clean = false;
    if (clean) *clean = is_clean;
    if (rest) *rest = rest_;
    return std::move(out_);
  }

 private:
  // Behind padding: is this the start of another encoded text, or nothing?
  static bool continues(std::string_view line) {
    line = trim(line);
    return line.size() % 4 == 0 && std::all_of(line.begin(), line.end(), [](char c) {
             return c == '=' || base64_value[std::uint8_t(c)] >= 0;
           });
  }

  std::string_view rest_;
  std::string out_;
  Base64Letters letters_;
};

}  // namespace

std::size_t Base64Letters::put(std::string_view text, std::string& out) {
  std::size_t strange = 0;
  const std::size_t start = out.size();
  out.resize(start + text.size() / 4 * 3 + 3);
  char* to = out.data() + start;
  for (char c : text) {
    int v = base64_value[std::uint8_t(c)];
    if (v >= 0) {
      bits_ = bits_ << 6 | std::uint32_t(v);
      if ((have_ += 6) >= 8) {
        have_ -= 8;
        *to++ = char(bits_ >> have_);
      }
      padded_ = false;
    } else if (c == '=') {  // padding ends a group; another encoded text may follow
      if (has_bits_left()) lost_ = true;
      have_ = 0;
      bits_ = 0;
      padded_ = true;
    } else if (c != '\r' && c != '\n' && c != ' ' && c != '\t') {
      ++strange;
    }
  }
  out.resize(std::size_t(to - out.data()));
  return strange;
}

void QuotedPrintable::put(std::string_view text, std::string& out) {
  while (!text.empty()) {
    std::size_t plain = 0;
    if (!is_undecided())
      while (plain < text.size() && !is_sign[std::uint8_t(text[plain])]) ++plain;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return;
    put(text.front(), out);
    text.remove_prefix(1);
  }
}

void QuotedPrintable::put(char c, std::string& out) {
  if (c == '\n') return end_line(out);
  if (cr_) take_literally(out);  // one alone ends nothing
  if (c == '\r') {
    cr_ = true;
    return;
  }
  if (c == ' ' || c == '\t') {
    if (escape_ == 2 || blanks_.size() == max_blanks) take_literally(out);
    blanks_ += c;
    return;
  }
  if (escape_ > 0 && blanks_.empty() && hex_value(c) >= 0) {
    if (++escape_ == 2) {
      hex_ = c;
    } else {
      out += char(hex_value(hex_) << 4 | hex_value(c));
      escape_ = 0;
    }
    return;
  }
  take_literally(out);
  if (c == '=')
    escape_ = 1;
  else
    out += c;
}

void QuotedPrintable::take_literally(std::string& out) {
  if (escape_ > 0) out += '=';
  if (escape_ == 2) out += hex_;
  out += blanks_;
  if (cr_) out += '\r';
  *this = {};
}

void QuotedPrintable::end_line(std::string& out) {
  if (escape_ == 2) (out += '=') += hex_;
  if (escape_ != 1) out += cr_ ? "\r\n" : "\n";  // else it is a soft line break
  *this = {};
}

void QuotedPrintable::end(std::string& out) {
  if (cr_) return take_literally(out);
  if (escape_ == 2) (out += '=') += hex_;
  *this = {};
}

Decoder::Decoder(Coding coding) {
  if (coding == Coding::base64) way_ = Base64Letters();
  if (coding == Coding::quoted_printable) way_ = QuotedPrintable();
}

void Decoder::put(std::string_view piece, std::string& out) {
  if (auto* letters = std::get_if<Base64Letters>(&way_))
    letters->put(piece, out);
  else if (auto* lines = std::get_if<QuotedPrintable>(&way_))
    lines->put(piece, out);
  else
    out += piece;
}

void Decoder::end(std::string& out) {
  if (auto* lines = std::get_if<QuotedPrintable>(&way_)) lines->end(out);
}

std::string decode_base64(std::string_view text, bool* clean, std::string_view* rest) {
  return Base64Reader(text).read(clean, rest);
}

std::string decode_quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  QuotedPrintable lines;
  lines.put(text, out);
  lines.end(out);
  return out;
}

std::string decode_q(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      out += ' ';
    } else if (int octet = text[i] == '=' ? hex_octet(text, i + 1) : -1; octet >= 0) {
      out += char(octet);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string decode_percent(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (int octet = text[i] == '%' ? hex_octet(text, i + 1) : -1; octet >= 0) {
      out += char(octet);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string encode_base64_lines(std::string_view bytes) {
  constexpr std::size_t octets = 57;  // 76 letters
  std::string out;
  out.reserve(bytes.size() * 4 / 3 + bytes.size() / octets * 2 + 8);
  for (std::size_t i = 0; i < bytes.size(); i += octets) {
    out += to_base64(bytes.substr(i, octets));
    out += "\r\n";
  }
  return out;
}

std::string encode_quoted_printable(std::string_view text) {
  constexpr std::size_t width = 76;
  std::string out;
  out.reserve(text.size() + text.size() / 8 + 8);
  std::size_t column = 0;
  auto put = [&](std::string_view piece) {
    if (column + piece.size() > width - 1) {
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\n' || c == '\r') {
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      out += "\r\n";
      column = 0;
      continue;
    }
    bool at_end = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    // "From " and a lone dot at the start of a line don't survive every relay.
    bool fragile = column == 0 && ((c == 'F' && text.substr(i, 5) == "From ") || c == '.');
    bool plain =
        (c > ' ' && c <= '~' && c != '=' && !fragile) || ((c == ' ' || c == '\t') && !at_end);
    if (plain) {
      put(text.substr(i, 1));
    } else {
      char escaped[3] = {'=', hex_digits[std::uint8_t(c) >> 4], hex_digits[std::uint8_t(c) & 15]};
      put({escaped, 3});
    }
  }
  if (column) out += "=\r\n";
  return out;
}

}  // namespace hearback::mail
