#include "store/candidates/questions.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <unordered_map>

#include "rules/files.hpp"
#include "store/candidates/external_ids.hpp"
#include "store/candidates/follows.hpp"
#include "store/candidates/merging.hpp"
#include "store/candidates/named.hpp"
#include "store/candidates/resting.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/merging.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/paging.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/engine/search_key.hpp"
#include "store/people/internal_addresses.hpp"

namespace hearback::store {
namespace {

struct Listed {
  std::string key;
  CandidateId candidate;
  auto operator<=>(const Listed&) const = default;
};

std::vector<Listed> read_listed(std::vector<Row> rows) {
  std::vector<Listed> listed;
  for (auto& row : rows) {
    auto& one = listed.emplace_back();
    one.key = row.text();
    one.candidate = row.id<CandidateId>();
  }
  return listed;
}

using ListedRun = Run<Listed>;

// Somebody who is on some hiring teams: the lists of their jobs, merged; of those who have the
// words, if there are any. So it costs what is theirs, whatever else the company has.
std::vector<Listed> list_by_jobs(Db& db, const Scope& scope, const Named& named,
                                 const Listed& after, std::size_t rows) {
  std::vector<ListedRun> runs;
  for (auto& row : db.rows("select t.job from job_team t where t.company = $1 and t.user_id = $2",
                           scope.company, scope.user))
    runs.push_back({{value_of(row.id<JobId>())}, after});
  std::vector<Value> shared{value_of(scope.company)};
  const auto also = named.has_all("n.candidate", [&](const std::string& value) {
    shared.push_back(value_of(value));
    return "$" + std::to_string(shared.size());
  });
  const auto own = [&](std::size_t place) { return "$" + std::to_string(shared.size() + place); };
  const auto sql =
      "select n.name_key, n.candidate from job_candidates n where n.company = $1"
      " and n.job = " +
      own(1) + " and (n.name_key, n.candidate) > (" + own(2) + ", " + own(3) + ")" + also +
      " order by n.name_key, n.candidate limit " + own(4);
  return merge_runs(std::move(runs), rows, std::less<Listed>{},
                    [&](std::span<ListedRun* const> next) {
                      std::vector<std::vector<Value>> each;
                      for (const auto* run : next)
                        each.push_back({run->which[0], value_of(run->after.key),
                                        value_of(run->after.candidate), value_of(run->at_once)});
                      std::vector<std::vector<Listed>> found;
                      for (auto& some : db.run_each(sql, shared, each))
                        found.push_back(read_listed(std::move(some)));
                      return found;
                    });
}

using Add = std::function<std::string(Value)>;

// O-5: that `candidate` is in the phase and the status of the job. Fenced, as their applications
// are few: a planner that takes the phase's index reads the whole phase for each candidate.
std::string in_stages(const Candidates& question, const std::string& candidate,
                      const std::string& job, const Add& add) {
  if (!question.phase && !question.status) return {};
  auto sql =
      " and exists (select 1 from (select a.job, a.phase, a.status from applications a"
      " where a.company = $1 and a.candidate = " +
      candidate + " limit 1000000000 offset 0) a where a.job = " + job;
  if (question.phase) sql += " and a.phase = " + add(value_of(*question.phase));
  if (question.status) sql += " and a.status = " + add(value_of(*question.status));
  return sql + ")";
}

// Those who are in what is asked for, as a table of `candidate`: read by the one of the two that
// the fewest are in. Nothing where so many are in each that whoever goes through the job by names
// has a page sooner.
std::string first_few_in(Db& db, const Candidates& question, const std::string& job,
                         const Add& add) {
  constexpr std::int64_t kFew = 500;
  struct In {
    std::string_view column;
    std::optional<StageId> stage;
  };
  const In phase{"phase", question.phase}, status{"status", question.status};
  const In* least = nullptr;
  auto fewest = kFew;
  for (const auto* one : {&phase, &status}) {
    if (!one->stage) continue;
    const auto row = db.row(
        "select count(*) from (select 1 from applications a where a.company = $1"
        " and a.job = $2 and a." +
            std::string(one->column) + " = $3 limit $4) few",
        question.scope.company, *question.job, *one->stage, kFew);
    const auto count = Row(*row).number();
    if (count >= fewest) continue;
    fewest = count;
    least = one;
  }
  if (!least) return {};
  const auto& other = least == &phase ? status : phase;
  auto sql =
      "(select distinct a.candidate from (select a.candidate, a.phase, a.status"
      " from applications a where a.company = $1 and a.job = " +
      job + " and a." + std::string(least->column) + " = " + add(value_of(*least->stage)) +
      " limit 1000000000 offset 0) a";
  if (other.stage)
    sql += " where a." + std::string(other.column) + " = " + add(value_of(*other.stage));
  return sql + " limit 1000000000 offset 0)";
}

// By name, after the cursor.
std::vector<Listed> list_candidates(Db& db, const Candidates& question, std::size_t rows) {
  const auto& scope = question.scope;
  const auto cursor = cursor_of(question.page);
  const Listed after = cursor ? Listed{cursor->key, CandidateId{cursor->id}} : Listed{};
  const bool sees_all = scope.kind == Scope::Kind::engine || scope.all_jobs;
  if (!question.job && (question.phase || question.status)) return {};
  const Named named(db, scope.company, question.text);
  if (!named.is_few() && !question.job && !sees_all)
    return scope.kind == Scope::Kind::nobody ? std::vector<Listed>{}
                                             : list_by_jobs(db, scope, named, after, rows);
  auto params = scope_params(scope);
  const auto add = [&](auto&& value) {
    params.push_back(value_of(value));
    return "$" + std::to_string(params.size());
  };
  std::string sql =
      "select c.name_key, c.id from candidates c where c.company = $1 and c.non_candidate = 0";
  std::string key = "(c.name_key, c.id)", order = "c.name_key, c.id";
  if (question.job) {
    const auto job = add(*question.job);
    if (const auto few = first_few_in(db, question, job, add); !few.empty()) {
      sql = "select c.name_key, c.id from " + few +
            " few cross join candidates c where c.company = $1 and c.id = few.candidate and " +
            may_see_job(scope, job);
    } else {
      sql =
          "select n.name_key, n.candidate from job_candidates n join candidates c"
          " on c.company = n.company and c.id = n.candidate where n.company = $1 and n.job = " +
          job + " and " + may_see_job(scope, "n.job");
      sql += in_stages(question, "n.candidate", job, add);
      key = "(n.name_key, n.candidate)", order = "n.name_key, n.candidate";
    }
  } else {
    if (named.is_few())
      sql = "select c.name_key, c.id from " + named.first_few(add) +
            " few cross join candidates c where c.company = $1 and c.id = few.candidate"
            " and c.non_candidate = 0";
    sql += " and " + may_see_candidate(scope, "c.id");
  }
  sql += named.has_all("c.id", add);
  if (cursor) {
    const auto name = add(after.key);
    sql += " and " + key + " > (" + name + ", " + add(after.candidate) + ")";
  }
  sql += " order by " + order + " limit " + add(rows);
  return read_listed(db.run(sql, params).rows);
}

// When the newest message came or went, of what the scope may see.
std::unordered_map<CandidateId, Instant> last_contacts(Db& db, const Scope& scope,
                                                       const std::vector<CandidateId>& ids) {
  std::unordered_map<CandidateId, Instant> last;
  in_chunks(scope_params(scope), values_of(ids), [&](InList list, Params params) {
    for (auto& row : db.run("select c.id, (select th.last_at from threads th where th.company = $1"
                            " and th.candidate = c.id and th.messages > 0 and " +
                                may_see_thread_row(scope, "th") +
                                " order by th.last_at desc, th.id desc limit 1) from candidates c"
                                " where c.company = $1 and c.id in " +
                                list,
                            params)
                         .rows) {
      const auto id = row.id<CandidateId>();
      if (const auto at = row.maybe_instant()) last[id] = *at;
    }
  });
  return last;
}

}  // namespace

namespace {

std::string job_columns(const Scope& scope) {
  return "j.id, j.title, j.kind, j.is_open, j.candidates, j.version, case when " +
         follows_job(scope, "j.id") + " then 1 else 0 end";
}

Jobs::Row read_job(Row& row) {
  Jobs::Row one;
  one.job.id = row.id<JobId>();
  one.job.title = row.text();
  one.job.kind = row.word<rules::JobKind>();
  one.job.open = row.flag();
  one.candidates = static_cast<std::uint64_t>(row.number());
  one.version = static_cast<std::uint64_t>(row.number());
  one.followed = row.flag();
  return one;
}

void add_stages(Db& db, CompanyId company, std::vector<Jobs::Row>& jobs) {
  std::vector<JobId> ids;
  for (const auto& one : jobs) ids.push_back(one.job.id);
  auto found = load_stages(db, company, ids);
  const auto external = external_ids_of(db, company, ids);
  for (auto& one : jobs) {
    one.stages = std::move(found[one.job.id]);
    if (const auto at = external.find(one.job.id); at != external.end())
      one.job.external_id = at->second;
  }
}

void load_teams(Db& db, CompanyId company, std::vector<Jobs::Row>& jobs) {
  std::unordered_map<JobId, std::vector<Jobs::Member>*> teams;
  std::vector<Value> ids;
  for (auto& one : jobs) {
    teams[one.job.id] = &one.team;
    ids.push_back(value_of(one.job.id));
  }
  in_chunks({value_of(company)}, ids, [&](InList list, Params params) {
    for (auto& row : db.run("select t.job, t.user_id, u.name from job_team t join users u"
                            " on u.company = t.company and u.id = t.user_id"
                            " where t.company = $1 and t.job in " +
                                list + " order by t.job, t.user_id",
                            params)
                         .rows) {
      auto& member = teams.at(row.id<JobId>())->emplace_back();
      member.user = row.id<UserId>();
      member.name = row.text();
    }
  });
}

Cursor cursor_at(bool open, JobId job) { return {open ? "1" : "0", job.bytes}; }

struct JobSearch {
  std::vector<Jobs::Row> jobs;
  std::size_t left = 10'000;      // that may still be looked at: closed jobs have no bound
  std::optional<Cursor> stopped;  // there, as that was too little
};

// Those that are open, or closed, after the cursor, as many as are still wanted. Titles are
// searched here: nothing is stored that they could be looked for by.
void list_jobs(Db& db, const Jobs& question, bool open, JobId after, std::size_t wanted,
               JobSearch& search) {
  auto& jobs = search.jobs;
  const auto& scope = question.scope;
  const auto part = search_key(question.text);
  // Whoever is on a few teams doesn't look at all jobs: their teams are read first (0018).
  const bool sees_all = scope.kind == Scope::Kind::engine || scope.all_jobs;
  const std::string among =
      sees_all ? "jobs j"
               : "(select t.job from job_team t where t.company = $1 and t.user_id = $2"
                 " and t.job > $5 order by t.job limit 1000000 offset 0) mine cross join jobs j";
  const std::string own = sees_all ? " and j.id > $5" : " and j.id = mine.job";
  const std::string_view order = sees_all ? "j.id" : "mine.job";
  while (jobs.size() < wanted) {
    if (search.left == 0) {
      search.stopped = cursor_at(open, after);
      return;
    }
    const auto at_once =
        std::min(search.left, part.empty() ? wanted - jobs.size() : std::size_t{500});
    auto rows =
        scoped_rows(db, scope,
                    "select " + job_columns(scope) + " from " + among + " where j.company = $1" +
                        own + " and j.is_open = $4 and " + may_see_job(scope, "j.id") +
                        " order by " + std::string(order) + " limit $6",
                    open, after, at_once);
    for (auto& row : rows) {
      auto one = read_job(row);
      after = one.job.id;
      if (search_key(one.job.title).contains(part) && jobs.size() < wanted)
        jobs.push_back(std::move(one));
    }
    search.left -= rows.size();
    if (rows.size() < at_once) return;
  }
}

}  // namespace

AnswerTo<Jobs> answer(Reading& reading, const Jobs& question) {
  const auto shown = rows_of(question.page);
  const auto cursor = number_cursor_of(question.page);
  JobSearch search;
  for (const bool open : {true, false}) {
    if (search.stopped) break;
    if (question.open && *question.open != open) continue;
    if (cursor && cursor->key == 0 && open) continue;  // the cursor stands among closed ones
    const bool begins = !cursor || (cursor->key == 1) != open;
    list_jobs(reading.db, question, open, begins ? JobId{} : JobId{cursor->id}, shown + 1, search);
  }
  auto page = page_of(std::move(search.jobs), shown,
                      [](const Jobs::Row& row) { return cursor_at(row.job.open, row.job.id); });
  if (page.next.empty() && search.stopped) page.next = to_text(*search.stopped);
  load_teams(reading.db, question.scope.company, page.rows);
  add_stages(reading.db, question.scope.company, page.rows);
  return page;
}

AnswerTo<JobById> answer(Reading& reading, const JobById& question) {
  auto row = scoped_row(reading.db, question.scope,
                        "select " + job_columns(question.scope) +
                            " from jobs j where j.company = $1 and j.id = $4 and " +
                            may_see_job(question.scope, "j.id"),
                        question.job);
  if (!row) return std::nullopt;
  std::vector<Jobs::Row> jobs;
  jobs.push_back(read_job(*row));
  load_teams(reading.db, question.scope.company, jobs);
  add_stages(reading.db, question.scope.company, jobs);
  return std::move(jobs.front());
}

AnswerTo<Candidates> answer(Reading& reading, const Candidates& question) {
  const auto& scope = question.scope;
  const auto shown = rows_of(question.page);
  auto page = page_of(list_candidates(reading.db, question, shown + 1), shown,
                      [](const Listed& one) { return Cursor{one.key, one.candidate.bytes}; });
  std::vector<CandidateId> ids;
  for (const auto& one : page.rows) ids.push_back(one.candidate);
  auto whole = load_candidates(reading.db, scope, ids);
  const auto last = last_contacts(reading.db, scope, ids);
  AnswerTo<Candidates> answered;
  answered.next = std::move(page.next);
  for (const auto& id : ids) {
    const auto found = whole.find(id);
    if (found == whole.end()) continue;
    auto& row = answered.rows.emplace_back();
    row.candidate = std::move(found->second.candidate);
    row.applications = std::move(found->second.applications);
    row.job_titles = std::move(found->second.job_titles);
    row.moved = std::move(found->second.moved);
    if (const auto at = last.find(id); at != last.end()) row.last_at = at->second;
  }
  return answered;
}

namespace {

// Of those who see the candidate: what others once followed says nothing to anybody.
void add_followers(Db& db, const CandidateById& question, CandidateById::Found& found) {
  std::unordered_map<UserId, const CandidateById::Found::Reader*> readers;
  for (const auto& reader : found.seen_by) readers.emplace(reader.user, &reader);
  for (auto& row : db.rows("select user_id from candidate_follows where company = $1"
                           " and candidate = $2 order by at, user_id",
                           question.scope.company, question.candidate)) {
    const auto user = row.id<UserId>();
    const auto reader = readers.find(user);
    if (reader == readers.end()) continue;
    found.followed = found.followed || user == question.scope.user;
    if (found.followers.size() < kFollowersShown)
      found.followers.push_back(*reader->second);
    else
      ++found.followers_left_out;
  }
}

}  // namespace

namespace {

void add_rest(Db& db, const CandidateById& question, CandidateById::Found& found) {
  const auto company = question.scope.company;
  auto jobs = scoped_rows(
      db, question.scope,
      "select j.closed, j.id, j.title, j.kind from applications x join jobs j"
      " on j.company = x.company and j.id = x.job where x.company = $1 and x.candidate = $4"
      " and 1 = (select " +
          rests("$4") + ") and " + may_see_job(question.scope, "j.id") +
          " order by j.closed desc limit 1",
      question.candidate);
  for (auto& row : jobs) {
    auto& rest = found.rest.emplace();
    rest.since = row.instant();
    rest.job.id = row.id<JobId>();
    rest.job.title = row.text();
    rest.job.kind = row.word<rules::JobKind>();
    rest.job.open = false;
  }
  auto row = db.row(
      "select cast(coalesce(sum(s.messages), 0) as bigint), coalesce(min(s.day), 0), "
      "coalesce(max(s.day), 0)"
      " from skipped_mail s where s.company = $1 and s.candidate = $2 and s.at > " +
          caught_up("$2"),
      company, question.candidate);
  CandidateById::Found::Skipped skipped;
  skipped.messages = static_cast<std::uint64_t>(row->number());
  skipped.first = Instant{row->number() * kDayOfSkipped};
  skipped.last = Instant{row->number() * kDayOfSkipped};
  if (skipped.messages > 0) found.skipped = skipped;
}

}  // namespace

std::optional<CandidateById::Found> find_candidate(Db& db, const CandidateById& asked) {
  auto question = asked;
  question.candidate = standing_candidate(db, asked.scope.company, asked.candidate);
  auto whole = load_candidates(db, question.scope, {question.candidate});
  const auto at = whole.find(question.candidate);
  if (at == whole.end()) return std::nullopt;
  CandidateById::Found found;
  found.candidate = std::move(at->second.candidate);
  found.applications = std::move(at->second.applications);
  found.job_titles = std::move(at->second.job_titles);
  found.moved = std::move(at->second.moved);
  const auto company = question.scope.company;
  for (auto& row :
       db.rows("select u.id, u.name, u.email from users u where u.company = $1 and u.active = 1"
               " and (u.role = 'admin' or u.all_jobs = 1) union"
               " select u.id, u.name, u.email from applications a join job_team t on t.company = "
               "a.company"
               " and t.job = a.job join users u on u.company = t.company and u.id = t.user_id"
               " where a.company = $1 and a.candidate = $2 and u.active = 1 order by 1",
               company, question.candidate)) {
    found.seen_by.push_back({row.id<UserId>(), {}});
    found.seen_by.back().name = row.text();
    found.seen_by.back().email = row.text();
  }
  add_followers(db, question, found);
  add_rest(db, question, found);
  found.merges = merges_of(db, question.scope, question.candidate);
  return found;
}

AnswerTo<CandidateById> answer(Reading& reading, const CandidateById& question) {
  return find_candidate(reading.db, question);
}

AnswerTo<SyncedAddresses> answer(Reading& reading, const SyncedAddresses& question) {
  std::vector<SyncedAddresses::Row> addresses;
  const auto read = [&](std::vector<Row> rows) {
    for (auto& row : rows) {
      auto& one = addresses.emplace_back();
      one.candidate = row.id<CandidateId>();
      one.normal = row.text();
    }
  };
  const auto company = question.scope.company;
  if (!question.of.empty()) {
    in_chunks({value_of(company)}, values_of(question.of), [&](InList list, Params params) {
      read(reading.db
               .run("select candidate, normal from candidate_addresses"
                    " where company = $1 and synced = 1 and candidate in " +
                        list + " order by candidate, normal",
                    params)
               .rows);
    });
    return addresses;
  }
  read(
      reading.db.rows("select candidate, normal from candidate_addresses where company = $1"
                      " and synced = 1 and (candidate, normal) > ($2, $3)"
                      " order by candidate, normal limit $4",
                      company, question.after ? question.after->candidate : CandidateId{},
                      question.after ? question.after->normal : std::string(), question.rows));
  return addresses;
}

AnswerTo<Sought> answer(Reading& reading, const Sought& question) {
  std::vector<std::string> normals;
  const auto add = [&](std::vector<Row> rows) {
    for (auto& row : rows) {
      (void)row.number();
      auto normal = row.text();
      if (std::ranges::find(normals, normal) == normals.end()) normals.push_back(std::move(normal));
    }
  };
  add(
      reading.db.rows("select distinct match_revision, normal from candidate_addresses"
                      " where company = $1 and match_revision > $2 and synced = 1"
                      " order by match_revision, normal limit $3",
                      question.scope.company, question.match_revision, question.rows));
  if (normals.size() >= question.rows) return normals;
  // Of very many it matters only that they are many, unless all the first ones share an address.
  for (const std::size_t looked : {std::size_t{1000}, std::size_t{1'000'000'000}}) {
    auto rows = reading.db.rows(
        "select count(*), x.normal from (select a.normal from jobs j"
        " join job_candidates n on n.company = j.company and n.job = j.id"
        " join candidate_addresses a on a.company = n.company and a.candidate = n.candidate"
        " where j.company = $1 and j.match_revision > $2 and a.synced = 1 limit $4) x"
        " group by x.normal order by x.normal limit $3",
        question.scope.company, question.match_revision, question.rows, looked);
    std::size_t found = 0;
    for (const auto& row : rows) found += static_cast<std::size_t>(Row(row).number());
    if (rows.size() < question.rows && found >= looked) continue;
    add(std::move(rows));
    break;
  }
  return normals;
}

AnswerTo<LyingWith> answer(Reading& reading, const LyingWith& question) {
  std::vector<std::string> ids;
  in_chunks(
      {value_of(question.scope.company)}, values_of(question.normals),
      [&](InList list, Params params) {
        for (auto& row : reading.db
                             .run("select distinct m.message_id from candidate_addresses a"
                                  " join placements p on p.company = a.company"
                                  "  and p.candidate = a.candidate"
                                  " join messages m on m.company = p.company and m.id = p.message"
                                  " where a.company = $1 and a.synced = 1 and a.normal in " +
                                      list,
                                  params)
                             .rows)
          if (auto id = row.text(); !id.empty()) ids.push_back(std::move(id));
      });
  return ids;
}

namespace {

CandidatesWith::Answer candidates_with(Db& db, const CandidatesWith& question) {
  constexpr std::size_t kRows = 20;
  std::vector<CandidatesWith::Row> rows;
  const auto& scope = question.scope;
  auto params = scope_params(scope);
  params.push_back(value_of(question.except));
  params.push_back(value_of(std::string(kInternalUser)));
  in_chunks(params, values_of(question.normals), [&](InList list, Params all) {
    for (auto& row :
         // The addresses first, whatever a database knows of its tables: a fresh PostgreSQL would
         // walk all candidates, in the order of their names.
         db.run("with holders as materialized (select candidate, address, normal"
                " from candidate_addresses where company = $1 and candidate <> $4"
                " and why_not <> $5 and normal in " +
                    list +
                    ") select a.candidate, c.name, a.address from holders a"
                    " join candidates c on c.company = $1 and c.id = a.candidate"
                    " where c.non_candidate = 0 and " +
                    may_see_candidate(scope, "a.candidate") +
                    " order by a.normal, c.name_key, a.candidate limit " + std::to_string(kRows),
                all)
             .rows) {
      if (rows.size() >= kRows) return;
      auto& one = rows.emplace_back();
      one.candidate = row.id<CandidateId>();
      one.name = row.text();
      one.address = row.text();
    }
  });
  return rows;
}

}  // namespace

AnswerTo<CandidatesWith> answer(Reading& reading, const CandidatesWith& question) {
  return candidates_with(reading.db, question);
}

void expect(Writing& writing, const NobodyElseHas& expected) {
  if (!candidates_with(writing.db, expected.asked).empty()) broken_expectation();
}

AnswerTo<Holdings> answer(Reading& reading, const Holdings& question) {
  const auto& scope = question.scope;
  Holdings::Answer held;
  auto threads = scoped_row(reading.db, scope,
                            "select count(*) from (select 1 from threads th where th.company = $1"
                            " and th.candidate = $4 and " +
                                may_see_thread_row(scope, "th") + " limit $5) x",
                            question.candidate, question.most + 1);
  held.threads = static_cast<std::uint64_t>(threads->number());
  // The bound stands within: who sorts first, as for a distinct, reads all there is.
  auto messages = scoped_row(
      reading.db, scope,
      "select cast(coalesce(sum(x.rows), 0) as bigint), count(*),"
      " cast(coalesce(sum(case when exists (select 1 from placements o where o.company = $1"
      "  and o.message = x.message and o.candidate <> $4 and " +
          may_see_thread(scope, "o.thread") +
          ") then 1 else 0 end), 0) as bigint) from (select b.message, count(*) as rows"
          " from (select p.message from placements p where p.company = $1 and p.candidate = $4 "
          "and " +
          may_see_thread(scope, "p.thread") + " limit $5) b group by b.message) x",
      question.candidate, question.most + 1);
  const auto rows = static_cast<std::uint64_t>(messages->number());
  held.messages = static_cast<std::uint64_t>(messages->number());
  held.shared = static_cast<std::uint64_t>(messages->number());
  held.more = held.threads > question.most || rows > question.most;
  held.threads = std::min<std::uint64_t>(held.threads, question.most);
  held.messages = std::min<std::uint64_t>(held.messages, question.most);
  held.shared = std::min(held.shared, held.messages);
  auto files = scoped_row(reading.db, scope,
                          "select count(*) from candidate_files f where f.company = $1"
                          " and f.candidate = $4 and " +
                              may_see_candidate(scope, "f.candidate"),
                          question.candidate);
  held.files = static_cast<std::uint64_t>(files->number());
  return held;
}

// A stranger says how many parts a message has; pictures of signatures stand before its files.
constexpr int kPartsOfOne = 200;
constexpr std::size_t kFilesRead = 5000;

// All of them: a profile has kFilesOfCandidate at most, and those of who became part of it.
constexpr std::size_t kOwnRead = 1000;

std::vector<CandidateFiles::Row> own_files(Reading& reading, const CandidateFiles& question) {
  const auto& scope = question.scope;
  std::vector<CandidateFiles::Row> files;
  for (auto& row : scoped_rows(
           reading.db, scope,
           "select f.id, f.at, f.filename, f.type, f.octets, u.name from candidate_files f"
           " join users u on u.company = f.company and u.id = f.added_by"
           " where f.company = $1 and f.candidate = $4 and " +
               may_see_candidate(scope, "f.candidate") + " order by f.at desc, f.id desc limit $5",
           question.candidate, kOwnRead)) {
    auto& one = files.emplace_back();
    one.own = row.id<UploadId>();
    one.date = row.instant();
    one.file.filename = row.text();
    one.file.type = row.text();
    one.file.octets = static_cast<std::uint64_t>(row.number());
    one.added_by = row.text();
    one.is_cv = rules::names_cv(one.file.filename);
  }
  return files;
}

AnswerTo<CandidateFiles> answer(Reading& reading, const CandidateFiles& question) {
  const auto& scope = question.scope;
  CandidateFiles::Answer files;
  files.rows = own_files(reading, question);
  const auto own = files.rows.size();
  const auto name_of = [](const rules::Attachment& file) {
    return std::tuple(file.filename, file.type, file.octets);
  };
  // Of one file that came several times.
  const auto nearer = [](const auto& one, const auto& other) {
    return std::pair(one.internal, one.ours) < std::pair(other.internal, other.ours);
  };
  std::map<std::tuple<std::string, std::string, std::uint64_t>, std::size_t> seen;
  for (std::size_t i = 0; i < own; ++i) seen.try_emplace(name_of(files.rows[i].file), i);
  std::set<std::pair<ThreadId, MessageId>> looked;
  // The bounds stand within: a long conversation costs its newest part. A message without files is
  // a row, too.
  std::size_t read = 0;
  for (auto& row : scoped_rows(
           reading.db, scope,
           "select b.message, b.thread, b.message_date, (select max(l.position) from attachments l"
           "  where l.company = $1 and l.message = b.message), a.position, a.filename, a.type,"
           " a.octets, (select case when t.kind = 'conversation' then 0 else 1 end from threads t"
           "  where t.company = $1 and t.id = b.thread), (select m.direction from messages m"
           "  where m.company = $1 and m.id = b.message)"
           " from (select p.message, p.thread, p.message_date from placements p"
           "  where p.company = $1 and p.candidate = $4 and " +
               may_see_thread(scope, "p.thread") +
               "  order by p.message_date desc limit $5) b left join attachments a"
               "  on a.company = $1 and a.message = b.message and a.is_inline = 0"
               "  and a.type <> 'text/calendar' and a.position < " +
               std::to_string(kPartsOfOne) +
               " order by b.message_date desc, b.message desc, b.thread, a.position limit $6",
           question.candidate, question.looked + 1, kFilesRead)) {
    ++read;
    CandidateFiles::Row one;
    one.message = row.id<MessageId>();
    one.thread = row.id<ThreadId>();
    one.date = row.instant();
    looked.emplace(one.thread, one.message);
    if (looked.size() > question.looked) break;
    files.more |= row.maybe_number().value_or(0) >= kPartsOfOne;
    const auto position = row.maybe_number();
    if (!position) continue;
    one.file.index = static_cast<int>(*position);
    one.file.filename = row.text();
    one.file.type = row.text();
    one.file.octets = static_cast<std::uint64_t>(row.number());
    one.internal = row.maybe_number().value_or(1) != 0;
    one.ours = row.word<rules::Direction>() == rules::Direction::outgoing && !one.internal;
    one.is_cv = !one.ours && rules::names_cv(one.file.filename);
    const auto [known, is_new] = seen.try_emplace(name_of(one.file), files.rows.size());
    if (is_new) {
      files.rows.push_back(std::move(one));
      continue;
    }
    auto& same = files.rows[known->second];
    const bool is_cv = one.is_cv || same.is_cv;  // sent back to them it is still theirs
    if (nearer(one, same)) same = std::move(one);
    same.is_cv = is_cv;
  }
  const auto first = [](const auto& a, const auto& b) {
    return std::tuple(b.is_cv, b.date, b.message, b.own, a.thread, a.file.index) <
           std::tuple(a.is_cv, a.date, a.message, a.own, b.thread, b.file.index);
  };
  const auto came = files.rows.size() - own;
  std::ranges::sort(files.rows.begin() + static_cast<std::ptrdiff_t>(own), files.rows.end(), first);
  files.more |= looked.size() > question.looked || read == kFilesRead || came > question.most;
  files.rows.resize(own + std::min(came, question.most));
  std::ranges::sort(files.rows, first);
  return files;
}

}  // namespace hearback::store
