#include "store/feed/questions.hpp"

#include "store/engine/answers.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {

AnswerTo<Since> answer(Reading& reading, const Since& question) {
  std::vector<FeedEntry> entries;
  for (auto& row :
       scoped_rows(reading.db, question.scope,
                   "select f.revision, f.kind, f.subject, f.candidate, f.user_id, f.thread,"
                   " f.mailbox from feed f where f.company = $1 and f.revision > $4 and " +
                       may_hear_of(question.scope, "f") + " order by f.revision limit $5",
                   question.revision, question.rows)) {
    auto& entry = entries.emplace_back();
    entry.revision = static_cast<std::uint64_t>(row.number());
    entry.kind = row.text();
    entry.id = row.text();
    entry.candidate = row.maybe_id<CandidateId>().value_or(CandidateId{});
    entry.user = row.maybe_id<UserId>().value_or(UserId{});
    entry.thread = row.maybe_id<ThreadId>().value_or(ThreadId{});
    entry.mailbox = row.maybe_id<MailboxId>().value_or(MailboxId{});
  }
  return entries;
}

}  // namespace hearback::store
