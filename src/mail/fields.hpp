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

// Calls visit(name, body) for each field up to the first empty line; `body` is as written, folded.
// Lines that are no field are skipped with their continuations. Returns where the body of the
// message starts.
template <class Visit>
std::size_t visit_fields(std::string_view block, std::size_t max_octets, Visit&& visit) {
  Lines lines(block.substr(0, max_octets));
  std::string_view line, name;
  const char* body = nullptr;
  const char* body_end = nullptr;
  auto finish = [&] {
    if (!name.empty()) visit(name, std::string_view(body, std::size_t(body_end - body)));
    name = {};
  };
  while (lines.next(line)) {
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') {
      body_end = line.data() + line.size();
      continue;
    }
    finish();
    std::size_t colon;
    name = field_name(line, colon);
    if (name.empty()) continue;
    body = line.data() + colon + 1;
    body_end = line.data() + line.size();
  }
  finish();
  return lines.position();
}

}  // namespace hearback::mail
