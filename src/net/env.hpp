#pragma once
// All that an engine knows of the world: the time, chance, the network, and a place for blocking
// work. `net/real_env.hpp` makes one on Asio; `tests/sim` makes one with a virtual clock.
// An Env belongs to one thread: everything is called and resumed there.
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
  virtual void notify() = 0;                            // from any thread
  virtual Task<bool> wait(Duration at_most) = 0;        // true: notified; false: time passed or stopping
};

class Env {
 public:
  virtual ~Env() = default;

  virtual Instant now() = 0;
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
  template <class F>
  auto work(F job) -> Task<std::invoke_result_t<F>> {
    using R = std::invoke_result_t<F>;
    auto value = std::make_shared<std::optional<R>>();
    std::function<void()> run = [value, job = std::make_shared<F>(std::move(job))] {
      value->emplace((*job)());
    };
    co_await do_work(std::move(run));
    co_return std::move(**value);
  }

 protected:
  virtual Task<void> do_work(std::function<void()> job) = 0;
};

}  // namespace hearback::net
