#include "outbox/delivery.hpp"

#include <algorithm>
#include <variant>

#include "base/log.hpp"
#include "mailbox/outlet.hpp"
#include "outbox/retry.hpp"
#include "rules/sending.hpp"

namespace hearback::outbox {
namespace {

using rules::OutboxPhase;
using rules::OutboxState;

// A message that waited for its mailbox's turn grew older by that too. More than this was no turn:
// the program was down, or a clock was wrong.
constexpr Duration kMostLate = std::chrono::hours(6);

// What the rules say of the message now, with the mailbox it goes out through.
struct Judged {
  rules::SendingVerdict verdict;
  std::optional<rules::Mailbox> mailbox;
};

Task<Result<Judged>> judge(Held& row) {
  rules::SendingFacts facts;
  auto mailbox = co_await row.ask(store::MailboxById{row.scope(), row.message.mailbox});
  if (!mailbox) co_return Failure(mailbox.error());
  facts.mailbox = std::move(*mailbox);
  auto author = co_await row.ask(store::UserById{row.scope(), row.message.author});
  if (!author) co_return Failure(author.error());
  facts.author = std::move(*author);
  if (!row.message.candidate.empty()) {
    auto found = co_await row.ask(store::CandidateById{row.scope(), row.message.candidate});
    if (!found) co_return Failure(found.error());
    facts.candidate_exists = found->has_value();
  }
  if (facts.author && facts.candidate_exists) {
    // By the author's own eyes: the conversation may be private, or theirs though the candidate
    // isn't (P-2).
    const auto eyes = rules::user_scope(row.company, *facts.author);
    auto seen = co_await row.ask(store::OutboxById{eyes, row.message.id});
    if (!seen) co_return Failure(seen.error());
    facts.author_sees_it = seen->has_value();
  }
  // What is queued was found due, by whichever clock: its time has come. A message for later goes
  // by no clock but ours.
  const bool later = row.message.state == OutboxState::scheduled;
  const auto now = later ? row.now() : row.desk.clock.latest();
  auto message = row.message;
  if (!later) message.not_before = std::min(message.not_before, now);
  auto verdict = rules::may_send(message, facts, now);
  co_return Judged{std::move(verdict), std::move(facts.mailbox)};
}

// Not now, or never. The row may not be held yet.
Task<void> put_off(Held& row, const rules::SendingVerdict& verdict) {
  Step step;
  if (auto* no = std::get_if<rules::No>(&verdict)) {
    step.state = OutboxState::failed;
    step.not_before = row.now();
    step.why = no->why;
  } else {
    const auto& later = std::get<rules::NotBefore>(verdict);
    // For later: until its time. For a reason: its time has come.
    const bool scheduled = row.message.state == OutboxState::scheduled && later.why.empty();
    step.state = scheduled ? OutboxState::scheduled : OutboxState::queued;
    step.not_before = later.t;
    step.why = later.why;
  }
  auto done = row.leased ? co_await row.move(std::move(step)) : co_await row.claim(std::move(step));
  row.store_failed = !done && !is_lost(done.error());
  if (!done) log::warn("outbox.not-put-off", {{"id", row.message.id}, {"error", done.error()}});
}

// How long the message has waited for its mailbox's turn.
Duration late(Held& row) {
  return std::clamp<Duration>(row.now() - row.message.not_before, 0ms, kMostLate);
}

// Its mailbox's next ones, and others, need the slot meanwhile.
Task<void> wait_for_room(Held& row) {
  auto put_back = co_await row.claim({.state = OutboxState::queued,
                                      .not_before = row.now() + kForRoom,
                                      .waits = late(row) + kForRoom,
                                      .why = row.message.why});
  row.store_failed = !put_back && !is_lost(put_back.error());
}

Ended ended(mailbox::Refused refused) {
  return {false, std::move(refused.error), std::move(refused.answer), refused.at_the_door};
}
Ended failed(Error error) { return {.error = std::move(error)}; }

// nullopt: nothing is left to settle.
struct Attempt {
  Held& row;
  rules::Mailbox mailbox;
  mailbox::Room::Share room;
  std::string bytes = {};
  std::shared_ptr<mailbox::Outlet> outlet = {};

