#include "store/threads/changes.hpp"

#include <algorithm>
#include <utility>

#include "store/engine/applying.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/search/waiting_files.hpp"
#include "store/threads/references.hpp"
#include "store/threads/turns.hpp"
#include "store/threads/uniting.hpp"
#include "store/threads/unread.hpp"

namespace hearback::store {
namespace {

void insert_participants(Writing& writing, const rules::Message& message) {
  Insertion rows("insert into participants(company, message, field, position, name, spec, normal)",
                 7);
  const auto add = [&](std::string_view field, const std::vector<mail::Address>& addresses) {
    for (std::size_t i = 0; i < addresses.size(); ++i)
      rows.row(writing.company, message.id, field, i, addresses[i].name, addresses[i].spec,
               addresses[i].normal);
  };
  const auto& envelope = message.envelope;
  add("from", envelope.from);
  add("to", envelope.to);
  add("cc", envelope.cc);
  add("bcc", envelope.bcc);
  add("reply-to", envelope.reply_to);
  rows.run(writing.db);
}

void insert_references(Writing& writing, const rules::Message& message) {
  Insertion rows("insert into message_refs(company, message, field, position, message_id)", 5);
  const auto add = [&](std::string_view field, const std::vector<std::string>& ids) {
    for (std::size_t i = 0; i < ids.size(); ++i)
      rows.row(writing.company, message.id, field, i, ids[i]);
  };
  add("in-reply-to", message.envelope.in_reply_to);
  add("references", message.envelope.references);
  if (!message.conversation.empty()) add("conversation", {message.conversation});
  rows.run(writing.db);
}

void insert_attachments(Writing& writing, const rules::Message& message) {
  Insertion rows(
      "insert into attachments(company, message, position, filename, type, octets, content_id,"
      " is_inline, raw_at, raw_octets, coding)",
      11);
  for (const auto& a : message.attachments) {
    const auto& in = a.extent;
    rows.row(writing.company, message.id, a.index, a.filename, a.type, a.octets, a.content_id,
             a.is_inline, in ? value_of(in->range.at) : Value{},
             in ? value_of(in->range.octets) : Value{}, in ? value_of(in->coding) : Value{});
  }
  rows.run(writing.db);
}

}  // namespace

void apply(Writing& writing, const AddMessage& change) {
  const auto& m = change.message;
  writing.db.change(
      "insert into messages(company, id, message_id, fingerprint, kind, direction, subject,"
      " sent_at, date, octets, snippet, raw, added)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
      writing.company, m.id, m.envelope.message_id, m.fingerprint, m.kind, m.direction,
      m.envelope.subject, m.envelope.date, m.date, m.octets, m.snippet, m.raw, change.at);
  writing.findable[m.id] = {m.date, change.words, !rules::files_to_read(m.attachments).empty()};
  insert_participants(writing, m);
  insert_references(writing, m);
  insert_attachments(writing, m);
  const bool names_others =
      !m.envelope.in_reply_to.empty() || !m.envelope.references.empty() || !m.conversation.empty();
  writing.added.messages.emplace(m.id, Added::Message{m.direction, m.kind, names_others});
}

namespace {

// In another folder, or another mailbox of theirs; what now comes as what they sent, as that.
bool owner_has(Db& db, CompanyId company, const rules::Location& at, MessageId message) {
  return db
      .row(
          "select 1 from copies k join mailboxes b on b.company = k.company and b.id = k.mailbox"
          " left join folders d on d.company = k.company and d.mailbox = k.mailbox"
          "  and d.id = k.folder where k.company = $1 and k.message = $2"
          " and b.owner = (select o.owner from mailboxes o where o.company = $1 and o.id = $3)"
          " and (d.role = 'outgoing' or not exists (select 1 from folders n where n.company = $1"
          "  and n.mailbox = $3 and n.id = $4 and n.role = 'outgoing')) limit 1",
          company, message, at.mailbox, at.folder)
      .has_value();
}

constexpr std::string_view kMessageIdOfCopy =
    "coalesce((select m.message_id from messages m where m.company = $1 and m.id = $6), '')";

// False: something lies there, or did.
bool insert_copy(Db& db, CompanyId company, const AddCopy& change) {
  const auto& at = change.at;
  return db.change(
             "insert into copies(company, mailbox, folder, uid_validity, uid, message, raw, here,"
             " message_id) values ($1, $2, $3, $4, $5, $6, $7, 1, " +
                 std::string(kMessageIdOfCopy) + ") on conflict do nothing",
             company, at.mailbox, at.folder, at.uid_validity, at.uid, change.message,
             change.raw) > 0;
}

// Another message was forgotten at this place (a series that begins anew hands out its numbers
// again). The mailbox still brought it: it isn't news where it comes again, and its source goes
// with it. So it keeps a place, in a series that no server has (RFC 3501 2.3.1.1: never 0).
void set_aside(Db& db, CompanyId company, const rules::Location& at) {
  db.change(
      "update copies set uid_validity = 0, uid = (select coalesce(max(o.uid), 0) + 1 from copies o"
      " where o.company = $1 and o.mailbox = $2 and o.folder = $3 and o.uid_validity = 0)"
      " where company = $1 and mailbox = $2 and folder = $3 and uid_validity = $4 and uid = $5"
      " and here = 0",
      company, at.mailbox, at.folder, at.uid_validity, at.uid);
}

}  // namespace

void apply(Writing& writing, const AddCopy& change) {
  auto& db = writing.db;
  const auto& at = change.at;
  std::vector<BlobId> blobs;
  const auto message = writing.added.messages.find(change.message);
  if (message != writing.added.messages.end() && !std::exchange(message->second.has_copy, true)) {
    writing.touched.arrived.emplace(at.mailbox, change.message);
  } else {
    // Of a copy whose place was forgotten (the folder was renumbered, or the message moved), this
    // is the new place.
    for (auto& row : db.rows("delete from copies where company = $1 and mailbox = $2"
                             " and message = $3 and here = 0 returning raw",
                             writing.company, at.mailbox, change.message))
      blobs.push_back(row.id<BlobId>());
    if (blobs.empty() && !owner_has(db, writing.company, at, change.message))
      writing.touched.arrived.emplace(at.mailbox, change.message);
  }
  writing.touched.messages.insert(change.message);
  if (!insert_copy(db, writing.company, change)) {
    set_aside(db, writing.company, at);
    if (!insert_copy(db, writing.company, change)) blobs.push_back(change.raw);
  }
  writing.taken_in.push_back(at);
  drop_unused_blobs(db, writing.company, blobs, writing.files_to_remove);
}

void apply(Writing& writing, const AddThread& change) {
  const auto& thread = change.thread;
  expect_remembered(writing, thread.candidate);
  writing.db.change(
      "insert into threads(company, id, candidate, kind, subject, last_at, is_private)"
      " values ($1, $2, $3, $4, $5, $6, $7)",
      writing.company, thread.id, thread.candidate, thread.kind, thread.subject, thread.last_at,
      thread.is_private);
  // M-3: an exchange that somebody keeps.
  writing.db.change(
      "insert into thread_access(company, thread, user_id, why)"
      " select company, $2, keeper, 'participant' from candidates"
      " where company = $1 and id = $3 and keeper is not null",
      writing.company, thread.id, thread.candidate);
  writing.touched.audience.insert(thread.id);
  writing.added.threads.emplace(thread.id, Added::Thread{thread.candidate, thread.last_at});
  writing.tell_of(thread.id, thread.candidate, "thread", thread.id.text());
}

void apply(Writing& writing, const SetThreadAccess& change) {
  auto& db = writing.db;
  const auto company = writing.company;
  auto before = db.row("select candidate, is_private from threads where company = $1 and id = $2",
                       company, change.thread);
  if (!before) refuse(Kind::missing, "thread.missing", "There is no such conversation.");
  const auto candidate = before->id<CandidateId>();
  const bool was_private = before->flag();
  const auto id = change.thread.text();
  // Whoever sees it no longer must look again, too.
  for (auto& row : db.rows("delete from thread_access where company = $1 and thread = $2"
                           " returning user_id",
                           company, change.thread))
    writing.tell("thread", id, candidate, row.id<UserId>());
  if (!was_private && change.is_private) writing.tell("thread", id, candidate);
  db.change("update threads set is_private = $3 where company = $1 and id = $2", company,
            change.thread, change.is_private);
  Insertion rows("insert into thread_access(company, thread, user_id, why)", 4);
  for (const auto& given : change.access) rows.row(company, change.thread, given.user, given.why);
  rows.run(db, "on conflict do nothing");
  writing.touched.audience.insert(change.thread);
  writing.tell_of(change.thread, candidate, "thread", id);
}

namespace {

// What was shown of a conversation that has become part of this one says nothing of this one.
std::int64_t shown_of(ThreadId thread, ThreadId as, std::int64_t seen) {
  return as == thread ? seen : 0;
}

// A date may lie ahead of the clock: of what was put away the moment counts then.
void put_away(Db& db, CompanyId company, ThreadId thread, std::int64_t shown,
              const SetThreadDone& change) {
  auto seen = db.row(
      "select max(message_date) from placements where company = $1 and thread = $2"
      " and came <= $3",
      company, thread, shown);
  const auto newest = seen->maybe_instant().value_or(change.at);
  db.change(
      "insert into thread_done(company, thread, user_id, at, last_at)"
      " values ($1, $2, $3, $4, $5) on conflict (company, thread, user_id) do update"
      " set last_at = excluded.last_at",
      company, thread, change.user, change.at, std::min(newest, change.at));
}

}  // namespace

void apply(Writing& writing, const SetThreadDone& change) {
  auto& db = writing.db;
  const auto thread = standing_thread(db, writing.company, change.thread);
  auto row = db.row("select candidate from threads where company = $1 and id = $2", writing.company,
                    thread);
  if (!row) refuse(Kind::missing, "thread.missing", "There is no such conversation.");
  const auto candidate = row->id<CandidateId>();
  const auto shown = shown_of(thread, change.thread, change.seen);
  if (change.done && asked_since(db, writing.company, thread, shown))
    refuse(Kind::conflict, "thread.newer-message", "A newer message has come in.",
           "Look at it first.");
  if (change.done) {
    mark_seen(db, writing.company, thread, change.user, shown);
    put_away(db, writing.company, thread, shown, change);
  } else {
    db.change("delete from thread_done where company = $1 and thread = $2 and user_id = $3",
              writing.company, thread, change.user);
    unsettle(db, writing.company, thread);
  }
  writing.touched.audience.insert(thread);
  writing.tell_alone(change.user, thread, candidate);
  writing.tell_of(thread, candidate, "archive", thread.text());
}

void apply(Writing& writing, const SetThreadUnread& change) {
  auto& db = writing.db;
  const auto thread = standing_thread(db, writing.company, change.thread);
  auto row = db.row("select candidate, last_at, came from threads where company = $1 and id = $2",
                    writing.company, thread);
  if (!row) refuse(Kind::missing, "thread.missing", "There is no such conversation.");
  const auto candidate = row->id<CandidateId>();
  const auto newest = row->instant();
  const auto came = row->number();
  const auto shown = change.seen ? shown_of(thread, change.thread, *change.seen) : came;
  const bool changed = change.unread ? mark_unread(db, writing.company, thread, change.user,
                                                   {.at = newest, .came = came}, Because::marked)
                                     : mark_seen(db, writing.company, thread, change.user, shown);
  if (changed) writing.tell_alone(change.user, thread, candidate);
}

namespace {

// What is written here is the outbox's to tell, when it has left.
void tell_journal(Writing& writing, const PlaceMessage& change) {
  const auto& p = change.placement;
  if (p.by == rules::PlacedBy::sent_here) return;
  Added::Message message;
  if (const auto added = writing.added.messages.find(p.message);
      added != writing.added.messages.end()) {
    message = added->second;
  } else {
    auto row = writing.db.row("select direction, kind from messages where company = $1 and id = $2",
                              writing.company, p.message);
    if (!row) return;
    message.direction = row->word<rules::Direction>();
    message.kind = row->word<rules::MessageKind>();
  }
  writing.happened({.at = change.message_date,
                    .kind = message.direction != rules::Direction::incoming ? "message.sent"
                            : message.kind == rules::MessageKind::bounce    ? "message.bounced"
                                                                            : "message.received",
                    .subject = p.message.text(),
                    .candidate = p.candidate,
                    .how = std::string(word_of(p.by)),
                    .after = std::string(rules::word_of(message.kind))});
}

// Whose it is; refuses one that is no longer there for anybody.
CandidateId candidate_of(Writing& writing, ThreadId thread) {
  auto row = writing.db.row(
      "select th.candidate from threads th where th.company = $1 and th.id = $2 and " +
          may_see_thread_row(rules::engine_scope(writing.company), "th"),
      writing.company, thread);
  if (!row)
    refuse(Kind::conflict, "store.reference-missing", "The thread no longer exists.",
           "Look again.");
  return row->id<CandidateId>();
}

bool names_others(const Writing& writing, MessageId message) {
  const auto added = writing.added.messages.find(message);
  return added == writing.added.messages.end() || added->second.names_others;
}

}  // namespace

void apply(Writing& writing, const PlaceMessage& change) {
  auto p = change.placement;
  const auto added = writing.added.threads.find(p.thread);
  const bool is_new = added != writing.added.threads.end();
  if (!is_new) p.thread = standing_thread(writing.db, writing.company, p.thread);
  // T-2: a thread holds one candidate, and a message lies in it under that candidate alone. Whether
  // anybody may still write there was asked where this commit began it.
  if ((is_new ? added->second.candidate : candidate_of(writing, p.thread)) != p.candidate)
    refuse(Kind::conflict, "thread.other-candidate", "The thread belongs to another candidate.");
  // What begins with its thread is seen with it.
  if (writing.db.change(
          "insert into placements(company, thread, message, candidate, placed_by, detail,"
          " message_date, came) values ($1, $2, $3, $4, $5, $6, $7,"
          " (select th.came + $8 from threads th where th.company = $1 and th.id = $2))"
          " on conflict do nothing",
          writing.company, p.thread, p.message, p.candidate, p.by, p.detail, change.message_date,
          is_new ? 0 : 1) == 0)
    return;
  if (!writing.added.messages.contains(p.message))
    files_wait_again(writing.db, writing.company, p.message);
  if (names_others(writing, p.message))
    add_references(writing.db, writing.company, p, change.message_date);
  tell_journal(writing, change);
  if (!is_new || added->second.last_at < change.message_date)
    writing.db.change(
        "update threads set came = came + $4, last_at = case when last_at < $3 then $3"
        " else last_at end where company = $1 and id = $2",
        writing.company, p.thread, change.message_date, is_new ? 0 : 1);
  if (!is_new)
    writing.db.change(
        "delete from sealed_placements where company = $1 and thread = $2"
        " and message = $3",
        writing.company, p.thread, p.message);
  writing.touched.placed.emplace(p.thread, p.message);
  writing.tell_of(p.thread, p.candidate, "message", p.message.text());
  writing.tell_of(p.thread, p.candidate, "thread", p.thread.text());
}

// ---- expectations ------------------------------------------------------------------------

void expect(Writing& writing, const NoMessageWith& expected) {
  const bool known =
      expected.message_id.empty()
          ? writing.db
                .row("select 1 from messages where company = $1 and fingerprint = $2 limit 1",
                     writing.company, expected.fingerprint)
                .has_value()
          : writing.db
                .row(
                    "select 1 from messages where company = $1 and fingerprint = $2"
                    " and message_id = $3 limit 1",
                    writing.company, expected.fingerprint, expected.message_id)
                .has_value();
  if (known) broken_expectation();
}

}  // namespace hearback::store
