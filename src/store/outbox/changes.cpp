#include "store/outbox/changes.hpp"

#include "rules/outbox_states.hpp"
#include "rules/triage.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/threads/turns.hpp"
#include "store/threads/uniting.hpp"
#include "store/threads/unread.hpp"

namespace hearback::store {
namespace {

using rules::OutboxPhase;
using rules::OutboxState;

rules::OutboxMessage load(Writing& writing, OutboxId id) {
  auto row = writing.db.row(
      "select " + std::string(kOutboxColumns) + " from outbox o where o.company = $1 and o.id = $2",
      writing.company, id);
  if (!row) refuse(Kind::missing, "outbox.missing", "There is no such message in the outbox.");
  return read_outbox(*row);
}

void expect_fence(const rules::OutboxMessage& row, std::uint64_t fence) {
  if (row.fence != fence)
    refuse(Kind::conflict, "outbox.fence", "Somebody else works on this message.", "Look again.");
}

void tell(Writing& writing, const rules::OutboxMessage& row) {
  writing.tell_of(row.thread, row.candidate, "outbox", row.id.text());
}

[[noreturn]] void too_late(OutboxState state, DecideOutbox::Word word) {
  if (word == DecideOutbox::Word::cancel && state == OutboxState::sending)
    refuse(Kind::conflict, "outbox.already-sending", "The message is just being sent.",
           "Wait a moment and see what became of it.");
  if (word == DecideOutbox::Word::cancel)
    refuse(Kind::conflict, "outbox.too-late", "The message can't be called back any more.");
  refuse(Kind::conflict, "outbox.not-undecided", "There is nothing to decide about this message.",
         "Look again: its state has changed.");
}

bool has_left(OutboxState state) {
  return state == OutboxState::sent || state == OutboxState::seen_in_sent;
}

// That it left, once, however that was found out; or that it won't. The steps in between are the
// outbox's own.
void tell_journal(Writing& writing, const rules::OutboxMessage& row, const MoveOutbox& change) {
  const bool sent = has_left(change.state) && !has_left(row.state);
  const bool failed = change.state == OutboxState::failed && row.state != change.state;
  if (!sent && !failed) return;
  writing.happened({.at = change.at,
                    .kind = sent ? "message.sent" : "message.failed",
                    .subject = row.message.text(),
                    .candidate = row.candidate,
                    .user = row.author,
                    .how = "outbox",
                    .after = sent ? "" : change.why});
}

}  // namespace

void apply(Writing& writing, const AddOutbox& change) {
  auto m = change.message;
  m.thread = standing_thread(writing.db, writing.company, m.thread);
  if (m.state != OutboxState::queued && m.state != OutboxState::scheduled)
    refuse(Kind::permanent, "outbox.bad-start", "A message begins its way queued or scheduled.");
  expect_remembered(writing, m.candidate);
  const auto added = writing.db.change(
      "insert into outbox(company, id, author, mailbox, candidate, thread, message, message_id,"
      " envelope_from, bytes, state, phase, attempts, fence, created, not_before, lease_until,"
      " sent, copy_filed, why, answer, number) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
      "$11, $12,"
      " $13, $14, $15, $16, null, null, $17, $18, $19,"
      " $20)"
      " on conflict (company, message_id) do nothing",
      writing.company, m.id, m.author, m.mailbox, m.candidate, m.thread, m.message, m.message_id,
      m.envelope_from, m.bytes, m.state, OutboxPhase::none, m.attempts, m.fence, m.created,
      m.not_before, m.copy_filed, m.why, m.answer, writing.revision);
  if (added == 0)
    refuse(Kind::conflict, "outbox.duplicate", "A message with this Message-ID exists already.");
  Insertion recipients("insert into outbox_recipients(company, outbox, position, address)", 4);
  for (std::size_t i = 0; i < m.recipients.size(); ++i)
    recipients.row(writing.company, m.id, i, m.recipients[i]);
  recipients.run(writing.db);
  writing.touched.messages.insert(m.message);
  tell(writing, m);
  // Whoever writes has read (M-7), whether or not a copy comes to lie where they keep what they
  // sent.
  if (mark_read(writing.db, writing.company, m.thread, m.author, m.created))
    writing.tell_alone(m.author, m.thread, m.candidate);
}

// A new fence: whoever had just taken one up has lost it. Of very many the others fail in their
// turn, for the same reason (rules/sending).
void fail_waiting(Writing& writing, UserId author, const std::string& why, Instant at) {
  std::vector<rules::OutboxMessage> waiting;
  for (auto& row : writing.db.rows("select " + std::string(kOutboxColumns) +
                                       " from outbox o where o.company = $1 and o.author = $2"
                                       " and o.state in ('scheduled', 'queued') limit 500",
                                   writing.company, author))
    waiting.push_back(read_outbox(row));
  for (const auto& message : waiting) {
    writing.db.change(
        "update outbox set state = $3, phase = $4, fence = fence + 1, lease_until = null, why = $5"
        " where company = $1 and id = $2",
        writing.company, message.id, OutboxState::failed, OutboxPhase::none, why);
    writing.touched.messages.insert(message.message);
    wake_all(writing.db, writing.company, message.thread);
    writing.happened({.at = at,
                      .kind = "message.failed",
                      .subject = message.message.text(),
                      .candidate = message.candidate,
                      .user = message.author,
                      .how = "outbox",
                      .after = why});
    tell(writing, message);
  }
}

void apply(Writing& writing, const ClaimOutbox& change) {
  const auto claimed = writing.db.change(
      "update outbox set fence = fence + 1, lease_until = $4"
      " where company = $1 and id = $2 and fence = $3",
      writing.company, change.id, change.expected_fence, change.lease_until);
  if (claimed == 0) expect_fence(load(writing, change.id), change.expected_fence);
}

void apply(Writing& writing, const ProlongOutbox& change) {
  const auto prolonged = writing.db.change(
      "update outbox set lease_until = $4"
      " where company = $1 and id = $2 and fence = $3 and lease_until is not null",
      writing.company, change.id, change.fence, change.lease_until);
  if (prolonged == 0) expect_fence(load(writing, change.id), change.fence);
}

void apply(Writing& writing, const MoveOutbox& change) {
  const auto row = load(writing, change.id);
  expect_fence(row, change.fence);
  if (!rules::may_move(row.state, row.phase, change.state, change.phase, change.not_taken))
    refuse(Kind::conflict, "outbox.illegal-move",
           "A message that is " + std::string(word_of(row.state)) + " (" +
               std::string(word_of(row.phase)) + ") can't become " +
               std::string(word_of(change.state)) + " (" + std::string(word_of(change.phase)) +
               ").");
  const bool begins = change.state == OutboxState::sending &&
                      change.phase == OutboxPhase::attempt &&
                      !(row.state == OutboxState::sending && row.phase == OutboxPhase::attempt);
  writing.db.change(
      "update outbox set state = $4, phase = $5, attempts = attempts + $6, not_before = $7,"
      " lease_until = case when $8 = 1 then null else lease_until end,"
      " sent = coalesce($9, sent), copy_filed = coalesce($10, copy_filed), why = $11,"
      " answer = case when $12 = '' then answer else $12 end, waited = waited + $13,"
      " filing = coalesce($14, filing)"
      " where company = $1 and id = $2 and fence = $3",
      writing.company, change.id, change.fence, change.state, change.phase, begins,
      change.not_before, change.release, change.sent, change.copy_filed, change.why, change.answer,
      change.waits.count(), change.filing);
  if (rules::answers(row.state) != rules::answers(change.state)) {
    writing.touched.messages.insert(row.message);
    if (!rules::answers(change.state)) wake_all(writing.db, writing.company, row.thread);
  }
  tell_journal(writing, row, change);
  tell(writing, row);
}

void apply(Writing& writing, const DecideOutbox& change) {
  using Word = DecideOutbox::Word;
  const auto row = load(writing, change.id);
  auto next = OutboxState::cancelled;
  std::optional<Instant> sent;
  bool allowed = false;
  switch (change.word) {
    case Word::resend:
      allowed = rules::may_resend(row.state);
      next = OutboxState::queued;
      break;
    case Word::consider_sent:
      allowed = rules::may_consider_sent(row.state);
      next = OutboxState::sent;
      sent = change.at;
      break;
    case Word::cancel: allowed = rules::may_cancel(row.state); break;
  }
  if (!allowed) too_late(row.state, change.word);
  // A new fence: whoever worked on the row until now has lost it. A message that a person holds
  // for sent has no copy to file: whether one exists is what couldn't be told.
  writing.db.change(
      "update outbox set state = $3, phase = $4, attempts = case when $5 = 1 then 0 else attempts"
      " end, waited = case when $5 = 1 then 0 else waited end, fence = fence + 1, lease_until = "
      "null, not_before = $6, sent = coalesce($7, sent),"
      " copy_filed = case when $8 = 1 then 1 else copy_filed end, why = ''"
      " where company = $1 and id = $2",
      writing.company, change.id, next, OutboxPhase::none, change.word == Word::resend, change.at,
      sent, change.word == Word::consider_sent);
  if (change.word == Word::consider_sent)
    writing.happened({.at = change.at,
                      .kind = "message.sent",
                      .subject = row.message.text(),
                      .candidate = row.candidate,
                      .user = change.user,
                      .how = "person"});
  if (rules::answers(row.state) != rules::answers(next))
    writing.touched.messages.insert(row.message);
  tell(writing, row);
}

}  // namespace hearback::store
