// What a server doesn't give, though it is there: a FETCH says OK and leaves one out, is refused
// because one message of many is broken, or even costs the connection each time. It isn't lost, and
// doesn't hold up the others.
#include <algorithm>
#include <iterator>
#include <ranges>

#include "base/log.hpp"
#include "mailbox/ranges.hpp"
#include "sync/pass_parts.hpp"

namespace hearback::sync {
namespace {

constexpr std::size_t kRefusals = 200;  // in one round: then it is the folder that is refused
constexpr std::size_t kRuns = 50;       // that are asked for one by one, to know which is meant

Error hangs_up() {
  return {Kind::transient, std::string(mailbox::kHangsUp),
          "The mail server ends the connection whenever it is asked for this message.", ""};
}

}  // namespace

// Of these steps, what lies there and didn't come. `unsure`: the server has to be asked what does.
Uids Pass::missing_of(std::span<const Step> done, const Round& round, const Present& present,
                      bool& unsure) {
  Uids missing;
  for (const auto& step : done) {
    if (!step.fetch) continue;
    IdRange range = *step.fetch;
    const bool refused = std::ranges::any_of(
        round.refused, [&](const Refused& one) { return one.range.first == range.first; });
    if (refused && !present.fresh) {
      unsure = true;
      continue;
    }
    // An open end reaches as far as anything came; what lies above isn't covered either.
    if (range.last == kLastId && refused)
      range.last = present.uids.empty() ? 0 : present.uids.back();
    else if (range.last == kLastId)
      range.last = round.highest;
    if (range.last < range.first) continue;
    const auto came = within(round.seen, range);
    if (present.known)
      std::ranges::set_difference(within(present.uids, range), came, std::back_inserter(missing));
    else
      unsure = unsure || came.size() != std::uint64_t{range.last} - range.first + 1;
  }
  sort_once(missing);
  return missing;
}

// What a FETCH left out is asked for again, once; then it is counted as missing, shown, and tried
// at later passes. Where that are too many, the newest are; the others aren't covered.
Task<Result<>> Pass::ask_again(WatchedFolder& folder, std::span<const Step> done, Round& round,
                               Present& present, std::vector<store::Change>& changes) {
  sort_once(round.seen);
  present.fresh = false;
  bool unsure = false;
  auto missing = missing_of(done, round, present, unsure);
  if (unsure) {
    auto uids = co_await source_.present({});
    if (!uids && !concerns_the_folder(uids.error())) co_return Failure(uids.error());
    if (!uids && !round.refused.empty()) co_return refusal(round.refused.front().why);
    if (!uids && mailbox::trouble_of(uids.error()) == mailbox::Trouble::for_now)
      co_return refusal(uids.error());
    if (!uids) {
      auto asked = co_await ask_twice(done, round);
      if (asked) note_stand_ins(folder, round, changes);
      co_return asked;
    }
    present = {true, true, std::move(*uids)};
    missing = missing_of(done, round, present, unsure);
  }
  if (missing.empty()) co_return Result<>{};
  const auto before = round.refused;
  auto refused = co_await ask_in_halves(missing, round);
  if (!refused) co_return Failure(refused.error());
  for (const auto uid : round.stand_ins) refused->emplace(uid, mailbox::kStandIn);
  sort_once(round.seen);
  // Not one message can be had: it isn't for what they are.
  if (round.seen.empty() && !before.empty() && !refused_as_such(before.front().why))
    co_return refusal(before.front().why);
  auto uids = co_await source_.present({});
  if (!uids && !concerns_the_folder(uids.error())) co_return Failure(uids.error());
  std::size_t left_out = 0;
  auto& noted = folder.is_inbox() ? account_.inbox_left_out : account_.left_out;
  for (auto uid : std::views::reverse(missing)) {
    if (std::ranges::binary_search(round.seen, uid)) continue;
    if (uids && !std::ranges::binary_search(*uids, uid)) continue;  // it has gone
    round.highest = std::max(round.highest, uid);
    ++left_out;
    const bool full = noted >= shared_.options().left_out_noted;
    if (full && round.stand_ins.contains(uid)) continue;  // anybody can write what looks like one
    if (full) {
      round.unnoted.push_back(uid);
      continue;
    }
    ++noted;
    note_left_out(folder, uid, *refused, false, changes);
  }
  sort_once(round.unnoted);
  if (left_out > 0)
    log::warn(
        "messages-left-out",
        {{"mailbox", account_.mailbox.id}, {"folder", folder.folder.id}, {"messages", left_out}});
  co_return Result<>{};
}

// Their numbers are there, whatever the server can't say besides.
void Pass::note_stand_ins(WatchedFolder& folder, const Round& round,
                          std::vector<store::Change>& changes) {
  auto& noted = folder.is_inbox() ? account_.inbox_left_out : account_.left_out;
  for (const auto uid : round.stand_ins) {
    if (noted >= shared_.options().left_out_noted) return;
    if (std::ranges::binary_search(round.seen, uid)) continue;
    ++noted;
    note_left_out(folder, uid, {{uid, std::string(mailbox::kStandIn)}}, false, changes);
  }
}

// Where the server can't say what lies there: the ranges with gaps once more, and no further.
Task<Result<>> Pass::ask_twice(std::span<const Step> done, Round& round) {
  std::vector<Step> rest;
  for (const auto& step : done) {
    if (!step.fetch) continue;
    IdRange range = *step.fetch;
    if (range.last == kLastId) range.last = round.highest;
    if (range.last < range.first) continue;
    if (within(round.seen, range).size() != std::uint64_t{range.last} - range.first + 1)
      rest.push_back({range, range});
  }
  while (!rest.empty()) {
    if (account_.settings_moved) co_return settings_have_moved();
    round.began = shared_.env().ticks();
    auto asked = co_await scan_round(rest, round);
    if (!asked) co_return Failure(asked.error());
    rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(*asked));
  }
  sort_once(round.seen);
  co_return Result<>{};
}

