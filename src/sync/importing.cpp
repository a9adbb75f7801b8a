#include "sync/importing.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "base/announced.hpp"
#include "base/log.hpp"
#include "mail/header.hpp"
#include "rules/intake.hpp"
#include "rules/ownership.hpp"
#include "rules/stand_ins.hpp"
#include "sync/importing_parts.hpp"
#include "sync/matcher.hpp"

namespace hearback::sync {
namespace {

rules::Location place_of(const Account& account, const WatchedFolder& folder, std::uint32_t uid) {
  return {account.mailbox.id, folder.folder.id, folder.folder.uid_validity, uid};
}

std::vector<CandidateId> candidates_of(const rules::Match& match) {
  std::vector<CandidateId> candidates;
  for (const auto& reason : match.reasons()) candidates.push_back(reason.candidate);
  return candidates;
}

bool names_another(const rules::Match& match, const std::vector<CandidateId>& placed_with) {
  return std::ranges::any_of(match.reasons(), [&](const rules::Reason& reason) {
    return std::ranges::find(placed_with, reason.candidate) == placed_with.end();
  });
}

// Others changed what was judged upon: judged again after a pause, for as long as that takes. It
// doesn't wear the server's patience, and no message's attempts.
constexpr Duration kJudgeAgainFirst = 20ms, kJudgeAgainMost = 2s;

// A FETCH that the server refuses, for what it names or for the state that it is in: others may be
// had. So many that are refused for now, and not one that isn't: it is the server's state.
bool refuses_these(const Error& error) {
  using enum mailbox::Trouble;
  const auto trouble = mailbox::trouble_of(error);
  return trouble == request || trouble == for_now;
}
constexpr std::size_t kRefusedForNow = 3;
// The connection ended so often while this message was asked for, but for the first time alone: it
// isn't by chance.
constexpr int kEnds = 3;

// For room in memory, of the past; and after how long it asks again.
constexpr Duration kPastPatience = 2s, kPastAgain = 10s;

struct Knowledge {
  std::map<std::uint32_t, store::CopiesInFolder::Row> here;
  std::map<std::uint32_t, store::Quarantined::Row> troubled;
  std::set<MessageId> lie_here;          // of those that were brought
  store::BroughtBefore::Answer brought;  // one for each that was found
};

Result<Knowledge> ask_about(store::Store& store, CompanyId company, const rules::Location& folder,
                            const std::vector<Found>& found) {
  const auto scope = rules::engine_scope(company);
  std::vector<std::uint32_t> uids;
  store::BroughtBefore before{scope, folder.mailbox};
  for (const auto& one : found) {
    uids.push_back(one.uid);
    before.found.push_back({&one.envelope, one.octets});
  }
  Knowledge known;
  auto brought = store.ask(before);
  if (!brought) return Failure(brought.error());
  known.brought = std::move(*brought);
  store::CopiesInFolder copies{scope, folder.mailbox, folder.folder, folder.uid_validity, uids};
  for (const auto& row : known.brought)
    if (row) copies.messages.push_back(row->message);
  auto here = store.ask(copies);
  if (!here) return Failure(here.error());
  for (auto& row : *here) {
    known.lie_here.insert(row.message);
    known.here.emplace(row.uid, std::move(row));
  }
  auto troubled =
      store.ask(store::QuarantinedAt{scope, folder.mailbox, folder.folder, std::move(uids)});
  if (!troubled) return Failure(troubled.error());
  for (auto& row : *troubled)
    if (row.at.uid_validity == folder.uid_validity)
      known.troubled.emplace(row.at.uid, std::move(row));
  return known;
}

std::vector<std::vector<Found>> batches_of(std::vector<Found> found, const Limits& limits) {
  // Newest first; those that failed before come last and alone, so that what stopped the import
  // once can't stop others with it.
  std::ranges::sort(found, [](const Found& a, const Found& b) {
    return std::tuple(a.ends, a.attempts, b.uid) < std::tuple(b.ends, b.attempts, a.uid);
  });
  std::vector<std::vector<Found>> batches;
  std::uint64_t octets = 0;
  for (auto& one : found) {
    bool joins = !batches.empty() && one.attempts == 0 && one.ends == 0 &&
                 batches.back().size() < limits.body_batch &&
                 octets + one.octets <= limits.body_batch_octets;
    if (!joins) {
      batches.emplace_back();
      octets = 0;
    }
    octets += one.octets;
    batches.back().push_back(std::move(one));
  }
  return batches;
}

std::uint64_t octets_of(const std::vector<Found>& batch) {
  std::uint64_t octets = 0;
  for (const auto& one : batch) octets += one.octets;
  return octets;
}

void note_date(std::optional<Instant>& oldest, const Found& one) {
  const Instant date = std::min(one.internal_date, rules::date_of(one.envelope, one.internal_date));
  oldest = std::min(oldest.value_or(date), date);
}

Incoming incoming(const rules::Location& at, rules::FolderRole role, Found&& found) {
  Incoming message;
  message.at = at;
  message.role = role;
  message.internal_date = found.internal_date;
  message.facts.envelope = std::move(found.envelope);
  return message;
}

}  // namespace

Task<Result<Import::Sorted>> Import::sort_out(const WatchedFolder& folder,
                                              std::vector<Found> found) {
  Sorted sorted;
  if (found.empty()) co_return std::move(sorted);
  sorted.any = true;
  auto& store = shared_.store();
  const auto at = place_of(account_, folder, 0);
  auto known = co_await shared_.env().work(account_.turn(net::Lane::read),
                                           [&store, company = account_.company, at, &found] {
                                             return ask_about(store, company, at, found);
                                           });
  if (!known) co_return Failure(known.error());

  for (const auto& one : found) note_date(oldest_found_, one);
  const auto& limits = shared_.options().limits;
  const Instant now = shared_.env().now();
  std::vector<Found> fetch;
  auto recognize = [&](Found&& one, Incoming::Recognized as) {
    auto message =
        incoming(place_of(account_, folder, one.uid), folder.folder.role, std::move(one));
    message.recognized = std::move(as);
    sorted.recognized.push_back(std::move(message));
  };
  std::map<MessageId, int> named;  // by how many of these
  for (const auto& row : known->brought)
    if (row) ++named[row->message];
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto& one = found[i];
    if (auto here = known->here.find(one.uid); here != known->here.end()) {
      const auto& row = here->second;
      // It may have been stored by a commit whose outcome we never learned: what answers it waits.
      if (!row.candidates.empty() && !one.envelope.message_id.empty())
        placed_.push_back(one.envelope.message_id);
      // It was left out of a later look's answer: it lies here all the same.
      if (known->troubled.contains(one.uid))
        sorted.changes.push_back(store::ForgetAttempt{place_of(account_, folder, one.uid)});
      if (names_another(one.match, row.candidates))
        recognize(std::move(one), {row.message, {}, row.candidates});
      continue;
    }
    if (auto row = known->troubled.find(one.uid); row != known->troubled.end()) {
      if (row->second.given_up) continue;
      auto excused = account_.excused.find(row->second.at);
      one.attempts = std::max(
          0, row->second.attempts - (excused == account_.excused.end() ? 0 : excused->second));
    }
    if (one.octets > limits.message_octets || one.attempts >= limits.import_attempts) {
      const char* why =
          one.octets > limits.message_octets ? "mail.too-large" : "sync.stopped-the-import";
      sorted.changes.push_back(store::Quarantine{place_of(account_, folder, one.uid), why, true,
                                                 std::nullopt, now, candidates_of(one.match)});
      continue;
    }
    if (auto ended = account_.ended_at.find(place_of(account_, folder, one.uid));
        ended != account_.ended_at.end())
      one.ends = ended->second;
    if (one.ends >= kEnds) {
      const auto place = place_of(account_, folder, one.uid);
      account_.ended_at[place] = kEnds - 1;  // at a later pass once is enough
      // Where none comes, it may not be the message's fault.
      const bool counts = account_.body_came;
      if (counts) sorted.changes.push_back(store::BeginImport{{place}, now});
      sorted.changes.push_back(
          store::Quarantine{place, std::string(mailbox::kHangsUp),
                            counts && one.attempts + 1 >= limits.import_attempts, std::nullopt, now,
                            candidates_of(one.match)});
      continue;
    }
    auto& brought = known->brought[i];
    // What comes into a folder in which it is known needn't be the same: anybody can repeat a
    // header at the same size. Elsewhere it was moved, or its folder numbered anew; of two that
    // come there under one header, nobody knows which.
    if (brought && named[brought->message] == 1 && !known->lie_here.contains(brought->message))
      recognize(std::move(one), {brought->message, brought->raw, std::move(brought->candidates)});
    else
      fetch.push_back(std::move(one));
  }
  for (const auto& one : fetch) note_date(oldest_, one);
  sorted.fetch = batches_of(std::move(fetch), limits);
  co_return std::move(sorted);
}

