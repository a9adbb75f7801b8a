#include "sim/imap_search.hpp"

#include "base/text.hpp"
#include "sim/imap_text.hpp"

namespace hearback::sim {

bool search_key(CommandReader& in, const SearchedMessage& one, bool* match) {
  const auto& m = one.message;
  if (in.peek() == '(') {
    auto inner = in.parenthesized();
    if (!inner) return false;
    CommandReader keys(*inner);
    *match = true;
    do {
      bool inner_match = false;
      if (!search_key(keys, one, &inner_match)) return false;
      *match = *match && inner_match;
    } while (keys.space());
    return keys.end();
  }
  auto word = in.atom();
  if (!word) return false;
  auto key = ascii_upper(*word);
  auto argument = [&] { return in.space() ? in.string() : std::nullopt; };
  auto day = [](Instant t) { return t.ms / 86'400'000; };
  if (key == "ALL") return *match = true, true;
  if (key == "SEEN") return *match = m.flags.contains("\\Seen"), true;
  if (key == "UNSEEN") return *match = !m.flags.contains("\\Seen"), true;
  if (key == "NOT") {
    bool inner = false;
    if (!in.space() || !search_key(in, one, &inner)) return false;
    return *match = !inner, true;
  }
  if (key == "SINCE" || key == "BEFORE" || key == "ON") {
    auto text = argument();
    auto date = text ? read_date(*text) : std::nullopt;
    if (!date) return false;
    auto mine = day(m.internal_date), theirs = day(*date);
    *match = key == "SINCE" ? mine >= theirs : key == "BEFORE" ? mine < theirs : mine == theirs;
    return true;
  }
  if (key == "OR") {
    bool left = false, right = false;
    if (!in.space() || !search_key(in, one, &left)) return false;
    if (!in.space() || !search_key(in, one, &right)) return false;
    return *match = left || right, true;
  }
  const bool addresses = key == "FROM" || key == "TO" || key == "CC" || key == "BCC";
  if (key == "HEADER" || addresses) {
    auto field = addresses ? std::optional(key) : argument();
    auto value = field ? argument() : std::nullopt;
    if (!value) return false;
    bool any = false;
    each_field(m.raw, [&](std::string_view name, std::string_view whole) {
      any = any || (ascii_equal(name, *field) && contains_ignoring_case(whole, *value));
    });
    return *match = any, true;
  }
  if (key == "UID") {
    auto text = argument();
    auto set = text ? read_set(*text, one.view.empty() ? 0 : one.view.back()) : std::nullopt;
    if (!set) return false;
    return *match = set->has(m.uid), true;
  }
  auto set = read_set(key, static_cast<std::uint32_t>(one.view.size()));
  if (!set) return false;
  return *match = set->has(one.number), true;
}

}  // namespace hearback::sim
