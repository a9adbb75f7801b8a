#include "store/candidates/lines_known.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "store/candidates/external_ids.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/engine/search_key.hpp"

namespace hearback::store {
namespace {

using rules::KnownOfLines;

constexpr std::size_t kOfOneTitle = 20;

template <class Items>
std::vector<std::string> list_of(const Items& items) {
  return {items.begin(), items.end()};
}

bool sees_all(const Scope& scope) { return scope.kind == Scope::Kind::engine || scope.all_jobs; }

void add_by_address(Db& db, const LinesKnown& question, KnownOfLines& known) {
  const auto& scope = question.scope;
  in_chunks(scope_params(scope), values_of(question.names.addresses), [&](InList list, Params all) {
    for (auto& row : db.run("select a.normal, a.candidate from candidate_addresses a"
                            " join candidates c on c.company = a.company and c.id = a.candidate"
                            " where a.company = $1 and c.non_candidate = 0 and a.normal in " +
                                list + " and " + may_see_candidate(scope, "a.candidate"),
                            all)
                         .rows) {
      auto normal = row.text();
      known.people_by_address.emplace(std::move(normal), row.id<CandidateId>());
    }
  });
}

void add_people(Db& db, const LinesKnown& question, KnownOfLines& known) {
  std::vector<CandidateId> ids;
  for (const auto& [name, id] : known.people_by_id) ids.push_back(id);
  for (const auto& [normal, id] : known.people_by_address) ids.push_back(id);
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  for (auto& [id, one] : load_candidates(db, question.scope, ids))
    known.people[id] = {std::move(one.candidate), std::move(one.applications)};
  std::erase_if(known.people_by_id,
                [&](const auto& one) { return !known.people.contains(one.second); });
  std::erase_if(known.people_by_address,
                [&](const auto& one) { return !known.people.contains(one.second); });
}

// Open ones before closed ones, the newest first. (A title that is said to be equal would let
// PostgreSQL walk through all jobs in that order, and look for it on the way: 0018.) Whoever is on
// a few teams doesn't look at all jobs that are called so.
std::vector<std::pair<std::string, JobId>> titled(Db& db, const LinesKnown& question) {
  const auto& scope = question.scope;
  std::vector<std::pair<std::string, JobId>> found;
  if (!sees_all(scope)) {
    in_chunks(scope_params(scope), values_of(question.names.titles), [&](InList list, Params all) {
      for (auto& row : db.run("select j.title_key, j.id from job_team t cross join jobs j"
                              " where t.company = $1 and t.user_id = $2 and j.company = t.company"
                              " and j.id = t.job and j.title_key in " +
                                  list + " and " + may_see_job(scope, "j.id") +
                                  " order by j.is_open desc, j.id desc",
                              all)
                           .rows) {
        auto key = row.text();
        found.emplace_back(std::move(key), row.id<JobId>());
      }
    });
    return found;
  }
  std::vector<std::vector<Value>> each;
  for (const auto& title : question.names.titles)
    each.push_back({value_of(title), value_of(kOfOneTitle)});
  const auto shared = scope_params(scope);
  for (auto& rows :
       db.run_each("select j.title_key, j.id from jobs j where j.company = $1"
                   " and j.title_key >= $4 and j.title_key <= $4 and " +
                       may_see_job(scope, "j.id") +
                       " order by j.title_key desc, j.is_open desc, j.id desc limit $5",
                   shared, each))
    for (auto& row : rows) {
      auto key = row.text();
      found.emplace_back(std::move(key), row.id<JobId>());
    }
  return found;
}

void load_jobs(Db& db, const Scope& scope, const std::vector<JobId>& ids, KnownOfLines& known) {
  const auto company = scope.company;
  in_chunks(scope_params(scope), values_of(ids), [&](InList list, Params all) {
    for (auto& row : db.run("select j.id, j.title, j.kind, j.is_open, j.version from jobs j"
                            " where j.company = $1 and j.id in " +
                                list + " and " + may_see_job(scope, "j.id"),
                            all)
                         .rows) {
      const auto id = row.id<JobId>();
      auto& one = known.jobs[id];
      one.job.id = id;
      one.job.title = row.text();
      one.job.kind = row.word<rules::JobKind>();
      one.job.open = row.flag();
      one.version = static_cast<std::uint64_t>(row.number());
    }
  });
  in_chunks({value_of(company)}, values_of(ids), [&](InList list, Params all) {
    for (auto& row : db.run("select t.job, t.user_id from job_team t where t.company = $1"
                            " and t.job in " +
                                list + " order by t.job, t.user_id",
                            all)
                         .rows) {
      const auto at = known.jobs.find(row.id<JobId>());
      if (at != known.jobs.end()) at->second.team.push_back(row.id<UserId>());
    }
  });
  auto stages = load_stages(db, company, ids);
  auto names = external_ids_of(db, company, ids);
  for (auto& [id, one] : known.jobs) {
    if (const auto at = stages.find(id); at != stages.end()) one.stages = std::move(at->second);
    if (const auto at = names.find(id); at != names.end())
      one.job.external_id = std::move(at->second);
  }
}

// Those that the lines name, and those that the people whom they name are in.
void add_jobs(Db& db, const LinesKnown& question, KnownOfLines& known) {
  std::set<JobId> ids;
  for (const auto& [name, id] : known.jobs_by_id) ids.insert(id);
  std::map<std::string, std::size_t> of_title;
  std::set<JobId> by_title;
  for (const auto& [key, id] : titled(db, question)) {
    if (++of_title[key] > kOfOneTitle) continue;
    known.jobs_by_title.emplace(key, id);
    by_title.insert(id);
    ids.insert(id);
  }
  for (const auto& [id, person] : known.people)
    for (const auto& application : person.applications) ids.insert(application.job);
  load_jobs(db, question.scope, {ids.begin(), ids.end()}, known);
  for (const auto& [id, one] : known.jobs)
    if (auto key = search_key(one.job.title);
        !by_title.contains(id) && question.names.titles.contains(key))
      known.jobs_by_title.emplace(std::move(key), id);
  const auto gone = [&](const auto& one) { return !known.jobs.contains(one.second); };
  std::erase_if(known.jobs_by_id, gone);
  std::erase_if(known.jobs_by_title, gone);
}

// I-1, as is_internal() has it.
void add_internal(Db& db, const LinesKnown& question, KnownOfLines& known) {
  const std::string each[] = {
      "select email_normal from users where company = $1 and email_normal in ",
      "select address_normal from mailboxes where " + std::string(kProven) +
          " and company = $1 and address_normal in "};
  for (const auto& which : each)
    in_chunks({value_of(question.scope.company)}, values_of(question.names.addresses),
              [&](InList list, Params all) {
                for (auto& row : db.run(which + list, all).rows) known.internal.insert(row.text());
              });
}

void add_colleagues(Db& db, const LinesKnown& question, KnownOfLines& known) {
  in_chunks({value_of(question.scope.company)}, values_of(question.names.colleagues),
            [&](InList list, Params all) {
              for (auto& row : db.run("select email_normal, id from users where company = $1"
                                      " and active = 1 and email_normal in " +
                                          list,
                                      all)
                                   .rows) {
                auto normal = row.text();
                known.colleagues.emplace(std::move(normal), row.id<UserId>());
              }
            });
}

std::size_t left_today(Db& db, const LinesKnown& question, std::string_view counted,
                       std::size_t most) {
  const std::int64_t day = std::chrono::milliseconds(std::chrono::hours(24)).count();
  auto row = db.row(
      "select made from day_counts where company = $1 and user_id = $2 and counted = $3"
      " and day = $4",
      question.scope.company, question.scope.user, counted, question.now.ms / day * day);
  const auto made = row ? static_cast<std::size_t>(row->number()) : 0;
  return made < most ? most - made : 0;
}

void add_room(Db& db, const LinesKnown& question, KnownOfLines& known) {
  const Limits limits;
  known.candidates_left = left_today(db, question, "candidates", limits.candidates_of_user_a_day);
  if (question.what != rules::Imported::jobs) return;
  known.jobs_left = left_today(db, question, "jobs", limits.jobs_of_user_a_day);
  auto open = db.row(
      "select count(*) from (select 1 from jobs where company = $1 and is_open = 1"
      " limit $2) x",
      question.scope.company, limits.open_jobs_of_company);
  known.open_jobs_left = limits.open_jobs_of_company - static_cast<std::size_t>(open->number());
}

}  // namespace

void expect(Writing& writing, const NoJobTitled& expected) {
  LinesKnown asked{expected.by, rules::Imported::jobs, {}, {}};
  asked.names.titles.insert(expected.titles.begin(), expected.titles.end());
  if (!titled(writing.db, asked).empty()) broken_expectation();
}

AnswerTo<LinesKnown> answer(Reading& reading, const LinesKnown& question) {
  auto& db = reading.db;
  const auto& scope = question.scope;
  KnownOfLines known;
  known.sees_all_jobs = sees_all(scope);
  auto named = answer(
      reading,
      NamedExternally{scope, list_of(question.names.jobs), list_of(question.names.candidates), {}});
  known.people_by_id = std::move(named.candidates);
  known.jobs_by_id = std::move(named.jobs);
  add_by_address(db, question, known);
  add_people(db, question, known);
  add_jobs(db, question, known);
  add_internal(db, question, known);
  add_colleagues(db, question, known);
  add_room(db, question, known);
  return known;
}

}  // namespace hearback::store
