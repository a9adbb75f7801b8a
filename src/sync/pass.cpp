#include "sync/pass.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "base/log.hpp"
#include "mail/header.hpp"
#include "mailbox/ranges.hpp"
#include "rules/folder_roles.hpp"
#include "rules/resting.hpp"
#include "rules/stand_ins.hpp"
#include "rules/window.hpp"
#include "sync/matcher.hpp"
#include "sync/pass_parts.hpp"

namespace hearback::sync {
namespace {

constexpr std::uint64_t kSaveHeaders = 2000;  // judged without effect, then the cursor is saved
constexpr int kPatience = 3;                  // for a folder that is refused for now
constexpr int kRounds = 3;                    // through folders that are behind, in one look
// Headers that found no room are asked for again in smaller runs, so that few come in vain.
constexpr std::size_t kRoomyBatch = 50;

// In memory.
std::size_t octets_of(const mail::Envelope& envelope) {
  std::size_t sum = sizeof envelope + envelope.subject.capacity() + envelope.message_id.capacity();
  for (const auto* list :
       {&envelope.from, &envelope.to, &envelope.cc, &envelope.bcc, &envelope.reply_to}) {
    sum += list->capacity() * sizeof(mail::Address);
    for (const auto& address : *list)
      sum += address.name.capacity() + address.spec.capacity() + address.normal.capacity();
  }
  for (const auto* ids : {&envelope.in_reply_to, &envelope.references}) {
    sum += ids->capacity() * sizeof(std::string);
    for (const auto& id : *ids) sum += id.capacity();
  }
  return sum;
}

}  // namespace

Pass::Pass(Shared& shared, Account& account, mailbox::Source& source)
    : shared_(shared),
      account_(account),
      source_(source),
      directory_(shared.directory(account.company)),
      import_(shared, account, source) {}

Task<Result<>> Pass::run(bool everywhere) {
  looked_ = lived_ = shared_.env().ticks();
  elsewhere_ = source_.heard_elsewhere();
  account_.trouble.clear();
  if (everywhere) {
    account_.arrived = false;
    // Once: what the last look brought in may be what they answer. Should they find no room again,
    // what is yet to be read has them judged when it brings new mail.
    const bool overflowed = account_.pending.overflowed();
    const bool unheard = overflowed && account_.judged_once_more;
    account_.judged_once_more = overflowed && !account_.judged_once_more;
    for (auto& folder : account_.folders) {
      if (unheard && folder.wanted() && !folder.is_through()) folder.missed = true;
      if (folder.rests_until <= looked_) folder.rests_until = {};
      if (account_.judged_once_more) folder.judge_unsettled_again();
      folder.ripen(demand());
    }
    auto queued = co_await queue_retries();
    if (!queued) co_return queued;
  }
  for (const auto& folder : account_.folders)
    if (folder.is_inbox() && folder.rests()) account_.trouble = kStartsOverCode;
  for (auto& folder : account_.folders) {
    if (!folder.synced()) continue;
    if (!everywhere && folder.folder.wire_name != source_.front()) continue;
    auto lived = co_await inbox_first(folder);
    if (!lived) co_return lived;
    auto looked = co_await set_aside(folder, co_await look_at(folder, Part::arrived));
    if (!looked) co_return looked;
  }
  if (everywhere) {
    auto all = co_await look_at_all_where_due();
    if (!all) co_return all;
    auto sought = co_await seek();
    if (!sought && !std::exchange(folder_refuses_, false)) co_return sought;
    if (!sought) account_.trouble = sought.error().code;
  }
  co_await import_.look_for_room();
  // Between two slices a folder that was through may turn out to be numbered anew.
  for (int round = 0; round < kRounds; ++round)
    for (auto& folder : account_.folders) {
      if (!folder.synced() || !folder.behind || until_room(Part::behind) > Duration(0)) continue;
      if (account_.past_in_line) continue;
      auto lived = co_await inbox_first(folder);
      if (!lived) co_return lived;
      auto looked = co_await set_aside(folder, co_await look_at(folder, Part::behind));
      if (!looked) co_return looked;
    }
  import_.give_room_back();
  auto looked = co_await look_again();
  if (!looked) co_return looked;
  co_return co_await settle(everywhere);
}

// A folder that is listed but can't be read is left alone, where that may pass for longer and
// longer, and says so. The others go on, and the mailbox is well. Without its inbox it isn't, and
// that is tried again soon.
Task<Result<>> Pass::set_aside(WatchedFolder& folder, Result<> looked) {
  if (looked) {
    if (!folder.behind) folder.refused.forget();
    if (folder.missed && !folder.behind && !judging_answers_) {
      auto judged = co_await judge_answers_to(folder);
      if (!judged) co_return judged;
    }
    if (!folder.rests() && (folder.behind || !folder.folder.resting)) co_return looked;
    if (!folder.rests()) folder.folder.resting.reset();
    co_return co_await tell_of(folder);
  }
  const Error& why = looked.error();
  if (why.code == kNoRoom) {
    folder.behind = true;
    co_return Result<>{};
  }
  // It waits, and only that: what arrives is looked at as long as there is room for it.
  if (why.code == kDailyQuota) {
    folder.behind = true;
    const Duration arriving = until_room(Part::arrived);
    rest(folder, why.code, std::max(arriving, until_room(Part::behind)));
    if (arriving == Duration(0) && account_.trouble == kDailyQuota) account_.trouble.clear();
    co_return co_await tell_of(folder);
  }
  if (!std::exchange(folder_refuses_, false)) co_return looked;
  const Instant now = shared_.env().ticks();
  Duration pause = kTroubleWait;
  const Duration again = folder.refused.again(now);
  if (folder.is_inbox()) {
    inbox_refused_ = now;
  } else {
    pause = why.kind == Kind::transient ? again : kParked;
    folder.rests_until = now + pause;
  }
  rest(folder, why.code, pause);
  log::warn("folder-set-aside",
            {{"mailbox", account_.mailbox.id}, {"folder", folder.folder.id}, {"reason", why}});
  co_return co_await tell_of(folder);
}

Duration Pass::until_room(Part part) {
  return account_.quota.until_room(shared_.env().ticks(), shared_.options().limits,
                                   part == Part::behind);
}

void Pass::rest(WatchedFolder& folder, std::string why, Duration pause) {
  if (folder.is_inbox()) account_.trouble = why;
  auto& resting = folder.folder.resting;
  const Instant now = shared_.env().now();
  resting = rules::Resting{std::move(why), resting ? resting->since : now, now + pause};
}

// ---- one folder ----------------------------------------------------------------------------

Task<Result<>> Pass::look_at(WatchedFolder& folder, Part part) {
  // Of one that is numbered anew only opening it tells how far its numbers go.
  const bool asked =
      part == Part::arrived || (source_.front() == folder.folder.wire_name && !folder.anew);
  auto look = asked ? co_await ask_changes(folder) : co_await open_folder(folder);
  if (!look) co_return Failure(look.error());
  folder.behind = false;
  if (look->start_over.empty() && look->fresh &&
      due(folder.covered(), look->next.highest, demand()).empty()) {
    folder.begun = true;
    co_return Result<>{};
  }
  const auto highest = folder.highest();
  if (part == Part::arrived && (!look->start_over.empty() || !folder.arrives())) {
    folder.behind = true;
    co_return Result<>{};
  }
  if (source_.front() != folder.folder.wire_name) {
    look = co_await open_folder(folder);
    if (!look) co_return Failure(look.error());
  }
  if (!look->start_over.empty() && part == Part::arrived) {
    folder.behind = true;
    co_return Result<>{};
  }
  // Another folder may bear its name now, one that nobody may read (S-16).
  if (!look->start_over.empty() && folder.folder.uid_validity != 0 &&
      !std::exchange(folder.anew, true)) {
    account_.settings_moved = true;
    co_return settings_have_moved();
  }
  folder.anew = false;
  Duration pause{0};  // after this look
  if (!look->start_over.empty()) {
    if (folder.folder.uid_validity != 0) pause = folder.starts_over.again(shared_.env().ticks());
    log::info("folder-starts-over", {{"mailbox", account_.mailbox.id},
                                     {"folder", folder.folder.id},
                                     {"why", look->start_over}});
    auto reset = co_await start_over(folder, look->next.series);
    if (!reset) co_return reset;
  }
  std::vector<IdRange> spans;
  for (auto span : due(folder.covered(), look->next.highest, demand())) {
    if (part == Part::arrived && span.first <= highest) folder.behind = true;
    if (part == Part::arrived) span.first = std::max(span.first, highest + 1);
    if (span.first <= span.last) spans.push_back(span);
  }
  Present present;
  auto steps = co_await steps_for(std::move(spans), *look, present);
  if (!steps) co_return Failure(steps.error());
  heard_ = source_.heard();
  auto scanned = co_await scan(folder, std::move(*steps), std::move(present), part);
  if (scanned && !folder.behind) folder.begun = true;
  if (scanned && pause > Duration(0)) {
    folder.rests_until = shared_.env().ticks() + pause;
    rest(folder, kStartsOverCode, pause);
  }
  co_return scanned;
}

Task<Result<mailbox::Changes>> Pass::ask_changes(WatchedFolder& folder) {
  auto look = co_await source_.changes(folder.folder.wire_name, folder.cursor());
  if (!look) co_return refusal(look.error());
  co_return look;
}

Failure Pass::refusal(const Error& error) {
  folder_refuses_ = concerns_the_folder(error);
  return Failure(error);
}

Task<Result<mailbox::Changes>> Pass::open_folder(WatchedFolder& folder) {
  auto look = co_await source_.open(folder.folder.wire_name, folder.cursor());
  if (!look) co_return refusal(look.error());
  if (look->start_over.empty()) folder.anew = false;
  co_return look;
}

Task<Result<>> Pass::start_over(WatchedFolder& folder, std::uint32_t series) {
  auto& store = shared_.store();
  store::Commit reset{account_.company,
                      {store::ResetFolder{account_.mailbox.id, folder.folder.id, series}},
                      {account_.is_behind()}};
  auto done = co_await shared_.env().work(account_.turn(net::Lane::write),
                                          [&store, &reset] { return store.commit(reset); });
  if (!done) co_return Failure(done.error());
  folder.folder.uid_validity = series;
  folder.settled.clear();
  folder.ripe.clear();
  folder.unsettled.clear();
  folder.top = 0;
  folder.begun = false;
  folder.ended_among.reset();
  folder.suspect = 0;
  folder.exactly = false;
  folder.hang_up.clear();
  account_.pending.drop(folder.folder.id);
  account_.again.erase(folder.folder.id);
  co_return Result<>{};
}

Task<Result<std::vector<Step>>> Pass::steps_for(std::vector<IdRange> spans,
                                                const mailbox::Changes& look, Present& present) {
  const auto batch = shared_.options().limits.scan_batch;
  std::uint64_t wide = 0;
  for (const auto& span : spans) wide += std::uint64_t{span.last} - span.first + 1;
  std::vector<Step> result;
  if (!look.fresh && look.next.highest < kLastId) {
    const IdRange above{look.next.highest + 1, kLastId};
    result.push_back({above, above});
  }
  if (wide <= batch) {
    for (const auto& span : spans) result.push_back({span, span});
    co_return std::move(result);
  }
  auto uids = co_await source_.present(account_.mailbox.window_since);
  if (uids) {
    std::ranges::move(steps(spans, *uids, batch), std::back_inserter(result));
    present = {true, false, std::move(*uids)};
    co_return std::move(result);
  }
  if (!concerns_the_folder(uids.error())) co_return Failure(uids.error());
  // A server that can't search is asked range by range, whatever lies there.
  std::ranges::move(steps(spans, batch), std::back_inserter(result));
  co_return std::move(result);
}

// Between two slices: what arrived, in the inbox always unless it is the current folder, there and
// elsewhere when somebody said so or it is time to look. False: the current folder's numbers mean
// other messages now.
Task<Result<bool>> Pass::live_first(WatchedFolder& current) {
  lived_ = shared_.env().ticks();
  if (source_.heard_elsewhere() != elsewhere_) account_.arrived = true;
  elsewhere_ = source_.heard_elsewhere();
  const bool time_to_look = lived_ - looked_ >= shared_.options().deadlines.poll;
  const bool everywhere = std::exchange(account_.arrived, false) || time_to_look;
  if (everywhere) looked_ = lived_;
  std::vector<WatchedFolder*> others;
  for (auto& folder : account_.folders)
    if (&folder != &current && folder.synced() && folder.arrives() &&
        (everywhere || folder.is_inbox()))
      others.push_back(&folder);
  const bool in_front = source_.front() == current.folder.wire_name;
  const bool asks_current = in_front && (time_to_look || source_.heard() != heard_);
  if (in_front && !asks_current && others.empty()) co_return true;
  // The cursors that are asked from here on are those of what is stored.
  auto finished = co_await finish_import();
  if (!finished) co_return Failure(finished.error());
  // Not every server tells what came while it is asked for what lies below.
  if (in_front && time_to_look) {
    auto look = co_await open_folder(current);
    if (!look) co_return Failure(look.error());
    if (!look->start_over.empty()) co_return false;
  }
  if (asks_current) {
    heard_ = source_.heard();
    const IdRange above{current.highest() + 1, kLastId};
    std::vector<Step> steps{{above, above}};
    // What comes into all mail is shown by INBOX or Sent, and read there first.
    if (!rules::holds_the_whole_past(current.folder) && current.highest() > 0 &&
        current.highest() < kLastId) {
      auto scanned = co_await scan(current, std::move(steps), {}, Part::arrived);
      if (!scanned && scanned.error().code != kDailyQuota) co_return Failure(scanned.error());
    }
  }
  for (auto* folder : others) {
    const bool behind = folder->behind;
    auto looked = co_await set_aside(*folder, co_await look_at(*folder, Part::arrived));
    if (!looked) co_return Failure(looked.error());
    folder->behind = folder->behind || behind;
  }
  if (source_.front() != current.folder.wire_name) {
    auto look = co_await open_folder(current);
    if (!look) co_return Failure(look.error());
    heard_ = source_.heard();
    co_return look->start_over.empty();
  }
  co_return true;
}

// ---- scanning ------------------------------------------------------------------------------

void Pass::Round::take(const HeaderItem& item, const Directory& directory, Instant since) {
  highest = std::max(highest, item.id);
  const bool counts = !item.draft && rules::within_window(item.arrived, since);
  auto envelope = counts ? mail::read_envelope(item.header) : mail::Envelope{};
  if (rules::is_stand_in(envelope)) return void(stand_ins.insert(item.id));
  seen.push_back(item.id);
  if (!counts) return;
  const bool may_match = directory.may_match(envelope);
  if (!may_match && envelope.in_reply_to.empty() && envelope.references.empty()) return;
  if (kept.contains(item.id)) return;
  const auto size = octets_of(envelope);
  if (octets > 0 && octets + size > kRoundMost) {
    over.insert(item.id);
    return;
  }
  octets += size;
  kept.insert(item.id);
  over.erase(item.id);
  (may_match ? addressed : answers)
      .push_back({item.id, item.arrived, item.octets, std::move(envelope)});
}

void Pass::Round::forget_kept() {
  addressed.clear();
  answers.clear();
  kept.clear();
  octets = 0;
}

Task<Result<>> Pass::scan(WatchedFolder& folder, std::vector<Step> steps, Present present,
                          Part part) {
  const auto known = folder.highest();
  auto scanned = co_await scan_steps(folder, std::move(steps), std::move(present), part);
  auto finished = co_await finish_import();
  if (folder.highest() > known) folder.note_came(known + 1, shared_.env().ticks());
  co_return finished ? scanned : finished;
}

Task<Result<>> Pass::scan_steps(WatchedFolder& folder, std::vector<Step> steps, Present present,
                                Part part) {
  const auto known = folder.highest();  // what lies above has just come
  std::size_t next = 0;
  bool still_waiting = false;
  // What is judged is ahead of the folder's own cursor, which follows what is stored.
  auto settled = folder.settled;
  auto unsettled = folder.unsettled;
  auto headers = folder.uncounted;
  std::optional<Reading> ahead;
  while (next < steps.size()) {
    if (import_.finished()) {
      settled = folder.settled;
      unsettled = folder.unsettled;
      headers = folder.uncounted;
    }
    if (account_.settings_moved) co_return settings_have_moved();
    const auto rest = [&] { return std::span<const Step>(steps).subspan(next); };
    Reading reading = ahead ? *std::exchange(ahead, std::nullopt) : new_reading(folder);
    if (!reading.done) {
      co_await import_.fetched();
      co_await read(rest(), reading);
    }
    folder_refuses_ = reading.folder_refuses;
    if (!*reading.done) co_return Failure(reading.done->error());
    auto& round = reading.round;
    const auto done = rest().first(**reading.done);
    std::vector<store::Change> changes;
    auto asked = co_await ask_again(folder, done, round, present, changes);
    if (!asked) co_return asked;
    std::vector<Step> again;
    std::vector<rules::ScannedRange> covered;
    for (const auto& step : done) {
      IdRange covers = step.covers;
      if (covers.last == kLastId) covers.last = round.highest;  // as far as there was anything
      if (covers.last < covers.first) continue;
      Uids left(round.over.lower_bound(covers.first), round.over.upper_bound(covers.last));
      // What else came will come again.
      if (step.fetch) headers += within(round.seen, *step.fetch).size() - left.size();
      if (!within(round.unnoted, covers).empty()) continue;
      if (!left.empty()) {
        std::ranges::move(hearback::sync::steps({covers}, left, kRoomyBatch),
                          std::back_inserter(again));
        continue;
      }
      covered.push_back(
          {covers.first, covers.last, round.match_revision, demand().since, demand().anew});
    }
    next += done.size();
    steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(next), again.begin(), again.end());
    if (!round.seen.empty()) scanned_ = true;
    // The provider answers while the store does, and bodies come between the headers.
    InOrder beside;
    if (part == Part::behind && next < steps.size() && round.unnoted.empty() &&
        account_.reads_ahead && !account_.settings_moved && folder.hang_up.empty() &&
        !folder.ended_among)
      beside.add([this](Task<void> task) { shared_.spawn(std::move(task)); }, 0,
                 read_ahead(rest(), ahead.emplace(new_reading(folder))));
    auto judged = co_await judge(folder, round, known);
    if (judged) std::ranges::move(judged->skipped, std::back_inserter(changes));
    Result<Import::Sorted> found;
    if (judged) found = co_await import_.sort_out(folder, std::move(judged->found));
    if (!judged || !found) {
      co_await beside.finish();
      co_return Failure(judged ? found.error() : judged.error());
    }
    const bool waits = still_waiting || !judged->waiting.empty();
    // All of a round as what waits in it: one by one, they would make a cursor of as many ranges.
    std::ranges::sort(covered, {}, &rules::ScannedRange::first);
    auto& layer = waits ? unsettled : settled;
    layer = cover(layer, covered);
    // What lies beside these may wait for what it answers; that is covered with them.
    still_waiting = waits && !again.empty();
    auto imported = co_await import(folder, part, std::move(*found), std::move(changes),
                                    std::move(judged->for_owner), headers, settled, unsettled);
    const bool folder_refuses = folder_refuses_;
    co_await beside.finish();
    if (!imported) {
      folder_refuses_ = folder_refuses;
      co_return imported;
    }
    if (ahead && !*ahead->done && !concerns_the_folder(ahead->done->error()))
      co_return Failure(ahead->done->error());
    if (!round.unnoted.empty()) {
      folder_refuses_ = true;
      co_return Failure(too_many_left_out());
    }
    if (part == Part::arrived || next >= steps.size()) continue;
    auto same = co_await live_first(folder);
    if (!same) co_return Failure(same.error());
    if (!*same) {
      folder.behind = true;
      co_return Result<>{};
    }
  }
  co_return Result<>{};
}