// Each of them again; a run that is refused in halves, down to the message that is the matter.
Task<Result<Pass::LeftOut>> Pass::ask_in_halves(const Uids& uids, Round& round) {
  LeftOut refused;
  std::vector<Step> rest;
  for (const auto& run : mailbox::runs_of(uids, shared_.options().limits.scan_batch, 0))
    rest.push_back({run, run});
  for (std::size_t refusals = 0; !rest.empty();) {
    if (account_.settings_moved) co_return settings_have_moved();
    round.began = shared_.env().ticks();
    round.refused.clear();
    auto done = co_await scan_round(rest, round);
    if (!done) co_return Failure(done.error());
    rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(*done));
    refusals += round.refused.size();
    if (refusals > kRefusals) co_return refusal(round.refused.front().why);
    for (const auto& [range, why] : round.refused) {
      const auto middle = range.first + (range.last - range.first) / 2;
      if (range.first == range.last) {
        refused.emplace(range.first, why.code);
        continue;
      }
      for (const IdRange half : {IdRange{range.first, middle}, IdRange{middle + 1, range.last}})
        rest.push_back({half, half});
    }
  }
  co_return std::move(refused);
}

// As scan_round() in pass.cpp says. Where the connection ended over some of these before, they are
// asked for in ever smaller runs, one after the other.
Task<Result<std::size_t>> Pass::scan_round(std::span<const Step> steps, Round& round) {
  auto* folder = in_front();
  if (!folder || (!folder->ended_among && folder->hang_up.empty() && !folder->exactly))
    co_return co_await ask_headers(steps, round);
  const auto meant = [&](const Step& step) {
    if (!step.fetch) return false;
    if (folder->exactly && step.fetch->last == kLastId) return true;
    const auto known = folder->hang_up.lower_bound(step.fetch->first);
    if (known != folder->hang_up.end() && *known <= step.fetch->last) return true;
    const auto& among = folder->ended_among;
    return among && among->first <= step.fetch->last && step.fetch->first <= among->last;
  };
  const auto first = std::ranges::find_if(steps, meant);
  if (first != steps.begin()) co_return co_await ask_headers({steps.begin(), first}, round);
  auto asked = co_await narrow_down(*folder, *first->fetch, round);
  if (!asked) co_return Failure(asked.error());
  co_return 1;
}

