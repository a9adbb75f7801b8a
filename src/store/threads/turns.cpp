#include "store/threads/turns.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include "rules/triage.hpp"
#include "rules/words.hpp"
#include "store/engine/nouns_sql.hpp"

namespace hearback::store {
namespace {

using rules::Direction;
using rules::MessageKind;
using rules::OutboxState;

// Whether `one` says that it answers `other`: rows of messages, each by its alias.
std::string names(const std::string& one, const std::string& other) {
  return "case when exists (select 1 from message_refs r where r.company = " + one +
         ".company and r.message = " + one + ".id and r.message_id = " + other +
         ".message_id) then 1 else 0 end";
}

std::string states_that_answer_nothing() {
  std::string list;
  for (std::size_t i = 0; i < rules::kWords<OutboxState>.size(); ++i)
    if (!rules::answers(static_cast<OutboxState>(i)))
      list += (list.empty() ? "'" : ", '") + std::string(rules::kWords<OutboxState>[i]) + "'";
  return list;
}

struct Answered {
  MessageId message;
  Instant at;
  std::string message_id;
};

std::optional<Answered> newest_answer(Db& db, CompanyId company, ThreadId thread) {
  static const std::string kNewest =
      "select p.message, p.message_date, m.message_id from placements p"
      " join messages m on m.company = p.company and m.id = p.message"
      " where p.company = $1 and p.thread = $2 and m.direction = 'outgoing' and m.kind <> "
      "'automatic'"
      " and not exists"
      "  (select 1 from outbox o where o.company = p.company and o.message = p.message"
      "  and o.thread = p.thread and o.state in (" +
      states_that_answer_nothing() + ")) order by p.message_date desc, p.message desc limit 1";
  auto row = db.row(kNewest, company, thread);
  if (!row) return std::nullopt;
  Answered answered;
  answered.message = row->id<MessageId>();
  answered.at = row->instant();
  answered.message_id = row->text();
  return answered;
}

std::optional<Instant> oldest_question(Db& db, CompanyId company, ThreadId thread,
                                       rules::ThreadKind kind,
                                       const std::optional<Answered>& answered) {
  // Those that are later and those that name it, each from its index: what was answered long ago
  // isn't looked at. Nothing in it lets a planner begin with all of the thread.
  static const std::string kSince =
      "select c.at, m.direction, m.kind, " + names("m", "o") + ", " + names("o", "m") +
      " from (select * from (select p.message, p.message_date as at from placements p"
      "    where p.company = $1 and p.thread = $2 and p.message_date > $4"
      "    order by p.message_date, p.message limit 1000000) later union select r.message,"
      "   (select p.message_date from placements p where p.company = $1 and p.thread = $2"
      "    and p.message = r.message) from message_refs r where r.company = $1"
      "   and r.message_id = $5) c left join messages m on m.company = $1 and m.id = c.message"
      " left join messages o on o.company = $1 and o.id = $3 where c.at is not null order by c.at";
  const Instant ours = answered ? answered->at : Instant{INT64_MIN};
  for (auto& row : db.rows(kSince, company, thread, answered ? answered->message : MessageId{},
                           ours, answered ? answered->message_id : std::string())) {
    rules::Turns turns{.theirs = row.instant(), .ours = ours};
    const auto direction = row.word<Direction>();
    const auto message = row.word<MessageKind>();
    turns.names_ours = row.flag();
    turns.named_by_ours = row.flag();
    if (!rules::asks_for_an_answer(kind, direction, message)) continue;
    if (!answered || rules::comes_after_ours(turns)) return turns.theirs;
  }
  return std::nullopt;
}

}  // namespace

void count_turn(Db& db, CompanyId company, ThreadId thread, MessageId message) {
  static const std::string kTurn =
      "select th.kind, th.answered, a.message_date, m.direction, m.kind, p.message_date, "
      "o.state, " +
      names("m", "am") + ", " + names("am", "m") +
      " from threads th join placements p on p.company = th.company and p.thread = th.id"
      "  and p.message = $3 join messages m on m.company = p.company and m.id = p.message"
      " left join placements a on a.company = th.company and a.thread = th.id"
      "  and a.message = th.answered"
      " left join messages am on am.company = th.company and am.id = th.answered"
      " left join outbox o on o.company = p.company and o.message = p.message"
      "  and o.thread = p.thread where th.company = $1 and th.id = $2";
  auto row = db.row(kTurn, company, thread, message);
  if (!row) return;
  const auto kind = row->word<rules::ThreadKind>();
  const auto answered = row->maybe_id<MessageId>();
  const auto ours = row->maybe_instant();
  const auto direction = row->word<Direction>();
  const auto message_kind = row->word<MessageKind>();
  const auto at = row->instant();
  std::optional<OutboxState> state;
  if (const auto word = row->maybe_text()) state = rules::from_word<OutboxState>(*word);
  const bool names_ours = row->flag(), named_by_ours = row->flag();
  if (direction == Direction::outgoing) {
    const bool stands = rules::answers(message_kind, state);
    const bool newest = !ours || std::pair(at, message) > std::pair(*ours, *answered);
    if (stands ? newest : answered == message) count_turns_again(db, company, thread);
    return;
  }
  if (!rules::asks_for_an_answer(kind, direction, message_kind)) return;
  if (ours && !rules::comes_after_ours({at, *ours, names_ours, named_by_ours})) return;
  db.change(
      "update threads set asked_at = $3 where company = $1 and id = $2"
      " and (asked_at is null or asked_at > $3)",
      company, thread, at);
}

void wake(Db& db, CompanyId company, ThreadId thread, MessageId message) {
  auto done = db.rows("select user_id, last_at from thread_done where company = $1 and thread = $2",
                      company, thread);
  if (done.empty()) return;
  // Another version of what lies there (0025) is nothing new.
  static const std::string kArrived =
      "select th.kind, m.direction, m.kind, p.message_date, " + names("m", "am") +
      " from threads th join placements p on p.company = th.company and p.thread = th.id"
      "  and p.message = $3 join messages m on m.company = p.company and m.id = p.message"
      " left join messages am on am.company = th.company and am.id = th.answered"
      " where th.company = $1 and th.id = $2 and (m.message_id = '' or not exists"
      "  (select 1 from messages v join placements pv on pv.company = v.company"
      "  and pv.message = v.id and pv.thread = th.id where v.company = m.company"
      "  and v.message_id = m.message_id and v.id <> m.id))";
  auto row = db.row(kArrived, company, thread, message);
  if (!row) return;
  const auto kind = row->word<rules::ThreadKind>();
  const auto direction = row->word<Direction>();
  const auto message_kind = row->word<MessageKind>();
  const auto at = row->instant();
  const bool names_ours = row->flag();
  if (!rules::asks_for_an_answer(kind, direction, message_kind)) return;
  for (auto& one : done) {
    const auto user = one.id<UserId>();
    if (rules::wakes(at, one.instant(), names_ours))
      db.change("delete from thread_done where company = $1 and thread = $2 and user_id = $3",
                company, thread, user);
  }
}

void count_turns_again(Db& db, CompanyId company, ThreadId thread) {
  auto row = db.row("select kind from threads where company = $1 and id = $2", company, thread);
  if (!row) return;
  const auto answered = newest_answer(db, company, thread);
  const auto asked = oldest_question(db, company, thread, row->word<rules::ThreadKind>(), answered);
  db.change("update threads set answered = $3, asked_at = $4 where company = $1 and id = $2",
            company, thread, answered ? std::optional(answered->message) : std::nullopt, asked);
}

bool asked_since(Db& db, CompanyId company, ThreadId thread, Instant seen) {
  for (auto& row : db.rows("select distinct th.kind, m.direction, m.kind from threads th"
                           " join placements p on p.company = th.company and p.thread = th.id"
                           " join messages m on m.company = p.company and m.id = p.message"
                           " where th.company = $1 and th.id = $2 and p.message_date > $3",
                           company, thread, seen)) {
    const auto kind = row.word<rules::ThreadKind>();
    const auto direction = row.word<Direction>();
    if (rules::asks_for_an_answer(kind, direction, row.word<MessageKind>())) return true;
  }
  return false;
}

void unite_done(Db& db, CompanyId company, ThreadId from, ThreadId into) {
  db.change(
      "delete from thread_done where company = $1 and thread = $3 and user_id not in"
      " (select d.user_id from thread_done d where d.company = $1 and d.thread = $2)",
      company, from, into);
}

}  // namespace hearback::store
