#include "store/journal/questions.hpp"

#include "store/engine/answers.hpp"

namespace hearback::store {

AnswerTo<JournalSince> answer(Reading& reading, const JournalSince& question) {
  std::vector<JournalEntry> entries;
  for (auto& row : reading.db.rows(
           "select position, at, kind, subject, candidate, user_id, how, was, became from journal"
           " where company = $1 and position > $2 order by position limit $3",
           question.scope.company, question.position, question.rows)) {
    auto& entry = entries.emplace_back();
    entry.position = static_cast<std::uint64_t>(row.number());
    entry.at = row.instant();
    entry.kind = row.text();
    entry.subject = row.text();
    entry.candidate = row.maybe_id<CandidateId>().value_or(CandidateId{});
    entry.user = row.maybe_id<UserId>().value_or(UserId{});
    entry.how = row.text();
    entry.before = row.text();
    entry.after = row.text();
  }
  return entries;
}

AnswerTo<JournalPosition> answer(Reading& reading, const JournalPosition& question) {
  auto row =
      reading.db.row("select position from journal_positions where company = $1 and consumer = $2",
                     question.scope.company, question.consumer);
  return row ? static_cast<std::uint64_t>(row->number()) : 0;
}

}  // namespace hearback::store
