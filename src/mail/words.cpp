// Encoded words (RFC 2047), both ways.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/text.hpp"
#include "mail/charset.hpp"
#include "mail/codec.hpp"
#include "mail/header.hpp"
#include "mail/word.hpp"

namespace hearback::mail {

bool is_plain_line(std::string_view text) {
  std::uint8_t wrong = 0;  // all octets at once, without looking for the first
  for (char c : text) wrong |= std::uint8_t(c < ' ') | std::uint8_t(c > '~');
  return !wrong;
}

namespace {

// Windows-1252 from 0x80 to 0x9f; five of them mean nothing there either.
constexpr std::string_view windows_1252[32] = {
    "€", "",  "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "", "Ž", "",
    "",  "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "", "ž", "Ÿ"};

}  // namespace

std::string mend_controls(std::string text) {
  std::string out;
  std::size_t done = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    std::string_view rest = std::string_view(text).substr(i);
    auto low = std::uint8_t(text[i + 1]);
    bool c1 = rest[0] == '\xC2' && low >= 0x80 && low < 0xa0;
    bool separator = rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9");
    if (!c1 && !separator) continue;
    out.append(text, done, i - done);
    out += c1 ? windows_1252[low - 0x80] : " ";
    done = i + (c1 ? 2 : 3);
    i = done - 1;
  }
  if (done == 0) return text;
  return out.append(text, done, text.npos);
}

std::string clean_line(std::string text) {
  if (is_plain_line(text)) return text;
  for (char& c : text)
    if (c == '\t' || c == '\n' || c == '\r') c = ' ';
  text = to_valid_utf8(text);
  std::erase(text, '\x7f');
  return mend_controls(std::move(text));
}

bool WordScanner::at(std::size_t i, EncodedWord& word) {
  if (i + 6 > text_.size() || text_[i] != '=' || text_[i + 1] != '?') return false;
  constexpr std::size_t max_charset = 64;
  std::size_t mark = i + 2;
  while (mark < text_.size() && mark < i + max_charset && text_[mark] > ' ' && text_[mark] != '?')
    ++mark;
  if (mark == i + 2 || mark + 2 >= text_.size() || text_[mark] != '?' || text_[mark + 2] != '?')
    return false;
  char encoding = ascii_lower(text_[mark + 1]);
  if (encoding != 'b' && encoding != 'q') return false;
  std::size_t begin = mark + 3;
  std::size_t end = close_.from(begin);
  if (end == text_.npos) return false;
  // Padding before the close looks like an opening: "=?=".
  if (spaces_ ? open_.from(begin) < end - 1 : space_.from(begin) < end) return false;
  word.charset = text_.substr(i + 2, mark - i - 2);
  word.text = text_.substr(begin, end - begin);
  word.base64 = encoding == 'b';
  word.end = end + 2;
  return true;
}

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

std::string octets_of(const EncodedWord& word, bool* clean) {
  *clean = true;
  return word.base64 ? decode_base64(word.text, clean) : decode_q(word.text);
}

// Adjacent words. Each is decoded alone; only what can't be is joined with the words after it,
// which mends senders that split a character, or base64 text, between words.
class Run {
 public:
  explicit Run(std::string& out) : out_(out) {}

  void add(const EncodedWord& word) {
    if (!waiting_.empty() && (!ascii_equal(waiting_.front().charset, word.charset) ||
                              waiting_.front().base64 != word.base64))
      flush();
    waiting_.push_back(word);
    std::string text;
    if (decode(text)) {
      out_ += text;
      waiting_.clear();
    } else if (waiting_.size() == max_waiting) {
      flush();
    }
  }

  void flush() {
    if (waiting_.empty()) return;
    std::string text;
    decode(text);
    out_ += text;
    waiting_.clear();
  }

 private:
  static constexpr std::size_t max_waiting = 6;

  // True when nothing was lost.
  bool decode(std::string& text) {
    std::string octets, encoded;
    bool clean = true;
    for (auto& word : waiting_) {
      bool one;
      octets += octets_of(word, &one);
      encoded += word.text;
      clean = clean && one;
    }
    auto charset = waiting_.front().charset;
    text = to_utf8(octets, charset);
    bool whole = text.find(replacement) == text.npos;
    if (whole && clean) return true;
    if (waiting_.size() > 1 && waiting_.front().base64) {
      auto joined = to_utf8(decode_base64(encoded, &clean), charset);
      if (clean && joined.find(replacement) == joined.npos) {
        text = std::move(joined);
        return true;
      }
    }
    return false;
  }