// Each of many folders takes little, and all of them their time: what comes into the inbox
// meanwhile waits for none of them.
Task<Result<>> Pass::inbox_first(const WatchedFolder& next) {
  if (shared_.env().ticks() - lived_ < kSlice) co_return Result<>{};
  lived_ = shared_.env().ticks();
  for (auto& folder : account_.folders) {
    if (&folder == &next || !folder.is_inbox() || !folder.synced() || !folder.arrives()) continue;
    if (inbox_refused_ && shared_.env().ticks() - *inbox_refused_ < kTroubleWait) continue;
    const bool behind = folder.behind;
    // Where it is the open one, not every server tells what came.
    Result<> opened;
    if (source_.front() == folder.folder.wire_name)
      if (auto look = co_await open_folder(folder); !look) opened = Failure(look.error());
    if (opened) opened = co_await look_at(folder, Part::arrived);
    auto looked = co_await set_aside(folder, std::move(opened));
    if (!looked) co_return looked;
    folder.behind = folder.behind || behind;
  }
  lived_ = shared_.env().ticks();
  co_return Result<>{};
}

Pass::Reading Pass::new_reading(const WatchedFolder& folder) {
  Reading reading;
  reading.round.began = shared_.env().ticks();
  reading.round.in_parts = folder.refused.times() >= kPatience;
  // Addresses that are added from now on have to be looked for in these, too.
  reading.round.match_revision = directory_->match_revision();
  return reading;
}

