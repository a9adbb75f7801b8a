#include "store/errands/questions.hpp"

#include "base/limits.hpp"
#include "store/engine/answers.hpp"

namespace hearback::store {
namespace {

constexpr const char* kColumns =
    "select id, kind, subject, started_by, created, not_before, finished, steps, done, error"
    " from errands where company = $1 and ";

std::vector<Errand> read_errands(std::vector<Row> rows) {
  std::vector<Errand> errands;
  for (auto& row : rows) {
    auto& errand = errands.emplace_back();
    errand.id = row.id<ErrandId>();
    errand.kind = row.text();
    errand.subject = row.text();
    errand.started_by = row.maybe_id<UserId>();
    errand.created = row.instant();
    errand.not_before = row.instant();
    errand.finished = row.maybe_instant();
    errand.steps = static_cast<std::uint64_t>(row.number());
    errand.done = static_cast<std::uint64_t>(row.number());
    errand.error = row.text();
  }
  return errands;
}

}  // namespace

AnswerTo<ErrandsDue> answer(Reading& reading, const ErrandsDue& question) {
  return read_errands(reading.db.rows(
      std::string(kColumns) + "finished is null and (not_before <= $2 or not_before > $4)"
                              " order by not_before, id limit $3",
      question.scope.company, question.now, question.rows, question.now + ErrandsDue::kFarthest));
}

AnswerTo<ErrandsNextDue> answer(Reading& reading, const ErrandsNextDue& question) {
  auto row =
      reading.db.row("select min(not_before) from errands where company = $1 and finished is null",
                     question.scope.company);
  return row->maybe_instant();
}

AnswerTo<Errands> answer(Reading& reading, const Errands& question) {
  const auto& scope = question.scope;
  const bool all = scope.kind == rules::Scope::Kind::engine || scope.admin;
  return read_errands(reading.db.rows(
      std::string(kColumns) + "($3 = 1 or started_by = $2) order by created desc, id desc limit $4",
      scope.company, scope.user, all, Limits{}.page_rows_max));
}

}  // namespace hearback::store
