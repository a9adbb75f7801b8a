#include "outbox/sent_copy.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "mailbox/outlet.hpp"
#include "outbox/retry.hpp"
#include "rules/ownership.hpp"
#include "rules/sent_copies.hpp"

namespace hearback::outbox {
namespace {

using rules::OutboxPhase;
using rules::OutboxState;
using rules::SavesSent;

// What is needed to look into Sent, or to file into it.
struct Place {
  rules::Mailbox mailbox;
  std::optional<rules::Folder> sent;
  bool seen_here = false;      // sync has recorded a copy in Sent
  bool seen_anywhere = false;  // or in some connected mailbox
};

// nullopt: the mailbox is gone.
Task<Result<std::optional<Place>>> find_place(Held& row) {
  auto mailbox = co_await row.ask(store::MailboxById{row.scope(), row.message.mailbox});
  if (!mailbox) co_return Failure(mailbox.error());
  if (!*mailbox) co_return std::nullopt;
  Place place{**mailbox, {}, false, false};
  auto rows = co_await row.ask(
      store::Folders{row.scope(), place.mailbox.id, store::Folders::Which::outgoing});
  if (!rows) co_return Failure(rows.error());
  std::vector<rules::Folder> folders;
  for (auto& r : *rows) folders.push_back(std::move(r.folder));
  if (auto* chosen = mailbox::choose_sent(folders)) place.sent = *chosen;
  auto copies = co_await row.ask(store::CopiesOf{row.scope(), row.message.message});
  if (!copies) co_return Failure(copies.error());
  for (const auto& copy : *copies) {
    place.seen_anywhere = true;
    if (place.sent && copy.at.folder == place.sent->id) place.seen_here = true;
  }
  co_return place;
}

Task<Result<std::string>> stored_bytes(Held& row) {
  auto bytes = co_await row.ask(store::BlobBytes{row.company, row.message.bytes});
  if (!bytes) co_return Failure(bytes.error());
  if (!*bytes)
    co_return fail(Kind::permanent, "outbox.bytes-missing",
                   "The stored message is missing or damaged.");
  co_return std::move(**bytes);
}

Task<void> seen(Held& row, Instant sent) {
  co_await row.move({.state = OutboxState::seen_in_sent,
                     .not_before = row.now(),
                     .sent = sent,
                     .copy_filed = true,
                     .answer = row.message.answer});
}

Task<Result<std::shared_ptr<mailbox::Outlet>>> sent_folder_of(Held& row, const Place& place) {
  if (!rules::may_be_read(place.mailbox))
    co_return fail(Kind::transient, "outbox.mailbox-not-active",
                   "The mailbox isn't connected now.");
  co_return co_await row.outlet(place.mailbox);
}

// Its mailbox's other rows would fare no better now.
bool holds_up_others(const Error& error) {
  return error.code != "outbox.sent-unsearchable" && error.code != "outbox.bytes-missing" &&
         error.code != "store.blob-files";
}

bool may_bear_another_id(const Place& place) { return place.mailbox.saves_sent != SavesSent::no; }

Task<Result<bool>> lies_in_sent(Held& row, SentLook& look, const Place& place) {
  auto outlet = co_await sent_folder_of(row, place);
  if (!outlet) co_return Failure(outlet.error());
  co_return co_await look.at(row, **outlet, may_bear_another_id(place));
}

// ---- a sent message's copy ---------------------------------------------------------------

Task<void> learn(Held& row, const rules::Mailbox& mailbox, SavesSent habit) {
  if (mailbox.saves_sent == habit) co_return;
  std::vector<store::Change> changes;
  changes.push_back(store::ObserveMailbox{.id = mailbox.id, .saves_sent = habit});
  auto told = co_await row.commit(std::move(changes));
  if (!told) log::warn("outbox.mailbox-not-told", {{"error", told.error()}});
}

// Finds the copy or files it; false: it is still waited for. It is looked for before every APPEND:
// the provider may have filed one, and so may we, before a crash.
Task<Result<bool>> find_or_file(Held& row, SentLook& look, const Place& place, Duration waited) {
  auto outlet = co_await sent_folder_of(row, place);
  if (!outlet) co_return Failure(outlet.error());
  auto there = co_await look.at(row, **outlet, may_bear_another_id(place));
  if (!there) co_return Failure(there.error());
  const auto next_step = [&] {
    return rules::next_for_copy(
        {place.mailbox.saves_sent, *there, waited, row.options.provider_files});
  };
  auto next = next_step();
  // Where the provider files copies, or may, it has had time to since the others were looked for.
  if (next.step == rules::CopyStep::file && place.mailbox.saves_sent != SavesSent::no &&
      look.asked_for() != row.message.id) {
    there = co_await look.anew(row, **outlet, may_bear_another_id(place));
    if (!there) co_return Failure(there.error());
    next = next_step();
  }
  if (next.step == rules::CopyStep::wait) co_return false;
  if (next.step == rules::CopyStep::file) {
    auto bytes = co_await stored_bytes(row);
    if (!bytes) co_return Failure(bytes.error());
    // Noted first: what a later look finds may be ours, and says nothing of the provider.
    auto noted = co_await row.move({.state = OutboxState::sent,
                                    .not_before = row.message.not_before,
                                    .release = false,
                                    .filing = true,
                                    .why = row.message.why,
                                    .answer = row.message.answer});
    if (!noted) co_return Failure(noted.error());
    auto filed = co_await (*outlet)->file_copy(*bytes, row.message.sent.value_or(row.now()));
    if (!filed) co_return Failure(filed.error());
  }
  const bool says_nothing = *there && row.message.filing;
  if (!says_nothing) co_await learn(row, place.mailbox, next.habit);
  co_return true;
}

Task<void> look_again(Held& row, Duration waited, std::string why) {
  Step step{.state = OutboxState::sent, .why = std::move(why), .answer = row.message.answer};
  auto wait = std::clamp(waited / 2, row.options.reconcile_first, row.options.reconcile_most);
  step.not_before = together(row.now() + (waited < row.options.give_up ? wait : kSlowLook), wait,
                             row.message.mailbox.text());
  co_await row.move(std::move(step));
}

// There is nothing that we could or should file.
Task<void> leave_copy(Held& row) {
  co_await row.move({.state = OutboxState::sent,
                     .not_before = kNever,
                     .copy_filed = true,
                     .answer = row.message.answer});
}

// ---- an uncertain message ----------------------------------------------------------------

// Whoever answers a message has got it: its Message-ID can't be guessed. What we wrote ourselves
// proves nothing, for it refers to what we believe to have sent.
Task<Result<bool>> was_answered(Held& row) {
  co_return co_await row.ask(store::WasAnswered{row.scope(), row.message.message_id});
}

Task<void> still_uncertain(Held& row, Duration waited) {
  const auto now = row.now();
  const auto next = next_look(waited, now, row.options);
  co_await row.move({.state = OutboxState::uncertain,
                     .phase = OutboxPhase::dot,
                     .not_before = next ? together(*next, *next - now, row.message.mailbox.text())
                                        : now + kSlowLook,
                     .why = row.message.why,
                     .answer = row.message.answer});
}

// An answer that is older than this is asked for anew: others file copies, too.
constexpr Duration kStillTrue = 10s;

}  // namespace

SentLook::SentLook(const std::vector<store::OutboxDue::Row>& rows) {
  for (const auto& due : rows) {
    const auto& row = due.message;
    const bool waits = row.state == OutboxState::uncertain || row.state == OutboxState::sent;
    if (waits && !due.lease_until) waiting_.emplace(row.id, row.message_id);
  }
}

bool SentLook::tells_of(OutboxId id, Duration now) const {
  return now - when_ <= kStillTrue && seen_.contains(id);
}

Task<Result<bool>> SentLook::at(Held& row, mailbox::Outlet& outlet, bool by_mark) {
  const auto id = row.message.id;
  if (!tells_of(id, row.desk.clock.elapsed())) {
    seen_.clear();
    waiting_.emplace(id, row.message.message_id);
    std::vector<OutboxId> ids;
    std::vector<mailbox::Sought> sought;
    for (const auto& [waits, message_id] : waiting_) {
      ids.push_back(waits);
      // The field of our own says which row a message left by.
      sought.push_back({message_id, by_mark ? waits.text() : std::string()});
    }
    auto answers = co_await outlet.look_for(std::move(sought));
    when_ = row.desk.clock.elapsed();
    asked_for_ = id;
    for (std::size_t i = 0; i < ids.size(); ++i) seen_.insert_or_assign(ids[i], answers[i]);
  }
  waiting_.erase(id);
  co_return seen_.at(id);
}

Task<Result<bool>> SentLook::anew(Held& row, mailbox::Outlet& outlet, bool by_mark) {
  seen_.clear();
  return at(row, outlet, by_mark);
}

Task<void> reconcile(Held& row, SentLook& look, Duration waited) {
  auto place = co_await find_place(row);
  if (!place || !*place) co_return co_await still_uncertain(row, waited);
  if ((*place)->seen_here) co_return co_await seen(row, row.now());
  auto answered = co_await was_answered(row);
  if ((*place)->seen_anywhere || (answered && *answered)) {
    // It was sent. Its copy in Sent is another question.
    co_await row.move({.state = OutboxState::sent,
                       .not_before = row.now(),
                       .sent = row.now(),
                       .answer = row.message.answer});
    co_return;
  }
  if (waited >= row.options.reconcile_for) co_return co_await still_uncertain(row, waited);
  auto found = co_await lies_in_sent(row, look, **place);
  row.account_failed = !found && holds_up_others(found.error());
  if (!found || !*found) co_return co_await still_uncertain(row, waited);
  // We file nothing that we don't know to be sent: it is the provider's.
  co_await learn(row, (*place)->mailbox, SavesSent::yes);
  co_await seen(row, row.now());
}

Task<void> settle_copy(Held& row, SentLook& look, Duration waited) {
  // Before all else: it may take a while, and what was seen in Sent would be old by then.
  auto room = co_await row.make_room(true);
  if (row.found_no_room)
    co_return void(co_await row.move({.state = OutboxState::sent,
                                      .not_before = row.now() + kForRoom,
                                      .why = row.message.why,
                                      .answer = row.message.answer}));
  row.store_failed = !room && room.error().code != "net.stopping";
  if (!room) co_return;
  auto place = co_await find_place(row);
  if (!place) co_return;
  if (!*place) co_return co_await leave_copy(row);
  auto sent = row.message.sent.value_or(row.message.created);
  if ((*place)->seen_here) co_return co_await seen(row, sent);
  auto copy = co_await find_or_file(row, look, **place, waited);
  row.account_failed = !copy && holds_up_others(copy.error());
  if (!copy) co_return co_await look_again(row, waited, copy.error().code);
  if (*copy) co_return co_await seen(row, sent);
  co_await look_again(row, waited, {});
}

}  // namespace hearback::outbox
