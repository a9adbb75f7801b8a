#pragma once
// One pass over the fields of a header section, for those who don't need them all kept.
#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/limits.hpp"
#include "mail/lines.hpp"

namespace hearback::mail {

// The name of a field that `line` starts, as written, with the position of the colon; empty when
// it starts none. RFC 5322 section 2.2; spaces before the colon are obsolete syntax.
inline std::string_view field_name(std::string_view line, std::size_t& colon) {
  colon = line.find(':');
  if (colon == line.npos) return {};
  std::size_t end = colon;
  while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t')) --end;
  for (std::size_t i = 0; i < end; ++i)
    if (line[i] <= ' ' || line[i] > '~') return {};
  return line.substr(0, end);
}

// Does `line` start a field that is known, or named as mail programs name theirs? Behind a line
// that belongs to no header this tells that the header goes on nevertheless.
bool is_certain_field(std::string_view line);

struct HeaderEnd {
  std::size_t body = 0;  // where the body starts
  bool has_fields = false;
  bool is_marked = true;  // by an empty line, or by the end of all
};

// Calls visit(name, body) for each field; `body` is as written, folded. The header ends at the
// first empty line. It also ends, as senders that know no better write it, at a line of blanks,
// before a line that is neither field nor continuation, unless a certain field follows (then that
// line is skipped), and before a line for which stops(line) is true, which isn't read.
template <class Visit, class Stops>
HeaderEnd visit_fields(Lines& lines, Visit&& visit, Stops&& stops) {
  std::string_view line, name, next;
  const char* body = nullptr;
  const char* body_end = nullptr;
  HeaderEnd out;
  const std::size_t start = lines.position();
  auto finish = [&] {
    if (name.empty()) return;
    out.has_fields = true;
    visit(name, std::string_view(body, std::size_t(body_end - body)));
    name = {};
  };
  auto ends = [&](std::size_t at) {
    finish();
    out.body = out.has_fields ? at : start;
    return out;
  };
  while (lines.peek(line)) {
    const std::size_t at = lines.position();
    if (stops(line)) return ends(at);
    lines.next(line);
    if (line.empty()) {
      ends(lines.position());
      if (at == start) out.body = lines.position();
      return out;
    }
    if (line.front() == ' ' || line.front() == '\t') {
      bool blank = line.find_first_not_of(" \t") == line.npos;
      if (blank && lines.peek(next) && !next.empty() && !is_certain_field(next)) {
        out.is_marked = false;
        return ends(lines.position());
      }
      body_end = line.data() + line.size();
      continue;
    }
    finish();
    std::size_t colon;
    name = field_name(line, colon);
    if (!name.empty()) {
      body = line.data() + colon + 1;
      body_end = line.data() + line.size();
    } else if (!(at == start && line.starts_with("From ")) && !line.starts_with(">From ") &&
               lines.peek(next) && !is_certain_field(next)) {
      out.is_marked = false;
      return ends(at);
    }
  }
  return ends(lines.position());
}

// Over a block whose first `max_octets` count. Returns where the body of the message starts.
template <class Visit>
std::size_t visit_fields(std::string_view block, std::size_t max_octets, Visit&& visit) {
  Lines lines(block.substr(0, max_octets));
  return visit_fields(lines, visit, [](std::string_view) { return false; }).body;
}

}  // namespace hearback::mail
