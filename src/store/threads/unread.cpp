#include "store/threads/unread.hpp"

#include <map>
#include <string>
#include <vector>

#include "rules/unread.hpp"
#include "store/engine/applying.hpp"
#include "store/threads/bearers.hpp"
#include "store/threads/version_of.hpp"

namespace hearback::store {
namespace {

const std::string kInto = "insert into thread_unread(company, user_id, thread, at, came, marked) ";

std::string newer(const std::string& column) {
  return column + " = case when excluded." + column + " > thread_unread." + column +
         " then excluded." + column + " else thread_unread." + column + " end";
}
// Of two the newer counts, and what came later.
const std::string kKeepNewer = " on conflict (company, user_id, thread) do update set " +
                               newer("at") + ", " + newer("came") +
                               ", marked = case when excluded.came > thread_unread.came"
                               " or excluded.marked > thread_unread.marked then excluded.marked"
                               " else thread_unread.marked end"
                               " where excluded.at > thread_unread.at"
                               " or excluded.came > thread_unread.came"
                               " or excluded.marked > thread_unread.marked";

struct Came {
  ThreadId thread;
  MessageId message;
  CandidateId candidate;
  Unseen newest;
};

// Most of an import is older than the mailbox's connecting: one question a commit says so.
std::vector<Came> came_since(Db& db, CompanyId company, Instant connected,
                             const std::vector<MessageId>& messages) {
  std::vector<Came> came;
  in_chunks(
      {value_of(company), value_of(connected)}, values_of(messages),
      [&](InList list, Params params) {
        for (auto& row : db.run("select p.thread, p.message, p.candidate, p.message_date, p.came"
                                " from placements p where p.company = $1 and p.message_date >= $2"
                                " and p.message in " +
                                    list,
                                params)
                             .rows) {
          auto& one = came.emplace_back();
          one.thread = row.id<ThreadId>();
          one.message = row.id<MessageId>();
          one.candidate = row.id<CandidateId>();
          one.newest.at = row.instant();
          one.newest.came = row.number();
        }
      });
  return came;
}

// Of a message, for the user who is the fourth parameter.
std::string sent_by_owner(const std::string& message) {
  return "(exists (select 1 from outbox o where o.company = $1 and o.message = " + message +
         " and o.author = $4) or exists (select 1 from copies k"
         " join mailboxes b on b.company = k.company and b.id = k.mailbox and b.owner = $4"
         " join folders d on d.company = k.company and d.mailbox = k.mailbox and d.id = k.folder"
         "  and d.role = 'outgoing' where k.company = $1 and k.message = " +
         message + "))";
}

rules::Arrival arrival_of(Db& db, CompanyId company, const Came& came, UserId owner,
                          Instant connected) {
  static const std::string kArrival =
      "select case when " + sent_by_owner("$2") +
      " then 1 else 0 end,"
      " case when exists (select 1 from participants f where f.company = $1"
      "  and f.message = $2 and f.field = 'from' and (f.normal in (select b.address_normal"
      "   from mailboxes b where b.company = $1 and b.owner = $4) or f.normal in"
      "   (select u.email_normal from users u where u.company = $1 and u.id = $4)))"
      "  then 1 else 0 end,"
      " case when exists (select 1 from messages m join message_refs r on r.company = m.company"
      "  and r.message_id = m.message_id join messages a on a.company = r.company"
      "  and a.id = r.message where m.company = $1 and m.id = $2"
      "  and m.message_id <> '' and " +
      sent_by_owner("r.message") + " and " + is_meant("a", "m") +
      ") then 1 else 0 end,"
      " coalesce((select max(a.since) from candidate_addresses a join participants f"
      "   on f.company = a.company and f.normal = a.normal and f.message = $2"
      "   and f.field = 'from' where a.company = $1 and a.candidate = $3),"
      "  (select min(a.since) from candidate_addresses a where a.company = $1"
      "   and a.candidate = $3))";
  rules::Arrival arrival{.message = came.newest.at, .connected = connected};
  auto row = db.row(kArrival, company, came.message, came.candidate, owner);
  arrival.sent = row->flag();
  arrival.own = row->flag();
  arrival.answered = row->flag();
  arrival.address_since = row->maybe_instant().value_or(connected);
  return arrival;
}

// Another mailbox of theirs got it already, worded a little differently (0025).
bool has_version(Db& db, CompanyId company, const Came& came, UserId owner) {
  for (const auto mailbox : where_others_lie(db, company, came.thread, came.message))
    if (db.row("select 1 from mailboxes where company = $1 and id = $2 and owner = $3", company,
               mailbox, owner))
      return true;
  return false;
}

bool keep(Db& db, CompanyId company, const Came& came, UserId owner, Instant connected) {
  switch (rules::means(arrival_of(db, company, came, owner, connected))) {
    case rules::ArrivalMeans::nothing: return false;
    case rules::ArrivalMeans::news:
      return !has_version(db, company, came, owner) &&
             mark_unread(db, company, came.thread, owner, came.newest, Because::came);
    case rules::ArrivalMeans::read:
      return mark_read(db, company, came.thread, owner, came.newest.at);
  }
  return false;
}

void keep_unread_of(Writing& writing, MailboxId mailbox, const std::vector<MessageId>& messages) {
  auto& db = writing.db;
  const auto company = writing.company;
  auto box = db.row("select owner, connected from mailboxes where company = $1 and id = $2",
                    company, mailbox);
  if (!box) return;
  const auto owner = box->id<UserId>();
  const auto connected = box->instant();
  for (const auto& came : came_since(db, company, connected, messages))
    // What is placed by this commit is told to all who see it.
    if (keep(db, company, came, owner, connected) &&
        !writing.touched.placed.contains({came.thread, came.message}))
      writing.tell_alone(owner, came.thread, came.candidate);
}

}  // namespace

void keep_unread(Writing& writing) {
  std::map<MailboxId, std::vector<MessageId>> by_mailbox;
  for (const auto& [mailbox, message] : writing.touched.arrived)
    by_mailbox[mailbox].push_back(message);
  for (const auto& [mailbox, messages] : by_mailbox) keep_unread_of(writing, mailbox, messages);
}

bool mark_read(Db& db, CompanyId company, ThreadId thread, UserId user, Instant written) {
  return db.change(
             "delete from thread_unread where company = $1 and user_id = $2 and thread = $3"
             " and at <= $4",
             company, user, thread, written) > 0;
}

bool mark_seen(Db& db, CompanyId company, ThreadId thread, UserId user, std::int64_t came) {
  return db.change(
             "delete from thread_unread where company = $1 and user_id = $2 and thread = $3"
             " and came <= $4",
             company, user, thread, came) > 0;
}

bool mark_unread(Db& db, CompanyId company, ThreadId thread, UserId user, const Unseen& newest,
                 Because why) {
  return db.change(kInto + "values ($1, $2, $3, $4, $5, $6)" + kKeepNewer, company, user, thread,
                   newest.at, newest.came, why == Because::marked) > 0;
}

bool is_news(Db& db, CompanyId company, ThreadId thread, MessageId message) {
  auto placed = db.row(
      "select candidate, message_date from placements where company = $1 and thread = $2"
      " and message = $3",
      company, thread, message);
  if (!placed) return false;
  Came came{.thread = thread, .message = message};
  came.candidate = placed->id<CandidateId>();
  came.newest.at = placed->instant();
  for (auto& row : db.rows("select distinct b.owner, b.connected from copies k join mailboxes b"
                           " on b.company = k.company and b.id = k.mailbox"
                           " where k.company = $1 and k.message = $2 and b.connected <= $3",
                           company, message, came.newest.at)) {
    const auto owner = row.id<UserId>();
    const auto arrival = arrival_of(db, company, came, owner, row.instant());
    if (rules::means(arrival) == rules::ArrivalMeans::news) return true;
  }
  return false;
}

void unite_unread(Db& db, CompanyId company, ThreadId from, ThreadId into) {
  db.change(
      kInto +
          "select company, user_id, $3, at, came + (select th.came from threads th"
          "  where th.company = $1 and th.id = $3), marked from thread_unread where company = $1"
          " and thread = $2" +
          kKeepNewer,
      company, from, into);
}

// What somebody had unread before they were together, where it lies again.
void restore_unread(Db& db, const std::string& users, std::span<const Value> params) {
  db.run(kInto +
             "select s.company, s.user_id, s.thread, s.at, max(p.came), s.marked"
             " from corrected_unread s join placements p on p.company = s.company"
             "  and p.thread = s.thread and p.message_date = s.at where s.company = $1"
             " and s.correction = $2 and s.user_id in " +
             users + " group by s.company, s.user_id, s.thread, s.at, s.marked" + kKeepNewer,
         params);
}

void move_unread(Db& db, CompanyId company, ThreadId from, ThreadId into) {
  db.change(kInto +
                "select un.company, un.user_id, $3, un.at, max(p.came), un.marked"
                " from thread_unread un join placements p on p.company = un.company"
                "  and p.thread = $3 and p.message_date = un.at where un.company = $1"
                " and un.thread = $2 and not exists (select 1 from placements o"
                "  where o.company = $1 and o.thread = $2 and o.message_date = un.at)"
                " group by un.company, un.user_id, un.at, un.marked" +
                kKeepNewer,
            company, from, into);
}

void forget_unread(Db& db, CompanyId company, ThreadId thread) {
  db.change(
      "delete from thread_unread where company = $1 and thread = $2 and not exists"
      " (select 1 from placements p where p.company = $1 and p.thread = $2"
      "  and p.message_date = thread_unread.at)",
      company, thread);
}

std::string is_unread() {
  return "case when exists (select 1 from thread_unread un where un.company = $1"
         " and un.user_id = $2 and un.thread = th.id) then 1 else 0 end";
}

std::string is_marked_unread() {
  return "case when exists (select 1 from thread_unread un where un.company = $1"
         " and un.user_id = $2 and un.thread = th.id and un.marked = 1) then 1 else 0 end";
}

std::string is_hidden() {
  return "case when exists (select 1 from thread_unread un join placements lp"
         " on lp.company = un.company and lp.thread = un.thread and lp.message = th.last_message"
         " where un.company = $1 and un.user_id = $2 and un.thread = th.id and lp.came < un.came)"
         " then 1 else 0 end";
}

}  // namespace hearback::store
