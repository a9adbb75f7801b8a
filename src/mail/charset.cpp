#include "mail/charset.hpp"

#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace hearback::mail {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

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

// Names that senders write and ICU doesn't know, or knows as something smaller than what is sent;
// letters and digits only. "" and "utf-8" are read here.
constexpr std::string_view latin = "latin", utf8 = "utf-8", ascii = "ascii";
constexpr Alias aliases[] = {
    {"65001", utf8},
    {"88591", latin},
    {"ansi", latin},
    {"ansix341968", ascii},
    {"ascii", ascii},
    {"big5eten", "big5"},
    {"bigfive", "big5"},
    {"cnbig5", "big5"},
    {"cp10000", "macroman"},
    {"cp50220", "iso-2022-jp-2"},
    {"cp50221", "iso-2022-jp-2"},
    {"cp50222", "iso-2022-jp-2"},
    {"cp51932", "euc-jp"},
    {"cp51949", "windows-949"},
    {"cp65001", utf8},
    {"cp850", "cp850"},
    {"cp932", "windows-31j"},
    {"cp936", "gb18030"},
    {"cp949", "windows-949"},
    {"csiso2022jp", "iso-2022-jp-2"},
    {"dos866", "cp866"},
    {"euccn", "gb18030"},
    {"eucgb2312cn", "gb18030"},
    {"eucjpms", "euc-jp"},
    {"eucjpwin", "euc-jp"},
    {"euckr", "windows-949"},
    {"gb2312", "gb18030"},
    {"gb231280", "gb18030"},
    {"gbk", "gb18030"},
    {"iso2022jp", "iso-2022-jp-2"},
    {"iso2022jp1", "iso-2022-jp-2"},
    {"iso2022jp3", "iso-2022-jp-2"},
    {"iso2022jpms", "iso-2022-jp-2"},
    {"iso646us", ascii},
    {"iso88591", latin},
    {"iso885911", "windows-874"},
    {"iso8859111987", latin},
    {"iso885911987", latin},
    {"iso88598e", "iso-8859-8"},
    {"iso88598i", "iso-8859-8"},
    {"iso88599", "windows-1254"},
    {"isolatin1", latin},
    {"koi8", "koi8-r"},
    {"koi8ru", "koi8-u"},
    {"ksc5601", "windows-949"},
    {"ksc56011987", "windows-949"},
    {"ksc56011989", "windows-949"},
    {"l1", latin},
    {"latin1", latin},
    {"mac", "macroman"},
    {"macintosh", "macroman"},
    {"macroman", "macroman"},
    {"mskanji", "windows-31j"},
    {"shiftjis", "windows-31j"},
    {"sjis", "windows-31j"},
    {"sjiscp932", "windows-31j"},
    {"tis620", "windows-874"},
    {"uhc", "windows-949"},
    {"unicode", "utf-16"},
    {"unicode11utf8", utf8},
    {"unicode20utf8", utf8},
    {"usascii", ascii},
    {"utf8", utf8},
    {"utf8mac", utf8},
    {"utf8mb4", utf8},
    {"utf8sig", utf8},
};
static_assert(std::ranges::is_sorted(aliases, {}, &Alias::name));

// As written, without language, quotes and stray punctuation; empty: can't be a name.
std::string plain_name(std::string_view charset) {
  charset = charset.substr(0, charset.find('*'));  // RFC 2231 section 5: a language may follow
  charset = trim(charset);
  while (!charset.empty() && (charset.front() == '"' || charset.front() == '\''))
    charset.remove_prefix(1);
  if (ascii_starts_with(charset, "charset=")) charset.remove_prefix(8);
  while (!charset.empty() &&
         (charset.back() == '"' || charset.back() == '\'' || charset.back() == ';'))
    charset.remove_suffix(1);
  if (charset.size() > 60) return {};
  for (char c : charset)
    if (c <= ' ' || c > '~' || c == ',' || c == '/' || c == '\\' || c == '=') return {};
  return ascii_lower(charset);
}

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The name by which a charset is read here: latin, utf8, ascii, or ICU's.
std::string icu_name(std::string name) {
  std::string key;
  for (char c : name)
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) key += c;
  if (key.starts_with('x') && name.starts_with("x-")) key.erase(0, 1);
  auto found = std::ranges::lower_bound(aliases, std::string_view(key), {}, &Alias::name);
  if (found != std::end(aliases) && found->name == key) return std::string(found->icu);
  for (std::string_view prefix : {"windows", "mswin", "win", "cp", "ms"}) {
    if (!key.starts_with(prefix)) continue;
    auto page = key.substr(prefix.size());
    if (page == "1252") return std::string(latin);
    if (is_digits(page) && ((page.size() == 4 && page.starts_with("125")) || page == "874"))
      return "windows-" + page;
  }
  if (key.starts_with("iso8859") && is_digits(key.substr(7))) return "iso-8859-" + key.substr(7);
  return name;
}

// In which no octet stands for more than itself, so that valid UTF-8 can be nothing else.
bool is_single_byte(std::string_view name) {
  return name == latin || name == ascii || name.starts_with("windows-125") ||
         name.starts_with("iso-8859-") || name.starts_with("koi8") || name == "macroman";
}

// Whether octets beyond ASCII are so clearly UTF-8 that they win over the name given with them.
// Short texts in double-byte charsets can look like it, so there it takes more.
bool wins_as_utf8(std::string_view bytes, std::string_view name) {
  if (name.starts_with("utf-") || name.starts_with("ucs") || name.starts_with("iso-10646"))
    return false;
  std::size_t longer = 0, all = 0;
  for (char c : bytes) {
    all += std::uint8_t(c) >= 0xc0;
    longer += std::uint8_t(c) >= 0xe0;
  }
  return all > 0 && (is_single_byte(name) || longer >= 3) && is_utf8(bytes);
}

// Japanese or Korean in seven bits, as old programs send it without a word (ISO-2022).
std::string_view seven_bit_charset(std::string_view bytes) {
  for (auto at = bytes.find("\x1b$"); at != bytes.npos; at = bytes.find("\x1b$", at + 2)) {
    auto designation = bytes.substr(at + 2, 2);
    if (designation.starts_with('B') || designation.starts_with('@') || designation == "(D")
      return "iso-2022-jp-2";
    if (designation == ")C") return "iso-2022-kr";
  }
  return {};
}

}  // namespace

std::string to_utf8(std::string_view bytes, std::string_view charset, bool* known) {
  bool ignored;
  bool& is_known = known ? *known : ignored;
  is_known = true;
  std::string name = plain_name(charset);
  if (!name.empty()) name = icu_name(std::move(name));
  const bool is_ascii_only =
      std::none_of(bytes.begin(), bytes.end(), [](char c) { return std::uint8_t(c) >= 0x80; });
  const bool ours = name.empty() || name == latin || name == utf8 || name == ascii;
  if (is_ascii_only && ours) {
    auto found = seven_bit_charset(bytes);
    if (found.empty()) {
      is_known = !name.empty();
      return std::string(bytes);
    }
    name = found;
  }
  if (!is_ascii_only && name != utf8 && wins_as_utf8(bytes, name)) {
    is_known = !name.empty();
    return std::string(bytes);
  }
  if (name == utf8) return mend_utf8(bytes);
  if (name == latin) return from_windows_1252(bytes);
  if (name == ascii) return guess(bytes);
  thread_local Converters converters;
  UConverter* from = name.empty() ? nullptr : converters.find(name);
  if (!from || bytes.size() > (std::size_t(1) << 29)) {
    is_known = false;
    return guess(bytes);
  }
  return convert(from, bytes);
}

}  // namespace hearback::mail
