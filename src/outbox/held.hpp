#pragma once
// A row of the outbox that this process holds under a fence, and what it needs to work on it.
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "net/env.hpp"
#include "outbox/engine.hpp"
#include "rules/nouns.hpp"
#include "store/store.hpp"

namespace hearback::outbox {

// Connections to close when the program stops. Those that wait for the answer to a final dot are
// not among them: that answer is worth waiting for.
class Lines {
 public:
  void close_all() {
    auto all = std::exchange(open_, {});
    for (auto* connection : all) connection->close();
  }

 private:
  friend class Closable;
  std::set<protocols::Connection*> open_;
};
class Closable {
 public:
  Closable(Lines& lines, protocols::Connection& connection)
      : lines_(lines), connection_(&connection) {
    lines_.open_.insert(connection_);
  }
  Closable(const Closable&) = delete;
  ~Closable() { release(); }
  void release() { lines_.open_.erase(connection_); }

 private:
  Lines& lines_;
  protocols::Connection* connection_;
};

// One step of a row: everything of MoveOutbox that isn't known anyway.
struct Step {
  rules::OutboxState state = rules::OutboxState::queued;
  rules::OutboxPhase phase = rules::OutboxPhase::none;
  Instant not_before;
  bool release = true;
  std::optional<Instant> sent;
  std::optional<bool> copy_filed;
  std::string why;
  std::string answer;
};

// Lives in the frame of the coroutine that works on the row. Env, store, options and lines are the
// engine's.
struct Held {
  net::Env& env;
  store::Store& store;
  const Options& options;
  Lines& lines;
  CompanyId company;
  rules::OutboxMessage message;  // kept up to date by move()
  std::uint64_t fence = 0;
  bool leased = false;  // ours until it is given back or lost

  store::Scope scope() const { return rules::engine_scope(company); }

  template <class Question>
  Task<Result<typename Question::Answer>> ask(Question question) {
    co_return co_await env.work(
        [store = &store, question = std::move(question)] { return store->ask(question); });
  }
  Task<Result<std::uint64_t>> commit(std::vector<store::Change> changes);

  // Claims the row under the fence it was read with. Kind::conflict: another was faster.
  Task<Result<>> claim();
  // Tries again for a while when the store has trouble; Kind::conflict: the row isn't ours any
  // more.
  Task<Result<>> move(Step step);
  // As move, but gives up only when the row has gone (to another, or with its candidate) or the
  // program stops: for what must not be forgotten.
  Task<Result<>> move_surely(Step step);
  // The row stays ours for `time` from now, as far as it is.
  Task<Result<>> prolong(Duration time);
  // Before the dot: the lease is prolonged and the phase set in one commit.
  Task<Result<>> move_to_dot();

 private:
  store::MoveOutbox change(const Step& step) const;
  void adopt(const Step& step);
  Task<Result<>> move_with(Step step, int tries);
};

}  // namespace hearback::outbox
