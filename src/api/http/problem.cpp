#include "api/http/problem.hpp"

#include <array>
#include <cctype>
#include <string>

namespace hearback::api {
namespace {

namespace json = boost::json;

struct ByCode {
  std::string_view code;
  int status;
};
constexpr std::array kByCode = {
    ByCode{"session.required", 401},      ByCode{"session.refused", 401},
    ByCode{"session.throttled", 429},     ByCode{"events.too-many", 429},
    ByCode{"mailbox.throttled", 429},     ByCode{"uploads.too-many", 429},
    ByCode{"mailbox.counting", 429},      ByCode{"pictures.loading", 429},
    ByCode{"http.method", 405},           ByCode{"http.media-type", 415},
    ByCode{"http.too-large", 413},        ByCode{"json.malformed", 400},
    ByCode{"json.duplicate-member", 400},
};

// Failures of somebody else's server that we asked on the client's behalf.
constexpr std::array<std::string_view, 4> kUpstream = {"net.", "tls.", "imap.", "smtp."};

int status_of(Kind kind) {
  switch (kind) {
    case Kind::input: return 422;
    case Kind::denied: return 403;
    case Kind::missing: return 404;
    case Kind::conflict: return 409;
    case Kind::transient: return 503;
    case Kind::permanent: return 500;
  }
  return 500;
}

}  // namespace

int status_of(const Error& error) {
  for (const auto& row : kByCode)
    if (error.code == row.code) return row.status;
  for (auto prefix : kUpstream)
    if (error.code.starts_with(prefix)) return 502;
  return status_of(error.kind);
}

net::HttpResponse to_response(const Problem& problem) {
  const int status = status_of(problem.error);
  json::object body{{"type", "about:blank"},
                    {"title", problem.error.what},
                    {"status", status},
                    {"code", problem.error.code}};
  if (!problem.error.hint.empty()) body["detail"] = problem.error.hint;
  if (!problem.field.empty()) body["field"] = problem.field;
  for (const auto& member : problem.more) body[member.key()] = member.value();
  net::HttpResponse response;
  response.status = status;
  response.headers = problem.headers;
  response.headers.emplace_back("Content-Type", "application/problem+json");
  response.body = json::serialize(body);
  return response;
}

Refusal refuse(Kind kind, std::string code, std::string what, std::string hint) {
  return Refusal(Problem(Error{kind, std::move(code), std::move(what), std::move(hint)}));
}

Refusal refuse_field(std::string field, std::string code, std::string what, std::string hint) {
  return Refusal(Problem(Error{Kind::input, std::move(code), std::move(what), std::move(hint)},
                         std::move(field)));
}

Refusal not_found(std::string_view noun) {
  std::string name(noun);
  std::string what = "There is no such " + name + ", or you may not see it.";
  return refuse(Kind::missing, name + ".missing", std::move(what));
}

Problem too_many(std::string code, std::string what, Duration wait) {
  Problem problem(Error{Kind::transient, std::move(code), std::move(what), "Try again later."});
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait + 999ms).count();
  problem.headers.emplace_back("Retry-After", std::to_string(seconds));
  return problem;
}

net::HttpResponse json_response(int status, const json::value& value) {
  net::HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "application/json");
  response.body = json::serialize(value);
  return response;
}

net::HttpResponse empty_response(int status) {
  net::HttpResponse response;
  response.status = status;
  return response;
}

}  // namespace hearback::api