Task<void> Pass::read(std::span<const Step> steps, Reading& reading) {
  reading.done = co_await scan_round(steps, reading.round);
  reading.folder_refuses = std::exchange(folder_refuses_, false);
}

// S-12: where the connection ends with it, so do the bodies of the round before, again and again.
// So from then on each round is through before the next one is asked for.
Task<void> Pass::read_ahead(std::span<const Step> steps, Reading& reading) {
  co_await read(steps, reading);
  if (!*reading.done) account_.reads_ahead = false;
}

WatchedFolder* Pass::in_front() {
  const auto found = std::ranges::find_if(account_.folders, [&](const WatchedFolder& one) {
    return one.folder.wire_name == source_.front();
  });
  return found == account_.folders.end() ? nullptr : &*found;
}

// Until the steps are through, enough has been found to be worth fetching, or a slice of time has
// passed. The number of steps that are done.
Task<Result<std::size_t>> Pass::ask_headers(std::span<const Step> steps, Round& round) {
  steps = steps.first(std::min(steps.size(), kRoundSteps));
  mailbox::Source::HeaderScan scan;
  std::vector<std::size_t> step_of;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (steps[i].fetch) {
      scan.ranges.push_back(*steps[i].fetch);
      step_of.push_back(i);
    }
  if (scan.ranges.empty()) co_return steps.size();
  std::vector<bool> finished(scan.ranges.size(), false);
  const Instant since = account_.mailbox.window_since;
  auto* folder = in_front();
  scan.drafts = folder && rules::holds_the_whole_past(folder->folder);
  scan.item = [&](const HeaderItem& item) {
    account_.header_came = true;
    if (item.too_large)  // nobody can tell whose it is
      log::warn("header-too-large", {{"mailbox", account_.mailbox.id}, {"uid", item.id}});
    // A server may answer what was pipelined before it says that an earlier command is through, or
    // in another order: any range that isn't finished may be meant. Whatever else it says was not
    // asked for.
    for (std::size_t i = 0; i < finished.size(); ++i)
      if (!finished[i] && contains(scan.ranges[i], item.id))
        return round.take(item, *directory_, since);
  };
  scan.finished = [&](std::size_t range) {
    finished[range] = true;
    return !round.full() && !account_.settings_moved &&
           shared_.env().ticks() - round.began < kSlice;
  };
  // Perhaps for one broken message: see left_out.cpp.
  std::optional<Error> for_now;
  scan.refused = [&](std::size_t range, const Error& why) {
    finished[range] = true;
    if (refused_as_such(why) || round.in_parts)
      round.refused.push_back({scan.ranges[range], why});
    else
      for_now = why;
  };
  auto read = co_await source_.headers(scan);
  if (!read && folder) note_end(*folder, read.error(), scan.ranges, finished);
  if (!read) co_return refusal(read.error());
  if (for_now) co_return refusal(*for_now);
  const auto open = static_cast<std::size_t>(std::ranges::find(finished, false) - finished.begin());
  if (open == 0) co_return fail(Kind::transient, "imap.protocol", "No answer was complete.");
  co_return open == finished.size() ? steps.size() : step_of[open];
}

