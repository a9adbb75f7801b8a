#pragma once
// The Env of one loop: the system's clock, chance and network.
#include <memory>

#include "base/limits.hpp"
#include "net/connection.hpp"
#include "net/env.hpp"
#include "net/loop.hpp"
#include "net/pause.hpp"

namespace hearback::net {

// Waits on the loop; false at once when it stops.
Task<bool> sleep_on(std::shared_ptr<Core> core, Duration time);
// For who could go on without waiting, as often as the peer likes: whatever else is ready runs now.
Task<void> let_others_go_first(std::shared_ptr<Core> core);

class RealEnv final : public Env {
 public:
  RealEnv(std::shared_ptr<Core> core, std::shared_ptr<Workers> workers, DialPolicy policy,
          Deadlines deadlines);

  Instant now() override;
  Instant ticks() override;
  Random& random() override { return random_; }
  Task<bool> sleep(Duration time) override { return sleep_on(core_, time); }
  bool stopping() const override { return core_->stopping(); }
  std::unique_ptr<Signal> make_signal() override;
  Task<Result<std::unique_ptr<protocols::Connection>>> dial(Endpoint endpoint,
                                                            Duration deadline) override;

 protected:
  Task<void> do_work(Turn turn, std::function<void()> job) override;
  Task<std::optional<NotDone>> try_do_work(Turn turn, Duration patience,
                                           std::function<void()> job) override;

 private:
  std::shared_ptr<Core> core_;
  std::shared_ptr<Workers> workers_;
  DialPolicy policy_;
  Deadlines deadlines_;
  std::shared_ptr<ClientTls> tls_;
  SystemRandom random_;
};

}  // namespace hearback::net
