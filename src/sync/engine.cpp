#include "sync/engine.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "base/log.hpp"
#include "sync/account.hpp"
#include "sync/watch.hpp"

namespace hearback::sync {
namespace {

constexpr Duration kReview = 60s;    // everything is compared anew at least this often
constexpr Duration kStagger = 40ms;  // between the first connections of two mailboxes
constexpr Duration kStaggerMost = 5min;

// What a watch must hear of when it changes; what it changes itself stays out of it.
std::string settings_key(const rules::Mailbox& mailbox,
                         const std::vector<store::Folders::Row>& folders,
                         const std::vector<store::Quarantined::Row>& quarantined) {
  const auto& imap = mailbox.imap;
  std::string key = imap.host + '\n' + std::to_string(imap.port) + '\n' + imap.security + '\n' +
                    imap.user + '\n' + std::to_string(mailbox.window_since.ms) + '\n';
  for (const auto& row : folders)
    if (row.folder.role_by_user)
      key += row.folder.id.text() + std::to_string(static_cast<int>(row.folder.role)) + '\n';
  for (const auto& row : quarantined)
    if (!row.given_up && row.attempts == 0 && !row.reason.empty())
      key += row.at.folder.text() + std::to_string(row.at.uid) + '\n';
  return key;
}

struct Reviewed {
  rules::Mailbox mailbox;
  std::string key;
};

Result<Reviewed> review(store::Store& store, const rules::Scope& scope, rules::Mailbox mailbox) {
  auto folders = store.ask(store::Folders{scope, mailbox.id});
  if (!folders) return Failure(folders.error());
  auto quarantined = store.ask(store::Quarantined{scope, mailbox.id});
  if (!quarantined) return Failure(quarantined.error());
  std::string key = settings_key(mailbox, *folders, *quarantined);
  return Reviewed{std::move(mailbox), std::move(key)};
}

// What has happened in a company since we last asked.
struct News {
  std::uint64_t revision = 0, match_revision = 0;
  std::vector<Reviewed> mailboxes;  // all of them, or those named by the feed
  bool all = false;
};

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

Result<News> read_news(store::Store& store, CompanyId company, std::uint64_t since, bool all) {
  const auto scope = rules::engine_scope(company);
  auto facts = store.ask(store::CompanyFacts{scope});
  if (!facts) return Failure(facts.error());
  News news{facts->revision, facts->match_revision, {}, all};
  std::set<std::string> touched;
  while (!all && since < news.revision) {
    auto entries = store.ask(store::Since{scope, since});
    if (!entries) return Failure(entries.error());
    if (entries->empty()) break;
    for (const auto& entry : *entries)
      if (entry.kind == "mailbox") touched.insert(entry.id);
    since = entries->back().revision;
  }
  news.revision = std::max(news.revision, since);
  auto mailboxes = all ? store.ask(store::Mailboxes{scope}) : named(store, scope, touched);
  if (!mailboxes) return Failure(mailboxes.error());
  for (auto& mailbox : *mailboxes) {
    auto reviewed = review(store, scope, std::move(mailbox));
    if (!reviewed) return Failure(reviewed.error());
    news.mailboxes.push_back(std::move(*reviewed));
  }
  return news;
}

}  // namespace

struct Engine::State final : Shared {
  struct Company {
    std::uint64_t revision = 0, match_revision = 0;
    std::shared_ptr<const rules::Directory> directory;
  };
  struct Watched {
    std::shared_ptr<Watch> watch;
    std::string key;
  };

