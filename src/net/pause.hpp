#pragma once
// A coroutine's wait for something that a callback will tell. The End may be copied into any number
// of callbacks: the first call counts, the others do nothing, also after the waiting coroutine is
// gone. Both ends live on one thread.
#include <coroutine>
#include <memory>
#include <optional>
#include <utility>

namespace hearback::net {

template <class T>
class Pause {
  struct State {
    std::coroutine_handle<> waiting;
    std::optional<T> value;
  };

 public:
  class End {
   public:
    explicit End(std::shared_ptr<State> state) : state_(std::move(state)) {}
    void operator()(T value) const {
      auto state = state_;  // resuming may destroy this End
      if (state->value) return;
      state->value.emplace(std::move(value));
      if (auto waiting = std::exchange(state->waiting, {})) waiting.resume();
    }

   private:
    std::shared_ptr<State> state_;
  };

  Pause() : state_(std::make_shared<State>()) {}
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;
  ~Pause() { state_->waiting = {}; }

  End end() const { return End(state_); }

  bool await_ready() const noexcept { return state_->value.has_value(); }
  void await_suspend(std::coroutine_handle<> awaiter) noexcept { state_->waiting = awaiter; }
  T await_resume() { return std::move(*state_->value); }

 private:
  std::shared_ptr<State> state_;
};

}  // namespace hearback::net
