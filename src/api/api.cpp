#include "api/api.hpp"

#include <sodium.h>

#include <utility>

#include "api/events.hpp"
#include "api/http/guard.hpp"
#include "api/http/pages.hpp"
#include "api/route.hpp"
#include "base/log.hpp"

namespace hearback::api {
namespace {

bool is_api(std::string_view path) { return path == "/api" || path.starts_with("/api/"); }

Problem no_route(const Match& match) {
  if (match.allowed.empty())
    return Problem(Error{Kind::missing, "http.no-such-route",
                         "The API has nothing at this address.", "See /api/v1/openapi.yaml."});
  Problem problem(Error{Kind::input, "http.method", "This address does not know that method.", ""});
  problem.headers.emplace_back("Allow", match.allowed);
  return problem;
}

// Cookies travel by themselves, so the request must prove that our own page sent it. Whoever signs
// in has no cookie yet; what their browser says of itself must still be right.
std::optional<Problem> check_forgery(const Route& route, const net::HttpRequest& request,
                                     const Credentials& credentials) {
  if (is_safe(request.method)) return std::nullopt;
  if (credentials.kind == Credentials::Kind::cookie) return check_origin(request, true);
  if (route.right == Right::anyone) return check_origin(request, false);
  return std::nullopt;
}

Read<Asker> admit(const Route& route, const Call& call) {
  if (route.right == Right::anyone) return Asker{};
  auto asker = identify(call.store(), call.credentials, call.now);
  if (!asker) return asker;
  if (!allows(route.right, asker->user))
    return refuse(Kind::denied, "access.denied", "Your role doesn't allow this.",
                  "An admin can change your role.");
  return asker;
}

Reply admit_and_work(const Route& route, Call call) {
  auto asker = admit(route, call);
  if (!asker) return Refusal(asker.error());
  call.asker = std::move(*asker);
  return route.work(call);
}

Task<Reply> answer(const Route& route, Call call) {
  auto& env = call.house->env;
  if (route.work)
    co_return co_await env.work(guarded([&route, call] { return admit_and_work(route, call); }));
  auto asker = co_await env.work(guarded([&route, call] { return admit(route, call); }));
  if (!asker) co_return Refusal(asker.error());
  call.asker = std::move(*asker);
  co_return co_await route.wait(std::move(call));
}

void log_failure(const Route& route, const Problem& problem) {
  const int status = status_of(problem.error);
  if (status >= 500)
    log::warn("http.failed",
              {{"operation", route.operation}, {"status", status}, {"code", problem.error.code}});
}

Task<Reply> call_api(House& house, std::shared_ptr<const net::HttpRequest> request) {
  auto found = match(request->method, request->path);
  if (!found.route) co_return Refusal(no_route(found));
  Call call{.request = request,
            .path = std::move(found.path),
            .now = house.env.now(),
            .credentials = credentials_of(*request),
            .asker = {},
            .house = &house};
  if (auto problem = check_forgery(*found.route, *request, call.credentials))
    co_return Refusal(std::move(*problem));
  auto reply = co_await answer(*found.route, std::move(call));
  if (!reply) log_failure(*found.route, reply.error());
  co_return reply;
}

}  // namespace

Api::Api(net::Env& env, store::Store& store, Options options)
    : house_(std::make_unique<House>(env, store, std::move(options))) {
  house_->feed = std::make_shared<Feed>(store);
  if (sodium_init() < 0) std::abort();  // nothing that follows would be safe
}

Api::~Api() = default;

Task<net::HttpResponse> Api::handle(net::HttpRequest request_by_value) {
  auto request = std::make_shared<const net::HttpRequest>(std::move(request_by_value));
  Content content = Content::api;
  Reply reply;
  if (auto problem = check_transport(*request, house_->options.public_hosts)) {
    reply = Refusal(std::move(*problem));
  } else if (is_api(request->path)) {
    reply = co_await call_api(*house_, request);
  } else {
    content = Content::page;
    reply = co_await house_->env.work(guarded(
        [request, directory = house_->options.pages] { return serve_page(directory, *request); }));
  }
  auto response = reply ? std::move(*reply) : to_response(reply.error());
  add_security_headers(*request, content, response);
  co_return response;
}

std::size_t Api::body_limit(std::string_view method, std::string_view path) const {
  const auto& limits = house_->options.limits;
  if (is_safe(method)) return 0;
  const auto found = match(method, path);
  if (found.route && found.route->operation == "upload") return limits.upload_octets;
  return limits.http_body_octets;
}

}  // namespace hearback::api
