#pragma once
// The texts of the later migrations; the earlier ones stand in schema.cpp.
#include <string_view>

namespace hearback::store {

// O-5: links that set a password; sessions that are told apart; tokens that end, new ones alone.
inline constexpr std::string_view kPeople = R"(
create table user_links(
  company {blob} not null, user_id {blob} not null, secret_hash {key} not null,
  made_by {blob} not null, made {int} not null, expires {int} not null,
  primary key (company, user_id), unique (company, secret_hash),
  foreign key (company, user_id) references users(company, id)) {rows};
alter table sessions add column device text not null default '';
alter table sessions add column last_used {int};
alter table tokens add column expires {int};
alter table tokens add column may_write {int} not null default 1;
create index outbox_waiting on outbox(company, author) where state in ('scheduled', 'queued');
)";

// S-6: since when a job is closed, when it was caught up with, and since which match revision.
inline constexpr std::string_view kClosedJobs = R"(
alter table jobs add column closed {int};
alter table jobs add column caught_up {int} not null default 0;
alter table jobs add column match_revision {int} not null default 0;
update jobs set closed = changed where is_open = 0;
create index jobs_by_revision on jobs(company, match_revision) where match_revision > 0;
create table skipped_mail(
  company {blob} not null, candidate {blob} not null, day {int} not null,
  messages {int} not null, at {int} not null,
  primary key (company, candidate, day),
  foreign key (company, candidate) references candidates(company, id) on delete cascade) {narrow};
)";

// M-2: what somebody has put away lies in the team's archive.
inline constexpr std::string_view kArchive = R"(
insert into view_rows(company, place, holder, audience, at, thread, message)
  select v.company, 'archived', v.holder, v.audience, v.at, v.thread, v.message from view_rows v
  where v.place = 'all' and exists (select 1 from thread_done d
    where d.company = v.company and d.thread = v.thread);
)";

// Nobody takes back what a colleague who has left has put away.
inline constexpr std::string_view kMarksOfThoseWhoLeft = R"(
delete from thread_done where exists (select 1 from users u
  where u.company = thread_done.company and u.id = thread_done.user_id and u.active = 0);
delete from view_rows where place = 'archived' and not exists (select 1 from thread_done d
  where d.company = view_rows.company and d.thread = view_rows.thread);
)";

// M-6: the words by which candidates are found, instead of texts that each is looked for in.
inline constexpr std::string_view kCandidateWords = R"(
create table candidate_words(
  company {blob} not null, candidate {blob} not null, word {key} not null,
  primary key (company, candidate, word),
  foreign key (company, candidate) references candidates(company, id) on delete cascade) {narrow};
create index candidate_words_by_word on candidate_words(company, word, candidate);
alter table candidate_addresses drop column address_key;
)";

// T-5: what people have moved from one conversation to another, or split off; and what is needed to
// take it back: which messages, and why they lay there, which links led to a conversation that was
// emptied, who had put the two away, and who had unread what of them.
inline constexpr std::string_view kCorrections = R"(
alter table threads add column by_hand {int} not null default 0;
create table corrections(
  company {blob} not null, id {blob} not null, candidate {blob} not null, number {int} not null,
  from_thread {blob} not null, into_thread {blob} not null, user_id {blob} not null,
  at {int} not null, whole {int} not null, emptied {int} not null,
  kind text not null, undone {int} not null default 0, undone_by {blob},
  primary key (company, id),
  foreign key (company, candidate) references candidates(company, id) on delete cascade,
  foreign key (company, user_id) references users(company, id)) {rows};
create index corrections_by_candidate on corrections(company, candidate, number);
create index corrections_by_from on corrections(company, from_thread);
create index corrections_by_into on corrections(company, into_thread);
create table corrected_messages(
  company {blob} not null, message {blob} not null, correction {blob} not null,
  placed_by text not null, detail {key} not null,
  primary key (company, message, correction),
  foreign key (company, message) references messages(company, id) on delete cascade,
  foreign key (company, correction) references corrections(company, id) on delete cascade) {narrow};
