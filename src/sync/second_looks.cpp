// Mail that is looked at once more: all of it, now and then; what waits in quarantine, and what
// answers mail that came in.
#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "mailbox/ranges.hpp"
#include "rules/whole_look.hpp"
#include "sync/pass_parts.hpp"
#include "sync/resync.hpp"

namespace hearback::sync {

// What was passed over for good has another chance. From then on all counts as unsettled in the
// store, so that the next life does what this one leaves.
Task<Result<>> Pass::look_at_all_where_due() {
  auto& mailbox = account_.mailbox;
  const Instant now = shared_.env().now();
  const bool goes_on = std::ranges::any_of(
      account_.folders, [](const auto& folder) { return folder.synced() && folder.behind; });
  if (!rules::is_due_for_a_whole_look(mailbox.looked_through, now, mailbox.id, goes_on))
    co_return Result<>{};
  // First: whether the store has it may not be known. What failed is tried in its turn, and once.
  read_all_again(account_.folders);
  for (const auto& [at, attempts] : troubled_)
    if (attempts > 0) account_.again[at.folder].erase(at.uid);
  std::erase_if(account_.again, [](const auto& one) { return one.second.empty(); });
  auto& store = shared_.store();
  const store::Commit commit{
      account_.company, {store::LookAtAllAgain{mailbox.id, now}}, {account_.is_behind()}};
  auto told = co_await shared_.env().work(account_.turn(net::Lane::write),
                                          [&store, &commit] { return store.commit(commit); });
  if (!told) co_return Failure(told.error());
  mailbox.looked_through = now;
  co_return Result<>{};
}

// Messages that a person wants to be tried again, or whose import failed for a passing reason. What
// was only begun, and is yet to be read in its turn, isn't tried beside that: one look would count
// two attempts, and past mail would come outside of its share.
Task<Result<>> Pass::queue_retries() {
  auto& store = shared_.store();
  auto counted = co_await count_left_out();
  if (!counted) co_return counted;
  const auto folders = account_.by_id();
  std::map<FolderId, std::vector<IdRange>> in_turn;
  for (const auto& folder : account_.folders)
    in_turn.emplace(folder.folder.id, due(folder.covered(), kLastId, demand()));
  const auto comes_in_turn = [&](const rules::Location& at) {
    return std::ranges::any_of(in_turn[at.folder],
                               [&](const auto& span) { return contains(span, at.uid); });
  };
  store::ToRetry page{rules::engine_scope(account_.company), account_.mailbox.id};
  for (bool more = true; more;) {
    auto rows = co_await shared_.env().work(account_.turn(net::Lane::read),
                                            [&store, page] { return store.ask(page); });
    if (!rows) co_return Failure(rows.error());
    more = rows->size() >= page.rows;
    if (!rows->empty()) page.after = rows->back().at;
    for (const auto& row : *rows) {
      const auto folder = folders.find(row.at.folder);
      if (folder == folders.end() || folder->second->folder.uid_validity != row.at.uid_validity)
        continue;
      if (row.reason.empty() && comes_in_turn(row.at)) continue;
      account_.again[row.at.folder].insert(row.at.uid);
      troubled_[row.at] = row.attempts;
    }
  }
  co_return Result<>{};
}

// What others leave out, or what waits for another reason, is none of the inbox's trouble.
Task<Result<>> Pass::count_left_out() {
  using enum store::QuarantinedFor::Where;
  store::QuarantinedFor question{rules::engine_scope(account_.company),
                                 account_.mailbox.id,
                                 {mailbox::kWithheld.begin(), mailbox::kWithheld.end()},
                                 {},
                                 there,
                                 shared_.options().left_out_noted};
  for (const auto& folder : account_.folders)
    if (folder.is_inbox()) question.folder = folder.folder.id;
  auto& store = shared_.store();
  for (auto* noted : {&account_.inbox_left_out, &account_.left_out}) {
    auto found = co_await shared_.env().work(account_.turn(net::Lane::read),
                                             [&store, &question] { return store.ask(question); });
    if (!found) co_return Failure(found.error());
    *noted = *found;
    question.where = elsewhere;
  }
  co_return Result<>{};
}

// What came in may be what others answer; what they bring in, again. What is asked for once more
// while it is being looked at is looked at once more. A folder that can't be read for now keeps its
// own for the next pass, as does one that seems to be numbered anew: where it is, they go with what
// was known of it (start_over).
Task<Result<>> Pass::look_again() {
  std::set<FolderId> refused;
  for (;;) {
    const auto next = std::ranges::find_if(
        account_.again, [&](const auto& one) { return !refused.contains(one.first); });
    if (next == account_.again.end()) co_return Result<>{};
    const auto id = next->first;
    auto* folder = account_.find(id);
    if (folder)
      if (auto lived = co_await inbox_first(*folder); !lived) co_return lived;
    auto uids = std::exchange(account_.again[id], {});
    account_.again.erase(id);
    if (!folder || folder->folder.role == rules::FolderRole::ignored) continue;
    Result<bool> looked = false;
    if (folder->synced()) {
      auto& left = account_.looked_again[id] = std::move(uids);
      looked = co_await look_again_in(*folder, {left.begin(), left.end()}, left);
      uids = std::exchange(left, {});
      account_.looked_again.erase(id);
      if (looked && *looked) continue;
    }
    account_.again[id].insert(uids.begin(), uids.end());
    if (!looked && looked.error().code == kDailyQuota) co_return Result<>{};
    if (!looked && !std::exchange(folder_refuses_, false)) co_return Failure(looked.error());
    refused.insert(id);
  }
}

// `left`: without those that were answered, for what comes after them may cost the connection.
Task<Result<bool>> Pass::look_again_in(WatchedFolder& folder, Uids uids,
                                       std::set<std::uint32_t>& left) {
  if (source_.front() != folder.folder.wire_name) {
    auto look = co_await open_folder(folder);
    if (!look) co_return Failure(look.error());
    // These numbers mean other messages now; the next pass sees to that.
    if (!look->start_over.empty()) co_return false;
  }
  std::vector<Step> steps;
  for (const auto& run : mailbox::runs_of(uids, shared_.options().limits.scan_batch, 0))
    steps.push_back({run, run});
  std::optional<Error> untold;  // whether some have gone
  for (std::size_t next = 0; next < steps.size();) {
    if (account_.settings_moved) co_return settings_have_moved();
    Round round;
    round.began = shared_.env().ticks();
    round.match_revision = directory_->match_revision();
    const std::span<const Step> rest(steps.begin() + static_cast<std::ptrdiff_t>(next),
                                     steps.end());
    auto done = co_await scan_round(rest, round);
    if (!done) co_return Failure(done.error());
    next += *done;
    Uids asked;
    for (const auto& step : rest.first(*done))
      std::ranges::copy(within(uids, step.covers), std::back_inserter(asked));
    Uids unanswered;
    for (const auto& one : round.refused)
      std::ranges::copy(within(uids, one.range), std::back_inserter(unanswered));
    sort_once(unanswered);
    auto refused = co_await ask_in_halves(unanswered, round);
    if (!refused) co_return Failure(refused.error());
    for (const auto uid : round.stand_ins) refused->emplace(uid, mailbox::kStandIn);
    // What found no room is looked at in its turn.
    if (!round.over.empty())
      account_.again[folder.folder.id].insert(round.over.begin(), round.over.end());
    std::erase_if(asked, [&](auto uid) { return round.over.contains(uid); });
    sort_once(round.seen);
    auto judged = co_await judge(folder, round, folder.highest());
    if (!judged) co_return Failure(judged.error());
    // That it waits for what it answers is stored in the commit after which it is no more in
    // quarantine.
    folder.unsaved = true;
    std::vector<store::Change> changes;
    auto ended = co_await end_trouble(folder, asked, *refused, round, *judged, changes, untold);
    if (!ended) co_return Failure(ended.error());
    auto found = co_await import_.sort_out(folder, std::move(judged->found));
    if (!found) co_return Failure(found.error());
    auto headers = folder.uncounted;
    auto imported =
        co_await import(folder, Part::arrived, std::move(*found), std::move(changes),
                        std::move(judged->for_owner), headers, folder.settled, folder.unsettled);
    auto finished = co_await finish_import();
    if (!imported || !finished) co_return Failure((finished ? imported : finished).error());
    std::erase_if(left, [&](auto uid) {
      return refused->contains(uid) || std::ranges::binary_search(round.seen, uid);
    });
    folder.unsaved = true;  // what waits no longer needn't be read again by the next life
    // There may be very many: what arrives meanwhile waits for a slice of them.
    if (next >= steps.size() || shared_.env().ticks() - lived_ < kSlice) continue;
    auto same = co_await live_first(folder);
    if (!same) co_return Failure(same.error());
    if (!*same) co_return false;
  }
  if (untold) co_return refusal(*untold);
  co_return true;
}

// What waited in quarantine, and turns out to be nobody's or gone, waits no longer. What is left
// out of the answers though it is there has had one attempt more, or its first one. Where the
// server doesn't say what is there, it stays what it was.
Task<Result<>> Pass::end_trouble(WatchedFolder& folder, const Uids& uids, const LeftOut& refused,
                                 const Round& round, const Judged& judged,
                                 std::vector<store::Change>& changes,
                                 std::optional<Error>& untold) {
  std::optional<Uids> present;
  for (auto uid : uids) {
    const rules::Location at{account_.mailbox.id, folder.folder.id, folder.folder.uid_validity,
                             uid};
    const auto row = troubled_.find(at);
    const bool waited = row != troubled_.end();
    const bool came = std::ranges::binary_search(round.seen, uid);
    if (came && !waited) continue;
    if (std::ranges::find(judged.found, uid, &Found::uid) != judged.found.end()) continue;
    if (!came && !present && !untold) {
      auto found = co_await source_.present({});
      if (!found && !concerns_the_folder(found.error())) co_return Failure(found.error());
      if (found)
        present = std::move(*found);
      else
        untold = found.error();
    }
    if (!came && !present && !refused.contains(uid)) continue;
    if (!came && (!present || std::ranges::binary_search(*present, uid))) {
      const int attempts = (waited ? row->second : 0) + 1;
      const bool last = attempts >= shared_.options().limits.import_attempts;
      note_left_out(folder, uid, refused, last, changes);
    } else if (waited) {
      changes.push_back(store::ForgetAttempt{at});
    }
    if (waited) troubled_.erase(row);
  }
  co_return Result<>{};
}

}  // namespace hearback::sync
