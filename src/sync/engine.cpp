#include "sync/engine.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "base/log.hpp"
#include "rules/ownership.hpp"
#include "sync/account.hpp"
#include "sync/watch.hpp"

namespace hearback::sync {
namespace {

constexpr Duration kReview = 60s;  // everything is compared anew at least this often
constexpr Duration kCalm = 3s;     // no address was added for so long: they are looked for
constexpr Duration kCalmMost = 10min;
constexpr Duration kStagger = 40ms;  // between the first connections of two mailboxes
constexpr Duration kStaggerMost = 5min;

// What a watch must hear of when it changes; what it changes itself stays out of it.
std::string settings_key(const rules::Mailbox& mailbox,
                         const std::vector<store::Folders::Row>& chosen,
                         const std::vector<store::Quarantined::Row>& asked_for) {
  const auto& imap = mailbox.imap;
  std::string key = imap.host + '\n' + std::to_string(imap.port) + '\n' + imap.security + '\n' +
                    imap.user + '\n' + std::to_string(mailbox.window_since.ms) + ' ' +
                    std::to_string(mailbox.judged_anew) + '\n';
  for (const auto& row : chosen)
    key += row.folder.id.text() + std::to_string(static_cast<int>(row.folder.role)) + '\n';
  for (const auto& row : asked_for) key += row.at.folder.text() + std::to_string(row.at.uid) + '\n';
  return key;
}

struct Reviewed {
  rules::Mailbox mailbox;
  std::string key;
};

Result<Reviewed> review_of(store::Store& store, const rules::Scope& scope, rules::Mailbox mailbox) {
  auto chosen = store.ask(store::Folders{scope, mailbox.id, store::Folders::Which::chosen});
  if (!chosen) return Failure(chosen.error());
  auto asked_for = store.ask(store::ToRetry{scope, mailbox.id, true});
  if (!asked_for) return Failure(asked_for.error());
  std::string key = settings_key(mailbox, *chosen, *asked_for);
  return Reviewed{std::move(mailbox), std::move(key)};
}

Result<std::vector<Reviewed>> review_each(store::Store& store, const rules::Scope& scope,
                                          std::vector<rules::Mailbox> mailboxes) {
  std::vector<Reviewed> reviewed;
  reviewed.reserve(mailboxes.size());
  for (auto& mailbox : mailboxes) {
    auto one = review_of(store, scope, std::move(mailbox));
    if (!one) return Failure(one.error());
    reviewed.push_back(std::move(*one));
  }
  return reviewed;
}

Result<store::Page<Reviewed>> review_page(store::Store& store, const store::Mailboxes& question) {
  auto page = store.ask(question);
  if (!page) return Failure(page.error());
  auto reviewed = review_each(store, question.scope, std::move(page->rows));
  if (!reviewed) return Failure(reviewed.error());
  return store::Page<Reviewed>{std::move(*reviewed), std::move(page->next)};
}

net::Turn turn_of(CompanyId company) {
  return {net::Lane::read, net::Standing::engine, company.text()};
}

// What has happened in a company since we last asked: one page of its feed.
struct News {
  std::uint64_t revision = 0;
  // Every address that became a candidate's up to here is among what has been told by now.
  std::optional<std::uint64_t> match_revision;
  std::vector<CandidateId> candidates;  // touched, with the addresses that they have now
  std::vector<Directory::Entry> addresses;
  std::vector<Reviewed> mailboxes;  // touched
  bool more = false;
  bool outdated = false;  // the feed doesn't reach back that far: everything is read anew
};

std::vector<Directory::Entry> entries_of(store::SyncedAddresses::Answer rows) {
  std::vector<Directory::Entry> entries;
  entries.reserve(rows.size());
  for (auto& row : rows) entries.push_back({row.candidate, std::move(row.normal)});
  return entries;
}

Result<std::vector<rules::Mailbox>> named(store::Store& store, const rules::Scope& scope,
                                          const std::set<std::string>& ids) {
  std::vector<rules::Mailbox> mailboxes;
  for (const auto& text : ids) {
    auto id = MailboxId::parse(text);
    if (!id) continue;
    auto row = store.ask(store::MailboxById{scope, *id});
    if (!row) return Failure(row.error());
    if (*row) {
      mailboxes.push_back(std::move(**row));
    } else {  // removed
      mailboxes.emplace_back().id = *id;
      mailboxes.back().state = rules::MailboxState::off;
    }
  }
  return mailboxes;
}

// The candidates and mailboxes that one page of the feed names.
Result<std::set<std::string>> read_feed(store::Store& store, const rules::Scope& scope,
                                        std::uint64_t since, News& news) {
  std::set<std::string> mailboxes;
  std::set<CandidateId> candidates;
  const store::Since question{scope, since};
  auto entries = store.ask(question);
  if (!entries) return Failure(entries.error());
  for (const auto& entry : *entries) {
    if (entry.kind == "mailbox") mailboxes.insert(entry.id);
    if (auto id = CandidateId::parse(entry.id); id && entry.kind == "candidate")
      candidates.insert(*id);
  }
  news.revision = entries->empty() ? since : entries->back().revision;
  news.more = entries->size() >= question.rows;
  news.candidates.assign(candidates.begin(), candidates.end());
  return mailboxes;
}

Result<News> read_news(store::Store& store, CompanyId company, std::uint64_t since) {
  const auto scope = rules::engine_scope(company);
  auto facts = store.ask(store::CompanyFacts{scope});
  if (!facts) return Failure(facts.error());
  News news;
  if (since < facts->feed_start) {
    news.outdated = true;
    return news;
  }
  auto touched = read_feed(store, scope, since, news);
  if (!touched) return Failure(touched.error());
  // The newest entries may have gone with the candidate whom they told of.
  if (!news.more) news.revision = std::max(news.revision, facts->revision);
  if (news.revision >= facts->revision) news.match_revision = facts->match_revision;
  if (!news.candidates.empty()) {
    auto rows = store.ask(store::SyncedAddresses{scope, news.candidates});
    if (!rows) return Failure(rows.error());
    news.addresses = entries_of(std::move(*rows));
  }
  auto mailboxes = named(store, scope, *touched);
  if (!mailboxes) return Failure(mailboxes.error());
  auto reviewed = review_each(store, scope, std::move(*mailboxes));
  if (!reviewed) return Failure(reviewed.error());
  news.mailboxes = std::move(*reviewed);
  return news;
}

}  // namespace

struct Engine::State final : Shared {
  struct Company {
    std::uint64_t revision = 0;            // of the feed: told so far
    std::shared_ptr<Directory> directory;  // absent: not loaded yet
    bool outdated = false;                 // it serves until another has been loaded
    // Addresses that were added and that watches haven't been told of.
    std::optional<Instant> first_added;  // by net::Env::ticks, and so the others
    Instant last_added;
    std::optional<Instant> told;
  };
  struct Watched {
    std::shared_ptr<Watch> watch;
    std::string key;
    Instant began;  // by net::Env::ticks
  };