Task<Result<>> Import::run(WatchedFolder& folder, bool past, Sorted sorted,
                           std::vector<store::Change> with_last, std::function<void()> stored) {
  co_await fetched();
  if (auto heard = hear(); !heard) co_return heard;
  Work last = new_work();
  last.stored = std::move(stored);
  last.batch = std::move(sorted.recognized);
  // What is known of some stays known, though the connection ends over others.
  if (!sorted.fetch.empty() && !sorted.changes.empty()) {
    Work noted = new_work();
    noted.changes = std::exchange(sorted.changes, {});
    begin(std::move(noted));
  }
  last.changes = std::move(sorted.changes);
  std::ranges::move(with_last, std::back_inserter(last.changes));
  fetching_.add([this](Task<void> task) { shared_.spawn(std::move(task)); }, 0,
                fetch_next(folder, past, std::move(sorted.fetch), std::move(last)));
  co_return hear();
}

Task<void> Import::fetch_next(const WatchedFolder& folder, bool past, std::vector<Batch> batches,
                              Work last) {
  auto fetched = co_await fetch_and_store(folder, past, std::move(batches), std::move(last));
  if (!fetched) fetch_failed_ = fetched.error();
}

Task<Result<>> Import::fetch_and_store(const WatchedFolder& folder, bool past,
                                       std::vector<Batch> batches, Work last) {
  Batch absent;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (account_.quota.until_room(shared_.env().ticks(), shared_.options().limits, past) >
        Duration(0))
      co_return fail(Kind::transient, kDailyQuota,
                     "This mailbox has brought in as much as one may within a day.",
                     "The rest follows by itself.");
    const std::size_t most = shared_.options().limits.body_batch_octets / 2;
    co_await storing_.shrink_to(most - std::min(most, octets_of(batches[i])));
    if (auto heard = hear(); !heard) co_return heard;
    auto room = co_await take_room(batches, i, past);
    if (!room) co_return Failure(room.error());
    const bool is_last = i + 1 == batches.size();
    Work work = is_last ? std::move(last) : new_work();
    work.octets = octets_of(batches[i]);
    work.room = std::move(*room);
    auto batch = co_await still_matching(folder, std::move(batches[i]), work);
    if (!batch) co_return Failure(batch.error());
    auto fetched = co_await fetch(folder, std::move(*batch), work, absent);
    keep_room_of(work, past);
    if (fetched && is_last)
      fetched = co_await fetch_singly(folder, past, std::exchange(absent, {}), work);
    if (!fetched) co_return fetched;
    // One that the process may have died of goes through alone: no other is counted with it.
    const bool suspect = std::ranges::any_of(
        work.fetched, [](const Work::Fetched& one) { return one.attempts > 0; });
    if (suspect) co_await storing_.finish();
    begin(std::move(work));
    if (suspect) co_await storing_.finish();
  }
  if (batches.empty()) begin(std::move(last));
  co_return Result<>{};
}

