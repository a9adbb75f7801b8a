// Pictures that lie on somebody's web server. The server fetches them when somebody asks for it,
// never the browser, and keeps them with the message: who wrote it learns once that somebody has
// opened it, and not who, where, with what or how often.
#include <sodium.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "api/contents.hpp"
#include "api/handlers.hpp"
#include "api/http/guard.hpp"
#include "mail/picture_type.hpp"
#include "mail/remote_pictures.hpp"
#include "net/http_client.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kPictures = 50;  // of one message
constexpr std::size_t kOctets = 5u << 20, kOctetsOfAll = 10u << 20;
constexpr Duration kPatience = 20s;
constexpr std::size_t kAtOnce = 8;  // who are served

PictureId id_of(std::string_view address) {
  PictureId id;
  crypto_generichash(id.bytes.data(), id.bytes.size(),
                     reinterpret_cast<const unsigned char*>(address.data()), address.size(),
                     nullptr, 0);
  return id;
}

struct Remote {
  PictureId id;
  std::string address;  // as it stands in the message
};

Read<std::vector<Remote>> remote_of(const Call& call, const rules::Message& message) {
  auto words = words_of(call, message);
  if (!words) return Refusal(words.error());
  std::vector<Remote> found;
  for (auto& address : mail::remote_pictures(words->html, kPictures))
    found.push_back({id_of(address), std::move(address)});
  return found;
}

Read<std::vector<store::PicturesOf::Row>> stored(const Call& call, MessageId message) {
  auto rows = call.store().ask(store::PicturesOf{call.scope(), message});
  if (!rows) return Refusal(rows.error());
  return std::move(*rows);
}

// Those that are still to be fetched, and the room that is left for them.
struct Missing {
  std::vector<Remote> pictures;
  std::size_t room = kOctetsOfAll;
};

Read<std::size_t> room_beside(const Call& call, const std::vector<store::PicturesOf::Row>& rows) {
  auto room = kOctetsOfAll;
  for (const auto& row : rows) {
    auto form = call.store().ask(store::BlobForm{call.asker.company, row.blob});
    if (!form) return Refusal(form.error());
    if (*form) room -= std::min<std::size_t>(room, (*form)->octets);
  }
  return room;
}

Read<Missing> find_missing(const Call& call, const rules::Message& message) {
  auto remote = remote_of(call, message);
  if (!remote) return Refusal(remote.error());
  auto rows = stored(call, message.id);
  if (!rows) return Refusal(rows.error());
  for (const auto& row : *rows)
    std::erase_if(*remote, [&](const Remote& one) { return one.id == row.id; });
  auto room = room_beside(call, *rows);
  if (!room) return Refusal(room.error());
  return Missing{std::move(*remote), *room};
}

struct Fetched {
  PictureId id;
  std::string_view type;
  std::string bytes;
};

// One after the other, as far as time and room go. What can't be had is left out; a server that
// doesn't answer is asked for no more.
Task<std::vector<Fetched>> fetch(net::Env& env, Missing missing) {
  std::vector<Fetched> fetched;
  std::set<std::string> silent;
  auto& room = missing.room;
  net::HttpClient client(env, kPatience);
  for (const auto& one : missing.pictures) {
    auto address = net::web_address(one.address);
    if (!address || silent.contains(address->host)) continue;
    if (client.out_of_patience() || room == 0) break;
    auto bytes = co_await client.get(*address, std::min(kOctets, room));
    if (!bytes) {
      if (!bytes.error().code.starts_with("http.")) silent.insert(client.last_host());
      continue;
    }
    const auto type = mail::picture_type(*bytes);
    if (type.empty()) continue;
    room -= bytes->size();
    fetched.push_back({one.id, type, std::move(*bytes)});
  }
  co_return fetched;
}

