#include "rules/imported_lines.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mail/address.hpp"
#include "mail/folded.hpp"
#include "mail/unseen.hpp"
#include "rules/words.hpp"

namespace hearback::rules {
namespace {

constexpr std::size_t kLetters = 200;       // of a name, a title, an external id
constexpr std::size_t kAddressesMost = 50;  // of a candidate
constexpr std::size_t kAddressLetters = 320;

// ---- cells -----------------------------------------------------------------------------------

// One line of text, without what nobody sees at either end; a cell with nothing else says nothing.
// Spaces within it stay, letter by letter, as other doors take an external id.
std::string one_line(std::string_view cell) {
  std::string text = mail::without_unseen(to_valid_utf8(cell));
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, ' ');
  return std::string(mail::trim_unseen(text));
}

// As a name is kept, too: with one space between two words.
std::string tidy(std::string_view cell) {
  std::string text;
  for (const char c : one_line(cell))
    if (c != ' ' || !text.ends_with(' ')) text += c;
  return text;
}

// What stands between any of these, tidied; nothing twice. One more than `most` at most: the rest
// isn't read.
std::vector<std::string> parts_of(std::string_view cell, std::string_view separators,
                                  std::size_t most) {
  std::vector<std::string> parts;
  std::unordered_set<std::string> seen;
  while (!cell.empty() && parts.size() <= most) {
    const auto end = std::min(cell.find_first_of(separators), cell.size());
    if (auto part = tidy(cell.substr(0, end)); !part.empty() && seen.insert(part).second)
      parts.push_back(std::move(part));
    cell.remove_prefix(std::min(cell.size(), end + 1));
  }
  return parts;
}

// "mara@home.example; Mara Lind <lind@work.example>" → both addresses. What is no address stays, to
// be told of, but for the name beside one: no more words than ten an address.
std::vector<std::string> addresses_in(std::string_view cell, std::size_t most, bool& too_many) {
  const bool named = cell.find('<') != cell.npos;
  const auto words = named ? 10 * most : most;
  std::vector<std::string> found;
  auto parts = parts_of(cell, ";, \t\r\n<>", words);
  too_many = too_many || parts.size() > words;
  for (auto& part : parts) {
    if (ascii_starts_with(part, "mailto:")) part.erase(0, 7);
    if (named && part.find('@') == part.npos) continue;
    if (found.size() > most) break;
    found.push_back(std::move(part));
  }
  return found;
}

std::size_t letters_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// ---- judging ---------------------------------------------------------------------------------

// What is wrong with it; the first that was found stands.
bool refuse(LineVerdict& verdict, std::string code, std::string what, std::string hint,
            std::string detail = {}) {
  verdict.outcome = Outcome::refused;
  verdict.changes.clear();
  std::erase_if(verdict.warnings,
                [](const LineWarning& one) { return one.warning != Warning::repeated; });
  verdict.problem = Error{Kind::input, std::move(code), std::move(what), std::move(hint)};
  verdict.detail = std::move(detail);
  return false;
}

bool is_too_long(std::string_view text) { return letters_of(text) > kLetters; }

// What no line may be.
bool is_sound(const Line& line, LineVerdict& verdict) {
  if (line.too_long)
    return refuse(verdict, "import.too-many-cells",
                  "The line has more cells than there are columns.",
                  "Put quotation marks around what has a comma or a semicolon in it.");
  if (line.too_many)
    return refuse(verdict, "import.too-long",
                  "The line has more addresses, phases or colleagues than there may be.",
                  "Leave some out.");
  for (const auto* text :
       {&line.name, &line.title, &line.external_id, &line.job, &line.phase, &line.status})
    if (is_too_long(*text))
      return refuse(verdict, "import.too-long",
                    "A name, a title, a phase or an external id has more than 200 letters.",
                    "Shorten it.");
  return true;
}

LineVerdict begin(const Line& line, const std::string& name) {
  LineVerdict verdict;
  verdict.number = line.number;
  verdict.outcome = Outcome::same;
  verdict.name = name;
  if (line.before > 0) verdict.warnings.push_back({Warning::repeated, std::to_string(line.before)});
  return verdict;
}

void set(LineVerdict& verdict, Column what, std::string from, std::string to) {
  verdict.changes.push_back({std::string(word_of_column(what)), std::move(from), std::move(to)});
}

void conclude(LineVerdict& verdict, bool made) {
  verdict.outcome = made                      ? Outcome::made
                    : verdict.changes.empty() ? Outcome::same
                                              : Outcome::changed;
}

const Stage* stage_named(const std::vector<Stage>& among, std::string_view name) {
  const auto wanted = mail::folded(name);
  const auto at = std::ranges::find_if(
      among, [&](const Stage& one) { return mail::folded(one.name) == wanted; });
  return at == among.end() ? nullptr : &*at;
}

// What was given, and what there is.
std::string unlike(const std::string& name, const std::vector<Stage>& among) {
  std::string words = name;
  for (const auto& one : among) words += (&one == &among.front() ? " ≠ " : " · ") + one.name;
  return words;
}

class CandidateJudge {
 public:
  CandidateJudge(const Line& line, KnownOfLines& known, const NewIds& ids, Instant now)
      : line_(line), known_(known), ids_(ids), now_(now), verdict_(begin(line, line.name)) {}

