#pragma once
// A world in which nothing happens by itself: time stands until it is moved, work runs in place,
// nobody answers a dial, and a wait ends when the test says so.
#include <algorithm>
#include <coroutine>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "net/env.hpp"
#include "net/http.hpp"

namespace hearback::fakes {

class StillEnv final : public net::Env {
 public:
  Instant clock{1'793'000'000'000};
  bool stop = false;
  bool full = false;                    // no worker has room
  std::optional<net::Lane> unfinished;  // whose work nobody waits for to end
  std::vector<net::Turn> turns;         // of the work that was done
  bool slow = false;                    // who is dialed answers only when time passes
  // Whoever answers a dial; nobody: it is refused.
  std::function<std::unique_ptr<protocols::Connection>(const net::Endpoint&)> answers;

  Instant now() override { return clock; }
  Random& random() override { return random_; }
  Task<bool> sleep(Duration) override { co_return false; }
  bool stopping() const override { return stop; }
  std::unique_ptr<net::Signal> make_signal() override {
    return std::make_unique<StillSignal>(*this);
  }
  Task<Result<std::unique_ptr<protocols::Connection>>> dial(net::Endpoint endpoint,
                                                            Duration) override {
    if (slow) (void)co_await make_signal()->wait({});
    if (auto connection = answers ? answers(endpoint) : nullptr) co_return connection;
    co_return fail(Kind::transient, "net.refused", "Nobody answers there.");
  }

  // Lets everybody go on who has been notified; tells whether somebody has.
  bool settle() {
    return resume_if([](const StillSignal& signal) { return signal.notified; });
  }
  // Every wait's time is up.
  void let_time_pass() {
    resume_if([](const StillSignal&) { return true; });
  }

 protected:
  Task<void> do_work(net::Turn turn, std::function<void()> job) override {
    turns.push_back(std::move(turn));
    job();
    co_return;
  }
  Task<std::optional<net::NotDone>> try_do_work(net::Turn turn, Duration,
                                                std::function<void()> job) override {
    if (full) co_return net::NotDone::not_begun;
    const auto lane = turn.lane;
    co_await do_work(std::move(turn), std::move(job));
    if (unfinished == lane) co_return net::NotDone::unfinished;
    co_return std::nullopt;
  }

 private:
  struct StillSignal final : net::Signal {
    explicit StillSignal(StillEnv& e) : env(e) { env.signals_.push_back(this); }
    ~StillSignal() override { std::erase(env.signals_, this); }
    void notify() override { notified = true; }
    Task<bool> wait(Duration) override {
      struct Awaiter {
        StillSignal& signal;
        bool await_ready() { return signal.notified; }
        void await_suspend(std::coroutine_handle<> h) { signal.waiting = h; }
        bool await_resume() { return std::exchange(signal.notified, false); }
      };
      co_return co_await Awaiter{*this};
    }
    StillEnv& env;
    bool notified = false;
    std::coroutine_handle<> waiting;
  };

  template <class Choose>
  bool resume_if(Choose choose) {
    std::vector<std::coroutine_handle<>> chosen;
    for (auto* signal : signals_)
      if (signal->waiting && choose(*signal)) chosen.push_back(std::exchange(signal->waiting, {}));
    for (auto waiting : chosen) waiting.resume();
    return !chosen.empty();
  }

  SeededRandom random_{1};
  std::vector<StillSignal*> signals_;
};

// What a task that never has to wait comes to.
template <class T>
T finish(Task<T> task) {
  task.start();
  if (!task.done()) throw std::logic_error("the task waits for something that won't come");
  return task.result();
}

// The reader of a streaming response.
class ReadStream final : public net::HttpStream {
 public:
  std::string text;
  bool left = false;

  Task<bool> write(std::string bytes) override {
    if (left) co_return false;
    text += bytes;
    co_return true;
  }
  bool gone() const override { return left; }
  std::string take() { return std::exchange(text, {}); }
};

}  // namespace hearback::fakes
