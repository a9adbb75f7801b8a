#include "store/threads/taking_up.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {
namespace {

// At most `rows` of those marks of which this condition holds.
std::size_t take_up(Writing& writing, const std::string& whose, const Value& which,
                    std::size_t rows) {
  static const std::string kUnseen =
      "select d.thread, d.user_id, th.candidate from thread_done d join threads th"
      " on th.company = d.company and th.id = d.thread where d.company = $1 and not " +
      user_may_read("d.user_id", "th") + " and ";
  auto found = writing.db.rows(kUnseen + whose + " limit $3", writing.company, which, rows);
  for (auto& row : found) {
    const auto thread = row.id<ThreadId>();
    const auto user = row.id<UserId>();
    writing.db.change("delete from thread_done where company = $1 and thread = $2 and user_id = $3",
                      writing.company, thread, user);
    writing.touched.audience.insert(thread);
    writing.tell_of(thread, row.id<CandidateId>(), "archive", thread.text());
  }
  return found.size();
}

}  // namespace

ErrandStep take_up_some(Writing& writing, UserId user, std::size_t rows, Instant) {
  ErrandStep step;
  step.rows = take_up(writing, "d.user_id = $2", value_of(user), rows);
  step.finished = step.rows < rows;
  return step;
}

void take_up_again(Writing& writing, UserId user, Instant at) {
  const auto most = Limits{}.errand_rows;
  const auto room = most - std::min(most, writing.touched.audience.size());
  if (!take_up_some(writing, user, room, at).finished)
    begin_errand(writing, kTakeUpThreads, user.bytes, {}, at);
}

void take_up_unseen(Writing& writing, ThreadId thread) {
  take_up(writing, "d.thread = $2", value_of(thread), Limits{}.users_of_company);
}

}  // namespace hearback::store
