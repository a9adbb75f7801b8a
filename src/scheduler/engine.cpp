#include "scheduler/engine.hpp"

#include <algorithm>
#include <set>

#include "base/log.hpp"
#include "store/heard.hpp"

namespace hearback::scheduler {
namespace {

constexpr Duration kLongestSleep = 60s;

// For blocking work: companies take turns.
net::Turn turn_of(net::Lane lane, CompanyId company) {
  return {lane, net::Standing::engine, company.text()};
}
// For what concerns all of them.
net::Turn turn_of_all(net::Lane lane) { return {lane, net::Standing::engine, "scheduler"}; }

}  // namespace

struct Engine::State {
  State(net::Env& e, store::Store& s, Options o)
      : env(e), store(s), options(std::move(o)), signal(e.make_signal()), heard(s, [this] {
          signal->notify();
        }) {}

  net::Env& env;
  store::Store& store;
  Options options;
  std::unique_ptr<net::Signal> signal;
  store::Heard heard;
  Instant housekeeping_due, sweep_due;  // by net::Env::ticks
  int sweep_step = 0;
  bool traces = true;  // of what was erased may be left; after a crash, too

  Task<void> run();
  Task<std::set<CompanyId>> companies();
  Task<void> run_errands(CompanyId company);
  Task<bool> advance(CompanyId company, store::Errand errand);
  Task<void> prune(CompanyId company);
  Task<void> sweep();
  Task<void> clear_traces();
  Task<bool> commit(CompanyId company, store::Change change);
};

Task<std::set<CompanyId>> Engine::State::companies() {
  auto all = co_await env.work(turn_of_all(net::Lane::read),
                               [this] { return store.ask(store::Companies{}); });
  if (!all) co_return std::set<CompanyId>{};
  co_return std::set<CompanyId>(all->begin(), all->end());
}

Task<bool> Engine::State::commit(CompanyId company, store::Change change) {
  store::Commit one{company, {std::move(change)}, {}};
  auto done = co_await env.work(turn_of(net::Lane::write, company),
                                [this, one = std::move(one)] { return store.commit(one); });
  if (!done) log::warn("scheduler.commit-failed", {{"error", done.error()}});
  co_return done.has_value();
}

// One step is one commit: whoever else writes in the company waits for that and no longer.
Task<bool> Engine::State::advance(CompanyId company, store::Errand errand) {
  store::Commit step{company, {store::AdvanceErrand{errand.id, env.now()}}, {}};
  auto done = co_await env.work(turn_of(net::Lane::write, company),
                                [this, step] { return store.commit(step); });
  if (done) {
    traces = true;
    co_return true;
  }
  log::warn("scheduler.errand-failed", {{"errand", errand.kind}, {"error", done.error()}});
  co_await commit(company,
                  store::PutOffErrand{errand.id, env.now() + options.retry, done.error().code});
  co_return false;
}

Task<void> Engine::State::run_errands(CompanyId company) {
  const auto scope = rules::engine_scope(company);
  while (!env.stopping()) {
    store::ErrandsDue question{scope, env.now()};
    auto due = co_await env.work(turn_of(net::Lane::read, company),
                                 [this, question] { return store.ask(question); });
    if (!due || due->empty()) co_return;
    for (auto& errand : *due) {
      // After a failure, not before the next round: the store itself may be the trouble.
      if (!co_await advance(company, std::move(errand))) co_return;
      if (!co_await env.sleep(options.breath)) co_return;
    }
  }
}

Task<void> Engine::State::prune(CompanyId company) {
  const auto scope = rules::engine_scope(company);
  while (!env.stopping()) {
    const auto now = env.now();
    if (!co_await commit(company, store::Prune{now, options.kept})) co_return;
    store::Prunable question{scope, now, options.kept};
    auto more = co_await env.work(turn_of(net::Lane::read, company),
                                  [this, question] { return store.ask(question); });
    if (!more || !*more) co_return;
    if (!co_await env.sleep(options.breath)) co_return;
  }
}

Task<void> Engine::State::sweep() {
  for (; sweep_step < store::Store::sweep_steps && !env.stopping(); ++sweep_step) {
    auto done = co_await env.work(turn_of_all(net::Lane::read),
                                  [this, step = sweep_step] { return store.sweep(step); });
    if (!done) {
      log::warn("scheduler.sweep-failed", {{"error", done.error()}});
      co_return;  // goes on there at the next round
    }
    if (!co_await env.sleep(options.breath)) co_return;
  }
  sweep_step = 0;
  sweep_due = env.ticks() + options.sweeping;
}

Task<void> Engine::State::clear_traces() {
  auto done =
      co_await env.work(turn_of_all(net::Lane::write), [this] { return store.clear_traces(); });
  if (done && *done) traces = false;
}

Task<void> Engine::State::run() {
  auto awake = co_await companies();
  while (!env.stopping()) {
    for (auto company : awake) co_await run_errands(company);
    const auto now = env.ticks();
    if (now >= housekeeping_due) {
      housekeeping_due = now + options.housekeeping;
      for (auto company : co_await companies()) {
        co_await run_errands(company);  // what was put off, and what others began
        co_await prune(company);
      }
    }
    if (now >= sweep_due) co_await sweep();
    if (traces) co_await clear_traces();
    if (env.stopping()) break;
    const auto sleep = std::min(kLongestSleep, options.retry);
    const bool woken = co_await signal->wait(sleep);
    awake = heard.take();
    if (!woken) awake = co_await companies();
  }
}

Engine::Engine(net::Env& env, store::Store& store, Options options)
    : state_(std::make_unique<State>(env, store, std::move(options))) {}
Engine::~Engine() = default;
Task<void> Engine::run() { return state_->run(); }

}  // namespace hearback::scheduler
