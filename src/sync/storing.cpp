// Of an import, what blocks: fetched bodies are read, and what came of them is stored.
#include <algorithm>
#include <iterator>

#include "base/log.hpp"
#include "mail/header.hpp"
#include "rules/stand_ins.hpp"
#include "sync/importing_parts.hpp"

namespace hearback::sync {
namespace {

Error stand_in() {
  return {Kind::transient, std::string(mailbox::kStandIn),
          "The mail server gives a notice of its own instead of the message.", ""};
}

Error another() {
  return {Kind::transient, std::string(mailbox::kAnother),
          "The mail server gives another message than the one that was asked for.", ""};
}

// Also of what passes the bounds: its header says whose it is.
bool is_another(const Incoming& message) {
  const auto came = mail::read_envelope(message.raw);
  return !came.message_id.empty() && rules::is_another(message.facts.envelope, came);
}

// Transient trouble is the store's, not the message's: the pass ends and is tried again.
bool concerns_the_message(const Error& error) {
  return error.kind != Kind::transient && error.kind != Kind::conflict;
}

void add(TakenIn& sum, TakenIn&& part) {
  sum.messages += part.messages;
  sum.copies += part.copies;
  sum.not_ours += part.not_ours;
  std::ranges::move(part.placed, std::back_inserter(sum.placed));
  std::ranges::move(part.dropped, std::back_inserter(sum.dropped));
}

// To be set aside in the commit that judges whether its source may be kept (C-14).
void note_failure(Incoming& message, const Error& why, bool given_up) {
  log::warn("import-failed", {{"mailbox", message.at.mailbox},
                              {"uid", message.at.uid},
                              {"reason", why.code},
                              {"given-up", given_up ? 1 : 0}});
  message.failed = {why.code, given_up};
}

}  // namespace

// In the lanes where each of it belongs: what is being parsed keeps no commit waiting. An attempt
// counts against a message when the process died of it, or the store refused that very message; not
// when the store couldn't be reached.
Task<Result<>> Import::read_work(net::Env& env, store::Store& store, std::shared_ptr<Work> work) {
  if (work->fetched.empty()) co_return Result<>{};
  auto counted = co_await env.work(work->turn(net::Lane::write), [&store, work] {
    auto done = count_attempts(store, *work);
    if (done) return done;
    if (done.error().code == "store.commit-unknown")
      forgive(store, *work);  // what may have been counted all the same
    else
      work->begun.clear();
    return done;
  });
  if (!counted) co_return counted;
  co_await env.work(work->turn(net::Lane::parse), [work] {
    read_fetched(*work);
    return true;
  });
  co_return Result<>{};
}

Task<Result<TakenIn>> Import::store_work(net::Env& env, store::Store& store,
                                         std::shared_ptr<Work> work) {
  co_return co_await env.work(work->turn(net::Lane::write), [&store, work] {
    auto done = take_in(store, *work);
    if (!done && !may_be_judged_again(done.error())) forgive(store, *work);
    return done;
  });
}

void Import::forgive(store::Store& store, Work& work) {
  if (work.begun.empty()) return;
  store::Commit commit{work.company, {}, {}};
  for (const auto& at : work.begun) commit.changes.push_back(store::RetryQuarantined{at});
  for (int attempt = 0; attempt < 3 && !work.forgiven; ++attempt)
    work.forgiven = store.commit(commit).has_value();
}

// Before a body is looked at, so that one that kills the process is known at the next start.
Result<> Import::count_attempts(store::Store& store, Work& work) {
  store::BeginImport begun{{}, work.now};
  for (const auto& f : work.fetched) begun.at.push_back(f.message.at);
  work.begun = begun.at;
  work.forgiven = false;
  auto counted = store.commit({work.company, {std::move(begun)}, {work.account}});
  if (!counted) return Failure(counted.error());
  return {};
}

void Import::read_fetched(Work& work) {
  for (auto& f : std::exchange(work.fetched, {})) {
    auto& message = f.message;
    work.attempts[message.at] = f.attempts + 1;
    const bool last = f.attempts + 1 >= work.limits.import_attempts;
    auto facts = read_facts(message.raw, work.limits);
    if (facts && rules::stands_in(message.facts.envelope, facts->envelope)) {
      note_failure(message, stand_in(), last);
    } else if (facts) {
      if (rules::is_another(message.facts.envelope, facts->envelope)) message.another = {last};
      message.facts = std::move(*facts);
    } else if (is_another(message)) {
      note_failure(message, another(), last);
    } else {  // its bounds are passed: trying again can't help
      note_failure(message, facts.error(), true);
    }
    work.batch.push_back(std::move(message));
  }
}

Result<TakenIn> Import::take_in(store::Store& store, Work& work) {
  SeededRandom random(work.seed);
  work.seed = random.next();  // for the next judgment
  std::ranges::move(std::exchange(work.failed, {}), std::back_inserter(work.batch));
  TakeIn all(store, work.company, work.now, random.next(), work.limits);
  const auto changes = [&] {
    auto unread = work.unread;
    std::ranges::copy(work.taken.dropped, std::back_inserter(unread));
    auto left = work.changes;
    leave_unread(left, unread);
    return left;
  };
  auto taken = all.commit(work.batch, changes(), {work.account});
  if (taken) {
    add(work.taken, std::move(*taken));
    return work.taken;
  }
  if (!concerns_the_message(taken.error())) return Failure(taken.error());
  // One of them can't be stored: each alone, then the rest of what was to be committed. What is
  // done of them by the time that others come between stays done.
  std::ranges::reverse(work.batch);
  while (!work.batch.empty()) {
    std::vector<Incoming> alone;
    alone.push_back(std::move(work.batch.back()));
    TakeIn single(store, work.company, work.now, random.next(), work.limits);
    auto one = single.commit(alone, {}, {work.account});
    if (one) {
      add(work.taken, std::move(*one));
    } else if (concerns_the_message(one.error())) {
      auto& message = alone.front();
      note_failure(message, one.error(), work.attempts[message.at] >= work.limits.import_attempts);
      work.failed.push_back(std::move(message));
    } else {
      work.batch.back() = std::move(alone.front());
      return Failure(one.error());
    }
    work.batch.pop_back();
  }
  work.batch = std::exchange(work.failed, {});
  auto rest = all.commit(work.batch, changes(), {work.account});
  if (!rest) return Failure(rest.error());
  add(work.taken, std::move(*rest));
  return work.taken;
}

}  // namespace hearback::sync