  LineVerdict judge() {
    if (is_sound(line_, verdict_) && read_addresses() && match() && edit() && place()) keep();
    return std::move(verdict_);
  }

 private:
  bool read_addresses() {
    for (const auto& text : line_.addresses) {
      const auto normal = text.size() <= kAddressLetters ? mail::kept_form(text) : std::nullopt;
      if (!normal)
        return refuse(verdict_, "address.invalid", "One of the addresses is not an e-mail address.",
                      "Write each one like jane@example.org, without a name.", text);
      given_.emplace_back(text, *normal);
    }
    return true;
  }

  bool has(const Candidate& candidate, const std::string& normal) const {
    return std::ranges::any_of(candidate.addresses,
                               [&](const auto& one) { return one.normal == normal; });
  }

  bool match() {
    std::map<CandidateId, std::string> by_address;
    for (const auto& [text, normal] : given_) {
      // I-1: that somebody's is a colleague's as well doesn't make everybody with it that one.
      if (known_.internal.contains(normal)) continue;
      const auto [first, last] = known_.people_by_address.equal_range(normal);
      for (auto at = first; at != last; ++at) by_address.emplace(at->second, text);
    }
    const auto by_id = line_.external_id.empty() ? known_.people_by_id.end()
                                                 : known_.people_by_id.find(line_.external_id);
    if (by_id != known_.people_by_id.end()) {
      person_ = known_.people.at(by_id->second);
      return verdict_.id = by_id->second.text(), true;
    }
    if (by_address.empty()) return begin_new();
    if (by_address.size() > 1)
      return refuse(verdict_, "import.several-people", "Several candidates have these addresses.",
                    "Name the candidate by their external id, or merge the candidates.",
                    by_address.begin()->second);
    const auto& [id, address] = *by_address.begin();
    person_ = known_.people.at(id);
    verdict_.id = id.text();
    const auto& theirs = person_.candidate.external_id;
    if (!line_.external_id.empty() && !theirs.empty() && theirs != line_.external_id)
      return refuse(verdict_, "import.other-external-id",
                    "The candidate with this address has another external id.",
                    "Correct the address or the id, whichever is wrong.", address);
    verdict_.warnings.push_back({Warning::by_address, address});
    return true;
  }

  bool begin_new() {
    if (line_.external_id.empty() && std::ranges::all_of(given_, [&](const auto& one) {
          return known_.internal.contains(one.second);
        })) {
      if (!given_.empty())
        return refuse(verdict_, "import.colleagues-address", "Its only address is a colleague's.",
                      "Add one of the candidate's own, or an external id.", given_.front().first);
      return refuse(
          verdict_, "import.nothing-to-match",
          "Without an address or an external id nobody could tell whether the candidate is"
          " there already.",
          "Add one of them.");
    }
    if (!mail::anything_seen(line_.name))
      return refuse(verdict_, "import.no-name", "A new candidate needs a name.", "Add it.");
    if (line_.job.empty() && !known_.sees_all_jobs)
      return refuse(verdict_, "candidate.job-needed",
                    "Without a job you would not see this candidate yourself.",
                    "Name a job whose hiring team you are on.");
    if (known_.candidates_left == 0)
      return refuse(verdict_, "candidate.too-many-today",
                    "You have added as many candidates today as one person may.",
                    "Go on tomorrow, or ask a colleague to add them.");
    made_ = true;
    person_.candidate = {.id = ids_.candidate, .name = {}, .created = now_, .addresses = {}};
    return true;
  }

