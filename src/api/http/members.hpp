#pragma once
// Strict reading of a JSON request: every member is asked for by name and checked; what was not
// asked for is refused. The first thing wrong is the problem that the client gets.
#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http/problem.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearback::api {

// The request's body as one JSON object; http.media-type, json.malformed, json.duplicate-member,
// json.not-an-object.
Read<boost::json::object> read_object(const net::HttpRequest& request);

// `one` refuses every control character of ASCII; a `name` moreover loses what isn't seen
// (mail/unseen.hpp): it may have been given to be taken for another one.
enum class Lines { one, name, many };

struct Length {  // in characters, after trimming but for `many` lines
  std::size_t least = 0, most = 1000;
};

class Members {
 public:
  explicit Members(const boost::json::object& object, std::string prefix = {})
      : object_(object), prefix_(std::move(prefix)) {}

  bool has(std::string_view name) const { return object_.contains(name); }

  std::string text(std::string_view name, Length length, Lines lines = Lines::one);
  std::optional<std::string> maybe_text(std::string_view name, Length length,
                                        Lines lines = Lines::one);
  // null: empty; nothing: it wasn't given.
  std::optional<std::string> text_or_null(std::string_view name, Length length,
                                          Lines lines = Lines::one);
  // As it is: passwords may start with a space.
  std::string secret(std::string_view name, Length length);
  std::optional<std::string> maybe_secret(std::string_view name, Length length);
  std::int64_t number(std::string_view name, std::int64_t least, std::int64_t most);
  bool flag(std::string_view name, bool otherwise);
  std::vector<std::string> texts(std::string_view name, Length items, Length length);
  // null is a value of its own: the member was given, without an instant.
  struct MaybeInstant {
    bool given = false;
    std::optional<Instant> instant;
  };
  MaybeInstant instant_or_null(std::string_view name);
  const boost::json::object* object(std::string_view name);        // required
  const boost::json::object* maybe_object(std::string_view name);  // nullptr when absent
  // A list of them, at most so many; empty when absent.
  std::vector<const boost::json::object*> objects(std::string_view name, std::size_t most);

  template <class E>
  using Choices = std::span<const std::pair<std::string_view, E>>;
  template <class E>
  std::optional<E> maybe_choice(std::string_view name, Choices<E> choices) {
    const auto* value = take(name);
    if (!value) return std::nullopt;
    if (value->is_string())
      for (const auto& [word, meaning] : choices)
        if (value->get_string() == word) return meaning;
    wrong(name, "is none of the words that are known here");
    return std::nullopt;
  }
  template <class E>
  E choice(std::string_view name, Choices<E> choices) {
    if (auto found = maybe_choice<E>(name, choices)) return *found;
    if (!has(name)) missing(name);
    return {};
  }

  template <class I>
  std::optional<I> maybe_id(std::string_view name) {
    const auto* value = take(name);
    if (!value) return std::nullopt;
    std::optional<I> id;
    if (value->is_string()) id = I::parse(std::string_view(value->get_string()));
    if (id && id->empty()) id.reset();  // nothing has it, and in here it says that there is none
    if (!id) wrong(name, "is not an id");
    return id;
  }
  template <class I>
  I id(std::string_view name) {
    auto found = maybe_id<I>(name);
    if (!has(name)) missing(name);
    return found.value_or(I{});
  }
  template <class I>
  std::vector<I> ids(std::string_view name, std::size_t most) {
    std::vector<I> found;
    for (const auto& text : texts(name, {0, most}, {0, 100})) {
      auto id = I::parse(text);
      if (!id) {
        wrong(name, "holds something that is not an id");
        return {};
      }
      found.push_back(*id);
    }
    return found;
  }

  // Refuses `name` for a reason of the caller's own; the first refusal stands.
  void refuse(std::string_view name, std::string code, std::string what, std::string hint = {});
  // Takes over what was found wrong in an inner object.
  void take_over(Members& inner);
  // The first thing wrong, members that nobody asked for included.
  std::optional<Problem> problem();

 private:
  const boost::json::value* take(std::string_view name);
  std::optional<std::string> checked_text(std::string_view name, const boost::json::value& value,
                                          Length length, Lines lines, bool trimmed);
  std::string path(std::string_view name) const;
  void wrong(std::string_view name, std::string_view how);
  void missing(std::string_view name);

  const boost::json::object& object_;
  std::string prefix_;
  std::set<std::string, std::less<>> asked_;
  std::optional<Problem> first_;
};

}  // namespace hearback::api
