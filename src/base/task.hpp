#pragma once
// Task<T>: a lazily started coroutine that its awaiter owns. It knows no executor: whoever resumes
// the innermost wait decides the thread (net's loop, the simulator, a test). Awaiting is a tail
// call, so a chain of tasks costs no stack.
//
// Exceptions that escape a task are bugs; they travel to the awaiter and end the program there.
#include <coroutine>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <utility>

namespace hearback {

template <class T = void>
class Task;

namespace detail {

struct TaskPromiseBase {
  std::coroutine_handle<> awaiter = std::noop_coroutine();
  std::exception_ptr thrown;

  std::suspend_always initial_suspend() noexcept { return {}; }
  struct Final {
    bool await_ready() noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> done) noexcept {
      return done.promise().awaiter;
    }
    void await_resume() noexcept {}
  };
  Final final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { thrown = std::current_exception(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& v) {
    value.emplace(std::forward<U>(v));
  }
  T take() {
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*value);
  }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object();
  void return_void() {}
  void take() {
    if (thrown) std::rethrow_exception(thrown);
  }
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle h) : handle_(h) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // For the root of a chain: run until the first wait. done() tells when result() may be taken.
  void start() { handle_.resume(); }
  bool done() const { return !handle_ || handle_.done(); }
  T result() { return handle_.promise().take(); }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) noexcept {
    handle_.promise().awaiter = awaiter;
    return handle_;
  }
  T await_resume() { return handle_.promise().take(); }

 private:
  Handle handle_;
};

namespace detail {
template <class T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}
}  // namespace detail

// The bridge from callbacks: `start` is called with a `done` function that must be called exactly
// once, now or later, on the thread that the awaiting chain lives on.
template <class T>
class Callback {
 public:
  using Done = std::function<void(T)>;
  explicit Callback(std::function<void(Done)> start) : start_(std::move(start)) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiter) {
    awaiter_ = awaiter;
    start_([this](T value) {
      value_.emplace(std::move(value));
      if (suspended_) awaiter_.resume();
    });
    if (value_) return false;  // answered at once: go on without suspending
    suspended_ = true;
    return true;
  }
  T await_resume() { return std::move(*value_); }

 private:
  std::function<void(Done)> start_;
  std::coroutine_handle<> awaiter_;
  std::optional<T> value_;
  bool suspended_ = false;
};

// Owner of tasks that run side by side on one thread: an engine's mailboxes, a server's
// connections. It must outlive them: destroy it only when `size()` is 0 (ask them to stop first)
// or when nothing will ever resume them again.
class Tasks {
 public:
  void spawn(Task<void> task) {
    sweep();
    running_.push_back(std::move(task));
    running_.back().start();
  }
  std::size_t size() {
    sweep();
    return running_.size();
  }

 private:
  void sweep() {
    running_.remove_if([](Task<void>& t) {
      if (!t.done()) return false;
      t.result();  // rethrows what escaped
      return true;
    });
  }
  std::list<Task<void>> running_;
};

}  // namespace hearback
