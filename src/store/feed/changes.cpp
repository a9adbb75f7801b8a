#include "store/feed/changes.hpp"

#include "store/candidates/address_changes_parts.hpp"
#include "store/candidates/leaving_jobs_parts.hpp"
#include "store/candidates/merging.hpp"
#include "store/candidates/own_files_parts.hpp"
#include "store/engine/applying.hpp"
#include "store/mailboxes/past_sql.hpp"

namespace hearback::store {
namespace {

constexpr Duration kBetweenMarks = std::chrono::hours(6);

// An entry of the feed has no time; marks say which revision was reached when. What lies before the
// newest mark that is old enough goes, and readers who were away since are told by feed_start.
void prune_feed(Writing& writing, Instant now, Duration kept, std::size_t rows) {
  auto& db = writing.db;
  const auto company = writing.company;
  auto newest = db.row("select max(at) from feed_marks where company = $1", company);
  const auto marked = newest->maybe_instant();
  if (!marked || now - *marked >= kBetweenMarks || now < *marked)
    db.change(
        "insert into feed_marks(company, at, revision) values ($1, $2, $3)"
        " on conflict do nothing",
        company, now, writing.revision);
  auto old = db.row("select max(revision) from feed_marks where company = $1 and at <= $2", company,
                    now - kept);
  const auto upto = old->maybe_number();
  if (!upto) return;
  db.change("update companies set feed_start = $2 where company = $1 and feed_start < $2", company,
            *upto);
  db.change(
      "delete from feed where company = $1 and revision in (select revision from feed"
      " where company = $1 and revision <= $2 order by revision limit $3)",
      company, *upto, rows);
  db.change("delete from feed_marks where company = $1 and revision < $2", company, *upto);
}

void prune_uploads(Writing& writing, Instant before, std::size_t rows) {
  std::vector<BlobId> blobs;
  for (auto& row :
       writing.db.rows("delete from uploads where company = $1 and id in (select id from uploads"
                       " where company = $1 and at < $2 order by at limit $3) returning blob_id",
                       writing.company, before, rows))
    blobs.push_back(row.id<BlobId>());
  drop_unused_blobs(writing.db, writing.company, blobs, writing.files_to_remove);
}

// Never past a consumer that has yet to read it.
void prune_journal(Writing& writing, Instant before, std::size_t rows) {
  writing.db.change(
      "delete from journal where company = $1 and position in (select position from journal"
      " where company = $1 and at < $2 and position <= (select coalesce(min(position),"
      "  9223372036854775807) from journal_positions where company = $1)"
      " order by at limit $3)",
      writing.company, before, rows);
}

}  // namespace

void apply(Writing& writing, const Prune& change) {
  const auto rows = Limits{}.prune_rows;
  auto& db = writing.db;
  const auto company = writing.company;
  prune_feed(writing, change.now, change.kept.feed, rows);
  prune_uploads(writing, change.now - change.kept.uploads, rows);
  prune_journal(writing, change.now - change.kept.journal, rows);
  db.change(
      "delete from idempotent_answers where company = $1 and (user_id, key) in"
      " (select user_id, key from idempotent_answers where company = $1 and at < $2"
      "  order by at limit $3)",
      company, change.now - change.kept.answers, rows);
  db.change(
      "delete from sessions where company = $1 and id in (select id from sessions"
      " where company = $1 and expires <= $2 order by expires limit $3)",
      company, change.now, rows);
  db.change(
      "delete from day_counts where company = $1 and (user_id, counted, day) in"
      " (select user_id, counted, day from day_counts where company = $1 and day < $2"
      "  order by day limit $3)",
      company, change.now - change.kept.counts, rows);
  db.change(
      "delete from errands where company = $1 and id in (select id from errands"
      " where company = $1 and created < $2 and finished is not null"
      " order by created limit $3)",
      company, change.now - change.kept.errands, rows);
  prune_merges(writing, change.now, rows);
  prune_removed_applications(writing, change.now, rows);
  prune_addings(writing, change.now, rows);
  prune_removed_files(writing, change.now, rows);
  prune_address_changes(writing, change.now, rows);
}

}  // namespace hearback::store