// For as much of a batch as there is room for; what is left of it becomes the next one.
Task<Result<mailbox::Room::Share>> Import::take_room(std::vector<Batch>& batches, std::size_t which,
                                                     bool past) {
  const auto& limits = shared_.options().limits;
  const auto least = most_that_comes(limits, batches[which].front().octets);
  std::uint64_t most = 0;
  for (const auto& one : batches[which]) most += most_that_comes(limits, one.octets);
  const bool large = octets_of(batches[which]) > limits.body_batch_octets;
  auto found =
      co_await room_for({account_.company, account_.mailbox.imap.host, least, most, large, past});
  if (!found) co_return Failure(found.error());
  auto& room = *found;
  auto& batch = batches[which];
  std::uint64_t needed = least;
  std::size_t some = 1;
  for (; some < batch.size(); ++some) {
    const auto more = most_that_comes(limits, batch[some].octets);
    if (needed + more > room.octets()) break;
    needed += more;
  }
  if (!large) room.keep(needed);  // a large one is alone, and may have to be asked for once more
  if (some == batch.size()) co_return std::move(room);
  const auto rest = batch.begin() + static_cast<std::ptrdiff_t>(some);
  Batch next(std::make_move_iterator(rest), std::make_move_iterator(batch.end()));
  batch.erase(rest, batch.end());
  batches.insert(batches.begin() + static_cast<std::ptrdiff_t>(which) + 1, std::move(next));
  co_return std::move(room);
}

