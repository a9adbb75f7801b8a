#include "store/threads/views.hpp"

#include <utility>

#include "store/candidates/skipped.hpp"
#include "store/engine/applying.hpp"
#include "store/threads/taking_up.hpp"
#include "store/threads/turns.hpp"
#include "store/threads/unread.hpp"

namespace hearback::store {
namespace {

// What comes in lies at the mailboxes that brought it; what goes out, at whoever wrote it. Each
// place once for a message; `which` says of whose placements.
std::string places_found(const std::string& which) {
  return "select case when m.direction = 'incoming' then 'inbox' else 'sent' end as place,"
         " case when m.direction = 'incoming' then k.mailbox else b.owner end as holder,"
         " p.message_date as at, p.message from placements p"
         " join messages m on m.company = p.company and m.id = p.message"
         " join copies k on k.company = p.company and k.message = p.message"
         " join mailboxes b on b.company = k.company and b.id = k.mailbox" +
         which +
         " union select 'sent', o.author, p.message_date, p.message from placements p"
         " join outbox o on o.company = p.company and o.message = p.message"
         " and o.thread = p.thread" +
         which;
}

const std::string kIntoPlaces =
    "insert into thread_places(company, thread, place, holder, at, message)"
    " select $1, $2, w.place, w.holder, w.at, w.message from ";

// Of several in one place the newest counts: its words and its date are what that place shows.
const std::string kNewestCounts =
    " on conflict (company, thread, place, holder) do update set at = excluded.at,"
    " message = excluded.message where excluded.at > thread_places.at"
    " or (excluded.at = thread_places.at and excluded.message > thread_places.message)";

void find_places(Db& db, CompanyId company, ThreadId thread) {
  static const std::string kFind = kIntoPlaces +
                                   "(select w.*, row_number() over (partition by w.place, w.holder"
                                   "  order by w.at desc, w.message desc) as nth from (" +
                                   places_found(" where p.company = $1 and p.thread = $2") +
                                   ") w) w where w.nth = 1" + kNewestCounts;
  db.change(kFind, company, thread);
}

void find_places(Db& db, CompanyId company, ThreadId thread, MessageId message) {
  static const std::string kFind =
      kIntoPlaces + "(" +
      places_found(" where p.company = $1 and p.thread = $2 and p.message = $3") +
      ") w where true" + kNewestCounts;
  db.change(kFind, company, thread, message);
}

// Numbered by the earliest (T-8: whichever came first), showing the words of the newest.
constexpr std::string_view kFirstAndLast =
    "subject = coalesce((select m.subject from placements p"
    "  join messages m on m.company = p.company and m.id = p.message"
    "  where p.company = $1 and p.thread = $2 order by p.message_date, p.message limit 1), "
    "subject),"
    " last_message = (select p.message from placements p where p.company = $1 and p.thread = $2"
    "  order by p.message_date desc, p.message desc limit 1)";

// Of a hostile length none can be indexed, and none is anybody's.
constexpr std::string_view kPeople =
    " f.company = $1 and f.field in ('from', 'to', 'cc') and f.normal <> ''"
    " and length(f.normal) <= 320 on conflict do nothing";

// Writes what differs: most of a long conversation stays as it is.
void find_people(Db& db, CompanyId company, ThreadId thread) {
  db.change(
      "delete from thread_people where company = $1 and thread = $2 and normal not in"
      " (select f.normal from placements p join participants f on f.company = p.company"
      "  and f.message = p.message where p.company = $1 and p.thread = $2"
      "  and f.field in ('from', 'to', 'cc'))",
      company, thread);
  db.change(
      "insert into thread_people(company, thread, normal) select p.company, p.thread, f.normal"
      " from placements p join participants f on f.company = p.company and f.message = p.message"
      " where p.company = $1 and p.thread = $2 and" +
          std::string(kPeople),
      company, thread);
}

void add_people(Db& db, CompanyId company, ThreadId thread, MessageId message) {
  db.change(
      "insert into thread_people(company, thread, normal) select $1, $2, f.normal"
      " from participants f where f.message = $3 and" +
          std::string(kPeople),
      company, thread, message);
}

void count_in(Db& db, CompanyId company, ThreadId thread, MessageId message) {
  db.change(
      "update threads set messages = messages + 1, attachments = attachments +"
      " (select count(*) from attachments f where f.company = $1 and f.message = $3"
      "  and f.is_inline = 0), " +
          std::string(kFirstAndLast) + " where company = $1 and id = $2",
      company, thread, message);
}

void count_anew(Db& db, CompanyId company, ThreadId thread) {
  db.change(
      "update threads set messages = (select count(*) from placements p where p.company = $1"
      "  and p.thread = $2), attachments = (select count(*) from placements p join attachments f"
      "  on f.company = p.company and f.message = p.message where p.company = $1"
      "  and p.thread = $2 and f.is_inline = 0), " +
          std::string(kFirstAndLast) + " where company = $1 and id = $2",
      company, thread);
  db.change("delete from thread_places where company = $1 and thread = $2", company, thread);
  find_places(db, company, thread);
  find_people(db, company, thread);
  count_turns_again(db, company, thread);
}

// One row of view_rows, without its company and thread.
struct Entry {
  std::string place;
  Uuid holder{}, audience{};
  ViewRow row;
  auto operator<=>(const Entry&) const = default;
};

std::set<Uuid> audiences_of(Db& db, CompanyId company, ThreadId thread, CandidateId candidate,
                            bool is_private) {
  std::set<Uuid> audiences;
  for (auto& row : db.rows("select user_id from thread_access where company = $1 and thread = $2",
                           company, thread))
    audiences.insert(row.id<UserId>().bytes);
  if (is_private) return audiences;
  audiences.insert(company.bytes);
  for (auto& row : db.rows("select job from applications where company = $1 and candidate = $2",
                           company, candidate))
    audiences.insert(row.id<JobId>().bytes);
  return audiences;
}

std::set<Entry> entries_wanted(Db& db, CompanyId company, ThreadId thread) {
  std::set<Entry> wanted;
  auto found = db.row(
      "select th.candidate, th.is_private, th.last_at, th.last_message, th.asked_at,"
      " th.settled_at, c.non_candidate from threads th join candidates c on c.company = th.company"
      " and c.id = th.candidate where th.company = $1 and th.id = $2",
      company, thread);
  if (!found) return wanted;  // its rows went with it
  const auto candidate = found->id<CandidateId>();
  const bool is_private = found->flag();
  const auto newest = found->instant();
  const ViewRow row{thread, newest, found->maybe_id<MessageId>(), {}};
  const auto asked = found->maybe_instant();
  const bool settled = found->maybe_instant().has_value();
  const auto among = place_word(found->flag() ? Place::non_candidates : Place::all);
  std::vector<Entry> places{{std::string(among), company.bytes, {}, row}};
  const auto lies = [&](std::string_view place, const Uuid& holder, ViewRow shown,
                        rules::Triage turn) {
    places.push_back({list_word(place, turn), holder, {}, shown});
    if (turn != rules::Triage::to_answer) return;
    shown.at = Instant{-asked->ms};  // turned round: read newest first, the oldest leads
    places.push_back({longest_word(place), holder, {}, shown});
  };
  if (db.row("select 1 from thread_done where company = $1 and thread = $2 limit 1", company,
             thread))
    places.push_back({"archived", company.bytes, {}, row});
  else if (asked && !settled)
    lies(among, company.bytes, row, rules::Triage::to_answer);
  for (auto& place :
       db.rows("select pl.place, pl.holder, pl.at, pl.message, case when exists"
               "  (select 1 from thread_done d where d.company = $1 and d.thread = $2"
               "  and d.user_id = case when pl.place = 'sent' then pl.holder else"
               "   (select b.owner from mailboxes b where b.company = $1 and b.id = pl.holder) end)"
               "  then 1 else 0 end from thread_places pl where pl.company = $1 and pl.thread = $2",
               company, thread)) {
    const auto in = place.text();
    const auto holder = place.id<MailboxId>().bytes;
    const auto at = place.instant();
    const auto message = place.id<MessageId>();
    const auto turn = rules::triage_of(asked.has_value(), place.flag());
    lies(in, holder, in == "sent" ? ViewRow{thread, at, message, {}} : row, turn);
  }
  for (const auto& audience : audiences_of(db, company, thread, candidate, is_private))
    for (auto entry : places) {
      entry.audience = audience;
      wanted.insert(std::move(entry));
    }
  return wanted;
}

std::set<Entry> entries_present(Db& db, CompanyId company, ThreadId thread) {
  std::set<Entry> present;
  for (auto& row : db.rows("select place, holder, audience, at, message from view_rows"
                           " where company = $1 and thread = $2",
                           company, thread)) {
    Entry entry;
    entry.place = row.text();
    entry.holder = row.id<MailboxId>().bytes;
    entry.audience = row.id<JobId>().bytes;
    entry.row.thread = thread;
    entry.row.at = row.instant();
    entry.row.message = row.maybe_id<MessageId>();
    present.insert(std::move(entry));
  }
  return present;
}

void write_entries(Db& db, CompanyId company, ThreadId thread, bool is_new) {
  const auto wanted = entries_wanted(db, company, thread);
  const auto present = is_new ? std::set<Entry>{} : entries_present(db, company, thread);
  if (wanted == present) return;
  if (!present.empty())
    db.change("delete from view_rows where company = $1 and thread = $2", company, thread);
  Insertion rows("insert into view_rows(company, place, holder, audience, at, thread, message)", 7);
  for (const auto& entry : wanted)
    rows.row(company, entry.place, MailboxId{entry.holder}, JobId{entry.audience}, entry.row.at,
             thread, entry.row.message);
  rows.run(db);
}

}  // namespace

std::string list_word(std::string_view place, rules::Triage turn) {
  return std::string(place) + "-" + std::string(word_of(turn));
}
std::string longest_word(std::string_view place) {
  return list_word(std::string(place) + "-longest", rules::Triage::to_answer);
}

std::string_view place_word(Place place) {
  switch (place) {
    case Place::inbox: return "inbox";
    case Place::sent: return "sent";
    case Place::non_candidates: return "non-candidates";
    case Place::archived: return "archived";
    default: return "all";
  }
}

void keep_views(Writing& writing) {
  auto& db = writing.db;
  const auto company = writing.company;
  auto& touched = writing.touched;
  std::set<std::pair<ThreadId, MessageId>> at = touched.placed;
  for (const auto& message : touched.messages)
    if (!writing.added.messages.contains(message))
      for (auto& row : db.rows("select thread from placements where company = $1 and message = $2",
                               company, message))
        at.emplace(row.id<ThreadId>(), message);
  auto threads = touched.audience;
  for (const auto& thread : touched.lost) {
    count_anew(db, company, thread);
    forget_unread(db, company, thread);
    threads.insert(thread);
  }
  for (const auto& [thread, message] : at) {
    threads.insert(thread);
    const bool is_new = touched.placed.contains({thread, message});
    if (!touched.lost.contains(thread)) {
      if (is_new) count_in(db, company, thread, message);
      if (is_new) add_people(db, company, thread, message);
      find_places(db, company, thread, message);
      count_turn(db, company, thread, message);
    }
    if (is_new) wake(db, company, thread, message);
  }
  for (const auto& thread : touched.audience)
    if (!writing.added.threads.contains(thread)) take_up_unseen(writing, thread);
  for (const auto& thread : threads)
    write_entries(db, company, thread, writing.added.threads.contains(thread));
  keep_unread(writing);
  count_found(writing);
  touched = {};
}

void add_audience(Db& db, CompanyId company, CandidateId candidate, JobId job) {
  // Those who see all jobs see them all, but for the private ones: the same rows.
  db.change(
      "insert into view_rows(company, place, holder, audience, at, thread, message)"
      " select v.company, v.place, v.holder, $3, v.at, v.thread, v.message from threads th"
      " join view_rows v on v.company = th.company and v.thread = th.id"
      " and v.audience = th.company where th.company = $1 and th.candidate = $2"
      " and th.is_private = 0 on conflict do nothing",
      company, candidate, job);
}

void drop_audience(Db& db, CompanyId company, CandidateId candidate, JobId job) {
  db.change(
      "delete from view_rows where company = $1 and audience = $3 and thread in"
      " (select th.id from threads th where th.company = $1 and th.candidate = $2)",
      company, candidate, job);
}

}  // namespace hearback::store
