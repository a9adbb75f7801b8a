#include "store/candidates/questions.hpp"

#include <unordered_map>

#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/paging.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {
namespace {

// `%part%` for LIKE, with the part's own % and _ meaning themselves.
std::string containing(std::string_view part) {
  std::string pattern = "%";
  for (char c : search_key(part)) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

}  // namespace

AnswerTo<Jobs> answer(Reading& reading, const Jobs& question) {
  std::vector<Jobs::Row> jobs;
  std::unordered_map<JobId, std::size_t> places;
  for (auto& row : scoped_rows(reading.db, question.scope,
                               "select j.id, j.title, j.kind, j.is_open,"
                               " (select count(distinct a.candidate) from applications a"
                               "  where a.company = $1 and a.job = j.id)"
                               " from jobs j where j.company = $1 and " +
                                   may_see_job("j.id") + " order by j.is_open desc, j.id")) {
    auto& one = jobs.emplace_back();
    one.job.id = row.id<JobId>();
    one.job.title = row.text();
    one.job.kind = row.word<rules::JobKind>();
    one.job.open = row.flag();
    one.candidates = static_cast<std::uint64_t>(row.number());
    places[one.job.id] = jobs.size() - 1;
  }
  for (auto& row :
       reading.db.rows("select job, user_id from job_team where company = $1 order by job, user_id",
                       question.scope.company)) {
    const auto place = places.find(row.id<JobId>());
    if (place != places.end()) jobs[place->second].team.push_back(row.id<UserId>());
  }
  return jobs;
}

AnswerTo<Candidates> answer(Reading& reading, const Candidates& question) {
  const auto& scope = question.scope;
  auto params = scope_params(scope);
  const auto add = [&](auto&& value) {
    params.push_back(value_of(value));
    return "$" + std::to_string(params.size());
  };
  std::string where = "c.company = $1 and " + may_see_candidate("c.id");
  if (!question.text.empty()) {
    const auto pattern = add(containing(question.text));
    where += " and (c.name_key like " + pattern +
             " escape '\\' or exists (select 1 from candidate_addresses a where a.company = $1"
             " and a.candidate = c.id and a.address_key like " +
             pattern + " escape '\\'))";
  }
  if (question.job)
    where +=
        " and exists (select 1 from applications x where x.company = $1"
        " and x.candidate = c.id and x.job = " +
        add(*question.job) + " and " + may_see_job("x.job") + ")";
  if (const auto cursor = cursor_of(question.page)) {
    const auto key = add(cursor->key);
    where += " and (c.name_key, c.id) > (" + key + ", " + add(CandidateId{cursor->id}) + ")";
  }
  const auto shown = rows_of(question.page);
  const auto limit = add(shown + 1);
  auto found = reading.db.run(
      "select c.id, c.name_key, (select max(p.message_date) from placements p"
      " where p.company = $1 and p.candidate = c.id)"
      " from candidates c where " +
          where + " order by c.name_key, c.id limit " + limit,
      params);
  std::vector<Candidates::Row> rows;
  std::vector<CandidateId> ids;
  std::unordered_map<CandidateId, std::string> keys;
  for (auto& row : found.rows) {
    ids.push_back(row.id<CandidateId>());
    keys[ids.back()] = row.text();
    rows.emplace_back().last_at = row.maybe_instant();
  }
  auto whole = load_candidates(reading.db, scope, ids);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].candidate = std::move(whole[ids[i]].candidate);
    rows[i].applications = std::move(whole[ids[i]].applications);
  }
  return page_of(std::move(rows), shown, [&](const Candidates::Row& row) {
    return Cursor{keys[row.candidate.id], row.candidate.id.bytes};
  });
}

AnswerTo<CandidateById> answer(Reading& reading, const CandidateById& question) {
  auto whole = load_candidates(reading.db, question.scope, {question.candidate});
  const auto at = whole.find(question.candidate);
  if (at == whole.end()) return std::nullopt;
  CandidateById::Found found;
  found.candidate = std::move(at->second.candidate);
  found.applications = std::move(at->second.applications);
  for (auto& row : reading.db.rows(
           "select u.id from users u where u.company = $1 and u.active = 1 and"
           " (u.role = 'admin' or u.all_jobs = 1 or exists (select 1 from applications a"
           "  join job_team t on t.company = a.company and t.job = a.job"
           "  where a.company = $1 and a.candidate = $2 and t.user_id = u.id)) order by u.id",
           question.scope.company, question.candidate))
    found.seen_by.push_back(row.id<UserId>());
  return found;
}

}  // namespace hearback::store