  bool edit() {
    auto& candidate = person_.candidate;
    // Who became part of another one is called otherwise there: as that one is (0048).
    is_own_ = made_ || line_.external_id.empty() || candidate.external_id.empty() ||
              candidate.external_id == line_.external_id;
    const bool other = !line_.name.empty() && line_.name != candidate.name;
    // Two people may share an address; a name that is written over isn't there any more.
    if (other && !made_ && line_.external_id.empty()) {
      verdict_.warnings.push_back({Warning::other_name, candidate.name});
    } else if (is_own_ && other) {
      set(verdict_, Column::name, candidate.name, line_.name);
      plan_.name = candidate.name = line_.name;
      plan_.put = true;
    }
    if (verdict_.name.empty()) verdict_.name = candidate.name;
    for (const auto& [text, normal] : given_)
      if (!has(candidate, normal) && !add(text, normal)) return false;
    if (!line_.external_id.empty() && candidate.external_id.empty()) {
      set(verdict_, Column::external_id, "", line_.external_id);
      plan_.external_id = candidate.external_id = line_.external_id;
    }
    return true;
  }

  bool add(const std::string& text, const std::string& normal) {
    auto& candidate = person_.candidate;
    const auto [first, last] = known_.people_by_address.equal_range(normal);
    if (first != last && !known_.internal.contains(normal))
      return refuse(verdict_, "import.address-shared",
                    "Another candidate has this address already.",
                    "Correct it; if both have it, add it on the profile.", text);
    if (candidate.addresses.size() >= kAddressesMost)
      return refuse(verdict_, "import.too-many-addresses",
                    "The candidate would have more than 50 addresses.", "Leave some out.");
    if (known_.internal.contains(normal))
      verdict_.warnings.push_back({Warning::internal_address, text});
    candidate.addresses.push_back(
        {.address = text, .normal = normal, .synced = true, .why_not = "", .since = now_});
    plan_.added.push_back(candidate.addresses.back());
    plan_.put = true;
    set(verdict_, Column::addresses, "", text);
    return true;
  }

  const Application* in(JobId job) const {
    const auto at = std::ranges::find(person_.applications, job, &Application::job);
    return at == person_.applications.end() ? nullptr : &*at;
  }

  // The job that the line names: by its external id, else by its title. Of several of one title the
  // one that the candidate is in, else the only open one.
  bool find_job(const KnownJob*& found) {
    if (const auto at = known_.jobs_by_id.find(line_.job); at != known_.jobs_by_id.end())
      return found = &known_.jobs.at(at->second), true;
    std::vector<const KnownJob*> open, closed;
    const auto [first, last] = known_.jobs_by_title.equal_range(mail::folded(tidy(line_.job)));
    for (auto at = first; at != last; ++at) {
      const auto& job = known_.jobs.at(at->second);
      if (in(job.job.id)) return found = &job, true;
      (job.job.open ? open : closed).push_back(&job);
    }
    const auto& among = open.empty() ? closed : open;
    if (among.empty())
      return refuse(verdict_, "job.unknown", "There is no such job, or you may not see it.",
                    "Correct it, or import the jobs first.", line_.job);
    if (among.size() > 1)
      return refuse(verdict_, "import.several-jobs", "Several jobs have this title.",
                    "Name the job by its external id.", line_.job);
    return found = among.front(), true;
  }

  bool place() {
    if (line_.job.empty() && line_.phase.empty() && line_.status.empty()) return true;
    const KnownJob* job = nullptr;
    if (!line_.job.empty()) {
      if (!find_job(job)) return false;
    } else if (person_.applications.size() == 1) {
      if (const auto at = known_.jobs.find(person_.applications.front().job);
          at != known_.jobs.end())
        job = &at->second;
    }
    if (!job)
      return refuse(verdict_, "import.job-needed", "It isn't clear in which job the phase is.",
                    "Name the job.");
    const auto* before = in(job->job.id);
    // Two records of one person would move them back and forth each night.
    if (before && !is_own_) return true;
    if (!before && !job->job.open)
      return refuse(verdict_, "job.closed", "This job is closed.",
                    "Open it again, or choose another.", job->job.title);
    Application application = before ? *before
                                     : Application{.id = ids_.application,
                                                   .candidate = person_.candidate.id,
                                                   .job = job->job.id,
                                                   .phase = {},
                                                   .status = {},
                                                   .created = now_};
    if (!before) {
      application.phase = job->stages.phases.front();
      application.status = job->stages.statuses.front();
      set(verdict_, Column::job, "", job->job.title);
    }
    if (!stage(line_.phase, job->stages.phases, Column::phase, application.phase, !before) ||
        !stage(line_.status, job->stages.statuses, Column::status, application.status, !before))
      return false;
    return enter(before, application);
  }

