#include "store/outbox/questions.hpp"

#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {
namespace {

// What the engine works on: waiting rows, rows whose owner may have died, rows to reconcile, and
// sent ones whose copy is still to be filed. The same words as the index outbox_at_work.
constexpr std::string_view kAtWork =
    "(o.state in ('scheduled', 'queued', 'sending', 'uncertain')"
    " or (o.state = 'sent' and o.copy_filed = 0))";

void complete(Db& db, CompanyId company, std::vector<rules::OutboxMessage>& messages) {
  std::vector<rules::OutboxMessage*> rows;
  for (auto& message : messages) rows.push_back(&message);
  load_recipients(db, company, rows);
}

}  // namespace

AnswerTo<OutboxDue> answer(Reading& reading, const OutboxDue& question) {
  std::vector<OutboxDue::Row> due;
  for (auto& row :
       scoped_rows(reading.db, question.scope,
                   "select o.lease_until, " + std::string(kOutboxColumns) +
                       " from outbox o where o.company = $1 and " + std::string(kAtWork) +
                       " and (o.state = 'sending' or o.not_before <= $4)"
                       " and ($6 = 1 or o.lease_until is null or o.lease_until <= $4) and " +
                       may_see_outbox(question.scope, "o") +
                       " order by o.not_before, o.created, o.id limit $5",
                   question.now, question.rows, question.also_leased)) {
    auto& one = due.emplace_back();
    one.lease_until = row.maybe_instant();
    one.message = read_outbox(row);
  }
  std::vector<rules::OutboxMessage*> rows;
  for (auto& one : due) rows.push_back(&one.message);
  load_recipients(reading.db, question.scope.company, rows);
  return due;
}

AnswerTo<OutboxNextDue> answer(Reading& reading, const OutboxNextDue& question) {
  auto row = scoped_row(reading.db, question.scope,
                        "select min(case when o.state = 'sending' then coalesce(o.lease_until, 0)"
                        " when coalesce(o.lease_until, 0) > o.not_before then o.lease_until"
                        " else o.not_before end)"
                        " from outbox o where o.company = $1 and " +
                            std::string(kAtWork) + " and " + may_see_outbox(question.scope, "o"));
  return row->maybe_instant();
}

AnswerTo<OutboxById> answer(Reading& reading, const OutboxById& question) {
  auto row = scoped_row(reading.db, question.scope,
                        "select " + std::string(kOutboxColumns) +
                            " from outbox o where o.company = $1 and o.id = $4 and " +
                            may_see_outbox(question.scope, "o"),
                        question.id);
  if (!row) return std::nullopt;
  auto message = read_outbox(*row);
  load_recipients(reading.db, question.scope.company, {&message});
  return message;
}

AnswerTo<OutboxOf> answer(Reading& reading, const OutboxOf& question) {
  const bool engine = question.scope.kind == rules::Scope::Kind::engine;
  std::vector<rules::OutboxMessage> messages;
  for (auto& row :
       scoped_rows(reading.db, question.scope,
                   "select " + std::string(kOutboxColumns) +
                       " from outbox o where o.company = $1 and ($4 = 1 or o.author = $2)"
                       " and o.state in ('scheduled', 'queued', 'sending', 'uncertain', 'failed')"
                       " and " +
                       may_see_outbox(question.scope, "o") + " order by o.created desc, o.id desc",
                   engine))
    messages.push_back(read_outbox(row));
  complete(reading.db, question.scope.company, messages);
  return messages;
}

}  // namespace hearback::store
