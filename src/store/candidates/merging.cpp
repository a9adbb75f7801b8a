#include "store/candidates/merging.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "rules/merging_candidates.hpp"
#include "store/candidates/address_changes_parts.hpp"
#include "store/candidates/external_ids.hpp"
#include "store/candidates/forgetting.hpp"
#include "store/candidates/merges_told.hpp"
#include "store/candidates/merging_parts.hpp"
#include "store/candidates/named.hpp"
#include "store/candidates/non_candidates_parts.hpp"
#include "store/candidates/own_files_parts.hpp"
#include "store/candidates/skipped.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/engine/search_key.hpp"
#include "store/mailboxes/past_sql.hpp"
#include "store/people/internal_addresses.hpp"
#include "store/threads/taking_up.hpp"
#include "store/threads/views.hpp"

namespace hearback::store {
namespace {

// ---- what there is ---------------------------------------------------------------------------

rules::MergedAddresses read_addresses(std::vector<Row> rows) {
  rules::MergedAddresses all;
  for (auto& row : rows) {
    auto& one = all.emplace_back();
    one.address.address = row.text();
    one.address.normal = row.text();
    one.address.synced = row.flag();
    one.address.why_not = row.text();
    one.address.since = row.instant();
    one.match_revision = row.number();
    one.added_by = row.maybe_id<UserId>();
  }
  return all;
}

constexpr std::string_view kAddressColumns =
    "address, normal, synced, why_not, since, match_revision, added_by";

rules::MergedAddresses addresses_of(Writing& writing, CandidateId candidate) {
  return read_addresses(
      writing.db.rows("select " + std::string(kAddressColumns) +
                          " from candidate_addresses where company = $1 and candidate = $2"
                          " order by position",
                      writing.company, candidate));
}

rules::MergedAddresses addresses_before(Writing& writing, CandidateId merged,
                                        CandidateId candidate) {
  return read_addresses(
      writing.db.rows("select " + std::string(kAddressColumns) +
                          " from merged_addresses where company = $1 and merged = $2"
                          " and candidate = $3 order by position",
                      writing.company, merged, candidate));
}

void write_addresses(Writing& writing, CandidateId candidate, const rules::MergedAddresses& all) {
  writing.db.change("delete from candidate_addresses where company = $1 and candidate = $2",
                    writing.company, candidate);
  Insertion rows(
      "insert into candidate_addresses(company, candidate, normal, position, address, synced,"
      " why_not, since, match_revision, added_by)",
      10);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& a = all[i].address;
    rows.row(writing.company, candidate, a.normal, i, a.address, a.synced, a.why_not, a.since,
             all[i].match_revision, all[i].added_by);
  }
  rows.run(writing.db);
}

rules::MergedAddresses together(rules::MergedAddresses some, const rules::MergedAddresses& others) {
  some.insert(some.end(), others.begin(), others.end());
  return some;
}

std::vector<JobId> jobs_of(Writing& writing, CandidateId candidate) {
  std::vector<JobId> jobs;
  for (auto& row : writing.db.rows("select distinct job from applications where company = $1"
                                   " and candidate = $2",
                                   writing.company, candidate))
    jobs.push_back(row.id<JobId>());
  return jobs;
}

bool is_among(const std::vector<JobId>& jobs, JobId job) {
  return std::ranges::find(jobs, job) != jobs.end();
}

// Their mail is being looked through for what leaves with an address; that is soon over.
void expect_nothing_leaves(Writing& writing, CandidateId candidate) {
  if (writing.db.row("select 1 from addresses_taken_off where company = $1 and candidate = $2"
                     " limit 1",
                     writing.company, candidate))
    refuse(Kind::conflict, "candidate.leaving-mail",
           "Mail of an address that was taken off is just leaving the profile.",
           "Try again in a moment.");
}

// ---- what goes from one to the other, either way ----------------------------------------------

// The conversations that `merged` came with, with all that is told of them.
void move_conversations(Writing& writing, CandidateId merged, CandidateId from, CandidateId to) {
  const auto theirs = [](std::string_view column) {
    return std::string(column) +
           " in (select g.thread from merged_threads g where g.company = $1 and g.merged = $4)";
  };
  const auto move = [&](const std::string& table, const std::string& which) {
    writing.db.change("update " + table +
                          " set candidate = $3 where company = $1 and candidate = $2 and " + which,
                      writing.company, from, to, merged);
  };
  move("threads", theirs("id"));
  for (const std::string table :
       {"placements", "sealed_placements", "thread_references", "outbox", "feed"})
    move(table, theirs("thread"));
  move("corrections", "(" + theirs("from_thread") + " or " + theirs("into_thread") + ")");
}

// Of all applications that they ever had: one may have been put aside by an earlier merge.
void move_moves(Writing& writing, CandidateId merged, CandidateId from, CandidateId to) {
  writing.db.change(
      "update application_moves set candidate = $3 where company = $1 and candidate = $2"
      " and application in (select a.id from merged_applications a where a.company = $1"
      "  and a.merged = $4 union select m.application from merged_moves m where m.company = $1"
      "  and m.merged = $4)",
      writing.company, from, to, merged);
}

void rename(Writing& writing, CandidateId candidate, const std::string& name) {
  writing.db.change("update candidates set name = $3, name_key = $4 where company = $1 and id = $2",
                    writing.company, candidate, name, search_key(name));
  writing.db.change("update job_candidates set name_key = $3 where company = $1 and candidate = $2",
                    writing.company, candidate, search_key(name));
}

void tell_all(Writing& writing, const std::vector<UserId>& readers,
              std::initializer_list<CandidateId> candidates) {
  for (const auto& candidate : candidates)
    for (const auto& user : readers) writing.tell("candidate", candidate.text(), {}, user);
}

// ---- merging ---------------------------------------------------------------------------------

// Who becomes part of whom, and what there is to say about it.
struct Joining {
  CandidateId kept, merged;
  std::string name;       // of the merged one
  std::string kept_name;  // of the kept one, where that changes
  UserId by;
  Instant at;
  bool non_candidate = false;  // M-3: whose exchange is added to a candidate
  std::optional<UserId> keeper = {};
};

void remember(Writing& writing, const Joining& change) {
  auto& db = writing.db;
  const auto company = writing.company;
  db.change(
      "insert into merged_candidates(company, merged, part_of, stands, number, name, kept_name,"
      " created, merged_by, at, undo_until, corrected, non_candidate, keeper) select $1, $2, $3, "
      "$3,"
      " $4, $5, $6, created, $7, $8, $9, (select coalesce(max(c.number), 0) from corrections c"
      "  where c.company = $1 and c.candidate in ($2, $3)), $10, $11 from candidates"
      " where company = $1 and id = $2",
      company, change.merged, change.kept, writing.revision, change.name, change.kept_name,
      change.by, change.at, change.at + rules::kMergeStaysUndoable, change.non_candidate,
      change.keeper);
  db.change("update merged_candidates set stands = $3 where company = $1 and stands = $2", company,
            change.merged, change.kept);
  // Those that are gone are named by what was sealed, sent or moved there; of a move that was taken
  // back, the other conversation may be the kept one's.
  db.change(
      "insert into merged_threads(company, merged, thread, came) select $1, $2, x.thread,"
      " coalesce((select th.came from threads th where th.company = $1 and th.id = x.thread), 0)"
      " from (select id as thread from threads where company = $1 and candidate = $2"
      " union select thread from sealed_placements where company = $1 and candidate = $2"
      " union select thread from outbox where company = $1 and candidate = $2"
      " union select from_thread from corrections where company = $1 and candidate = $2"
      " union select into_thread from corrections where company = $1 and candidate = $2) x"
      " where not exists (select 1 from threads t where t.company = $1 and t.id = x.thread"
      "  and t.candidate <> $2)",
      company, change.merged);
  db.change(
      "insert into merged_addresses(company, merged, candidate, normal, position, address, synced,"
      " why_not, since, match_revision, added_by) select company, $2, candidate, normal, position,"
      " address, synced, why_not, since, match_revision, added_by from candidate_addresses where "
      "company = $1"
      " and candidate in ($2, $3)",
      company, change.merged, change.kept);
  db.change(
      "insert into merged_taken_off(company, merged, candidate, normal, at) select company, $2,"
      " candidate, normal, at from taken_off_addresses where company = $1 and candidate in ($2, "
      "$3)",
      company, change.merged, change.kept);
  db.change(
      "insert into merged_applications(company, merged, id, job, phase, status, created, moved_at,"
      " moved_by) select company, $2, id, job, phase, status, created, moved_at, moved_by"
      " from applications where company = $1 and candidate = $2",
      company, change.merged);
  db.change(
      "insert into merged_moves(company, merged, application) select distinct company, $2,"
      " application from application_moves where company = $1 and candidate = $2",
      company, change.merged);
  db.change(
      "insert into merged_follows(company, merged, user_id, at, followed_both)"
      " select f.company, $2, f.user_id, f.at, case when exists (select 1 from candidate_follows o"
      "  where o.company = $1 and o.candidate = $3 and o.user_id = f.user_id) then 1 else 0 end"
      " from candidate_follows f where f.company = $1 and f.candidate = $2",
      company, change.merged, change.kept);
  db.change(
      "insert into merged_skipped(company, merged, day, messages, at) select company, $2, day,"
      " messages, at from skipped_mail where company = $1 and candidate = $2",
      company, change.merged);
}

void give_addresses(Writing& writing, const Joining& change) {
  const auto before = addresses_of(writing, change.kept);
  const auto all = rules::merge_addresses(before, addresses_of(writing, change.merged));
  write_addresses(writing, change.merged, {});
  write_addresses(writing, change.kept, all);
  give_address_changes(writing, {change.kept, change.merged, change.at, change.by}, before, all);
}

// One for each job; and whose hiring teams see what.
void give_applications(Writing& writing, const Joining& change) {
  auto& db = writing.db;
  const auto company = writing.company;
  const auto had = jobs_of(writing, change.kept);
  db.change(
      "update applications set candidate = $3 where company = $1 and candidate = $2"
      " and job not in (select o.job from applications o where o.company = $1"
      "  and o.candidate = $3)",
      company, change.merged, change.kept);
  db.change("delete from applications where company = $1 and candidate = $2", company,
            change.merged);
  list_in_jobs(writing, change.merged);
  list_in_jobs(writing, change.kept);
  for (const auto& job : jobs_of(writing, change.kept)) {
    if (!is_among(had, job)) {
      add_audience(db, company, change.kept, job);
      continue;
    }
    db.change(
        "insert into view_rows(company, place, holder, audience, at, thread, message)"
        " select v.company, v.place, v.holder, $3, v.at, v.thread, v.message from merged_threads g"
        " join threads th on th.company = g.company and th.id = g.thread and th.is_private = 0"
        " join view_rows v on v.company = g.company and v.thread = g.thread"
        " and v.audience = g.company where g.company = $1 and g.merged = $2"
        " on conflict do nothing",
        company, change.merged, job);
  }
}

// Who followed the one follows the other; what was passed over of both was.
void give_the_rest(Writing& writing, const Joining& change) {
  auto& db = writing.db;
  const auto company = writing.company;
  db.change(
      "insert into candidate_follows(company, user_id, candidate, at) select company, user_id, $3,"
      " at from merged_follows where company = $1 and merged = $2 and followed_both = 0",
      company, change.merged, change.kept);
  db.change(
      "insert into skipped_mail(company, candidate, day, messages, at) select company, $3, day,"
      " messages, at from merged_skipped where company = $1 and merged = $2"
      " on conflict (company, candidate, day) do update set messages = skipped_mail.messages"
      " + excluded.messages, at = case when skipped_mail.at > excluded.at then skipped_mail.at"
      " else excluded.at end",
      company, change.merged, change.kept);
  db.change(
      "update feed set candidate = $3 where company = $1 and candidate = $2 and thread is null",
      company, change.merged, change.kept);
  // Until it can no longer be taken back, a conversation of the one doesn't become part of one of
  // the other's by itself (T-8): nobody could part them.
  db.change(
      "update threads set by_hand = 1 where company = $1 and id in (select g.thread"
      " from merged_threads g where g.company = $1 and g.merged = $2)",
      company, change.merged);
}

// All but the addresses.
void give_all(Writing& writing, const Joining& change) {
  move_conversations(writing, change.merged, change.merged, change.kept);
  move_moves(writing, change.merged, change.merged, change.kept);
  const bool rested = is_resting(writing, change.kept) || is_resting(writing, change.merged);
  give_applications(writing, change);
  share_what_is_noted(writing, change.merged, change.kept);
  if (rested) note_if_awake(writing, change.kept);
  give_the_rest(writing, change);
  give_files(writing, change.merged, change.kept);
  hand_on_addings_aside(writing, change.merged, change.kept);
  writing.db.change("delete from candidates where company = $1 and id = $2", writing.company,
                    change.merged);
  if (!change.kept_name.empty()) rename(writing, change.kept, change.name);
  keep_named(writing.db, writing.company, change.kept);
}

// ---- parting ---------------------------------------------------------------------------------

struct ToPart {
  CandidateId kept;
  std::string name, kept_name;
  Instant created, at;
  std::int64_t number = 0, corrected = 0;
  bool non_candidate = false;
  std::optional<UserId> keeper;
};

[[noreturn]] void refuse_missing() {
  refuse(Kind::missing, "merge.missing", "There is no such merge, or it was undone.",
         "Look again.");
}

ToPart to_part(Writing& writing, const UndoMerge& change) {
  auto row = scoped_row(
      writing.db, change.by,
      "select g.part_of, g.stands, g.name, g.kept_name, g.created, g.at,"
      " g.number, g.corrected, g.non_candidate, g.keeper, g.undo_until, (select o.merged "
      "from merged_candidates o"
      "  where o.company = $1 and o.part_of = g.part_of"
      "  order by o.number desc limit 1) from merged_candidates g"
      " where g.company = $1 and g.merged = $4 and " +
          may_see_candidate(change.by, "g.stands"),
      change.merged);
  if (!row) refuse_missing();
  ToPart found;
  found.kept = row->id<CandidateId>();
  const auto stands = row->id<CandidateId>();
  found.name = row->text();
  found.kept_name = row->text();
  found.created = row->instant();
  found.at = row->instant();
  found.number = row->number();
  found.corrected = row->number();
  found.non_candidate = row->flag();
  found.keeper = row->maybe_id<UserId>();
  const auto until = row->maybe_instant();
  if (stands != found.kept || row->id<CandidateId>() != change.merged)
    refuse(Kind::conflict, "merge.overtaken", "Another one was merged since.",
           "Undo the later merge first.");
  if (!until || *until <= change.at)
    refuse(Kind::conflict, "merge.too-late", "A merge can be undone for 30 days.",
           "Add the candidate again, with their addresses.");
  expect_nothing_leaves(writing, found.kept);
  return found;
}

// Messages that somebody has moved from one of the two to the other would be shown to others.
void expect_not_mixed(Writing& writing, CandidateId merged, const ToPart& undo) {
  if (writing.db.row("select 1 from corrections c where c.company = $1 and c.candidate = $2"
                     " and c.undone = 0 and c.number > $4"
                     " and (select count(*) from merged_threads g where g.company = $1"
                     "  and g.merged = $3 and g.thread = c.from_thread) <>"
                     " (select count(*) from merged_threads g where g.company = $1"
                     "  and g.merged = $3 and g.thread = c.into_thread) limit 1",
                     writing.company, undo.kept, merged, undo.corrected))
    refuse(Kind::conflict, "merge.corrected",
           "Messages were moved between conversations of the two since.",
           "Undo that first, where they lie now.");
}

void bring_back(Writing& writing, CandidateId merged, const ToPart& undo) {
  auto& db = writing.db;
  const auto company = writing.company;
  db.change(
      "insert into candidates(company, id, name, name_key, created, non_candidate, keeper)"
      " values ($1, $2, $3, $4, $5, $6, $7)",
      company, merged, undo.name, search_key(undo.name), undo.created, undo.non_candidate,
      undo.keeper);
  // Who had become part of them has again.
  db.change(
      "with recursive below(id) as (select merged from merged_candidates where company = $1"
      "  and part_of = $2 union select g.merged from merged_candidates g join below b"
      "  on g.part_of = b.id where g.company = $1)"
      " update merged_candidates set stands = $2 where company = $1"
      " and merged in (select id from below)",
      company, merged);
  auto now =
      db.row("select name from candidates where company = $1 and id = $2", company, undo.kept);
  if (!undo.kept_name.empty() && now && now->text() == undo.name)
    rename(writing, undo.kept, undo.kept_name);
}

// Conversations that began since, whole: on which addresses are that were theirs alone, and none
// that the other one has, or had then.
void find_new_ones(Writing& writing, CandidateId merged, const ToPart& undo,
                   const rules::PartedAddresses& parted,
                   const rules::MergedAddresses& kept_before) {
  const auto normals = [](const rules::MergedAddresses& all,
                          const rules::MergedAddresses& without) {
    std::vector<Value> found;
    for (const auto& one : all)
      if (std::ranges::none_of(without, [&](const auto& other) {
            return other.address.normal == one.address.normal;
          }))
        found.push_back(value_of(one.address.normal));
    return found;
  };
  const auto of_kept = together(parted.kept, kept_before);
  const auto alone = normals(parted.merged, of_kept);
  if (alone.empty()) return;
  const auto others = normals(of_kept, {});
  std::vector<Value> params{value_of(writing.company), value_of(undo.kept), value_of(merged),
                            value_of(undo.at)};
  const auto list = [&](std::vector<Value> values) {
    pad(values);
    std::string text;
    for (const auto& value : values) {
      params.push_back(value);
      text += (text.empty() ? "($" : ", $") + std::to_string(params.size());
    }
    return values.empty() ? std::string("('')") : text + ")";
  };
  const auto in_alone = list(alone), in_others = list(others);
  const auto written_to = [](const std::string& thread, const std::string& to) {
    return "outbox o join participants x on x.company = o.company and x.message = o.message"
           " and x.field in ('to', 'cc', 'bcc') and x.normal in " +
           to + " where o.company = $1 and o.candidate = $2" + thread;
  };
  writing.db.run(
      "insert into merged_threads(company, merged, thread) select $1, $3, f.thread from ("
      " select p.thread from placements p where p.company = $1 and p.candidate = $2"
      "  and p.placed_by = 'address' and p.detail in " +
          in_alone + " union select o.thread from " + written_to(" and o.created >= $4", in_alone) +
          ") f where not exists (select 1 from merged_threads g where g.company = $1"
          "  and g.merged = $3 and g.thread = f.thread)"
          " and not exists (select 1 from placements p where p.company = $1 and p.thread = f.thread"
          "  and p.placed_by = 'address' and p.detail not in " +
          in_alone +
          ") and not exists (select 1 from placements p join messages m on m.company = p.company"
          "  and m.id = p.message where p.company = $1 and p.thread = f.thread and m.added < $4)"
          " and not exists (select 1 from placements p join participants x"
          "  on x.company = p.company and x.message = p.message and x.normal in " +
          in_others +
          " where p.company = $1 and p.thread = f.thread) and not exists (select 1 from " +
          written_to(" and o.thread = f.thread", in_others) + ")",
      params);
}

// One that was taken out of its job since stays out of it, and is the merged one's to be put back.
void take_back_applications(Writing& writing, CandidateId merged, CandidateId kept) {
  auto& db = writing.db;
  const auto company = writing.company;
  for (const auto* table : {"applications", "removed_applications"})
    db.change("update " + std::string(table) +
                  " set candidate = $3 where company = $1 and candidate = $2 and id in"
                  " (select a.id from merged_applications a where a.company = $1"
                  "  and a.merged = $3)",
              company, kept, merged);
  for (auto& row : db.rows("select a.id, a.job, a.phase, a.status, a.created, a.moved_at,"
                           " a.moved_by from merged_applications a where a.company = $1"
                           " and a.merged = $2 and not exists (select 1 from applications o"
                           "  where o.company = $1 and o.id = a.id) and not exists (select 1"
                           "  from removed_applications r where r.company = $1 and r.id = a.id)",
                           company, merged)) {
    const auto id = row.id<ApplicationId>();
    const auto job = row.id<JobId>();
    const auto all = in_stages(writing, job);
    const auto phase = still_or_first(all.phases, row.id<StageId>()).id;
    const auto status = still_or_first(all.statuses, row.id<StageId>()).id;
    const auto created = row.instant();
    const auto moved_at = row.maybe_instant();
    db.change(
        "insert into applications(company, id, candidate, job, phase, status, created, moved_at,"
        " moved_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        company, id, merged, job, phase, status, created, moved_at, row.maybe_id<UserId>());
  }
}

// What came to the exchange since and isn't the person's to keep: what lies there by the
// candidate's own address, what was from or to an address that stays the candidate's, and what the
// team wrote in other programs. Who kept the exchange would read it, and who sees the candidate
// would have lost it. A message that was moved and moved back has come anew by its number, so it
// goes by when it was added.
bool has_others_mail(Writing& writing, CandidateId person, const ToPart& undo) {
  const std::string not_theirs =
      " not in (select a.normal from merged_addresses a where a.company = $1 and a.merged = $3"
      " and a.candidate = $3)";
  return writing.db
      .row(
          "select 1 from merged_threads g join placements p on p.company = g.company"
          " and p.thread = g.thread join messages m on m.company = p.company and m.id = p.message"
          " where g.company = $1 and g.merged = $3 and p.candidate = $2"
          " and ((p.placed_by = 'address' and p.detail" +
              not_theirs +
              ") or (p.came > g.came and (m.direction = 'outgoing' or exists (select 1"
              "  from participants x join candidate_addresses o on o.company = x.company"
              "  and o.candidate = $2 and o.normal = x.normal where x.company = $1"
              "  and x.message = p.message and (x.normal" +
              not_theirs +
              " or exists (select 1 from merged_addresses k where k.company = $1 and k.merged = $3"
              "  and k.candidate = $2 and k.normal = x.normal)))) and (m.added > $4 or not exists "
              "(select 1 from corrected_messages s"
              "  join corrections c on c.company = s.company and c.id = s.correction"
              "  and c.number > $5 where s.company = $1 and s.message = p.message)))) limit 1",
          writing.company, undo.kept, person, undo.at, undo.corrected)
      .has_value();
}

// Whoever kept the exchange has begun another one with them since.
bool has_begun_again(Writing& writing, CandidateId person, const ToPart& undo) {
  return std::ranges::any_of(addresses_before(writing, person, person), [&](const auto& one) {
    return is_kept(writing, one.address.normal, undo.keeper);
  });
}

// M-3: nobody has gone on with the exchange since: written in it, to this person or to colleagues,
// who may have been told of it, or moved its messages.
void expect_untouched(Writing& writing, CandidateId person, const ToPart& undo) {
  const std::string_view theirs =
      " in (select g.thread from merged_threads g where g.company = $1 and g.merged = $3)";
  const auto any = [&](const std::string& from, std::int64_t since) {
    return writing.db
        .row("select 1 from " + from + " limit 1", writing.company, undo.kept, person, since)
        .has_value();
  };
  const bool written = any(
      "outbox o where o.company = $1 and o.candidate = $2 and o.number > $4 and (o.thread" +
          std::string(theirs) +
          " or exists (select 1 from threads th where th.company = $1 and th.id = o.thread"
          "  and th.kind = 'internal_forward') or exists (select 1 from participants x"
          "  join merged_addresses m on m.company = x.company and m.merged = $3"
          "  and m.candidate = $3 and m.normal = x.normal"
          "  where x.company = $1 and x.message = o.message and x.field in ('to', 'cc', 'bcc')))",
      undo.number);
  const bool moved =
      any("corrections c where c.company = $1 and c.candidate = $2 and c.undone = 0"
          " and c.number > $4 and (c.from_thread" +
              std::string(theirs) + " or c.into_thread" + std::string(theirs) + ")",
          undo.corrected);
  if (written || moved || has_others_mail(writing, person, undo) ||
      has_begun_again(writing, person, undo))
    refuse_in_use();
}

// M-3: with whom the exchange was is no candidate again. `had`: the addresses that the candidate
// had meanwhile.
void put_among_non_candidates(Writing& writing, CandidateId person, const ToPart& undo,
                              const rules::MergedAddresses& had, const rules::MergedAddresses& stay,
                              Instant at) {
  keep_answers(writing, person);
  for (const auto& one : had) {
    const auto& normal = one.address.normal;
    const auto stays = [&](const auto& other) { return other.address.normal == normal; };
    if (!one.address.synced || std::ranges::any_of(stay, stays)) continue;
    for (const auto& whose : {undo.kept, person}) seal_placements_by(writing, whose, normal, at);
    pass_on(writing, normal, at, undo.kept);
  }
  look_at_marks_of(writing, person, at);
  drop_address_changes(writing, person);
  if (undo.keeper) give_to_keeper(writing, person, *undo.keeper, undo.at);
  auto one = writing.db.row(
      "select id from threads where company = $1 and candidate = $2 order by id limit 1",
      writing.company, person);
  change_place(writing, person, one ? std::optional(one->id<ThreadId>()) : std::nullopt, Place::all,
               Place::non_candidates);
}

// Each job's team sees again what is of its own candidates.
void part_audiences(Writing& writing, CandidateId merged, CandidateId kept) {
  const auto of_merged = jobs_of(writing, merged), of_kept = jobs_of(writing, kept);
  for (const auto& job : of_kept)
    if (!is_among(of_merged, job)) drop_audience(writing.db, writing.company, merged, job);
  for (const auto& job : of_merged)
    if (!is_among(of_kept, job)) drop_audience(writing.db, writing.company, kept, job);
  // The one's may have been taken out of the job that the other is in.
  for (const auto& job : of_merged) add_audience(writing.db, writing.company, merged, job);
  for (const auto& job : of_kept) add_audience(writing.db, writing.company, kept, job);
  list_in_jobs(writing, merged);
  list_in_jobs(writing, kept);
}

// Who has stopped following since follows neither.
void take_back_the_rest(Writing& writing, CandidateId merged, CandidateId kept) {
  auto& db = writing.db;
  const auto company = writing.company;
  db.change(
      "insert into candidate_follows(company, user_id, candidate, at) select f.company, f.user_id,"
      " $2, f.at from merged_follows f join candidate_follows o on o.company = f.company"
      " and o.candidate = $3 and o.user_id = f.user_id where f.company = $1 and f.merged = $2",
      company, merged, kept);
  db.change(
      "delete from candidate_follows where company = $1 and candidate = $3 and exists"
      " (select 1 from merged_follows f where f.company = $1 and f.merged = $2"
      "  and f.user_id = candidate_follows.user_id and f.at = candidate_follows.at"
      "  and f.followed_both = 0)",
      company, merged, kept);
  // What was caught up with since is caught up with.
  db.change(
      "insert into skipped_mail(company, candidate, day, messages, at) select s.company, $2, s.day,"
      " case when s.messages < o.messages then s.messages else o.messages end, s.at"
      " from merged_skipped s join skipped_mail o on o.company = s.company and o.candidate = $3"
      " and o.day = s.day where s.company = $1 and s.merged = $2",
      company, merged, kept);
  db.change(
      "update skipped_mail set messages = messages - (select s.messages from skipped_mail s"
      "  where s.company = $1 and s.candidate = $2 and s.day = skipped_mail.day)"
      " where company = $1 and candidate = $3 and day in (select s.day from skipped_mail s"
      "  where s.company = $1 and s.candidate = $2)",
      company, merged, kept);
  db.change("delete from skipped_mail where company = $1 and candidate = $2 and messages <= 0",
            company, kept);
}

// What couldn't be read meanwhile may be about either (D-1).
void share_quarantined(Writing& writing, CandidateId merged, CandidateId kept) {
  writing.db.change(
      "insert into quarantined_about(company, mailbox, folder, uid_validity, uid, candidate)"
      " select company, mailbox, folder, uid_validity, uid, $3 from quarantined_about"
      " where company = $1 and candidate = $2 on conflict do nothing",
      writing.company, kept, merged);
}

// They become part of others by themselves again, unless a person has parted them. Of at most
// `rows`. → how many these were.
std::int64_t let_go(Writing& writing, CandidateId merged, std::size_t rows) {
  const std::string these =
      "(select g.thread from merged_threads g where g.company = $1 and g.merged = $2"
      " order by g.thread limit $3)";
  writing.db.change(
      "update threads set by_hand = case when exists (select 1 from corrections c"
      "  where c.company = $1 and c.undone = 0 and c.whole = 0 and c.from_thread = threads.id)"
      " or exists (select 1 from corrections c where c.company = $1 and c.undone = 0"
      "  and c.whole = 0 and c.into_thread = threads.id)"
      " or exists (select 1 from merged_threads o where o.company = $1 and o.thread = threads.id"
      "  and o.merged <> $2) then 1 else 0 end where company = $1 and id in " +
          these,
      writing.company, merged, rows);
  return writing.db.change(
      "delete from merged_threads where company = $1 and merged = $2 and thread in " + these,
      writing.company, merged, rows);
}

constexpr std::size_t kAllRows = INT32_MAX;

}  // namespace

void apply(Writing& writing, const MergeCandidates& change) {
  if (change.kept == change.merged)
    refuse(Kind::input, "merge.same", "This is the same candidate.", "Choose another one.");
  for (const auto& one : {change.kept, change.merged}) expect_candidate(writing, one);
  const auto plan = plan_merge(writing.db, {change.by, change.kept, change.merged});
  if (!plan) refuse(Kind::missing, "candidate.missing", "There is no such candidate.");
  if (plan->version != change.version)
    refuse(Kind::conflict, "merge.changed", "Something about the two has changed meanwhile.",
           "Look at what would become of them again.");
  for (const auto& one : {change.kept, change.merged}) expect_nothing_leaves(writing, one);
  expect_mergeable(writing.db, writing.company, change.kept, change.merged, plan->addresses.size());
  if (writing.at == Instant{}) writing.at = change.at;
  const Joining joining{.kept = change.kept,
                        .merged = change.merged,
                        .name = plan->merged_name,
                        .kept_name = change.merged_name ? plan->kept_name : std::string(),
                        .by = change.by.user,
                        .at = change.at};
  remember(writing, joining);
  give_addresses(writing, joining);
  give_all(writing, joining);
  writing.happened({.at = change.at,
                    .kind = "candidate.merged",
                    .subject = change.merged.text(),
                    .candidate = change.kept,
                    .user = change.by.user,
                    .how = "person"});
  for (const auto& one : {change.kept, change.merged})
    writing.tell("candidate", one.text(), change.kept);
}

void apply(Writing& writing, const AddToCandidate& change) {
  const auto with = expect_exchange(writing, change.by, change.thread);
  expect_remembered(writing, change.candidate);
  expect_candidate(writing, change.candidate);
  expect_seen(writing, change.by, change.candidate);
  for (const auto& one : {change.candidate, with.person}) expect_nothing_leaves(writing, one);
  const auto had = addresses_of(writing, change.candidate);
  const auto theirs = addresses_of(writing, with.person);
  expect_mergeable(writing.db, writing.company, change.candidate, with.person,
                   rules::merge_addresses(had, theirs).size());
  if (writing.at == Instant{}) writing.at = change.at;
  const Joining joining{.kept = change.candidate,
                        .merged = with.person,
                        .name = theirs.empty() ? std::string() : theirs.front().address.address,
                        .kept_name = {},
                        .by = change.by.user,
                        .at = change.at,
                        .non_candidate = true,
                        .keeper = with.keeper};
  remember(writing, joining);
  if (with.keeper) take_from_keeper(writing, with.person, *with.keeper);
  change_place(writing, with.person, with.thread, Place::non_candidates, Place::all);
  write_addresses(writing, with.person, {});
  // As somebody adds an address to a profile.
  PutCandidate adding{change.candidate, {}, {}, change.at, change.by, true, true};
  for (const auto& one : theirs)
    adding.addresses.push_back({.address = one.address.address,
                                .normal = one.address.normal,
                                .synced = true,
                                .why_not = {},
                                .since = change.at});
  apply(writing, adding);
  give_all(writing, joining);
  writing.happened({.at = change.at,
                    .kind = "exchange.added",
                    .subject = with.person.text(),
                    .candidate = change.candidate,
                    .user = change.by.user,
                    .how = "person"});
  for (const auto& one : {change.candidate, with.person})
    writing.tell("candidate", one.text(), change.candidate);
}

void apply(Writing& writing, const UndoMerge& change) {
  auto& db = writing.db;
  const auto company = writing.company;
  const auto undo = to_part(writing, change);
  if (undo.non_candidate) {
    expect_may_take_over(change.by, undo.keeper);
    expect_untouched(writing, change.merged, undo);
  }
  if (writing.at == Instant{}) writing.at = change.at;
  const auto readers = who_sees(db, company, undo.kept);
  const auto kept_before = addresses_before(writing, change.merged, undo.kept);
  const auto had = addresses_of(writing, undo.kept);
  const auto merged_before = addresses_before(writing, change.merged, change.merged);
  const auto parted = rules::part_addresses(had, kept_before, merged_before);
  bring_back(writing, change.merged, undo);
  if (!undo.non_candidate) find_new_ones(writing, change.merged, undo, parted, kept_before);
  expect_not_mixed(writing, change.merged, undo);
  write_addresses(writing, undo.kept, parted.kept);
  write_addresses(writing, change.merged, parted.merged);
  move_conversations(writing, change.merged, undo.kept, change.merged);
  const bool rested = is_resting(writing, undo.kept);
  take_back_applications(writing, change.merged, undo.kept);
  share_what_is_noted(writing, undo.kept, change.merged);
  if (rested)
    for (const auto& one : {undo.kept, change.merged}) note_if_awake(writing, one);
  move_moves(writing, change.merged, undo.kept, change.merged);
  if (!undo.non_candidate) share_quarantined(writing, change.merged, undo.kept);
  part_audiences(writing, change.merged, undo.kept);
  take_back_the_rest(writing, change.merged, undo.kept);
  take_back_files(writing, change.merged, undo.kept);
  take_back_address_changes(writing, change.merged, undo.kept, undo.at,
                            together(merged_before, parted.merged),
                            together(kept_before, parted.kept));
  let_go(writing, change.merged, kAllRows);
  note_undone_merge(writing, change.merged, change.by.user, change.at);
  hand_back_addings_aside(writing, change.merged, undo.kept, undo.at);
  db.change("delete from merged_candidates where company = $1 and merged = $2", company,
            change.merged);
  keep_named(db, company, undo.kept);
  if (undo.non_candidate)
    put_among_non_candidates(writing, change.merged, undo, had, parted.kept, change.at);
  else
    keep_named(db, company, change.merged);
  writing.happened({.at = change.at,
                    .kind = undo.non_candidate ? "exchange.taken-off" : "candidate.parted",
                    .subject = change.merged.text(),
                    .candidate = undo.kept,
                    .user = change.by.user,
                    .how = "person"});
  // Who sees one of them alone by now still hears of the other.
  tell_all(writing, readers, {undo.kept, change.merged});
}

void prune_merges(Writing& writing, Instant now, std::size_t rows) {
  auto& db = writing.db;
  const auto company = writing.company;
  auto old = db.row(
      "select merged from merged_candidates where company = $1 and undo_until <= $2"
      " order by undo_until limit 1",
      company, now);
  if (!old) return;
  const auto merged = old->id<CandidateId>();
  if (static_cast<std::size_t>(let_go(writing, merged, rows)) >= rows) return;
  hand_on_external_ids(writing, merged);
  for (const std::string table : {"merged_addresses", "merged_taken_off", "merged_applications",
                                  "merged_moves", "merged_follows", "merged_skipped"})
    db.change("delete from " + table + " where company = $1 and merged = $2", company, merged);
  db.change("update merged_candidates set undo_until = null where company = $1 and merged = $2",
            company, merged);
}

}  // namespace hearback::store
