#include "api/http/members.hpp"

#include <algorithm>

#include "api/http/sole_members.hpp"
#include "base/text.hpp"
#include "mail/unseen.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool has_controls(std::string_view text, Lines lines) {
  return std::any_of(text.begin(), text.end(), [lines](char c) {
    const auto octet = static_cast<unsigned char>(c);
    if (lines == Lines::many && (c == '\n' || c == '\r' || c == '\t')) return false;
    return octet < 0x20 || octet == 0x7F;
  });
}

// In UTF-8, which JSON always is (RFC 8259 section 8.1).
bool is_json(std::string_view content_type) {
  const auto words = split(content_type, ';');
  return ascii_equal(trim(words.front()), "application/json") &&
         std::all_of(words.begin() + 1, words.end(), [](std::string_view parameter) {
           parameter = trim(parameter);
           return !ascii_starts_with(parameter, "charset=") ||
                  ascii_equal(parameter, "charset=utf-8") ||
                  ascii_equal(parameter, "charset=\"utf-8\"");
         });
}

}  // namespace

Read<json::object> read_object(const net::HttpRequest& request) {
  if (!is_json(request.header("content-type")))
    return refuse(Kind::input, "http.media-type", "The body of this request must be JSON.",
                  "Send it in UTF-8, with the header Content-Type: application/json.");
  auto parsed = parse_json(request.body);
  if (parsed.is == ParsedJson::Is::named_twice)
    return refuse_field(std::move(parsed.twice), "json.duplicate-member",
                        "The body of this request has a member twice.", "Send each member once.");
  if (parsed.is == ParsedJson::Is::malformed)
    return refuse(Kind::input, "json.malformed", "The body of this request is not valid JSON.");
  if (!parsed.value.is_object())
    return refuse(Kind::input, "json.not-an-object",
                  "The body of this request must be a JSON object.");
  return std::move(parsed.value.get_object());
}

std::string Members::path(std::string_view name) const {
  return prefix_.empty() ? std::string(name) : prefix_ + "." + std::string(name);
}

void Members::refuse(std::string_view name, std::string code, std::string what, std::string hint) {
  if (first_) return;
  first_ =
      Problem(Error{Kind::input, std::move(code), std::move(what), std::move(hint)}, path(name));
}

void Members::wrong(std::string_view name, std::string_view how) {
  refuse(name, "field.invalid", "“" + path(name) + "” " + std::string(how) + ".");
}

void Members::missing(std::string_view name) {
  refuse(name, "field.required", "“" + path(name) + "” is needed.");
}

void Members::take_over(Members& inner) {
  if (auto problem = inner.problem(); problem && !first_) first_ = std::move(problem);
}

std::optional<Problem> Members::problem() {
  if (first_) return first_;
  for (const auto& member : object_)
    if (!asked_.contains(std::string_view(member.key())))
      refuse(to_valid_utf8(utf8_prefix(member.key(), 100)), "field.unknown",
             "This request has a member that is not known here.");
  return first_;
}

const json::value* Members::take(std::string_view name) {
  asked_.emplace(name);
  return object_.if_contains(name);
}

std::optional<std::string> Members::checked_text(std::string_view name, const json::value& value,
                                                 Length length, Lines lines, bool trimmed) {
  if (!value.is_string()) {
    wrong(name, "must be a text");
    return std::nullopt;
  }
  std::string_view text = value.get_string();
  if (has_controls(text, lines)) {
    wrong(name, "has control characters in it");
    return std::nullopt;
  }
  std::string seen;
  if (lines == Lines::name) {
    seen = mail::without_unseen(text);
    text = mail::anything_seen(seen) ? seen : std::string_view();
  }
  if (trimmed) text = trim(text);
  const auto count = characters(text);
  if (count < length.least) {
    if (length.least == 1)
      missing(name);
    else
      wrong(name, "must have at least " + std::to_string(length.least) + " characters");
    return std::nullopt;
  }
  if (count > length.most) {
    refuse(
        name, "field.too-long",
        "“" + path(name) + "” must have at most " + std::to_string(length.most) + " characters.");
    return std::nullopt;
  }
  return std::string(text);
}

