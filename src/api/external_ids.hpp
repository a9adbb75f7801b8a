#pragma once
// What another system calls jobs, candidates and applications (O-3), in requests and answers.
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "api/http/call.hpp"
#include "api/http/members.hpp"
#include "store/questions.hpp"

namespace hearback::api {

boost::json::value present_external_id(const std::string& external_id);  // null: there is none

// Member “external_id”; empty: it was null. Nothing: it wasn't given.
std::optional<std::string> read_external_id(Members& members);

// That of the path, where a slash is written %2F.
Read<std::string> external_id_in_path(const Call& call);

// A request to make what an external id names, or to change it: two of them at once make one.
// `find`: the Read of a std::optional id that it leads to; `make(call)`, `change(call, id)`: a
// Reply.
template <class Find, class Make, class Change>
Reply put_externally(Call& call, const Find& find, const Make& make, const Change& change) {
  constexpr int kTries = 3;
  for (int tries = 1;; ++tries) {
    auto found = find();
    if (!found) return Refusal(found.error());
    auto reply = *found ? change(call, **found) : make(call);
    // Somebody was faster: what they made is there now, or what they deleted no longer.
    const auto code = reply ? std::string() : reply.error().error.code;
    const bool again = code == "external-id.taken" || code == "application.exists" ||
                       code == "job.changed" || code == "candidate.missing";
    if (!again || tries == kTries) return reply;
  }
}

template <class I>
std::optional<I> led_to(const std::map<std::string, I>& found, const std::string& external_id) {
  const auto at = found.find(external_id);
  return at == found.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace hearback::api
