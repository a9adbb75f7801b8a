#include "store/threads/uniting.hpp"

#include "store/engine/applying.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/threads/corrections.hpp"
#include "store/threads/references.hpp"
#include "store/threads/turns.hpp"
#include "store/threads/unread.hpp"

namespace hearback::store {
namespace {

struct ToUnite : rules::Thread {
  std::int64_t came = 0;
};

ToUnite thread_to_unite(Writing& writing, ThreadId id) {
  auto row = writing.db.row(
      "select th.candidate, th.kind, th.last_at, th.is_private, th.came from threads th"
      " where th.company = $1 and th.id = $2 and " +
          may_see_thread_row(rules::engine_scope(writing.company), "th"),
      writing.company, id);
  if (!row) broken_expectation();
  ToUnite thread;
  thread.id = id;
  thread.candidate = row->id<CandidateId>();
  thread.kind = row->word<rules::ThreadKind>();
  thread.last_at = row->instant();
  thread.is_private = row->flag();
  thread.came = row->number();
  return thread;
}

// What the other one has already stays, and goes with its thread.
void move_messages(Writing& writing, const UniteThreads& change) {
  const auto move = [&](const std::string& table, const std::string& also) {
    writing.db.change("update " + table + " set thread = $3" + also +
                          " where company = $1 and thread = $2 and message not in"
                          " (select o.message from " +
                          table + " o where o.company = $1 and o.thread = $3)",
                      writing.company, change.from, change.into);
  };
  // To whoever looked at `into` they come now.
  move("placements",
       ", came = came + (select th.came from threads th where th.company = $1 and th.id = $3)");
  move("sealed_placements", "");
  writing.db.change("delete from sealed_placements where company = $1 and thread = $2",
                    writing.company, change.from);
}

// What this commit placed in the one is new in the other.
void move_touched(TouchedThreads& touched, ThreadId from, ThreadId into) {
  touched.audience.erase(from);
  touched.lost.erase(from);
  std::set<std::pair<ThreadId, MessageId>> placed;
  for (const auto& [thread, message] : touched.placed)
    placed.emplace(thread == from ? into : thread, message);
  touched.placed = std::move(placed);
}

}  // namespace

ThreadId standing_thread(Db& db, CompanyId company, ThreadId thread) {
  auto row = db.row("select part_of from united_threads where company = $1 and thread = $2",
                    company, thread);
  return row ? row->id<ThreadId>() : thread;
}

void apply(Writing& writing, const UniteThreads& change) {
  auto& db = writing.db;
  const auto company = writing.company;
  const auto from = thread_to_unite(writing, change.from);
  const auto into = thread_to_unite(writing, change.into);
  if (from.id == into.id || from.candidate != into.candidate || from.kind != into.kind ||
      from.is_private || into.is_private)
    broken_expectation();
  move_messages(writing, change);
  unite_references(db, company, from.id, into.id);
  unite_corrections(db, company, from.id, into.id);
  db.change("update outbox set thread = $3 where company = $1 and thread = $2", company, from.id,
            into.id);
  // Whoever hasn't heard of them yet still does.
  db.change("update feed set thread = $4 where company = $1 and candidate = $2 and thread = $3",
            company, from.candidate, from.id, into.id);
  for (auto& entry : writing.feed)
    if (entry.thread == from.id) entry.thread = into.id;
  db.change("update united_threads set part_of = $3 where company = $1 and part_of = $2", company,
            from.id, into.id);
  unite_done(db, company, from.id, into.id);
  unite_unread(db, company, from.id, into.id);
  db.change("delete from threads where company = $1 and id = $2", company, from.id);
  db.change("insert into united_threads(company, thread, part_of) values ($1, $2, $3)", company,
            from.id, into.id);
  db.change(
      "update threads set came = came + $4, last_at = case when last_at < $3 then $3"
      " else last_at end where company = $1 and id = $2",
      company, into.id, from.last_at, from.came);
  move_touched(writing.touched, from.id, into.id);
  for (const auto thread : {from.id, into.id}) writing.added.threads.erase(thread);
  writing.touched.lost.insert(into.id);
  writing.tell_of(into.id, into.candidate, "thread", from.id.text());
  writing.tell_of(into.id, into.candidate, "thread", into.id.text());
}

}  // namespace hearback::store