// S-9: nothing else of the mailbox goes on while the past waits here, so it soon comes back later.
Task<Result<mailbox::Room::Share>> Import::room_for(mailbox::RoomWanted wanted) {
  const bool past = wanted.can_wait;
  // What was found is for what waited, which may come after others that need room elsewhere.
  if (past && found_.large() == wanted.large) {
    auto found = std::exchange(found_, {});
    if (found.does_for(wanted)) co_return std::move(found);
  }
  auto place = shared_.room().stand_in_line(std::move(wanted));
  auto room = co_await place.wait(kPastPatience);
  if (!past && room.octets() == 0) {
    found_ = {};  // lest what arrives waits for it
    room = co_await place.wait(std::nullopt);
  }
  if (room.octets() > 0 || shared_.env().stopping()) co_return std::move(room);
  leave_in_line(std::move(place));
  co_return fail(Kind::transient, kNoRoom, "Others take all the room in memory.",
                 "The rest follows by itself.");
}

Task<void> Import::look_for_room() {
  if (!account_.past_in_line) co_return;
  auto place = *std::exchange(account_.past_in_line, std::nullopt);
  found_ = co_await place.wait(Duration(0));
  if (found_.octets() == 0) leave_in_line(std::move(place));
}

// What was asked for in vain is asked for once more, alone, and has waited for its room already.
void Import::keep_room_of(Work& work, bool past) {
  if (past && work.fetched.empty() && work.room.large()) found_ = std::exchange(work.room, {});
}

void Import::give_room_back() { found_ = {}; }

void Import::leave_in_line(mailbox::Room::Place place) {
  account_.past_in_line.emplace(std::move(place));
  account_.past_due = shared_.env().ticks() + kPastAgain;
}

