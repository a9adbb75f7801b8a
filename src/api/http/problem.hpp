#pragma once
// What a client is told when something can't be done: RFC 9457 problem details with a stable `code`
// and, where one member of the request is at fault, its `field`.
#include <boost/json.hpp>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "net/http.hpp"

namespace hearback::api {

struct Problem {
  Error error;
  std::string field;         // the member at fault: "imap.host"; empty when there is none
  boost::json::object more;  // members beyond the usual ones
  std::vector<std::pair<std::string, std::string>> headers;  // Retry-After, Allow

  Problem() = default;
  Problem(Error e) : error(std::move(e)) {}  // NOLINT: an Error is a Problem
  Problem(Error e, std::string at) : error(std::move(e)), field(std::move(at)) {}
};

// The one place where an error becomes an HTTP status.
int status_of(const Error& error);

net::HttpResponse to_response(const Problem& problem);

using Reply = std::expected<net::HttpResponse, Problem>;
using Refusal = std::unexpected<Problem>;

template <class T>
using Read = std::expected<T, Problem>;

Refusal refuse(Kind kind, std::string code, std::string what, std::string hint = {});
Refusal refuse_field(std::string field, std::string code, std::string what, std::string hint = {});
// 404 for what doesn't exist and for what the reader may not know of: never told apart.
Refusal not_found(std::string_view noun);

// 429 with Retry-After: the same was tried too often.
Problem too_many(std::string code, std::string what, Duration wait);

net::HttpResponse json_response(int status, const boost::json::value& value);
net::HttpResponse empty_response(int status = 204);

}  // namespace hearback::api
