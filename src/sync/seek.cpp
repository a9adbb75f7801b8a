// Addresses that were added (S-5).
#include <algorithm>
#include <optional>

#include "mailbox/ranges.hpp"
#include "rules/intake.hpp"
#include "sync/pass_parts.hpp"

namespace hearback::sync {
namespace {

constexpr std::size_t kSearched = 3;  // more addresses cost a server more than a header scan
// A search that takes longer is given fewer messages, one that is quick more; it can't be ended
// but with the connection, and nothing else comes over that meanwhile.
constexpr Duration kLongSearch = 10s, kQuickSearch = 1s;
constexpr std::uint32_t kSearchedLeast = 500;

// Headers may hold the other forms of a domain beyond ASCII, of a quoted local part.
bool written_one_way(const std::string& normal) {
  return normal.find_first_of("\"\\") == std::string::npos && !normal.contains("xn--") &&
         std::ranges::all_of(normal, [](char c) { return (c & 0x80) == 0; });
}

}  // namespace

// What was judged before an address was added is searched for it, by the server itself where there
// are few addresses. Only where that finds mail, headers are read again: from the oldest of it on,
// for answers belong too. What has come just now is read again whatever that finds: a server may be
// slower with its index than we are. Many addresses cost one scan of what was judged without them.
Task<Result<>> Pass::seek() {
  const auto known = directory_->sought();
  auto since = known;
  std::vector<WatchedFolder*> due;
  for (auto& folder : account_.folders) {
    const auto judged = folder.judged_since();
    if (!folder.synced() || !judged || *judged >= known) continue;
    due.push_back(&folder);
    since = std::min(since, *judged);
  }
  if (due.empty()) co_return Result<>{};
  auto& store = shared_.store();
  const store::Sought question{rules::engine_scope(account_.company), since, kSearched + 1};
  auto addresses = co_await shared_.env().work(account_.turn(net::Lane::read),
                                               [&store, question] { return store.ask(question); });
  if (!addresses) co_return Failure(addresses.error());
  if (auto heard = co_await hear_of_whom(*addresses); !heard) co_return heard;
  std::optional<Instant> oldest;
  const auto window = account_.mailbox.window_since;
  sought_.match_revision = known;
  std::vector<WatchedFolder*> searched;
  const bool can_be_searched =
      addresses->size() <= kSearched && std::ranges::all_of(*addresses, written_one_way);
  for (auto* folder : due) {
    folder->unsaved = true;
    bool answered = addresses->empty();
    if (!answered && can_be_searched) {
      auto found = co_await search_in(*folder, *addresses, oldest);
      if (!found) co_return Failure(found.error());
      answered = *found;
    }
    if (answered) {
      searched.push_back(folder);
    } else {
      folder->uncover(1, known);
      folder->behind = true;
    }
    // A server without an index takes minutes for a search.
    auto lived = co_await live_meanwhile(*folder);
    if (!lived) co_return Failure(lived.error());
  }
  if (oldest) {
    auto again = co_await judge_again_since(*oldest);
    if (!again) co_return again;
  }
  // A window that is opened again shows more than was searched.
  const auto asked = addresses->empty() ? std::nullopt : std::optional(window);
  for (auto* folder : searched) {
    const auto from = asked ? folder->not_found_yet(shared_.env().ticks()) : std::nullopt;
    if (from) folder->uncover(*from, known);
    folder->behind = folder->behind || from;
    folder->searched(known, asked);
  }
  co_return co_await save_cursors();
}

// S-6: what waits may answer mail of theirs that is stored already, and name no address by which a
// search would find it. Of many, all is read again.
Task<Result<>> Pass::hear_of_whom(const std::vector<std::string>& addresses) {
  if (addresses.empty() || addresses.size() > kSearched || account_.pending.empty())
    co_return Result<>{};
  auto& store = shared_.store();
  const store::LyingWith question{rules::engine_scope(account_.company), addresses};
  auto ids = co_await shared_.env().work(account_.turn(net::Lane::read),
                                         [&store, &question] { return store.ask(question); });
  if (!ids) co_return Failure(ids.error());
  for (const auto& place : account_.pending.take(*ids))
    account_.again[place.folder].insert(place.uid);
  co_return Result<>{};
}

// What arrived, once a slice. False: this folder can't be opened any more, or was numbered anew; it
// is looked at in its turn.
Task<Result<bool>> Pass::live_meanwhile(WatchedFolder& folder) {
  if (shared_.env().ticks() - lived_ < kSlice) co_return true;
  auto same = co_await live_first(folder);
  lived_ = shared_.env().ticks();
  if (!same && std::exchange(folder_refuses_, false)) co_return false;
  co_return same;
}

// In one question, or where that took the server long, in runs of fewer messages, with what arrived
// between them. nullopt: the server can't search, or the folder is no more what it was.
Task<Result<std::optional<Pass::Uids>>> Pass::find_in(WatchedFolder& folder,
                                                      const std::vector<std::string>& addresses) {
  Uids uids;
  const auto highest = folder.highest();
  for (std::uint64_t next = 1; next <= highest;) {
    auto& width = account_.searched_at_once;
    const auto last = std::min<std::uint64_t>(next + width - 1, highest);
    const bool all = next == 1 && last == highest;
    const IdRange among =
        all ? mailbox::kAllIds
            : IdRange{static_cast<mailbox::RemoteId>(next), static_cast<mailbox::RemoteId>(last)};
    const Instant began = shared_.env().ticks();
    auto found = co_await source_.find(addresses, account_.mailbox.window_since, among);
    const Duration took = shared_.env().ticks() - began;
    if (took >= kLongSearch)
      width = std::max(kSearchedLeast, static_cast<std::uint32_t>((last - next + 1) / 4));
    else if (took < kQuickSearch && width < mailbox::kLastId / 4)
      width *= 4;
    if (!found) co_return Failure(found.error());
    if (!*found) co_return std::nullopt;
    uids.insert(uids.end(), (*found)->begin(), (*found)->end());
    next = last + 1;
    if (next > highest) break;
    if (account_.settings_moved) co_return settings_have_moved();
    auto same = co_await live_meanwhile(folder);
    if (!same) co_return Failure(same.error());
    if (!*same) co_return std::nullopt;
  }
  sort_once(uids);
  co_return std::move(uids);
}

// False: the server can't search, or names so much that reading all headers costs no more.
// `oldest`: of the mail that really is of these addresses.
Task<Result<bool>> Pass::search_in(WatchedFolder& folder, const std::vector<std::string>& addresses,
                                   std::optional<Instant>& oldest) {
  if (source_.front() != folder.folder.wire_name) {
    auto look = co_await open_folder(folder);
    if (!look && folder_refuses_) {
      folder_refuses_ = false;
      co_return false;
    }
    if (!look) co_return Failure(look.error());
    if (!look->start_over.empty()) co_return false;
    heard_ = source_.heard();
  }
  auto found = co_await find_in(folder, addresses);
  if (!found) co_return Failure(found.error());
  if (!*found) co_return false;
  const Uids& uids = **found;
  if (uids.size() > shared_.options().search_hits) co_return false;
  std::vector<Step> steps;
  for (const auto& run : mailbox::runs_of(uids, shared_.options().limits.scan_batch, 0))
    steps.push_back({run, run});
  Round round;
  for (std::size_t next = 0; next < steps.size();) {
    if (account_.settings_moved) co_return settings_have_moved();
    round.began = shared_.env().ticks();
    auto done = co_await scan_round(
        std::span<const Step>(steps.begin() + static_cast<std::ptrdiff_t>(next), steps.end()),
        round);
    if (!done && folder_refuses_) {
      folder_refuses_ = false;
      co_return false;
    }
    if (!done) co_return Failure(done.error());
    // Among what was refused, or found no room, may be the very one.
    if (!round.refused.empty() || !round.over.empty()) co_return false;
    auto dated = co_await oldest_of(folder, round.addressed, addresses, oldest);
    if (!dated) co_return Failure(dated.error());
    oldest = *dated;
    round.forget_kept();
    next += *done;
    auto same = co_await live_meanwhile(folder);
    if (!same || !*same) co_return same;
  }
  sort_once(round.seen);
  folder.uncounted += round.seen.size();
  co_return std::ranges::includes(round.seen, uids);  // or one was left out
}

// The earliest date of those that really are of these addresses, or what it was. For what its owner
// keeps from us, or is asked about first (C-14), nothing is read again: that is told with the
// cursor.
Task<Result<std::optional<Instant>>> Pass::oldest_of(const WatchedFolder& folder,
                                                     const std::vector<Header>& headers,
                                                     const std::vector<std::string>& addresses,
                                                     std::optional<Instant> oldest) {
  std::vector<const Header*> named;
  std::vector<const mail::Envelope*> envelopes;
  for (const auto& header : headers) {
    bool is_named = false;
    rules::for_each_participant(header.envelope, [&](const mail::Address& address) {
      is_named = is_named || std::ranges::find(addresses, address.normal) != addresses.end();
    });
    if (!is_named) continue;
    named.push_back(&header);
    envelopes.push_back(&header.envelope);
  }
  if (named.empty()) co_return oldest;
  auto matcher = co_await shared_.env().work(
      account_.turn(net::Lane::read),
      [&store = shared_.store(), company = account_.company, reader = account_.mailbox.id,
       &envelopes] { return Matcher::about(store, company, reader, envelopes); });
  if (!matcher) co_return Failure(matcher.error());
  for (const auto* header : named) {
    const auto found = matcher->judge(header->envelope, header->internal_date);
    tell_owner(folder, *header, found, sought_);
    const bool closed = !found.match && !found.past.empty();
    if (closed || found.named) continue;
    const Instant date =
        std::min(header->internal_date, rules::date_of(header->envelope, header->internal_date));
    oldest = std::min(oldest.value_or(date), date);
  }
  co_return oldest;
}

// Where others were settled without this folder, what they hold may answer mail that it has brought
// since. What waits for it in memory is no more than the newest.
Task<Result<>> Pass::judge_answers_to(WatchedFolder& folder) {
  const auto oldest = folder.brought_since;
  if (oldest) {
    judging_answers_ = true;
    auto again = co_await judge_again_since(*oldest, &folder);
    judging_answers_ = false;
    if (!again) co_return again;
  }
  if (folder.brought_since == oldest) {  // else older mail came meanwhile
    folder.missed = folder.may_have_brought = false;
    folder.brought_since.reset();
  }
  co_return co_await save_cursors();
}

Task<Result<>> Pass::judge_again_since(Instant oldest, const WatchedFolder* but) {
  for (auto& folder : account_.folders) {
    if (&folder == but || !folder.wanted() || folder.highest() == 0) continue;
    if (account_.settings_moved) co_return settings_have_moved();
    if (folder.behind && folder.covered().empty()) {  // all of it will be read anyway
      folder.unsaved = true;
      continue;
    }
    if (!folder.synced()) {  // all of it, once it can be read again
      folder.uncover(1, ~std::uint64_t{0});
      folder.unsaved = folder.behind = true;
      continue;
    }
    auto look = co_await open_folder(folder);
    if (!look && !folder_refuses_) co_return Failure(look.error());
    heard_ = source_.heard();
    if (!look) {
      folder_refuses_ = false;
      folder.uncover(1, ~std::uint64_t{0});
      folder.unsaved = folder.behind = true;
      continue;
    }
    auto uids = co_await source_.present(oldest);
    if (!uids && !concerns_the_folder(uids.error())) co_return Failure(uids.error());
    if (uids && uids->empty()) continue;
    folder.uncover(uids ? uids->front() : 1, ~std::uint64_t{0});
    folder.unsaved = folder.behind = true;
    auto lived = co_await live_meanwhile(folder);
    if (!lived) co_return Failure(lived.error());
  }
  co_return Result<>{};
}

Task<Result<>> Pass::save_cursors() {
  store::Commit commit{account_.company, sought_.changes, {account_.is_behind()}};
  for (auto& folder : account_.folders) {
    if (folder.unsaved) commit.changes.push_back(advanced(folder));
    if (folder.missed != folder.told_missed) commit.changes.push_back(observed(folder));
  }
  if (commit.changes.empty()) co_return Result<>{};
  auto& store = shared_.store();
  auto done = co_await shared_.env().work(account_.turn(net::Lane::write),
                                          [&store, &commit] { return store.commit(commit); });
  if (!done) co_return Failure(done.error());
  have_noted(sought_);
  sought_ = {};
  for (auto& folder : account_.folders) {
    folder.unsaved = false;
    folder.told_missed = folder.missed;
  }
  co_return Result<>{};
}

}  // namespace hearback::sync
