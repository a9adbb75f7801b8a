#include "net/real_env.hpp"

#include "net/dial.hpp"
#include "net/workers.hpp"

namespace hearback::net {
namespace {

// What notify() touches lives as long as the last posted wake-up.
struct SignalState {
  std::atomic<bool> notified = false;
  std::map<std::uint64_t, Pause<bool>::End> waiting;  // loop's thread only
  std::uint64_t next_key = 0;
};

class LoopSignal final : public Signal {
 public:
  explicit LoopSignal(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  void notify() override {
    if (state_->notified.exchange(true)) return;
    asio::post(core_->io, [state = state_] {
      if (!state->notified.load()) return;  // somebody has taken it meanwhile
      auto waiting = std::exchange(state->waiting, {});
      for (const auto& [key, end] : waiting) end(true);
    });
  }

  Task<bool> wait(Duration at_most) override { return wait_on(core_, state_, at_most); }

 private:
  static Task<bool> wait_on(std::shared_ptr<Core> core, std::shared_ptr<SignalState> state,
                            Duration at_most) {
    if (core->stopping()) co_return false;
    if (state->notified.exchange(false)) co_return true;
    Pause<bool> pause;
    Core::Hook at_stop(*core, [end = pause.end()](bool) { end(false); });
    asio::steady_timer timer(core->io);
    timer.expires_at(after(at_most));
    timer.async_wait([end = pause.end()](boost::system::error_code error) {
      if (!error) end(false);
    });
    auto key = state->next_key++;
    state->waiting.emplace(key, pause.end());
    bool woken = co_await pause;
    state->waiting.erase(key);
    // A notice that came together with the timeout isn't left behind.
    bool notified = state->notified.exchange(false);
    co_return woken || (notified && !core->stopping());
  }

  std::shared_ptr<Core> core_;
  std::shared_ptr<SignalState> state_ = std::make_shared<SignalState>();
};

}  // namespace

Task<bool> sleep_on(std::shared_ptr<Core> core, Duration time) {
  if (core->stopping()) co_return false;
  Pause<bool> pause;
  Core::Hook at_stop(*core, [end = pause.end()](bool) { end(false); });
  asio::steady_timer timer(core->io);
  timer.expires_at(after(time));
  timer.async_wait([end = pause.end()](boost::system::error_code error) {
    if (!error) end(true);
  });
  co_return co_await pause;
}

Task<void> let_others_go_first(std::shared_ptr<Core> core) {
  Pause<bool> turn;
  asio::post(core->io, [end = turn.end()] { end(true); });
  co_await turn;
}

RealEnv::RealEnv(std::shared_ptr<Core> core, std::shared_ptr<Workers> workers, DialPolicy policy,
                 Deadlines deadlines)
    : core_(std::move(core)),
      workers_(std::move(workers)),
      policy_(std::move(policy)),
      deadlines_(deadlines),
      tls_(std::make_shared<ClientTls>(policy_.ca_file)) {}

Instant RealEnv::now() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<Duration>(since).count()};
}

Instant RealEnv::ticks() {
  return {std::chrono::duration_cast<Duration>(Clock::now().time_since_epoch()).count()};
}

std::unique_ptr<Signal> RealEnv::make_signal() { return std::make_unique<LoopSignal>(core_); }

Task<Result<std::unique_ptr<protocols::Connection>>> RealEnv::dial(Endpoint endpoint,
                                                                   Duration deadline) {
  return dial_checked(core_, tls_, policy_, deadlines_, std::move(endpoint), deadline);
}

namespace {

// A job on its way through the workers. The task that waits may leave it; the loop's end may not.
struct Posted {
  enum class Stage { waiting, begun, left };
  std::atomic<Stage> stage = Stage::waiting;
  std::function<void()> job;  // whose it is to touch: who moved the stage on from `waiting`
  std::exception_ptr thrown;

  bool move_on(Stage to) {
    auto from = Stage::waiting;
    return stage.compare_exchange_strong(from, to);
  }
};

std::function<void()> carried(std::shared_ptr<Core> core, std::shared_ptr<Posted> posted,
                              Pause<bool>::End end) {
  core->job_begins();
  return [core = std::move(core), posted = std::move(posted), end = std::move(end)]() mutable {
    if (posted->move_on(Posted::Stage::begun)) {
      try {
        posted->job();
      } catch (...) {
        posted->thrown = std::current_exception();
      }
      posted->job = nullptr;  // what it holds is let go before the task goes on
    }
    asio::post(core->io, [posted = std::move(posted), end = std::move(end)] { end(true); });
    core->job_ends();
  };
}

std::shared_ptr<Posted> posted_job(std::function<void()> job) {
  auto posted = std::make_shared<Posted>();
  posted->job = std::move(job);
  return posted;
}

}  // namespace

Task<void> RealEnv::do_work(Turn turn, std::function<void()> job) {
  Pause<bool> pause;
  auto posted = posted_job(std::move(job));
  workers_->post(turn, carried(core_, posted, pause.end()));
  co_await pause;
  if (posted->thrown) std::rethrow_exception(posted->thrown);
}

Task<std::optional<NotDone>> RealEnv::try_do_work(Turn turn, Duration patience,
                                                  std::function<void()> job) {
  auto core = core_;
  Pause<bool> pause;
  auto posted = posted_job(std::move(job));
  if (!workers_->try_post(turn, carried(core, posted, pause.end()))) {
    core->job_ends();
    co_return NotDone::not_begun;
  }
  asio::steady_timer timer(core->io);
  timer.expires_at(after(patience));
  timer.async_wait([end = pause.end()](boost::system::error_code error) {
    if (!error) end(false);
  });
  if (!co_await pause) {
    // Its place in the queue stays; what it holds, perhaps a whole request, doesn't.
    if (!posted->move_on(Posted::Stage::left)) co_return NotDone::unfinished;
    posted->job = nullptr;
    co_return NotDone::not_begun;
  }
  if (posted->thrown) std::rethrow_exception(posted->thrown);
  co_return std::nullopt;
}

}  // namespace hearback::net
