// Character references of HTML (HTML standard, section 13.5): those of HTML 4, and of the later
// ones the letters of Latin scripts, spaces, dashes and punctuation.
#include <algorithm>
#include <cstdint>

#include "base/text.hpp"
#include "mail/html_tokens.hpp"

namespace hearback::mail {
namespace {

struct Named {
  std::string_view name;
  std::uint16_t code;
  bool bare = false;  // known without its semicolon too
};

constexpr std::size_t max_bare = 6;  // octets of the longest such name

// clang-format off
constexpr Named names[] = {
    {"AElig", 0xc6, true}, {"AMP", 0x26, true}, {"Aacute", 0xc1, true}, {"Abreve", 0x102},
    {"Acirc", 0xc2, true}, {"Agrave", 0xc0, true}, {"Alpha", 0x391}, {"Amacr", 0x100},
    {"Aogon", 0x104}, {"ApplyFunction", 0x2061}, {"Aring", 0xc5, true}, {"Atilde", 0xc3, true},
    {"Auml", 0xc4, true}, {"Beta", 0x392}, {"Breve", 0x2d8}, {"COPY", 0xa9, true},
    {"Cacute", 0x106}, {"Ccaron", 0x10c}, {"Ccedil", 0xc7, true}, {"Ccirc", 0x108},
    {"Cdot", 0x10a}, {"Cedilla", 0xb8}, {"CenterDot", 0xb7}, {"Chi", 0x3a7},
    {"CloseCurlyDoubleQuote", 0x201d}, {"CloseCurlyQuote", 0x2019}, {"Dagger", 0x2021},
    {"Dcaron", 0x10e}, {"Delta", 0x394}, {"DiacriticalAcute", 0xb4}, {"DiacriticalDot", 0x2d9},
    {"DiacriticalDoubleAcute", 0x2dd}, {"DiacriticalGrave", 0x60}, {"DiacriticalTilde", 0x2dc},
    {"Dot", 0xa8}, {"DoubleDot", 0xa8}, {"Dstrok", 0x110}, {"ENG", 0x14a}, {"ETH", 0xd0, true},
    {"Eacute", 0xc9, true}, {"Ecaron", 0x11a}, {"Ecirc", 0xca, true}, {"Edot", 0x116},
    {"Egrave", 0xc8, true}, {"Emacr", 0x112}, {"Eogon", 0x118}, {"Epsilon", 0x395},
    {"Eta", 0x397}, {"Euml", 0xcb, true}, {"GT", 0x3e, true}, {"Gamma", 0x393}, {"Gbreve", 0x11e},
    {"Gcedil", 0x122}, {"Gcirc", 0x11c}, {"Gdot", 0x120}, {"Hacek", 0x2c7}, {"Hat", 0x5e},
    {"Hcirc", 0x124}, {"Hstrok", 0x126}, {"IJlig", 0x132}, {"Iacute", 0xcd, true},
    {"Icirc", 0xce, true}, {"Idot", 0x130}, {"Igrave", 0xcc, true}, {"Imacr", 0x12a},
    {"InvisibleComma", 0x2063}, {"InvisibleTimes", 0x2062}, {"Iogon", 0x12e}, {"Iota", 0x399},
    {"Itilde", 0x128}, {"Iuml", 0xcf, true}, {"Jcirc", 0x134}, {"Kappa", 0x39a},
    {"Kcedil", 0x136}, {"LT", 0x3c, true}, {"Lacute", 0x139}, {"Lambda", 0x39b},
    {"Lcaron", 0x13d}, {"Lcedil", 0x13b}, {"Lmidot", 0x13f}, {"Lstrok", 0x141},
    {"MediumSpace", 0x205f}, {"Mu", 0x39c}, {"Nacute", 0x143}, {"Ncaron", 0x147},
    {"Ncedil", 0x145}, {"NegativeMediumSpace", 0x200b}, {"NegativeThickSpace", 0x200b},
    {"NegativeThinSpace", 0x200b}, {"NegativeVeryThinSpace", 0x200b}, {"NewLine", 0xa},
    {"NoBreak", 0x2060}, {"NonBreakingSpace", 0xa0}, {"Ntilde", 0xd1, true}, {"Nu", 0x39d},
    {"OElig", 0x152}, {"Oacute", 0xd3, true}, {"Ocirc", 0xd4, true}, {"Odblac", 0x150},
    {"Ograve", 0xd2, true}, {"Omacr", 0x14c}, {"Omega", 0x3a9}, {"Omicron", 0x39f},
    {"OpenCurlyDoubleQuote", 0x201c}, {"OpenCurlyQuote", 0x2018}, {"Oslash", 0xd8, true},
    {"Otilde", 0xd5, true}, {"Ouml", 0xd6, true}, {"OverBar", 0x203e}, {"Phi", 0x3a6},
    {"Pi", 0x3a0}, {"PlusMinus", 0xb1}, {"Prime", 0x2033}, {"Psi", 0x3a8}, {"QUOT", 0x22, true},
    {"REG", 0xae, true}, {"Racute", 0x154}, {"Rcaron", 0x158}, {"Rcedil", 0x156}, {"Rho", 0x3a1},
    {"Sacute", 0x15a}, {"Scaron", 0x160}, {"Scedil", 0x15e}, {"Scirc", 0x15c}, {"Sigma", 0x3a3},
    {"THORN", 0xde, true}, {"TRADE", 0x2122}, {"Tab", 0x9}, {"Tau", 0x3a4}, {"Tcaron", 0x164},
    {"Tcedil", 0x162}, {"Theta", 0x398}, {"ThinSpace", 0x2009}, {"Tstrok", 0x166},
    {"Uacute", 0xda, true}, {"Ubreve", 0x16c}, {"Ucirc", 0xdb, true}, {"Udblac", 0x170},
    {"Ugrave", 0xd9, true}, {"Umacr", 0x16a}, {"UnderBar", 0x5f}, {"Uogon", 0x172},
    {"Upsilon", 0x3a5}, {"Uring", 0x16e}, {"Utilde", 0x168}, {"Uuml", 0xdc, true},
    {"Verbar", 0x2016}, {"Vert", 0x2016}, {"VerticalLine", 0x7c}, {"VeryThinSpace", 0x200a},
    {"Wcirc", 0x174}, {"Xi", 0x39e}, {"Yacute", 0xdd, true}, {"Ycirc", 0x176}, {"Yuml", 0x178},
    {"Zacute", 0x179}, {"Zcaron", 0x17d}, {"Zdot", 0x17b}, {"ZeroWidthSpace", 0x200b},
    {"Zeta", 0x396}, {"aacute", 0xe1, true}, {"abreve", 0x103}, {"acirc", 0xe2, true},
    {"acute", 0xb4, true}, {"aelig", 0xe6, true}, {"af", 0x2061}, {"agrave", 0xe0, true},
    {"alefsym", 0x2135}, {"alpha", 0x3b1}, {"amacr", 0x101}, {"amp", 0x26, true}, {"and", 0x2227},
    {"ang", 0x2220}, {"angst", 0xc5}, {"aogon", 0x105}, {"apos", 0x27}, {"aring", 0xe5, true},
    {"ast", 0x2a}, {"asymp", 0x2248}, {"atilde", 0xe3, true}, {"auml", 0xe4, true},
    {"backprime", 0x2035}, {"bdquo", 0x201e}, {"beta", 0x3b2}, {"bigstar", 0x2605},
    {"bprime", 0x2035}, {"breve", 0x2d8}, {"brvbar", 0xa6, true}, {"bsemi", 0x204f},
    {"bsol", 0x5c}, {"bull", 0x2022}, {"bullet", 0x2022}, {"cacute", 0x107}, {"cap", 0x2229},
    {"caret", 0x2041}, {"caron", 0x2c7}, {"ccaron", 0x10d}, {"ccedil", 0xe7, true},
    {"ccirc", 0x109}, {"cdot", 0x10b}, {"cedil", 0xb8, true}, {"cent", 0xa2, true},
    {"centerdot", 0xb7}, {"check", 0x2713}, {"checkmark", 0x2713}, {"chi", 0x3c7},
    {"circ", 0x2c6}, {"circledR", 0xae}, {"clubs", 0x2663}, {"colon", 0x3a}, {"comma", 0x2c},
    {"commat", 0x40}, {"cong", 0x2245}, {"copy", 0xa9, true}, {"crarr", 0x21b5},
    {"cross", 0x2717}, {"cup", 0x222a}, {"curren", 0xa4, true}, {"dArr", 0x21d3},
    {"dagger", 0x2020}, {"darr", 0x2193}, {"dash", 0x2010}, {"dblac", 0x2dd}, {"dcaron", 0x10f},
    {"ddagger", 0x2021}, {"deg", 0xb0, true}, {"delta", 0x3b4}, {"diams", 0x2666}, {"die", 0xa8},
    {"div", 0xf7}, {"divide", 0xf7, true}, {"dollar", 0x24}, {"dot", 0x2d9}, {"dstrok", 0x111},
    {"eacute", 0xe9, true}, {"ecaron", 0x11b}, {"ecirc", 0xea, true}, {"edot", 0x117},
    {"egrave", 0xe8, true}, {"emacr", 0x113}, {"empty", 0x2205}, {"emsp", 0x2003},
    {"emsp13", 0x2004}, {"emsp14", 0x2005}, {"eng", 0x14b}, {"ensp", 0x2002}, {"eogon", 0x119},
    {"epsilon", 0x3b5}, {"equals", 0x3d}, {"equiv", 0x2261}, {"eta", 0x3b7}, {"eth", 0xf0, true},
    {"euml", 0xeb, true}, {"euro", 0x20ac}, {"excl", 0x21}, {"exist", 0x2203}, {"female", 0x2640},
    {"fnof", 0x192}, {"forall", 0x2200}, {"frac12", 0xbd, true}, {"frac14", 0xbc, true},
    {"frac34", 0xbe, true}, {"frasl", 0x2044}, {"gacute", 0x1f5}, {"gamma", 0x3b3},
    {"gbreve", 0x11f}, {"gcirc", 0x11d}, {"gdot", 0x121}, {"ge", 0x2265}, {"grave", 0x60},
    {"gt", 0x3e, true}, {"hArr", 0x21d4}, {"hairsp", 0x200a}, {"half", 0xbd}, {"harr", 0x2194},
    {"hcirc", 0x125}, {"hearts", 0x2665}, {"hellip", 0x2026}, {"horbar", 0x2015},
    {"hstrok", 0x127}, {"hybull", 0x2043}, {"hyphen", 0x2010}, {"iacute", 0xed, true},
    {"ic", 0x2063}, {"icirc", 0xee, true}, {"iexcl", 0xa1, true}, {"igrave", 0xec, true},
    {"ijlig", 0x133}, {"imacr", 0x12b}, {"image", 0x2111}, {"imath", 0x131}, {"imped", 0x1b5},
    {"infin", 0x221e}, {"inodot", 0x131}, {"int", 0x222b}, {"iogon", 0x12f}, {"iota", 0x3b9},
    {"iquest", 0xbf, true}, {"isin", 0x2208}, {"it", 0x2062}, {"itilde", 0x129},
    {"iuml", 0xef, true}, {"jcirc", 0x135}, {"jmath", 0x237}, {"kappa", 0x3ba}, {"kcedil", 0x137},
    {"kgreen", 0x138}, {"lArr", 0x21d0}, {"lacute", 0x13a}, {"lambda", 0x3bb}, {"lang", 0x27e8},
    {"laquo", 0xab, true}, {"larr", 0x2190}, {"lbrace", 0x7b}, {"lbrack", 0x5b},
    {"lcaron", 0x13e}, {"lcedil", 0x13c}, {"lceil", 0x2308}, {"lcub", 0x7b}, {"ldquo", 0x201c},
    {"ldquor", 0x201e}, {"le", 0x2264}, {"lfloor", 0x230a}, {"lmidot", 0x140}, {"lowast", 0x2217},
    {"lowbar", 0x5f}, {"loz", 0x25ca}, {"lpar", 0x28}, {"lrm", 0x200e}, {"lsaquo", 0x2039},
    {"lsqb", 0x5b}, {"lsquo", 0x2018}, {"lsquor", 0x201a}, {"lstrok", 0x142}, {"lt", 0x3c, true},
    {"macr", 0xaf, true}, {"male", 0x2642}, {"mdash", 0x2014}, {"micro", 0xb5, true},
    {"midast", 0x2a}, {"middot", 0xb7, true}, {"minus", 0x2212}, {"mldr", 0x2026}, {"mu", 0x3bc},
    {"nabla", 0x2207}, {"nacute", 0x144}, {"napos", 0x149}, {"nbsp", 0xa0, true},
    {"ncaron", 0x148}, {"ncedil", 0x146}, {"ndash", 0x2013}, {"ne", 0x2260}, {"ni", 0x220b},
    {"nldr", 0x2025}, {"not", 0xac, true}, {"notin", 0x2209}, {"nsub", 0x2284},
    {"ntilde", 0xf1, true}, {"nu", 0x3bd}, {"num", 0x23}, {"numero", 0x2116}, {"numsp", 0x2007},
    {"oacute", 0xf3, true}, {"ocirc", 0xf4, true}, {"odblac", 0x151}, {"oelig", 0x153},
    {"ogon", 0x2db}, {"ograve", 0xf2, true}, {"oline", 0x203e}, {"omacr", 0x14d},
    {"omega", 0x3c9}, {"omicron", 0x3bf}, {"oplus", 0x2295}, {"or", 0x2228}, {"ordf", 0xaa, true},
    {"ordm", 0xba, true}, {"oslash", 0xf8, true}, {"otilde", 0xf5, true}, {"otimes", 0x2297},
    {"ouml", 0xf6, true}, {"para", 0xb6, true}, {"part", 0x2202}, {"percnt", 0x25},
    {"period", 0x2e}, {"permil", 0x2030}, {"perp", 0x22a5}, {"pertenk", 0x2031}, {"phi", 0x3c6},
    {"phone", 0x260e}, {"pi", 0x3c0}, {"piv", 0x3d6}, {"plus", 0x2b}, {"plusmn", 0xb1, true},
    {"pm", 0xb1}, {"pound", 0xa3, true}, {"prime", 0x2032}, {"prod", 0x220f}, {"prop", 0x221d},
    {"psi", 0x3c8}, {"puncsp", 0x2008}, {"qprime", 0x2057}, {"quest", 0x3f}, {"quot", 0x22, true},
    {"rArr", 0x21d2}, {"racute", 0x155}, {"radic", 0x221a}, {"rang", 0x27e9},
    {"raquo", 0xbb, true}, {"rarr", 0x2192}, {"rbrace", 0x7d}, {"rbrack", 0x5d},
    {"rcaron", 0x159}, {"rcedil", 0x157}, {"rceil", 0x2309}, {"rcub", 0x7d}, {"rdquo", 0x201d},
    {"rdquor", 0x201d}, {"real", 0x211c}, {"reg", 0xae, true}, {"rfloor", 0x230b}, {"rho", 0x3c1},
    {"ring", 0x2da}, {"rlm", 0x200f}, {"rpar", 0x29}, {"rsaquo", 0x203a}, {"rsqb", 0x5d},
    {"rsquo", 0x2019}, {"rsquor", 0x2019}, {"sacute", 0x15b}, {"sbquo", 0x201a},
    {"scaron", 0x161}, {"scedil", 0x15f}, {"scirc", 0x15d}, {"sdot", 0x22c5},
    {"sect", 0xa7, true}, {"semi", 0x3b}, {"shy", 0xad, true}, {"sigma", 0x3c3},
    {"sigmaf", 0x3c2}, {"sim", 0x223c}, {"sol", 0x2f}, {"spades", 0x2660}, {"star", 0x2606},
    {"starf", 0x2605}, {"strns", 0xaf}, {"sub", 0x2282}, {"sube", 0x2286}, {"sum", 0x2211},
    {"sung", 0x266a}, {"sup", 0x2283}, {"sup1", 0xb9, true}, {"sup2", 0xb2, true},
    {"sup3", 0xb3, true}, {"supe", 0x2287}, {"szlig", 0xdf, true}, {"tau", 0x3c4},
    {"tcaron", 0x165}, {"tcedil", 0x163}, {"there4", 0x2234}, {"theta", 0x3b8},
    {"thetasym", 0x3d1}, {"thinsp", 0x2009}, {"thorn", 0xfe, true}, {"tilde", 0x2dc},
    {"times", 0xd7, true}, {"tprime", 0x2034}, {"trade", 0x2122}, {"tstrok", 0x167},
    {"uArr", 0x21d1}, {"uacute", 0xfa, true}, {"uarr", 0x2191}, {"ubreve", 0x16d},
    {"ucirc", 0xfb, true}, {"udblac", 0x171}, {"ugrave", 0xf9, true}, {"umacr", 0x16b},
    {"uml", 0xa8, true}, {"uogon", 0x173}, {"upsih", 0x3d2}, {"upsilon", 0x3c5}, {"uring", 0x16f},
    {"utilde", 0x169}, {"uuml", 0xfc, true}, {"verbar", 0x7c}, {"vert", 0x7c}, {"wcirc", 0x175},
    {"weierp", 0x2118}, {"xi", 0x3be}, {"yacute", 0xfd, true}, {"ycirc", 0x177},
    {"yen", 0xa5, true}, {"yuml", 0xff, true}, {"zacute", 0x17a}, {"zcaron", 0x17e},
    {"zdot", 0x17c}, {"zeta", 0x3b6}, {"zwj", 0x200d}, {"zwnj", 0x200c},
};
// clang-format on

constexpr auto less = [](const Named& a, std::string_view b) { return a.name < b; };
static_assert(std::ranges::is_sorted(names, {}, &Named::name));

const Named* find(std::string_view name) {
  auto found = std::lower_bound(std::begin(names), std::end(names), name, less);
  return found != std::end(names) && found->name == name ? found : nullptr;
}

void append(std::uint32_t c, std::string& out) {
  if (c < 0x80) {
    out += char(c);
  } else if (c < 0x800) {
    out += char(0xc0 | c >> 6);
    out += char(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += char(0xe0 | c >> 12);
    out += char(0x80 | (c >> 6 & 0x3f));
    out += char(0x80 | (c & 0x3f));
  } else {
    out += char(0xf0 | c >> 18);
    out += char(0x80 | (c >> 12 & 0x3f));
    out += char(0x80 | (c >> 6 & 0x3f));
    out += char(0x80 | (c & 0x3f));
  }
}

// What numbers of the C1 range mean to senders: Windows-1252 (section 13.2.5.80).
constexpr std::uint16_t windows_1252[32] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

int digit_value(char c, bool hex) {
  if (c >= '0' && c <= '9') return c - '0';
  c = ascii_lower(c);
  return hex && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::size_t resolve_number(std::string_view text, std::string& out) {
  bool hex = text.size() > 2 && ascii_lower(text[2]) == 'x';
  std::size_t first = hex ? 3 : 2, i = first;
  std::uint32_t code = 0;
  for (; i < text.size(); ++i) {
    int digit = digit_value(text[i], hex);
    if (digit < 0) break;
    code = std::min<std::uint32_t>(code * (hex ? 16 : 10) + std::uint32_t(digit), 0x110000);
  }
  if (i == first) return 0;
  if (i < text.size() && text[i] == ';') ++i;
  if (code >= 0x80 && code < 0xa0) code = windows_1252[code - 0x80];
  if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) code = 0xfffd;
  append(code, out);
  return i;
}

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z');
}

// A name without its semicolon, with more behind it.
bool is_bare_and_goes_on(std::string_view text, std::size_t taken) {
  return text[1] != '#' && text[taken - 1] != ';' && taken < text.size() &&
         (text[taken] == '=' || is_letter_or_digit(text[taken]));
}

}  // namespace

std::size_t resolve_reference(std::string_view text, std::string& out) {
  constexpr std::size_t max_name = 40;
  if (text.size() > 1 && text[1] == '#') return resolve_number(text, out);
  std::size_t end = 1;
  while (end < text.size() && end <= max_name && is_letter_or_digit(text[end])) ++end;
  if (end < text.size() && text[end] == ';')
    if (auto* found = find(text.substr(1, end - 1))) {
      append(found->code, out);
      return end + 1;
    }
  for (std::size_t n = std::min(end - 1, max_bare); n >= 2; --n) {
    auto* found = find(text.substr(1, n));
    if (!found || !found->bare) continue;
    append(found->code, out);
    return n + 1;
  }
  return 0;
}

namespace {

std::string resolve_all(std::string_view text, bool in_attribute) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    auto end = std::min(text.find('&', at), text.size());
    out += text.substr(at, end - at);
    at = end;
    if (at == text.size()) break;
    const auto before = out.size();
    auto taken = resolve_reference(text.substr(at), out);
    if (taken && in_attribute && is_bare_and_goes_on(text.substr(at), taken)) {
      out.resize(before);
      taken = 0;
    }
    if (!taken) out += text[at++];
    at += taken;
  }
  return out;
}

}  // namespace

std::string resolve_references(std::string_view text) { return resolve_all(text, false); }
std::string resolve_attribute(std::string_view value) { return resolve_all(value, true); }

}  // namespace hearback::mail