Task<Result<>> Pass::narrow_down(WatchedFolder& folder, IdRange range, Round& round) {
  auto uids = co_await source_.present({});
  if (!uids && !concerns_the_folder(uids.error())) co_return Failure(uids.error());
  const auto known = folder.hang_up.lower_bound(range.first);
  const bool meets = known != folder.hang_up.end() && *known <= range.last;
  if (!uids && meets) co_return refusal(uids.error());
  if (!uids) {  // nothing to narrow it down by, and the line may have broken by chance
    folder.ended_among.reset();
    folder.exactly = false;
    const Step step{range, range};
    auto asked = co_await ask_headers({&step, 1}, round);
    if (!asked) co_return Failure(asked.error());
    co_return Result<>{};
  }
  const auto here = within(*uids, range);
  Uids others, meant;
  for (const auto uid : here)
    if (folder.hang_up.contains(uid)) {
      round.refused.push_back({{uid, uid}, hangs_up()});
      round.highest = std::max(round.highest, uid);
    } else if (folder.ended_among && contains(*folder.ended_among, uid)) {
      meant.push_back(uid);
    } else {
      others.push_back(uid);
    }
  std::vector<IdRange> runs;
  if (std::ranges::binary_search(meant, folder.suspect))
    runs.push_back({folder.suspect, folder.suspect});
  std::erase(meant, folder.suspect);
  std::ranges::move(mailbox::runs_of(meant, (meant.size() + kRuns - 1) / kRuns, 0),
                    std::back_inserter(runs));
  std::ranges::move(mailbox::runs_of(others, shared_.options().limits.scan_batch, 0),
                    std::back_inserter(runs));
  for (const auto& run : runs) {
    if (account_.settings_moved) co_return settings_have_moved();
    round.began = shared_.env().ticks();
    const Step step{run, run};
    auto asked = co_await ask_headers({&step, 1}, round);
    if (!asked) co_return Failure(asked.error());
    if (folder.suspect == run.first) folder.suspect = 0;
  }
  if (range.last == kLastId && !runs.empty()) folder.exactly = false;
  // What is left of what was asked for then.
  if (auto& among = folder.ended_among) {
    if (range.first <= among->first && among->last <= range.last) {
      among.reset();
      folder.suspect = 0;
    } else if (range.first <= among->first && range.last >= among->first) {
      among->first = range.last + 1;
    } else if (range.last >= among->last && range.first <= among->last) {
      among->last = range.first - 1;
    }
  }
  co_return Result<>{};
}

// It may be for any of those on the way, or for none: then they come when they are asked for again.
void Pass::note_end(WatchedFolder& folder, const Error& why, const std::vector<IdRange>& asked,
                    const std::vector<bool>& finished) {
  if (mailbox::trouble_of(why) != mailbox::Trouble::connection) return;
  std::optional<IdRange> among;
  std::size_t on_the_way = shared_.options().limits.scan_in_flight;
  for (std::size_t i = 0; i < asked.size() && on_the_way > 0; ++i) {
    if (finished[i]) continue;
    --on_the_way;
    if (!among) among = asked[i];
    among = IdRange{std::min(among->first, asked[i].first), std::max(among->last, asked[i].last)};
  }
  if (!among) return;
  account_.narrowed = account_.header_came;
  folder.ended_among = among;
  folder.exactly = folder.exactly || among->last == kLastId;
  if (asked.size() > 1 || among->first != among->last) return;
  if (std::exchange(folder.suspect, among->first) != among->first) return;
  folder.hang_up.insert(among->first);
  folder.suspect = 0;
  folder.ended_among.reset();
}

void Pass::note_left_out(WatchedFolder& folder, std::uint32_t uid, const LeftOut& refused,
                         bool last, std::vector<store::Change>& changes) {
  const Instant now = shared_.env().now();
  const rules::Location at{account_.mailbox.id, folder.folder.id, folder.folder.uid_validity, uid};
  const auto why = refused.find(uid);
  // Where nothing else comes either, it may not be the message's fault: no attempt is counted.
  const bool counts = !folder.hang_up.contains(uid) || account_.header_came;
  if (counts) changes.push_back(store::BeginImport{{at}, now});
  changes.push_back(
      store::Quarantine{at, why == refused.end() ? std::string(mailbox::kLeftOut) : why->second,
                        last && counts, std::nullopt, now});
}

}  // namespace hearback::sync
