#include "outbox/engine.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

#include "base/log.hpp"
#include "outbox/delivery.hpp"
#include "outbox/held.hpp"
#include "outbox/retry.hpp"
#include "outbox/sent_copy.hpp"

namespace hearback::outbox {
namespace {

using rules::OutboxPhase;
using rules::OutboxState;

constexpr Duration kLongestSleep = 60s;
constexpr Duration kStoreTrouble = 5s;
constexpr Duration kCompaniesAnew = 10min;  // companies of other processes, and as a safety net

// Which companies something was committed for. Commits are heard on any thread.
class Heard {
 public:
  explicit Heard(std::unique_ptr<net::Signal> signal) : signal_(std::move(signal)) {}
  void add(CompanyId company) {
    {
      std::lock_guard lock(mutex_);
      companies_.insert(company);
    }
    signal_->notify();
  }
  std::set<CompanyId> take() {
    std::lock_guard lock(mutex_);
    return std::exchange(companies_, {});
  }
  net::Signal& signal() { return *signal_; }

 private:
  std::mutex mutex_;
  std::set<CompanyId> companies_;
  std::unique_ptr<net::Signal> signal_;
};

// A lease that is being kept. Lives in the frame of the worker, which ends it before it leaves.
struct Keeping {
  std::unique_ptr<net::Signal> signal;
  bool over = false, ended = false;
  std::function<void(bool)> joined = nullptr;

  Task<void> end() {
    over = true;
    signal->notify();
    if (!ended)
      co_await Callback<bool>([this](Callback<bool>::Done done) { joined = std::move(done); });
  }
};

}  // namespace

struct Engine::State {
  State(net::Env& e, store::Store& s, Options o) : env(e), store(s), options(std::move(o)) {}

  net::Env& env;
  store::Store& store;
  Options options;
  std::shared_ptr<Heard> heard;
  int listener = 0;
  Lines lines;
  Tasks tasks;
  std::set<MailboxId> busy;                       // one message under way in each
  std::map<CompanyId, Instant> due;               // when to look at a company's rows
  std::unordered_map<OutboxId, Instant> doubted;  // uncertain since, as far as we know
  std::function<void(bool)> all_done;             // run() waits for the last worker