create index corrected_messages_by_correction on corrected_messages(company, correction);
create table corrected_links(
  company {blob} not null, correction {blob} not null, thread {blob} not null,
  primary key (company, correction, thread),
  foreign key (company, correction) references corrections(company, id) on delete cascade) {narrow};
create table corrected_done(
  company {blob} not null, correction {blob} not null, thread {blob} not null,
  user_id {blob} not null, at {int} not null, last_at {int} not null,
  primary key (company, correction, thread, user_id),
  foreign key (company, correction) references corrections(company, id) on delete cascade) {narrow};
create table corrected_unread(
  company {blob} not null, correction {blob} not null, thread {blob} not null,
  user_id {blob} not null, at {int} not null, marked {int} not null,
  primary key (company, correction, thread, user_id),
  foreign key (company, correction) references corrections(company, id) on delete cascade) {narrow};
)";

// M-3: people who are written with and are no candidates; and of those who became one, how they
// were before.
inline constexpr std::string_view kNonCandidates = R"(
alter table candidates add column non_candidate {int} not null default 0;
alter table candidates add column keeper {blob};
drop index candidates_by_name;
create index candidates_by_name on candidates(company, name_key, id) where non_candidate = 0;
create table taken_over(
  company {blob} not null, candidate {blob} not null, address text not null, normal {key} not null,
  keeper {blob}, user_id {blob} not null, at {int} not null,
  primary key (company, candidate),
  foreign key (company, candidate) references candidates(company, id) on delete cascade) {rows};
)";

// O-5: candidates who have become part of another one (`part_of`; `stands`: who that is by now,
// where it became part of a further one), and what is needed to take that back: which conversations
// were theirs, what both had of addresses, and of the merged one's what there may be once for each
// job, follower or day.
inline constexpr std::string_view kMergedCandidates = R"(
create table merged_candidates(
  company {blob} not null, merged {blob} not null, part_of {blob} not null, stands {blob} not null,
  number {int} not null, name text not null, kept_name text not null, created {int} not null,
  merged_by {blob} not null, at {int} not null, undo_until {int}, corrected {int} not null,
  primary key (company, merged),
  foreign key (company, stands) references candidates(company, id) on delete cascade,
  foreign key (company, merged_by) references users(company, id)) {rows};
create index merged_candidates_by_part on merged_candidates(company, part_of, number);
create index merged_candidates_by_whole on merged_candidates(company, stands);
create index merged_candidates_undoable on merged_candidates(company, undo_until)
  where undo_until is not null;
create table merged_threads(
  company {blob} not null, merged {blob} not null, thread {blob} not null,
  primary key (company, merged, thread),
  foreign key (company, merged) references merged_candidates(company, merged)
    on delete cascade) {narrow};
create index merged_threads_by_thread on merged_threads(company, thread);
create table merged_addresses(
  company {blob} not null, merged {blob} not null, candidate {blob} not null, normal {key} not null,
  position {int} not null, address text not null, synced {int} not null, why_not text not null,
  since {int} not null, match_revision {int} not null,
  primary key (company, merged, candidate, normal),
  foreign key (company, merged) references merged_candidates(company, merged)
    on delete cascade) {narrow};
create table merged_applications(
  company {blob} not null, merged {blob} not null, id {blob} not null, job {blob} not null,
  phase {blob} not null, status {blob} not null, created {int} not null, moved_at {int},
  moved_by {blob},
  primary key (company, merged, id),
  foreign key (company, merged) references merged_candidates(company, merged)
    on delete cascade) {narrow};
create table merged_moves(
  company {blob} not null, merged {blob} not null, application {blob} not null,
  primary key (company, merged, application),
  foreign key (company, merged) references merged_candidates(company, merged)
    on delete cascade) {narrow};
create table merged_follows(
  company {blob} not null, merged {blob} not null, user_id {blob} not null, at {int} not null,
  followed_both {int} not null,
  primary key (company, merged, user_id),
  foreign key (company, merged) references merged_candidates(company, merged)
    on delete cascade) {narrow};
create table merged_skipped(
  company {blob} not null, merged {blob} not null, day {int} not null, messages {int} not null,
  at {int} not null,
  primary key (company, merged, day),
  foreign key (company, merged) references merged_candidates(company, merged)
    on delete cascade) {narrow};
)";

