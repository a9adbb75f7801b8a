#include "outbox/engine.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/log.hpp"
#include "outbox/awaited.hpp"
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
constexpr Duration kPauseMost = 1s;         // after a look: as long as it took, up to this
// Of one mailbox, before others may have its slot: whichever comes first.
constexpr std::size_t kTurn = 50;
constexpr Duration kTurnTime = 30s;
constexpr Duration kRoomPatience = 2s;  // for room in memory, in one turn
constexpr Duration kPassedBy = 2s;      // until what waits behind another row is looked at again
constexpr std::size_t kTogether = 100;  // messages that one look into Sent is for

net::Turn reading(CompanyId company) {
  return {net::Lane::read, net::Standing::engine, company.text()};
}

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

// Of a mailbox whose account failed.
struct Rest {
  Duration until;
  std::string account;  // with these settings: others may do
};

// Of one row.
enum class Took {
  on,
  passed_by,  // it waits behind another row of its mailbox, and nothing was done
  no_more,    // the mailbox had better rest
};

// The last row that was passed by in this turn.
struct Passed {
  store::OutboxDue::Position at;
  std::string account;
};

// What is to be sent doesn't wait for what is to be looked into, nor the other way round.
enum class Lane { send, settle };

struct Engine::State {
  State(net::Env& e, store::Store& s, Options o)
      : options(std::move(o)),
        desk{e,
             s,
             options,
             Clock(e),
             Outlets(e, options.limits, options.deadlines),
             mailbox::Room(e, options.bytes_octets)},
        env(e),
        store(s),
        signal(e.make_signal()),
        heard(s, [this] { signal->notify(); }),
        turns{{Lane::send, Turns(options.sending)}, {Lane::settle, Turns(options.settling)}} {}

  Options options;
  Desk desk;
  net::Env& env;
  store::Store& store;
  std::unique_ptr<net::Signal> signal;
  store::Heard heard;
  Tasks tasks;
  int working = 0;              // workers, and goodbyes
  std::map<Lane, Turns> turns;  // one row of a mailbox under way in each
  std::map<std::pair<MailboxId, Lane>, Rest> resting;
  // More is due there than the line could take.
  std::set<std::tuple<CompanyId, Lane, std::string>> unread;
  std::map<CompanyId, Duration> due;    // when to look at a company's rows
  std::map<CompanyId, Duration> again;  // not before then
  Awaited awaited;
  std::function<void(bool)> all_done;  // run() waits for the last worker

  Task<void> run();
  Task<void> find_companies();
  Duration companies_due{0};
  Task<void> look_at(CompanyId company);
  Task<void> line_up(Lane lane, CompanyId company);
  bool rests(Lane lane, CompanyId company, const store::OutboxDue::Row& row);
  void start_turns(Lane lane);
  Task<void> work_on(Lane lane, Place place);
  Task<bool> serve(Lane lane, const Place& place);
  Task<Took> take_up(Lane lane, CompanyId company, store::OutboxDue::Row due_row, SentLook& look,
                     Duration& patience);
  Task<std::vector<store::OutboxDue::Row>> next_of(Lane lane, const Place& place,
                                                   const std::optional<Passed>& passed);
  Task<void> keep(Held& row, Keeping& keeping);
  Task<void> advance(Held& row, SentLook& look);
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
  auto t = desk.clock.elapsed() + in;
  if (auto found = again.find(company); found != again.end()) t = std::max(t, found->second);
  auto [at, fresh] = due.try_emplace(company, t);
  if (!fresh) at->second = std::min(at->second, t);
}

