#include "api/http/once.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace hearback::api {

namespace {

constexpr auto kReused = "idempotency.reused";
constexpr auto kOtherDone = "idempotency.other-done";
constexpr std::size_t kOthersMost = 20;

bool is_key(std::string_view text) {
  return text.size() >= 8 && text.size() <= 100 &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

net::HttpResponse replayed(store::IdempotentAnswer::Found found) {
  net::HttpResponse response;
  response.status = found.status;
  response.headers.emplace_back("Content-Type", "application/json");
  response.headers.emplace_back("Idempotency-Replayed", "true");
  response.body = std::move(found.body);
  return response;
}

// Which this is instead of: each once, never its own, and no more than one too many. Whoever joins
// two fields puts a comma between them.
std::vector<std::string> others_in(std::string header, std::string_view own) {
  std::ranges::replace(header, ',', ' ');
  std::vector<std::string> others;
  for (const auto one : std::views::split(header, ' ')) {
    std::string key(std::string_view{one});
    if (key.empty() || key == own || std::ranges::find(others, key) != others.end()) continue;
    others.push_back(std::move(key));
    if (others.size() > kOthersMost) break;
  }
  return others;
}

}  // namespace

Read<Once> Once::of(const Call& call) {
  const auto& request = *call.request;
  Once once;
  once.key_ = std::string(request.header("idempotency-key"));
  once.others_ = others_in(std::string(request.header(kInsteadOf)), once.key_);
  if (once.key_.empty() && once.others_.empty()) return once;
  if (!is_key(once.key_))
    return refuse_field("Idempotency-Key", "idempotency.malformed",
                        "An idempotency key has 8 to 100 visible characters.");
  if (once.others_.size() > kOthersMost || !std::ranges::all_of(once.others_, is_key))
    return refuse_field("Idempotency-Instead-Of", "idempotency.malformed",
                        "It names at most 20 idempotency keys, with spaces between them.");
  once.hash_ = digest(request.method + " " + request.path + "\n" + request.body);
  return once;
}

Read<std::optional<net::HttpResponse>> Once::earlier(const Call& call) const {
  if (key_.empty()) return std::nullopt;
  auto found = call.store().ask(store::IdempotentAnswer{call.scope(), key_});
  if (!found) return Refusal(found.error());
  if (!*found) return nothing_of_others(call);
  if ((*found)->request_hash != hash_)
    return refuse(Kind::conflict, kReused, "This idempotency key was used for another request.",
                  "Use a new key for each new request.");
  return replayed(std::move(**found));
}

Read<std::optional<net::HttpResponse>> Once::nothing_of_others(const Call& call) const {
  for (const auto& other : others_) {
    auto found = call.store().ask(store::IdempotentAnswer{call.scope(), other});
    if (!found) return Refusal(found.error());
    // The very same request was faster: it took this key with its own.
    if (*found && (*found)->request_hash == hash_) return replayed(std::move(**found));
    if (*found)
      return refuse(Kind::conflict, kOtherDone, "What this is to be instead of was done.",
                    "Look at it; ask without Idempotency-Instead-Of for one more.");
  }
  return std::nullopt;
}

Reply Once::settled(Reply refused, Read<std::optional<net::HttpResponse>> look) {
  if (look) return *look ? Reply(std::move(**look)) : refused;
  const auto& code = look.error().error.code;
  if (code == kReused || code == kOtherDone) return Refusal(look.error());
  if (refused.error().error.code == "store.commit-unknown") return refused;
  return not_done(net::NotDone::unfinished, true);
}

Reply Once::commit(const Call& call, store::Commit commit, net::HttpResponse response) const {
  const auto record = [&](const std::string& key) {
    commit.changes.push_back(store::RecordIdempotent{call.user().id, key, hash_, response.status,
                                                     response.body, call.now});
  };
  if (!key_.empty()) record(key_);
  std::ranges::for_each(others_, record);  // the key is taken for who comes late
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return response;
}

}  // namespace hearback::api
