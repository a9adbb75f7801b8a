// Jobs and candidates, as far as the asker may see them (P-1).
#include "api/candidates.hpp"

#include <algorithm>
#include <array>

#include "api/external_ids.hpp"
#include "api/handlers.hpp"
#include "api/http/members.hpp"
#include "api/http/once.hpp"
#include "api/present.hpp"
#include "api/stages.hpp"
#include "mail/address.hpp"
#include "rules/non_candidates.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kAddressesMost = 50;
constexpr std::array<std::pair<std::string_view, rules::JobKind>, 3> kJobKinds = {
    {{"offer", rules::JobKind::offer},
     {"talent_pool", rules::JobKind::talent_pool},
     {"campaign", rules::JobKind::campaign}}};

json::object present_job(const store::Jobs::Row& row) {
  json::array team;
  for (const auto& one : row.team)
    team.push_back(json::object{{"id", one.user.text()}, {"name", one.name}});
  const auto& job = row.job;
  return {{"id", job.id.text()},
          {"external_id", present_external_id(job.external_id)},
          {"title", job.title},
          {"kind", word_for(job.kind)},
          {"open", job.open},
          {"team", std::move(team)},
          {"candidates", row.candidates},
          {"followed", row.followed},
          {"phases", present(row.stages.phases)},
          {"statuses", present(row.stages.statuses)},
          {"version", row.version}};
}