// S-16: what is asked for is proven by what the store knows now: whose people they are, whom the
// owner names (C-14); what holds for the folder, the window and the mailbox, and whose account it
// is.
Task<Result<Import::Batch>> Import::still_matching(const WatchedFolder& folder, Batch batch,
                                                   Work& work) {
  if (batch.empty()) co_return std::move(batch);
  std::vector<const mail::Envelope*> envelopes;
  for (const auto& one : batch) envelopes.push_back(&one.envelope);
  const store::FolderInForce question{rules::engine_scope(account_.company), account_.mailbox.id,
                                      folder.folder.id};
  auto matcher = co_await shared_.env().work(
      account_.turn(net::Lane::read),
      [&store = shared_.store(), &question, envelopes, role = folder.folder.role,
       since = account_.mailbox.window_since, anew = account_.mailbox.judged_anew,
       account = account_.signed_in_with]() -> Result<Matcher> {
        auto now = store.ask(question);
        if (!now) return Failure(now.error());
        if (!*now || (*now)->role != role || (*now)->window_since != since ||
            (*now)->judged_anew != anew || !(*now)->mailbox_is_read)
          return settings_have_moved();
        auto box = store.ask(store::MailboxById{question.scope, question.mailbox});
        if (!box) return Failure(box.error());
        if (!*box || !rules::same_account((*box)->imap, account)) return settings_have_moved();
        return Matcher::about(store, question.scope.company, question.mailbox, envelopes);
      });
  if (!matcher) co_return Failure(matcher.error());
  Batch kept;
  for (auto& one : batch) {
    auto found = matcher->judge(one.envelope, one.internal_date);
    if (found.withheld)
      work.changes.push_back(store::RecordWithheld{place_of(account_, folder, one.uid), work.now,
                                                   std::move(one.envelope.message_id)});
    if (!found.match && !found.withheld)
      work.dropped.push_back(place_of(account_, folder, one.uid));
    if (!found.match) continue;
    one.match = std::move(*found.match);
    kept.push_back(std::move(one));
  }
  co_return std::move(kept);
}

Task<Result<>> Import::fetch(const WatchedFolder& folder, Batch batch, Work& work, Batch& absent,
                             bool last_time) {
  if (batch.empty()) co_return Result<>{};
  std::vector<mailbox::Wanted> wanted;
  // Alone it may be as large as it likes.
  for (const auto& one : batch)
    wanted.push_back(
        {one.uid, one.match, last_time ? std::nullopt : std::optional<std::uint64_t>(one.octets)});
  std::map<std::uint32_t, std::string> sources;
  std::set<std::uint32_t> too_large, without;  // larger than it was said to be; without a body
  const std::function<void(const mailbox::Wanted&, const mailbox::BodyItem&)> keep =
      [&](const mailbox::Wanted& one, const mailbox::BodyItem& body) {
        if (body.too_large)
          too_large.insert(one.id);
        else if (body.raw.empty())
          without.insert(one.id);
        else
          sources.insert_or_assign(one.id, std::string(body.raw));
      };
  auto answered = co_await source_.bodies(wanted, keep);
  const bool ended =
      !answered && mailbox::trouble_of(answered.error()) == mailbox::Trouble::connection;
  account_.narrowed = account_.narrowed || (ended && account_.body_came);
  for (const auto& one : batch)
    if (ended && !sources.contains(one.uid))
      ++account_.ended_at[place_of(account_, folder, one.uid)];
    else if (answered)
      account_.ended_at.erase(place_of(account_, folder, one.uid));
  // Refused for one of them, perhaps because it went meanwhile: the others are asked for again.
  if (!answered && (!refuses_these(answered.error()) || last_time)) co_return answered;
  body_came_ = body_came_ || !sources.empty();
  account_.body_came = account_.body_came || body_came_;
  for (const auto& [uid, source] : sources)
    account_.quota.note(shared_.env().ticks(), {1, source.size()});
  for (auto& one : batch) {
    auto source = sources.find(one.uid);
    const auto at = place_of(account_, folder, one.uid);
    if (source == sources.end() && (too_large.contains(one.uid) || without.contains(one.uid)))
      work.changes.push_back(
          store::RecordBody{at, std::string(one.match.rule()), 0, work.now});  // asked for
    if (source == sources.end() && too_large.contains(one.uid)) {
      work.changes.push_back(store::Quarantine{at, "mail.too-large", true, std::nullopt, work.now,
                                               candidates_of(one.match)});
      continue;
    }
    if (source == sources.end()) {
      if (last_time && without.contains(one.uid))
        refuse(work, {at, one.attempts, candidates_of(one.match)}, std::string(mailbox::kNoBody));
      else
        absent.push_back(std::move(one));
      continue;
    }
    const int attempts = one.attempts;
    auto rule = std::string(one.match.rule());
    auto about = candidates_of(one.match);
    auto message = incoming(at, folder.folder.role, std::move(one));
    message.rule = std::move(rule);
    message.about = std::move(about);
    message.raw = std::move(source->second);
    work.fetched.push_back({std::move(message), attempts});
  }
  std::uint64_t came = 0;
  for (const auto& one : work.fetched) came += one.message.raw.size();
  if (came > 0) work.room.keep(came);
  co_return Result<>{};
}