Task<void> Engine::State::find_companies() {
  // Of mailboxes with nothing due any more nobody asks whether they rest.
  std::erase_if(resting, [&](const auto& one) { return one.second.until <= desk.clock.elapsed(); });
  for (auto& of_mailbox : desk.in_line)
    std::erase_if(of_mailbox.second,
                  [](const auto& one) { return one.second.place.away() > kCompaniesAnew; });
  std::erase_if(desk.in_line, [](const auto& of_mailbox) { return of_mailbox.second.empty(); });
  store::Companies page;
  for (bool more = true; more;) {
    auto some = co_await env.work({net::Lane::read, net::Standing::engine, "outbox"},
                                  [this, page] { return store.ask(page); });
    companies_due = desk.clock.elapsed() + (some ? kCompaniesAnew : kStoreTrouble);
    if (!some) co_return;
    for (const auto& company : *some) come_back(company, Duration{0});
    more = some->size() >= page.rows;
    if (more) page.after = some->back();
  }
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

// Lets who has something due stand in line: page by page, for the oldest may all belong to
// mailboxes that rest, or to a host whose line is full.
Task<void> Engine::State::line_up(Lane lane, CompanyId company) {
  std::erase_if(unread, [&](const auto& one) {
    return std::get<CompanyId>(one) == company && std::get<Lane>(one) == lane;
  });
  for (auto q = question(lane, company);;) {
    q.but_for_hosts = turns.at(lane).full_for(company);
    for (const auto& host : q.but_for_hosts) unread.emplace(company, lane, host);
    auto rows = co_await env.work(reading(company), [this, q] { return store.ask(q); });
    if (!rows) co_return come_back(company, kStoreTrouble);
    for (const auto& row : *rows)
      if (!rests(lane, company, row) &&
          !turns.at(lane).stand_in_line({company, row.message.mailbox, row.host}))
        unread.emplace(company, lane, row.host);
    start_turns(lane);
    if (rows->size() < q.rows) co_return;
    q.after = rows->back().position();
  }
}

bool Engine::State::rests(Lane lane, CompanyId company, const store::OutboxDue::Row& row) {
  const auto rest = resting.find({row.message.mailbox, lane});
  if (rest == resting.end()) return false;
  const auto left = rest->second.until - desk.clock.elapsed();
  if (left <= Duration{0} || rest->second.account != row.account) {
    resting.erase(rest);
    return false;
  }
  come_back(company, left);
  return true;
}

void Engine::State::start_turns(Lane lane) {
  if (env.stopping()) return;
  while (auto place = turns.at(lane).next()) {
    if (turns.at(lane).half_empty(*place) && unread.erase({place->company, lane, place->host}) > 0)
      heard.add(place->company);
    ++working;
    tasks.spawn(work_on(lane, std::move(*place)));
  }
}

// What is due but waits for its mailbox or a slot has its turn when a worker is done. As long as
// anything is at work at all we look now and then: leases of others end, and clocks jump. What
// becomes due between the first question and the last is the next to become due, too.
Task<void> Engine::State::look_at(CompanyId company) {
  const auto began = desk.clock.elapsed();
  const auto began_at = desk.clock.now();
  due.erase(company);
  co_await line_up(Lane::send, company);
  co_await line_up(Lane::settle, company);
  store::OutboxNextDue question{rules::engine_scope(company), began_at};
  auto next = co_await env.work(reading(company), [this, question] { return store.ask(question); });
  const auto ended = desk.clock.elapsed();
  again[company] = std::max(began + kBetweenLooks, ended + std::min(ended - began, kPauseMost));
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

Task<Took> Engine::State::take_up(Lane lane, CompanyId company, store::OutboxDue::Row due_row,
                                  SentLook& look, Duration& patience) {
  Held row{desk, env, store, options, company, due_row.host, std::move(due_row.message)};
  row.patience = patience;
  const bool needs_room =
      row.message.state != OutboxState::sending && row.message.state != OutboxState::uncertain;
  if (needs_room && co_await row.waits_behind(lane == Lane::settle)) co_return Took::passed_by;
  // What is to be sent is claimed together with its first step.
  Result<> claimed;
  if (lane == Lane::settle || row.message.state == OutboxState::sending)
    claimed = co_await row.claim();
  if (claimed) {
    Keeping keeping{env.make_signal()};
    tasks.spawn(keep(row, keeping));
    co_await advance(row, look);
    co_await keeping.end();
  }
  if (row.found_no_room) patience = Duration{0};  // the next large ones would wait in vain, too
  // The store is in trouble: lest we ask for the same row again and again.
  if (row.leased || row.store_failed || (!claimed && !is_lost(claimed.error()))) {
    co_await env.sleep(kStoreTrouble);
    co_return Took::no_more;
  }
  if (row.account_failed && !env.stopping()) {
    const auto most = row.account_refused ? options.rest_refused : options.rest_most;
    const auto rest = std::clamp<Duration>(row.message.not_before - row.now(), 1s, most);
    resting[{row.message.mailbox, lane}] = {desk.clock.elapsed() + rest,
                                            std::move(due_row.account)};
    co_return Took::no_more;
  }
  co_return claimed ? Took::on : Took::no_more;
}

// What the mailbox has due, behind what was passed by: to send, its first row; to settle, all that
// one look can tell of.
Task<std::vector<store::OutboxDue::Row>> Engine::State::next_of(
    Lane lane, const Place& place, const std::optional<Passed>& passed) {
  auto q = question(lane, place.company);
  q.mailbox = place.mailbox;
  q.all_of_it = lane == Lane::settle || passed;
  if (passed) q.after = passed->at;
  q.rows = lane == Lane::settle ? kTogether : 1;
  auto rows =
      co_await env.work(reading(place.company), [this, q = std::move(q)] { return store.ask(q); });
  if (!rows) co_return std::vector<store::OutboxDue::Row>{};
  co_return std::move(*rows);
}

// One turn of a mailbox; true: there is more to do.
Task<bool> Engine::State::serve(Lane lane, const Place& place) {
  const auto began = desk.clock.elapsed();
  const auto most = lane == Lane::settle ? kTogether : kTurn;
  std::set<OutboxId> done;
  std::optional<Passed> passed;
  auto patience = kRoomPatience;
  while (!env.stopping()) {
    auto rows = co_await next_of(lane, place, passed);
    // What didn't get on isn't in a hurry.
    std::erase_if(rows, [&](const auto& row) { return done.contains(row.message.id); });
    // What was passed by stays due, and so does the mailbox.
    if (rows.empty() && passed)
      resting[{place.mailbox, lane}] = {desk.clock.elapsed() + kPassedBy, passed->account};
    // With another server it stands in that one's line.
    if (rows.empty() || rows.front().host != place.host) co_return false;
    SentLook look(rows);
    for (auto& row : rows) {
      // What is known already costs next to nothing, and much to ask for once more.
      const auto now = desk.clock.elapsed();
      const bool over = now - began >= kTurnTime || turns.at(lane).belongs_to_others(place);
      if (done.size() >= most) co_return true;
      if (!done.empty() && over && !look.tells_of(row.message.id, now)) co_return true;
      if (env.stopping()) co_return false;
      const auto id = row.message.id;
      Passed this_one{row.position(), row.account};
      const auto took = co_await take_up(lane, place.company, std::move(row), look, patience);
      if (took == Took::no_more) co_return false;
      if (took == Took::on)
        done.insert(id);
      else
        passed = std::move(this_one);
    }
  }
  co_return false;
}

Task<void> Engine::State::work_on(Lane lane, Place place) {
  const bool more = co_await serve(lane, place);
  turns.at(lane).give_back(place);
  if (more && !turns.at(lane).stand_in_line(place)) unread.emplace(place.company, lane, place.host);
  start_turns(lane);
  heard.add(place.company);
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
Task<void> Engine::State::advance(Held& row, SentLook& look) {
  if (row.message.state == OutboxState::sending) co_return co_await take_over(row);
  const auto state = row.message.state;
  if (state != OutboxState::uncertain && state != OutboxState::sent) {
    awaited.forget(row.message.id);  // a person had it sent once more
    co_return co_await deliver(row);
  }
  // Its mailbox was out of reach: what it has waited for until now is no reason to look rarely.
  if (row.message.not_before == Instant{}) awaited.forget(row.message.id);
  const auto waited = awaited.time_of(row.message.id, desk.clock.elapsed());
  if (state == OutboxState::uncertain) {
    co_await reconcile(row, look, waited);
  } else {
    co_await settle_copy(row, look, waited);
  }
  if (row.message.state != state || row.message.copy_filed) awaited.forget(row.message.id);
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
    for (auto company : heard.take()) come_back(company, Duration{0});
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
    co_await env.work({.who = "outbox"}, [] { return true; });
  }
}

Engine::Engine(net::Env& env, store::Store& store, Options options)
    : state_(std::make_unique<State>(env, store, std::move(options))) {}

Engine::~Engine() = default;

Task<void> Engine::run() { return state_->run(); }

}  // namespace hearback::outbox