Reply present_job_by(const Call& call, JobId id, int status) {
  auto found = call.store().ask(store::JobById{call.scope(), id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("job");
  return json_response(status, present_job(**found));
}

// S-6: whether the candidate's mail doesn't come in, and what came while it didn't.
json::value present_rest(const std::optional<store::CandidateById::Found::Rest>& rest) {
  if (!rest) return nullptr;
  return json::object{
      {"since", to_rfc3339(rest->since)},
      {"job", json::object{{"id", rest->job.id.text()}, {"title", rest->job.title}}}};
}

json::value present_skipped(const std::optional<store::CandidateById::Found::Skipped>& skipped) {
  if (!skipped) return nullptr;
  const auto day = [](Instant at) { return to_rfc3339(at).substr(0, 10); };
  return json::object{{"messages", skipped->messages},
                      {"first", day(skipped->first)},
                      {"last", day(skipped->last)}};
}

// O-5: who has become part of them.
json::array present_merges(const std::vector<store::CandidateById::Merge>& merges) {
  json::array rows;
  for (const auto& one : merges)
    rows.push_back(json::object{{"id", one.merged.text()},
                                {"name", one.name},
                                {"by", one.by},
                                {"at", to_rfc3339(one.at)},
                                {"exchange", one.exchange},
                                {"undo_until", when(one.undo_until)}});
  return rows;
}

json::object present_candidate(const store::CandidateById::Found& found) {
  json::array addresses, seen_by, followers;
  for (const auto& address : found.candidate.addresses)
    addresses.push_back(json::object{{"address", address.address},
                                     {"synced", address.synced},
                                     {"why_not", address.why_not},
                                     {"since", to_rfc3339(address.since)}});
  for (const auto& reader : found.seen_by)
    seen_by.push_back(
        json::object{{"id", reader.user.text()}, {"name", reader.name}, {"email", reader.email}});
  for (const auto& one : found.followers)
    followers.push_back(json::object{{"id", one.user.text()}, {"name", one.name}});
  return json::object{{"id", found.candidate.id.text()},
                      {"external_id", present_external_id(found.candidate.external_id)},
                      {"name", found.candidate.name},
                      {"resting", present_rest(found.rest)},
                      {"skipped", present_skipped(found.skipped)},
                      {"created", to_rfc3339(found.candidate.created)},
                      {"addresses", std::move(addresses)},
                      {"applications", present(found.applications, found.job_titles, found.moved)},
                      {"seen_by", std::move(seen_by)},
                      {"followed", found.followed},
                      {"followers", std::move(followers)},
                      {"followers_left_out", found.followers_left_out},
                      {"merges", present_merges(found.merges)}};
}

}  // namespace

Read<store::CandidateById::Found> visible_candidate(const Call& call, CandidateId id) {
  auto found = call.store().ask(store::CandidateById{call.scope(), id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("candidate");
  return std::move(**found);
}

Read<store::CandidateById::Found> visible_candidate(const Call& call) {
  auto id = call.path_id<CandidateId>(0, "candidate");
  if (!id) return Refusal(id.error());
  return visible_candidate(call, *id);
}

// Who is to be changed is who was meant: what was said of one who has become part of another isn't
// said of that one.
Read<store::CandidateById::Found> standing_candidate(const Call& call) {
  auto found = visible_candidate(call);
  if (!found || found->candidate.id == call.path_id<CandidateId>(0, "candidate").value())
    return found;
  return refuse(Kind::conflict, "candidate.merged", "This profile has become part of another one.",
                "Look again: its old address leads there.");
}

namespace {

// Which addresses are synced is the store's word (I-1), so the candidate is read back; what is
// remembered for the request's key is only which one it is.
Reply added_candidate(const Call& call, const Reply& remembered) {
  if (!remembered) return remembered;
  boost::system::error_code wrong;
  const auto value = json::parse(remembered->body, wrong);
  const auto* text = !wrong && value.is_object() ? value.get_object().if_contains("id") : nullptr;
  const auto id = text && text->is_string()
                      ? CandidateId::parse(std::string_view(text->get_string()))
                      : std::nullopt;
  auto found = visible_candidate(call, id.value_or(CandidateId{}));
  if (!found) return Refusal(found.error());
  return json_response(201, present_candidate(*found));
}

// Addresses as given, each once; those that were there before stay as they were.
std::vector<rules::CandidateAddress> read_addresses(
    Members& members, std::string_view member, const std::vector<rules::CandidateAddress>& before,
    Instant now) {
  std::vector<rules::CandidateAddress> addresses;
  for (const auto& text : members.texts(member, {0, kAddressesMost}, {0, 320})) {
    const auto normal = mail::kept_form(text);
    if (!normal) {
      members.refuse(member, "address.invalid", "One of the addresses is not an e-mail address.",
                     "Write each one like jane@example.org, without a name.");
      return {};
    }
    const auto is_same = [&](const auto& other) { return other.normal == *normal; };
    if (std::any_of(addresses.begin(), addresses.end(), is_same)) continue;
    const auto known = std::find_if(before.begin(), before.end(), is_same);
    if (known != before.end())
      addresses.push_back(*known);
    else
      addresses.push_back(
          {.address = text, .normal = *normal, .synced = true, .why_not = "", .since = now});
  }
  return addresses;
}

// Another candidate has one of the new addresses: that is asked about before it is done. Somebody
// whom the asker may not see isn't another.
store::CandidatesWith others_with(const Call& call, const rules::Candidate& candidate,
                                  const std::vector<rules::CandidateAddress>& before) {
  store::CandidatesWith asked{call.scope(), {}, candidate.id};
  for (const auto& address : candidate.addresses)
    if (std::ranges::none_of(before, [&](const auto& b) { return b.normal == address.normal; }))
      asked.normals.push_back(address.normal);
  return asked;
}

std::optional<Problem> ask_about(const Call& call, const store::CandidatesWith& asked) {
  if (asked.normals.empty()) return std::nullopt;
  auto others = call.store().ask(asked);
  if (!others) return Problem(others.error());
  if (others->empty()) return std::nullopt;
  Problem problem(Error{Kind::conflict, "candidate.address-shared",
                        "Another candidate has this address already.",
                        "Confirm that both have it, or open the one who has it."},
                  "addresses");
  problem.more["candidates"] = present(*others);
  return problem;
}

// Who got the address between the question and the commit is asked about as well. `save`: commits
// what it is given.
template <class Save>
Reply save_once_asked(const Call& call, store::Commit commit,
                      std::optional<store::CandidatesWith> asked, const Save& save) {
  if (!asked) return save(std::move(commit));
  if (auto problem = ask_about(call, *asked)) return Refusal(std::move(*problem));
  commit.expectations.push_back(store::NobodyElseHas{*asked});
  auto saved = save(std::move(commit));
  if (saved || saved.error().error.code != "store.expectation") return saved;
  if (auto problem = ask_about(call, *asked)) return Refusal(std::move(*problem));
  return saved;
}

// M-3: with whom a conversation is that somebody makes a candidate of.
Read<CandidateId> non_candidate_of(const Call& call, ThreadId thread) {
  auto with = call.store().ask(store::NonCandidateOf{call.scope(), thread});
  if (!with) return Refusal(with.error());
  if (!*with)
    return refuse_field("thread", "thread.of-candidate",
                        "There is no such conversation with somebody who is no candidate.",
                        "Somebody may have made a candidate of them: look again.");
  return (*with)->person.id;
}

}  // namespace

Reply list_jobs(Call& call) {
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  auto text = search_text(call);
  if (!text) return Refusal(text.error());
  auto open = flag_parameter(call, "open");
  if (!open) return Refusal(open.error());
  auto jobs = call.store().ask(store::Jobs{call.scope(), *text, *open, *page});
  if (!jobs) return Refusal(jobs.error());
  json::array rows;
  for (const auto& row : jobs->rows) rows.push_back(present_job(row));
  auto answer = rows_of(std::move(rows));
  answer["next"] = next_page(jobs->next);
  return json_response(200, answer);
}

Reply get_job(Call& call) {
  auto id = call.path_id<JobId>(0, "job");
  if (!id) return Refusal(id.error());
  return present_job_by(call, *id, 200);
}

namespace {

// Colleagues whom a request names.
Read<std::vector<UserId>> read_colleagues(const Call& call, Members& members,
                                          std::string_view member) {
  auto named = members.ids<UserId>(member, call.house->options.limits.team_of_job);
  auto users = call.store().ask(store::UsersAmong{call.scope(), named});
  if (!users) return Refusal(users.error());
  for (const auto& id : named)
    if (std::none_of(users->begin(), users->end(), [&](const auto& u) { return u.id == id; }))
      members.refuse(member, "user.unknown", "Somebody on the team is no user of this company.");
  return named;
}

// The whole hiring team. Who doesn't see all jobs would otherwise not see theirs.
Read<std::vector<UserId>> read_team(const Call& call, Members& members) {
  auto team = read_colleagues(call, members, "team");
  if (!team) return team;
  if (!call.scope().all_jobs) team->push_back(call.user().id);
  std::sort(team->begin(), team->end());
  team->erase(std::unique(team->begin(), team->end()), team->end());
  return team;
}

// What a person changes of a hiring team; what a colleague changes meanwhile stays.
std::optional<Problem> read_team_change(const Call& call, Members& members,
                                        store::ChangeJob& change) {
  auto added = read_colleagues(call, members, "team_added");
  if (!added) return std::move(added.error());
  auto removed = read_colleagues(call, members, "team_removed");
  if (!removed) return std::move(removed.error());
  if (!call.scope().all_jobs && std::ranges::find(*removed, call.user().id) != removed->end())
    members.refuse("team_removed", "job.own-team", "You would no longer see this job.",
                   "Ask a colleague who sees all jobs to take you off its hiring team.");
  change.team_added = std::move(*added);
  change.team_removed = std::move(*removed);
  return std::nullopt;
}

Reply make_job(Call& call, std::optional<std::string> external_id) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  rules::Job job;
  job.title = members.text("title", {1, 200}, Lines::name);
  job.kind = members.maybe_choice<rules::JobKind>("kind", kJobKinds).value_or(job.kind);
  if (external_id)
    job.open = members.flag("open", true);
  else
    external_id = read_external_id(members);
  auto team = read_team(call, members);
  if (!team) return Refusal(team.error());
  if (auto problem = members.problem()) return Refusal(*problem);

  job.id = call.make_id<JobId>();
  auto commit = call.commit();
  commit.changes.push_back(store::PutJob{job, *team, call.now, call.user().id});
  if (external_id && !external_id->empty())
    commit.changes.push_back(store::SetExternalId{call.scope(), job.id, *external_id});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return present_job_by(call, job.id, 201);
}

// What is given of it. The team is given whole.
Reply change_job_named(Call& call, JobId id) {
  auto found = call.store().ask(store::JobById{call.scope(), id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("job");
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  store::ChangeJob change{.by = call.scope(),
                          .job = id,
                          .version = (*found)->version,
                          .title = members.maybe_text("title", {1, 200}, Lines::name),
                          .phases = {},
                          .statuses = {},
                          .at = call.now,
                          .kind = members.maybe_choice<rules::JobKind>("kind", kJobKinds)};
  if (members.has("team")) {
    auto team = read_team(call, members);
    if (!team) return Refusal(team.error());
    change.team = std::move(*team);
  }
  const bool open = members.flag("open", (*found)->job.open);
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  if (open != (*found)->job.open)
    commit.changes.push_back(store::SetJobOpen{id, open, call.scope(), call.now});
  commit.changes.push_back(change);
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return present_job_by(call, id, 200);
}

}  // namespace

Reply add_job(Call& call) { return make_job(call, {}); }

namespace {

Read<std::optional<JobId>> job_named(const Call& call, const std::string& external_id) {
  auto named = call.store().ask(store::NamedExternally{call.scope(), {external_id}, {}, {}});
  if (!named) return Refusal(named.error());
  return led_to(named->jobs, external_id);
}

}  // namespace

Reply get_job_named(Call& call) {
  auto external_id = external_id_in_path(call);
  if (!external_id) return Refusal(external_id.error());
  auto id = job_named(call, *external_id);
  if (!id) return Refusal(id.error());
  if (!*id) return not_found("job");
  return present_job_by(call, **id, 200);
}

Reply put_job(Call& call) {
  auto external_id = external_id_in_path(call);
  if (!external_id) return Refusal(external_id.error());
  return put_externally(
      call, [&] { return job_named(call, *external_id); },
      [&](Call& one) { return make_job(one, *external_id); }, change_job_named);
}

Reply change_job(Call& call) {
  auto id = call.path_id<JobId>(0, "job");
  if (!id) return Refusal(id.error());
  auto found = call.store().ask(store::JobById{call.scope(), *id});
  if (!found) return Refusal(found.error());
  if (!*found) return not_found("job");
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const bool open = members.flag("open", (*found)->job.open);
  const bool catch_up = members.flag("catch_up", false);
  if (catch_up && !open)
    members.refuse("catch_up", "job.closed", "A closed job can't be caught up with.",
                   "Open it as well.");
  auto edit = read_job_edit(call, members, **found);
  edit.change.kind = members.maybe_choice<rules::JobKind>("kind", kJobKinds);
  if (auto problem = read_team_change(call, members, edit.change)) return Refusal(*problem);
  const auto external_id = read_external_id(members);
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  if (external_id) commit.changes.push_back(store::SetExternalId{call.scope(), *id, *external_id});
  if (members.has("open") || catch_up)
    commit.changes.push_back(store::SetJobOpen{*id, open, call.scope(), call.now, catch_up});
  if (auto done = save_job_edit(call, edit, **found, std::move(commit)); !done) return done;
  return present_job_by(call, *id, 200);
}

Reply list_candidates(Call& call) {
  auto page = page_request(call);
  if (!page) return Refusal(page.error());
  auto job = id_parameter<JobId>(call, "job");
  if (!job) return Refusal(job.error());
  auto text = search_text(call);
  if (!text) return Refusal(text.error());
  auto phase = id_parameter<StageId>(call, "phase");
  if (!phase) return Refusal(phase.error());
  auto status = id_parameter<StageId>(call, "status");
  if (!status) return Refusal(status.error());
  if (!*job && (*phase || *status))
    return refuse_field(*phase ? "phase" : "status", "field.invalid",
                        "“phase” and “status” are those of a job, and go with “job”.");
  auto found =
      call.store().ask(store::Candidates{call.scope(), *text, *job, *page, *phase, *status});
  if (!found) return Refusal(found.error());
  json::array rows;
  for (const auto& row : found->rows) {
    json::array addresses;
    for (const auto& address : row.candidate.addresses)
      addresses.push_back(json::value(address.address));
    rows.push_back(
        json::object{{"id", row.candidate.id.text()},
                     {"external_id", present_external_id(row.candidate.external_id)},
                     {"name", row.candidate.name},
                     {"addresses", std::move(addresses)},
                     {"applications", present(row.applications, row.job_titles, row.moved)},
                     {"last_at", when(row.last_at)}});
  }
  auto answer = rows_of(std::move(rows));
  answer["next"] = next_page(found->next);
  return json_response(200, answer);
}

namespace {

// Answers the id alone, which is what is remembered: whoever asks again sees them as they are then.
Reply make_candidate(Call& call, const Once& once, std::optional<std::string> external_id) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  rules::Candidate candidate{.id = call.make_id<CandidateId>(),
                             .name = members.text("name", {1, 200}, Lines::name),
                             .created = call.now,
                             .addresses = {}};
  if (!members.has("addresses"))
    members.refuse("addresses", "field.required", "“addresses” is needed.");
  candidate.addresses = read_addresses(members, "addresses", {}, call.now);
  const auto job = members.maybe_id<JobId>("job");
  const auto phase = members.maybe_id<StageId>("phase").value_or(StageId{});
  const auto status = members.maybe_id<StageId>("status").value_or(StageId{});
  auto known = call.store().ask(store::JobById{call.scope(), job.value_or(JobId{})});
  if (!known) return Refusal(known.error());
  if (job && !*known)
    members.refuse("job", "job.unknown", "There is no such job, or you may not see it.");
  if (job && *known && !(*known)->job.open)
    members.refuse("job", "job.closed", "This job is closed.", "Open it again, or choose another.");
  if (!job && !call.scope().all_jobs)
    members.refuse("job", "candidate.job-needed",
                   "Without a job you would not see this candidate yourself.",
                   "Name a job whose hiring team you are on.");
  const bool confirmed = members.flag("confirmed", false);
  const auto thread = members.maybe_id<ThreadId>("thread");
  if (!external_id) external_id = read_external_id(members);
  if (auto problem = members.problem()) return Refusal(*problem);

  auto commit = call.commit();
  if (thread) {
    auto with = non_candidate_of(call, *thread);
    if (!with) return Refusal(with.error());
    candidate.id = *with;
    commit.changes.push_back(store::TakeOver{*thread, call.scope(), call.now});
  }
  commit.changes.push_back(store::PutCandidate{candidate.id, candidate.name, candidate.addresses,
                                               call.now, call.scope()});
  if (job)
    commit.changes.push_back(store::PutApplication{{.id = call.make_id<ApplicationId>(),
                                                    .candidate = candidate.id,
                                                    .job = *job,
                                                    .phase = {phase, {}},
                                                    .status = {status, {}},
                                                    .created = call.now},
                                                   call.scope(),
                                                   std::string(how_of(call))});
  if (external_id && !external_id->empty())
    commit.changes.push_back(store::SetExternalId{call.scope(), candidate.id, *external_id});
  std::optional<store::CandidatesWith> asked;
  if (!confirmed) asked = others_with(call, candidate, {});
  return save_once_asked(call, std::move(commit), std::move(asked), [&](store::Commit all) {
    return once.commit(call, std::move(all), json_response(201, {{"id", candidate.id.text()}}));
  });
}

// O-3: what is given of them. Addresses are added: what a colleague has added besides stays. Nor is
// somebody who has become part of another one, and is named by what they were called, renamed.
Reply change_candidate_named(Call& call, CandidateId id, const std::string& external_id) {
  auto found = visible_candidate(call, id);
  if (!found) return Refusal(found.error());
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  auto& candidate = found->candidate;
  const auto before = candidate.addresses;
  const auto name = members.maybe_text("name", {1, 200}, Lines::name);
  store::PutCandidate change{id, {}, {}, call.now, call.scope(), true, true};
  if (name && candidate.external_id == external_id) change.name = *name;
  for (auto& one : read_addresses(members, "addresses", {}, call.now))
    if (std::ranges::none_of(before, [&](const auto& b) { return b.normal == one.normal; })) {
      change.addresses.push_back(one);
      candidate.addresses.push_back(std::move(one));
    }
  if (candidate.addresses.size() > std::max(kAddressesMost, before.size()))
    members.refuse("addresses", "import.too-many-addresses",
                   "The candidate would have more than 50 addresses.", "Leave some out.");
  const auto job = members.maybe_id<JobId>("job");
  const auto phase = members.maybe_id<StageId>("phase").value_or(StageId{});
  const auto status = members.maybe_id<StageId>("status").value_or(StageId{});
  auto known = call.store().ask(store::JobById{call.scope(), job.value_or(JobId{})});
  if (!known) return Refusal(known.error());
  if (job && !*known)
    members.refuse("job", "job.unknown", "There is no such job, or you may not see it.");
  const bool confirmed = members.flag("confirmed", false);
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  commit.changes.push_back(std::move(change));
  // Who is in the job already stays where they are.
  if (job &&
      std::ranges::none_of(found->applications, [&](const auto& one) { return one.job == *job; }))
    commit.changes.push_back(store::PutApplication{{.id = call.make_id<ApplicationId>(),
                                                    .candidate = id,
                                                    .job = *job,
                                                    .phase = {phase, {}},
                                                    .status = {status, {}},
                                                    .created = call.now},
                                                   call.scope(),
                                                   std::string(how_of(call))});
  std::optional<store::CandidatesWith> asked;
  if (!confirmed) asked = others_with(call, candidate, before);
  return save_once_asked(call, std::move(commit), std::move(asked), [&](const auto& all) -> Reply {
    if (auto done = call.store().commit(all); !done) return Refusal(done.error());
    auto now = visible_candidate(call, id);
    if (!now) return Refusal(now.error());
    return json_response(200, present_candidate(*now));
  });
}

}  // namespace

Reply add_candidate(Call& call) {
  auto added = Once::answer(call, [&](const Once& once) { return make_candidate(call, once, {}); });
  if (!added) return added;
  return added_candidate(call, *added);
}

namespace {

Read<std::optional<CandidateId>> candidate_named(const Call& call, const std::string& external_id) {
  auto named = call.store().ask(store::NamedExternally{call.scope(), {}, {external_id}, {}});
  if (!named) return Refusal(named.error());
  return led_to(named->candidates, external_id);
}

}  // namespace

Reply get_candidate_named(Call& call) {
  auto external_id = external_id_in_path(call);
  if (!external_id) return Refusal(external_id.error());
  auto id = candidate_named(call, *external_id);
  if (!id) return Refusal(id.error());
  if (!*id) return not_found("candidate");
  auto found = visible_candidate(call, **id);
  if (!found) return Refusal(found.error());
  return json_response(200, present_candidate(*found));
}

Reply put_candidate(Call& call) {
  auto external_id = external_id_in_path(call);
  if (!external_id) return Refusal(external_id.error());
  return put_externally(
      call, [&] { return candidate_named(call, *external_id); },
      [&](Call& one) { return added_candidate(one, make_candidate(one, Once(), *external_id)); },
      [&](Call& one, CandidateId id) { return change_candidate_named(one, id, *external_id); });
}

Reply undo_take_over(Call& call) {
  auto id = call.path_id<ThreadId>(0, "thread");
  if (!id) return Refusal(id.error());
  auto commit = call.commit();
  commit.changes.push_back(store::UndoTakeOver{*id, call.scope(), call.now});
  if (auto put = call.store().commit(commit); !put) return Refusal(put.error());
  return empty_response();
}

namespace {

Reply add_exchange(const Call& call, ThreadId thread, const Once& once) {
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  const auto candidate = members.id<CandidateId>("candidate");
  const bool confirmed = members.flag("confirmed", false);
  if (auto problem = members.problem()) return Refusal(*problem);
  auto with = call.store().ask(store::NonCandidateOf{call.scope(), thread});
  if (!with) return Refusal(with.error());
  auto found = visible_candidate(call, candidate);
  if (!found) return Refusal(found.error());
  auto commit = call.commit();
  commit.changes.push_back(store::AddToCandidate{thread, candidate, call.scope(), call.now});
  std::optional<store::CandidatesWith> asked;
  if (!confirmed && *with) {
    auto both = (*with)->person;
    both.id = candidate;
    asked = others_with(call, both, found->candidate.addresses);
  }
  return save_once_asked(call, std::move(commit), std::move(asked), [&](store::Commit all) {
    return once.commit(call, std::move(all), empty_response());
  });
}

}  // namespace

Reply add_to_candidate(Call& call) {
  auto id = call.path_id<ThreadId>(0, "thread");
  if (!id) return Refusal(id.error());
  return Once::answer(call, [&](const Once& once) { return add_exchange(call, *id, once); });
}

Reply get_candidate(Call& call) {
  auto found = visible_candidate(call);
  if (!found) return Refusal(found.error());
  return json_response(200, present_candidate(*found));
}

namespace {

// Of the addresses which come and which go, or the whole list; what isn't given stays as it is by
// then. `candidate`: as they would be.
store::PutCandidate read_change(const Call& call, Members& members, rules::Candidate& candidate) {
  store::PutCandidate change{candidate.id, {}, {}, call.now, call.scope(), true, true};
  change.name = members.maybe_text("name", {1, 200}, Lines::name).value_or("");
  const auto before = candidate.addresses;
  if (members.has("addresses")) {
    for (const auto* member : {"addresses_added", "addresses_removed"})
      if (members.has(member))
        members.refuse(member, "field.invalid", "The whole list is given as well.",
                       "Give the list, or what changes in it.");
    candidate.addresses = read_addresses(members, "addresses", before, call.now);
    if (change.name.empty()) change.name = candidate.name;
    change.addresses = candidate.addresses;
    change.adds = false;
    return change;
  }
  // As new ones, whatever is there now: by then it may not be.
  change.addresses = read_addresses(members, "addresses_added", {}, call.now);
  for (auto& one : read_addresses(members, "addresses_removed", before, call.now))
    change.takes_off.push_back(std::move(one.normal));
  if (members.has("addresses_at"))
    change.place = static_cast<std::size_t>(members.number("addresses_at", 0, kAddressesMost));
  candidate.addresses.insert(candidate.addresses.end(), change.addresses.begin(),
                             change.addresses.end());
  return change;
}

}  // namespace

Reply change_candidate(Call& call) {
  auto found = standing_candidate(call);
  if (!found) return Refusal(found.error());
  auto body = read_object(*call.request);
  if (!body) return Refusal(body.error());
  Members members(*body);
  auto& candidate = found->candidate;
  const auto before = candidate.addresses;
  auto change = read_change(call, members, candidate);
  const bool confirmed = members.flag("confirmed", false);
  const auto external_id = read_external_id(members);
  if (auto problem = members.problem()) return Refusal(*problem);
  auto commit = call.commit();
  if (external_id)
    commit.changes.push_back(store::SetExternalId{call.scope(), candidate.id, *external_id});
  commit.changes.push_back(std::move(change));
  std::optional<store::CandidatesWith> asked;
  if (!confirmed) asked = others_with(call, candidate, before);
  return save_once_asked(call, std::move(commit), std::move(asked), [&](const auto& all) -> Reply {
    if (auto done = call.store().commit(all); !done) return Refusal(done.error());
    return get_candidate(call);
  });
}

Reply get_holdings(Call& call) {
  auto id = call.path_id<CandidateId>(0, "candidate");
  if (!id) return Refusal(id.error());
  auto found = visible_candidate(call, *id);
  if (!found) return Refusal(found.error());
  auto held = call.store().ask(store::Holdings{call.scope(), found->candidate.id});
  if (!held) return Refusal(held.error());
  return json_response(200, {{"threads", held->threads},
                             {"messages", held->messages},
                             {"shared", held->shared},
                             {"files", held->files},
                             {"more", held->more}});
}

Reply catch_up(Call& call) {
  auto found = standing_candidate(call);
  if (!found) return Refusal(found.error());
  auto commit = call.commit();
  commit.changes.push_back(store::CatchUp{found->candidate.id, call.scope(), call.now});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return empty_response();
}

Reply get_old_mail(Call& call) {
  auto id = call.path_id<CandidateId>(0, "candidate");
  if (!id) return Refusal(id.error());
  auto visible = visible_candidate(call, *id);
  if (!visible) return Refusal(visible.error());
  auto found = call.store().ask(store::OldMail{call.scope(), visible->candidate.id, call.now});
  if (!found) return Refusal(found.error());
  json::value search = nullptr;
  if (const auto& one = *found)
    search = json::object{{"added", to_rfc3339(one->added)},
                          {"messages", one->messages},
                          {"more", one->more},
                          {"mailboxes", one->mailboxes},
                          {"searched", one->through},
                          {"searching", one->going_on},
                          {"waiting", one->waiting},
                          {"closed", one->closed}};
  return json_response(200, {{"search", std::move(search)}});
}

namespace {

// A conversation with somebody who has this address and is no candidate yet, where a candidate
// that is made of it takes all of the exchange along (M-3).
Read<json::value> exchange_with(const Call& call, const std::string& normal) {
  auto with = call.store().ask(store::NonCandidateWith{call.scope(), normal});
  if (!with) return Refusal(with.error());
  if (!*with || !rules::may_take_over(call.scope(), (*with)->keeper)) return nullptr;
  auto threads = call.store().ask(
      store::Threads{call.scope(), store::Place::non_candidates, (*with)->person.id, {.rows = 1}});
  if (!threads) return Refusal(threads.error());
  if (threads->rows.empty()) return nullptr;
  return json::value(threads->rows.front().thread.id.text());
}

}  // namespace

// While an address is typed; the same as is asked about when it is added.
Reply list_address_holders(Call& call) {
  const auto normal = mail::kept_form(call.request->parameter("address").value_or(""));
  if (!normal)
    return refuse_field("address", "address.invalid", "This is not an e-mail address.",
                        "Write it like jane@example.org, without a name.");
  auto others = call.store().ask(store::CandidatesWith{call.scope(), {*normal}, {}});
  if (!others) return Refusal(others.error());
  auto exchange = exchange_with(call, *normal);
  if (!exchange) return Refusal(exchange.error());
  auto answer = rows_of(present(*others));
  answer["exchange"] = std::move(*exchange);
  return json_response(200, answer);
}

Reply forget_candidate(Call& call) {
  auto found = standing_candidate(call);
  if (!found) return Refusal(found.error());
  auto commit = call.commit();
  commit.changes.push_back(store::ForgetCandidate{found->candidate.id, call.scope(), call.now});
  if (auto done = call.store().commit(commit); !done) return Refusal(done.error());
  return empty_response();
}

}  // namespace hearback::api