// S-6: how many messages of each were passed over.
std::vector<store::Change> Pass::count_skipped(const WatchedFolder& folder,
                                               const std::vector<Header>& headers,
                                               const Matcher& matcher, std::uint32_t known) const {
  std::map<CandidateId, std::uint64_t> counts;
  const auto& mailbox = account_.mailbox;
  for (const auto& header : headers) {
    const auto skipped = matcher.skipped(header.envelope);
    if (skipped.candidates.empty()) continue;
    const rules::SkippedFacts facts{.uid = header.uid,
                                    .known = known,
                                    .arrived = header.internal_date,
                                    .last_look = mailbox.last_success.value_or(mailbox.connected),
                                    .stored = skipped.stored,
                                    .ours_wrote = skipped.ours_wrote,
                                    .outgoing = folder.folder.role == rules::FolderRole::outgoing,
                                    .mailbox = mailbox.address_normal,
                                    .ours = skipped.ours};
    if (!rules::counts_as_skipped(facts)) continue;
    for (const auto& candidate : skipped.candidates) ++counts[candidate];
  }
  std::vector<store::Change> changes;
  for (const auto& [candidate, count] : counts)
    changes.push_back(store::CountSkipped{candidate, count, shared_.env().now()});
  return changes;
}

// C-14: of what they named, and of what they are asked, or told. Once for an address, but that it
// may be somebody else's since others were added.
void Pass::tell_owner(const WatchedFolder& folder, const Header& header,
                      const Matcher::Judged& found, ForOwner& told) const {
  for (const auto& one : found.past) {
    const auto noted = noted_past_.find(one.normal);
    if (noted != noted_past_.end() && noted->second >= told.match_revision) continue;
    if (!told.noted.insert(one.normal).second) continue;
    told.changes.push_back(
        store::NotePast{account_.mailbox.id, one.normal, shared_.env().now(), one.closed});
  }
  if (found.withheld)
    told.changes.push_back(store::RecordWithheld{
        {account_.mailbox.id, folder.folder.id, folder.folder.uid_validity, header.uid},
        shared_.env().now(),
        header.envelope.message_id});
}

