// Files of candidates and jobs (O-3): what each line would come to, and the import itself, which
// judges alike and commits some lines at a time. Who sends the file again goes on where it ended:
// what was made is found, so nothing is made twice. docs/decisions/0048-external-ids-and-imports.md
#include <algorithm>
#include <memory>
#include <set>
#include <span>

#include "api/csv.hpp"
#include "api/handlers.hpp"
#include "api/present.hpp"
#include "base/text.hpp"
#include "mail/folded.hpp"
#include "rules/imported_lines.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using rules::Imported;
using rules::LineVerdict;

struct Import {
  Imported what = Imported::candidates;
  bool dry_run = true;
  std::size_t from = 0;
  std::size_t made = 0;  // by the lines before, had they been imported
  char separator = ',';
  std::vector<std::string> header;
  std::vector<rules::Column> columns;
  std::vector<rules::Line> lines;
  std::vector<std::vector<std::size_t>> before;  // rules::named_before
};

Read<std::size_t> lines_parameter(const Call& call, const std::string& name,
                                  const std::string& hint) {
  const auto text = call.request->parameter(name);
  if (!text) return std::size_t{0};
  const auto number = to_number(*text);
  if (!number || *number > call.house->options.limits.import_lines)
    return refuse_field(name, "field.invalid", "“" + name + "” is no number of lines.", hint);
  return static_cast<std::size_t>(*number);
}

Read<std::shared_ptr<const Import>> read_import(const Call& call, Imported what) {
  auto import = std::make_shared<Import>();
  import->what = what;
  const auto dry_run = flag_parameter(call, "dry_run");
  if (!dry_run) return Refusal(dry_run.error());
  import->dry_run = dry_run->value_or(true);
  const auto from = lines_parameter(call, "from", "Send “next” of the answer before.");
  if (!from) return Refusal(from.error());
  import->from = *from;
  const auto made = lines_parameter(call, "made", "Send how many were new in the answers before.");
  if (!made) return Refusal(made.error());
  import->made = *made;
  const auto type = split(call.request->header("content-type"), ';');
  if (!ascii_equal(trim(type.front()), "text/csv"))
    return refuse(Kind::input, "http.media-type", "The body of this request must be a CSV file.",
                  "Send it with the header Content-Type: text/csv.");
  auto csv = read_csv(call.request->body, call.house->options.limits);
  if (!csv) return Refusal(csv.error());
  import->columns = rules::columns_of(what, csv->header);
  if (auto wrong = rules::wrong_with_columns(what, import->columns)) return Refusal(*wrong);
  import->separator = csv->separator;
  import->header = std::move(csv->header);
  for (auto& row : csv->rows) {
    import->lines.push_back(rules::read_line(row.line, import->columns, row.cells));
    row = {};
  }
  import->before = rules::named_before(what, import->lines);
  for (std::size_t i = 0; i < import->lines.size(); ++i)
    if (!import->before[i].empty())
      import->lines[i].before = import->lines[std::ranges::min(import->before[i])].number;
  return import;
}

// ---- judging ---------------------------------------------------------------------------------

struct Some {  // of an import's lines
  std::size_t first = 0, end = 0;
};

// Earlier lines that name the same as these, and what those name: in a dry run nobody has made
// them.
std::set<std::size_t> earlier(const Import& import, Some some) {
  std::set<std::size_t> found;
  std::vector<std::size_t> left;
  for (auto i = some.first; i < some.end; ++i) left.push_back(i);
  while (!left.empty()) {
    const auto one = left.back();
    left.pop_back();
    for (const auto i : import.before[one])
      if (i < some.first && found.insert(i).second) left.push_back(i);
  }
  return found;
}

LineVerdict judge(const Call& call, const Import& import, const rules::Line& line,
                  rules::KnownOfLines& known) {
  rules::NewIds ids{.candidate = call.make_id<CandidateId>(),
                    .application = call.make_id<ApplicationId>(),
                    .job = call.make_id<JobId>(),
                    .stages = {}};
  for (std::size_t i = 0; i < line.phases.size(); ++i)
    ids.stages.push_back(call.make_id<StageId>());
  if (import.what == Imported::jobs)
    return rules::judge_job(line, known, ids, call.user().id, call.user().language);
  return rules::judge_candidate(line, known, ids, call.now);
}

