#include "store/mailboxes/quarantine.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "store/candidates/merging.hpp"
#include "store/engine/applying.hpp"
#include "store/mailboxes/quarantine_parts.hpp"

namespace hearback::store {
namespace {

// No candidate's: of what was quarantined before it was written down whose mail it is.
constexpr CandidateId kUnknown{};

constexpr std::string_view kAt =
    " where company = $1 and mailbox = $2 and folder = $3 and uid_validity = $4 and uid = $5";

template <typename... More>
std::vector<Row> rows_at(Writing& writing, const rules::Location& at, std::string_view what,
                         std::string_view end = {}, const More&... more) {
  return writing.db.rows(std::string(what) + std::string(kAt) + std::string(end), writing.company,
                         at.mailbox, at.folder, at.uid_validity, at.uid, more...);
}

void tell(Writing& writing, MailboxId mailbox) {
  writing.tell_of(mailbox, "mailbox", mailbox.text());
}

// → whether there was one.
bool forget(Writing& writing, const rules::Location& at) {
  auto gone = rows_at(writing, at, "delete from import_attempts", " returning raw");
  if (gone.empty()) return false;
  if (const auto raw = gone.front().maybe_id<BlobId>())
    drop_unused_blobs(writing.db, writing.company, {*raw}, writing.files_to_remove);
  tell(writing, at.mailbox);
  return true;
}

bool try_again(Writing& writing, const rules::Location& at) {
  const auto found = rows_at(writing, at, "update import_attempts set attempts = 0, given_up = 0",
                             " returning uid");
  if (!found.empty()) tell(writing, at.mailbox);
  return !found.empty();
}

// Of one who has become part of another meanwhile, that one.
std::vector<Value> remembered(Writing& writing, const std::vector<CandidateId>& candidates) {
  std::vector<Value> ids;
  std::set<CandidateId> standing;
  for (const auto& one : candidates)
    standing.insert(standing_candidate(writing.db, writing.company, one));
  in_chunks({value_of(writing.company)}, values_of(standing), [&](InList list, Params params) {
    for (auto& row :
         writing.db
             .run("select c.id from candidates c where c.company = $1 and c.id in " + list +
                      " and not exists (select 1 from forgotten_candidates f"
                      "  where f.company = $1 and f.candidate = c.id)",
                  params)
             .rows)
      ids.push_back(value_of(row.id<CandidateId>()));
  });
  return ids;
}

void keep_about(Writing& writing, const rules::Location& at, const std::vector<Value>& candidates) {
  rows_at(writing, at, "delete from quarantined_about");
  Insertion rows(
      "insert into quarantined_about(company, mailbox, folder, uid_validity, uid, candidate)", 6);
  for (const auto& candidate : candidates)
    rows.row(writing.company, at.mailbox, at.folder, at.uid_validity, at.uid, candidate);
  rows.run(writing.db);
}

// The places of at most `most` that are about the candidate, and no longer known to be.
std::vector<rules::Location> no_longer_about(Writing& writing, CandidateId candidate,
                                             std::size_t most) {
  std::vector<rules::Location> places;
  for (auto& row : writing.db.rows(
           "delete from quarantined_about where (company, mailbox, folder, uid_validity, uid,"
           " candidate) in (select company, mailbox, folder, uid_validity, uid, candidate"
           "  from quarantined_about where company = $1 and candidate = $2 limit $3)"
           " returning mailbox, folder, uid_validity, uid",
           writing.company, candidate, most)) {
    auto& at = places.emplace_back();
    at.mailbox = row.id<MailboxId>();
    at.folder = row.id<FolderId>();
    at.uid_validity = static_cast<std::uint32_t>(row.number());
    at.uid = static_cast<std::uint32_t>(row.number());
  }
  return places;
}

}  // namespace

void apply(Writing& writing, const BeginImport& change) {
  Insertion rows(
      "insert into import_attempts(company, mailbox, folder, uid_validity, uid, attempts, reason,"
      " given_up, raw, since)",
      10);
  for (const auto& at : change.at)
    rows.row(writing.company, at.mailbox, at.folder, at.uid_validity, at.uid, 1, "", 0, Value{},
             change.when);
  rows.run(writing.db,
           "on conflict (company, mailbox, folder, uid_validity, uid)"
           " do update set attempts = import_attempts.attempts + 1");
}

void apply(Writing& writing, const Quarantine& change) {
  const auto& at = change.at;
  owner_of(writing, at.mailbox);
  const auto about = remembered(writing, change.about);
  if (about.empty() && !change.about.empty()) {
    forget(writing, at);
    if (change.raw)
      drop_unused_blobs(writing.db, writing.company, {*change.raw}, writing.files_to_remove);
    return;
  }
  auto before = rows_at(writing, at, "select raw from import_attempts");
  writing.db.change(
      "insert into import_attempts(company, mailbox, folder, uid_validity, uid, attempts, reason,"
      " given_up, raw, since) values ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9)"
      " on conflict (company, mailbox, folder, uid_validity, uid) do update set"
      " reason = excluded.reason, given_up = excluded.given_up,"
      " raw = coalesce(excluded.raw, import_attempts.raw), since = excluded.since",
      writing.company, at.mailbox, at.folder, at.uid_validity, at.uid, change.reason,
      change.given_up, change.raw, change.when);
  if (!about.empty()) keep_about(writing, at, about);
  if (!before.empty() && change.raw)
    if (const auto old = before.front().maybe_id<BlobId>(); old && *old != *change.raw)
      drop_unused_blobs(writing.db, writing.company, {*old}, writing.files_to_remove);
  tell(writing, at.mailbox);
}

// As an attempt that nobody has begun: people hear nothing of it. Of what lies where nothing is
// read, nothing: all is judged where that is read again.
void judge_once_more(Writing& writing, const std::vector<MessageId>& messages, Instant at) {
  in_chunks({value_of(writing.company), value_of(at), value_of(rules::FolderRole::ignored)},
            values_of(messages), [&](InList list, Params params) {
              writing.db.run(
                  "insert into import_attempts(company, mailbox, folder, uid_validity, uid,"
                  " attempts, reason, given_up, raw, since) select c.company, c.mailbox, c.folder,"
                  " c.uid_validity, c.uid, 0, '', 0, null, $2 from copies c join folders f"
                  " on f.company = c.company and f.mailbox = c.mailbox and f.id = c.folder"
                  " and f.uid_validity = c.uid_validity join mailboxes b on b.company = c.company"
                  " and b.id = c.mailbox and b.removed = 0 where c.company = $1 and c.here = 1"
                  " and f.listed = 1 and f.role <> $3 and c.message in " +
                      list + " on conflict do nothing",
                  params);
            });
}

void apply(Writing& writing, const ForgetAttempt& change) {
  owner_of(writing, change.at.mailbox);
  forget(writing, change.at);
}

void forget_taken_in(Writing& writing) {
  std::map<std::tuple<MailboxId, FolderId, std::uint32_t>, std::vector<std::uint32_t>> uids;
  for (const auto& at : writing.taken_in)
    uids[{at.mailbox, at.folder, at.uid_validity}].push_back(at.uid);
  std::vector<BlobId> blobs;
  for (const auto& [in, some] : uids)
    in_chunks({value_of(writing.company), value_of(std::get<0>(in)), value_of(std::get<1>(in)),
               value_of(std::get<2>(in))},
              values_of(some), [&](InList list, Params params) {
                for (auto& row : writing.db
                                     .run("delete from import_attempts where company = $1"
                                          " and mailbox = $2 and folder = $3"
                                          " and uid_validity = $4 and uid in " +
                                              list + " returning raw",
                                          params)
                                     .rows)
                  if (const auto raw = row.maybe_id<BlobId>()) blobs.push_back(*raw);
              });
  drop_unused_blobs(writing.db, writing.company, blobs, writing.files_to_remove);
}

void apply(Writing& writing, const RetryQuarantined& change) {
  owner_of(writing, change.at.mailbox);
  if (!try_again(writing, change.at))
    refuse(Kind::missing, "quarantine.missing", "This message isn't waiting any more.");
}

std::size_t forget_quarantined(Writing& writing, CandidateId candidate, std::size_t rows) {
  const auto places = no_longer_about(writing, candidate, rows);
  for (const auto& at : places)
    if (rows_at(writing, at, "select 1 from quarantined_about", " limit 1").empty())
      forget(writing, at);
  // It may be the candidate's: gone, and fetched again if it is somebody else's.
  const auto unknown = no_longer_about(writing, kUnknown, rows - places.size());
  for (const auto& at : unknown) {
    std::vector<BlobId> blobs;
    for (auto& row : rows_at(writing, at, "select raw from import_attempts"))
      if (const auto raw = row.maybe_id<BlobId>()) blobs.push_back(*raw);
    rows_at(writing, at, "update import_attempts set raw = null");
    drop_unused_blobs(writing.db, writing.company, blobs, writing.files_to_remove);
    try_again(writing, at);
  }
  return places.size() + unknown.size();
}

void note_unknown(Db& db) {
  db.change(
      "insert into quarantined_about(company, mailbox, folder, uid_validity, uid, candidate)"
      " select company, mailbox, folder, uid_validity, uid, $1 from import_attempts"
      " where raw is not null",
      kUnknown);
}

}  // namespace hearback::store
