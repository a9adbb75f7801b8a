#pragma once
// A protocol conversation without sockets. The conversation is a coroutine that can only await the
// actions below; whoever holds the Dialogue performs each action and hands back its outcome. `net`
// does it on real sockets, tests play transcripts, the simulator plays servers.
//
//   Dialogue<Result<Greeting>> d([&](Wire& wire) { return read_greeting(wire, state); });
//   Outcome outcome;
//   while (auto action = d.resume(std::move(outcome))) outcome = perform(*action);
//   auto result = d.result();
//
// One action is outstanding at a time. State that outlives one conversation (IMAP's receive
// buffer, capabilities) lives in the protocol's session object, which the caller owns.
//
// A conversation reads no clock: whoever performs an action says how long it took, and the Wire
// adds it up. So every wait has a deadline of its own, and all waits of a command have one
// together:
//
//   wire.allow(120s);              // from here on: no action goes beyond what is left of it, and
//   co_await wire.perform(…);      // once nothing is left each ends at once with `timed_out`
//   wire.allow_any_time();         // waiting for a push
//
// Only waiting is counted, not what the program does with the answers in between.
#include <algorithm>
#include <chrono>
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/result.hpp"
#include "base/task.hpp"
#include "base/time.hpp"

namespace hearback::protocols {

struct Read {  // some bytes, at least one; outcome.bytes
  Duration deadline;
  std::size_t at_most = 256 * 1024;
};
struct Write {  // all of the bytes, handed to the system
  std::string bytes;
  Duration deadline;
};
struct StartTls {  // become a TLS client for `server_name`; bytes already received → failure
  std::string server_name;
  Duration deadline;
};
struct Exchange {  // one HTTPS request and its response (Gmail, Graph, OAuth): not due yet
  std::string method, url, body;
  Duration deadline;
};
struct Wait {  // until the time has passed, or `interrupt` is asked for by the owner
  Duration time;
};
// While waiting for a push (IDLE): bytes from the peer, or the time passed, or the owner wants the
// conversation to end (`Outcome::interrupted`).
struct ReadOrInterrupt {
  Duration deadline;
  std::size_t at_most = 256 * 1024;
};
// What has arrived by now, without waiting: perhaps nothing (then outcome.bytes is empty). An end
// of the connection is an error here as everywhere.
struct ReadArrived {
  std::size_t at_most = 16 * 1024;
};

using Action = std::variant<Read, Write, StartTls, Exchange, Wait, ReadOrInterrupt, ReadArrived>;

// The error code of a StartTls that found bytes of the peer from before the handshake.
inline constexpr char kBytesBeforeTls[] = "tls.bytes-before-handshake";

struct Outcome {
  std::string bytes;           // what Read, ReadArrived or Exchange brought
  bool timed_out = false;      // the deadline of a Read passed; the connection still stands
  bool interrupted = false;    // ReadOrInterrupt, Wait: the owner wants the conversation to end
  std::optional<Error> error;  // the connection is gone, or TLS failed, and why
  std::chrono::nanoseconds elapsed{0};  // how long the action took
};

// How long conversations may still wait for the other side, all in all.
class TimeBudget {
 public:
  TimeBudget() = default;  // without end
  explicit TimeBudget(Duration all_in_all) : left_(all_in_all) {}

  bool spent() const { return left_ && left_->count() <= 0; }
  void spend(std::chrono::nanoseconds time) {
    if (left_) *left_ -= time;
  }
  // `wanted`, or less where less is left; never so little that it is nothing.
  Duration at_most(Duration wanted) const {
    if (!left_) return wanted;
    return std::min(wanted, std::max(std::chrono::ceil<Duration>(*left_), Duration(1)));
  }

 private:
  std::optional<std::chrono::nanoseconds> left_;
};

// The conversation's end of the slot through which actions and outcomes pass.
class Wire {
 public:
  // `all` (not null): what this conversation and others of its kind may take together.
  explicit Wire(TimeBudget* all = nullptr) : all_(all ? all : &endless_) {}
  Wire(const Wire&) = delete;

  auto perform(Action action) {
    struct Awaiter {
      Wire& wire;
      bool at_once;
      bool await_ready() noexcept { return at_once; }
      void await_suspend(std::coroutine_handle<> h) noexcept { wire.waiting_ = h; }
      Outcome await_resume() { return wire.take_outcome(); }
    };
    bool too_late = command_.spent() || all_->spent();
    if (too_late) {
      outcome_ = {};
      outcome_.timed_out = true;
    } else {
      shorten(action);
      action_ = std::move(action);
    }
    return Awaiter{*this, too_late};
  }

  // What the actions from here on may take together.
  void allow(Duration time) { command_ = TimeBudget(time); }
  void allow_any_time() { command_ = {}; }

 private:
  void shorten(Action& action) {
    std::visit(
        [&](auto& a) {
          if constexpr (requires { a.deadline; })
            a.deadline = all_->at_most(command_.at_most(a.deadline));
          else if constexpr (requires { a.time; })
            a.time = all_->at_most(command_.at_most(a.time));
        },
        action);
  }
  Outcome take_outcome() {
    command_.spend(outcome_.elapsed);
    all_->spend(outcome_.elapsed);
    return std::move(outcome_);
  }

  template <class T>
  friend class Dialogue;
  TimeBudget endless_, command_;
  TimeBudget* all_;
  std::optional<Action> action_;
  Outcome outcome_;
  std::coroutine_handle<> waiting_;
};

template <class T>
class Dialogue {
 public:
  // `conversation` is called at once with a Wire that lives as long as the dialogue. What it
  // captures must outlive the dialogue: pass state by reference from an object that does. So must
  // `all`, the time that it may take together with others.
  template <class F>
  explicit Dialogue(F&& conversation, TimeBudget* all = nullptr)
      : wire_(std::make_unique<Wire>(all)), task_(conversation(*wire_)) {}

  // First call: the outcome is ignored. nullopt: the conversation has ended.
  std::optional<Action> resume(Outcome outcome) {
    if (!started_) {
      started_ = true;
      task_.start();
    } else {
      wire_->outcome_ = std::move(outcome);
      std::exchange(wire_->waiting_, {}).resume();
    }
    return std::exchange(wire_->action_, std::nullopt);
  }
  bool done() const { return started_ && task_.done(); }
  T result() { return task_.result(); }

 private:
  std::unique_ptr<Wire> wire_;
  Task<T> task_;
  bool started_ = false;
};

// A connection that can perform actions: a socket in `net`, a model server in the simulator. Each
// outcome says how long it took (Outcome::elapsed).
class Connection {
 public:
  virtual ~Connection() = default;
  virtual Task<Outcome> perform(Action action) = 0;
  // Ends the ReadOrInterrupt or Wait under way, or the next one, with `interrupted`.
  virtual void interrupt() = 0;
  // Any action under way, and all later ones, end with an error.
  virtual void close() = 0;
};

template <class T>
Task<T> run(Connection& connection, Dialogue<T> dialogue) {
  Outcome outcome;
  while (auto action = dialogue.resume(std::move(outcome)))
    outcome = co_await connection.perform(std::move(*action));
  co_return dialogue.result();
}

}  // namespace hearback::protocols