void Pass::have_noted(const ForOwner& told) {
  for (const auto& normal : told.noted) {
    auto& under = noted_past_[normal];
    under = std::max(under, told.match_revision);
  }
}

// By what the store knows now: what the directory let through may be nobody's. `known`: the highest
// number that was judged before.
Task<Result<Pass::Judged>> Pass::judge(WatchedFolder& folder, Round& round, std::uint32_t known) {
  Judged judged;
  judged.for_owner.match_revision = round.match_revision;
  if (round.addressed.empty() && round.answers.empty()) co_return std::move(judged);
  std::vector<const mail::Envelope*> addressed, answers;
  for (const auto& header : round.addressed) addressed.push_back(&header.envelope);
  for (const auto& header : round.answers) answers.push_back(&header.envelope);
  auto& store = shared_.store();
  const Pending::Listening meanwhile(account_.pending);
  auto matcher = co_await shared_.env().work(
      account_.turn(net::Lane::read),
      [&store, company = account_.company, reader = account_.mailbox.id, &addressed, &answers] {
        return Matcher::about(store, company, reader, addressed, answers);
      });
  if (!matcher) co_return Failure(matcher.error());
  judged.skipped = count_skipped(folder, round.addressed, *matcher, known);
  for (auto* headers : {&round.addressed, &round.answers})
    for (auto& header : *headers) {
      auto found = matcher->judge(header.envelope, header.internal_date);
      tell_owner(folder, header, found, judged.for_owner);
      if (found.match) {
        judged.found.push_back({header.uid, header.internal_date, header.octets,
                                std::move(header.envelope), std::move(*found.match), 0});
        continue;
      }
      if (found.withheld) continue;
      const auto references = rules::nearest_references(header.envelope);
      if (references.empty()) continue;
      if (!account_.pending.add(folder.folder.id, header.uid, references))
        account_.again[folder.folder.id].insert(header.uid);
      judged.waiting.insert(header.uid);
    }
  co_return std::move(judged);
}