// Pictures that were loaded from where a message says they lie (SEC2).
inline constexpr std::string_view kPictures = R"(
create table pictures(
  company {blob} not null, message {blob} not null, id {blob} not null, type text not null,
  blob_id {blob} not null, at {int} not null,
  primary key (company, message, id),
  foreign key (company, message) references messages(company, id) on delete cascade) {narrow};
create index pictures_by_blob on pictures(company, blob_id);
)";

// O-3: what another system calls things, which of two had it first by its number; and by which jobs
// are found by their title.
inline constexpr std::string_view kExternalIds = R"(
create table external_ids(
  company {blob} not null, kind text not null, external_id {key} not null, object {blob} not null,
  number {int} not null,
  primary key (company, kind, external_id, object)) {narrow};
create unique index external_ids_by_object on external_ids(company, object);
create index merged_applications_by_id on merged_applications(company, id);
alter table jobs add column title_key {key} not null default '';
)";
inline constexpr std::string_view kJobsByTitle =
    "create index jobs_by_title on jobs(company, title_key, is_open, id)";

// M-6: what stands in files, once it was read; and whose files wait for that (1), or for a program
// that reads them (2).
inline constexpr std::string_view kFileContents = R"(
create table file_contents(
  company {blob} not null, message {blob} not null, position {int} not null,
  blob_id {blob} not null,
  primary key (company, message, position),
  foreign key (company, message) references messages(company, id) on delete cascade) {narrow};
create index file_contents_by_blob on file_contents(company, blob_id);
alter table search_documents add column files_unread {int} not null default 0;
alter table search_documents add column files_begun {int} not null default 0;
)";

// How far an errand has looked through what it is about (0059). And what was sealed before such
// files rested (store/search/waiting_files.hpp) does so, too.
inline constexpr std::string_view kErrandsReach = R"(
alter table errands add column reached {blob};
drop index thread_done_by_user;
create index thread_done_by_user on thread_done(company, user_id, thread);
update search_documents set files_unread = -files_unread where files_unread > 0
  and not exists (select 1 from placements p where p.company = search_documents.company
    and p.message = search_documents.message);
)";

// M-3: with whom an exchange was, of those that were added to a candidate, and who kept it; how
// much had come to its conversations by then, and what was written after it: by a number, since
// clocks go back.
// O-5: applications that were taken out of their job, as they were.
inline constexpr std::string_view kAddedAndTakenOut = R"(
alter table merged_candidates add column non_candidate {int} not null default 0;
alter table merged_candidates add column keeper {blob};
alter table merged_threads add column came {int} not null default 0;
alter table outbox add column number {int} not null default 0;
create table removed_applications(
  company {blob} not null, id {blob} not null, candidate {blob} not null, job {blob} not null,
  phase {blob} not null, status {blob} not null, created {int} not null, moved_at {int},
  moved_by {blob}, external_id text not null, removed_by {blob}, at {int} not null,
  number {int} not null,
  primary key (company, id)) {rows};
create index removed_applications_by_candidate on removed_applications(company, candidate);
create index removed_applications_by_age on removed_applications(company, at);
)";

// M-9, W-9: files that lie on a profile without a message; on whose they were put, before any
// merge.
inline constexpr std::string_view kCandidateFiles = R"(
create table candidate_files(
  company {blob} not null, id {blob} not null, candidate {blob} not null, put_on {blob} not null,
  filename text not null, type text not null, blob_id {blob} not null, octets {int} not null,
  added_by {blob} not null, at {int} not null,
  primary key (company, id),
  foreign key (company, candidate) references candidates(company, id),
  foreign key (company, added_by) references users(company, id)) {rows};
create index candidate_files_by_candidate on candidate_files(company, candidate, at);
create index candidate_files_by_blob on candidate_files(company, blob_id);
)";

// M-2: what waits for an answer of any of us, and up to what date one had put it away who sees it
// no more; what one hasn't read, by its age; and whom the messages of a thread are from, to or cc.
inline constexpr std::string_view kNarrowedLists = R"(
alter table threads add column settled_at {int};
insert into view_rows(company, place, holder, audience, at, thread, message)
  select v.company, v.place || '-to-answer', v.holder, v.audience, v.at, v.thread, v.message
    from view_rows v join threads th on th.company = v.company and th.id = v.thread
    where v.place in ('all', 'non-candidates') and th.asked_at is not null
    and not exists (select 1 from thread_done d where d.company = v.company
      and d.thread = v.thread);
