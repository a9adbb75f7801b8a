#include "store/candidates/forgetting.hpp"

#include <algorithm>
#include <set>
#include <span>

#include "base/limits.hpp"
#include "store/candidates/address_changes_parts.hpp"
#include "store/candidates/external_ids.hpp"
#include "store/candidates/leaving_jobs_parts.hpp"
#include "store/candidates/merges_told.hpp"
#include "store/candidates/merging.hpp"
#include "store/candidates/own_files_parts.hpp"
#include "store/candidates/staging.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/mailboxes/past_sql.hpp"
#include "store/mailboxes/quarantine_parts.hpp"

namespace hearback::store {

namespace {

void add_ids(std::vector<Row> rows, std::vector<BlobId>& blobs) {
  for (auto& row : rows) blobs.push_back(row.id<BlobId>());
}

// What hasn't left, and what waits for a person.
constexpr std::string_view kUnderWay =
    "(state in ('scheduled', 'queued', 'uncertain', 'failed')"
    " or state = 'sending' and phase <> 'dot')";

constexpr std::size_t kAllRows = INT32_MAX;

// The copy in Sent of what has left is its author's own mail (S-1): for so long it is waited for.
constexpr Duration kCopyWithin = 10min, kCopyLook = 5s;

// ---- steps: each takes away at most `rows`, and says how many it did ---------------------------

// Of these, what lies with the candidate since it answers what does. What names an address of
// theirs, a search for that finds (ForgetCandidate), or the next look at all.
std::vector<MessageId> answers_among(Writing& writing, CandidateId candidate,
                                     const std::vector<Value>& ids) {
  std::vector<MessageId> answers;
  for (const char* table : {"placements", "sealed_placements"})
    in_chunks({value_of(writing.company), value_of(candidate), value_of(rules::PlacedBy::reply_to)},
              ids, [&](InList list, Params params) {
                for (auto& row : writing.db
                                     .run("select p.message from " + std::string(table) +
                                              " p where p.company = $1 and p.candidate = $2"
                                              " and p.placed_by = $3 and not exists (select 1"
                                              "  from participants x join addresses_taken_off o"
                                              "  on o.company = x.company and o.normal = x.normal"
                                              "  where x.company = $1 and x.message = p.message"
                                              "  and o.candidate = $2) and p.message in " +
                                              list,
                                          params)
                                     .rows)
                  answers.push_back(row.id<MessageId>());
              });
  return answers;
}

// Messages on the candidate's profile, or sealed off it: those of nobody else go, the others leave.
std::size_t drop_messages(Writing& writing, CandidateId candidate, const std::vector<Value>& ids) {
  auto& db = writing.db;
  const auto company = writing.company;
  std::vector<BlobId> blobs;
  in_chunks({value_of(company), value_of(candidate)}, ids, [&](InList list, Params params) {
    std::vector<Value> alone;
    for (auto& row : db.run("select m.id from messages m where m.company = $1 and m.id in " + list +
                                " and not exists (select 1 from placements p where p.company = $1"
                                "  and p.message = m.id and p.candidate <> $2)"
                                " and not exists (select 1 from sealed_placements s"
                                "  where s.company = $1 and s.message = m.id and s.candidate <> $2)"
                                " and not exists (select 1 from outbox o where o.company = $1"
                                "  and o.message = m.id and o.candidate <> $2)",
                            params)
                         .rows)
      alone.push_back(value_of(row.id<MessageId>()));
    judge_once_more(writing, answers_among(writing, candidate, alone), writing.at);
    in_chunks({value_of(company)}, alone, [&](InList of, Params these) {
      add_ids(db.run("select raw from copies where company = $1 and message in " + of, these).rows,
              blobs);
      for (const char* table : {"pictures", "file_contents"})
        add_ids(db.run("delete from " + std::string(table) + " where company = $1 and message in " +
                           of + " returning blob_id",
                       these)
                    .rows,
                blobs);
      add_ids(db.run("delete from messages where company = $1 and id in " + of + " returning raw",
                     these)
                  .rows,
              blobs);
    });
    for (const char* table : {"placements", "sealed_placements"})
      db.run("delete from " + std::string(table) +
                 " where company = $1 and candidate = $2 and message in " + list,
             params);
  });
  drop_unused_blobs(db, company, blobs, writing.files_to_remove);
  return ids.size();
}

std::size_t forget_messages(Writing& writing, CandidateId candidate, std::size_t rows) {
  // Each once, said here: asked for distinct ones a planner reads all that there are, in each step.
  std::set<MessageId> messages;
  std::size_t looked_at = 0;
  for (const char* table : {"placements", "sealed_placements"})
    for (auto& row : writing.db.rows("select message from " + std::string(table) +
                                         " where company = $1 and candidate = $2 limit $3",
                                     writing.company, candidate, rows - looked_at)) {
      messages.insert(row.id<MessageId>());
      ++looked_at;
    }
  drop_messages(writing, candidate, values_of(messages));
  return looked_at;
}

// What nobody can find out any more once the row is gone; empty: its end is known.
std::string_view left_open(rules::OutboxState state, rules::OutboxPhase phase, bool copy_filed) {
  using enum rules::OutboxState;
  if (state == uncertain || (state == sending && phase == rules::OutboxPhase::dot))
    return "message.fate-unknown";
  if (state == sent && !copy_filed) return "message.copy-not-filed";
  return {};
}

// At most `rows` of the candidate's messages that were written here and of which `which` holds,
// with what lies in no thread any more.
std::size_t drop_outbox(Writing& writing, CandidateId candidate, std::string_view which,
                        std::size_t rows) {
  std::vector<Value> messages;
  std::vector<BlobId> blobs;
  for (auto& row :
       writing.db.rows("delete from outbox where company = $1 and id in (select id from outbox"
                       " where company = $1 and candidate = $2 and " +
                           std::string(which) +
                           " limit $3) returning message, bytes, author, state, phase, copy_filed",
                       writing.company, candidate, rows)) {
    const auto message = row.id<MessageId>();
    messages.push_back(value_of(message));
    blobs.push_back(row.id<BlobId>());
    const auto author = row.id<UserId>();
    const auto state = row.word<rules::OutboxState>();
    const auto phase = row.word<rules::OutboxPhase>();
    if (const auto kind = left_open(state, phase, row.flag()); !kind.empty())
      writing.happened({.kind = std::string(kind),
                        .subject = message.text(),
                        .candidate = candidate,
                        .user = author});
  }
  drop_messages(writing, candidate, messages);
  drop_unused_blobs(writing.db, writing.company, blobs, writing.files_to_remove);
  return messages.size();
}

std::size_t forget_outbox(Writing& writing, CandidateId candidate, std::size_t rows) {
  return drop_outbox(writing, candidate, "1 = 1", rows);
}

// What the messages named; without it, one thread could take any number of rows along.
std::size_t forget_references(Writing& writing, CandidateId candidate, std::size_t rows) {
  return static_cast<std::size_t>(writing.db.change(
      "delete from thread_references where (company, message_id, candidate, thread) in"
      " (select r.company, r.message_id, r.candidate, r.thread from threads th"
      "  join thread_references r on r.company = th.company and r.thread = th.id"
      "  where th.company = $1 and th.candidate = $2 limit $3)",
      writing.company, candidate, rows));
}

// Likewise.
std::size_t forget_people(Writing& writing, CandidateId candidate, std::size_t rows) {
  return static_cast<std::size_t>(writing.db.change(
      "delete from thread_people where (company, thread, normal) in"
      " (select f.company, f.thread, f.normal from threads th join thread_people f"
      "  on f.company = th.company and f.thread = th.id"
      "  where th.company = $1 and th.candidate = $2 limit $3)",
      writing.company, candidate, rows));
}

std::size_t forget_threads(Writing& writing, CandidateId candidate, std::size_t rows) {
  return static_cast<std::size_t>(
      writing.db.change("delete from threads where company = $1 and id in (select id from threads"
                        " where company = $1 and candidate = $2 limit $3)",
                        writing.company, candidate, rows));
}

// What people have moved, and which messages: there may be as many as the candidate has.
std::size_t forget_corrections(Writing& writing, CandidateId candidate, std::size_t rows) {
  const auto messages = static_cast<std::size_t>(writing.db.change(
      "delete from corrected_messages where (company, message, correction) in"
      " (select s.company, s.message, s.correction from corrections c join corrected_messages s"
      "  on s.company = c.company and s.correction = c.id"
      "  where c.company = $1 and c.candidate = $2 limit $3)",
      writing.company, candidate, rows));
  if (messages >= rows) return messages;
  return messages + static_cast<std::size_t>(writing.db.change(
                        "delete from corrections where company = $1 and id in (select id from"
                        " corrections where company = $1 and candidate = $2 limit $3)",
                        writing.company, candidate, rows - messages));
}

std::size_t forget_feed(Writing& writing, CandidateId candidate, std::size_t rows) {
  return static_cast<std::size_t>(writing.db.change(
      "delete from feed where company = $1 and revision in (select revision from feed"
      " where company = $1 and candidate = $2 limit $3)",
      writing.company, candidate, rows));
}

// Answers that are kept for repeated requests show the candidate as well, under the id that they
// had then. Of a week at most, and looked through once.
std::size_t forget_answers(Writing& writing, CandidateId candidate, std::size_t) {
  auto ids = merged_into(writing.db, writing.company, candidate);
  ids.push_back(candidate);
  std::vector<Value> shown;
  for (const auto& id : ids) shown.push_back(value_of("%" + id.text() + "%"));
  in_chunks({value_of(writing.company)}, shown, [&](InList, Params params) {
    std::string any;
    for (std::size_t i = 2; i <= params.size(); ++i)
      any += (i == 2 ? "body like $" : " or body like $") + std::to_string(i);
    writing.db.run("delete from idempotent_answers where company = $1 and (" + any + ")", params);
  });
  return 0;
}

// What could be taken back: there may be as many conversations as were merged. What was set aside
// of the merged ones' mail is still theirs.
std::size_t forget_merges(Writing& writing, CandidateId candidate, std::size_t rows) {
  std::size_t done = 0;
  for (const auto& merged : merged_into(writing.db, writing.company, candidate)) {
    if (done < rows) done += forget_quarantined(writing, merged, rows - done);
    if (done >= rows) break;
    done += static_cast<std::size_t>(writing.db.change(
        "delete from merged_threads where company = $1 and merged = $2 and thread in"
        " (select thread from merged_threads where company = $1 and merged = $2 limit $3)",
        writing.company, merged, rows - done));
  }
  return done;
}

// Whether something of the candidate's is just leaving: but not for ever, nor by a wrong clock.
bool something_leaves(Writing& writing, CandidateId candidate, Instant now) {
  return writing.db
      .row(
          "select 1 from forgotten_candidates f where f.company = $1 and f.candidate = $2"
          " and f.at > $3 and f.at <= $4 and exists (select 1 from outbox o where o.company = $1"
          "  and o.candidate = $2 and " +
              is_leaving("o") + ")",
          writing.company, candidate, now - kCopyWithin, now + kCopyWithin)
      .has_value();
}

using Step = std::size_t (*)(Writing&, CandidateId, std::size_t);
constexpr Step kSteps[] = {
    forget_outbox, forget_corrections,     forget_messages, forget_files,       forget_references,
    forget_people, forget_threads,         forget_merges,   forget_quarantined, forget_moves,
    forget_feed,   forget_address_changes, forget_answers};

}  // namespace

std::vector<UserId> who_sees(Db& db, CompanyId company, CandidateId candidate) {
  std::vector<UserId> users;
  for (auto& row :
       db.rows("select u.id from users u where u.company = $1 and (u.role = 'admin'"
               " or u.all_jobs = 1 or exists (select 1 from applications a join job_team t"
               "  on t.company = a.company and t.job = a.job where a.company = $1"
               "  and a.candidate = $2 and t.user_id = u.id))",
               company, candidate))
    users.push_back(row.id<UserId>());
  return users;
}

void expect_candidate(Writing& writing, CandidateId candidate) {
  if (writing.db.row(
          "select 1 from candidates where company = $1 and id = $2 and non_candidate = 1",
          writing.company, candidate))
    refuse(Kind::missing, "candidate.missing", "There is no such candidate.");
}

void expect_remembered(Writing& writing, CandidateId candidate) {
  if (writing.db.row("select 1 from forgotten_candidates where company = $1 and candidate = $2",
                     writing.company, candidate))
    refuse(Kind::conflict, "store.reference-missing", "The candidate was deleted.", "Look again.");
  if (standing_candidate(writing.db, writing.company, candidate) != candidate)
    refuse(Kind::conflict, "candidate.merged", "This profile has become part of another one.",
           "Look again: its old address leads there.");
}

// At once: nobody sees the candidate, no mail matches, and nothing leaves. All of it bounded.
void apply(Writing& writing, const ForgetCandidate& change) {
  auto& db = writing.db;
  const auto company = writing.company;
  expect_candidate(writing, change.id);
  expect_seen(writing, change.by, change.id);
  if (db.change("insert into forgotten_candidates(company, candidate, at) values ($1, $2, $3)"
                " on conflict do nothing",
                company, change.id, change.at) == 0)
    refuse(Kind::missing, "candidate.missing", "There is no such candidate.");
  if (writing.at == Instant{}) writing.at = change.at;
  const auto readers = who_sees(db, company, change.id);
  // Until all of it is gone: they tell its answers apart.
  db.change(
      "insert into addresses_taken_off(company, candidate, normal, at)"
      " select company, candidate, normal, $3 from candidate_addresses where company = $1"
      " and candidate = $2 and synced = 1 on conflict do nothing",
      company, change.id, change.at);
  std::vector<std::string> normals;
  for (auto& row : db.rows("delete from candidate_addresses where company = $1 and candidate = $2"
                           " returning normal",
                           company, change.id)) {
    normals.push_back(row.text());
    pass_on(writing, normals.back(), change.at);
  }
  forget_addresses_elsewhere(writing, change.id, normals, change.at);
  forget_addings_aside(writing, change.id);
  forget_external_ids(writing, change.id);
  db.change("delete from applications where company = $1 and candidate = $2", company, change.id);
  list_in_jobs(writing, change.id);
  db.change("update candidates set name = '', name_key = '' where company = $1 and id = $2",
            company, change.id);
  drop_outbox(writing, change.id, kUnderWay, kAllRows);
  // What the errand waits for isn't put off.
  db.change(
      "update outbox set not_before = 0 where company = $1 and candidate = $2"
      " and state = 'sent' and copy_filed = 0",
      company, change.id);
  forget_removed_applications(writing, change.id);
  forget_undone_merges(writing, change.id);
  for (const auto* table : {"candidate_follows", "candidate_words", "skipped_mail"})
    db.change("delete from " + std::string(table) + " where company = $1 and candidate = $2",
              company, change.id);
  begin_errand(writing, kForgetCandidate, change.id.bytes, person_of(change.by), change.at);
  writing.happened({.at = change.at,
                    .kind = "candidate.forgotten",
                    .subject = change.id.text(),
                    .candidate = change.id,
                    .user = person_of(change.by).value_or(UserId{})});
  // Whoever saw the candidate hears of it; afterwards nobody could tell who that was.
  std::erase_if(writing.feed, [&](const FeedEntry& e) { return e.candidate == change.id; });
  for (const auto& user : readers) writing.tell("candidate", change.id.text(), {}, user);
}

ErrandStep forget_some(Writing& writing, CandidateId candidate, std::size_t rows, Instant now) {
  ErrandStep step;
  if (something_leaves(writing, candidate, now)) {
    step.waits_until = now + kCopyLook;
    return step;
  }
  for (const auto forget : kSteps) {
    step.rows += forget(writing, candidate, rows - step.rows);
    if (step.rows >= rows) return step;
  }
  // Nothing is left that could be many.
  writing.db.change("delete from candidates where company = $1 and id = $2", writing.company,
                    candidate);
  step.finished = true;
  return step;
}

}  // namespace hearback::store