  bool stage(const std::string& name, const std::vector<Stage>& among, Column what, Stage& where,
             bool is_new) {
    if (name.empty()) return true;
    const auto* found = stage_named(among, name);
    if (!found)
      return refuse(verdict_, "import.stage-unknown", "The job has no such phase or status.",
                    "Write it as the job does, or add it there.", unlike(name, among));
    if (found->id == where.id) return true;
    set(verdict_, what, is_new ? "" : where.name, found->name);
    where = *found;
    return true;
  }

  bool enter(const Application* before, const Application& application) {
    if (!before) {
      plan_.application = application;
      person_.applications.push_back(application);
    } else if (before->phase.id != application.phase.id ||
               before->status.id != application.status.id) {
      plan_.seen_phase = before->phase.id;
      plan_.seen_status = before->status.id;
      plan_.moved = application;
      *std::ranges::find(person_.applications, application.job, &Application::job) = application;
    }
    return true;
  }

  void keep() {
    conclude(verdict_, made_);
    const auto& candidate = person_.candidate;
    plan_.id = candidate.id;
    plan_.put = plan_.put || made_;
    if (made_) --known_.candidates_left;
    for (const auto& one : plan_.added) known_.people_by_address.emplace(one.normal, candidate.id);
    if (!plan_.external_id.empty()) known_.people_by_id[plan_.external_id] = candidate.id;
    known_.people[candidate.id] = std::move(person_);
    verdict_.candidate = std::move(plan_);
  }

  const Line& line_;
  KnownOfLines& known_;
  const NewIds& ids_;
  Instant now_;
  LineVerdict verdict_;
  CandidatePlan plan_;
  KnownPerson person_;
  bool made_ = false;
  bool is_own_ = true;  // the line says what the person themselves is called
  std::vector<std::pair<std::string, std::string>> given_;  // addresses: as written, normal form
};

class JobJudge {
 public:
  JobJudge(const Line& line, KnownOfLines& known, const NewIds& ids, UserId maker,
           std::string_view language)
      : line_(line),
        known_(known),
        ids_(ids),
        maker_(maker),
        language_(language),
        verdict_(begin(line, line.title)) {}

  LineVerdict judge() {
    if (is_sound(line_, verdict_) && match() && edit() && gather() && order()) keep();
    return std::move(verdict_);
  }

 private:
  bool match() {
    if (!line_.external_id.empty())
      if (const auto at = known_.jobs_by_id.find(line_.external_id); at != known_.jobs_by_id.end())
        return take(at->second);
    std::vector<JobId> open, closed;
    const auto [first, last] = known_.jobs_by_title.equal_range(mail::folded(line_.title));
    for (auto at = first; at != last; ++at) {
      const auto& job = known_.jobs.at(at->second).job;
      // Two of one title that another system tells apart are two.
      if (!line_.external_id.empty() && !job.external_id.empty()) continue;
      (job.open ? open : closed).push_back(job.id);
    }
    const auto& among = open.empty() ? closed : open;
    if (line_.title.empty() || among.empty()) return begin_new();
    if (among.size() > 1)
      return refuse(verdict_, "import.several-jobs", "Several jobs have this title.",
                    "Name the job by its external id.", line_.title);
    return take(among.front());
  }

  bool take(JobId id) {
    before_ = after_ = known_.jobs.at(id);
    verdict_.id = id.text();
    return true;
  }

  bool begin_new() {
    if (!mail::anything_seen(line_.title))
      return refuse(verdict_, "import.no-title", "A new job needs a title.", "Add it.");
    if (known_.jobs_left == 0)
      return refuse(verdict_, "jobs.too-many-today",
                    "You have added as many jobs today as one person may.",
                    "Go on tomorrow, or ask a colleague to add them.");
    if (known_.open_jobs_left == 0)
      return refuse(verdict_, "jobs.too-many", "There are too many open jobs.",
                    "Close some that are over, or use one that is there.");
    plan_.made = true;
    plan_.first = !known_.jobs_by_title.contains(mail::folded(line_.title));
    after_.job.id = ids_.job;
    after_.version = 1;
    after_.stages = first_stages(ids_.job, language_);
    // Who doesn't see all jobs would otherwise not see the one they just made.
    if (!known_.sees_all_jobs) after_.team.push_back(maker_);
    return true;
  }