// What may still be made today, after the lines before: those that are judged again, or as many as
// the answers before were told to make.
void leave_room(const rules::KnownOfLines& at_first, std::size_t made, rules::KnownOfLines& known) {
  const auto after = [&](std::size_t rules::KnownOfLines::* left) {
    known.*left = std::min(known.*left, at_first.*left - std::min(at_first.*left, made));
  };
  after(&rules::KnownOfLines::candidates_left);
  after(&rules::KnownOfLines::jobs_left);
  after(&rules::KnownOfLines::open_jobs_left);
}

Read<std::vector<LineVerdict>> judge_some(const Call& call, const Import& import, Some some) {
  const auto before = import.dry_run ? earlier(import, some) : std::set<std::size_t>();
  store::LinesKnown asked{call.scope(), import.what, {}, call.now};
  for (const auto i : before) rules::add_names(import.what, import.lines[i], asked.names);
  for (auto i = some.first; i < some.end; ++i)
    rules::add_names(import.what, import.lines[i], asked.names);
  auto known = call.store().ask(asked);
  if (!known) return Refusal(known.error());
  rules::KnownOfLines at_first;
  at_first.candidates_left = known->candidates_left;
  at_first.jobs_left = known->jobs_left;
  at_first.open_jobs_left = known->open_jobs_left;
  for (const auto i : before) (void)judge(call, import, import.lines[i], *known);
  if (import.dry_run) leave_room(at_first, import.made, *known);
  std::vector<LineVerdict> verdicts;
  for (auto i = some.first; i < some.end; ++i)
    verdicts.push_back(judge(call, import, import.lines[i], *known));
  return verdicts;
}

// ---- committing ------------------------------------------------------------------------------

void add_changes(const Call& call, const rules::CandidatePlan& plan, bool is_there,
                 store::Commit& commit) {
  // Nothing but an application: they are still there, and seen.
  if (plan.put || plan.application)
    commit.changes.push_back(store::PutCandidate{plan.id, plan.name, plan.added, call.now,
                                                 call.scope(), true, is_there});
  if (plan.application)
    commit.changes.push_back(store::PutApplication{*plan.application, call.scope(), "import"});
  if (plan.moved)
    commit.changes.push_back(store::MoveApplication{.by = call.scope(),
                                                    .application = plan.moved->id,
                                                    .phase = plan.moved->phase.id,
                                                    .status = plan.moved->status.id,
                                                    .seen_phase = plan.seen_phase,
                                                    .seen_status = plan.seen_status,
                                                    .how = "import",
                                                    .at = call.now});
  if (!plan.external_id.empty())
    commit.changes.push_back(store::SetExternalId{call.scope(), plan.id, plan.external_id});
  if (plan.added.empty()) return;
  store::CandidatesWith asked{call.scope(), {}, plan.id};
  for (const auto& one : plan.added) asked.normals.push_back(one.normal);
  commit.expectations.push_back(store::NobodyElseHas{std::move(asked)});
}

void add_changes(const Call& call, const rules::JobPlan& plan, store::Commit& commit) {
  const auto& job = plan.job;
  if (plan.made) commit.changes.push_back(store::PutJob{job, plan.team, call.now, call.user().id});
  store::ChangeJob change{.by = call.scope(),
                          .job = job.id,
                          .version = plan.version,
                          .title = {},
                          .phases = plan.phases,
                          .statuses = {},
                          .at = call.now};
  if (!plan.made && plan.titled) change.title = job.title;
  if (!plan.made) change.kind = plan.kind, change.team_added = plan.added;
  if (change.title || change.phases || change.kind || !change.team_added.empty())
    commit.changes.push_back(std::move(change));
  if (!plan.external_id.empty())
    commit.changes.push_back(store::SetExternalId{call.scope(), job.id, plan.external_id});
}