  Task<std::optional<Ended>> run();
  Task<std::optional<Ended>> open();
  Task<std::optional<Ended>> cross();
};

Task<std::optional<Ended>> Attempt::open() {
  auto stored = co_await row.ask(store::BlobBytes{row.company, row.message.bytes});
  if (!stored) co_return failed(stored.error());
  if (!*stored)
    co_return failed({Kind::permanent, "outbox.bytes-missing",
                      "The stored message is missing or damaged.", "Write it again."});
  bytes = std::move(**stored);
  auto found = co_await row.outlet(mailbox);
  if (!found) co_return failed(found.error());
  outlet = std::move(*found);
  co_return std::nullopt;
}

// The rules once more, and the committed mark that it is about to cross (SEND-4); then it does.
Task<std::optional<Ended>> Attempt::cross() {
  auto judged = co_await judge(row);
  if (!judged) {
    outlet->let_go();
    co_return failed(judged.error());
  }
  if (!std::holds_alternative<rules::Go>(judged->verdict)) {
    outlet->let_go();
    co_await put_off(row, judged->verdict);
    co_return std::nullopt;
  }
  auto marked = co_await row.claim({.state = OutboxState::sending,
                                    .phase = OutboxPhase::dot,
                                    .not_before = row.message.not_before,
                                    .release = false});
  if (!marked) {
    outlet->let_go();
    if (is_lost(marked.error())) {
      row.leased = false;
      co_return std::nullopt;
    }
    if (marked.error().code == "store.commit-unknown") co_await row.find_mark();
    co_return failed(marked.error());
  }
  auto crossing = co_await outlet->cross();
  if (auto* taken = std::get_if<mailbox::Taken>(&crossing))
    co_return Ended{.dot_written = true, .answer = std::move(taken->answer)};
  if (auto* unknown = std::get_if<mailbox::Unknown>(&crossing))
    co_return Ended{.dot_written = true, .error = std::move(unknown->error)};
  co_return ended(std::move(std::get<mailbox::Refused>(crossing)));
}

Task<std::optional<Ended>> Attempt::run() {
  if (auto trouble = co_await open()) co_return trouble;
  auto refused =
      co_await outlet->prepare({row.message.envelope_from, row.message.recipients, bytes});
  bytes = std::string();
  room.keep(0);
  if (refused) co_return ended(std::move(*refused));
  co_return co_await cross();
}

// S-13: what is wrong with the account is shown with the account. Reading has a state of its own,
// which no refusal here touches (C-12): the message waits and says why.
Task<void> tell_mailbox(Held& row, const rules::Mailbox& mailbox, const Ended& ended) {
  std::string code;
  if (ended.error) {
    if (!about_the_account(*ended.error)) co_return;
    code = ended.error->code;
  }
  if (mailbox.send_error == code) co_return;
  std::vector<store::Change> changes;
  changes.push_back(store::ObserveMailbox{.id = mailbox.id, .send_error = std::move(code)});
  auto told = co_await row.commit(std::move(changes));
  if (!told) log::warn("outbox.mailbox-not-told", {{"error", told.error()}});
}

// A 250 whose lease ran out meanwhile: the row is another's, or marked uncertain. It is still true.
Task<void> insist_on_sent(Held& row, const Step& step) {
  for (int i = 0; i < 20; ++i) {
    auto now = co_await row.ask(store::OutboxById{row.scope(), row.message.id});
    if (now && !*now) co_return;
    if (now) {
      row.message = **now;
      bool open =
          row.message.state == OutboxState::uncertain ||
          (row.message.state == OutboxState::sending && row.message.phase == OutboxPhase::dot);
      if (!open) co_return;
      auto claimed = co_await row.claim();
      if (claimed && co_await row.move(step)) co_return;
    }
    if (!co_await row.env.sleep(3s)) co_return;
  }
}

Task<void> settle(Held& row, const rules::Mailbox& mailbox, const Ended& ended, Duration took) {
  const auto now = row.now();
  auto next = after_attempt(ended, {row.message.attempts, row.message.waited + took, now},
                            row.options, row.env.random());
  Step step{.state = next.state,
            .phase = next.state == OutboxState::uncertain ? OutboxPhase::dot : OutboxPhase::none,
            .not_before = next.not_before,
            .not_taken = next.state == OutboxState::queued,
            .waits = took + (next.not_before - now),
            .why = next.why,
            .answer = ended.answer};
  if (next.state == OutboxState::sent) step.sent = now;
  row.account_failed = ended.error && (ended.at_the_door || !about_the_message(*ended.error));
  row.account_refused = row.account_failed && wants_patience(*ended.error);
  auto done = row.message.phase == OutboxPhase::dot ? co_await row.move_surely(step)
                                                    : co_await row.move(step);
  log::info("outbox.attempt", {{"id", row.message.id},
                               {"attempt", row.message.attempts},
                               {"why", next.why},
                               {"answer", std::string_view(ended.answer).substr(0, 3)}});
  if (!done) {
    log::warn("outbox.not-settled", {{"id", row.message.id}, {"error", done.error()}});
    if (next.state == OutboxState::sent) co_await insist_on_sent(row, step);
  }
  co_await tell_mailbox(row, mailbox, ended);
}

}  // namespace

Task<void> deliver(Held& row) {
  // Before all else: it may take a while.
  auto room = co_await row.make_room(false);
  if (row.found_no_room) co_return co_await wait_for_room(row);
  row.store_failed = !room && room.error().code != "net.stopping";
  if (!room) co_return;
  auto judged = co_await judge(row);
  row.store_failed = !judged;
  if (!judged) co_return;
  if (!std::holds_alternative<rules::Go>(judged->verdict))
    co_return co_await put_off(row, judged->verdict);
  // SEND-3: committed before anything of the message is written.
  auto begun = co_await row.claim({.state = OutboxState::sending,
                                   .phase = OutboxPhase::attempt,
                                   .not_before = row.message.not_before,
                                   .release = false});
  row.store_failed = !begun && !is_lost(begun.error());
  if (!begun) co_return;
  ++row.message.attempts;
  const auto began = row.desk.clock.elapsed() - late(row);
  Attempt attempt{row, *judged->mailbox, std::move(*room)};
  auto ended = co_await attempt.run();
  if (ended) co_await settle(row, attempt.mailbox, *ended, row.desk.clock.elapsed() - began);
}

}  // namespace hearback::outbox
