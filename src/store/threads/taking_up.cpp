#include "store/threads/taking_up.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {
namespace {

// Of one who put away very much and still sees it a commit would else look at all.
constexpr std::size_t kLookedAt = 10 * Limits{}.errand_rows;

const std::string& unseen() {
  static const std::string kUnseen =
      " from thread_done d join threads th on th.company = d.company and th.id = d.thread"
      " where d.company = $1 and not " +
      user_may_read("d.user_id", "th") + " and ";
  return kUnseen;
}

void take_up(Writing& writing, ThreadId thread, UserId user, CandidateId candidate) {
  // They had looked after it: it doesn't wait for an answer of the others because they left.
  writing.db.change(
      "update threads set settled_at = (select case when threads.settled_at > d.last_at"
      "  then threads.settled_at else d.last_at end from thread_done d where d.company = $1"
      "  and d.thread = $2 and d.user_id = $3) where company = $1 and id = $2",
      writing.company, thread, user);
  writing.db.change("delete from thread_done where company = $1 and thread = $2 and user_id = $3",
                    writing.company, thread, user);
  writing.touched.audience.insert(thread);
  writing.tell_of(thread, candidate, "archive", thread.text());
}

// Of what the user put away the next ones behind `reached`: takes up at most `most`, and looks at
// no more than `looks`.
struct LookedThrough {
  std::size_t taken = 0;
  ThreadId reached = {};
  bool all = false;
};
LookedThrough look_through(Writing& writing, UserId user, ThreadId reached, std::size_t most,
                           std::size_t looks) {
  static const std::string kNext =
      "select d.thread, th.candidate, case when " + user_may_read("d.user_id", "th") +
      " then 1 else 0 end from (select company, user_id, thread from thread_done"
      " where company = $1 and user_id = $2 and thread > $3 order by thread limit $4) d"
      " join threads th on th.company = d.company and th.id = d.thread order by d.thread";
  LookedThrough done{.reached = reached};
  if (most == 0) return done;
  auto rows = writing.db.rows(kNext, writing.company, user, reached, looks);
  for (auto& row : rows) {
    if (done.taken == most) return done;
    done.reached = row.id<ThreadId>();
    const auto candidate = row.id<CandidateId>();
    if (row.flag()) continue;
    take_up(writing, done.reached, user, candidate);
    ++done.taken;
  }
  done.all = rows.size() < looks;
  return done;
}

void note_reached(Writing& writing, UserId user, ThreadId reached) {
  writing.db.change("update errands set reached = $3 where company = $1 and id = $2",
                    writing.company, ErrandId{user.bytes}, reached);
}

std::size_t left_in_commit(const Writing& writing) {
  const auto most = Limits{}.errand_rows;
  return most - std::min(most, writing.touched.audience.size());
}

// Of the marks on a candidate's conversations no more than a commit may look at; those of whoever
// still reads there are passed over where `unseen_only`. For whom there may be more, their errand
// goes on.
void look_at_marks(Writing& writing, CandidateId candidate, bool unseen_only, Instant at) {
  static const std::string kMarks =
      "select d.thread, case when " + user_may_read("d.user_id", "th") +
      " then 1 else 0 end from (select t.company, t.id as thread, m.user_id from threads t"
      " join thread_done m on m.company = t.company and m.thread = t.id"
      " where t.company = $1 and t.candidate = $2 order by t.id limit $3) d"
      " join threads th on th.company = d.company and th.id = d.thread order by d.thread";
  auto marks = writing.db.rows(kMarks, writing.company, candidate, kLookedAt);
  ThreadId reached;
  bool all = marks.size() < kLookedAt;
  for (auto& row : marks) {
    const auto thread = row.id<ThreadId>();
    if (unseen_only && row.flag()) continue;
    if (left_in_commit(writing) == 0 && !writing.touched.audience.contains(thread)) {
      all = false;
      break;
    }
    writing.touched.audience.insert(reached = thread);
  }
  if (all) return;
  for (auto& row : writing.db.rows("select distinct m.user_id from threads t join thread_done m"
                                   " on m.company = t.company and m.thread = t.id"
                                   " where t.company = $1 and t.candidate = $2 and t.id >= $3",
                                   writing.company, candidate, reached))
    begin_errand(writing, kTakeUpThreads, row.id<UserId>().bytes, {}, at);
}

}  // namespace

ErrandStep take_up_some(Writing& writing, UserId user, std::size_t rows, Instant) {
  auto errand = writing.db.row("select reached from errands where company = $1 and id = $2",
                               writing.company, ErrandId{user.bytes});
  const auto reached = errand ? errand->maybe_id<ThreadId>() : std::nullopt;
  const auto done = look_through(writing, user, reached.value_or(ThreadId{}), rows, kLookedAt);
  note_reached(writing, user, done.reached);
  return {.rows = done.taken, .finished = done.all};
}

void take_up_again(Writing& writing, const std::vector<UserId>& users, Instant at) {
  for (const auto& user : users) {
    const auto done = look_through(writing, user, {}, left_in_commit(writing),
                                   std::max<std::size_t>(1, kLookedAt / users.size()));
    if (done.all) continue;
    begin_errand(writing, kTakeUpThreads, user.bytes, {}, at);
    note_reached(writing, user, done.reached);
  }
}

void take_up_unseen_of(Writing& writing, CandidateId candidate, Instant at) {
  look_at_marks(writing, candidate, true, at);
}

void look_at_marks_of(Writing& writing, CandidateId candidate, Instant at) {
  look_at_marks(writing, candidate, false, at);
}

void take_up_unseen(Writing& writing, ThreadId thread) {
  for (auto& row : writing.db.rows(
           "select d.thread, d.user_id, th.candidate" + unseen() + "d.thread = $2 limit $3",
           writing.company, thread, Limits{}.users_of_company)) {
    const auto at = row.id<ThreadId>();
    const auto user = row.id<UserId>();
    take_up(writing, at, user, row.id<CandidateId>());
  }
}

}  // namespace hearback::store