// Whoever asked may have lost the right meanwhile.
Reply keep(Call& call, std::vector<Fetched> fetched) {
  auto asker = identify(call.store(), call.house->options, call.credentials, call.now);
  if (!asker) return Refusal(asker.error());
  call.asker = std::move(*asker);
  auto message = visible_message(call);
  if (!message) return Refusal(message.error());
  if (!fetched.empty()) {
    auto commit = call.commit();
    store::PutPictures pictures{.message = message->message.id, .rows = {}, .at = call.now};
    for (auto& one : fetched) {
      const auto blob = call.make_id<BlobId>();
      commit.changes.push_back(store::PutBlob{blob, std::move(one.bytes)});
      pictures.rows.push_back({one.id, std::string(one.type), blob});
    }
    commit.changes.push_back(std::move(pictures));
    if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  }
  return list_pictures(call);
}

// One message at a time for each user, each message once at a time, and a few for all: each may
// hold its room for its whole patience.
struct Loading {
  Loading(const Call& call, MessageId message) : house(*call.house), user(call.user().id) {
    auto& loading = house.loading;
    const bool is_loading =
        std::ranges::any_of(loading, [&](const auto& one) { return one.second == message; });
    begun = loading.size() < kAtOnce && !is_loading && loading.emplace(user, message).second;
  }
  ~Loading() {
    if (begun) house.loading.erase(user);
  }
  Loading(const Loading&) = delete;
  House& house;
  UserId user;
  bool begun = false;
};

}  // namespace

Reply list_pictures(Call& call) {
  auto message = visible_message(call);
  if (!message) return Refusal(message.error());
  auto rows = stored(call, message->message.id);
  if (!rows) return Refusal(rows.error());
  auto remote = remote_of(call, message->message);
  if (!remote) return Refusal(remote.error());
  json::array pictures;
  int left = 0;
  for (const auto& one : *remote) {
    const auto row = std::ranges::find(*rows, one.id, &store::PicturesOf::Row::id);
    if (row != rows->end())
      pictures.push_back(
          json::object{{"id", row->id.text()}, {"address", one.address}, {"type", row->type}});
    else if (net::web_address(one.address))
      ++left;
  }
  auto room = room_beside(call, *rows);
  if (!room) return Refusal(room.error());
  return json_response(200, {{"rows", std::move(pictures)}, {"left", *room == 0 ? 0 : left}});
}

Task<Reply> load_pictures(Call call) {
  auto& env = call.house->env;
  auto message = co_await at_work(call, net::Lane::read, [call] { return visible_message(call); });
  if (!message) co_return Refusal(message.error());
  const Loading loading(call, message->message.id);
  if (!loading.begun)
    co_return Refusal(too_many("pictures.loading", "Pictures are just being loaded.", 5s));
  auto missing = co_await at_work(
      call, net::Lane::parse,
      [call, message = std::move(message->message)] { return find_missing(call, message); });
  if (!missing) co_return Refusal(missing.error());
  auto fetched = co_await fetch(env, std::move(*missing));
  call.now = env.now();
  co_return co_await at_work(
      call, net::Lane::write,
      [call, fetched = std::move(fetched)]() mutable { return keep(call, std::move(fetched)); });
}

Reply get_picture(Call& call) {
  auto id = call.path_id<MessageId>(0, "message");
  if (!id) return Refusal(id.error());
  auto picture = call.path_id<PictureId>(1, "picture");
  if (!picture) return Refusal(picture.error());
  auto rows = stored(call, *id);
  if (!rows) return Refusal(rows.error());
  const auto row = std::ranges::find(*rows, *picture, &store::PicturesOf::Row::id);
  if (row == rows->end()) return not_found("picture");
  auto bytes = call.store().ask(store::BlobBytes{call.asker.company, row->blob});
  if (!bytes) return Refusal(bytes.error());
  if (!*bytes) return not_found("picture");
  net::HttpResponse response;
  response.headers = {{"Content-Type", "application/octet-stream"},
                      {"Content-Disposition", content_disposition("picture")}};
  response.body = std::move(**bytes);
  return response;
}

}  // namespace hearback::api