  State(net::Env& e, store::Store& s, Options o)
      : env_(e),
        store_(s),
        options_(std::move(o)),
        room_(e, options_.bodies_octets),
        changed_(e.make_signal()) {
    listener_ = store_.on_commit([this](CompanyId company, std::uint64_t) {
      {
        std::lock_guard lock(mutex_);
        moved_.insert(company);
      }
      changed_->notify();
    });
  }
  ~State() override { store_.forget(listener_); }

  net::Env& env() override { return env_; }
  store::Store& store() override { return store_; }
  const Options& options() const override { return options_; }
  mailbox::Room& room() override { return room_; }
  void spawn(Task<void> task) override;
  static Task<void> counted(State& state, Task<void> task);
  std::shared_ptr<const Directory> directory(const CompanyId& company) override {
    return companies_[company].directory;
  }
  Task<Result<>> load(CompanyId company);
  Duration tell_of_addresses();
  void placed(CompanyId company, MailboxId by, const std::vector<std::string>& ids) override;

  Task<Result<>> catch_up(CompanyId company, bool all);
  Task<Result<>> review_mailboxes(CompanyId company);
  Task<void> review_all();
  Task<void> review_moved();
  void apply(const CompanyId& company, News news);
  void addresses_added(Company& company);
  void watch_over(const CompanyId& company, const Reviewed& mailbox, std::int64_t& starting);
  void start(const CompanyId& company, const Reviewed& mailbox, Duration delay);
  Task<void> wait_for_all();

