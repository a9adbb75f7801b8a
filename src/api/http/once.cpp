#include "api/http/once.hpp"

#include <algorithm>
#include <utility>

namespace hearback::api {

constexpr auto kReused = "idempotency.reused";

Read<Once> Once::of(const Call& call) {
  const auto& request = *call.request;
  Once once;
  once.key_ = std::string(request.header("idempotency-key"));
  if (once.key_.empty()) return once;
  const bool printable =
      std::all_of(once.key_.begin(), once.key_.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (!printable || once.key_.size() < 8 || once.key_.size() > 100)
    return refuse_field("Idempotency-Key", "idempotency.malformed",
                        "An idempotency key has 8 to 100 visible characters.");
  once.hash_ = digest(request.method + " " + request.path + "\n" + request.body);
  return once;
}

Read<std::optional<net::HttpResponse>> Once::earlier(const Call& call) const {
  if (key_.empty()) return std::nullopt;
  auto found = call.store().ask(store::IdempotentAnswer{call.scope(), key_});
  if (!found) return Refusal(found.error());
  if (!*found) return std::nullopt;
  if ((*found)->request_hash != hash_)
    return refuse(Kind::conflict, kReused, "This idempotency key was used for another request.",
                  "Use a new key for each new request.");
  net::HttpResponse response;
  response.status = (*found)->status;
  response.headers.emplace_back("Content-Type", "application/json");
  response.headers.emplace_back("Idempotency-Replayed", "true");
  response.body = (*found)->body;
  return response;
}

Reply Once::settled(Reply refused, Read<std::optional<net::HttpResponse>> look) {
  if (look) return *look ? Reply(std::move(**look)) : refused;
  if (look.error().error.code == kReused) return Refusal(look.error());
  if (refused.error().error.code == "store.commit-unknown") return refused;
  return not_done(net::NotDone::unfinished, true);
}

Reply Once::commit(const Call& call, store::Commit commit, net::HttpResponse response) const {
  if (!key_.empty())
    commit.changes.push_back(store::RecordIdempotent{call.user().id, key_, hash_, response.status,
                                                     response.body, call.now});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return response;
}

}  // namespace hearback::api
