// What merging two candidates would come to, and which were merged (O-5).
#include <algorithm>
#include <functional>
#include <set>

#include "rules/merging_candidates.hpp"
#include "rules/non_candidates.hpp"
#include "store/candidates/merging.hpp"
#include "store/candidates/merging_parts.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/scope_sql.hpp"

namespace hearback::store {
namespace {

constexpr std::size_t kMergesShown = 20;
constexpr std::size_t kCounted = 10'000;

using Sides = std::pair<CandidateById::Found, CandidateById::Found>;

void add_addresses(MergePreview::Found& found, const Sides& sides) {
  const auto& [kept, merged] = sides;
  const auto all_of = [](const CandidateById::Found& side) {
    rules::MergedAddresses all;
    for (const auto& one : side.candidate.addresses) all.push_back({one, 0});
    return all;
  };
  const auto has = [](const CandidateById::Found& side, const std::string& normal) {
    return std::ranges::any_of(side.candidate.addresses,
                               [&](const auto& one) { return one.normal == normal; });
  };
  for (auto& one : rules::merge_addresses(all_of(kept), all_of(merged))) {
    const auto& normal = one.address.normal;
    const bool of_kept = has(kept, normal), of_merged = has(merged, normal);
    found.addresses.push_back({std::move(one.address), of_kept, of_merged});
  }
}

void add_applications(MergePreview::Found& found, const Sides& sides) {
  const auto& [kept, merged] = sides;
  for (std::size_t i = 0; i < kept.applications.size(); ++i)
    found.applications.push_back({kept.applications[i], kept.job_titles[i], true, false});
  for (std::size_t i = 0; i < merged.applications.size(); ++i)
    found.applications.push_back({merged.applications[i], merged.job_titles[i], false,
                                  !rules::comes_along(merged.applications[i], kept.applications)});
}

// Whoever sees one of the two sees the mail of both then.
void add_readers(MergePreview::Found& found, const Sides& sides) {
  const auto& [kept, merged] = sides;
  std::set<UserId> see_kept, see_merged;
  for (const auto& one : kept.seen_by) see_kept.insert(one.user);
  for (const auto& one : merged.seen_by) see_merged.insert(one.user);
  for (const auto& one : kept.seen_by)
    if (!see_merged.contains(one.user)) found.gain.push_back({one.user, one.name, true});
  for (const auto& one : merged.seen_by)
    if (!see_kept.contains(one.user)) found.gain.push_back({one.user, one.name, false});
}

// What a person decides on. It needn't be kept from anybody, nor be the same in another version of
// the program: a preview that it doesn't fit is shown anew.
std::string version_of(const MergePreview& question, const MergePreview::Found& found) {
  std::string all = question.kept.text() + question.merged.text();
  const auto add = [&](std::string_view text) {
    all += std::to_string(text.size()) + ":";
    all += text;
  };
  add(found.kept_name);
  add(found.merged_name);
  for (const auto& one : found.addresses) {
    add(one.address.address);
    add(one.address.why_not);
    add(std::string{one.address.synced ? 's' : '-', one.of_kept ? 'k' : '-',
                    one.of_merged ? 'm' : '-'});
  }
  for (const auto& one : found.applications) {
    add(one.application.id.text());
    add(one.application.phase.id.text());
    add(one.application.status.id.text());
  }
  for (const auto& one : found.gain) add(one.user.text());
  const auto hash = std::hash<std::string>{}(all);
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[hash >> shift & 15];
  return digits;
}

}  // namespace

void expect_mergeable(Db& db, CompanyId company, CandidateId kept, CandidateId merged,
                      std::size_t addresses) {
  if (rules::why_not_merged(kept, merged, addresses) == rules::NotMerged::too_many_addresses)
    refuse(Kind::conflict, "merge.too-many-addresses",
           "Together the two have more addresses than one candidate may.",
           "Take some off that are no longer used.");
  auto count = db.row(
      "select count(*) from (select 1 from placements where company = $1 and candidate = $2"
      " union all select 1 from application_moves where company = $1 and candidate = $2"
      " union all select 1 from address_changes where company = $1 and candidate = $2"
      " limit $3) x",
      company, merged, kMergedMost + 1);
  if (static_cast<std::size_t>(count->number()) > kMergedMost)
    refuse(Kind::conflict, "merge.too-large",
           "This candidate has too many messages to become part of another one.",
           "Keep this one, and merge the other one into it.");
}

MergePreview::Answer plan_merge(Db& db, const MergePreview& question) {
  const auto see = [&](CandidateId id) -> std::optional<CandidateById::Found> {
    auto found = find_candidate(db, {question.scope, id});
    if (found && found->candidate.id != id) return std::nullopt;
    return found;
  };
  auto kept = see(question.kept), merged = see(question.merged);
  if (!kept || !merged) return std::nullopt;
  const Sides sides(std::move(*kept), std::move(*merged));
  MergePreview::Found found;
  found.kept_name = sides.first.candidate.name;
  found.merged_name = sides.second.candidate.name;
  add_addresses(found, sides);
  add_applications(found, sides);
  add_readers(found, sides);
  found.version = version_of(question, found);
  return found;
}

AnswerTo<MergePreview> answer(Reading& reading, const MergePreview& question) {
  const auto& scope = question.scope;
  auto found = plan_merge(reading.db, question);
  if (!found) return std::nullopt;
  expect_mergeable(reading.db, scope.company, question.kept, question.merged,
                   found->addresses.size());
  const auto held = answer(reading, Holdings{scope, question.merged, kCounted});
  found->threads = held.threads;
  found->messages = held.messages;
  found->more = held.more;
  auto files = scoped_row(reading.db, scope,
                          "select cast(coalesce(sum(x.attachments), 0) as bigint)"
                          " + (select count(*) from candidate_files f where f.company = $1"
                          "  and f.candidate = $4) from (select"
                          " th.attachments from threads th where th.company = $1"
                          " and th.candidate = $4 and " +
                              may_see_thread_row(scope, "th") + " limit $5) x",
                          question.merged, kCounted);
  found->files = static_cast<std::uint64_t>(files->number());
  // Of those who see them (0036).
  auto followers =
      scoped_row(reading.db, scope,
                 "select count(*) from candidate_follows f join users u on u.company = f.company"
                 " and u.id = f.user_id and u.active = 1 where f.company = $1 and f.candidate = $4"
                 " and (u.role = 'admin' or u.all_jobs = 1 or exists (select 1 from applications a"
                 "  join job_team t on t.company = a.company and t.job = a.job where a.company = $1"
                 "  and a.candidate = $4 and t.user_id = u.id)) and not exists (select 1"
                 "  from candidate_follows o where o.company = $1 and o.candidate = $5"
                 "  and o.user_id = f.user_id)",
                 question.merged, question.kept);
  found->followers = static_cast<std::uint64_t>(followers->number());
  return found;
}

CandidateId standing_candidate(Db& db, CompanyId company, CandidateId candidate) {
  auto row = db.row("select stands from merged_candidates where company = $1 and merged = $2",
                    company, candidate);
  return row ? row->id<CandidateId>() : candidate;
}

std::vector<CandidateId> merged_into(Db& db, CompanyId company, CandidateId candidate) {
  std::vector<CandidateId> ids;
  for (auto& row : db.rows("select merged from merged_candidates where company = $1 and stands = $2"
                           " order by number",
                           company, candidate))
    ids.push_back(row.id<CandidateId>());
  return ids;
}

std::vector<CandidateById::Merge> merges_of(Db& db, const Scope& scope, CandidateId candidate) {
  std::vector<CandidateById::Merge> merges;
  for (auto& row : db.rows("select g.merged, g.name, u.name, g.at, g.non_candidate,"
                           " g.undo_until, g.keeper"
                           " from merged_candidates g join users u on u.company = g.company"
                           " and u.id = g.merged_by where g.company = $1 and g.part_of = $2"
                           " and g.stands = $2 order by g.number desc limit $3",
                           scope.company, candidate, kMergesShown)) {
    auto& one = merges.emplace_back();
    one.merged = row.id<CandidateId>();
    one.name = row.text();
    one.by = row.text();
    one.at = row.instant();
    one.exchange = row.flag();
    const auto until = row.maybe_instant();
    const auto keeper = row.maybe_id<UserId>();
    const bool may = !one.exchange || rules::may_take_over(scope, keeper);
    if (merges.size() == 1 && may) one.undo_until = until;
  }
  return merges;
}

}  // namespace hearback::store
