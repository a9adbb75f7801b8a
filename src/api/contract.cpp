#include "api/contract.hpp"

#include "api/handlers.hpp"

namespace hearback::api {
namespace {

constexpr Duration kSeenLately = 5s, kWellLately = 1s;
constexpr Duration kStoreAnswersWithin = 1s;

// For whoever watches the server: what it is that keeps everything from being stored.
std::optional<Refusal> what_stops_writing(const Error& error) {
  if (store::wants_room(error))
    return refuse(Kind::transient, "health.disk", "Nothing can be stored.",
                  "Give the server's disk or its database more room.");
  if (error.code == "store.not-held" || error.code == "store.taken-over")
    return refuse(Kind::transient, "health.not-held",
                  "Nothing can be stored: the database isn't this server's now.", error.hint);
  if (error.code == "store.read-only")
    return refuse(Kind::transient, "health.read-only",
                  "Nothing can be stored: the database can't be written.", error.hint);
  return std::nullopt;
}

}  // namespace

Reply get_contract(Call&) {
  net::HttpResponse response;
  response.headers.emplace_back("Content-Type", "application/yaml");
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.body = std::string(contract());
  return response;
}

// Asks the store only where that wasn't done a moment ago, and not for long: a database that hangs
// is reported, not waited for. Where the workers have no time for the question, it is enough that
// the store was seen to answer others.
Task<Reply> get_health(Call call) {
  auto& house = *call.house;
  const auto within = [&](const std::optional<Instant>& seen, Duration time) {
    return seen && call.ticks - *seen <= time;
  };
  if (!within(house.seen_well, kWellLately)) {
    const auto answered = co_await house.env.try_work(
        {net::Lane::read, net::Standing::engine, "health"}, kStoreAnswersWithin,
        [&store = house.store]() -> Result<void> {
          if (auto asked = store.ask(store::Companies{.rows = 1}); !asked)
            return Failure(asked.error());
          return store.storing();
        });
    const bool waited = house.env.ticks() - call.ticks >= kStoreAnswersWithin;
    if (answered && !*answered)
      if (auto unwritable = what_stops_writing(answered->error())) co_return *unwritable;
    if (answered ? !*answered : !within(house.store_seen, waited ? Duration{0} : kSeenLately))
      co_return refuse(Kind::transient, "health.store", "The database does not answer.",
                       "See the server's log.");
    if (answered) house.seen_well = house.store_seen = house.env.ticks();
  }
  co_return json_response(200, {{"status", "ok"}, {"version", house.options.version}});
}

}  // namespace hearback::api
