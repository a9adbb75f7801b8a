#include "sync/pass.hpp"

#include <algorithm>
#include <set>
#include <span>

#include "base/log.hpp"
#include "mail/header.hpp"
#include "mailbox/ranges.hpp"
#include "rules/window.hpp"

namespace hearback::sync {
namespace {

using ImapSession = protocols::imap::Session;
using protocols::Wire;
using protocols::imap::HeaderItem;

constexpr std::uint32_t kLastUid = 0xFFFFFFFFu;
constexpr std::size_t kRoundMatches = 500;    // then bodies are fetched
constexpr std::size_t kRoundAnswers = 4000;   // then the store is asked whom they answer
constexpr std::uint64_t kSaveHeaders = 2000;  // judged without effect, then the cursor is saved
constexpr std::size_t kPendingKept = 2000;
constexpr Duration kSuccessTold = 1min;

// The server's word about one folder; the connection is fine.
bool concerns_the_folder(const Error& error) {
  return error.code == "imap.refused" || error.code == "imap.no-such-folder" ||
         error.code == "imap.bad";
}

bool contains(const UidRange& range, std::uint32_t uid) {
  return range.first <= uid && uid <= range.last;
}

}  // namespace

struct Pass::Header {
  std::uint32_t uid = 0;
  Instant internal_date;
  std::uint64_t octets = 0;
  mail::Envelope envelope;
};

// What came of some steps.
struct Pass::Round {
  std::vector<Found> found;
  std::vector<Header> answers;   // matched nobody, but answer something
  std::set<std::uint32_t> kept;  // the UIDs of both: a server may repeat itself
  std::uint64_t headers = 0;
  std::uint32_t highest = 0;
  bool full() const { return found.size() >= kRoundMatches || answers.size() >= kRoundAnswers; }