create index thread_unread_by_age on thread_unread(company, user_id, at, thread);
create table thread_people(
  company {blob} not null, thread {blob} not null, normal {key} not null,
  primary key (company, thread, normal),
  foreign key (company, thread) references threads(company, id) on delete cascade) {narrow};
insert into thread_people(company, thread, normal)
  select distinct p.company, p.thread, f.normal from placements p join participants f
    on f.company = p.company and f.message = p.message where f.field in ('from', 'to', 'cc')
    and f.normal <> '' and length(f.normal) <= 320;
create index thread_people_by_address on thread_people(company, normal, thread);
)";

// C-14: with whom a mailbox's owner keeps mail from Hearback; how often all was to be judged anew
// since somebody was named no longer, and which of it was; and the ledger as it is paged through.
inline constexpr std::string_view kNeverSynced = R"(
alter table mailboxes add column judged_anew {int} not null default 0;
alter table folder_ranges add column judged_anew {int} not null default 0;
drop index body_ledger_by_time;
create index body_ledger_by_time on body_ledger(company, mailbox, at, number);
create table never_synced(
  company {blob} not null, mailbox {blob} not null, normal {key} not null, written text not null,
  primary key (company, mailbox, normal),
  foreign key (company, mailbox) references mailboxes(company, id)) {narrow};
create index body_ledger_withheld on body_ledger(company, mailbox, uid_validity, uid)
  where rule = 'never-synced';
)";

// C-14: who added an address that no other candidate had, and since when it is taken off, or was
// until; of whom it was taken off, as long as that may be undone, and before a merge; what owners
// of mailboxes were asked about the past of it, until when that reaches, at which revision they
// were shown it, what they said, and by which count of `judged_anew` their mailbox looks for it; by
// which count all of a mailbox is judged.
inline constexpr std::string_view kPast = R"(
alter table mailboxes add column past text not null default 'ask';
alter table mailboxes add column judged_to {int} not null default 0;
alter table candidate_addresses add column added_by {blob};
alter table merged_addresses add column added_by {blob};
create table added_addresses(
  company {blob} not null, normal {key} not null, added_by {blob}, since {int} not null,
  left_at {int}, back_at {int},
  primary key (company, normal),
  foreign key (company, added_by) references users(company, id)) {narrow};
create table taken_off_addresses(
  company {blob} not null, normal {key} not null, candidate {blob} not null, at {int} not null,
  primary key (company, normal, candidate)) {narrow};
create index taken_off_addresses_by_age on taken_off_addresses(company, at);
create index taken_off_addresses_by_candidate on taken_off_addresses(company, candidate);
create table merged_taken_off(
  company {blob} not null, merged {blob} not null, candidate {blob} not null, normal {key} not null,
  at {int} not null,
  primary key (company, merged, candidate, normal),
  foreign key (company, merged) references merged_candidates(company, merged)
    on delete cascade) {narrow};
create table past_requests(
  company {blob} not null, mailbox {blob} not null, normal {key} not null, state text not null,
  until {int} not null, shown {int} not null, at {int} not null, answered {int},
  judged_anew {int} not null default 0,
  primary key (company, mailbox, normal),
  foreign key (company, mailbox) references mailboxes(company, id)) {narrow};
create index past_requests_by_address on past_requests(company, normal);
create index past_requests_asked on past_requests(company, mailbox, shown) where state = 'asked';
)";

// M-8: what is to be answered, by how long it has waited.
inline constexpr std::string_view kLongestWaiting = R"(
insert into view_rows(company, place, holder, audience, at, thread, message)
  select v.company, replace(v.place, '-to-answer', '-longest-to-answer'), v.holder, v.audience,
    -th.asked_at, v.thread, v.message
    from view_rows v join threads th on th.company = v.company and th.id = v.thread
    where v.place in ('inbox-to-answer', 'sent-to-answer', 'all-to-answer',
      'non-candidates-to-answer') and th.asked_at is not null;
