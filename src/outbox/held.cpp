#include "outbox/held.hpp"

#include <algorithm>
#include <limits>

namespace hearback::outbox {

using rules::OutboxPhase;
using rules::OutboxState;

namespace {

constexpr Duration kPauseFirst{200}, kPauseMost = 10s;  // while the store has trouble

}  // namespace

Task<Result<std::uint64_t>> Held::commit(std::vector<store::Change> changes) {
  store::Commit commit{company, std::move(changes), {}};
  co_return co_await env.work(
      {net::Lane::write, net::Standing::engine, message.mailbox.text()},
      [store = &store, commit = std::move(commit)] { return store->commit(commit); });
}

Task<Result<mailbox::RoomWanted>> Held::room_wanted(bool can_wait) {
  auto form = co_await ask(store::BlobForm{company, message.bytes});
  if (!form) co_return Failure(form.error());
  const std::uint64_t octets = *form ? std::max<std::uint64_t>((*form)->octets, 1) : 1;
  co_return mailbox::RoomWanted{company, host, octets, octets, octets > options.large_octets,
                                can_wait};
}

Task<bool> Held::waits_behind(bool can_wait) {
  const auto key = std::pair(message.mailbox, can_wait);
  if (const auto found = desk.in_line.find(key);
      found == desk.in_line.end() || found->second.contains(message.id))
    co_return false;
  const auto wanted = co_await room_wanted(can_wait);
  if (!wanted) co_return false;  // which is found once more
  const auto found = desk.in_line.find(key);
  co_return found != desk.in_line.end() && std::ranges::any_of(found->second, [&](const auto& one) {
    const auto& [large, octets, place] = one.second;
    return large == wanted->large && octets <= wanted->least && place.away() < kStandsFor;
  });
}

Task<Result<mailbox::Room::Share>> Held::make_room(bool can_wait) {
  const auto wanted = co_await room_wanted(can_wait);
  if (!wanted) co_return Failure(wanted.error());
  std::optional<mailbox::Room::Place> place;
  const auto key = std::pair(message.mailbox, can_wait);
  if (const auto found = desk.in_line.find(key); found != desk.in_line.end()) {
    auto kept = found->second.extract(message.id);
    if (found->second.empty()) desk.in_line.erase(found);
    if (kept && kept.mapped().place.is_for(*wanted)) place = std::move(kept.mapped().place);
  }
  if (!place) place = desk.room.stand_in_line(*wanted);
  auto room = co_await place->wait(patience);
  if (room.octets() > 0) co_return std::move(room);
  if (env.stopping()) co_return fail(Kind::transient, "net.stopping", "The program is stopping.");
  found_no_room = true;
  desk.in_line[key].insert_or_assign(message.id,
                                     InLine{wanted->large, wanted->least, std::move(*place)});
  co_return fail(Kind::transient, "outbox.no-room", "Others take all the room in memory.");
}

Task<Result<>> Held::claim() {
  auto expected = message.fence;
  std::vector<store::Change> changes;
  changes.push_back(store::ClaimOutbox{message.id, expected, now() + options.lease});
  auto done = co_await commit(std::move(changes));
  if (!done) co_return Failure(done.error());
  fence = message.fence = expected + 1;
  leased = true;
  co_return Result<>{};
}

Task<Result<>> Held::claim(Step step) {
  const auto expected = message.fence;
  fence = expected + 1;
  std::vector<store::Change> changes;
  changes.push_back(store::ClaimOutbox{message.id, expected, now() + options.lease});
  changes.push_back(change(step));
  auto done = co_await commit(std::move(changes));
  if (!done) {
    fence = expected;
    co_return Failure(done.error());
  }
  message.fence = fence;
  leased = true;
  adopt(step);
  co_return Result<>{};
}

// Only this process can have brought the row to the dot under the fence that comes next: whoever
// else takes a row up does so with the phase that it has.
Task<void> Held::find_mark() {
  for (auto pause = kPauseFirst;; pause = std::min(pause * 2, kPauseMost)) {
    auto now = co_await ask(store::OutboxById{scope(), message.id});
    if (now) {
      const bool made = *now && (*now)->state == OutboxState::sending &&
                        (*now)->phase == OutboxPhase::dot && (*now)->fence == message.fence + 1;
      if (made) {
        message = std::move(**now);
        fence = message.fence;
      }
      co_return;
    }
    if (!co_await env.sleep(pause)) co_return;
  }
}

Task<Result<std::shared_ptr<mailbox::Outlet>>> Held::outlet(const rules::Mailbox& mailbox) {
  auto secret = co_await ask(store::MailboxSecret{scope(), mailbox.id});
  if (!secret) co_return Failure(secret.error());
  auto rows = co_await ask(store::Folders{scope(), mailbox.id, store::Folders::Which::outgoing});
  if (!rows) co_return Failure(rows.error());
  std::vector<rules::Folder> folders;
  for (auto& row : *rows) folders.push_back(std::move(row.folder));
  mailbox::OutletAccount account{
      mailbox.smtp, mailbox.imap, secret->smtp_password, secret->imap_password, {}};
  if (auto* sent = mailbox::choose_sent(folders)) account.sent_folder = sent->wire_name;
  co_return desk.outlets.of(mailbox.id, std::move(account));
}

Task<Result<>> Held::prolong(Duration time) {
  std::vector<store::Change> changes;
  changes.push_back(store::ProlongOutbox{message.id, fence, now() + time});
  auto done = co_await commit(std::move(changes));
  if (!done) co_return Failure(done.error());
  co_return Result<>{};
}

store::MoveOutbox Held::change(const Step& step) {
  return {.id = message.id,
          .fence = fence,
          .state = step.state,
          .phase = step.phase,
          .not_before = step.not_before,
          .release = step.release,
          .not_taken = step.not_taken,
          .sent = step.sent,
          .copy_filed = step.copy_filed,
          .filing = step.filing,
          .waits = step.waits,
          .why = step.why,
          .answer = step.answer,
          .at = desk.clock.now()};
}

void Held::adopt(const Step& step) {
  message.state = step.state;
  message.phase = step.phase;
  message.not_before = step.not_before;
  if (step.sent) message.sent = step.sent;
  if (step.copy_filed) message.copy_filed = *step.copy_filed;
  if (step.filing) message.filing = *step.filing;
  message.why = step.why;
  message.answer = step.answer;
  if (step.release) leased = false;
}

Task<Result<>> Held::move_with(Step step, int tries) {
  auto pause = kPauseFirst;
  for (int i = 0;; ++i) {
    std::vector<store::Change> changes;
    changes.push_back(change(step));
    auto done = co_await commit(std::move(changes));
    if (done) {
      adopt(step);
      co_return Result<>{};
    }
    const bool lost = is_lost(done.error());
    if (lost) leased = false;
    if (lost || i + 1 >= tries) co_return Failure(done.error());
    if (!co_await env.sleep(pause)) co_return Failure(done.error());
    pause = std::min(pause * 2, kPauseMost);
  }
}

Task<Result<>> Held::move(Step step) { return move_with(std::move(step), 5); }

Task<Result<>> Held::move_surely(Step step) {
  return move_with(std::move(step), std::numeric_limits<int>::max());
}

}  // namespace hearback::outbox