  std::string& out_;
  std::vector<EncodedWord> waiting_;
};

bool only_space(std::string_view text) { return trim(text).empty(); }

}  // namespace

std::string decode_words(std::string_view body, std::string_view charset) {
  std::string line = unfold(body);
  if (line.find("=?") == line.npos)
    return is_plain_line(line) ? line : clean_line(to_utf8(line, charset));
  std::string_view text = line;
  WordScanner scanner(text, true);
  std::string out;
  out.reserve(line.size());
  Run run(out);
  std::size_t plain = 0;  // start of what isn't put out yet
  bool after_word = false;
  for (std::size_t i = text.find("=?"); i != text.npos;) {
    EncodedWord word;
    if (!scanner.at(i, word)) {
      i = text.find("=?", i + 1);
      continue;
    }
    auto gap = text.substr(plain, i - plain);
    if (!after_word || !only_space(gap)) {
      run.flush();
      out += to_utf8(gap, charset);
    }
    run.add(word);
    after_word = true;
    plain = word.end;
    i = text.find("=?", plain);
  }
  run.flush();
  out += to_utf8(text.substr(plain), charset);
  return clean_line(std::move(out));
}

namespace {

constexpr std::size_t line_width = 78;
constexpr std::size_t word_width = 75;  // RFC 2047 section 2

bool is_q_safe(char c) {  // RFC 2047 section 5 (3): good in phrases too
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '!' ||
         c == '*' || c == '+' || c == '-' || c == '/';
}

void fold_words(std::string_view text, std::size_t column, std::string& out) {
  while (!text.empty()) {
    auto end = std::min(text.find(' ', 1), text.size());  // a word with the space before it
    if (column + end > line_width && column > 1 && text.front() == ' ') {
      out += "\r\n";
      column = 0;
    }
    out += text.substr(0, end);
    column += end;
    text.remove_prefix(end);
  }
}

std::size_t character_octets(std::string_view text) {
  std::size_t n = 1;
  while (n < text.size() && (std::uint8_t(text[n]) & 0xc0) == 0x80) ++n;
  return n;
}

std::string q_of(std::string_view character) {
  constexpr char hex[] = "0123456789ABCDEF";
  if (character == " ") return "_";
  if (character.size() == 1 && is_q_safe(character[0])) return std::string(character);
  std::string out;
  for (char c : character) {
    out += '=';
    out += hex[std::uint8_t(c) >> 4];
    out += hex[std::uint8_t(c) & 15];
  }
  return out;
}

}  // namespace

bool needs_encoding(std::string_view text) {
  if (!is_plain_line(text)) return true;
  if (text.empty()) return false;
  if (text.front() == ' ' || text.back() == ' ' || text.find("  ") != text.npos) return true;
  if (text.find("=?") != text.npos) return true;
  for (auto word : split(text, ' '))
    if (word.size() > line_width - 3) return true;
  return false;
}

std::string encode_words(std::string_view text, std::size_t column) {
  if (needs_encoding(text)) return encode_all(text, column);
  std::string out;
  fold_words(text, column, out);
  return out;
}

std::string encode_all(std::string_view given, std::size_t column) {
  std::string out;
  std::string text = is_utf8(given) ? std::string(given) : to_valid_utf8(given);
  std::size_t safe = std::size_t(
      std::count_if(text.begin(), text.end(), [](char c) { return c == ' ' || is_q_safe(c); }));
  bool base64 = safe + 3 * (text.size() - safe) > (text.size() + 2) / 3 * 4;
  const std::string_view opening = base64 ? "=?UTF-8?B?" : "=?UTF-8?Q?";
  constexpr std::size_t frame = 12;

  std::string_view rest = text;
  while (!rest.empty()) {
    std::size_t room = std::min(word_width, column < line_width ? line_width - column : 0);
    if (room < frame + 16 && column > 1) {
      out += "\r\n ";
      column = 1;
      room = word_width;
    }
    room -= frame;
    std::string payload;
    std::size_t taken = 0;
    while (taken < rest.size()) {
      auto character = rest.substr(taken, character_octets(rest.substr(taken)));
      if (base64) {
        if ((taken + character.size() + 2) / 3 * 4 > room) break;
      } else {
        auto q = q_of(character);
        if (payload.size() + q.size() > room) break;
        payload += q;
      }
      taken += character.size();
    }
    if (base64) payload = to_base64(rest.substr(0, taken));
    out += opening;
    out += payload;
    out += "?=";
    column += frame + payload.size();
    rest.remove_prefix(taken);
    if (!rest.empty()) {
      out += "\r\n ";
      column = 1;
    }
  }
  return out;
}

}  // namespace hearback::mail
