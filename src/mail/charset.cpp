#include "mail/charset.hpp"

#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/text.hpp"

namespace hearback::mail {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += char(c);
  } else if (c < 0x800) {
    out += char(0xc0 | c >> 6);
    out += char(0x80 | (c & 0x3f));
  } else {
    out += char(0xe0 | c >> 12);
    out += char(0x80 | (c >> 6 & 0x3f));
    out += char(0x80 | (c & 0x3f));
  }
}

// Code points of the octets 0x80 to 0x9f; 0 where Windows-1252 has none.
constexpr std::array<std::uint16_t, 32> windows_1252 = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

std::string from_windows_1252(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 4);
  for (char c : bytes) {
    std::uint8_t b = std::uint8_t(c);
    if (b < 0x80)
      out += c;
    else if (b >= 0xa0)
      append_utf8(out, b);
    else if (auto code = windows_1252[b - 0x80])
      append_utf8(out, code);
    else
      out += replacement;
  }
  return out;
}

std::string guess(std::string_view bytes) {
  return is_utf8(bytes) ? std::string(bytes) : from_windows_1252(bytes);
}

// Keeps what is valid, one U+FFFD for each byte that is not.
std::string mend_utf8(std::string_view bytes) {
  if (is_utf8(bytes)) return std::string(bytes);
  std::string out;
  out.reserve(bytes.size() + 16);
  for (std::size_t i = 0; i < bytes.size();) {
    std::size_t n = 1;
    if (std::uint8_t(bytes[i]) >= 0x80) {
      for (n = 2; n <= 4; ++n)
        if (i + n <= bytes.size() && is_utf8(bytes.substr(i, n))) break;
      if (n > 4) {
        out += replacement;
        ++i;
        continue;
      }
    }
    out.append(bytes, i, n);
    i += n;
  }
  return out;
}

// Opening a converter costs more than converting a subject with it, so each thread keeps a few.
class Converters {
 public:
  ~Converters() {
    for (auto& entry : open_) ucnv_close(entry.handle);
  }

  UConverter* find(const std::string& name) {
    for (std::size_t i = 0; i < open_.size(); ++i) {
      if (open_[i].name != name) continue;
      if (i) std::swap(open_[i], open_[i - 1]);
      auto* handle = open_[i ? i - 1 : 0].handle;
      ucnv_reset(handle);
      return handle;
    }
    UErrorCode error = U_ZERO_ERROR;
    // Without this, ICU would look for a file of that name.
    if (ucnv_countAliases(name.c_str(), &error) == 0 || U_FAILURE(error)) return nullptr;
    UConverter* handle = ucnv_open(name.c_str(), &error);
    if (U_FAILURE(error) || !handle) return nullptr;
    if (open_.size() == max_open) {
      ucnv_close(open_.back().handle);
      open_.pop_back();
    }
    open_.push_back({name, handle});
    return handle;
  }

 private:
  static constexpr std::size_t max_open = 12;
  struct Entry {
    std::string name;
    UConverter* handle;
  };
  std::vector<Entry> open_;
};

std::string convert(UConverter* from, std::string_view bytes) {
  std::u16string wide(bytes.size() + 16, u'\0');
  UErrorCode error = U_ZERO_ERROR;
  auto run = [&] {
    error = U_ZERO_ERROR;
    return ucnv_toUChars(from, wide.data(), std::int32_t(wide.size()), bytes.data(),
                         std::int32_t(bytes.size()), &error);
  };
  std::int32_t length = run();
  if (error == U_BUFFER_OVERFLOW_ERROR) {
    wide.resize(std::size_t(length) + 1);
    ucnv_reset(from);
    length = run();
  }
  if (U_FAILURE(error)) return {};
  std::string out(std::size_t(length) * 3, '\0');
  std::int32_t written = 0;
  u_strToUTF8WithSub(out.data(), std::int32_t(out.size()), &written, wide.data(), length, 0xfffd,
                     nullptr, &error);
  if (U_FAILURE(error)) return {};
  out.resize(std::size_t(written));
  return out;
}

struct Alias {
  std::string_view name, icu;
};

// Names that senders write and ICU doesn't know, or knows as something smaller than what is sent.
constexpr Alias aliases[] = {
    {"gb2312", "gb18030"},          {"gbk", "gb18030"},
    {"gb_2312-80", "gb18030"},      {"x-gbk", "gb18030"},
    {"euc-cn", "gb18030"},          {"ks_c_5601-1987", "windows-949"},
    {"ksc5601", "windows-949"},     {"euc-kr", "windows-949"},
    {"shift_jis", "windows-31j"},   {"shift-jis", "windows-31j"},
    {"x-sjis", "windows-31j"},      {"iso-8859-8-i", "iso-8859-8"},
    {"iso-8859-9", "windows-1254"}, {"iso-8859-11", "windows-874"},
    {"tis-620", "windows-874"},     {"macintosh", "macroman"},
    {"x-mac-roman", "macroman"},    {"cp-850", "cp850"},
};

constexpr std::string_view utf8_names[] = {"utf-8", "utf8", "utf_8", "unicode-1-1-utf-8"};
constexpr std::string_view latin_names[] = {"iso-8859-1",   "iso8859-1",   "iso_8859-1", "iso88591",
                                            "latin1",       "latin-1",     "l1",         "cp1252",
                                            "windows-1252", "windows1252", "cp-1252",    "x-ansi"};
constexpr std::string_view ascii_names[] = {"us-ascii", "ascii", "ansi_x3.4-1968", "usascii"};

bool among(std::string_view name, auto& list) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

std::string plain_name(std::string_view charset) {
  charset = charset.substr(0, charset.find('*'));  // RFC 2231 section 5: a language may follow
  charset = trim(charset);
  while (!charset.empty() && (charset.front() == '"' || charset.front() == '\''))
    charset.remove_prefix(1);
  while (!charset.empty() &&
         (charset.back() == '"' || charset.back() == '\'' || charset.back() == ';'))
    charset.remove_suffix(1);
  if (charset.size() > 60) return {};
  for (char c : charset)
    if (c <= ' ' || c > '~' || c == ',' || c == '/' || c == '\\' || c == '=') return {};
  return ascii_lower(charset);
}

}  // namespace

std::string to_utf8(std::string_view bytes, std::string_view charset, bool* known) {
  bool ignored;
  bool& is_known = known ? *known : ignored;
  is_known = true;
  std::string name = plain_name(charset);
  if (among(name, utf8_names)) return mend_utf8(bytes);
  if (among(name, latin_names)) return from_windows_1252(bytes);
  if (among(name, ascii_names)) return guess(bytes);
  for (auto& alias : aliases)
    if (alias.name == name) name = alias.icu;
  thread_local Converters converters;
  UConverter* from = name.empty() ? nullptr : converters.find(name);
  if (!from || bytes.size() > (std::size_t(1) << 29)) {
    is_known = false;
    return guess(bytes);
  }
  return convert(from, bytes);
}

}  // namespace hearback::mail
