#pragma once
// All that an engine knows of the world: the time, chance, the network, and a place for blocking
// work. `net/real_env.hpp` makes one on Asio; `tests/sim` makes one with a virtual clock.
// An Env belongs to one thread: everything is called and resumed there.
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "base/time.hpp"
#include "protocols/dialogue.hpp"

namespace hearback::net {

enum class Security { tls, starttls, none };  // none: only where the operator's policy allows it

struct Endpoint {
  std::string host;  // a name, or a literal address
  std::uint16_t port = 0;
  Security security = Security::tls;
  bool operator==(const Endpoint&) const = default;
};

// A wake-up call that is not lost: wait() returns at once if notify() came since the last wait.
class Signal {
 public:
  virtual ~Signal() = default;
  virtual void notify() = 0;                      // from any thread
  virtual Task<bool> wait(Duration at_most) = 0;  // true: notified; false: time passed or stopping
};

// Where blocking work is done: each lane has threads and a queue of its own, so that none waits for
// another: password hashing never delays a commit.
enum class Lane { read, write, parse, hash };
// On whose behalf. In each lane the three take turns, and within one of them all parties do.
enum class Standing { engine, person, visitor };

struct Turn {
  Lane lane = Lane::read;
  Standing standing = Standing::engine;
  std::string who = {};   // the party: a mailbox, a company, a user, a visitor's network
  std::string part = {};  // of a party that many stand behind: they take turns within its turns
};

// Work that nobody waits for any more: it never begins; or it is under way, and what it comes to is
// lost.
enum class NotDone { not_begun, unfinished };

class Env {
 public:
  virtual ~Env() = default;

  virtual Instant now() = 0;
  // For durations: only ever goes forward, at the pace of seconds, and says nothing of the date.
  virtual Instant ticks() { return now(); }
  virtual Random& random() = 0;

  // False when the program is stopping: leave the loop.
  virtual Task<bool> sleep(Duration time) = 0;
  virtual bool stopping() const = 0;
  virtual std::unique_ptr<Signal> make_signal() = 0;

  // Resolves the name once, checks every address form against the operator's policy, connects to a
  // checked address; with Security::tls the TLS handshake (certificate and name verified) is done
  // too. Errors: net.forbidden-address (uniform), net.host-not-found, net.refused, net.timeout,
  // net.unreachable, tls.name-mismatch, tls.untrusted, tls.expired, tls.not-tls, tls.failed.
  virtual Task<Result<std::unique_ptr<protocols::Connection>>> dial(Endpoint endpoint,
                                                                    Duration deadline) = 0;

  // Runs `job` where blocking is allowed and returns its value here. The simulator runs it in
  // place. `job` must not touch anything that this thread may touch meanwhile.
  // Waits for its turn as long as it takes: for engines, which ask for little at a time.
  template <class F>
  auto work(Turn turn, F job) -> Task<std::invoke_result_t<F>> {
    auto value = std::make_shared<std::optional<std::invoke_result_t<F>>>();
    auto run = into(value, std::move(job));
    co_await do_work(std::move(turn), std::move(run));
    co_return std::move(**value);
  }
  // Waits no longer than `patience`, and not at all where the queue has no room for this party.
  template <class F>
  auto try_work(Turn turn, Duration patience, F job)
      -> Task<std::expected<std::invoke_result_t<F>, NotDone>> {
    auto value = std::make_shared<std::optional<std::invoke_result_t<F>>>();
    auto run = into(value, std::move(job));
    const auto missed = co_await try_do_work(std::move(turn), patience, std::move(run));
    if (missed) co_return std::unexpected(*missed);
    co_return std::move(**value);
  }

 protected:
  virtual Task<void> do_work(Turn turn, std::function<void()> job) = 0;
  virtual Task<std::optional<NotDone>> try_do_work(Turn turn, Duration patience,
                                                   std::function<void()> job) = 0;

 private:
  template <class R, class F>
  static std::function<void()> into(std::shared_ptr<std::optional<R>> value, F job) {
    return [value = std::move(value), job = std::make_shared<F>(std::move(job))] {
      value->emplace((*job)());
    };
  }
};

}  // namespace hearback::net
