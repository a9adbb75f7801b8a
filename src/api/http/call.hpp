#pragma once
// One request on its way through the API: who asks, for what, and what a handler may use.
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "api/http/problem.hpp"
#include "api/http/secrets.hpp"
#include "api/http/throttle.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"
#include "net/env.hpp"
#include "net/http.hpp"
#include "rules/access.hpp"
#include "rules/nouns.hpp"
#include "store/store.hpp"

namespace hearback::mailbox {
struct Login;
struct ProbeReport;
}  // namespace hearback::mailbox

namespace hearback::api {

// mailbox::probe, or one like it.
using Probe =
    std::function<Task<mailbox::ProbeReport>(net::Env&, mailbox::Login imap, mailbox::Login smtp)>;

struct Options {
  std::string pages;                      // directory with index.html; empty: no pages
  std::vector<std::string> public_hosts;  // names under which the server is reached
  std::string version = "0.1.0";
  Limits limits;
  // A session ends when it is so old, or wasn't used for so long.
  Duration session_age = std::chrono::hours(24 * 30);
  Duration session_idle = std::chrono::hours(24 * 14);
  Duration heartbeat = 15s;  // of event streams
  std::size_t streams_per_user = 20;
  // For a turn at the workers and the work itself; then 503.
  Duration patience = 30s;
  // What the link that `serve` prints carries: whoever shows it makes the first company. Empty:
  // nobody may.
  std::string setup_secret;
  std::string set_up_links;  // directory of SetUpLinks, for further companies; empty: none
  Probe probe;               // how an account is tried before it is saved (C-3)
};

class Feed;  // api/events.hpp

// What all handlers share. Members other than `env` may be used from any thread.
struct House {
  House(net::Env& e, store::Store& s, Options o) : env(e), store(s), options(std::move(o)) {}

  net::Env& env;  // on its own thread only
  store::Store& store;
  Options options;
  SystemRandom random;
  const Seal seal{random};
  // Wrong passwords: from one network for one account, from one network, from one device that
  // has signed in before, and for one account from everybody else.
  Throttle sign_ins_by_pair{10, 15min}, sign_ins_by_network{50, 15min};
  Throttle sign_ins_by_device{10, 15min}, sign_ins_by_account{50, 24h};
  Throttle uses_noted{1, 1min};           // of sessions and tokens, however many ask at once
  Throttle passwords_by_user{10, 15min};  // wrong ones, by who is signed in
  Throttle links_by_network{50, 15min};   // that can't be used
  // Tries of accounts on other people's servers, which must not be guessed at from here.
  Throttle probes_by_user{20, 15min}, probes_by_host_of_company{100, 1h}, probes_by_host{2000, 1h};
  std::set<UserId> counting;            // whose mailbox is being counted; the loop's thread only
  std::map<UserId, MessageId> loading;  // whose pictures, for whom; the loop's thread only
  // In ticks: the store answered, and all was well. The loop's thread only.
  std::optional<Instant> store_seen, seen_well;
  std::mutex setup;  // one company at most is made by the link that `serve` prints
  std::shared_ptr<Feed> feed;
};

// What a request shows to prove who sends it.
struct Credentials {
  enum class Kind { none, cookie, token } kind = Kind::none;
  Bearer bearer;
};
Credentials credentials_of(const net::HttpRequest& request);

struct Asker {
  CompanyId company;
  rules::User user;
  rules::Scope scope;
  std::optional<SessionId> session;  // none: came with a token
  std::optional<TokenId> token;
  bool may_write = true;  // unless its token is for reading alone
  bool note_use = false;  // that it was used was last written a while ago
};
// session.required when nobody, or nobody active, is behind the credentials. Blocks.
Read<Asker> identify(store::Store& store, const Options& options, const Credentials& credentials,
                     Instant now);

struct Call {
  std::shared_ptr<const net::HttpRequest> request;
  std::vector<std::string> path;  // what stands for the template's {placeholders}, in order
  Instant now;                    // the date
  Instant ticks;                  // for durations
  Credentials credentials;
  Asker asker;  // of no meaning for routes that anyone may use
  House* house = nullptr;

  store::Store& store() const { return house->store; }
  const rules::Scope& scope() const { return asker.scope; }
  const rules::User& user() const { return asker.user; }
  // Work for this asker. Until it is known who asks: for the network, and within its turns for what
  // is shown, so that a colleague there needn't wait for the burst of one session. Who invents what
  // they show divides no more than their own network's turns.
  net::Turn turn(net::Lane lane) const;
  template <class I>
  I make_id() const {
    return I::make(now, house->random);
  }
  // The id in the path; something that is no id names nothing: 404.
  template <class I>
  Read<I> path_id(std::size_t position, std::string_view noun) const {
    if (auto id = I::parse(path.at(position))) return *id;
    return not_found(noun);
  }
  // Holds only as long as whoever asks may do what they were admitted for.
  store::Commit commit() const;
};

// http.internal, and a line in the log: an exception is a bug, but one request's alone.
Refusal internal_error(const char* what) noexcept;
// `job` for a worker thread; what it throws becomes internal_error.
template <class F>
auto guarded(F job) {
  return [job = std::move(job)]() mutable -> std::invoke_result_t<F> {
    try {
      return job();
    } catch (const std::exception& thrown) {
      return internal_error(thrown.what());
    }
  };
}

// 503. http.busy: the workers had no time for this asker, and nothing was done. http.unfinished: it
// takes too long to be waited for, and what was asked for may yet be done.
Refusal not_done(net::NotDone why, bool changes);
// Whether what is done for it in that lane is more than looking something up.
bool may_change(const Call& call, net::Lane lane);
// `job` in its turn, on a worker; what it throws becomes internal_error.
template <class F>
Task<std::invoke_result_t<F>> at_work(const Call& call, net::Lane lane, F job) {
  auto& house = *call.house;
  auto turn = call.turn(lane);
  auto done =
      co_await house.env.try_work(std::move(turn), house.options.patience, guarded(std::move(job)));
  if (!done) co_return not_done(done.error(), may_change(call, lane));
  co_return std::move(*done);
}

// As Hearback writes it: one thing has one address.
std::optional<std::uint64_t> number_in_path(std::string_view word);

// Query parameters `cursor` and `limit`.
Read<store::PageRequest> page_request(const Call& call);
// Query parameter `q`: part of what is looked for; empty: all.
Read<std::string> search_text(const Call& call);
// A query parameter that is true or false when it is there.
Read<std::optional<bool>> flag_parameter(const Call& call, std::string_view name);
// A query parameter that must be an id when it is there.
template <class I>
Read<std::optional<I>> id_parameter(const Call& call, std::string_view name) {
  auto text = call.request->parameter(name);
  if (!text) return std::optional<I>();
  if (auto id = I::parse(*text)) return id;
  return refuse_field(std::string(name), "field.invalid",
                      "“" + std::string(name) + "” is not an id.");
}

}  // namespace hearback::api