  State(net::Env& e, store::Store& s, Options o)
      : env_(e), store_(s), options_(std::move(o)), changed_(e.make_signal()) {
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
  void spawn(Task<void> task) override;
  static Task<void> counted(State& state, Task<void> task);
  Task<Result<std::shared_ptr<const rules::Directory>>> directory(CompanyId company) override;
  void placed(CompanyId company, MailboxId by, const std::vector<std::string>& ids) override;

  Task<Result<>> catch_up(CompanyId company, bool all);
  Task<void> review_all();
  Task<void> review_moved();
  void apply(const CompanyId& company, News news);
  void start(const CompanyId& company, const Reviewed& mailbox, Duration delay);
  Task<void> wait_for_all();

  net::Env& env_;
  store::Store& store_;
  Options options_;
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

Task<Result<std::shared_ptr<const rules::Directory>>> Engine::State::directory(CompanyId company) {
  using Directory = std::shared_ptr<const rules::Directory>;
  auto known = companies_[company].directory;
  auto& store = store_;
  auto fresh = co_await env_.work([&store, company, known]() -> Result<Directory> {
    const auto scope = rules::engine_scope(company);
    auto facts = store.ask(store::CompanyFacts{scope});
    if (!facts) return Failure(facts.error());
    if (known && known->match_revision() == facts->match_revision) return known;
    auto answer = store.ask(store::MatchDirectory{scope});
    if (!answer) return Failure(answer.error());
    std::vector<rules::Directory::Entry> entries;
    for (auto& e : answer->candidates) entries.push_back({std::move(e.normal), e.candidate});
    return std::make_shared<const rules::Directory>(answer->match_revision, entries,
                                                    answer->internal);
  });
  if (fresh) companies_[company].directory = *fresh;
  co_return fresh;
}

void Engine::State::placed(CompanyId company, MailboxId by, const std::vector<std::string>& ids) {
  for (auto& [id, watched] : watches_)
    if (id != by && watched.watch->company() == company) watched.watch->hear_placed(ids);
}

Task<Result<>> Engine::State::catch_up(CompanyId company, bool all) {
  auto& store = store_;
  const bool unknown = companies_[company].revision == 0;
  const auto since = companies_[company].revision;
  const bool everything = all || unknown;
  auto news = co_await env_.work([&store, company, since, everything] {
    return read_news(store, company, since, everything);
  });
  if (!news) co_return Failure(news.error());
  apply(company, std::move(*news));
  co_return Result<>{};
}

void Engine::State::apply(const CompanyId& company, News news) {
  auto& known = companies_[company];
  known.revision = std::max(known.revision, news.revision);
  const bool addresses_moved = known.match_revision < news.match_revision;
  known.match_revision = std::max(known.match_revision, news.match_revision);
  std::int64_t starting = 0;
  for (const auto& mailbox : news.mailboxes) {
    auto watched = watches_.find(mailbox.mailbox.id);
    if (watched != watches_.end() && watched->second.watch->finished()) {
      watches_.erase(watched);
      watched = watches_.end();
    }
    const bool active = mailbox.mailbox.state == rules::MailboxState::active;
    if (watched == watches_.end()) {
      if (!active) continue;
      const Duration most = std::min(kStaggerMost, starting++ * kStagger);
      start(company, mailbox,
            Duration(static_cast<std::int64_t>(
                env_.random().below(static_cast<std::uint64_t>(most.count()) + 1))));
    } else if (!active) {
      watched->second.watch->end();
    } else if (watched->second.key != mailbox.key) {
      watched->second.key = mailbox.key;
      watched->second.watch->settings_changed();
    }
  }
  if (news.all)
    for (auto& [id, watched] : watches_)
      if (watched.watch->company() == company &&
          std::ranges::none_of(news.mailboxes,
                               [&](const Reviewed& r) { return r.mailbox.id == id; }))
        watched.watch->end();
  if (addresses_moved)
    for (auto& [id, watched] : watches_)
      if (watched.watch->company() == company) watched.watch->directory_changed();
}

void Engine::State::start(const CompanyId& company, const Reviewed& mailbox, Duration delay) {
  auto watch = std::make_shared<Watch>(*this, company, mailbox.mailbox.id, delay);
  watches_[mailbox.mailbox.id] = {watch, mailbox.key};
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
  auto companies = co_await env_.work([&store] { return store.ask(store::Companies{}); });
  if (!companies) {
    log::warn("review-failed", {{"reason", companies.error()}});
    co_return;
  }
  for (const auto& company : *companies) {
    auto done = co_await catch_up(company, true);
    if (!done) log::warn("review-failed", {{"company", company}, {"reason", done.error()}});
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
  Instant reviewed;
  while (!state.env_.stopping()) {
    if (state.review_due_ || state.env_.now() - reviewed >= kReview) {
      state.review_due_ = false;
      reviewed = state.env_.now();
      co_await state.review_all();
    }
    co_await state.review_moved();
    co_await state.changed_->wait(kReview);
  }
  co_await state.wait_for_all();
}

}  // namespace hearback::sync
