#include "store/people/internal_addresses.hpp"

#include <optional>

#include "base/limits.hpp"
#include "store/candidates/address_changes_parts.hpp"
#include "store/candidates/forgetting.hpp"
#include "store/candidates/non_candidates_parts.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/mailboxes/past_sql.hpp"
#include "store/mailboxes/quarantine_parts.hpp"
#include "store/search/waiting_files.hpp"
#include "store/threads/references.hpp"

namespace hearback::store {
namespace {

struct Basis {  // of one candidate and the address that is being taken off
  CandidateId candidate;
  std::string_view normal;
  Instant at;
};

// Messages that another synced address of the candidate justifies as well: that one is their reason
// from now on. Not where they lie on the profile once more, by that one: they came again while this
// thread couldn't be seen.
std::size_t move_to_other_addresses(Writing& writing, const Basis& basis, ThreadId thread) {
  constexpr std::string_view kOther =
      "(select min(a.normal) from participants x join candidate_addresses a"
      " on a.company = x.company and a.normal = x.normal where a.company = $1"
      " and a.candidate = $2 and a.synced = 1 and a.normal <> $3"
      " and x.message = placements.message)";
  return static_cast<std::size_t>(writing.db.change(
      "update placements set detail = " + std::string(kOther) +
          " where company = $1 and candidate = $2 and placed_by = 'address' and detail = $3"
          " and thread = $4 and " +
          std::string(kOther) +
          " is not null and not exists (select 1 from placements o where o.company = $1"
          "  and o.message = placements.message and o.candidate = $2 and o.thread <> $4)",
      writing.company, basis.candidate, basis.normal, thread));
}

bool has_other_basis(Writing& writing, const Basis& basis, ThreadId thread) {
  return writing.db
      .row(
          "select 1 from placements p where p.company = $1 and p.thread = $4"
          " and p.candidate = $2 and ((p.placed_by = 'address' and p.detail <> $3)"
          " or (p.placed_by = 'sent-here' and exists (select 1 from participants x"
          "  join candidate_addresses a on a.company = x.company and a.normal = x.normal"
          "  where x.company = $1 and x.message = p.message and a.candidate = $2"
          "  and a.synced = 1 and a.normal <> $3))"
          // What is written with a non-candidate doesn't rest on any address (M-3).
          " or exists (select 1 from candidates c where c.company = $1 and c.id = $2"
          "  and c.non_candidate = 1 and p.placed_by = 'sent-here')) limit 1",
          writing.company, basis.candidate, basis.normal, thread)
      .has_value();
}

// Of these: what names it, a search for it finds, or the next look at all.
std::vector<MessageId> not_naming(Writing& writing, std::string_view normal,
                                  const std::vector<MessageId>& messages) {
  std::vector<MessageId> left;
  in_chunks({value_of(writing.company), value_of(normal)}, values_of(messages),
            [&](InList list, Params params) {
              for (auto& row : writing.db
                                   .run("select m.id from messages m where m.company = $1 and m.id"
                                        " in " +
                                            list +
                                            " and not exists (select 1 from participants x"
                                            "  where x.company = $1 and x.message = m.id"
                                            "  and x.normal = $2)",
                                        params)
                                   .rows)
                left.push_back(row.id<MessageId>());
            });
  return left;
}

std::size_t seal(Writing& writing, const Basis& basis, ThreadId thread, bool whole) {
  const std::string which = whole ? "" : " and p.placed_by = 'address' and p.detail = $3";
  writing.db.change(
      "insert into sealed_placements(company, thread, message, candidate, placed_by, detail,"
      " message_date, thread_kind, thread_subject, sealed_at)"
      " select p.company, p.thread, p.message, p.candidate, p.placed_by, p.detail,"
      " p.message_date, th.kind, th.subject, $4 from placements p join threads th"
      " on th.company = p.company and th.id = p.thread where p.company = $1 and p.thread = $2" +
          which + " on conflict do nothing",
      writing.company, thread, basis.normal, basis.at);
  std::vector<MessageId> gone, answers;
  for (auto& row :
       writing.db.rows("delete from placements as p where p.company = $1 and p.thread = $2" +
                           which + " returning message, placed_by",
                       writing.company, thread, basis.normal)) {
    gone.push_back(row.id<MessageId>());
    if (row.word<rules::PlacedBy>() == rules::PlacedBy::reply_to) answers.push_back(gone.back());
  }
  judge_once_more(writing, not_naming(writing, basis.normal, answers), basis.at);
  if (!gone.empty()) count_references_again(writing.db, writing.company, thread);
  files_rest(writing.db, writing.company, gone);
  return gone.size();
}

// Of a private thread nobody but its readers hears that it changed; nullopt: it isn't private.
std::optional<std::vector<UserId>> readers_of_private(Writing& writing, ThreadId thread) {
  auto row = writing.db.row("select is_private from threads where company = $1 and id = $2",
                            writing.company, thread);
  if (!row || !row->flag()) return std::nullopt;
  std::vector<UserId> readers;
  for (auto& one :
       writing.db.rows("select user_id from thread_access where company = $1 and thread = $2",
                       writing.company, thread))
    readers.push_back(one.id<UserId>());
  return readers;
}

void settle_thread(Writing& writing, ThreadId thread) {
  writing.touched.lost.insert(thread);
  auto newest =
      writing.db.row("select max(message_date) from placements where company = $1 and thread = $2",
                     writing.company, thread);
  if (const auto at = newest->maybe_instant()) {
    writing.db.change("update threads set last_at = $3 where company = $1 and id = $2",
                      writing.company, thread, *at);
  } else {
    writing.db.change("delete from threads where company = $1 and id = $2", writing.company,
                      thread);
  }
}

// It was written with somebody who was no candidate, and was added to this one since: as long as
// that can be taken back, what was written here and its answers rest on no address (M-3).
bool is_added_exchange(Writing& writing, const Basis& basis, ThreadId thread) {
  return writing.db
      .row(
          "select 1 from placements p where p.company = $1 and p.thread = $3"
          " and p.candidate = $2 and p.placed_by = 'sent-here' and exists (select 1"
          "  from merged_threads t join merged_candidates g on g.company = t.company"
          "  and g.merged = t.merged where t.company = $1 and t.thread = $3 and g.stands = $2"
          "  and g.non_candidate = 1) limit 1",
          writing.company, basis.candidate, thread)
      .has_value();
}

// → how many messages moved, stayed for another reason or left: at least one.
std::size_t take_off(Writing& writing, const Basis& basis, ThreadId thread) {
  const auto readers = readers_of_private(writing, thread);
  auto moved = move_to_other_addresses(writing, basis, thread);
  // Of somebody who has become a colleague nothing stays (I-1).
  const bool exchange =
      !is_internal(writing, basis.normal) && is_added_exchange(writing, basis, thread);
  if (exchange)
    moved += keep_answers(writing, basis.candidate, BroughtBy{thread, std::string(basis.normal)});
  const bool stays = exchange || has_other_basis(writing, basis, thread);
  const auto left = seal(writing, basis, thread, !stays);
  if (left > 0) settle_thread(writing, thread);
  // The thread itself may be gone: who sees the candidate is told.
  const auto id = thread.text();
  if (!readers) writing.tell("thread", id, basis.candidate);
  for (const auto& user : readers.value_or(std::vector<UserId>{}))
    writing.tell("thread", id, basis.candidate, user);
  return moved + left;
}

std::vector<ThreadId> threads_placed_by(Writing& writing, const Basis& basis, std::size_t most) {
  std::vector<ThreadId> threads;
  for (auto& row : writing.db.rows(
           "select thread from placements where company = $1 and candidate = $2"
           " and placed_by = 'address' and detail = $3 group by thread order by thread limit $4",
           writing.company, basis.candidate, basis.normal, most))
    threads.push_back(row.id<ThreadId>());
  return threads;
}

ErrandStep take_off_some(Writing& writing, const Basis& basis, std::size_t rows) {
  ErrandStep step;
  for (const auto& thread : threads_placed_by(writing, basis, rows)) {
    step.rows += take_off(writing, basis, thread);
    if (step.rows >= rows) break;
  }
  step.finished = threads_placed_by(writing, basis, 1).empty();
  return step;
}

}  // namespace

bool is_internal(Writing& writing, std::string_view normal) {
  return writing.db
      .row(
          "select 1 from users where company = $1 and email_normal = $2 union all"
          " select 1 from mailboxes where company = $1 and address_normal = $2 and " +
              std::string(kProven),
          writing.company, normal)
      .has_value();
}

void keep_internal_out(Writing& writing, std::string_view normal, Instant at) {
  const auto note = [&](CandidateId candidate, const std::string& address) {
    note_address(writing, {candidate, address, normal, false, at, {}, kInternalUser});
  };
  for (auto& row :
       writing.db.rows("update candidate_addresses set why_not = $3, since = $4 where company = $1"
                       " and normal = $2 and why_not = $5 returning candidate, address",
                       writing.company, normal, kInternalUser, at, kOtherCandidate)) {
    const auto candidate = row.id<CandidateId>();
    note(candidate, row.text());
    writing.tell("candidate", candidate.text(), candidate);
  }
  const auto taken_off = writing.db.rows(
      "update candidate_addresses set synced = 0, why_not = $3, since = $4"
      " where company = $1 and normal = $2 and synced = 1 returning candidate, address",
      writing.company, normal, kInternalUser, at);
  for (auto row : taken_off) {
    const auto candidate = row.id<CandidateId>();
    note(candidate, row.text());
    seal_placements_by(writing, candidate, normal, at);
    writing.happened({.at = at,
                      .kind = "address.removed",
                      .subject = candidate.text(),
                      .candidate = candidate,
                      .how = std::string(kInternalUser)});
    writing.tell("candidate", candidate.text(), candidate);
  }
  forget_adding(writing, normal);
}

void seal_placements_by(Writing& writing, CandidateId candidate, std::string_view normal,
                        Instant at) {
  if (take_off_some(writing, {candidate, normal, at}, Limits{}.errand_rows).finished) return;
  writing.db.change(
      "insert into addresses_taken_off(company, candidate, normal, at) values ($1, $2, $3, $4)"
      " on conflict do nothing",
      writing.company, candidate, normal, at);
  begin_errand(writing, kTakeOffAddresses, candidate.bytes, {}, at);
}

ErrandStep take_off_some(Writing& writing, CandidateId candidate, std::size_t rows, Instant now) {
  // Forgetting takes over from it, also where an earlier version had it replaced by this.
  if (writing.db.row("select 1 from forgotten_candidates where company = $1 and candidate = $2",
                     writing.company, candidate))
    return forget_some(writing, candidate, rows, now);
  auto left = writing.db.rows(
      "select normal, at from addresses_taken_off where company = $1 and candidate = $2"
      " order by normal",
      writing.company, candidate);
  if (left.empty()) return {.finished = true};
  const auto normal = left.front().text();
  auto step = take_off_some(writing, {candidate, normal, left.front().instant()}, rows);
  if (!step.finished) return step;
  keep_on(writing, candidate, normal);
  step.finished = left.size() == 1;
  return step;
}

void keep_on(Writing& writing, CandidateId candidate, std::string_view normal) {
  writing.db.change(
      "delete from addresses_taken_off where company = $1 and candidate = $2 and normal = $3",
      writing.company, candidate, normal);
}

}  // namespace hearback::store
