#include "store/candidates/external_ids.hpp"

#include <optional>
#include <utility>

#include "store/candidates/merging.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {
namespace {

constexpr std::string_view kJob = "job", kCandidate = "candidate", kApplication = "application";

// What those that the scope may see lead to, the one that had it first before others. `from`: a
// table and how its row is found by `e.object`; `seen`: which of them.
template <class I>
std::map<std::string, I> led_to(Db& db, const Scope& scope, std::string_view kind,
                                const std::string& from, const std::string& seen,
                                const std::vector<std::string>& external_ids) {
  std::map<std::string, I> found;
  auto params = scope_params(scope);
  params.push_back(value_of(std::string(kind)));
  in_chunks(std::move(params), values_of(external_ids), [&](InList list, Params all) {
    for (auto& row : db.run("select e.external_id, x.id from external_ids e cross join " + from +
                                " where e.company = $1 and e.kind = $4 and e.external_id in " +
                                list + " and x.company = $1 and " + seen +
                                " order by e.external_id, e.number, e.object",
                            all)
                         .rows) {
      auto name = row.text();
      found.emplace(std::move(name), row.id<I>());
    }
  });
  return found;
}

std::map<std::string, JobId> jobs_named(Db& db, const Scope& scope,
                                        const std::vector<std::string>& external_ids) {
  return led_to<JobId>(db, scope, kJob, "jobs x",
                       "x.id = e.object and " + may_see_job(scope, "x.id"), external_ids);
}

std::map<std::string, CandidateId> candidates_named(Db& db, const Scope& scope,
                                                    const std::vector<std::string>& external_ids) {
  return led_to<CandidateId>(
      db, scope, kCandidate, "candidates x",
      "x.id = coalesce((select g.stands from merged_candidates g where g.company = $1"
      " and g.merged = e.object), e.object) and x.non_candidate = 0 and " +
          may_see_candidate(scope, "x.id"),
      external_ids);
}

// One that was put aside by a merge leads to the one that the kept candidate has in its place.
std::map<std::string, ApplicationId> applications_named(
    Db& db, const Scope& scope, const std::vector<std::string>& external_ids) {
  return led_to<ApplicationId>(
      db, scope, kApplication, "applications x",
      "x.id = coalesce((select o.id from applications o where o.company = $1 and o.id = e.object),"
      " (select k.id from merged_applications m join merged_candidates g on g.company = m.company"
      "  and g.merged = m.merged join applications k on k.company = g.company"
      "  and k.candidate = g.stands and k.job = m.job where m.company = $1 and m.id = e.object"
      "  order by k.id limit 1)) and " +
          may_see_candidate(scope, "x.candidate") + " and " + may_see_job(scope, "x.job"),
      external_ids);
}

struct Told {
  JobId job;
  CandidateId candidate;
};

// What is to be called so, of what `by` may see; and the other one that is called so already.
struct Naming {
  std::string_view kind;
  Value object;
  Told told;
  bool other_has_it = false;
};

template <class I>
bool leads_elsewhere(const std::map<std::string, I>& found, const std::string& name, I here) {
  const auto at = found.find(name);
  return at != found.end() && at->second != here;
}

Naming naming(Writing& writing, const SetExternalId& change, JobId job) {
  auto& db = writing.db;
  if (!scoped_row(db, change.by,
                  "select 1 from jobs x where x.company = $1 and x.id = $4 and " +
                      may_see_job(change.by, "x.id"),
                  job))
    refuse(Kind::missing, "job.missing", "There is no such job.");
  return {
      kJob,
      value_of(job),
      {job, {}},
      leads_elsewhere(jobs_named(db, change.by, {change.external_id}), change.external_id, job)};
}

Naming naming(Writing& writing, const SetExternalId& change, CandidateId candidate) {
  auto& db = writing.db;
  expect_remembered(writing, candidate);
  if (!scoped_row(db, change.by,
                  "select 1 from candidates x where x.company = $1 and x.id = $4"
                  " and x.non_candidate = 0 and " +
                      may_see_candidate(change.by, "x.id"),
                  candidate))
    refuse(Kind::missing, "candidate.missing", "There is no such candidate.");
  return {kCandidate,
          value_of(candidate),
          {{}, candidate},
          leads_elsewhere(candidates_named(db, change.by, {change.external_id}), change.external_id,
                          candidate)};
}

Naming naming(Writing& writing, const SetExternalId& change, ApplicationId application) {
  auto& db = writing.db;
  auto row = scoped_row(db, change.by,
                        "select x.candidate from applications x where x.company = $1"
                        " and x.id = $4 and " +
                            may_see_candidate(change.by, "x.candidate") + " and " +
                            may_see_job(change.by, "x.job"),
                        application);
  if (!row) refuse(Kind::missing, "application.missing", "There is no such application.");
  return {kApplication,
          value_of(application),
          {{}, row->id<CandidateId>()},
          leads_elsewhere(applications_named(db, change.by, {change.external_id}),
                          change.external_id, application)};
}

template <class I>
std::map<I, std::string> own_names(Db& db, CompanyId company, const std::vector<I>& ids) {
  std::map<I, std::string> names;
  in_chunks({value_of(company)}, values_of(ids), [&](InList list, Params params) {
    for (auto& row : db.run("select object, external_id from external_ids where company = $1"
                            " and object in " +
                                list,
                            params)
                         .rows) {
      const auto id = row.id<I>();
      names.emplace(id, row.text());
    }
  });
  return names;
}

}  // namespace

