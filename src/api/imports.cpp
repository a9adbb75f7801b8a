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
  char separator = ',';
  std::vector<std::string> header;
  std::vector<rules::Column> columns;
  std::vector<rules::Line> lines;
  std::vector<std::vector<std::size_t>> before;  // rules::named_before
};

Read<std::size_t> from_parameter(const Call& call) {
  const auto text = call.request->parameter("from");
  if (!text) return std::size_t{0};
  const auto number = to_number(*text);
  if (!number || *number > call.house->options.limits.import_lines)
    return refuse_field("from", "field.invalid", "“from” is no number of lines.",
                        "Send “next” of the answer before.");
  return static_cast<std::size_t>(*number);
}

Read<std::shared_ptr<const Import>> read_import(const Call& call, Imported what) {
  auto import = std::make_shared<Import>();
  import->what = what;
  const auto dry_run = flag_parameter(call, "dry_run");
  if (!dry_run) return Refusal(dry_run.error());
  import->dry_run = dry_run->value_or(true);
  const auto from = from_parameter(call);
  if (!from) return Refusal(from.error());
  import->from = *from;
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

Read<std::vector<LineVerdict>> judge_some(const Call& call, const Import& import, Some some) {
  const auto before = import.dry_run ? earlier(import, some) : std::set<std::size_t>();
  store::LinesKnown asked{call.scope(), import.what, {}, call.now};
  for (const auto i : before) rules::add_names(import.what, import.lines[i], asked.names);
  for (auto i = some.first; i < some.end; ++i)
    rules::add_names(import.what, import.lines[i], asked.names);
  auto known = call.store().ask(asked);
  if (!known) return Refusal(known.error());
  for (const auto i : before) (void)judge(call, import, import.lines[i], *known);
  std::vector<LineVerdict> verdicts;
  for (auto i = some.first; i < some.end; ++i)
    verdicts.push_back(judge(call, import, import.lines[i], *known));
  return verdicts;
}

// ---- committing ------------------------------------------------------------------------------

void add_changes(const Call& call, const rules::CandidatePlan& plan, store::Commit& commit) {
  const auto by = call.user().id;
  if (plan.put)
    commit.changes.push_back(
        store::PutCandidate{plan.id, plan.name, plan.addresses, call.now, call.scope()});
  if (plan.application)
    commit.changes.push_back(store::PutApplication{*plan.application, by, "import"});
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
  if (!plan.added.empty())
    commit.expectations.push_back(
        store::NobodyElseHas{store::CandidatesWith{call.scope(), plan.added, plan.id}});
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
  if (!plan.made && plan.put) change.kind = job.kind, change.team = plan.team;
  if (change.title || change.phases || change.kind) commit.changes.push_back(std::move(change));
  if (!plan.external_id.empty())
    commit.changes.push_back(store::SetExternalId{call.scope(), job.id, plan.external_id});
}

store::Commit commit_of(const Call& call, const std::vector<LineVerdict>& verdicts) {
  auto commit = call.commit();
  for (const auto& one : verdicts) {
    if (one.outcome != rules::Outcome::made && one.outcome != rules::Outcome::changed) continue;
    if (one.candidate) add_changes(call, *one.candidate, commit);
    if (one.job) add_changes(call, *one.job, commit);
  }
  return commit;
}

// Something moved between the question and the commit: it is judged again.
bool is_worth_another_try(const Error& error) {
  constexpr std::string_view kMoved[] = {
      "store.expectation",      "external-id.taken", "job.changed",
      "candidate.merged",       "application.moved", "application.exists",
      "store.reference-missing"};
  return std::ranges::find(kMoved, error.code) != std::end(kMoved);
}

// What the store refuses is one line's matter: the others are committed without it.
Read<std::vector<LineVerdict>> import_some(const Call& call, const Import& import, Some some,
                                           int tries = 3) {
  auto verdicts = judge_some(call, import, some);
  if (!verdicts) return verdicts;
  const auto commit = commit_of(call, *verdicts);
  if (commit.changes.empty()) return verdicts;
  auto done = call.store().commit(commit);
  if (done) return verdicts;
  const auto& error = done.error();
  if (error.kind != Kind::conflict && error.kind != Kind::input && error.kind != Kind::missing)
    return Refusal(error);
  if (some.end - some.first > 1) {
    const auto middle = some.first + (some.end - some.first) / 2;
    auto one = import_some(call, import, {some.first, middle});
    if (!one) return one;
    auto other = import_some(call, import, {middle, some.end});
    if (!other) return other;
    std::ranges::move(*other, std::back_inserter(*one));
    return one;
  }
  if (tries > 1 && is_worth_another_try(error)) return import_some(call, import, some, tries - 1);
  auto& verdict = verdicts->front();
  verdict.outcome = rules::Outcome::refused;
  verdict.problem = error;
  verdict.changes.clear();
  verdict.warnings.clear();
  return verdicts;
}

// ---- what is told ----------------------------------------------------------------------------

constexpr std::string_view kOutcomes[] = {"new", "changed", "same", "refused"};
constexpr std::string_view kWarnings[] = {"internal_address", "by_address", "repeated"};

json::object present_line(const LineVerdict& verdict) {
  json::array changes, warnings;
  for (const auto& one : verdict.changes)
    changes.push_back(json::object{{"what", one.what}, {"from", one.from}, {"to", one.to}});
  for (const auto& one : verdict.warnings)
    warnings.push_back(json::object{{"code", kWarnings[static_cast<std::size_t>(one.warning)]},
                                    {"detail", one.detail}});
  json::value problem = nullptr;
  if (verdict.problem) {
    auto told = present(*verdict.problem);
    told["detail"] = verdict.detail;
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

// Some lines at a time, each in its turn: nobody else's commits wait for the whole file. What is
// done when there is no room for more is told.
Task<Reply> import_file(Call call, Imported what) {
  auto import =
      co_await at_work(call, net::Lane::parse, [call, what] { return read_import(call, what); });
  if (!import) co_return Refusal(import.error());
  const auto& limits = call.house->options.limits;
  const auto file = *import;
  const auto begin = std::min(file->from, file->lines.size());
  const auto end = std::min(begin + limits.import_lines_at_once, file->lines.size());
  std::vector<LineVerdict> verdicts;
  const auto lane = file->dry_run ? net::Lane::read : net::Lane::write;
  for (auto first = begin; first < end;) {
    const Some some{first, std::min(first + limits.import_lines_of_commit, end)};
    call.now = call.house->env.now();
    auto judged = co_await at_work(call, lane, [call, file, some] {
      return file->dry_run ? judge_some(call, *file, some) : import_some(call, *file, some);
    });
    if (!judged && verdicts.empty()) co_return Refusal(judged.error());
    if (!judged) break;
    std::ranges::move(*judged, std::back_inserter(verdicts));
    first = some.end;
  }
  co_return co_await at_work(
      call, net::Lane::parse,
      [file, verdicts = std::move(verdicts)]() -> Reply { return told(*file, verdicts); });
}

}  // namespace

Task<Reply> import_candidates(Call call) {
  co_return co_await import_file(std::move(call), Imported::candidates);
}

Task<Reply> import_jobs(Call call) {
  co_return co_await import_file(std::move(call), Imported::jobs);
}

}  // namespace hearback::api
