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

// One line of quoted-printable, without its end; true when a soft line break ends it.
bool decode_line(std::string_view line, std::string& out) {
  auto last = line.find_last_not_of(" \t");
  line = last == line.npos ? std::string_view() : line.substr(0, last + 1);
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] != '=') {
      auto end = std::min(line.find('=', i), line.size());
      out.append(line, i, end - i);
      i = end;
      continue;
    }
    if (i + 1 == line.size()) return true;
    int octet = hex_octet(line, i + 1);
    if (octet < 0) {
      out += line[i++];
      continue;
    }
    out += char(octet);
    i += 3;
  }
  return false;
}

}  // namespace

namespace {

// Decodes line by line, so that it can tell where another text begins.
class Base64Reader {
 public:
  explicit Base64Reader(std::string_view text) : rest_(text), out_(text.size() / 4 * 3 + 3, '\0') {}

  std::string read(bool* clean, std::string_view* rest) {
    while (!rest_.empty()) {
      auto end = std::min(rest_.find('\n'), rest_.size() - 1) + 1;
      auto line = rest_.substr(0, end);
      if (padded_ && !continues(line)) break;
      const State before = now_;
      std::size_t strange = decode(line);
      if (before.octets > 0 && before.have == 0 && strange * 8 > line.size()) {
        now_ = before;
        break;
      }
      if (strange) is_clean_ = false;
      rest_.remove_prefix(end);
    }
    if (!trim(rest_).empty() || now_.have == 6 || has_bits_left()) is_clean_ = false;
    out_.resize(now_.octets);
    if (clean) *clean = is_clean_;
    if (rest) *rest = rest_;
    return std::move(out_);
  }

 private:
  struct State {
    std::size_t octets = 0;
    std::uint32_t bits = 0;
    int have = 0;
  };

  bool has_bits_left() const { return now_.bits & ((1u << now_.have) - 1); }

  // Behind padding: is this the start of another encoded text, or nothing?
  static bool continues(std::string_view line) {
    line = trim(line);
    return line.size() % 4 == 0 && std::all_of(line.begin(), line.end(), [](char c) {
             return c == '=' || base64_value[std::uint8_t(c)] >= 0;
           });
  }

  // Returns how many characters are none of base64.
  std::size_t decode(std::string_view line) {
    std::size_t strange = 0;
    for (char c : line) {
      int v = base64_value[std::uint8_t(c)];
      if (v >= 0) {
        now_.bits = now_.bits << 6 | std::uint32_t(v);
        if ((now_.have += 6) >= 8) {
          now_.have -= 8;
          out_[now_.octets++] = char(now_.bits >> now_.have);
        }
        padded_ = false;
      } else if (c == '=') {  // padding ends a group; another encoded text may follow
        if (has_bits_left()) is_clean_ = false;
        now_.have = 0;
        now_.bits = 0;
        padded_ = true;
      } else if (c != '\r' && c != '\n' && c != ' ' && c != '\t') {
        ++strange;
      }
    }
    return strange;
  }

  std::string_view rest_;
  std::string out_;
  State now_;
  bool is_clean_ = true, padded_ = false;
};

}  // namespace

std::string decode_base64(std::string_view text, bool* clean, std::string_view* rest) {
  return Base64Reader(text).read(clean, rest);
}

std::string decode_quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    auto lf = text.find('\n');
    std::string_view line = text.substr(0, lf);
    std::string_view end = lf == text.npos ? std::string_view() : "\n";
    if (!end.empty() && line.ends_with('\r')) {
      line.remove_suffix(1);
      end = "\r\n";
    }
    if (!decode_line(line, out)) out += end;
    if (lf == text.npos) break;
    text.remove_prefix(lf + 1);
  }
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