std::optional<std::string> Members::maybe_text(std::string_view name, Length length, Lines lines) {
  const auto* value = take(name);
  if (!value) return std::nullopt;
  return checked_text(name, *value, length, lines, lines != Lines::many);
}

std::string Members::text(std::string_view name, Length length, Lines lines) {
  auto found = maybe_text(name, length, lines);
  if (!has(name)) missing(name);
  return found.value_or("");
}

std::optional<std::string> Members::text_or_null(std::string_view name, Length length,
                                                 Lines lines) {
  const auto* value = take(name);
  if (!value) return std::nullopt;
  if (value->is_null()) return std::string();
  return checked_text(name, *value, length, lines, lines != Lines::many);
}

std::optional<std::string> Members::maybe_secret(std::string_view name, Length length) {
  const auto* value = take(name);
  if (!value) return std::nullopt;
  return checked_text(name, *value, length, Lines::one, false);
}

std::string Members::secret(std::string_view name, Length length) {
  auto found = maybe_secret(name, length);
  if (!has(name)) missing(name);
  return found.value_or("");
}

std::int64_t Members::number(std::string_view name, std::int64_t least, std::int64_t most) {
  const auto* value = take(name);
  if (!value) {
    missing(name);
    return least;
  }
  if (value->is_int64() && value->get_int64() >= least && value->get_int64() <= most)
    return value->get_int64();
  wrong(name,
        "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return least;
}

bool Members::flag(std::string_view name, bool otherwise) {
  const auto* value = take(name);
  if (!value) return otherwise;
  if (value->is_bool()) return value->get_bool();
  wrong(name, "must be true or false");
  return otherwise;
}

std::vector<std::string> Members::texts(std::string_view name, Length items, Length length) {
  const auto* value = take(name);
  if (!value) {
    if (items.least > 0) missing(name);
    return {};
  }
  if (!value->is_array()) {
    wrong(name, "must be a list");
    return {};
  }
  const auto& array = value->get_array();
  if (array.size() < items.least) missing(name);
  if (array.size() > items.most) {
    refuse(name, "field.too-many",
           "“" + path(name) + "” must have at most " + std::to_string(items.most) + " entries.");
    return {};
  }
  std::vector<std::string> found;
  for (const auto& item : array) {
    auto text = checked_text(name, item, length, Lines::one, true);
    if (!text) return {};
    found.push_back(std::move(*text));
  }
  return found;
}

Members::MaybeInstant Members::instant_or_null(std::string_view name) {
  const auto* value = take(name);
  if (!value) return {};
  if (value->is_null()) return {.given = true, .instant = std::nullopt};
  std::optional<Instant> instant;
  if (value->is_string()) instant = from_rfc3339(std::string_view(value->get_string()));
  if (!instant) wrong(name, "is not an instant like 2026-11-01T09:30:00Z");
  return {.given = true, .instant = instant};
}

const json::object* Members::maybe_object(std::string_view name) {
  const auto* value = take(name);
  if (!value) return nullptr;
  if (!value->is_object()) {
    wrong(name, "must be an object");
    return nullptr;
  }
  return &value->get_object();
}

std::vector<const json::object*> Members::objects(std::string_view name, std::size_t most) {
  const auto* value = take(name);
  if (!value) return {};
  if (!value->is_array()) {
    wrong(name, "must be a list");
    return {};
  }
  if (value->get_array().size() > most) {
    refuse(name, "field.too-many",
           "“" + path(name) + "” must have at most " + std::to_string(most) + " entries.");
    return {};
  }
  std::vector<const json::object*> found;
  for (const auto& item : value->get_array()) {
    if (!item.is_object()) {
      wrong(name, "must hold objects");
      return {};
    }
    found.push_back(&item.get_object());
  }
  return found;
}

const json::object* Members::object(std::string_view name) {
  const auto* found = maybe_object(name);
  if (!has(name)) missing(name);
  return found;
}

}  // namespace hearback::api