create index threads_asked_by_candidate on threads(company, candidate) where asked_at is not null;
)";

// T-3: whether others were settled while the folder hadn't been looked through. Until now that was
// known in memory alone, as was which answers wait for what they answer: all is judged once more.
inline constexpr std::string_view kMissed = R"(
alter table folders add column missed {int} not null default 0;
update folder_ranges set match_revision = 0;
)";

// S-10: a start is to look at all headers no more. What was settled before may have been passed
// over by what is mended since, so all is judged once more.
inline constexpr std::string_view kJudgedOnceMore = R"(
update folder_ranges set match_revision = 0;
)";

// S-6: under which match revision a job was last opened without looking for what came meanwhile.
inline constexpr std::string_view kReopened = R"(
alter table jobs add column reopened {int} not null default 0;
)";

// M-9: which addresses a candidate got and lost. `put_on`: whose it was before a merge; `merged`:
// by whose merge it came; `due`: when it is looked whether its address may be told any longer, null
// once it tells none.
inline constexpr std::string_view kAddressChanges = R"(
create table address_changes(
  company {blob} not null, id {blob} not null, candidate {blob} not null, put_on {blob} not null,
  address text not null, normal {key} not null, added {int} not null, at {int} not null,
  changed_by {blob}, how text not null, merged {blob}, due {int},
  primary key (company, id),
  foreign key (company, candidate) references candidates(company, id) on delete cascade,
  foreign key (company, changed_by) references users(company, id)) {rows};
create index address_changes_by_candidate on address_changes(company, candidate, at, id);
create index address_changes_by_address on address_changes(company, normal);
create index address_changes_due on address_changes(company, due) where due is not null;
)";

// W-9: files that were removed from a profile, as long as they can be put back.
inline constexpr std::string_view kRemovedFiles = R"(
create table removed_files(
  company {blob} not null, id {blob} not null, candidate {blob} not null, put_on {blob} not null,
  filename text not null, type text not null, blob_id {blob} not null, octets {int} not null,
  added_by {blob} not null, at {int} not null, removed_at {int} not null,
  primary key (company, id),
  foreign key (company, candidate) references candidates(company, id),
  foreign key (company, added_by) references users(company, id)) {rows};
create index removed_files_by_candidate on removed_files(company, candidate);
create index removed_files_by_blob on removed_files(company, blob_id);
create index removed_files_by_age on removed_files(company, removed_at);
)";

// S-10: when the last look at all of a mailbox began. None that is known did.
inline constexpr std::string_view kLookedThrough = R"(
alter table mailboxes add column looked_through {int} not null default 0;
)";

// S-6: under which match revision a candidate last came to rest no longer, unless by a job's being
// opened (kReopened).
inline constexpr std::string_view kAwake = R"(
alter table candidates add column reopened {int} not null default 0;
)";

// M-9, O-5: what became of an application: moved, or added to its job, taken out of it, put back;
// and merges that were undone, told on both profiles.
inline constexpr std::string_view kToldInJobs = R"(
alter table application_moves add column what text not null default 'moved';
create table undone_merges(
  company {blob} not null, id {blob} not null, merged {blob} not null, kept {blob} not null,
  merged_name text not null, kept_name text not null, at {int} not null, changed_by {blob} not null,
  undone {int} not null,
  primary key (company, id),
  foreign key (company, changed_by) references users(company, id)) {rows};
create index undone_merges_by_merged on undone_merges(company, merged);
create index undone_merges_by_kept on undone_merges(company, kept);
)";
// Whoever had become part of another one takes along what is told of them when that is undone.
inline constexpr std::string_view kToldGoesBack = R"(
insert into merged_moves(company, merged, application)
  with recursive part(company, application, merged) as (
    select company, id, candidate from removed_applications
    union select company, id, merged from merged_applications
    union select p.company, p.application, g.part_of from part p join merged_candidates g
      on g.company = p.company and g.merged = p.merged)
  select p.company, p.merged, p.application from part p join merged_candidates g
    on g.company = p.company and g.merged = p.merged where g.undo_until is not null
  on conflict do nothing;
)";

}  // namespace hearback::store
