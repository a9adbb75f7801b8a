#include "mail/media.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

#include "base/text.hpp"
#include "mail/charset.hpp"
#include "mail/codec.hpp"
#include "mail/header.hpp"
#include "mail/word.hpp"

namespace hearback::mail {
namespace {

constexpr std::size_t max_segments = 100;

// One `name*0*=value` as it is written.
struct Segment {
  std::string name;
  std::uint64_t index = 0;
  bool extended = false;   // the name ends in an asterisk
  bool continued = false;  // the name has a number
  std::string value;
};

std::string unquote(std::string_view text, std::size_t& at) {
  std::string out;
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    // Only what must be escaped: some senders write Windows paths here.
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\'))
      ++at;
    if (text[at] != '\r' && text[at] != '\n') out += text[at];
  }
  at = std::min(text.find(';', at), text.size());
  return out;
}

void skip_separators(std::string_view text, std::size_t& at) {
  while (at < text.size()) {
    char c = text[at];
    if (c == '(') {
      at = text.find(')', at);
      if (at == text.npos) at = text.size() - 1;
    } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != ';') {
      return;
    }
    ++at;
  }
}

Segment named(std::string_view name) {
  Segment out;
  if (name.ends_with('*')) {
    out.extended = true;
    name.remove_suffix(1);
  }
  auto star = name.find('*');
  if (star != name.npos) {
    if (auto index = to_number(name.substr(star + 1)); index && *index < 10000) {
      out.continued = true;
      out.index = *index;
      name = name.substr(0, star);
    }
  }
  out.name = ascii_lower(name);
  return out;
}

std::vector<Segment> read_segments(std::string_view text) {
  std::vector<Segment> out;
  std::size_t at = 0;
  while (out.size() < max_segments) {
    skip_separators(text, at);
    if (at >= text.size()) break;
    auto end = std::min(text.find_first_of("=;", at), text.size());
    auto name = trim(text.substr(at, end - at));
    at = end;
    if (at >= text.size() || text[at] == ';') continue;
    ++at;
    while (at < text.size() &&
           (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n'))
      ++at;
    auto segment = named(name);
    if (at < text.size() && text[at] == '"') {
      segment.value = unquote(text, at);
    } else {
      end = std::min(text.find(';', at), text.size());
      segment.value = trim(text.substr(at, end - at));
      at = end;
    }
    if (!segment.name.empty()) out.push_back(std::move(segment));
  }
  return out;
}

// charset'language'text
std::string_view take_charset(std::string_view& value) {
  auto first = value.find('\'');
  if (first == value.npos) return {};
  auto second = value.find('\'', first + 1);
  if (second == value.npos) return {};
  auto charset = value.substr(0, first);
  value.remove_prefix(second + 1);
  return charset;
}

using Segments = std::vector<const Segment*>;

// The value of one parameter from its segments, in their order.
std::string joined(std::span<const Segment* const> segments) {
  Segments mine;
  for (auto* segment : segments)
    if (segment->extended || segment->continued) mine.push_back(segment);
  std::ranges::sort(mine, {}, [](auto* s) { return std::pair(s->index, s); });  // else as written
  std::string octets, charset;
  bool extended = false;
  for (auto* segment : mine) {
    std::string_view value = segment->value;
    if (segment->extended) {
      if (!extended && segment == mine.front()) charset = take_charset(value);
      extended = true;
      octets += decode_percent(value);
    } else {
      octets += value;
    }
  }
  // Some senders split an encoded word over continuations.
  if (!extended && octets.find("=?") != octets.npos) return decode_words(octets);
  return clean_line(to_utf8(octets, charset));
}

}  // namespace

std::string_view Media::parameter(std::string_view name) const {
  for (auto& [key, value] : parameters)
    if (key == name) return value;
  return {};
}

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Octets of the value before the parameters. Some senders leave the semicolon out: then the value
// ends at its first space, unless that stands beside the slash.
std::size_t value_octets(std::string_view body) {
  auto end = std::min(body.find(';'), body.size());
  for (std::size_t i = 0; i < end; ++i) {
    if (!is_blank(body[i])) continue;
    std::size_t next = i;
    while (next < end && is_blank(body[next])) ++next;
    if (next == end) break;
    if (body[next] != '/' && body[i - 1] != '/' && body[next] != '(') return i;
    i = next;
  }
  return end;
}

// The value of one parameter from all of its segments.
std::string value_of(std::span<const Segment* const> segments) {
  for (auto* segment : segments)
    if (segment->extended || segment->continued) return joined(segments);
  for (auto* segment : segments)
    if (auto value = decode_words(segment->value); !value.empty()) return value;
  return {};
}

}  // namespace

Media parse_media(std::string_view body) {
  Media out;
  body = trim(body);
  auto end = value_octets(body);
  auto value = body.substr(0, end);
  value = trim(value.substr(0, value.find('(')));
  out.value = ascii_lower(value);
  std::erase_if(out.value, [](char c) { return c <= ' ' || c > '~'; });
  while (out.value.ends_with(',')) out.value.pop_back();
  auto written = read_segments(body.substr(end));
  Segments segments;
  for (auto& segment : written) segments.push_back(&segment);
  std::ranges::sort(segments, {}, [](auto* s) { return std::pair(std::string_view(s->name), s); });
  for (std::size_t i = 0; i < segments.size();) {
    std::size_t next = i;
    while (next < segments.size() && segments[next]->name == segments[i]->name) ++next;
    out.parameters.emplace_back(segments[i]->name,
                                value_of(std::span(segments).subspan(i, next - i)));
    i = next;
  }
  return out;
}

bool is_media_token(std::string_view text) {
  if (text.empty()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c <= '~' &&
           std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
  });
}

bool is_media_type(std::string_view type) {
  auto slash = type.find('/');
  return slash != type.npos && is_media_token(type.substr(0, slash)) &&
         is_media_token(type.substr(slash + 1));
}

}  // namespace hearback::mail