// By itself, so that its room is free again; the rest of the work waits.
void Import::store_fetched(Work& work) {
  Work fetched = new_work();
  fetched.fetched = std::exchange(work.fetched, {});
  fetched.octets = std::exchange(work.octets, 0);
  fetched.room = std::exchange(work.room, {});
  if (!fetched.fetched.empty()) begin(std::move(fetched));
}

// What didn't come is asked for again, once: a server may leave out one by accident. Then it has
// gone; or, where the server has it and doesn't give it, it is noted and tried at a later pass.
// What is refused for now is the message's matter where others came; else nobody can tell, and no
// attempt is counted.
Task<Result<>> Import::fetch_singly(const WatchedFolder& folder, bool past, Batch batch,
                                    Work& work) {
  Batch gone;
  std::vector<Asked> refused_for_now;
  std::optional<Error> why;
  for (auto& one : batch) {
    Asked asked{place_of(account_, folder, one.uid), one.attempts, candidates_of(one.match)};
    keep_room_of(work, past);  // of the one before, where that came in vain, too
    store_fetched(work);
    work.room = {};
    const auto may_come = most_that_comes(shared_.options().limits, {});
    auto room = co_await room_for(
        {account_.company, account_.mailbox.imap.host, may_come, may_come, true, past});
    if (!room) co_return Failure(room.error());
    work.room = std::move(*room);
    work.octets = one.octets;
    Batch alone;
    alone.push_back(std::move(one));
    auto matching = co_await still_matching(folder, std::move(alone), work);
    if (!matching) co_return Failure(matching.error());
    auto fetched = co_await fetch(folder, std::move(*matching), work, gone, true);
    if (fetched) continue;
    if (!refuses_these(fetched.error())) co_return fetched;
    if (refused_as_such(fetched.error())) {
      refuse(work, std::move(asked), std::string(fetched.error().code));
      continue;
    }
    refused_for_now.push_back(std::move(asked));
    why = fetched.error();
  }
  if (refused_for_now.size() >= kRefusedForNow && !body_came_) co_return Failure(*why);
  for (auto& one : refused_for_now)
    if (body_came_)
      refuse(work, std::move(one), why->code);
    else
      note(work, std::move(one), why->code);
  if (gone.empty()) co_return Result<>{};
  auto present = co_await source_.present({});
  if (!present && !concerns_the_folder(present.error())) co_return Failure(present.error());
  // Its header was there just now. Where nobody says whether it has gone, no attempt is counted.
  for (const auto& one : gone) {
    Asked asked{place_of(account_, folder, one.uid), one.attempts, candidates_of(one.match)};
    if (!present)
      note(work, std::move(asked), std::string(mailbox::kLeftOut));
    else if (std::ranges::binary_search(*present, one.uid))
      refuse(work, std::move(asked), std::string(mailbox::kLeftOut));
  }
  co_return Result<>{};
}

// The server has it, and doesn't give it: noted, and tried at later passes.
void Import::refuse(Work& work, Asked asked, std::string why) {
  work.changes.push_back(store::BeginImport{{asked.at}, work.now});
  const bool given_up = asked.attempts + 1 >= work.limits.import_attempts;
  work.changes.push_back(store::Quarantine{asked.at, std::move(why), given_up, std::nullopt,
                                           work.now, std::move(asked.about)});
}

