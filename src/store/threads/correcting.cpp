#include "store/threads/correcting.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

#include "rules/correcting.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/threads/corrections.hpp"
#include "store/threads/references.hpp"
#include "store/threads/turns.hpp"
#include "store/threads/uniting.hpp"
#include "store/threads/unread.hpp"

namespace hearback::store {
namespace {

std::optional<rules::Standing> seen_thread(Writing& writing, const Scope& scope, ThreadId id) {
  auto row = scoped_row(writing.db, scope,
                        "select th.candidate, th.kind, th.is_private,"
                        " case when exists (select 1 from thread_access g where g.company = $1"
                        "  and g.thread = th.id) then 1 else 0 end"
                        " from threads th where th.company = $1 and th.id = $4 and " +
                            may_see_thread_row(scope, "th"),
                        id);
  if (!row) return std::nullopt;
  rules::Standing found;
  found.id = id;
  found.candidate = row->id<CandidateId>();
  found.kind = row->word<rules::ThreadKind>();
  found.is_private = row->flag();
  found.is_given = row->flag();
  return found;
}

[[noreturn]] void refuse_move(rules::NotMoved why) {
  using enum rules::NotMoved;
  switch (why) {
    case same:
      refuse(Kind::conflict, "placement.same", "The message lies in that conversation already.",
             "Choose another one.");
    case other_candidate:
      refuse(Kind::conflict, "placement.other-candidate",
             "That conversation belongs to another candidate.",
             "Choose one of the same candidate.");
    case other_kind:
      refuse(Kind::conflict, "placement.other-kind",
             "Of the two conversations one is among colleagues, the other with the candidate.",
             "Choose one of the same kind.");
    case for_a_few: break;
  }
  refuse(Kind::conflict, "placement.for-a-few",
         "Of the two conversations one may be read by others than the other.",
         "Leave it where it is: nobody is to be shown more by this, and nobody less.");
}

// ---- which messages -------------------------------------------------------------------------

// What the target has already stays where it is.
constexpr std::string_view kNotThere =
    " and not exists (select 1 from placements o where o.company = $1 and o.thread = $4"
    " and o.message = p.message)";

// With all that bears the same Message-ID: versions of one lie together (S-11).
const std::string kThisOne =
    "(p.message = $5 or p.message in (select b.id from messages a join messages b"
    " on b.company = a.company and b.message_id = a.message_id where a.company = $1"
    " and a.id = $5 and a.message_id <> ''))";

std::string chosen(Part part) {
  switch (part) {
    case Part::message: return " and " + kThisOne;
    case Part::onward:
      return " and (" + kThisOne +
             " or (p.message_date, p.message) > (select f.message_date, f.message from placements f"
             " where f.company = $1 and f.thread = $3 and f.message = $5))";
    case Part::whole: break;
  }
  return " and (p.message = $5 or true)";
}

void choose(Writing& writing, const CorrectPlacement& change) {
  const bool there =
      change.part == Part::whole ||
      writing.db
          .row("select 1 from placements where company = $1 and thread = $2 and message = $3",
               writing.company, change.from, change.message)
          .has_value();
  if (!there)
    refuse(Kind::missing, "message.missing", "There is no such message in this conversation.",
           "Look again: a colleague may have moved it.");
  const auto count = writing.db.change(
      "insert into corrected_messages(company, message, correction, placed_by, detail)"
      " select p.company, p.message, $2, p.placed_by, p.detail from placements p"
      " where p.company = $1 and p.thread = $3" +
          chosen(change.part) + std::string(kNotThere),
      writing.company, change.id, change.from, change.into, change.message);
  if (count == 0) refuse_move(rules::NotMoved::same);
}

// What has answered them since, with what has answered that. What somebody has put there by
// themselves stays.
std::size_t add_answers(Writing& writing, CorrectionId correction, ThreadId in, Instant since) {
  std::size_t all = 0;
  while (const auto more = writing.db.change(
             "insert into corrected_messages(company, message, correction, placed_by, detail)"
             " select distinct p.company, p.message, $2, p.placed_by, p.detail"
             " from corrected_messages s"
             " join messages m on m.company = s.company and m.id = s.message and m.message_id <> ''"
             " join message_refs r on r.company = m.company and r.message_id = m.message_id"
             " join placements p on p.company = r.company and p.thread = $3"
             "  and p.message = r.message join messages a on a.company = p.company"
             "  and a.id = p.message and a.added >= $4 where s.company = $1 and s.correction = $2"
             " and not exists (select 1 from corrected_messages o join corrections c"
             "  on c.company = o.company and c.id = o.correction and c.undone = 0"
             "  and c.into_thread = $3 and c.id <> $2"
             "  where o.company = $1 and o.message = p.message) on conflict do nothing",
             writing.company, correction, in, since))
    all += static_cast<std::size_t>(more);
  return all;
}

// ---- moving them ----------------------------------------------------------------------------

void move_placements(Writing& writing, CorrectionId correction, ThreadId from, ThreadId into) {
  auto& db = writing.db;
  const auto company = writing.company;
  db.change(
      "insert into placements(company, thread, message, candidate, placed_by, detail,"
      " message_date, came) select p.company, $3, p.message, p.candidate, p.placed_by, p.detail,"
      " p.message_date, (select th.came from threads th where th.company = $1 and th.id = $3)"
      " + row_number() over (order by p.came, p.message_date, p.message)"
      " from placements p where p.company = $1 and p.thread = $2 and p.message in"
      " (select s.message from corrected_messages s where s.company = $1 and s.correction = $4)"
      " on conflict do nothing",
      company, from, into, correction);
  const auto moved = db.change(
      "delete from placements where company = $1 and thread = $2 and message in"
      " (select s.message from corrected_messages s where s.company = $1"
      "  and s.correction = $3)",
      company, from, correction);
  db.change("update threads set came = came + $3 where company = $1 and id = $2", company, into,
            moved);
  db.change(
      "update outbox set thread = $3 where company = $1 and thread = $2 and message in"
      " (select s.message from corrected_messages s where s.company = $1 and s.correction = $4)",
      company, from, into, correction);
  for (const auto thread : {from, into}) count_references_again(db, company, thread);
  move_unread(db, company, from, into);
}

// As its messages are dated. False: there are none.
bool date_again(Writing& writing, ThreadId thread) {
  auto newest =
      writing.db.row("select max(message_date) from placements where company = $1 and thread = $2",
                     writing.company, thread);
  const auto at = newest->maybe_instant();
  if (at)
    writing.db.change("update threads set last_at = $3 where company = $1 and id = $2",
                      writing.company, thread, *at);
  return at.has_value();
}

void add_thread(Writing& writing, ThreadId id, CandidateId candidate, rules::ThreadKind kind,
                Instant at) {
  writing.db.change(
      "insert into threads(company, id, candidate, kind, subject, last_at, is_private, came)"
      " values ($1, $2, $3, $4, '', $5, $6, 0)",
      writing.company, id, candidate, kind, at, false);
  writing.touched.audience.insert(id);
}

// ---- what they rest on (I-1) ----------------------------------------------------------------

// What lies by an address goes with it. A conversation that nothing of the candidate's stands in by
// itself would be forgotten then.
bool has_basis(Writing& writing, ThreadId thread) {
  return writing.db
      .row(
          "select 1 from placements where company = $1 and thread = $2"
          " and placed_by in ('address', 'sent-here') limit 1",
          writing.company, thread)
      .has_value();
}

// What answered something that lies elsewhere now lies here by the candidate's address on it.
void rest_on_addresses(Writing& writing, CorrectionId correction, ThreadId thread, bool moved) {
  const std::string which = moved ? "in" : "not in";
  const std::string address =
      "(select min(a.normal) from participants x join candidate_addresses a"
      " on a.company = x.company and a.normal = x.normal where x.company = $1"
      " and x.message = placements.message and a.candidate = placements.candidate"
      " and a.synced = 1)";
  writing.db.change(
      "update placements set placed_by = 'address', detail = " + address +
          " where company = $1 and thread = $2 and placed_by = 'reply-to' and message " + which +
          " (select s.message from corrected_messages s where s.company = $1"
          "  and s.correction = $3) and " +
          address + " is not null",
      writing.company, thread, correction);
}

// As they did before.
void rest_on_answers(Writing& writing, CorrectionId correction, ThreadId thread) {
  const std::string before =
      " from corrected_messages s where s.company = $1 and s.correction = $3"
      " and s.message = placements.message and s.placed_by = 'reply-to'";
  writing.db.change("update placements set placed_by = 'reply-to', detail = (select s.detail" +
                        before + ") where company = $1 and thread = $2 and exists (select 1" +
                        before + ")",
                    writing.company, thread, correction);
}

void keep_links(Writing& writing, CorrectionId correction, ThreadId of) {
  writing.db.change(
      "insert into corrected_links(company, correction, thread) select company, $2, thread"
      " from united_threads where company = $1 and part_of = $3",
      writing.company, correction, of);
}

// Whoever asks for it is shown the other one.
void leave(Writing& writing, ThreadId empty, ThreadId into, CandidateId candidate) {
  auto& db = writing.db;
  const auto company = writing.company;
  db.change("update united_threads set part_of = $3 where company = $1 and part_of = $2", company,
            empty, into);
  db.change("update feed set thread = $4 where company = $1 and candidate = $2 and thread = $3",
            company, candidate, empty, into);
  db.change("delete from threads where company = $1 and id = $2", company, empty);
  db.change("insert into united_threads(company, thread, part_of) values ($1, $2, $3)", company,
            empty, into);
}

void settle(Writing& writing, CandidateId candidate, ThreadId from, ThreadId into) {
  for (const auto thread : {from, into}) {
    writing.db.change(
        "update threads set by_hand = case when exists (select 1 from corrections c"
        "  where c.company = $1 and c.undone = 0 and c.whole = 0 and c.from_thread = $2)"
        " or exists (select 1 from corrections c where c.company = $1 and c.undone = 0"
        "  and c.whole = 0 and c.into_thread = $2)"
        " or exists (select 1 from merged_threads g where g.company = $1 and g.thread = $2)"
        " then 1 else 0 end"
        " where company = $1 and id = $2",
        writing.company, thread);
    writing.touched.lost.insert(thread);
  }
  // Who sees the candidate hears of it: one of the two may be gone.
  for (const auto thread : {from, into}) writing.tell("thread", thread.text(), candidate);
}

// ---- what was put away ----------------------------------------------------------------------

void keep_done(Writing& writing, CorrectionId correction, ThreadId thread) {
  writing.db.change(
      "insert into corrected_done(company, correction, thread, user_id, at, last_at)"
      " select d.company, $2, d.thread, d.user_id, d.at, d.last_at from thread_done d"
      " where d.company = $1 and d.thread = $3",
      writing.company, correction, thread);
}

bool brings_mail(Writing& writing, CorrectionId correction) {
  return writing.db
      .row(
          "select 1 from corrected_messages s join messages m on m.company = s.company"
          " and m.id = s.message where s.company = $1 and s.correction = $2"
          " and m.direction = 'incoming' limit 1",
          writing.company, correction)
      .has_value();
}

// Before the one is gone. What is split off was put away by whoever put the whole away; what comes
// to a conversation that somebody put away brings it back, unless that was put away by them, too.
void carry_done(Writing& writing, const CorrectPlacement& change) {
  auto& db = writing.db;
  if (change.into_is_new) {
    db.change(
        "insert into thread_done(company, thread, user_id, at, last_at)"
        " select company, $3, user_id, at, last_at from thread_done"
        " where company = $1 and thread = $2",
        writing.company, change.from, change.into);
    db.change(
        "update threads set settled_at = (select f.settled_at from threads f where f.company = $1"
        "  and f.id = $2) where company = $1 and id = $3",
        writing.company, change.from, change.into);
    return;
  }
  keep_done(writing, change.id, change.from);
  if (!brings_mail(writing, change.id)) return;
  keep_done(writing, change.id, change.into);
  unite_done(db, writing.company, change.from, change.into);
}

void restore_done(Writing& writing, CorrectionId correction, ThreadId thread) {
  writing.db.change(
      "insert into thread_done(company, thread, user_id, at, last_at)"
      " select d.company, d.thread, d.user_id, d.at, d.last_at from corrected_done d"
      " join users u on u.company = d.company and u.id = d.user_id and u.active = 1"
      " where d.company = $1 and d.correction = $2 and d.thread = $3 on conflict do nothing",
      writing.company, correction, thread);
}

// What comes back to it wasn't there when these put it away.
void wake_those_since(Writing& writing, ThreadId from, ThreadId into, Instant since) {
  writing.db.change(
      "delete from thread_done where company = $1 and thread = $3 and at >= $4 and user_id not in"
      " (select d.user_id from thread_done d where d.company = $1 and d.thread = $2)",
      writing.company, from, into, since);
  unsettle_with(writing.db, writing.company, from, into);
}

// ---- what was unread ------------------------------------------------------------------------

void keep_unread(Writing& writing, CorrectionId correction, ThreadId thread) {
  writing.db.change(
      "insert into corrected_unread(company, correction, thread, user_id, at, marked)"
      " select company, $2, thread, user_id, at, marked from thread_unread"
      " where company = $1 and thread = $3",
      writing.company, correction, thread);
}

std::vector<Value> who_has_unread(Writing& writing, ThreadId thread) {
  std::vector<Value> users;
  for (auto& row :
       writing.db.rows("select user_id from thread_unread where company = $1 and thread = $2",
                       writing.company, thread))
    users.push_back(value_of(row.id<UserId>()));
  return users;
}

// For those who have read neither since.
void restore_unread(Writing& writing, CorrectionId correction, const std::vector<Value>& users) {
  in_chunks({value_of(writing.company), value_of(correction)}, users,
            [&](InList list, Params params) { restore_unread(writing.db, list, params); });
}

// Nobody asks for them any more.
void forget_details(Writing& writing, CorrectionId correction) {
  for (const std::string table :
       {"corrected_messages", "corrected_links", "corrected_done", "corrected_unread"})
    writing.db.change("delete from " + table + " where company = $1 and correction = $2",
                      writing.company, correction);
}

struct ToUndo {
  ThreadId from, into;
  Instant at;
  bool emptied = false;
  CandidateId candidate;
  rules::ThreadKind kind = rules::ThreadKind::conversation;
};

[[noreturn]] void refuse_missing() {
  refuse(Kind::missing, "correction.missing", "There is no such move.", "Look again.");
}
[[noreturn]] void refuse_overtaken() {
  refuse(Kind::conflict, "correction.overtaken", "These messages have been moved again since.",
         "Undo the later move first.");
}

// nullopt: it is undone already.
std::optional<ToUndo> to_undo(Writing& writing, const UndoCorrection& change) {
  auto row = scoped_row(
      writing.db, change.by,
      "select c.from_thread, c.into_thread, c.at, c.emptied, c.candidate, c.kind, c.undone"
      " from corrections c where c.company = $1 and c.id = $4 and " +
          may_see_candidate(change.by, "c.candidate"),
      change.id);
  if (!row) refuse_missing();
  ToUndo found;
  found.from = row->id<ThreadId>();
  found.into = row->id<ThreadId>();
  found.at = row->instant();
  found.emptied = row->flag();
  found.candidate = row->id<CandidateId>();
  found.kind = row->word<rules::ThreadKind>();
  if (row->number() != 0) return std::nullopt;
  return found;
}

void expect_last(Writing& writing, CorrectionId correction) {
  if (writing.db.row(
          "select 1 from corrected_messages s join corrected_messages l on l.company = s.company"
          " and l.message = s.message join corrections c on c.company = l.company"
          " and c.id = l.correction and c.undone = 0 join corrections o on o.company = s.company"
          " and o.id = s.correction and o.candidate = c.candidate and o.number < c.number"
          " where s.company = $1 and s.correction = $2 limit 1",
          writing.company, correction))
    refuse_overtaken();
}

// Whether something has come to the conversation since, by itself or by somebody's hand.
bool has_more_since(Writing& writing, CorrectionId correction, const ToUndo& undo) {
  return writing.db
      .row(
          "select 1 from placements p join messages m on m.company = p.company"
          " and m.id = p.message and m.added >= $3 where p.company = $1 and p.thread = $2"
          " union all select 1 from corrections c join corrections o on o.company = c.company"
          " and o.id = $4 and o.number < c.number where c.company = $1 and c.into_thread = $2"
          " and c.undone = 0 limit 1",
          writing.company, undo.into, undo.at, correction)
      .has_value();
}

// It was left empty by a later move, or by the undoing of one.
bool is_part_of_another(Writing& writing, ThreadId thread) {
  return writing.db
      .row("select 1 from united_threads where company = $1 and thread = $2", writing.company,
           thread)
      .has_value();
}

// What the emptied conversation was, and whoever's link led to it.
void bring_back(Writing& writing, CorrectionId correction, const ToUndo& undo, Instant at) {
  auto& db = writing.db;
  const auto company = writing.company;
  db.change("delete from united_threads where company = $1 and thread = $2", company, undo.from);
  add_thread(writing, undo.from, undo.candidate, undo.kind, at);
  db.change(
      "update united_threads set part_of = $3 where company = $1 and thread in"
      " (select l.thread from corrected_links l where l.company = $1 and l.correction = $2)",
      company, correction, undo.from);
}

}  // namespace

void apply(Writing& writing, const CorrectPlacement& asked) {
  auto& db = writing.db;
  const auto company = writing.company;
  auto change = asked;
  change.from = standing_thread(db, company, asked.from);
  // What was said of the one says nothing of what it has become part of.
  if (change.from != asked.from && asked.part != Part::message)
    refuse(Kind::missing, "thread.missing", "There is no such conversation.", "Look again.");
  if (!change.into_is_new) change.into = standing_thread(db, company, asked.into);
  const auto from = seen_thread(writing, change.by, change.from);
  if (!from)
    refuse(Kind::missing, "thread.missing", "There is no such conversation.", "Look again.");
  if (const auto why = rules::why_not_split(*from)) refuse_move(*why);
  if (change.into_is_new) {
    add_thread(writing, change.into, from->candidate, from->kind, change.at);
    // What came with a candidate who was merged goes back with them.
    db.change(
        "insert into merged_threads(company, merged, thread) select company, merged, $3"
        " from merged_threads where company = $1 and thread = $2",
        company, change.from, change.into);
  } else {
    const auto into = seen_thread(writing, change.by, change.into);
    if (!into)
      refuse(Kind::missing, "thread.missing", "There is no such conversation.", "Look again.");
    if (const auto why = rules::why_not_moved(*from, *into)) refuse_move(*why);
  }
  db.change(
      "insert into corrections(company, id, candidate, number, from_thread, into_thread, user_id,"
      " at, whole, emptied, kind) select $1, $2, $3, coalesce(max(c.number), 0) + 1, $4, $5, $6, "
      "$7,"
      " $8, 0, $9 from corrections c where c.company = $1 and c.candidate = $3",
      company, change.id, from->candidate, change.from, change.into, change.by.user, change.at,
      change.part == Part::whole, from->kind);
  choose(writing, change);
  const bool rests = has_basis(writing, change.from);
  for (const auto thread : {change.from, change.into}) keep_unread(writing, change.id, thread);
  carry_done(writing, change);
  move_placements(writing, change.id, change.from, change.into);
  date_again(writing, change.into);
  const bool emptied = !date_again(writing, change.from);
  if (emptied && change.into_is_new)
    refuse(Kind::conflict, "placement.nothing-left", "Nothing would be left of this conversation.",
           "Choose a later message.");
  if (change.part != Part::whole) rest_on_addresses(writing, change.id, change.into, true);
  if (rests && !emptied && !has_basis(writing, change.from))
    rest_on_addresses(writing, change.id, change.from, false);
  if (rests && (!has_basis(writing, change.into) || (!emptied && !has_basis(writing, change.from))))
    refuse(Kind::conflict, "placement.no-basis",
           "One of the two conversations would hold nothing from or to the candidate's addresses.",
           "Take a message of theirs along, or leave one.");
  if (emptied) {
    keep_links(writing, change.id, change.from);
    leave(writing, change.from, change.into, from->candidate);
  }
  db.change("update corrections set emptied = $3 where company = $1 and id = $2", company,
            change.id, emptied);
  settle(writing, from->candidate, change.from, change.into);
}

void apply(Writing& writing, const UndoCorrection& change) {
  auto& db = writing.db;
  const auto company = writing.company;
  const auto undo = to_undo(writing, change);
  if (!undo) return;
  const auto into = seen_thread(writing, change.by, undo->into);
  auto from = seen_thread(writing, change.by, undo->from);
  expect_last(writing, change.id);
  if (!into) refuse_missing();
  if (!from && !undo->emptied && !is_part_of_another(writing, undo->from)) refuse_missing();
  if (!from) {
    bring_back(writing, change.id, *undo, change.at);
    from = seen_thread(writing, change.by, undo->from);
  }
  if (!from) refuse_missing();
  if (const auto why = rules::why_not_moved(*into, *from)) refuse_move(*why);
  const auto answers = add_answers(writing, change.id, undo->into, undo->at);
  const auto unread = who_has_unread(writing, undo->into);
  if (answers > 0) {
    unite_done(db, company, undo->into, undo->from);
  } else if (undo->emptied) {
    restore_done(writing, change.id, undo->from);
  } else if (brings_mail(writing, change.id)) {
    wake_those_since(writing, undo->into, undo->from, undo->at);
  }
  move_placements(writing, change.id, undo->into, undo->from);
  rest_on_answers(writing, change.id, undo->from);
  if (!date_again(writing, undo->from)) refuse_missing();  // its address has been taken off
  if (!date_again(writing, undo->into))
    leave(writing, undo->into, undo->from, undo->candidate);
  else if (!has_more_since(writing, change.id, *undo))
    restore_done(writing, change.id, undo->into);
  forget_unread(db, company, undo->into);
  restore_unread(writing, change.id, unread);
  forget_details(writing, change.id);
  db.change("update corrections set undone = $3, undone_by = $4 where company = $1 and id = $2",
            company, change.id, change.at, change.by.user);
  settle(writing, undo->candidate, undo->from, undo->into);
}

void unite_corrections(Db& db, CompanyId company, ThreadId from, ThreadId into) {
  for (const std::string column : {"from_thread", "into_thread"})
    db.change(
        "update corrections set " + column + " = $3 where company = $1 and " + column + " = $2",
        company, from, into);
}

void add_corrections(Db& db, const Scope& scope, std::vector<MessageInThread>& shown) {
  std::unordered_multimap<MessageId, MessageInThread*> places;
  std::vector<Value> ids;
  for (auto& one : shown) {
    places.emplace(one.message.id, &one);
    ids.push_back(value_of(one.message.id));
  }
  in_chunks(scope_params(scope), ids, [&](InList list, Params params) {
    auto found = db.run(
        "select s.message, c.into_thread, c.id, u.name, c.at, th.id, th.subject"
        " from corrected_messages s join corrections c on c.company = s.company"
        "  and c.id = s.correction and c.undone = 0"
        " join users u on u.company = c.company and u.id = c.user_id"
        " left join threads th on th.company = c.company and th.id = c.from_thread and " +
            may_see_thread_row(scope, "th") + " where s.company = $1 and s.message in " + list +
            " order by c.number",
        params);
    for (auto& row : found.rows) {
      auto [first, last] = places.equal_range(row.id<MessageId>());
      const auto into = row.id<ThreadId>();
      Corrected one;
      one.id = row.id<CorrectionId>();
      one.by = row.text();
      one.at = row.instant();
      one.from = row.maybe_id<ThreadId>();
      one.from_subject = row.maybe_text().value_or("");
      for (; first != last; ++first)
        if (first->second->placement.thread == into) first->second->corrected = one;
    }
  });
}

}  // namespace hearback::store
