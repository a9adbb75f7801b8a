#pragma once
// Tasks that run beside their maker: the next headers and bodies come in while the last ones are
// being stored. Whoever starts one must wait for it before leaving.
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/task.hpp"

namespace hearback::sync {

// Tasks of some size each, one after the other in the order in which they were added.
class InOrder {
 public:
  // `spawn(Task<void>)` keeps the running coroutine.
  template <class Spawn>
  void add(Spawn spawn, std::size_t size, Task<void> task) {
    state_->waiting.push_back({size, std::move(task)});
    state_->size += size;
    if (std::exchange(state_->running, true)) return;
    spawn(carry(state_));
  }
  bool idle() const { return !state_->running; }

  // Until those that aren't through are no larger than this together.
  Task<void> shrink_to(std::size_t size) { return wait(state_, size); }
  // Until all are through.
  Task<void> finish() { return wait(state_, std::nullopt); }

 private:
  struct One {
    std::size_t size = 0;
    Task<void> task;
  };
  struct State {
    std::deque<One> waiting;
    std::size_t size = 0;  // of these, and of the one under way
    bool running = false;
    std::function<void(bool)> wake;
  };
  static void wake(State& state) {
    if (state.wake) std::exchange(state.wake, nullptr)(true);
  }
  static Task<void> carry(std::shared_ptr<State> state) {
    while (!state->waiting.empty()) {
      auto one = std::move(state->waiting.front());
      state->waiting.pop_front();
      co_await std::move(one.task);
      state->size -= one.size;
      wake(*state);
    }
    state->running = false;
    wake(*state);
  }
  static Task<void> wait(std::shared_ptr<State> state, std::optional<std::size_t> size) {
    while (state->running && (!size || state->size > *size))
      co_await Callback<bool>(
          [&state](Callback<bool>::Done done) { state->wake = std::move(done); });
  }

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace hearback::sync
