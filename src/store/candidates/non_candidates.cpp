#include "store/candidates/non_candidates.hpp"

#include <string>

#include "base/limits.hpp"
#include "rules/non_candidates.hpp"
#include "store/candidates/address_changes_parts.hpp"
#include "store/candidates/external_ids.hpp"
#include "store/candidates/forgetting.hpp"
#include "store/candidates/merges_told.hpp"
#include "store/candidates/merging.hpp"
#include "store/candidates/non_candidates_parts.hpp"
#include "store/candidates/own_files_parts.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/engine/search_key.hpp"
#include "store/people/internal_addresses.hpp"
#include "store/threads/taking_up.hpp"
#include "store/threads/uniting.hpp"
#include "store/threads/views.hpp"

namespace hearback::store {
namespace {

[[noreturn]] void no_such_thread() {
  refuse(Kind::missing, "thread.missing", "There is no such conversation.", "Look again.");
}

}  // namespace

With seen_with(Writing& writing, const Scope& by, ThreadId asked) {
  With with;
  with.thread = standing_thread(writing.db, writing.company, asked);
  auto row = scoped_row(writing.db, by,
                        "select th.candidate, c.non_candidate, c.keeper from threads th"
                        " join candidates c on c.company = th.company and c.id = th.candidate"
                        " where th.company = $1 and th.id = $4 and " +
                            may_see_thread_row(by, "th"),
                        with.thread);
  if (!row) no_such_thread();
  with.person = row->id<CandidateId>();
  with.non_candidate = row->flag();
  with.keeper = row->maybe_id<UserId>();
  return with;
}

void expect_may_take_over(const Scope& by, const std::optional<UserId>& keeper) {
  if (!rules::may_take_over(by, keeper))
    refuse(Kind::denied, "non-candidate.kept",
           "You may not see all that was written with this person.",
           "Ask somebody who sees all jobs.");
}

With expect_exchange(Writing& writing, const Scope& by, ThreadId asked) {
  auto with = seen_with(writing, by, asked);
  if (!with.non_candidate)
    refuse(Kind::conflict, "thread.of-candidate", "This conversation is a candidate's already.",
           "Look at the candidate.");
  expect_may_take_over(by, with.keeper);
  return with;
}

void change_place(Writing& writing, CandidateId person, std::optional<ThreadId> shown, Place from,
                  Place into) {
  const auto rename = [&](std::string_view one, std::string_view other) {
    writing.db.change(
        "update view_rows set place = $4 where company = $1 and place = $3 and thread in"
        " (select th.id from threads th where th.company = $1 and th.candidate = $2)",
        writing.company, person, one, other);
  };
  rename(place_word(from), place_word(into));
  rename(list_word(place_word(from), rules::Triage::to_answer),
         list_word(place_word(into), rules::Triage::to_answer));
  rename(longest_word(place_word(from)), longest_word(place_word(into)));
  if (shown) writing.tell_of(*shown, person, "thread", shown->text());
  writing.tell("candidate", person.text(), person);
}

void give_to_keeper(Writing& writing, CandidateId person, UserId keeper, Instant taken_over) {
  for (auto& row : writing.db.rows(
           "insert into thread_access(company, thread, user_id, why)"
           " select th.company, th.id, $3, 'participant' from threads th where th.company = $1"
           " and th.candidate = $2 and exists (select 1 from placements p join messages m"
           "  on m.company = p.company and m.id = p.message where p.company = $1"
           "  and p.thread = th.id and m.added <= $4) on conflict do nothing returning thread",
           writing.company, person, keeper, taken_over))
    writing.touched.audience.insert(row.id<ThreadId>());
}
void take_from_keeper(Writing& writing, CandidateId person, UserId keeper) {
  for (auto& row : writing.db.rows(
           "delete from thread_access where company = $1 and user_id = $3 and why = 'participant'"
           " and thread in (select th.id from threads th where th.company = $1"
           "  and th.candidate = $2) returning thread",
           writing.company, person, keeper)) {
    const auto thread = row.id<ThreadId>();
    writing.touched.audience.insert(thread);
    writing.tell("thread", thread.text(), person, keeper);
  }
}

bool is_kept(Writing& writing, const std::string& normal, const std::optional<UserId>& keeper) {
  const std::string known =
      "select 1 from candidates c join candidate_addresses a on a.company = c.company"
      " and a.candidate = c.id where a.company = $1 and a.normal = $2 and c.non_candidate = 1"
      " and c.keeper ";
  const auto row = keeper ? writing.db.row(known + "= $3 limit 1", writing.company, normal, *keeper)
                          : writing.db.row(known + "is null limit 1", writing.company, normal);
  return row.has_value();
}

void refuse_in_use() {
  refuse(Kind::conflict, "candidate.in-use", "Somebody has gone on with this candidate since.",
         "Delete the candidate instead, if that is what you want.");
}

namespace {

// They are as they were taken over, but for what mail has brought. Who was moved in a job, or taken
// out of one, was gone on with, whether or not they are in it now.
void expect_untouched(Writing& writing, CandidateId person, Instant since) {
  const auto any = [&](const std::string& from) {
    return writing.db.row("select 1 from " + from + " limit 1", writing.company, person, since)
        .has_value();
  };
  const bool merged =
      writing.db
          .row("select 1 from merged_candidates where company = $1 and stands = $2 limit 1",
               writing.company, person)
          .has_value();
  const auto at_all = [&](const std::string& table) {
    return writing.db
        .row("select 1 from " + table + " where company = $1 and candidate = $2 limit 1",
             writing.company, person)
        .has_value();
  };
  const std::string of = " where company = $1 and candidate = $2 and ";
  if (any("applications" + of + "(created > $3 or moved_at is not null)") ||
      at_all("removed_applications") ||
      any("application_moves" + of + "(what <> 'added' or at > $3)") || at_all("candidate_files") ||
      any("candidate_addresses" + of + "since > $3") || any("outbox" + of + "created > $3") ||
      any("corrections" + of + "at > $3") || merged)
    refuse_in_use();
}

}  // namespace

std::size_t keep_answers(Writing& writing, CandidateId person, const std::optional<BroughtBy>& by) {
  constexpr std::string_view kAnswered =
      "(select min(r.message_id) from message_refs r join messages m on m.company = r.company"
      " and m.message_id = r.message_id join placements q on q.company = m.company"
      " and q.message = m.id and q.thread = placements.thread and q.placed_by <> 'address'"
      " where r.company = $1 and r.message = placements.message)";
  const auto keep =
      "update placements set placed_by = 'reply-to', detail = " + std::string(kAnswered) +
      " where company = $1 and candidate = $2 and placed_by = 'address'"
      " and exists (select 1 from placements w where w.company = $1"
      "  and w.thread = placements.thread and w.placed_by = 'sent-here') and " +
      std::string(kAnswered) + " is not null";
  const auto kept = by ? writing.db.change(keep + " and thread = $3 and detail = $4",
                                           writing.company, person, by->thread, by->normal)
                       : writing.db.change(keep, writing.company, person);
  return static_cast<std::size_t>(kept);
}

namespace {

void insert_address(Writing& writing, CandidateId person, std::string_view address,
                    std::string_view normal, Instant at) {
  writing.db.change(
      "insert into candidate_addresses(company, candidate, normal, position, address, synced,"
      " why_not, since, match_revision) values ($1, $2, $3, 0, $4, 0, $5, $6, 0)",
      writing.company, person, normal, address, kNonCandidate, at);
}

// `own`, and its normal form: whom the exchange was with.
void take_back_addresses(Writing& writing, CandidateId person, const std::string& own,
                         const std::string& normal, Instant at) {
  std::vector<std::string> synced;
  for (auto& row : writing.db.rows("delete from candidate_addresses where company = $1"
                                   " and candidate = $2 returning normal, synced",
                                   writing.company, person)) {
    auto one = row.text();
    if (row.flag()) synced.push_back(std::move(one));
  }
  insert_address(writing, person, own, normal, at);
  keep_answers(writing, person);
  for (const auto& one : synced) {
    seal_placements_by(writing, person, one, at);
    pass_on(writing, one, at, person);
  }
}

// The hiring teams see the exchange no more.
void leave_jobs(Writing& writing, CandidateId person, Instant at) {
  look_at_marks_of(writing, person, at);
  writing.db.change("delete from applications where company = $1 and candidate = $2",
                    writing.company, person);
  for (const auto& job : list_in_jobs(writing, person).left)
    drop_audience(writing.db, writing.company, person, job);
}

// With whom it was before it was added to a candidate.
std::optional<CandidateId> added_with(Writing& writing, ThreadId thread) {
  auto row = writing.db.row(
      "select g.merged from merged_threads t join merged_candidates g on g.company = t.company"
      " and g.merged = t.merged and g.non_candidate = 1 where t.company = $1 and t.thread = $2"
      " order by g.number desc limit 1",
      writing.company, thread);
  return row ? std::optional(row->id<CandidateId>()) : std::nullopt;
}

NonCandidate read_non_candidate(Row& row) {
  NonCandidate found;
  auto& person = found.person;
  person.id = row.id<CandidateId>();
  person.created = row.instant();
  auto& address = person.addresses.emplace_back();
  address.synced = false;
  address.why_not = kNonCandidate;
  address.since = person.created;
  found.keeper = row.maybe_id<UserId>();
  address.address = row.text();
  address.normal = row.text();
  return found;
}

constexpr std::string_view kPerson =
    "select c.id, c.created, c.keeper, a.address, a.normal from candidates c"
    " join candidate_addresses a on a.company = c.company and a.candidate = c.id";

}  // namespace

void apply(Writing& writing, const AddNonCandidate& change) {
  if (is_kept(writing, change.normal, change.keeper)) broken_expectation();
  count_one_more_today(writing, change.by, "non_candidates", change.at,
                       Limits{}.candidates_of_user_a_day,
                       {Kind::conflict, "non-candidate.too-many-today",
                        "You have written to as many new people today as one person may.",
                        "Go on tomorrow, or write from your mail program."});
  writing.db.change(
      "insert into candidates(company, id, name, name_key, created, non_candidate, keeper)"
      " values ($1, $2, $3, $4, $5, 1, $6)",
      writing.company, change.id, change.address, search_key(change.address), change.at,
      change.keeper);
  insert_address(writing, change.id, change.address, change.normal, change.at);
}

void apply(Writing& writing, const TakeOver& change) {
  const auto with = expect_exchange(writing, change.by, change.thread);
  count_one_more_today(writing, change.by.user, "candidates", change.at,
                       Limits{}.candidates_of_user_a_day, too_many_candidates_today());
  auto& db = writing.db;
  writing.db.change(
      "insert into taken_over(company, candidate, address, normal, keeper, user_id, at)"
      " select company, candidate, address, normal, $3, $4, $5 from candidate_addresses"
      " where company = $1 and candidate = $2 order by position limit 1",
      writing.company, with.person, with.keeper, change.by.user, change.at);
  db.change("update candidates set non_candidate = 0, keeper = null where company = $1 and id = $2",
            writing.company, with.person);
  writing.happened({.at = change.at,
                    .kind = "candidate.added",
                    .subject = with.person.text(),
                    .candidate = with.person,
                    .user = change.by.user,
                    .how = "person"});
  if (with.keeper) take_from_keeper(writing, with.person, *with.keeper);
  change_place(writing, with.person, with.thread, Place::non_candidates, Place::all);
}

void apply(Writing& writing, const UndoTakeOver& change) {
  auto& db = writing.db;
  const auto with = seen_with(writing, change.by, change.thread);
  if (with.non_candidate) return;
  if (const auto added = added_with(writing, with.thread))
    return apply(writing, UndoMerge{change.by, *added, change.at});
  auto taken = db.row(
      "select address, normal, keeper, at from taken_over where company = $1"
      " and candidate = $2",
      writing.company, with.person);
  if (!taken) no_such_thread();
  const auto address = taken->text();
  const auto normal = taken->text();
  const auto keeper = taken->maybe_id<UserId>();
  const auto since = taken->instant();
  expect_may_take_over(change.by, keeper);
  expect_untouched(writing, with.person, since);
  if (is_kept(writing, normal, keeper)) refuse_in_use();
  for (const auto& user : who_sees(db, writing.company, with.person))
    writing.tell("candidate", with.person.text(), {}, user);
  db.change(
      "update candidates set non_candidate = 1, keeper = $3, name = $4, name_key = $5"
      " where company = $1 and id = $2",
      writing.company, with.person, keeper, address, search_key(address));
  forget_external_ids(writing, with.person);  // while it is known in which jobs they were
  leave_jobs(writing, with.person, change.at);
  take_back_addresses(writing, with.person, address, normal, change.at);
  drop_address_changes(writing, with.person);
  drop_moves(writing, with.person);
  forget_undone_merges(writing, with.person);
  drop_removed_files(writing, with.person);
  for (const auto* table : {"candidate_follows", "candidate_words", "skipped_mail", "taken_over"})
    db.change("delete from " + std::string(table) + " where company = $1 and candidate = $2",
              writing.company, with.person);
  writing.happened({.at = change.at,
                    .kind = "candidate.removed",
                    .subject = with.person.text(),
                    .candidate = with.person,
                    .user = change.by.user,
                    .how = "person"});
  if (keeper) give_to_keeper(writing, with.person, *keeper, since);
  change_place(writing, with.person, with.thread, Place::all, Place::non_candidates);
}

AnswerTo<NonCandidateWith> answer(Reading& reading, const NonCandidateWith& question) {
  const auto& scope = question.scope;
  // Who sees all jobs now may have kept an exchange before.
  const bool of_all = !rules::keeper_of_exchange(scope);
  auto row = reading.db.row(
      std::string(kPerson) +
          " where a.company = $1 and a.normal = $2 and c.non_candidate = 1 and (c.keeper = $3" +
          (of_all ? " or c.keeper is null" : "") +
          ") order by case when c.keeper is null then 0 else 1 end, c.created, c.id limit 1",
      scope.company, question.normal, scope.user);
  if (!row) return std::nullopt;
  return read_non_candidate(*row);
}

void expect(Writing& writing, const IsNonCandidate& expected) {
  const auto row =
      writing.db.row("select non_candidate from candidates where company = $1 and id = $2",
                     writing.company, expected.person);
  if (!row || Row(*row).flag() != expected.non_candidate) broken_expectation();
}

AnswerTo<NonCandidateOf> answer(Reading& reading, const NonCandidateOf& question) {
  const auto& scope = question.scope;
  auto row = scoped_row(reading.db, scope,
                        std::string(kPerson) +
                            " join threads th on th.company = c.company and th.candidate = c.id"
                            " where c.company = $1 and th.id = $4 and c.non_candidate = 1 and " +
                            may_see_thread_row(scope, "th") + " order by a.position limit 1",
                        standing_thread(reading.db, scope.company, question.thread));
  if (!row) return std::nullopt;
  return read_non_candidate(*row);
}

}  // namespace hearback::store
