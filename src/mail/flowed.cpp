#include "mail/flowed.hpp"

#include "base/text.hpp"

namespace hearback::mail {

std::string unflow(std::string_view text, bool delete_space) {
  std::string out;
  out.reserve(text.size());
  bool open = false;  // the line before ended softly
  std::size_t open_depth = 0;
  std::size_t at = 0;
  while (at <= text.size()) {
    auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    bool last = end == text.size();
    if (last && line.empty()) break;
    std::size_t depth = 0;
    while (depth < line.size() && line[depth] == '>') ++depth;
    auto body = line.substr(depth);
    if (body.starts_with(' ')) body.remove_prefix(1);  // stuffed
    bool signature = body == "-- ";
    if (open && (depth != open_depth || signature)) {
      out += '\n';
      open = false;
    }
    if (!open && depth) {
      out.append(depth, '>');
      out += ' ';
    }
    bool soft = !signature && body.ends_with(' ');
    if (soft && delete_space) body.remove_suffix(1);
    out += body;
    if (!soft && !last) out += '\n';
    open = soft;
    open_depth = depth;
    if (last) break;
    at = end + 1;
  }
  return out;
}

}  // namespace hearback::mail
