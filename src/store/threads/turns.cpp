#include "store/threads/turns.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/triage.hpp"
#include "rules/words.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/threads/bearers.hpp"
#include "store/threads/unread.hpp"
#include "store/threads/version_of.hpp"

namespace hearback::store {
namespace {

using rules::Direction;
using rules::MessageKind;
using rules::OutboxState;

// Whether `one` says that it answers `other`: rows of messages, each by its alias.
std::string names(const std::string& one, const std::string& other) {
  return "case when exists (select 1 from message_refs r where r.company = " + one +
         ".company and r.message = " + one + ".id and r.message_id = " + other +
         ".message_id) and " + is_meant(one, other) + " then 1 else 0 end";
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

// A message as it stands in a thread, and beside the newest of ours there.
struct Standing {
  rules::ThreadKind thread;
  std::optional<MessageId> answered;
  std::optional<Instant> ours;
  Direction direction;
  MessageKind kind;
  Instant at;
  std::optional<OutboxState> state;
  bool names_ours, named_by_ours;

  bool asks() const { return rules::asks_for_an_answer(thread, direction, kind); }
};

std::optional<Standing> look_at(Db& db, CompanyId company, ThreadId thread, MessageId message) {
  static const std::string kStanding =
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
  auto row = db.row(kStanding, company, thread, message);
  if (!row) return std::nullopt;
  Standing one{};
  one.thread = row->word<rules::ThreadKind>();
  one.answered = row->maybe_id<MessageId>();
  one.ours = row->maybe_instant();
  one.direction = row->word<Direction>();
  one.kind = row->word<MessageKind>();
  one.at = row->instant();
  if (const auto word = row->maybe_text()) one.state = rules::from_word<OutboxState>(*word);
  one.names_ours = row->flag();
  one.named_by_ours = row->flag();
  return one;
}

// Whether others in the thread that are dated later bear its Message-ID.
bool bears_it_before_others(Db& db, CompanyId company, ThreadId thread, MessageId message) {
  return db
      .row(
          "select 1 from messages m where m.company = $1 and m.id = $3 and m.message_id <> ''"
          " and exists (select 1 from (select b.id, b.date from messages b where b.company = $1"
          "  and b.message_id = m.message_id order by b.id limit " +
              std::to_string(kBearersMost) +
              ") later join placements p on p.company = $1"
              "  and p.thread = $2 and p.message = later.id where later.date > m.date)",
          company, thread, message)
      .has_value();
}

}  // namespace

void count_turn(Db& db, CompanyId company, ThreadId thread, MessageId message) {
  const auto one = look_at(db, company, thread, message);
  if (!one) return;
  if (one->direction == Direction::outgoing) {
    const bool stands = rules::answers(one->kind, one->state);
    const bool newest =
        !one->ours || std::pair(one->at, message) > std::pair(*one->ours, *one->answered);
    if (stands ? newest : one->answered == message) count_turns_again(db, company, thread);
    return;
  }
  if (!one->asks()) return;
  if (one->ours &&
      !rules::comes_after_ours({one->at, *one->ours, one->names_ours, one->named_by_ours})) {
    // What ours named is this one now, and not what was written later.
    if (bears_it_before_others(db, company, thread, message))
      count_turns_again(db, company, thread);
    return;
  }
  db.change(
      "update threads set asked_at = $3 where company = $1 and id = $2"
      " and (asked_at is null or asked_at > $3)",
      company, thread, one->at);
}

void wake(Db& db, CompanyId company, ThreadId thread, MessageId message) {
  auto done = db.rows(
      "select user_id, last_at, 0 from thread_done where company = $1 and thread = $2"
      " union all select id, settled_at, 1 from threads where company = $1 and id = $2"
      "  and settled_at is not null",
      company, thread);
  if (done.empty()) return;
  const auto one = look_at(db, company, thread, message);
  if (!one || !one->asks()) return;
  std::vector<UserId> woken;
  bool unsettled = false;
  const bool news = is_news(db, company, thread, message);
  for (auto& row : done) {
    const auto user = row.id<UserId>();
    if (!rules::wakes({one->at, row.instant(), one->names_ours, news})) continue;
    if (row.flag())
      unsettled = true;
    else
      woken.push_back(user);
  }
  // Another version of what lies there (0025) is nothing new.
  if ((woken.empty() && !unsettled) || is_version(db, company, thread, message)) return;
  if (unsettled) unsettle(db, company, thread);
  for (const auto& user : woken)
    db.change("delete from thread_done where company = $1 and thread = $2 and user_id = $3",
              company, thread, user);
}

void wake_all(Db& db, CompanyId company, ThreadId thread) {
  unsettle(db, company, thread);
  db.change("delete from thread_done where company = $1 and thread = $2", company, thread);
}

void count_turns_again(Db& db, CompanyId company, ThreadId thread) {
  auto row = db.row("select kind from threads where company = $1 and id = $2", company, thread);
  if (!row) return;
  const auto answered = newest_answer(db, company, thread);
  const auto asked = oldest_question(db, company, thread, row->word<rules::ThreadKind>(), answered);
  db.change("update threads set answered = $3, asked_at = $4 where company = $1 and id = $2",
            company, thread, answered ? std::optional(answered->message) : std::nullopt, asked);
}

bool asked_since(Db& db, CompanyId company, ThreadId thread, std::int64_t seen) {
  for (auto& row : db.rows("select distinct th.kind, m.direction, m.kind from threads th"
                           " join placements p on p.company = th.company and p.thread = th.id"
                           " join messages m on m.company = p.company and m.id = p.message"
                           " where th.company = $1 and th.id = $2 and p.came > $3",
                           company, thread, seen)) {
    const auto kind = row.word<rules::ThreadKind>();
    const auto direction = row.word<Direction>();
    if (rules::asks_for_an_answer(kind, direction, row.word<MessageKind>())) return true;
  }
  return false;
}

void unsettle(Db& db, CompanyId company, ThreadId thread) {
  db.change(
      "update threads set settled_at = null where company = $1 and id = $2"
      " and settled_at is not null",
      company, thread);
}

void unsettle_with(Db& db, CompanyId company, ThreadId from, ThreadId into) {
  db.change(
      "update threads set settled_at = null where company = $1 and id = $3"
      " and settled_at is not null and not exists (select 1 from threads f where f.company = $1"
      "  and f.id = $2 and f.settled_at is not null)",
      company, from, into);
}

void unite_done(Db& db, CompanyId company, ThreadId from, ThreadId into) {
  unsettle_with(db, company, from, into);
  db.change(
      "delete from thread_done where company = $1 and thread = $3 and user_id not in"
      " (select d.user_id from thread_done d where d.company = $1 and d.thread = $2)",
      company, from, into);
}

}  // namespace hearback::store