std::map<JobId, std::string> external_ids_of(Db& db, CompanyId company,
                                             const std::vector<JobId>& jobs) {
  return own_names(db, company, jobs);
}

std::map<ApplicationId, std::string> external_ids_of(
    Db& db, CompanyId company, const std::vector<ApplicationId>& applications) {
  return own_names(db, company, applications);
}

std::map<CandidateId, std::string> external_ids_of(Db& db, CompanyId company,
                                                   const std::vector<CandidateId>& candidates) {
  auto names = own_names(db, company, candidates);
  in_chunks({value_of(company)}, values_of(candidates), [&](InList list, Params params) {
    for (auto& row : db.run("select g.stands, e.external_id from merged_candidates g"
                            " join external_ids e on e.company = g.company and e.object = g.merged"
                            " where g.company = $1 and g.stands in " +
                                list + " order by g.stands, g.number desc",
                            params)
                         .rows) {
      const auto id = row.id<CandidateId>();
      names.emplace(id, row.text());
    }
  });
  return names;
}

void forget_external_ids(Writing& writing, CandidateId candidate) {
  constexpr std::string_view kOf[] = {
      "select id from candidates where company = $1 and id = $2",
      "select id from applications where company = $1 and candidate = $2",
      "select merged from merged_candidates where company = $1 and stands = $2",
      "select m.id from merged_candidates g join merged_applications m on m.company = g.company"
      " and m.merged = g.merged where g.company = $1 and g.stands = $2"};
  for (const auto which : kOf)
    writing.db.change(
        "delete from external_ids where company = $1 and object in (" + std::string(which) + ")",
        writing.company, candidate);
}

void hand_on_external_ids(Writing& writing, CandidateId merged) {
  auto& db = writing.db;
  const auto company = writing.company;
  for (auto& row :
       // Of who was merged on, the one that was theirs: that merge may still be undone.
       db.rows("select e.object, (select k.id from merged_candidates g join (select company, id,"
               "   candidate, job from applications union select company, id, merged, job"
               "   from merged_applications) k"
               "  on k.company = g.company and k.candidate = g.part_of and k.job = m.job"
               "  where g.company = $1 and g.merged = m.merged and not exists (select 1"
               "   from external_ids o where o.company = $1 and o.object = k.id)"
               "  order by k.id limit 1)"
               " from merged_applications m join external_ids e on e.company = m.company"
               " and e.object = m.id where m.company = $1 and m.merged = $2"
               " and not exists (select 1 from applications a where a.company = $1 and a.id = m.id)"
               " order by e.number, e.object",
               company, merged)) {
    const auto aside = row.id<ApplicationId>();
    const auto kept = row.maybe_id<ApplicationId>();
    // Of two that were put aside for one the first goes on.
    if (kept &&
        !db.row("select 1 from external_ids where company = $1 and object = $2", company, *kept))
      db.change("update external_ids set object = $3 where company = $1 and object = $2", company,
                aside, *kept);
    else
      db.change("delete from external_ids where company = $1 and object = $2", company, aside);
  }
}

void apply(Writing& writing, const SetExternalId& change) {
  auto& db = writing.db;
  const auto named = std::visit([&](auto id) { return naming(writing, change, id); }, change.what);
  const auto of_it = "company = $1 and object = $2";
  auto before = db.row("select external_id from external_ids where " + std::string(of_it),
                       writing.company, named.object);
  // What came along with somebody who was merged goes, too: it would be shown instead.
  if (change.external_id.empty())
    db.change(
        "delete from external_ids where company = $1 and object in (select g.merged"
        " from merged_candidates g where g.company = $1 and g.stands = $2)",
        writing.company, named.object);
  if ((before ? before->text() : "") == change.external_id) return;
  if (!change.external_id.empty() && named.other_has_it)
    refuse(Kind::conflict, "external-id.taken", "Another one has this external id already.",
           "Look which of the two it is.");
  db.change("delete from external_ids where " + std::string(of_it), writing.company, named.object);
  // One has it: not also what was put aside for it by a merge, and may come back.
  db.change(
      "delete from external_ids where company = $1 and external_id = $2 and kind = $4 and object "
      "in ("
      " select g.merged from merged_candidates g where g.company = $1 and g.stands = $3"
      " union select m.id from merged_candidates g join merged_applications m"
      "  on m.company = g.company and m.merged = g.merged where g.company = $1 and g.stands = $3"
      "  and not exists (select 1 from applications a where a.company = $1 and a.id = m.id))",
      writing.company, change.external_id, named.told.candidate, named.kind);
  if (!change.external_id.empty())
    db.change(
        "insert into external_ids(company, kind, external_id, object, number)"
        " values ($1, $2, $3, $4, $5)",
        writing.company, named.kind, change.external_id, named.object, writing.revision + 1);
  if (!named.told.job.empty()) return tell_of_job(writing, named.told.job, {});
  writing.tell("candidate", named.told.candidate.text(), named.told.candidate);
}

AnswerTo<NamedExternally> answer(Reading& reading, const NamedExternally& question) {
  const auto& scope = question.scope;
  return {jobs_named(reading.db, scope, question.jobs),
          candidates_named(reading.db, scope, question.candidates),
          applications_named(reading.db, scope, question.applications)};
}

}  // namespace hearback::store