store::Commit commit_of(const Call& call, const std::vector<LineVerdict>& verdicts) {
  auto commit = call.commit();
  store::NoJobTitled first{call.scope(), {}};
  for (const auto& one : verdicts) {
    if (one.outcome != rules::Outcome::made && one.outcome != rules::Outcome::changed) continue;
    if (one.candidate)
      add_changes(call, *one.candidate, one.outcome == rules::Outcome::changed, commit);
    if (one.job) add_changes(call, *one.job, commit);
    if (one.job && one.job->first) first.titles.push_back(mail::folded(one.job->job.title));
  }
  if (!first.titles.empty()) commit.expectations.push_back(std::move(first));
  return commit;
}

// Something moved between the question and the commit: it is judged again.
bool is_worth_another_try(const Error& error) {
  constexpr std::string_view kMoved[] = {
      "store.expectation", "external-id.taken",  "job.changed",       "candidate.merged",
      "application.moved", "application.exists", "candidate.missing", "store.reference-missing"};
  return std::ranges::find(kMoved, error.code) != std::end(kMoved);
}

struct Tried {
  std::vector<LineVerdict> verdicts;
  std::optional<Error> refused;  // nothing of it was stored
};

Read<Tried> import_some(const Call& call, const Import& import, Some some) {
  auto verdicts = judge_some(call, import, some);
  if (!verdicts) return Refusal(verdicts.error());
  Tried tried{std::move(*verdicts), {}};
  const auto commit = commit_of(call, tried.verdicts);
  if (commit.changes.empty()) return tried;
  auto done = call.store().commit(commit);
  if (done) return tried;
  const auto& error = done.error();
  if (error.kind != Kind::conflict && error.kind != Kind::input && error.kind != Kind::missing)
    return Refusal(error);
  tried.refused = error;
  return tried;
}

void refuse_line(LineVerdict& verdict, const Error& error) {
  verdict.outcome = rules::Outcome::refused;
  verdict.problem = error;
  verdict.changes.clear();
  verdict.warnings.clear();
}

// ---- what is told ----------------------------------------------------------------------------

constexpr std::string_view kOutcomes[] = {"new", "changed", "same", "refused"};
constexpr std::string_view kWarnings[] = {"internal_address", "by_address", "repeated",
                                          "other_name"};

// Enough to find it in the file.
std::string_view cut(std::string_view text) { return utf8_prefix(text, 400); }

json::object present_line(const LineVerdict& verdict) {
  json::array changes, warnings;
  for (const auto& one : verdict.changes)
    changes.push_back(
        json::object{{"what", one.what}, {"from", cut(one.from)}, {"to", cut(one.to)}});
  for (const auto& one : verdict.warnings)
    warnings.push_back(json::object{{"code", kWarnings[static_cast<std::size_t>(one.warning)]},
                                    {"detail", cut(one.detail)}});
  json::value problem = nullptr;
  if (verdict.problem) {
    auto told = present(*verdict.problem);
    told["detail"] = cut(verdict.detail);
    problem = std::move(told);
    changes.clear();
  }
  return {{"line", verdict.number},
          {"outcome", kOutcomes[static_cast<std::size_t>(verdict.outcome)]},
          {"name", utf8_prefix(verdict.name, 800)},
          {"id", verdict.id.empty() ? json::value(nullptr) : json::value(verdict.id)},
          {"changes", std::move(changes)},
          {"warnings", std::move(warnings)},
          {"problem", std::move(problem)}};
}