  void take(const HeaderItem& item, const rules::Directory& directory, Instant since) {
    ++headers;
    highest = std::max(highest, item.uid);
    if (!rules::within_window(item.internal_date, since)) return;
    auto envelope = mail::read_envelope(item.header);
    auto match = rules::match_by_address(directory, envelope);
    if (!match && envelope.in_reply_to.empty() && envelope.references.empty()) return;
    if (!kept.insert(item.uid).second) return;
    if (match)
      found.push_back(
          {item.uid, item.internal_date, item.octets, std::move(envelope), std::move(*match), 0});
    else
      answers.push_back({item.uid, item.internal_date, item.octets, std::move(envelope)});
  }
};

// A folder's facts; `fresh`: nothing can have come since without our being told.
struct Pass::Look {
  ServerFacts facts;
  bool fresh = true;
};

Pass::Pass(Shared& shared, Account& account, mailbox::ImapLine& line,
           std::shared_ptr<const rules::Directory> directory)
    : shared_(shared),
      account_(account),
      line_(line),
      directory_(std::move(directory)),
      import_(shared, account, line) {}

Demand Pass::demand() const {
  return {directory_->match_revision(), account_.mailbox.window_since};
}

Task<Result<>> Pass::run(bool everywhere) {
  if (everywhere) {
    for (auto& folder : account_.folders) folder.ripen(demand());
    auto queued = co_await queue_retries();
    if (!queued) co_return queued;
  }
  for (auto& folder : account_.folders) {
    if (!folder.synced()) continue;
    if (!everywhere && folder.folder.wire_name != line_.session->open_folder()) continue;
    auto looked = co_await look_at(folder);
    if (looked) continue;
    if (!folder_refuses_) co_return looked;
    folder_refuses_ = false;
    folder.parked = true;
    log::warn("folder-parked", {{"mailbox", account_.mailbox.id},
                                {"folder", folder.folder.id},
                                {"reason", looked.error()}});
  }
  auto looked = co_await look_again();
  if (!looked) co_return looked;
  co_return co_await settle(everywhere);
}

// ---- one folder ----------------------------------------------------------------------------

Task<Result<>> Pass::look_at(WatchedFolder& folder) {
  auto look = co_await ask_facts(folder);
  if (!look) co_return Failure(look.error());
  auto planned = plan(folder.state(), look->facts, demand());
  if (planned.what == Plan::What::nothing && look->fresh) co_return Result<>{};
  if (line_.session->open_folder() != folder.folder.wire_name) {
    look = co_await open_folder(folder);
    if (!look) co_return Failure(look.error());
    planned = plan(folder.state(), look->facts, demand());
  }
  if (planned.what == Plan::What::start_over) {
    log::info(
        "folder-starts-over",
        {{"mailbox", account_.mailbox.id}, {"folder", folder.folder.id}, {"why", planned.why}});
    auto reset = co_await start_over(folder, look->facts.uid_validity);
    if (!reset) co_return reset;
    planned = plan(folder.state(), look->facts, demand());
  }
  auto steps = co_await steps_for(folder, planned, *look);
  if (!steps) co_return Failure(steps.error());
  co_return co_await scan(folder, std::move(*steps));
}

Task<Result<Pass::Look>> Pass::ask_facts(WatchedFolder& folder) {
  const std::string& name = folder.folder.wire_name;
  if (line_.session->open_folder() == name) {
    // STATUS isn't for the open folder, and its UIDNEXT of the opening is old by now: what lies
    // above the cursor is asked for, however far it reaches.
    const auto state = folder.state();
    const std::uint32_t covered = state.ranges.empty() ? 0 : state.ranges.back().last;
    const auto& facts = line_.session->facts();
    const std::uint32_t opened = facts.uid_next ? facts.uid_next - 1 : 0;
    co_return Look{{std::max(1u, facts.uid_validity), std::max(covered, opened)}, false};
  }
  auto facts = co_await line_.run([&](ImapSession& s, Wire& w) { return s.status(w, name); });
  if (!facts) co_return refusal(facts.error());
  if (facts->uid_next == 0) co_return co_await open_folder(folder);
  co_return Look{{std::max(1u, facts->uid_validity), facts->uid_next - 1}, true};
}

// A folder that is listed but can't be opened is left alone; the others go on.
Failure Pass::refusal(const Error& error) {
  folder_refuses_ = concerns_the_folder(error);
  return Failure(error);
}

Task<Result<Pass::Look>> Pass::open_folder(WatchedFolder& folder) {
  const std::string& name = folder.folder.wire_name;
  auto facts = co_await line_.run([&](ImapSession& s, Wire& w) { return s.examine(w, name); });
  if (!facts) co_return refusal(facts.error());
  std::uint32_t highest = facts->uid_next ? facts->uid_next - 1 : 0;
  if (facts->uid_next == 0 && facts->exists > 0) {
    auto uids = co_await line_.run([](ImapSession& s, Wire& w) { return s.search_all(w); });
    if (!uids) co_return Failure(uids.error());
    if (!uids->empty()) highest = uids->back();
  }
  if (facts->uid_next == 0 && std::max(1u, facts->uid_validity) == folder.folder.uid_validity) {
    // Without UIDNEXT an emptied folder is no contradiction. Under another UIDVALIDITY what was
    // covered means nothing.
    const auto ranges = folder.state().ranges;
    if (!ranges.empty()) highest = std::max(highest, ranges.back().last);
  }
  co_return Look{{std::max(1u, facts->uid_validity), highest}, true};
}

Task<Result<>> Pass::start_over(WatchedFolder& folder, std::uint32_t uid_validity) {
  auto& store = shared_.store();
  store::Commit reset{account_.company,
                      {store::ResetFolder{account_.mailbox.id, folder.folder.id, uid_validity}},
                      {}};
  auto done = co_await shared_.env().work([&store, &reset] { return store.commit(reset); });
  if (!done) co_return Failure(done.error());
  folder.folder.uid_validity = uid_validity;
  folder.settled.clear();
  folder.ripe.clear();
  folder.unsettled.clear();
  account_.pending.drop(folder.folder.id);
  account_.again.erase(folder.folder.id);
  co_return Result<>{};
}

Task<Result<std::vector<Step>>> Pass::steps_for(WatchedFolder&, const Plan& plan,
                                                const Look& look) {
  const auto batch = shared_.options().limits.scan_batch;
  std::uint64_t wide = 0;
  for (const auto& span : plan.spans) wide += std::uint64_t{span.last} - span.first + 1;
  std::vector<Step> result;
  if (!look.fresh && look.facts.highest_uid < kLastUid) {
    const UidRange above{look.facts.highest_uid + 1, kLastUid};
    result.push_back({above, above});
  }
  if (wide == 0) co_return std::move(result);
  if (wide <= batch) {
    for (const auto& span : plan.spans) result.push_back({span, span});
    co_return std::move(result);
  }
  const Instant since = account_.mailbox.window_since;
  auto uids = since.ms == 0
                  ? co_await line_.run([](ImapSession& s, Wire& w) { return s.search_all(w); })
                  : co_await line_.run([&](ImapSession& s, Wire& w) {
                      return s.search_since(w, rules::search_day(since));
                    });
  if (!uids) co_return Failure(uids.error());
  std::ranges::move(steps(plan.spans, *uids, batch), std::back_inserter(result));
  co_return std::move(result);
}

// ---- scanning ------------------------------------------------------------------------------

Task<Result<>> Pass::scan(WatchedFolder& folder, std::vector<Step> steps) {
  std::size_t next = 0;
  while (next < steps.size()) {
    Round round;
    const std::span<const Step> rest(steps.begin() + static_cast<std::ptrdiff_t>(next),
                                     steps.end());
    auto done = co_await scan_round(rest, round);
    if (!done) co_return Failure(done.error());
    std::set<std::uint32_t> waiting;
    auto found = co_await judge(folder, round, waiting);
    if (!found) co_return Failure(found.error());
    auto settled = folder.settled;
    auto unsettled = folder.unsettled;
    for (const auto& step : rest.first(*done)) {
      UidRange covers = step.covers;
      if (covers.last == kLastUid) covers.last = round.highest;  // as far as there was anything
      if (covers.last < covers.first) continue;
      const rules::ScannedRange judged{covers.first, covers.last, demand().match_revision,
                                       demand().since};
      auto one = waiting.lower_bound(covers.first);
      if (one != waiting.end() && *one <= covers.last)
        unsettled = cover(std::move(unsettled), judged);
      else
        settled = cover(std::move(settled), judged);
    }
    next += *done;
    unsaved_headers_ += round.headers;
    if (round.headers > 0) scanned_ = true;
    auto imported = co_await import(folder, std::move(*found), unsaved_headers_ >= kSaveHeaders,
                                    unsaved_headers_, std::move(settled), std::move(unsettled));
    if (!imported) co_return imported;
  }
  co_return Result<>{};
}

// Until the steps are through, or enough has been found to be worth fetching. The number of steps
// that are done.
Task<Result<std::size_t>> Pass::scan_round(std::span<const Step> steps, Round& round) {
  ImapSession::HeaderScan scan;
  std::vector<std::size_t> step_of;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (steps[i].fetch) {
      scan.ranges.push_back(*steps[i].fetch);
      step_of.push_back(i);
    }
  if (scan.ranges.empty()) co_return steps.size();
  std::vector<bool> finished(scan.ranges.size(), false);
  const Instant since = account_.mailbox.window_since;
  scan.item = [&](const HeaderItem& item) {
    if (item.too_large)  // nobody can tell whose it is
      log::warn("header-too-large", {{"mailbox", account_.mailbox.id}, {"uid", item.uid}});
    // A server may answer what was pipelined before it says that an earlier command is through, or
    // in another order: any range that isn't finished may be meant. Whatever else it says was not
    // asked for.
    for (std::size_t i = 0; i < finished.size(); ++i)
      if (!finished[i] && contains(scan.ranges[i], item.uid))
        return round.take(item, *directory_, since);
  };
  scan.finished = [&](std::size_t range) {
    finished[range] = true;
    return !round.full();
  };
  auto read = co_await line_.run([&](ImapSession& s, Wire& w) { return s.fetch_headers(w, scan); });
  if (!read) co_return Failure(read.error());
  const auto open = static_cast<std::size_t>(std::ranges::find(finished, false) - finished.begin());
  if (open == 0) co_return fail(Kind::transient, "imap.protocol", "No answer was complete.");
  co_return open == finished.size() ? steps.size() : step_of[open];
}

// Adds to the found ones those that answer a stored message; the others wait.
Task<Result<std::vector<Found>>> Pass::judge(WatchedFolder& folder, Round& round,
                                             std::set<std::uint32_t>& waiting) {
  auto found = std::move(round.found);
  if (round.answers.empty()) co_return std::move(found);
  store::StoredMessageIds question{rules::engine_scope(account_.company), {}};
  for (const auto& header : round.answers)
    for (auto& id : rules::nearest_references(header.envelope))
      question.message_ids.push_back(std::move(id));
  std::ranges::sort(question.message_ids);
  const auto repeated = std::ranges::unique(question.message_ids);
  question.message_ids.erase(repeated.begin(), repeated.end());
  auto& store = shared_.store();
  auto rows = co_await shared_.env().work(
      [&store, question = std::move(question)] { return store.ask(question); });
  if (!rows) co_return Failure(rows.error());
  std::map<std::string, std::vector<rules::StoredReference>> stored;
  for (auto& row : *rows) stored[row.message_id].push_back({row.message_id, row.candidate});
  for (auto& header : round.answers) {
    const auto references = rules::nearest_references(header.envelope);
    std::vector<rules::StoredReference> named;
    for (const auto& id : references)
      if (auto known = stored.find(id); known != stored.end())
        named.insert(named.end(), known->second.begin(), known->second.end());
    if (auto match = rules::match_by_reference(header.envelope, named)) {
      found.push_back({header.uid, header.internal_date, header.octets, std::move(header.envelope),
                       std::move(*match), 0});
    } else {
      account_.pending.add(folder.folder.id, header.uid, references);
      waiting.insert(header.uid);
    }
  }
  co_return std::move(found);
}

// The messages and the cursor in one commit; only then the cursor in memory. Without messages the
// cursor may wait for the next reason to write.
Task<Result<>> Pass::import(WatchedFolder& folder, std::vector<Found> found, bool save,
                            std::uint64_t headers, std::vector<rules::ScannedRange> settled,
                            std::vector<rules::ScannedRange> unsettled) {
  const bool moved = settled != folder.settled || unsettled != folder.unsettled;
  if (found.empty() && !save) {
    folder.unsaved = folder.unsaved || settled != folder.settled;
    folder.settled = std::move(settled);
    folder.unsettled = std::move(unsettled);
    co_return Result<>{};
  }
  WatchedFolder next = folder;
  next.settled = std::move(settled);
  next.unsettled = std::move(unsettled);
  std::vector<store::Change> changes;
  if (moved || folder.unsaved)
    changes.push_back(store::AdvanceCursor{account_.mailbox.id, folder.folder.id,
                                           folder.folder.uid_validity, next.to_store()});
  if (headers > 0) {
    store::ObserveMailbox seen;
    seen.id = account_.mailbox.id;
    seen.headers_seen = headers;
    changes.push_back(std::move(seen));
  }
  auto imported = co_await import_.run(folder, std::move(found), std::move(changes));
  hear_placed();
  if (!imported) co_return imported;
  unsaved_headers_ -= headers;
  next.unsaved = false;
  folder = std::move(next);
  co_return Result<>{};
}

void Pass::hear_placed() {
  const auto placed = import_.take_placed();
  if (placed.empty()) return;
  for (const auto& place : account_.pending.take(placed))
    account_.again[place.folder].insert(place.uid);
  shared_.placed(account_.company, account_.mailbox.id, placed);
}

// ---- second looks --------------------------------------------------------------------------

// Messages that a person wants to be tried again, or whose import failed for a passing reason.
Task<Result<>> Pass::queue_retries() {
  auto& store = shared_.store();
  const store::Quarantined question{rules::engine_scope(account_.company), account_.mailbox.id};
  auto rows = co_await shared_.env().work([&store, question] { return store.ask(question); });
  if (!rows) co_return Failure(rows.error());
  for (const auto& row : *rows) {
    auto* folder = account_.find(row.at.folder);
    if (!row.given_up && !row.reason.empty() && folder &&
        folder->folder.uid_validity == row.at.uid_validity)
      account_.again[row.at.folder].insert(row.at.uid);
  }
  co_return Result<>{};
}

// What came in may be what others answer; what they bring in, again.
Task<Result<>> Pass::look_again() {
  while (!account_.again.empty()) {
    const auto [id, uids] = *account_.again.begin();
    auto* folder = account_.find(id);
    if (folder && folder->synced()) {
      auto looked = co_await look_again_in(*folder, {uids.begin(), uids.end()});
      if (!looked && !folder_refuses_) co_return looked;
      folder_refuses_ = false;
    }
    auto done = account_.again.find(id);  // more may have been added meanwhile
    if (done == account_.again.end()) continue;
    for (auto uid : uids) done->second.erase(uid);
    if (done->second.empty()) account_.again.erase(done);
  }
  co_return Result<>{};
}

Task<Result<>> Pass::look_again_in(WatchedFolder& folder, std::vector<std::uint32_t> uids) {
  if (line_.session->open_folder() != folder.folder.wire_name) {
    auto look = co_await open_folder(folder);
    if (!look) co_return Failure(look.error());
    // These numbers mean other messages now; the next pass sees to that.
    if (look->facts.uid_validity != folder.folder.uid_validity) co_return Result<>{};
  }
  std::vector<Step> steps;
  for (const auto& run : mailbox::runs_of(uids, shared_.options().limits.scan_batch, 0))
    steps.push_back({run, run});
  std::size_t next = 0;
  while (next < steps.size()) {
    Round round;
    auto done = co_await scan_round(
        std::span<const Step>(steps.begin() + static_cast<std::ptrdiff_t>(next), steps.end()),
        round);
    if (!done) co_return Failure(done.error());
    next += *done;
    std::set<std::uint32_t> waiting;
    auto found = co_await judge(folder, round, waiting);
    if (!found) co_return Failure(found.error());
    auto imported =
        co_await import(folder, std::move(*found), false, 0, folder.settled, folder.unsettled);
    if (!imported) co_return imported;
  }
  co_return Result<>{};
}

// ---- the end -------------------------------------------------------------------------------

Task<Result<>> Pass::settle(bool everywhere) {
  const Instant now = shared_.env().now();
  auto& mailbox = account_.mailbox;
  store::Commit commit{account_.company, {}, {}};
  auto folders = account_.folders;
  for (auto& folder : folders) {
    const bool settles = everywhere && !folder.ripe.empty();
    if (!settles && !folder.unsaved) continue;
    if (settles) folder.settle();
    folder.unsaved = false;
    commit.changes.push_back(store::AdvanceCursor{mailbox.id, folder.folder.id,
                                                  folder.folder.uid_validity, folder.to_store()});
  }
  store::ObserveMailbox seen;
  seen.id = mailbox.id;
  seen.headers_seen = unsaved_headers_;
  const bool told_long_ago = !mailbox.last_success || now - *mailbox.last_success >= kSuccessTold;
  if (scanned_ || told_long_ago || !mailbox.last_error.empty()) seen.last_success = now;
  if (!mailbox.last_error.empty()) seen.error = "";
  if (mailbox.importing && everywhere) seen.importing = false;
  if (seen.headers_seen > 0 || seen.last_success || seen.importing) commit.changes.push_back(seen);
  if (!commit.changes.empty()) {
    auto& store = shared_.store();
    auto done = co_await shared_.env().work([&store, &commit] { return store.commit(commit); });
    if (!done) co_return Failure(done.error());
  }
  unsaved_headers_ = 0;
  account_.folders = std::move(folders);
  if (everywhere) account_.pending.keep_newest(kPendingKept);
  if (seen.last_success) mailbox.last_success = seen.last_success;
  if (seen.error) mailbox.last_error.clear();
  if (seen.importing) mailbox.importing = false;
  co_return Result<>{};
}

}  // namespace hearback::sync