// Likewise, and it may not be the message's fault.
void Import::note(Work& work, Asked asked, std::string why) {
  work.changes.push_back(store::Quarantine{asked.at, std::move(why), false, std::nullopt, work.now,
                                           std::move(asked.about)});
}

Import::Work Import::new_work() const {
  Work work;
  work.company = account_.company;
  work.mailbox = account_.mailbox.id;
  work.now = shared_.env().now();
  work.seed = shared_.env().random().next();
  work.limits = shared_.options().limits;
  work.account = account_.is_behind();
  return work;
}

Task<Result<TakenIn>> Import::store_patiently(net::Env& env, store::Store& store,
                                              std::shared_ptr<Work> work) {
  for (Duration pause = kJudgeAgainFirst;; pause = std::min(2 * pause, kJudgeAgainMost)) {
    auto done = co_await store_work(env, store, work);
    if (done || !may_be_judged_again(done.error())) co_return done;
    const auto jitter = Duration(static_cast<std::int64_t>(
        env.random().below(static_cast<std::uint64_t>(pause.count()) + 1)));
    if (!co_await env.sleep(pause + jitter)) co_return done;  // the program ends
  }
}

Task<void> Import::read_next(net::Env& env, store::Store& store, std::shared_ptr<Work> work) {
  work->read = co_await read_work(env, store, work);
  if (work->when_read) std::exchange(work->when_read, nullptr)(true);
}

Task<void> Import::store_next(net::Env& env, store::Store& store, std::shared_ptr<Work> work,
                              std::shared_ptr<Outcomes> outcomes) {
  if (!work->read) co_await Callback<bool>([&](auto go) { work->when_read = std::move(go); });
  work->unread = outcomes->dropped;
  Result<TakenIn> done;
  if (!*work->read) {
    done = Failure(work->read->error());
  } else if (outcomes->failed) {  // nothing is committed behind what wasn't
    done = Failure(*outcomes->failed);
    co_await env.work(work->turn(net::Lane::write), [&store, work] {
      forgive(store, *work);
      return true;
    });
  } else {
    done = co_await store_patiently(env, store, work);
  }
  work->room = {};
  if (done) std::ranges::copy(done->dropped, std::back_inserter(outcomes->dropped));
  if (!done) outcomes->failed = done.error();
  outcomes->stored.push_back({std::move(work), std::move(done)});
}

void Import::begin(Work work) {
  if (work.fetched.empty()) work.room = {};
  auto held = std::make_shared<Work>(std::move(work));
  std::ranges::copy(held->dropped, std::back_inserter(outcomes_->dropped));
  const bool empty = held->fetched.empty() && held->batch.empty() && held->changes.empty();
  if (empty && storing_.idle()) {
    outcomes_->stored.push_back({std::move(held), TakenIn{}});
    return;
  }
  // One is parsed while the one before is committed.
  const auto octets = held->octets;
  const auto spawn = [this](Task<void> task) { shared_.spawn(std::move(task)); };
  reading_.add(spawn, octets, read_next(shared_.env(), shared_.store(), held));
  storing_.add(spawn, octets, store_next(shared_.env(), shared_.store(), held, outcomes_));
}

Task<Result<>> Import::finish() {
  co_await fetched();
  co_await storing_.finish();
  co_return hear();
}

// What has come of it meanwhile.
Result<> Import::hear() {
  for (auto& [work, done] : std::exchange(outcomes_->stored, {})) {
    for (const auto& at : work->begun)
      if (done)
        account_.excused.erase(at);
      else if (!work->forgiven)
        ++account_.excused[at];
    if (!done) {
      failed_ = done.error();
      continue;
    }
    std::ranges::move(done->placed, std::back_inserter(placed_));
    if (work->stored && !failed_) work->stored();
    for (const auto* some : {&work->dropped, &done->dropped})
      for (const auto& at : *some) account_.judge_dropped_again(at);
  }
  if (failed_) return Failure(*failed_);
  if (auto why = std::exchange(fetch_failed_, std::nullopt)) return Failure(*why);
  return {};
}

}  // namespace hearback::sync
