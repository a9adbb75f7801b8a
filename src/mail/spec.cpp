#include "mail/spec.hpp"

#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include <array>
#include <cstdint>

#include "base/text.hpp"

namespace hearback::mail {
namespace {

constexpr std::size_t max_spec = 320;  // RFC 3696: 64 + 1 + 255
constexpr std::size_t max_domain = 253;
constexpr std::size_t max_label = 63;

constexpr std::array<bool, 128> atom_characters() {
  std::array<bool, 128> out{};
  for (char c = 'a'; c <= 'z'; ++c) out[std::size_t(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) out[std::size_t(c)] = true;
  for (char c = '0'; c <= '9'; ++c) out[std::size_t(c)] = true;
  for (char c : std::string_view("!#$%&'*+-/=?^_`{|}~")) out[std::size_t(c)] = true;
  return out;
}
constexpr auto is_atom = atom_characters();

bool is_ascii(std::string_view text) {
  for (char c : text)
    if (std::uint8_t(c) >= 0x80) return false;
  return true;
}

std::u16string to_wide(std::string_view text) {
  std::u16string out(text.size(), u'\0');
  std::int32_t length = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strFromUTF8(out.data(), std::int32_t(out.size()), &length, text.data(),
                std::int32_t(text.size()), &error);
  out.resize(U_FAILURE(error) ? 0 : std::size_t(length));
  return out;
}

std::string to_narrow(std::u16string_view text) {
  std::string out(text.size() * 3, '\0');
  std::int32_t length = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strToUTF8(out.data(), std::int32_t(out.size()), &length, text.data(), std::int32_t(text.size()),
              &error);
  out.resize(U_FAILURE(error) ? 0 : std::size_t(length));
  return out;
}

bool is_invisible(UChar32 c) {
  const auto type = u_charType(c);
  return u_iscntrl(c) || type == U_UNASSIGNED || type == U_FORMAT_CHAR ||
         type == U_LINE_SEPARATOR || type == U_PARAGRAPH_SEPARATOR ||
         u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

// NFC of a local part beyond ASCII; nullopt when it holds what other programs would read
// differently or a person can't see.
std::optional<std::string> normal_international(std::string_view local) {
  if (!is_utf8(local)) return std::nullopt;
  for (std::int32_t i = 0; i < std::int32_t(local.size());) {
    UChar32 c;
    U8_NEXT(local.data(), i, std::int32_t(local.size()), c);
    if (c < 0x80) continue;
    if (c == 0xff20 || c == 0xfe6b) return std::nullopt;  // other forms of the at sign
    if (is_invisible(c) || u_isUWhiteSpace(c)) return std::nullopt;
  }
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* nfc = unorm2_getNFCInstance(&error);
  auto wide = to_wide(local);
  std::u16string out(wide.size() * 3 + 8, u'\0');
  auto length = unorm2_normalize(nfc, wide.data(), std::int32_t(wide.size()), out.data(),
                                 std::int32_t(out.size()), &error);
  if (U_FAILURE(error)) return std::nullopt;
  return to_narrow(std::u16string_view(out).substr(0, std::size_t(length)));
}

std::optional<std::string> normal_local(std::string_view local, bool was_quoted) {
  if (local.empty() || local.size() > max_spec) return std::nullopt;
  // Some mailers decode encoded words even here, so such a name means two things.
  if (local.find("=?") != local.npos) return std::nullopt;
  bool quotes = local.front() == '.' || local.back() == '.';
  bool international = false;
  std::string out;
  out.reserve(local.size() + 2);
  for (std::size_t i = 0; i < local.size(); ++i) {
    char c = local[i];
    if (std::uint8_t(c) >= 0x80) {
      international = true;
    } else if (c == '.') {
      quotes = quotes || (i && local[i - 1] == '.');
    } else if (!is_atom[std::size_t(c)]) {
      if (!was_quoted || c < ' ' || c == '\x7f' || c == '@' || c == '"' || c == '\\' || c == '<' ||
          c == '>')
        return std::nullopt;
      quotes = true;
    }
    out += ascii_lower(c);
  }
  if (international) {
    auto normal = normal_international(out);
    if (!normal) return std::nullopt;
    out = std::move(*normal);
  }
  return quotes ? '"' + out + '"' : out;
}

bool is_domain_octet(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// Lower-case letters, digits, hyphens and underscores in labels of sound length, which neither
// start nor end with a hyphen (RFC 1123 section 2.1).
bool is_sound(std::string_view domain) {
  if (domain.empty() || domain.size() > max_domain) return false;
  std::size_t label = 0;
  char before = '.';
  for (char c : domain) {
    if (c == '.') {
      if (label == 0 || before == '-') return false;
      label = 0;
    } else if (!is_domain_octet(c) || ++label > max_label || (c == '-' && before == '.')) {
      return false;
    }
    before = c;
  }
  return label > 0 && before != '-';
}

const UIDNA* uts46() {
  static const UIDNA* instance = [] {
    UErrorCode error = U_ZERO_ERROR;
    return uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE |
                               UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ,
                           &error);
  }();
  return instance;
}

std::optional<std::string> to_a_labels(std::string_view domain) {
  if (domain.size() > 1000 || !is_utf8(domain)) return std::nullopt;
  std::string out(1024, '\0');
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode error = U_ZERO_ERROR;
  auto length = uidna_nameToASCII_UTF8(uts46(), domain.data(), std::int32_t(domain.size()),
                                       out.data(), std::int32_t(out.size()), &info, &error);
  constexpr std::uint32_t tolerated = UIDNA_ERROR_HYPHEN_3_4;
  if (U_FAILURE(error) || length > std::int32_t(out.size()) || (info.errors & ~tolerated))
    return std::nullopt;
  out.resize(std::size_t(length));
  return out;
}

}  // namespace

bool all_visible(std::string_view text) {
  if (!is_utf8(text)) return false;
  for (std::int32_t i = 0; i < std::int32_t(text.size());) {
    UChar32 c;
    U8_NEXT(text.data(), i, std::int32_t(text.size()), c);
    if (is_invisible(c)) return false;
  }
  return true;
}

std::optional<std::string> normal_domain(std::string_view domain) {
  if (domain.starts_with('[')) {
    if (domain.size() < 3 || domain.size() > max_domain || !domain.ends_with(']'))
      return std::nullopt;
    for (char c : domain.substr(1, domain.size() - 2))
      if (!is_domain_octet(ascii_lower(c)) && c != '.' && c != ':') return std::nullopt;
    return ascii_lower(domain);
  }
  if (domain.ends_with('.')) domain.remove_suffix(1);
  std::string lower = ascii_lower(domain);
  if (!is_ascii(lower) || lower.find("xn--") != lower.npos) {
    auto labels = to_a_labels(lower);
    if (!labels) return std::nullopt;
    lower = std::move(*labels);
    if (lower.ends_with('.')) lower.pop_back();
  }
  if (!is_sound(lower)) return std::nullopt;
  return lower;
}

std::optional<SpecParts> normal_parts(std::string_view local, bool was_quoted,
                                      std::string_view domain) {
  if (local.size() + domain.size() > 4 * max_spec) return std::nullopt;
  auto normal = normal_local(local, was_quoted);
  if (!normal) return std::nullopt;
  auto host = normal_domain(domain);
  if (!host || normal->size() + host->size() + 1 > max_spec) return std::nullopt;
  return SpecParts{std::move(*normal), std::move(*host)};
}

}  // namespace hearback::mail
