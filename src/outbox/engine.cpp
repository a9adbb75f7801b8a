#include "outbox/engine.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/log.hpp"
#include "outbox/delivery.hpp"
#include "outbox/held.hpp"
#include "outbox/retry.hpp"
#include "outbox/sent_copy.hpp"
#include "store/heard.hpp"

namespace hearback::outbox {
namespace {

using rules::OutboxPhase;
using rules::OutboxState;

constexpr Duration kLongestSleep = 60s;
constexpr Duration kStoreTrouble = 5s;
constexpr Duration kCompaniesAnew = 10min;  // companies of other processes, and as a safety net
constexpr Duration kBetweenLooks{50};       // at one company's rows
constexpr int kTurn = 50;  // messages of one mailbox before others may have its slot

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

// What is to be sent doesn't wait for what is to be looked into, nor the other way round.
enum class Lane { send, settle };
using Place = std::pair<MailboxId, Lane>;

struct Engine::State {
  State(net::Env& e, store::Store& s, Options o)
      : options(std::move(o)),
        desk{e, s, options, Clock(e), Outlets(e, options.limits, options.deadlines)},
        env(e),
        store(s),
        signal(e.make_signal()),
        heard(s, [this] { signal->notify(); }),
        slots{{Lane::send, Slots(options.sending)}, {Lane::settle, Slots(options.settling)}} {}

  Options options;
  Desk desk;
  net::Env& env;
  store::Store& store;
  std::unique_ptr<net::Signal> signal;
  store::Heard heard;
  Tasks tasks;
  int working = 0;  // workers, and goodbyes
  std::map<Lane, Slots> slots;
  std::set<Place> busy;                            // one row under way in each
  std::map<Place, Duration> resting;               // until when
  std::map<CompanyId, Duration> due, looked;       // when to look at a company's rows; last look
  std::unordered_map<OutboxId, Duration> awaited;  // since when, as far as we know
  std::function<void(bool)> all_done;              // run() waits for the last worker