// The messages and the cursor in one commit; only then, perhaps later than this returns, the cursor
// in memory. Without messages the cursor may wait for the next reason to write, and `headers`,
// which the ledger hasn't been told of, wait with it.
Task<Result<>> Pass::import(WatchedFolder& folder, Part part, Import::Sorted found,
                            std::vector<store::Change> changes, ForOwner for_owner,
                            std::uint64_t& headers, std::vector<rules::ScannedRange> settled,
                            std::vector<rules::ScannedRange> unsettled) {
  std::ranges::move(std::exchange(for_owner.changes, {}), std::back_inserter(changes));
  const bool moved = settled != folder.settled || unsettled != folder.unsettled;
  const bool writes = found.any || !changes.empty() || headers >= kSaveHeaders;
  WatchedFolder next = folder;
  next.settled = settled;
  next.unsettled = unsettled;
  if (writes && (moved || folder.unsaved)) changes.push_back(advanced(next));
  if (writes && headers > 0) {
    store::ObserveMailbox seen;
    seen.id = account_.mailbox.id;
    seen.headers_seen = std::exchange(headers, 0);
    changes.push_back(std::move(seen));
  }
  std::vector<std::uint32_t> noted;
  for (const auto& change : changes)
    if (const auto* one = change.as<store::Quarantine>()) noted.push_back(one->at.uid);
  auto follow = [this, &folder, noted = std::move(noted), for_owner = std::move(for_owner),
                 settled = std::move(settled), unsettled = std::move(unsettled), writes, headers] {
    for (const auto uid : noted) folder.hang_up.erase(uid);  // it needn't be learned again
    have_noted(for_owner);
    folder.uncounted = headers;
    folder.unsaved = !writes && (folder.unsaved || settled != folder.settled);
    folder.settled = settled;
    folder.unsettled = unsettled;
  };
  auto imported = co_await import_.run(folder, part == Part::behind, std::move(found),
                                       std::move(changes), std::move(follow));
  if (const auto oldest = import_.take_oldest(folder.may_have_brought); oldest && folder.missed)
    folder.brought_since = std::min(folder.brought_since.value_or(*oldest), *oldest);
  if (!imported) folder_refuses_ = concerns_the_folder(imported.error());
  hear_placed();
  co_return imported;
}

Task<Result<>> Pass::finish_import() {
  auto finished = co_await import_.finish();
  if (!finished) folder_refuses_ = concerns_the_folder(finished.error());
  hear_placed();
  co_return finished;
}

void Pass::hear_placed() {
  const auto placed = import_.take_placed();
  if (placed.empty()) return;
  for (const auto& place : account_.pending.take(placed))
    account_.again[place.folder].insert(place.uid);
  shared_.placed(account_.company, account_.mailbox.id, placed);
}

}  // namespace hearback::sync