  net::Env& env_;
  store::Store& store_;
  Options options_;
  mailbox::Room room_;
  Tasks tasks_;
  std::unique_ptr<net::Signal> changed_;
  int listener_ = 0;
  std::mutex mutex_;
  std::set<CompanyId> moved_;  // guarded by mutex_
  std::map<CompanyId, Company> companies_;
  std::map<MailboxId, Watched> watches_;
  std::size_t running_ = 0;
  bool review_due_ = true;
  std::function<void(bool)> all_ended_;
};

// Once for each company: the feed tells the rest, as far as it reaches back.
Task<Result<>> Engine::State::load(CompanyId company) {
  auto& store = store_;
  const auto scope = rules::engine_scope(company);
  auto facts = co_await env_.work(
      turn_of(company), [&store, scope] { return store.ask(store::CompanyFacts{scope}); });
  if (!facts) co_return Failure(facts.error());
  auto directory = std::make_shared<Directory>();
  store::SyncedAddresses page{scope};
  for (bool more = true; more;) {
    auto rows = co_await env_.work(turn_of(company), [&store, page] { return store.ask(page); });
    if (!rows) co_return Failure(rows.error());
    more = rows->size() >= page.rows;
    if (!rows->empty()) page.after = rows->back();
    directory->add(entries_of(std::move(*rows)));
  }
  directory->reached(facts->match_revision);
  auto& known = companies_[company];
  if (known.directory)
    addresses_added(known);
  else
    directory->seek();
  known.revision = facts->revision;
  known.directory = std::move(directory);
  known.outdated = false;
  co_return Result<>{};
}

void Engine::State::addresses_added(Company& company) {
  company.last_added = env_.ticks();
  if (!company.first_added) company.first_added = company.last_added;
}

// One address is searched for at once. While more and more are being added, that waits for the
// last of them: many cost each mailbox one look at its headers, however many there are. The time
// until somebody has to be told.
Duration Engine::State::tell_of_addresses() {
  const Instant now = env_.ticks();
  Duration next = kReview;
  for (auto& [company, known] : companies_) {
    if (!known.first_added) continue;
    const bool only_one = known.last_added == *known.first_added;
    Instant due = std::min(known.last_added, *known.first_added + kCalmMost) + kCalm;
    if (only_one) due = known.told ? std::min(due, *known.told + kCalm) : now;
    if (now < due) {
      next = std::min(next, due - now);
      continue;
    }
    known.first_added.reset();
    known.told = now;
    known.directory->seek();
    for (auto& [id, watched] : watches_)
      if (watched.watch->company() == company) watched.watch->addresses_added();
  }
  return next;
}

void Engine::State::placed(CompanyId company, MailboxId by, const std::vector<std::string>& ids) {
  const auto hashes = Pending::hashes_of(ids);
  for (auto& [id, watched] : watches_)
    if (id != by && watched.watch->company() == company) watched.watch->hear_placed(hashes);
}

Task<Result<>> Engine::State::catch_up(CompanyId company, bool all) {
  auto& store = store_;
  for (bool more = true; more;) {
    if (!companies_[company].directory || companies_[company].outdated) {
      auto loaded = co_await load(company);
      if (!loaded) co_return loaded;
      all = true;
    }
    const auto since = companies_[company].revision;
    auto news = co_await env_.work(
        turn_of(company), [&store, company, since] { return read_news(store, company, since); });
    if (!news) co_return Failure(news.error());
    more = news->more || news->outdated;
    if (news->outdated)
      companies_[company].outdated = true;
    else
      apply(company, std::move(*news));
  }
  if (all) co_return co_await review_mailboxes(company);
  co_return Result<>{};
}

// Page by page; a watch whose mailbox isn't on any of them ends.
Task<Result<>> Engine::State::review_mailboxes(CompanyId company) {
  auto& store = store_;
  store::Mailboxes question{.scope = rules::engine_scope(company)};
  question.page.rows = options_.limits.page_rows_max;
  std::set<MailboxId> known;
  std::int64_t starting = 0;
  do {
    auto page = co_await env_.work(turn_of(company),
                                   [&store, question] { return review_page(store, question); });
    if (!page) co_return Failure(page.error());
    for (const auto& reviewed : page->rows) {
      known.insert(reviewed.mailbox.id);
      watch_over(company, reviewed, starting);
    }
    question.page.after = std::move(page->next);
  } while (!question.page.after.empty());
  for (auto& [id, watched] : watches_)
    if (watched.watch->company() == company && !known.contains(id)) watched.watch->end();
  co_return Result<>{};
}

void Engine::State::apply(const CompanyId& company, News news) {
  auto& known = companies_[company];
  known.revision = news.revision;
  if (!news.candidates.empty())
    known.directory->replace(std::move(news.candidates), news.addresses);
  if (news.match_revision && *news.match_revision > known.directory->match_revision()) {
    known.directory->reached(*news.match_revision);
    addresses_added(known);
  }
  std::int64_t starting = 0;
  for (const auto& mailbox : news.mailboxes) watch_over(company, mailbox, starting);
}

// `starting`: how many mailboxes have begun to be watched together.
void Engine::State::watch_over(const CompanyId& company, const Reviewed& mailbox,
                               std::int64_t& starting) {
  auto watched = watches_.find(mailbox.mailbox.id);
  Duration pause{0};  // since an earlier watch of it began
  if (watched != watches_.end() && watched->second.watch->finished()) {
    pause = options_.retry_first - (env_.ticks() - watched->second.began);
    watches_.erase(watched);
    watched = watches_.end();
  }
  const bool active = rules::may_be_read(mailbox.mailbox);
  if (watched == watches_.end()) {
    if (!active) return;
    const Duration most = std::min(kStaggerMost, starting++ * kStagger);
    const Duration stagger{static_cast<std::int64_t>(
        env_.random().below(static_cast<std::uint64_t>(most.count()) + 1))};
    start(company, mailbox, std::max(stagger, pause));
  } else if (!active) {
    watched->second.watch->end();
  } else if (watched->second.key != mailbox.key) {
    watched->second.key = mailbox.key;
    watched->second.watch->settings_changed();
  } else {
    watched->second.watch->touched();
  }
}

void Engine::State::start(const CompanyId& company, const Reviewed& mailbox, Duration delay) {
  auto watch = std::make_shared<Watch>(*this, company, mailbox.mailbox.id, delay);
  watches_[mailbox.mailbox.id] = {watch, mailbox.key, env_.ticks()};
  spawn(Watch::run(watch, [this] {
    // Its settings may have been set right while it ended.
    review_due_ = true;
    changed_->notify();
  }));
}

void Engine::State::spawn(Task<void> task) {
  ++running_;
  tasks_.spawn(counted(*this, std::move(task)));
}

Task<void> Engine::State::counted(State& state, Task<void> task) {
  co_await std::move(task);
  if (--state.running_ == 0 && state.all_ended_) std::exchange(state.all_ended_, nullptr)(true);
}

Task<void> Engine::State::review_all() {
  auto& store = store_;
  store::Companies page;
  for (bool more = true; more;) {
    auto companies = co_await env_.work({net::Lane::read, net::Standing::engine, "sync"},
                                        [&store, page] { return store.ask(page); });
    if (!companies) {
      log::warn("review-failed", {{"reason", companies.error()}});
      co_return;
    }
    for (const auto& company : *companies) {
      auto done = co_await catch_up(company, true);
      if (!done) log::warn("review-failed", {{"company", company}, {"reason", done.error()}});
    }
    more = companies->size() >= page.rows;
    if (more) page.after = companies->back();
  }
}

Task<void> Engine::State::review_moved() {
  std::set<CompanyId> moved;
  {
    std::lock_guard lock(mutex_);
    moved.swap(moved_);
  }
  for (const auto& company : moved) {
    auto done = co_await catch_up(company, false);
    if (!done) log::warn("review-failed", {{"company", company}, {"reason", done.error()}});
  }
}

Task<void> Engine::State::wait_for_all() {
  for (auto& [id, watched] : watches_) watched.watch->end();
  if (running_ == 0) co_return;
  co_await Callback<bool>([this](Callback<bool>::Done done) { all_ended_ = std::move(done); });
}

Engine::Engine(net::Env& env, store::Store& store, Options options)
    : state_(std::make_unique<State>(env, store, std::move(options))) {}

Engine::~Engine() = default;

Task<void> Engine::run() {
  auto& state = *state_;
  Instant reviewed;  // by the ticks
  while (!state.env_.stopping()) {
    if (state.review_due_ || state.env_.ticks() - reviewed >= kReview) {
      state.review_due_ = false;
      reviewed = state.env_.ticks();
      co_await state.review_all();
    }
    co_await state.review_moved();
    co_await state.changed_->wait(state.tell_of_addresses());
  }
  co_await state.wait_for_all();
}

}  // namespace hearback::sync
