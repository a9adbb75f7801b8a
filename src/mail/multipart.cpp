#include "mail/multipart.hpp"

#include <string>

namespace hearback::mail {
namespace {

constexpr std::size_t max_boundary = 250;  // the standard allows 70

struct Delimiter {
  std::size_t begin, end;  // of the whole line, the line end before it and its own included
  bool closing;
};

// The delimiter line at `at`, where "--boundary" of `length` octets stands.
bool is_line(std::string_view body, std::size_t at, std::size_t length, Delimiter& out) {
  if (at && body[at - 1] != '\n' && body[at - 1] != '\r') return false;
  std::size_t i = at + length;
  out.closing = body.substr(i).starts_with("--");
  if (out.closing) i += 2;
  while (i < body.size() && (body[i] == ' ' || body[i] == '\t')) ++i;
  if (i < body.size() && body[i] != '\r' && body[i] != '\n') return false;
  if (i < body.size() && body[i] == '\r') ++i;
  if (i < body.size() && body[i] == '\n') ++i;
  out.end = i;
  out.begin = at;
  if (out.begin && body[out.begin - 1] == '\n') --out.begin;
  if (out.begin && body[out.begin - 1] == '\r') --out.begin;
  return true;
}

}  // namespace

Sections split_multipart(std::string_view body, std::string_view boundary, std::size_t max) {
  Sections out;
  while (!boundary.empty() && boundary.back() == ' ') boundary.remove_suffix(1);
  if (boundary.empty() || boundary.size() > max_boundary) return out;
  const std::string mark = "--" + std::string(boundary);
  bool open = false;
  std::size_t start = 0;
  for (std::size_t at = body.find(mark); at != body.npos && out.parts.size() <= max;) {
    Delimiter line;
    if (!is_line(body, at, mark.size(), line)) {
      at = body.find(mark, at + 1);
      continue;
    }
    if (open) out.parts.push_back(body.substr(start, line.begin > start ? line.begin - start : 0));
    open = !line.closing;
    start = line.end;
    if (line.closing) {
      out.closed = true;
      break;
    }
    at = body.find(mark, line.end);
  }
  if (open && out.parts.size() <= max) out.parts.push_back(body.substr(start));
  return out;
}

}  // namespace hearback::mail