  bool edit() {
    auto& job = after_.job;
    if (!line_.title.empty() && line_.title != job.title) {
      set(verdict_, Column::title, job.title, line_.title);
      job.title = line_.title;
      plan_.titled = true;
    }
    if (verdict_.name.empty()) verdict_.name = job.title;
    if (!line_.external_id.empty() && job.external_id.empty()) {
      set(verdict_, Column::external_id, "", line_.external_id);
      plan_.external_id = job.external_id = line_.external_id;
    }
    if (line_.kind.empty()) return true;
    const auto kind = job_kind_named(line_.kind);
    if (!kind)
      return refuse(verdict_, "import.kind-unknown", "This is no kind of job.",
                    "Write job offer, talent pool or call for applications.", line_.kind);
    if (*kind == job.kind) return true;
    set(verdict_, Column::kind, plan_.made ? "" : std::string(word_of(job.kind)),
        std::string(word_of(*kind)));
    plan_.kind = job.kind = *kind;
    return true;
  }

  // Who is named joins the team; nobody leaves it.
  bool gather() {
    for (const auto& text : line_.team) {
      const auto normal = mail::normal_form(text);
      const auto at = normal ? known_.colleagues.find(*normal) : known_.colleagues.end();
      if (at == known_.colleagues.end())
        return refuse(verdict_, "user.unknown", "Somebody on the team is no user of this company.",
                      "Write the address with which they sign in.", text);
      if (std::ranges::find(after_.team, at->second) != after_.team.end()) continue;
      after_.team.push_back(at->second);
      plan_.added.push_back(at->second);
      set(verdict_, Column::team, "", text);
    }
    if (after_.team.size() > Limits{}.team_of_job)
      return refuse(verdict_, "import.team-too-large", "The hiring team would be too large.",
                    "Name fewer colleagues.");
    return true;
  }

  // A new job has the phases that are named; one that is there gets those that it lacks, at the
  // end: where applications are, nothing goes away.
  bool order() {
    if (line_.phases.empty()) return true;
    auto wanted = plan_.made ? std::vector<Stage>{} : before_.stages.phases;
    const auto& there = after_.stages.phases;
    std::size_t used = 0;
    std::unordered_set<std::string> named;
    for (const auto& one : wanted) named.insert(mail::folded(one.name));
    for (const auto& name : line_.phases) {
      if (letters_of(name) > Limits{}.stage_letters)
        return refuse(verdict_, "import.too-long", "A phase has more than 60 letters.",
                      "Shorten it.", name);
      if (!named.insert(mail::folded(name)).second) continue;
      const auto* known = plan_.made ? stage_named(there, name) : nullptr;
      if (known)
        wanted.push_back(*known);
      else
        wanted.push_back({ids_.stages.at(used++), name});
      if (!plan_.made) set(verdict_, Column::phases, "", name);
    }
    if (wanted == there) return true;
    if (auto wrong = wrong_with_stages(StageKind::phase, there, wanted, {}))
      return refuse(verdict_, wrong->code, wrong->what, wrong->hint);
    if (plan_.made)
      for (const auto& one : wanted) set(verdict_, Column::phases, "", one.name);
    plan_.phases = after_.stages.phases = std::move(wanted);
    plan_.titled = true;
    return true;
  }

  void keep() {
    conclude(verdict_, plan_.made);
    plan_.job = after_.job;
    plan_.team = after_.team;
    plan_.version = after_.version;
    if (plan_.made) --known_.jobs_left, --known_.open_jobs_left;
    const auto id = after_.job.id;
    if (!plan_.external_id.empty()) known_.jobs_by_id[plan_.external_id] = id;
    // A later line finds it by the title that it has now.
    const auto key = mail::folded(after_.job.title), old = mail::folded(before_.job.title);
    if (!plan_.made && key != old) {
      auto [at, end] = known_.jobs_by_title.equal_range(old);
      while (at != end) at = at->second == id ? known_.jobs_by_title.erase(at) : std::next(at);
    }
    if (plan_.made || key != old) known_.jobs_by_title.emplace(key, id);
    if (plan_.titled && !(plan_.made && !plan_.phases)) ++after_.version;
    known_.jobs[id] = std::move(after_);
    verdict_.job = std::move(plan_);
  }

