#pragma once
// One task that runs beside its maker until its value is asked for: the next bodies come in while
// the last ones are being stored. Whoever starts one must join it before leaving.
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/task.hpp"

namespace hearback::sync {

template <class T>
class Beside {
 public:
  // `spawn(Task<void>)` keeps the running coroutine.
  template <class Spawn>
  void start(Spawn spawn, Task<T> task) {
    state_ = std::make_shared<State>();
    spawn(carry(std::move(task), state_));
  }
  bool running() const { return state_ != nullptr; }

  Task<T> join() { return wait(std::exchange(state_, nullptr)); }

 private:
  struct State {
    std::optional<T> value;
    std::function<void(bool)> wake;
  };
  static Task<void> carry(Task<T> task, std::shared_ptr<State> state) {
    state->value.emplace(co_await std::move(task));
    if (state->wake) std::exchange(state->wake, nullptr)(true);
  }
  static Task<T> wait(std::shared_ptr<State> state) {
    if (!state->value)
      co_await Callback<bool>(
          [state](Callback<bool>::Done done) { state->wake = std::move(done); });
    co_return std::move(*state->value);
  }

  std::shared_ptr<State> state_;
};

}  // namespace hearback::sync
