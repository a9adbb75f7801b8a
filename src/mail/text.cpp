#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"
#include "mail/phrases.hpp"

namespace hearback::mail {
namespace {

struct Prefix {
  std::string_view word;  // folded
  bool forward;
};

// What mail programs put before a subject. Single letters are left out: they begin real subjects.
constexpr Prefix prefixes[] = {{"re", false},      {"fw", true},
                               {"fwd", true},      {"aw", false},
                               {"wg", true},       {"antwort", false},
                               {"tr", true},       {"ré", false},
                               {"réf", false},     {"ref", false},
                               {"rép", false},     {"rép.", false},
                               {"transf", true},   {"sv", false},
                               {"vs", false},      {"vb", true},
                               {"vl", true},       {"antw", false},
                               {"doorst", true},   {"rif", false},
                               {"res", false},     {"enc", true},
                               {"rv", true},       {"odp", false},
                               {"pd", true},       {"ynt", false},
                               {"ilt", true},      {"\xC4\xB0lt", true},
                               {"回复", false},    {"回覆", false},
                               {"答复", false},    {"转发", true},
                               {"轉寄", true},     {"weitergeleitet", true},
                               {"transféré", true}};

// A leading "[list name]", or nothing.
std::size_t blob_octets(std::string_view text) {
  if (!text.starts_with('[')) return 0;
  auto end = text.find_first_of("[]", 1);
  if (end == text.npos || text[end] != ']') return 0;
  ++end;
  while (end < text.size() && text[end] == ' ') ++end;
  return end;
}

// Octets up to behind the colon of a reply or forward prefix at the start of `text`, or 0.
std::size_t prefix_octets(std::string_view text, bool* forward) {
  std::string start = fold_case(text.substr(0, 40));
  const Prefix* best = nullptr;
  for (auto& prefix : prefixes)
    if (start.starts_with(prefix.word) && (!best || prefix.word.size() > best->word.size()))
      best = &prefix;
  if (!best) return 0;
  std::string_view rest = std::string_view(start).substr(best->word.size());
  auto skip_space = [&] {
    while (rest.starts_with(' ') || rest.starts_with("\xC2\xA0"))
      rest.remove_prefix(rest.front() == ' ' ? 1 : 2);
  };
  skip_space();
  // "Re[2]:", "Re(2):", "Re^2:", "Re2:"
  std::size_t counted = 0;
  while (counted < rest.size() && counted < 6 &&
         std::string_view("[](){}^0123456789").find(rest[counted]) != std::string_view::npos)
    ++counted;
  rest.remove_prefix(counted);
  skip_space();
  std::size_t colon = rest.starts_with(':') ? 1 : rest.starts_with("：") ? 3 : 0;
  if (!colon) return 0;
  rest.remove_prefix(colon);
  *forward = best->forward;
  return start.size() - rest.size();
}

// Up to three list names and then a prefix.
std::size_t leader_octets(std::string_view text, bool* forward) {
  std::size_t at = 0;
  for (int blobs = 0; blobs <= 3; ++blobs) {
    if (auto n = prefix_octets(text.substr(at), forward)) return at + n;
    auto blob = blob_octets(text.substr(at));
    if (!blob) return 0;
    at += blob;
  }
  return 0;
}

bool has_forward_frame(std::string_view text) {
  return ascii_starts_with(text, "[fwd:") && text.ends_with(']');
}

bool has_forward_end(std::string_view text) {
  return text.size() >= 5 && ascii_equal(text.substr(text.size() - 5), "(fwd)");
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string out;
  out.resize_and_overwrite(text.size(), [&](char* to, std::size_t) {
    std::size_t n = 0;
    bool space = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      char c = text[i];
      bool hard = c == '\xC2' && i + 1 < text.size() && text[i + 1] == '\xA0';
      if (hard || std::uint8_t(c) <= ' ') {
        space = n > 0;
        i += hard;
        continue;
      }
      if (space) to[n++] = ' ';
      space = false;
      to[n++] = c;
    }
    return n;
  });
  return out;
}

std::string fold_case(std::string_view text) {
  std::string out = ascii_lower(text);
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    auto low = std::uint8_t(out[i + 1]);
    if (out[i] == '\xC3' && low >= 0x80 && low <= 0x9e && low != 0x97)
      out[i + 1] = char(low + 0x20);
  }
  return out;
}

std::string base_subject(std::string_view subject) {
  std::string line = one_line(subject);
  std::string_view rest = line;
  bool ignored;
  for (bool changed = true; changed;) {
    changed = false;
    rest = trim(rest);
    while (has_forward_end(rest)) {
      rest = trim(rest.substr(0, rest.size() - 5));
      changed = true;
    }
    while (auto n = leader_octets(rest, &ignored)) {
      rest = trim(rest.substr(n));
      changed = true;
    }
    if (has_forward_frame(rest)) {
      rest = rest.substr(5, rest.size() - 6);
      changed = true;
    } else if (auto n = blob_octets(rest); n && n < rest.size()) {
      rest.remove_prefix(n);
      changed = true;
    }
  }
  return std::string(rest);
}

bool is_forward_subject(std::string_view subject) {
  std::string line = one_line(subject);
  if (has_forward_frame(line)) return true;
  bool forward = false;
  if (leader_octets(line, &forward)) return forward;
  return has_forward_end(line);
}

std::string snippet(std::string_view text, std::size_t max) {
  constexpr std::size_t looked_at = 64 << 10;
  auto parts = split_quoted(utf8_prefix(text, looked_at));
  std::string own;
  for (auto line : split(parts.fresh, '\n')) {
    if (trim(line).starts_with('>')) continue;
    own += line;
    own += '\n';
    if (own.size() > 4 * max + 1000) break;
  }
  std::string line = one_line(own);
  if (line.size() <= max) return line;
  auto cut = utf8_prefix(line, max);
  auto space = cut.rfind(' ');
  if (line[cut.size()] != ' ' && space != cut.npos && space > cut.size() / 2)
    cut = cut.substr(0, space);
  return std::string(trim(cut));
}

}  // namespace hearback::mail