  const Line& line_;
  KnownOfLines& known_;
  const NewIds& ids_;
  UserId maker_;
  std::string_view language_;
  LineVerdict verdict_;
  JobPlan plan_;
  KnownJob before_, after_;
};

std::vector<std::string> keys_of(Imported what, const Line& line) {
  std::vector<std::string> keys;
  if (!line.external_id.empty()) keys.push_back("x" + line.external_id);
  if (what == Imported::jobs) {
    if (!line.title.empty()) keys.push_back("t" + mail::folded(line.title));
    return keys;
  }
  for (const auto& text : line.addresses)
    if (const auto normal = mail::kept_form(text)) keys.push_back("a" + *normal);
  return keys;
}

}  // namespace

Line read_line(std::size_t number, std::span<const Column> columns,
               std::span<const std::string> cells) {
  const Limits limits;
  Line line;
  line.number = number;
  std::string first, last;
  bool has_last = false;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string_view cell = cells[i];
    if (i >= columns.size()) {
      line.too_long = line.too_long || !tidy(cell).empty();
      continue;
    }
    switch (columns[i]) {
      case Column::none: break;
      case Column::name: line.name = tidy(cell); break;
      case Column::first_name: first = tidy(cell); break;
      case Column::last_name: last = tidy(cell), has_last = true; break;
      case Column::addresses:
        for (auto& one : addresses_in(cell, kAddressesMost, line.too_many))
          if (line.addresses.size() <= kAddressesMost &&
              std::ranges::find(line.addresses, one) == line.addresses.end())
            line.addresses.push_back(std::move(one));
        break;
      case Column::external_id: line.external_id = one_line(cell); break;
      case Column::job: line.job = one_line(cell); break;
      case Column::phase: line.phase = tidy(cell); break;
      case Column::status: line.status = tidy(cell); break;
      case Column::title: line.title = tidy(cell); break;
      case Column::kind: line.kind = tidy(cell); break;
      case Column::phases: line.phases = parts_of(cell, ";,|\r\n", limits.phases_of_job); break;
      case Column::team: line.team = addresses_in(cell, limits.team_of_job, line.too_many); break;
    }
  }
  line.too_many = line.too_many || line.addresses.size() > kAddressesMost ||
                  line.phases.size() > limits.phases_of_job ||
                  line.team.size() > limits.team_of_job;
  // “Nom” beside “Prénom”, and “Name” beside “Vorname”, is the last name.
  if (!first.empty() && !has_last) last = std::exchange(line.name, {});
  if (line.name.empty()) line.name = std::string(trim(first + " " + last));
  return line;
}

void add_names(Imported what, const Line& line, NamesOfLines& names) {
  // Such a line is refused as it is.
  if (line.too_long || line.too_many) return;
  const auto add = [](std::set<std::string>& to, const std::string& text) {
    if (!text.empty() && !is_too_long(text)) to.insert(text);
  };
  // A title's own letters are counted: folded it may have twice as many.
  const auto add_title = [&](const std::string& text) {
    if (!text.empty() && !is_too_long(text)) names.titles.insert(mail::folded(text));
  };
  if (what == Imported::jobs) {
    add(names.jobs, line.external_id);
    add_title(line.title);
    for (const auto& text : line.team)
      if (const auto normal = mail::normal_form(text)) names.colleagues.insert(*normal);
    return;
  }
  add(names.candidates, line.external_id);
  add(names.jobs, line.job);
  add_title(tidy(line.job));
  for (const auto& text : line.addresses)
    if (const auto normal = mail::kept_form(text)) names.addresses.insert(*normal);
}

std::vector<std::vector<std::size_t>> named_before(Imported what, std::span<const Line> lines) {
  std::unordered_map<std::string, std::size_t> first;
  std::vector<std::vector<std::size_t>> before(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i)
    for (auto& key : keys_of(what, lines[i])) {
      // Of two jobs of one title with an external id each neither is the other.
      if (what == Imported::jobs && key.front() == 't' && !lines[i].external_id.empty()) {
        first.emplace(std::move(key), i);
        continue;
      }
      const auto [at, is_first] = first.emplace(std::move(key), i);
      if (!is_first && std::ranges::find(before[i], at->second) == before[i].end())
        before[i].push_back(at->second);
    }
  return before;
}

LineVerdict judge_candidate(const Line& line, KnownOfLines& known, const NewIds& ids, Instant now) {
  return CandidateJudge(line, known, ids, now).judge();
}

LineVerdict judge_job(const Line& line, KnownOfLines& known, const NewIds& ids, UserId maker,
                      std::string_view language) {
  return JobJudge(line, known, ids, maker, language).judge();
}

}  // namespace hearback::rules