net::HttpResponse told(const Import& import, const std::vector<LineVerdict>& verdicts) {
  json::array columns, lines;
  for (std::size_t i = 0; i < import.header.size(); ++i) {
    const auto word = rules::word_of_column(import.columns[i]);
    columns.push_back(
        json::object{{"name", utf8_prefix(import.header[i], 200)},
                     {"as", word.empty() ? json::value(nullptr) : json::value(word)}});
  }
  std::size_t counts[4] = {};
  for (const auto& one : verdicts) {
    ++counts[static_cast<std::size_t>(one.outcome)];
    lines.push_back(present_line(one));
  }
  const auto next = std::min(import.from, import.lines.size()) + verdicts.size();
  json::object answer{
      {"separator", std::string(1, import.separator)},
      {"columns", std::move(columns)},
      {"total", import.lines.size()},
      {"next", next < import.lines.size() ? json::value(next) : json::value(nullptr)},
      {"lines", std::move(lines)}};
  for (std::size_t i = 0; i < 4; ++i) answer[kOutcomes[i]] = counts[i];
  return json_response(200, answer);
}

Task<Read<std::vector<LineVerdict>>> check_lines(Call call, std::shared_ptr<const Import> file,
                                                 Some all) {
  call.now = call.house->env.now();
  co_return co_await at_work(call, net::Lane::read,
                             [call, file, all] { return judge_some(call, *file, all); });
}

// Some lines at a time, each in its turn: nobody else's commits wait for the whole file. What the
// store refuses is judged again, where something moved meanwhile; else it is one line's matter, and
// the halves follow, each in its turn, until that is found. What is done when there is no room for
// more is told.
Task<Read<std::vector<LineVerdict>>> import_lines(Call call, std::shared_ptr<const Import> file,
                                                  Some all) {
  constexpr int kTries = 3;
  const auto at_once = call.house->options.limits.import_lines_of_commit;
  std::vector<Some> left;
  for (auto first = all.first; first < all.end; first += at_once)
    left.push_back({first, std::min(first + at_once, all.end)});
  std::ranges::reverse(left);
  std::vector<LineVerdict> verdicts;
  for (int tries = 1; !left.empty();) {
    const auto some = left.back();
    call.now = call.house->env.now();
    auto tried = co_await at_work(call, net::Lane::write,
                                  [call, file, some] { return import_some(call, *file, some); });
    // What may yet be imported isn't left to be imported beside itself.
    const bool unfinished = !tried && tried.error().error.code == "http.unfinished";
    if (!tried && (unfinished || verdicts.empty())) co_return Refusal(tried.error());
    if (!tried) break;
    if (tried->refused && is_worth_another_try(*tried->refused) && tries++ < kTries) continue;
    tries = 1;
    left.pop_back();
    if (tried->refused && some.end - some.first > 1) {
      const auto middle = some.first + (some.end - some.first) / 2;
      left.push_back({middle, some.end});
      left.push_back({some.first, middle});
      continue;
    }
    if (tried->refused) refuse_line(tried->verdicts.front(), *tried->refused);
    std::ranges::move(tried->verdicts, std::back_inserter(verdicts));
  }
  co_return verdicts;
}

Task<Reply> import_file(Call call, Imported what) {
  auto import =
      co_await at_work(call, net::Lane::parse, [call, what] { return read_import(call, what); });
  if (!import) co_return Refusal(import.error());
  const auto file = *import;
  const auto begin = std::min(file->from, file->lines.size());
  const auto& limits = call.house->options.limits;
  const Some all{begin, std::min(begin + limits.import_lines_at_once, file->lines.size())};
  auto lines = file->dry_run ? check_lines(call, file, all) : import_lines(call, file, all);
  auto judged = co_await std::move(lines);
  if (!judged) co_return Refusal(judged.error());
  auto answer = co_await at_work(
      call, net::Lane::parse,
      [file, verdicts = std::move(*judged)]() -> Reply { return told(*file, verdicts); });
  // Imported they are, whoever may not be told.
  if (!answer && !file->dry_run) co_return not_done(net::NotDone::unfinished, true);
  co_return answer;
}

}  // namespace

Task<Reply> import_candidates(Call call) {
  co_return co_await import_file(std::move(call), Imported::candidates);
}

Task<Reply> import_jobs(Call call) {
  co_return co_await import_file(std::move(call), Imported::jobs);
}

}  // namespace hearback::api
