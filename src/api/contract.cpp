#include "api/contract.hpp"

#include "api/handlers.hpp"

namespace hearback::api {
namespace {

constexpr Duration kSeenLately = 5s;
constexpr Duration kStoreAnswersWithin = 1s;

}  // namespace

Reply get_contract(Call&) {
  net::HttpResponse response;
  response.headers.emplace_back("Content-Type", "application/yaml");
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.body = std::string(contract());
  return response;
}

// From what was seen of the store a moment ago; asks it only when nobody else has, and not for
// long: a database that hangs is reported, not waited for.
Task<Reply> get_health(Call call) {
  auto& house = *call.house;
  if (!house.store_seen || call.ticks - *house.store_seen > kSeenLately) {
    auto answered = co_await house.env.try_work(
        {net::Lane::read, net::Standing::engine, "health"}, kStoreAnswersWithin,
        [&store = house.store] { return store.ask(store::Companies{}).has_value(); });
    if (!answered.value_or(false))
      co_return refuse(Kind::transient, "health.store", "The database does not answer.",
                       "See the server's log.");
    house.store_seen = house.env.ticks();
  }
  co_return json_response(200, {{"status", "ok"}, {"version", house.options.version}});
}

}  // namespace hearback::api
