#include "store/feed/questions.hpp"

#include "rules/leaving_jobs.hpp"
#include "store/candidates/own_files.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/mailboxes/past_sql.hpp"

namespace hearback::store {

AnswerTo<Since> answer(Reading& reading, const Since& question) {
  std::vector<FeedEntry> entries;
  for (auto& row :
       scoped_rows(reading.db, question.scope,
                   "select f.revision, f.kind, f.subject, f.candidate, f.user_id, f.thread,"
                   " f.mailbox from feed f where f.company = $1 and f.revision > $4"
                   " and f.revision <= $6 and " +
                       may_hear_of(question.scope, "f") + " order by f.revision limit $5",
                   question.revision, question.rows, question.upto)) {
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

AnswerTo<Prunable> answer(Reading& reading, const Prunable& question) {
  const auto company = question.scope.company;
  const auto now = question.now;
  const auto& kept = question.kept;
  const auto any = [&](const char* what, Instant before) {
    return reading.db.row("select 1 from " + std::string(what) + " limit 1", company, before)
        .has_value();
  };
  return any("uploads where company = $1 and at < $2", now - kept.uploads) ||
         any("idempotent_answers where company = $1 and at < $2", now - kept.answers) ||
         any("sessions where company = $1 and expires <= $2", now) ||
         any("day_counts where company = $1 and day < $2", now - kept.counts) ||
         any("errands where company = $1 and created < $2 and finished is not null",
             now - kept.errands) ||
         any("journal where company = $1 and at < $2 and position <= (select"
             " coalesce(min(position), 9223372036854775807) from journal_positions"
             " where company = $1)",
             now - kept.journal) ||
         any("merged_candidates where company = $1 and undo_until <= $2", now) ||
         any("removed_applications where company = $1 and at <= $2",
             now - rules::kTakenOutStaysUndoable) ||
         any("taken_off_addresses where company = $1 and at <= $2", now - kAddingStaysAside) ||
         any("removed_files where company = $1 and removed_at <= $2", now - kRemovedFileStays) ||
         any("address_changes where company = $1 and due <= $2", now) ||
         any("feed where company = $1 and revision <= (select max(revision) from feed_marks"
             " where company = $1 and at <= $2)",
             now - kept.feed);
}

}  // namespace hearback::store
