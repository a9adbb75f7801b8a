#include "api/api.hpp"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "api/events.hpp"
#include "api/handlers.hpp"
#include "api/http/guard.hpp"
#include "api/http/pages.hpp"
#include "api/route.hpp"
#include "base/log.hpp"
#include "net/address.hpp"
#include "net/http_message.hpp"

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
  auto asker = identify(call.store(), call.house->options, call.credentials, call.now);
  if (!asker) return asker;
  if (!allows(route.right, asker->user))
    return refuse(Kind::denied, "access.denied", "Your role doesn't allow this.",
                  "Ask a colleague whose role does.");
  if (needs_session(route.right) && !asker->session)
    return refuse(Kind::denied, "access.in-person", "A program's token can't do this.",
                  "Sign in on the page.");
  if (!asker->may_write && !is_safe(call.request->method))
    return refuse(Kind::denied, "access.read-only", "This token is for reading alone.",
                  "Make one that may write.");
  return asker;
}

// A sign of life that can't be written now is written by the next request.
std::string used(const Asker& asker) {
  return asker.session ? asker.session->text() : asker.token->text();
}

Read<bool> note_use(const Call& call) {
  auto commit = call.commit();
  if (call.asker.session)
    commit.changes.push_back(store::UseSession{*call.asker.session, call.now});
  else
    commit.changes.push_back(store::UseToken{*call.asker.token, call.now});
  return call.store().commit(commit).has_value();
}

bool is_upload(const Route& route) { return route.operation == "upload"; }

bool is_import(const Route& route) { return route.path.starts_with("/imports/"); }

// What files may take of room for bodies: on a slow line they hold it for long, and what people
// write needs some.
std::size_t part_for_files(std::size_t room) { return room / 4 * 3; }

struct Admitted {
  Asker asker;
  std::vector<net::BodyShare> shares;  // what its body counts against
  std::string sender;
};

// A file that there is no room for is refused before it comes. Those that come beside each other
// share what room there is, so that none comes in vain. How long one in chunks is nobody knows: cut
// off where that room ends it would be told to come again, for ever; so its handler says why not.
Read<Admitted> admit_body(const Route& route, Call call, std::optional<std::uint64_t> length) {
  auto asker = admit(route, call);
  if (!asker) return Refusal(asker.error());
  call.asker = *asker;
  const auto& limits = call.house->options.limits;
  const auto company = asker->company.text(), user = asker->user.id.text();
  Admitted admitted{std::move(*asker),
                    {{"company " + company, limits.http_bodies_of_company},
                     {"user " + user, limits.http_bodies_of_user}},
                    "user " + user};
  if (!is_upload(route)) return admitted;
  const auto room = room_for_upload(call, length.value_or(1));
  if (!room) return Refusal(room.error());
  const auto files = part_for_files(limits.http_bodies_of_company);
  admitted.shares.push_back({"uploads", part_for_files(limits.http_bodies_octets)});
  admitted.shares.push_back({"uploads of company " + company,
                             length ? std::min<std::uint64_t>(room->of_company, files) : files});
  if (!length) return admitted;
  admitted.shares.push_back({"uploads of user " + user, room->of_user});
  return admitted;
}

// Who asks is found out in a turn of the network that they come from; from then on they have turns
// of their own.
Task<Reply> answer(const Route& route, Call call) {
  std::vector<net::BodyShare> shares;  // a visitor's are the server's to know
  if (route.right != Right::anyone) {
    auto asker =
        co_await at_work(call, net::Lane::read, [&route, call] { return admit(route, call); });
    if (!asker) co_return Refusal(asker.error());
    call.house->store_seen = call.house->env.ticks();
    call.asker = std::move(*asker);
    const auto& limits = call.house->options.limits;
    shares = {{"company " + call.asker.company.text(), limits.http_answers_of_company},
              {"user " + call.asker.user.id.text(), limits.http_answers_of_user}};
  }
  // Where writes are slow, whoever reads waits for that but once a minute.
  if (call.asker.note_use && !call.house->uses_noted.enter(used(call.asker), call.ticks))
    (void)co_await at_work(call, net::Lane::write, [call] { return note_use(call); });
  Reply reply;
  if (route.work)
    reply = co_await at_work(call, lane_of(route),
                             [&route, call]() mutable { return route.work(call); });
  else
    reply = co_await route.wait(std::move(call));
  if (!reply) co_return reply;
  if (!shares.empty()) reply->reader = shares.back().who;
  reply->shares = std::move(shares);
  co_return reply;
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
  // What can't be read would be taken for what wasn't asked.
  if (!net::percent_decode(request->query, true))
    co_return refuse(Kind::input, "field.invalid", "The query of the address can’t be read.",
                     "Write a percent sign as %25.");
  Call call{.request = request,
            .path = std::move(found.path),
            .now = house.env.now(),
            .ticks = house.env.ticks(),
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
    content = is_reader(request->path) ? Content::reader : Content::page;
    Call call{.request = request,
              .path = {},
              .now = {},
              .ticks = {},
              .credentials = credentials_of(*request),
              .asker = {},
              .house = house_.get()};
    reply = co_await at_work(call, net::Lane::read, [request, directory = house_->options.pages] {
      return serve_page(directory, *request);
    });
  }
  auto response = reply ? std::move(*reply) : to_response(reply.error());
  add_security_headers(*request, content, response);
  co_return response;
}

// Who isn't signed in sends what a sign-in takes; whoever sends more shows first who they are.
Task<net::BodyRoom> Api::body_room(const net::HttpRequest& head,
                                   std::optional<std::uint64_t> length) {
  const auto& limits = house_->options.limits;
  const auto refused = [&head](const Problem& problem) {
    net::BodyRoom room{.octets = 0, .shares = {}, .refusal = to_response(problem)};
    add_security_headers(head, Content::api, *room.refusal);
    return room;
  };
  if (is_safe(head.method)) co_return net::BodyRoom{};
  if (auto problem = check_transport(head, house_->options.public_hosts))
    co_return refused(*problem);
  const auto network = net::network_of(head.peer);
  net::BodyRoom room{.octets = limits.http_visitor_body_octets,
                     .shares = {{"visitors", limits.http_bodies_of_visitors},
                                {"network " + network, limits.http_bodies_of_network}},
                     .refusal = {},
                     .stranger = true};
  const auto found = match(head.method, head.path);
  if (!found.route || found.route->right == Right::anyone) co_return room;
  if (length && *length <= room.octets) co_return room;

  auto request = std::make_shared<net::HttpRequest>();
  request->peer = head.peer;
  const Call call{.request = request,
                  .path = {},
                  .now = house_->env.now(),
                  .ticks = {},
                  .credentials = credentials_of(head),
                  .asker = {},
                  .house = house_.get()};
  auto admitted = co_await at_work(call, net::Lane::read, [route = found.route, call, length] {
    return admit_body(*route, call, length);
  });
  if (!admitted) co_return refused(admitted.error());
  room.stranger = false;
  room.octets = is_upload(*found.route)   ? limits.upload_octets
                : is_import(*found.route) ? limits.import_octets
                                          : limits.http_body_octets;
  room.shares = std::move(admitted->shares);
  room.sender = std::move(admitted->sender);
  co_return room;
}

}  // namespace hearback::api
