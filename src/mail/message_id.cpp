#include "mail/message_id.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "base/text.hpp"
#include "mail/header.hpp"
#include "mail/word.hpp"

namespace hearback::mail {
namespace {

// What fits on a line of 998 octets with its brackets and the space before them.
constexpr std::size_t max_id_octets = 995;

// An id without the folding that some senders put inside.
std::string without_space(std::string_view id) {
  std::uint8_t any = 0;
  for (char c : id)
    any |= std::uint8_t(c == ' ') | std::uint8_t(c == '\t') | std::uint8_t(c == '\r') |
           std::uint8_t(c == '\n');
  if (!any) return std::string(id);
  std::string out;
  out.reserve(id.size());
  for (char c : id)
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') out += c;
  return out;
}

bool has_left_and_right(std::string_view id) {
  auto at = id.find('@', 1);
  return at != id.npos && at + 1 < id.size();
}

bool is_high(char c) { return std::uint8_t(c) >= 0x80; }

// Words outside of quotes and comments between two ids.
struct Words {
  bool any = false;
  bool name_sender = false;  // they end in a name ("from Ada"): an address follows
  bool name_id = false;      // the address stood there already, or they say that an id follows
};

Words words_of(std::string_view text) {
  constexpr std::string_view from[] = {"from", "by", "von", "de", "da", "di", "van", "von:"};
  Words out;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size();) {
    char c = text[i];
    if (c == '"' && depth == 0) quoted = !quoted;
    if (!quoted && c == '(') ++depth;
    if (!quoted && c == ')') depth -= depth > 0;
    auto end = std::min(text.find_first_of(" \t\r\n,;\"()", i), text.size());
    if (end == i) {
      ++i;
      continue;
    }
    if (!quoted && depth == 0) {
      out.any = true;
      auto word = ascii_lower(text.substr(i, end - i));
      bool sender = std::find(std::begin(from), std::end(from), word) != std::end(from);
      out.name_sender = out.name_sender || sender;
      out.name_id = out.name_id || word.find('@') != word.npos || word.starts_with("message-id");
    }
    i = end;
  }
  return out;
}

struct Bracketed {
  std::string_view id, before;  // and the text between the id before it and this one
};

// One after the other, so that a field of nothing but brackets takes no memory.
class Brackets {
 public:
  explicit Brackets(std::string_view body) : body_(body) {}

  // The text behind the last id, once next() has said that there is none left.
  std::string_view after() const {
    return last_ < body_.size() ? body_.substr(last_) : std::string_view();
  }

  bool next(Bracketed& out) {
    for (auto i = body_.find('<', at_); i != body_.npos; i = body_.find('<', at_)) {
      const auto before = body_.substr(last_, i - last_);
      ++i;
      const auto end = std::min(body_.find_first_of("<>", i), body_.size());
      const bool is_closed = end < body_.size() && body_[end] == '>';
      auto id = body_.substr(i, end - i);
      // Without its closing bracket an id ends at the first space.
      if (!is_closed) id = id.substr(0, id.find_first_of(" \t\r\n,;"));
      at_ = end;
      last_ = end + is_closed;
      if (id.empty()) continue;
      out = {id, before};
      return true;
    }
    return false;
  }

 private:
  std::string_view body_;
  std::size_t at_ = 0, last_ = 0;  // where the next is looked for; where the text before it starts
};

// Some senders encode the whole field.
std::string decoded(std::string_view body) {
  auto at = body.find("=?");
  return at != body.npos && body.find("?=", at) != body.npos ? decode_words(body) : std::string();
}

bool is_written_bare(std::string_view id) {
  auto opening = id.find("=?");
  return std::none_of(id.begin(), id.end(), is_high) &&
         (opening == id.npos || id.find("?=", opening) == id.npos);
}

}  // namespace

bool is_message_id(std::string_view id) {
  if (id.empty() || id.size() > max_id_octets) return false;
  std::uint8_t high = 0, wrong = 0;
  for (char c : id) {
    wrong |= std::uint8_t(std::uint8_t(c) <= ' ') | std::uint8_t(c == '\x7f') |
             std::uint8_t(c == '<') | std::uint8_t(c == '>');
    high |= std::uint8_t(is_high(c));
  }
  if (wrong) return false;
  return !high || (is_utf8(id) && clean_line(std::string(id)) == id);
}

std::vector<std::string> parse_message_ids(std::string_view given, std::size_t max) {
  auto text = decoded(given);
  std::string_view body = text.empty() ? given : text;
  std::vector<std::string> out;
  auto add = [&](std::string_view written) {
    auto id = without_space(written);
    if (is_message_id(id)) out.push_back(std::move(id));
  };
  Brackets brackets(body);
  Bracketed one;
  bool any = false;
  while (out.size() < max && brackets.next(one)) {
    any = true;
    add(one.id);
  }
  // Some senders leave the brackets out.
  for (std::size_t i = 0; !any && out.size() < max && i < body.size();) {
    auto end = std::min(body.find_first_of(" \t\r\n,;", i), body.size());
    auto id = body.substr(i, end - i);
    if (id.find('@') != id.npos && id.find_first_of("\"()>") == id.npos) add(id);
    i = end + 1;
  }
  return out;
}

std::vector<std::string> newest_references(std::string_view given, std::size_t max) {
  auto text = decoded(given);
  std::string_view body = text.empty() ? given : text;
  std::vector<std::string_view> found;
  Brackets brackets(body);
  Bracketed one, next;
  for (bool has = brackets.next(one); has; one = next) {
    has = brackets.next(next);
    // Most fields hold nothing but ids.
    if (auto words = words_of(one.before); words.any && !words.name_id) {
      auto after = has ? next.before : brackets.after();
      bool goes_on = after.find_first_not_of(" \t\r\n,;") != after.npos;
      if (words.name_sender || (goes_on && !trim(after).starts_with('('))) continue;
    }
    found.push_back(one.id);
    if (found.size() > 2 * max) found.erase(found.begin(), found.end() - std::ptrdiff_t(max));
  }
  std::vector<std::string> out;
  for (std::size_t i = found.size() - std::min(max, found.size()); i < found.size(); ++i) {
    auto id = without_space(found[i]);
    if (is_message_id(id) && has_left_and_right(id)) out.push_back(std::move(id));
  }
  return out;
}

std::string written_id(std::string_view id, std::size_t column) {
  auto whole = "<" + std::string(id) + ">";
  return is_written_bare(id) ? whole : encode_all(whole, column);
}

std::vector<std::string> fitting_references(std::vector<std::string> ids, std::size_t max) {
  constexpr std::size_t fold = 3;  // "\r\n "
  auto octets = [&](const std::string& id) { return fold + written_id(id, 1).size(); };
  if (ids.size() < 2) return ids;
  constexpr std::size_t name = 11;  // "References:"
  std::size_t used = name + octets(ids.back()) + octets(ids.front()), from = ids.size() - 1;
  bool first = used <= max;
  while (first && from > 1 && used + octets(ids[from - 1]) <= max) used += octets(ids[--from]);
  ids.erase(ids.begin() + first, ids.begin() + std::ptrdiff_t(from));
  return ids;
}

}  // namespace hearback::mail