  Task<void> run();
  Task<void> find_companies();
  Task<void> look_at(CompanyId company);
  Task<void> work_on(CompanyId company, rules::OutboxMessage message);
  Task<void> keep(Held& row, Keeping& keeping);
  Task<void> advance(Held& row);
  Task<void> take_over(Held& row);
  Duration until_due() const;
};

Duration Engine::State::until_due() const {
  auto wait = kLongestSleep;
  for (const auto& [company, t] : due) wait = std::min(wait, t - env.now());
  return std::max(wait, Duration{0});
}

Task<void> Engine::State::find_companies() {
  auto all = co_await env.work([this] { return store.ask(store::Companies{}); });
  if (!all) co_return;
  for (auto company : *all) due.try_emplace(company, env.now());
}

// Starts what is due and has a free mailbox; notes when to come back.
Task<void> Engine::State::look_at(CompanyId company) {
  due[company] = env.now() + kStoreTrouble;
  auto scope = rules::engine_scope(company);
  store::OutboxDue question{scope, env.now(), 200, options.sole_process};
  auto rows = co_await env.work([this, question] { return store.ask(question); });
  if (!rows) co_return;
  for (auto& row : *rows) {
    if (busy.size() >= static_cast<std::size_t>(std::max(1, options.parallel))) break;
    const bool bound = !options.sole_process;  // else what we hold ourselves is busy
    if (bound && row.lease_until && env.now() < *row.lease_until) continue;
    if (!busy.insert(row.message.mailbox).second) continue;
    tasks.spawn(work_on(company, std::move(row.message)));
  }
  auto next = co_await env.work([this, scope] { return store.ask(store::OutboxNextDue{scope}); });
  if (!next) co_return;
  // What is due but waits for its mailbox or its turn is looked at when a worker is done.
  if (*next) {
    due[company] = std::max(**next, env.now() + 1s);
  } else {
    due.erase(company);
  }
}

// Prolongs the row's lease as long as it is worked on, however slow its servers are.
Task<void> Engine::State::keep(Held& row, Keeping& keeping) {
  while (!keeping.over) {
    co_await keeping.signal->wait(options.lease / 3);
    if (keeping.over) break;
    // Nobody may wait any more when the program stops; what is past the dot still does.
    const bool last = env.stopping();
    (void)co_await row.prolong(last ? options.lease + options.deadlines.smtp_data_end
                                    : options.lease);
    if (last) break;
  }
  keeping.ended = true;
  if (keeping.joined) std::exchange(keeping.joined, nullptr)(true);
}

Task<void> Engine::State::work_on(CompanyId company, rules::OutboxMessage message) {
  auto mailbox = message.mailbox;
  {
    Held row{env, store, options, lines, company, std::move(message), 0};
    auto claimed = co_await row.claim();
    if (claimed) {
      Keeping keeping{env.make_signal()};
      tasks.spawn(keep(row, keeping));
      co_await advance(row);
      co_await keeping.end();
    }
    // The store is in trouble. The mailbox rests, lest we ask for the same row again and again.
    if (row.leased || (!claimed && claimed.error().kind != Kind::conflict))
      co_await env.sleep(kStoreTrouble);
  }
  busy.erase(mailbox);
  heard->add(company);
  if (busy.empty() && all_done) std::exchange(all_done, nullptr)(true);
}

// One step of the row's life, by what was found.
Task<void> Engine::State::advance(Held& row) {
  if (row.message.state == OutboxState::sending) co_return co_await take_over(row);
  if (row.message.state == OutboxState::uncertain) {
    auto since = doubted.try_emplace(row.message.id, env.now()).first->second;
    co_await reconcile(row, since);
    if (row.message.state != OutboxState::uncertain) doubted.erase(row.message.id);
    co_return;
  }
  if (row.message.state != OutboxState::sent) co_await deliver(row);
  if (row.message.state == OutboxState::sent && !row.message.copy_filed) co_await settle_copy(row);
}

// Somebody died over this row. Before the dot nothing was delivered; past it nobody knows (SEND-4).
Task<void> Engine::State::take_over(Held& row) {
  bool past_dot = row.message.phase == OutboxPhase::dot;
  if (past_dot && options.sabotage == Sabotage::resend_after_dot) {
    co_await row.move({.state = OutboxState::queued, .not_before = env.now(), .answer = "4"});
    co_return;
  }
  log::warn("outbox.taken-over", {{"id", row.message.id}, {"past_dot", past_dot ? 1 : 0}});
  Step step{.state = past_dot ? OutboxState::uncertain : OutboxState::queued,
            .phase = past_dot ? OutboxPhase::dot : OutboxPhase::none,
            .not_before = env.now(),
            .why = "outbox.interrupted"};
  co_await row.move(std::move(step));
}

Task<void> Engine::State::run() {
  heard = std::make_shared<Heard>(env.make_signal());
  listener = store.on_commit([h = heard](CompanyId company, std::uint64_t) { h->add(company); });
  Instant companies_anew{0};
  while (!env.stopping()) {
    if (companies_anew <= env.now()) {
      co_await find_companies();
      companies_anew = env.now() + kCompaniesAnew;
    }
    for (auto company : heard->take()) due[company] = env.now();
    std::vector<CompanyId> now_due;
    for (const auto& [company, t] : due)
      if (t <= env.now()) now_due.push_back(company);
    for (auto company : now_due) co_await look_at(company);
    co_await heard->signal().wait(until_due());
  }
  lines.close_all();
  if (!busy.empty()) {
    co_await Callback<bool>([this](Callback<bool>::Done done) { all_done = std::move(done); });
    // The last worker is still on the stack: come back from elsewhere.
    co_await env.work([] { return true; });
  }
}

Engine::Engine(net::Env& env, store::Store& store, Options options)
    : state_(std::make_unique<State>(env, store, std::move(options))) {}

Engine::~Engine() {
  if (state_->heard) state_->store.forget(state_->listener);
}

Task<void> Engine::run() { return state_->run(); }

}  // namespace hearback::outbox
