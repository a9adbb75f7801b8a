#include "store/people/internal_addresses.hpp"

#include "store/engine/nouns_sql.hpp"
#include "store/threads/references.hpp"

namespace hearback::store {
namespace {

struct Basis {  // of one candidate and the address that is being taken off
  CandidateId candidate;
  std::string_view normal;
  Instant at;
};

// Messages that another synced address of the candidate justifies as well: that one is their reason
// from now on.
void move_to_other_addresses(Writing& writing, const Basis& basis) {
  constexpr std::string_view kOther =
      "(select min(a.normal) from participants x join candidate_addresses a"
      " on a.company = x.company and a.normal = x.normal where a.company = $1"
      " and a.candidate = $2 and a.synced = 1 and a.normal <> $3"
      " and x.message = placements.message)";
  writing.db.change("update placements set detail = " + std::string(kOther) +
                        " where company = $1 and candidate = $2 and placed_by = 'address'"
                        " and detail = $3 and " +
                        std::string(kOther) + " is not null",
                    writing.company, basis.candidate, basis.normal);
}

bool has_other_basis(Writing& writing, const Basis& basis, ThreadId thread) {
  return writing.db
      .row(
          "select 1 from placements p where p.company = $1 and p.thread = $4"
          " and p.candidate = $2 and ((p.placed_by = 'address' and p.detail <> $3)"
          " or (p.placed_by = 'sent-here' and exists (select 1 from participants x"
          "  join candidate_addresses a on a.company = x.company and a.normal = x.normal"
          "  where x.company = $1 and x.message = p.message and a.candidate = $2"
          "  and a.synced = 1 and a.normal <> $3))) limit 1",
          writing.company, basis.candidate, basis.normal, thread)
      .has_value();
}

void seal(Writing& writing, const Basis& basis, ThreadId thread, bool whole) {
  const std::string which = whole ? "" : " and p.placed_by = 'address' and p.detail = $3";
  writing.db.change(
      "insert into sealed_placements(company, thread, message, candidate, placed_by, detail,"
      " message_date, thread_kind, thread_subject, sealed_at)"
      " select p.company, p.thread, p.message, p.candidate, p.placed_by, p.detail,"
      " p.message_date, th.kind, th.subject, $4 from placements p join threads th"
      " on th.company = p.company and th.id = p.thread where p.company = $1 and p.thread = $2" +
          which + " on conflict do nothing",
      writing.company, thread, basis.normal, basis.at);
  writing.db.change("delete from placements as p where p.company = $1 and p.thread = $2" + which,
                    writing.company, thread, basis.normal);
  count_references_again(writing.db, writing.company, thread);
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
  writing.db.change(
      "update candidate_addresses set why_not = $3, since = $4 where company = $1 and normal = $2"
      " and why_not = $5",
      writing.company, normal, kInternalUser, at, kOtherCandidate);
  const auto taken_off = writing.db.rows(
      "update candidate_addresses set synced = 0, why_not = $3, since = $4"
      " where company = $1 and normal = $2 and synced = 1 returning candidate",
      writing.company, normal, kInternalUser, at);
  for (auto row : taken_off) {
    const auto candidate = row.id<CandidateId>();
    seal_placements_by(writing, candidate, normal, at);
    writing.happened({.at = at,
                      .kind = "address.removed",
                      .subject = candidate.text(),
                      .candidate = candidate,
                      .how = std::string(kInternalUser)});
    writing.tell("candidate", candidate.text(), candidate);
  }
}

void seal_placements_by(Writing& writing, CandidateId candidate, std::string_view normal,
                        Instant at) {
  const Basis basis{candidate, normal, at};
  move_to_other_addresses(writing, basis);
  const auto touched = writing.db.rows(
      "select distinct thread from placements where company = $1 and candidate = $2"
      " and placed_by = 'address' and detail = $3",
      writing.company, candidate, normal);
  for (auto row : touched) {
    const auto thread = row.id<ThreadId>();
    const auto readers = readers_of_private(writing, thread);
    seal(writing, basis, thread, !has_other_basis(writing, basis, thread));
    settle_thread(writing, thread);
    // The thread itself may be gone: who sees the candidate is told.
    if (!readers) writing.tell("thread", thread.text(), candidate);
    for (const auto& user : readers.value_or(std::vector<UserId>{}))
      writing.tell("thread", thread.text(), candidate, user);
  }
}

}  // namespace hearback::store
