#include "scheduler/engine.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/log.hpp"
#include "store/heard.hpp"

namespace hearback::scheduler {
namespace {

constexpr Duration kLongestSleep = 60s;
constexpr Duration kDrift = 2min;  // of the date in a minute or so: set right, but no jump

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
  std::set<CompanyId> busy, pruning;         // those that have more to do
  std::map<CompanyId, Instant> errands_due;  // the next ones of the others, by the date
  Instant look_due, pruning_due, sweep_due;  // by net::Env::ticks
  Duration date_ahead{0};                    // of the ticks
  Instant agreed_since;                      // the ticks at which it was first so far ahead
  bool jumped = false;                       // since it began
  int sweep_step = 0;
  bool traces = true;      // of what was erased may be left; after a crash, too
  bool unfindable = true;  // messages that an earlier version stored may be left
  Instant unfindable_due;  // by net::Env::ticks

  Task<void> run();
  Task<std::set<CompanyId>> companies();
  Task<void> look_around();
  Task<bool> step_of_errands(CompanyId company);
  Task<bool> advance(CompanyId company, store::Errand errand);
  Task<void> note_next_errand(CompanyId company, bool well);
  Task<bool> step_of_pruning(CompanyId company);
  bool date_is_believed();
  Task<void> sweep();
  Task<void> clear_traces();
  Task<void> make_findable();
  Task<bool> commit(CompanyId company, store::Change change);
};

Task<std::set<CompanyId>> Engine::State::companies() {
  std::set<CompanyId> all;
  store::Companies page;
  for (bool more = true; more;) {
    auto some =
        co_await env.work(turn_of_all(net::Lane::read), [this, page] { return store.ask(page); });
    if (!some) break;
    more = some->size() >= page.rows;
    all.insert(some->begin(), some->end());
    if (more) page.after = some->back();
  }
  co_return all;
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

// False: nothing more is due now. After a failure, not before the next round: the store itself may
// be the trouble.
Task<bool> Engine::State::step_of_errands(CompanyId company) {
  store::ErrandsDue question{.scope = rules::engine_scope(company), .now = env.now(), .rows = 1};
  auto due = co_await env.work(turn_of(net::Lane::read, company),
                               [this, question] { return store.ask(question); });
  bool well = due.has_value();
  if (well && !due->empty()) {
    well = co_await advance(company, std::move(due->front()));
    if (well) co_return true;
  }
  co_await note_next_errand(company, well);
  co_return false;
}

Task<void> Engine::State::note_next_errand(CompanyId company, bool well) {
  const store::ErrandsNextDue question{rules::engine_scope(company)};
  auto next = co_await env.work(turn_of(net::Lane::read, company),
                                [this, question] { return store.ask(question); });
  if (!well || !next)
    errands_due[company] = env.now() + options.retry;
  else if (*next)
    errands_due[company] = **next;
  else
    errands_due.erase(company);
}

// False: nothing more is to be pruned.
Task<bool> Engine::State::step_of_pruning(CompanyId company) {
  const auto now = env.now();
  if (!date_is_believed()) co_return false;
  if (!co_await commit(company, store::Prune{now, options.kept})) co_return false;
  store::Prunable question{rules::engine_scope(company), now, options.kept};
  auto more = co_await env.work(turn_of(net::Lane::read, company),
                                [this, question] { return store.ask(question); });
  co_return more && *more;
}

// A machine may start with a date far ahead and set it right a little later: what would be too old
// by it isn't taken away before it has stood for a while.
bool Engine::State::date_is_believed() {
  const auto ahead = env.now() - env.ticks();
  const auto off = std::max(ahead - date_ahead, date_ahead - ahead);
  if (off > kDrift) agreed_since = env.ticks();
  jumped = jumped || off > kDrift;
  date_ahead = ahead;
  return env.ticks() - agreed_since >= (jumped ? options.believed_after : options.believed_first);
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

// One step, behind all else: it is of what was there before this version.
Task<void> Engine::State::make_findable() {
  auto more =
      co_await env.work(turn_of_all(net::Lane::write), [this] { return store.make_findable(); });
  if (!more) {
    log::warn("scheduler.index-failed", {{"error", more.error()}});
    unfindable_due = env.ticks() + options.retry;
  } else if (!*more) {
    unfindable = false;
  } else {
    co_await env.sleep(options.breath);
  }
}

// Who has something to do: companies that something was committed for, those whose errands are due,
// and now and then all: clocks jump, and others write, too.
Task<void> Engine::State::look_around() {
  busy.merge(heard.take());
  for (const auto& [company, at] : errands_due)
    if (at <= env.now()) busy.insert(company);
  const bool prunes = date_is_believed() && env.ticks() >= pruning_due;
  if (env.ticks() < look_due && !prunes) co_return;
  const auto all = co_await companies();
  busy.insert(all.begin(), all.end());
  look_due = env.ticks() + std::min(kLongestSleep, options.retry);
  if (!prunes || all.empty()) co_return;
  pruning = all;
  pruning_due = env.ticks() + options.housekeeping;
}

// Companies take turns, one step each.
Task<void> Engine::State::run() {
  date_ahead = env.now() - env.ticks();
  agreed_since = env.ticks();
  while (!env.stopping()) {
    co_await look_around();
    for (auto company : std::set(busy)) {
      if (!co_await step_of_errands(company))
        busy.erase(company);
      else if (!co_await env.sleep(options.breath))
        co_return;
    }
    for (auto company : std::set(pruning)) {
      if (!co_await step_of_pruning(company))
        pruning.erase(company);
      else if (!co_await env.sleep(options.breath))
        co_return;
    }
    if (!busy.empty() || !pruning.empty()) continue;
    if (env.ticks() >= sweep_due) co_await sweep();
    if (traces) co_await clear_traces();
    if (unfindable && env.ticks() >= unfindable_due) {
      co_await make_findable();
      continue;
    }
    if (env.stopping()) break;
    auto sleep = std::min(kLongestSleep, options.retry);
    for (const auto& [company, at] : errands_due) sleep = std::min(sleep, at - env.now());
    if (sleep > Duration{0}) co_await signal->wait(sleep);
  }
}

Engine::Engine(net::Env& env, store::Store& store, Options options)
    : state_(std::make_unique<State>(env, store, std::move(options))) {}
Engine::~Engine() = default;
Task<void> Engine::run() { return state_->run(); }

}  // namespace hearback::scheduler