  Task<void> run();
  Task<void> find_companies();
  Duration companies_due{0};
  Task<void> look_at(CompanyId company);
  Task<void> start_due(Lane lane, CompanyId company);
  void start(Lane lane, CompanyId company, const store::OutboxDue::Row& row);
  Task<void> work_on(Lane lane, CompanyId company, std::string host, rules::OutboxMessage message);
  Task<bool> take_up(Lane lane, CompanyId company, rules::OutboxMessage message);
  Task<std::optional<rules::OutboxMessage>> next_of(Lane lane, CompanyId company,
                                                    MailboxId mailbox);
  Task<void> keep(Held& row, Keeping& keeping);
  Task<void> advance(Held& row);
  Task<void> take_over(Held& row);
  Task<void> say_goodbye(std::shared_ptr<mailbox::Outlet> outlet);
  store::OutboxDue question(Lane lane, CompanyId company);
  Duration until_due();
  void come_back(CompanyId company, Duration in);
  void done_working();
};

Duration Engine::State::until_due() {
  auto wait = desk.outlets.empty() ? kLongestSleep : std::min(kLongestSleep, options.keep_open);
  wait = std::min(wait, companies_due - desk.clock.elapsed());
  for (const auto& [company, t] : due) wait = std::min(wait, t - desk.clock.elapsed());
  return std::max(wait, Duration{0});
}

void Engine::State::come_back(CompanyId company, Duration in) {
  const auto t = desk.clock.elapsed() + in;
  auto [at, fresh] = due.try_emplace(company, t);
  if (!fresh) at->second = std::min(at->second, t);
}

Task<void> Engine::State::find_companies() {
  auto all = co_await env.work([this] { return store.ask(store::Companies{}); });
  companies_due = desk.clock.elapsed() + (all ? kCompaniesAnew : kStoreTrouble);
  if (!all) co_return;
  for (auto company : *all) come_back(company, Duration{0});
}

store::OutboxDue Engine::State::question(Lane lane, CompanyId company) {
  return {.scope = rules::engine_scope(company),
          .now = desk.clock.latest(),
          .now_for_scheduled = desk.clock.now(),
          .settling = lane == Lane::settle,
          .mailbox = {},
          .also_leased = options.sole_process,
          .rows = options.page};
}

// Starts what is due, has a free mailbox and finds a slot: page by page, for the oldest may all
// belong to mailboxes that rest, or to hosts that are slow.
Task<void> Engine::State::start_due(Lane lane, CompanyId company) {
  auto q = question(lane, company);
  while (slots.at(lane).any_for(company)) {
    auto rows = co_await env.work([this, q] { return store.ask(q); });
    if (!rows) co_return come_back(company, kStoreTrouble);
    for (auto& row : *rows) start(lane, company, row);
    if (rows->size() < q.rows) co_return;
    q.after = rows->back().position();
  }
}

void Engine::State::start(Lane lane, CompanyId company, const store::OutboxDue::Row& row) {
  const Place place{row.message.mailbox, lane};
  if (busy.contains(place)) return;
  if (auto rest = resting.find(place); rest != resting.end()) {
    if (desk.clock.elapsed() < rest->second)
      return come_back(company, rest->second - desk.clock.elapsed());
    resting.erase(rest);
  }
  if (!slots.at(lane).take(company, row.host)) return;
  busy.insert(place);
  ++working;
  tasks.spawn(work_on(lane, company, row.host, row.message));
}

// What is due but waits for its mailbox or a slot is looked at when a worker is done. As long as
// anything is at work at all we look now and then: leases of others end, and clocks jump.
Task<void> Engine::State::look_at(CompanyId company) {
  due.erase(company);
  looked[company] = desk.clock.elapsed();
  co_await start_due(Lane::send, company);
  co_await start_due(Lane::settle, company);
  store::OutboxNextDue question{rules::engine_scope(company), desk.clock.now()};
  auto next = co_await env.work([this, question] { return store.ask(question); });
  if (!next) co_return come_back(company, kStoreTrouble);
  if (!next->at_work) co_return;
  auto wait = next->next ? *next->next - desk.clock.now() : kLongestSleep;
  come_back(company, std::clamp<Duration>(wait, kBetweenLooks, kLongestSleep));
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

// One row. False: the mailbox had better rest.
Task<bool> Engine::State::take_up(Lane lane, CompanyId company, rules::OutboxMessage message) {
  Held row{desk, env, store, options, company, std::move(message)};
  // What is to be sent is claimed together with its first step.
  Result<> claimed;
  if (lane == Lane::settle || row.message.state == OutboxState::sending)
    claimed = co_await row.claim();
  if (claimed) {
    Keeping keeping{env.make_signal()};
    tasks.spawn(keep(row, keeping));
    co_await advance(row);
    co_await keeping.end();
  }
  // The store is in trouble: lest we ask for the same row again and again.
  if (row.leased || row.store_failed || (!claimed && claimed.error().kind != Kind::conflict)) {
    co_await env.sleep(kStoreTrouble);
    co_return false;
  }
  if (row.account_failed && !env.stopping()) {
    const auto most = row.account_refused ? options.rest_refused : options.rest_most;
    const auto rest = std::clamp<Duration>(row.message.not_before - row.now(), 1s, most);
    resting[{row.message.mailbox, lane}] = desk.clock.elapsed() + rest;
    co_return false;
  }
  co_return claimed.has_value();
}

Task<std::optional<rules::OutboxMessage>> Engine::State::next_of(Lane lane, CompanyId company,
                                                                 MailboxId mailbox) {
  auto q = question(lane, company);
  q.mailbox = mailbox;
  auto rows = co_await env.work([this, q = std::move(q)] { return store.ask(q); });
  if (!rows || rows->empty()) co_return std::nullopt;
  co_return std::move(rows->front().message);
}

Task<void> Engine::State::work_on(Lane lane, CompanyId company, std::string host,
                                  rules::OutboxMessage message) {
  const auto mailbox = message.mailbox;
  std::optional<rules::OutboxMessage> next = std::move(message);
  OutboxId last;
  int turn = 0;
  for (; next && turn < kTurn && !env.stopping(); ++turn) {
    if (next->id == last) break;  // it didn't get on: not in a hurry
    last = next->id;
    if (!co_await take_up(lane, company, std::move(*next))) break;
    next = co_await next_of(lane, company, mailbox);
  }
  // After a whole turn whoever waits for a slot comes first: the rest outlasts the next look, which
  // may be kBetweenLooks away.
  if (turn == kTurn) resting[{mailbox, lane}] = desk.clock.elapsed() + 2 * kBetweenLooks;
  busy.erase({mailbox, lane});
  slots.at(lane).give_back(company, host);
  heard.add(company);
  done_working();
}

void Engine::State::done_working() {
  if (--working == 0 && all_done) std::exchange(all_done, nullptr)(true);
}

Task<void> Engine::State::say_goodbye(std::shared_ptr<mailbox::Outlet> outlet) {
  co_await outlet->leave();
  done_working();
}

// One step of the row's life, by what was found.
Task<void> Engine::State::advance(Held& row) {
  if (row.message.state == OutboxState::sending) co_return co_await take_over(row);
  const auto state = row.message.state;
  if (state != OutboxState::uncertain && state != OutboxState::sent) {
    awaited.erase(row.message.id);  // a person had it sent once more
    co_return co_await deliver(row);
  }
  const auto since = awaited.try_emplace(row.message.id, desk.clock.elapsed()).first->second;
  if (state == OutboxState::uncertain) {
    co_await reconcile(row, desk.clock.elapsed() - since);
  } else {
    co_await settle_copy(row, desk.clock.elapsed() - since);
  }
  if (row.message.state != state || row.message.copy_filed) awaited.erase(row.message.id);
}

// Somebody died over this row. Before the dot nothing was delivered; past it nobody knows (SEND-4).
Task<void> Engine::State::take_over(Held& row) {
  bool past_dot = row.message.phase == OutboxPhase::dot;
  if (past_dot && options.sabotage == Sabotage::resend_after_dot) {
    co_await row.move({.state = OutboxState::queued, .not_before = row.now(), .not_taken = true});
    co_return;
  }
  log::warn("outbox.taken-over", {{"id", row.message.id}, {"past_dot", past_dot ? 1 : 0}});
  Step step{.state = past_dot ? OutboxState::uncertain : OutboxState::queued,
            .phase = past_dot ? OutboxPhase::dot : OutboxPhase::none,
            .not_before = row.now(),
            .why = "outbox.interrupted"};
  co_await row.move(std::move(step));
}

Task<void> Engine::State::run() {
  while (!env.stopping()) {
    if (companies_due <= desk.clock.elapsed()) co_await find_companies();
    for (auto company : heard.take()) {
      auto last = looked.find(company);
      auto since = last == looked.end() ? kBetweenLooks : desk.clock.elapsed() - last->second;
      come_back(company, std::max<Duration>(kBetweenLooks - since, Duration{0}));
    }
    std::vector<CompanyId> now_due;
    for (const auto& [company, t] : due)
      if (t <= desk.clock.elapsed()) now_due.push_back(company);
    for (auto company : now_due) co_await look_at(company);
    for (auto& outlet : desk.outlets.take_idle(options.keep_open)) {
      ++working;
      tasks.spawn(say_goodbye(std::move(outlet)));
    }
    co_await signal->wait(until_due());
  }
  desk.outlets.stop_all();
  if (working > 0) {
    co_await Callback<bool>([this](Callback<bool>::Done done) { all_done = std::move(done); });
    // The last worker is still on the stack: come back from elsewhere.
    co_await env.work([] { return true; });
  }
}

Engine::Engine(net::Env& env, store::Store& store, Options options)
    : state_(std::make_unique<State>(env, store, std::move(options))) {}

Engine::~Engine() = default;

Task<void> Engine::run() { return state_->run(); }

}  // namespace hearback::outbox
