#include "store/engine/schema.hpp"

#include "store/candidates/address_changes_parts.hpp"
#include "store/candidates/named.hpp"
#include "store/engine/migrations_since_closed_jobs.hpp"
#include "store/engine/search_key.hpp"
#include "store/engine/stages_of_old.hpp"
#include "store/mailboxes/quarantine.hpp"
#include "store/search/tables.hpp"

namespace hearback::store {
namespace {

// Statements end with a semicolon at the end of a line. A migration that has been released never
// changes: what is to be different comes as the next one.
constexpr std::string_view kFirst = R"(
create table installation(name {key} not null primary key, value {blob} not null) {rows};

create table companies(
  company {blob} not null primary key, name text not null, created {int} not null,
  revision {int} not null, match_revision {int} not null) {rows};

create table users(
  company {blob} not null references companies(company), id {blob} not null,
  name text not null, email text not null, email_normal {key} not null, role text not null,
  all_jobs {int} not null, active {int} not null, language text not null,
  time_zone text not null, signature_html text not null, password_hash text not null,
  primary key (company, id), unique (company, email_normal)) {rows};
create index users_by_email on users(email_normal);

create table sessions(
  company {blob} not null, id {blob} not null, user_id {blob} not null, secret_hash {key} not null,
  created {int} not null, expires {int} not null,
  primary key (company, id), unique (company, secret_hash),
  foreign key (company, user_id) references users(company, id)) {rows};

create table tokens(
  company {blob} not null, id {blob} not null, user_id {blob} not null, name text not null,
  secret_hash {key} not null, created {int} not null, last_used {int},
  primary key (company, id), unique (company, secret_hash),
  foreign key (company, user_id) references users(company, id)) {rows};

create table jobs(
  company {blob} not null references companies(company), id {blob} not null,
  title text not null, kind text not null, is_open {int} not null, changed {int} not null,
  primary key (company, id)) {rows};

create table job_team(
  company {blob} not null, job {blob} not null, user_id {blob} not null,
  primary key (company, job, user_id),
  foreign key (company, job) references jobs(company, id) on delete cascade,
  foreign key (company, user_id) references users(company, id)) {narrow};
create index job_team_by_user on job_team(company, user_id);

create table candidates(
  company {blob} not null references companies(company), id {blob} not null,
  name text not null, name_key {key} not null, created {int} not null,
  primary key (company, id)) {rows};
create index candidates_by_name on candidates(company, name_key, id);

create table candidate_addresses(
  company {blob} not null, candidate {blob} not null, normal {key} not null,
  position {int} not null, address text not null, address_key {key} not null,
  synced {int} not null, why_not text not null, since {int} not null,
  primary key (company, candidate, normal),
  foreign key (company, candidate) references candidates(company, id) on delete cascade) {rows};
create index candidate_addresses_by_normal on candidate_addresses(company, normal);

create table applications(
  company {blob} not null, id {blob} not null, candidate {blob} not null, job {blob} not null,
  phase text not null, status text not null, created {int} not null,
  primary key (company, id),
  foreign key (company, candidate) references candidates(company, id) on delete cascade,
  foreign key (company, job) references jobs(company, id)) {rows};
create index applications_by_candidate on applications(company, candidate);
create index applications_by_job on applications(company, job);

create table mailboxes(
  company {blob} not null, id {blob} not null, kind text not null, owner {blob} not null,
  address text not null, address_normal {key} not null, state text not null,
  imap_host text not null, imap_port {int} not null, imap_security text not null,
  imap_user text not null, imap_secret {blob} not null,
  smtp_host text not null, smtp_port {int} not null, smtp_security text not null,
  smtp_user text not null, smtp_secret {blob} not null,
  consent_at {int} not null, consent_version text not null, consent_language text not null,
  window_since {int} not null, connected {int} not null, saves_sent {int} not null,
  last_success {int}, last_error text not null, next_try {int},
  headers_seen {int} not null, bodies_fetched {int} not null, importing {int} not null,
  removed {int} not null,
  primary key (company, id),
  foreign key (company, owner) references users(company, id)) {rows};
create unique index mailboxes_by_address on mailboxes(company, address_normal) where removed = 0;
create index mailboxes_by_owner on mailboxes(company, owner);

create table folders(
  company {blob} not null, mailbox {blob} not null, id {blob} not null, name text not null,
  wire_name {key} not null, role text not null, role_by_user {int} not null,
  special_use text not null, uid_validity {int} not null,
  primary key (company, mailbox, id), unique (company, mailbox, wire_name),
  foreign key (company, mailbox) references mailboxes(company, id)) {rows};

create table folder_ranges(
  company {blob} not null, mailbox {blob} not null, folder {blob} not null,
  first_uid {int} not null, last_uid {int} not null, match_revision {int} not null,
  since {int} not null,
  primary key (company, mailbox, folder, first_uid),
  foreign key (company, mailbox, folder) references folders(company, mailbox, id)
    on delete cascade) {narrow};

create table import_attempts(
  company {blob} not null, mailbox {blob} not null, folder {blob} not null,
  uid_validity {int} not null, uid {int} not null, attempts {int} not null,
  reason text not null, given_up {int} not null, raw {blob}, since {int} not null,
  primary key (company, mailbox, folder, uid_validity, uid),
  foreign key (company, mailbox, folder) references folders(company, mailbox, id)
    on delete cascade) {rows};
create index import_attempts_by_raw on import_attempts(company, raw);

create table body_ledger(
  company {blob} not null, mailbox {blob} not null, number {int} not null, at {int} not null,
  folder text not null, uid_validity {int} not null, uid {int} not null, rule text not null,
  octets {int} not null,
  primary key (company, mailbox, number),
  foreign key (company, mailbox) references mailboxes(company, id)) {rows};

create table invitations(
  company {blob} not null, id {blob} not null, from_user {blob} not null, to_user {blob} not null,
  at {int} not null,
  primary key (company, id),
  foreign key (company, from_user) references users(company, id),
  foreign key (company, to_user) references users(company, id)) {rows};

create table blobs(
  company {blob} not null references companies(company), id {blob} not null,
  sealed_key {blob} not null, octets {int} not null, bytes {blob}, file text not null,
  primary key (company, id)) {rows};

create table messages(
  company {blob} not null references companies(company), id {blob} not null,
  message_id {key} not null, fingerprint {key} not null, kind text not null,
  direction text not null, subject text not null, sent_at {int}, date {int} not null,
  octets {int} not null, snippet text not null, raw {blob} not null, added {int} not null,
  primary key (company, id)) {rows};
create index messages_by_message_id on messages(company, message_id);
create index messages_by_fingerprint on messages(company, fingerprint);
create index messages_by_raw on messages(company, raw);

create table participants(
  company {blob} not null, message {blob} not null, field text not null, position {int} not null,
  name text not null, spec text not null, normal {key} not null,
  primary key (company, message, field, position),
  foreign key (company, message) references messages(company, id) on delete cascade) {narrow};

create table message_refs(
  company {blob} not null, message {blob} not null, field text not null, position {int} not null,
  message_id {key} not null,
  primary key (company, message, field, position),
  foreign key (company, message) references messages(company, id) on delete cascade) {narrow};
create index message_refs_by_message_id on message_refs(company, message_id);

create table attachments(
  company {blob} not null, message {blob} not null, position {int} not null,
  filename text not null, type text not null, octets {int} not null, content_id text not null,
  is_inline {int} not null,
  primary key (company, message, position),
  foreign key (company, message) references messages(company, id) on delete cascade) {narrow};

create table copies(
  company {blob} not null, mailbox {blob} not null, folder {blob} not null,
  uid_validity {int} not null, uid {int} not null, message {blob} not null, raw {blob} not null,
  here {int} not null,
  primary key (company, mailbox, folder, uid_validity, uid),
  foreign key (company, mailbox) references mailboxes(company, id),
  foreign key (company, message) references messages(company, id) on delete cascade) {narrow};
create index copies_by_message on copies(company, message);
create index copies_by_raw on copies(company, raw);

create table threads(
  company {blob} not null, id {blob} not null, candidate {blob} not null, kind text not null,
  subject text not null, last_at {int} not null,
  primary key (company, id),
  foreign key (company, candidate) references candidates(company, id) on delete cascade) {rows};
create index threads_by_time on threads(company, last_at, id);
create index threads_by_candidate on threads(company, candidate, last_at, id);

create table placements(
  company {blob} not null, thread {blob} not null, message {blob} not null,
  candidate {blob} not null, placed_by text not null, detail {key} not null,
  message_date {int} not null,
  primary key (company, thread, message),
  foreign key (company, thread) references threads(company, id) on delete cascade,
  foreign key (company, candidate) references candidates(company, id) on delete cascade,
  foreign key (company, message) references messages(company, id) on delete cascade) {narrow};
create index placements_by_message on placements(company, message);
create index placements_by_time on placements(company, thread, message_date, message);
create index placements_by_candidate on placements(company, candidate, message_date);

create table sealed_placements(
  company {blob} not null, thread {blob} not null, message {blob} not null,
  candidate {blob} not null, placed_by text not null, detail {key} not null,
  message_date {int} not null, thread_kind text not null, thread_subject text not null,
  sealed_at {int} not null,
  primary key (company, thread, message),
  foreign key (company, candidate) references candidates(company, id) on delete cascade,
  foreign key (company, message) references messages(company, id) on delete cascade) {rows};
create index sealed_placements_by_message on sealed_placements(company, message);
create index sealed_placements_by_candidate on sealed_placements(company, candidate);

create table outbox(
  company {blob} not null, id {blob} not null, author {blob} not null, mailbox {blob} not null,
  candidate {blob} not null, thread {blob} not null, message {blob} not null,
  message_id {key} not null, envelope_from text not null, bytes {blob} not null,
  state text not null, phase text not null, attempts {int} not null, fence {int} not null,
  created {int} not null, not_before {int} not null, lease_until {int}, sent {int},
  copy_filed {int} not null, why text not null, answer text not null,
  primary key (company, id), unique (company, message_id),
  foreign key (company, author) references users(company, id),
  foreign key (company, mailbox) references mailboxes(company, id),
  foreign key (company, candidate) references candidates(company, id) on delete cascade,
  foreign key (company, message) references messages(company, id) on delete cascade) {rows};
create index outbox_by_message on outbox(company, message);
create index outbox_by_candidate on outbox(company, candidate);
create index outbox_by_thread on outbox(company, thread, author);
create index outbox_by_bytes on outbox(company, bytes);
create index outbox_at_work on outbox(company, not_before)
  where state in ('scheduled', 'queued', 'sending', 'uncertain') or
        (state = 'sent' and copy_filed = 0);

create table outbox_recipients(
  company {blob} not null, outbox {blob} not null, position {int} not null, address text not null,
  primary key (company, outbox, position),
  foreign key (company, outbox) references outbox(company, id) on delete cascade) {narrow};

create table uploads(
  company {blob} not null, id {blob} not null, user_id {blob} not null, filename text not null,
  type text not null, blob_id {blob} not null, octets {int} not null, at {int} not null,
  primary key (company, id),
  foreign key (company, user_id) references users(company, id)) {rows};
create index uploads_by_blob on uploads(company, blob_id);

create table idempotent_answers(
  company {blob} not null, user_id {blob} not null, key {key} not null,
  request_hash text not null, status {int} not null, body text not null, at {int} not null,
  primary key (company, user_id, key),
  foreign key (company, user_id) references users(company, id)) {rows};

create table feed(
  company {blob} not null references companies(company), revision {int} not null,
  kind text not null, subject text not null, candidate {blob}, user_id {blob},
  primary key (company, revision)) {narrow};
create index feed_by_candidate on feed(company, candidate);
)";

// Rights as rows, and the rows that views are answered from (docs/decisions/0010).
constexpr std::string_view kRightsAndViews = R"(
create table mailbox_members(
  company {blob} not null, mailbox {blob} not null, kind {key} not null, member {blob} not null,
  may text not null,
  primary key (company, mailbox, kind, member),
  foreign key (company, mailbox) references mailboxes(company, id) on delete cascade) {narrow};
create index mailbox_members_by_member on mailbox_members(company, kind, member);
insert into mailbox_members(company, mailbox, kind, member, may)
  select company, id, 'user', owner, 'manage' from mailboxes;

create table thread_access(
  company {blob} not null, thread {blob} not null, user_id {blob} not null, why text not null,
  primary key (company, thread, user_id),
  foreign key (company, thread) references threads(company, id) on delete cascade,
  foreign key (company, user_id) references users(company, id)) {narrow};
create index thread_access_by_user on thread_access(company, user_id);

alter table feed add column thread {blob};
alter table feed add column mailbox {blob};

alter table threads add column is_private {int} not null default 0;
alter table threads add column messages {int} not null default 0;
alter table threads add column attachments {int} not null default 0;
alter table threads add column last_message {blob};
update threads set
  messages = (select count(*) from placements p
    where p.company = threads.company and p.thread = threads.id),
  attachments = (select count(*) from placements p join attachments f
    on f.company = p.company and f.message = p.message
    where p.company = threads.company and p.thread = threads.id and f.is_inline = 0),
  last_message = (select p.message from placements p
    where p.company = threads.company and p.thread = threads.id
    order by p.message_date desc, p.message desc limit 1);

create table thread_places(
  company {blob} not null, thread {blob} not null, place {key} not null, holder {blob} not null,
  at {int} not null, message {blob} not null,
  primary key (company, thread, place, holder),
  foreign key (company, thread) references threads(company, id) on delete cascade) {narrow};
insert into thread_places(company, thread, place, holder, at, message)
  select w.company, w.thread, w.place, w.holder, w.at, w.message from (
    select w.*, row_number() over (partition by w.company, w.thread, w.place, w.holder
      order by w.at desc, w.message desc) as nth from (
      select p.company, p.thread,
        case when m.direction = 'incoming' then 'inbox' else 'sent' end as place,
        case when m.direction = 'incoming' then k.mailbox else b.owner end as holder,
        p.message_date as at, p.message from placements p
        join messages m on m.company = p.company and m.id = p.message
        join copies k on k.company = p.company and k.message = p.message
        join mailboxes b on b.company = k.company and b.id = k.mailbox
      union select p.company, p.thread, 'sent', o.author, p.message_date, p.message
        from placements p join outbox o
        on o.company = p.company and o.message = p.message and o.thread = p.thread) w) w
  where w.nth = 1;

create table view_rows(
  company {blob} not null, place {key} not null, holder {blob} not null, audience {blob} not null,
  at {int} not null, thread {blob} not null, message {blob},
  primary key (company, place, holder, audience, at, thread),
  foreign key (company, thread) references threads(company, id) on delete cascade) {narrow};
insert into view_rows(company, place, holder, audience, at, thread, message)
  select th.company, 'all', th.company, th.company, th.last_at, th.id, th.last_message
    from threads th
  union select th.company, 'all', th.company, a.job, th.last_at, th.id, th.last_message
    from threads th join applications a on a.company = th.company and a.candidate = th.candidate
  union select th.company, pl.place, pl.holder, th.company,
    case when pl.place = 'sent' then pl.at else th.last_at end, th.id,
    case when pl.place = 'sent' then pl.message else th.last_message end
    from threads th join thread_places pl on pl.company = th.company and pl.thread = th.id
  union select th.company, pl.place, pl.holder, a.job,
    case when pl.place = 'sent' then pl.at else th.last_at end, th.id,
    case when pl.place = 'sent' then pl.message else th.last_message end
    from threads th join thread_places pl on pl.company = th.company and pl.thread = th.id
    join applications a on a.company = th.company and a.candidate = th.candidate;
create index view_rows_by_thread on view_rows(company, thread);

create table job_candidates(
  company {blob} not null, job {blob} not null, name_key {key} not null,
  candidate {blob} not null,
  primary key (company, job, name_key, candidate),
  foreign key (company, job) references jobs(company, id) on delete cascade,
  foreign key (company, candidate) references candidates(company, id) on delete cascade) {narrow};
create index job_candidates_by_candidate on job_candidates(company, candidate);
insert into job_candidates(company, job, name_key, candidate)
  select distinct a.company, a.job, c.name_key, a.candidate from applications a
    join candidates c on c.company = a.company and c.id = a.candidate;
alter table jobs add column candidates {int} not null default 0;
update jobs set candidates = (select count(*) from job_candidates n
  where n.company = jobs.company and n.job = jobs.id);
)";

// Errands: what takes longer than one commit may, done in steps. A candidate who is to be forgotten
// is hidden from the first of them on. Tables that grow have an end.
constexpr std::string_view kErrands = R"(
create table errands(
  company {blob} not null references companies(company), id {blob} not null, kind text not null,
  subject {key} not null, started_by {blob}, created {int} not null, not_before {int} not null,
  finished {int}, steps {int} not null, done {int} not null, error text not null,
  primary key (company, id)) {rows};
create index errands_unfinished on errands(company, not_before) where finished is null;
create index errands_by_time on errands(company, created);

create table forgotten_candidates(
  company {blob} not null, candidate {blob} not null, at {int} not null,
  primary key (company, candidate),
  foreign key (company, candidate) references candidates(company, id) on delete cascade) {narrow};

alter table companies add column feed_start {int} not null default 0;
create table feed_marks(
  company {blob} not null references companies(company), at {int} not null,
  revision {int} not null, primary key (company, at)) {narrow};

create index uploads_by_time on uploads(company, at);
create index idempotent_answers_by_time on idempotent_answers(company, at);
create index sessions_by_time on sessions(company, expires);
)";

// What happened, for those who act on each thing once.
constexpr std::string_view kJournal = R"(
alter table companies add column journal_position {int} not null default 0;
create table journal(
  company {blob} not null references companies(company), position {int} not null, at {int} not null,
  kind text not null, subject text not null, candidate {blob}, user_id {blob}, how text not null,
  was text not null, became text not null,
  primary key (company, position)) {narrow};
create table journal_positions(
  company {blob} not null references companies(company), consumer {key} not null,
  position {int} not null,
  primary key (company, consumer)) {narrow};
)";

// The journal is pruned by its entries' time, which isn't the order of their positions.
constexpr std::string_view kJournalByTime = R"(
create index journal_by_time on journal(company, at);
)";

// One due row per mailbox and lane; how long a message has been tried for; sending's own state.
constexpr std::string_view kOutboxLanes = R"(
alter table outbox add column waited {int} not null default 0;
alter table mailboxes add column send_error text not null default '';
create index outbox_sending on outbox(company, mailbox, not_before, created, id)
  where state in ('scheduled', 'queued', 'sending');
create index outbox_settling on outbox(company, mailbox, not_before, created, id)
  where state = 'uncertain' or (state = 'sent' and copy_filed = 0);
)";

// Since which match revision an address takes part: folders judged under an earlier one are still
// to be searched for it. What was judged under an outdated one until now is judged again, once.
constexpr std::string_view kSeeks = R"(
alter table candidate_addresses add column match_revision {int} not null default 0;
create index candidate_addresses_by_revision on candidate_addresses(company, match_revision);
update folder_ranges set match_revision = 0 where match_revision <
  (select c.match_revision from companies c where c.company = folder_ranges.company);
)";

// T-8: threads that have become part of another one, for those who still ask for them.
constexpr std::string_view kUnitedThreads = R"(
create table united_threads(
  company {blob} not null, thread {blob} not null, part_of {blob} not null,
  primary key (company, thread),
  foreign key (company, part_of) references threads(company, id) on delete cascade) {narrow};
create index united_threads_by_whole on united_threads(company, part_of);
)";

// Whether a mailbox's address is proven to be its owner's (C-13). What was connected before counts
// as proven where the owner signs in with it or is an admin; other addresses wait, and their owners
// are no longer internal by them. Candidates' addresses stay as they are, so nobody has to look
// again. Several people may claim one address, but it is proven to be one mailbox's alone.
constexpr std::string_view kAddressProofs = R"(
alter table mailboxes add column address_proof text not null default 'none';
update mailboxes set address_proof = 'admin' where exists (select 1 from users u
  where u.company = mailboxes.company and u.id = mailboxes.owner and u.role = 'admin'
  and u.active = 1) and not exists (select 1 from users u where u.company = mailboxes.company
  and u.id <> mailboxes.owner and u.email_normal = mailboxes.address_normal);
update mailboxes set address_proof = 'sign-in' where exists (select 1 from users u
  where u.company = mailboxes.company and u.id = mailboxes.owner
  and u.email_normal = mailboxes.address_normal);
drop index mailboxes_by_address;
create unique index mailboxes_proven on mailboxes(company, address_normal)
  where removed = 0 and address_proof in ('sign-in', 'admin');
create index mailboxes_by_address on mailboxes(company, address_normal) where removed = 0;
create index mailboxes_unproven on mailboxes(company, connected, id)
  where removed = 0 and address_proof = 'none';
)";

// Set before a copy is filed: a crash between the two must not be taken for the provider's doing.
constexpr std::string_view kFilingBegun = R"(
alter table outbox add column filing {int} not null default 0;
)";

// A folder that a person decided on is remembered when the server doesn't list it.
constexpr std::string_view kVanishedFolders = R"(
alter table folders add column listed {int} not null default 1;
)";

// In which threads a Message-ID is named, and the first message there that names it: so that an
// arriving message costs what there is of threads, however many messages name the same (SYNC-7). Of
// one candidate's threads as many as Limits::threads_of_reference said then. And the first of many
// messages that bear one Message-ID, or have one content, is the first in an index.
constexpr std::string_view kThreadReferences = R"(
create table thread_references(
  company {blob} not null, message_id {key} not null, candidate {blob} not null,
  thread {blob} not null, at {int} not null, message {blob} not null,
  primary key (company, message_id, candidate, thread),
  foreign key (company, thread) references threads(company, id) on delete cascade) {narrow};
create index thread_references_by_thread on thread_references(company, thread);
insert into thread_references(company, message_id, candidate, thread, at, message)
  select w.company, w.message_id, w.candidate, w.thread, w.message_date, w.message from (
    select v.*, row_number() over (partition by v.company, v.message_id, v.candidate
      order by v.message_date, v.message, v.thread) as place from (
      select p.company, r.message_id, p.candidate, p.thread, p.message_date, p.message,
        row_number() over (partition by p.company, r.message_id, p.thread
          order by p.message_date, p.message) as nth
        from placements p join message_refs r
        on r.company = p.company and r.message = p.message) v
    where v.nth = 1) w
  where w.place <= 16;
drop index messages_by_message_id;
create index messages_by_message_id on messages(company, message_id, id);
drop index messages_by_fingerprint;
create index messages_by_fingerprint on messages(company, fingerprint, message_id, id);
)";

// S-13: each folder's own state, and since when what lies there has been looked at. What is still
// to be imported is what one or the other folder says, so the mailbox says it no more. When the
// server was last seen to take a password that was entered (C-12). How much is set aside for one
// reason is counted without looking at the rest.
constexpr std::string_view kFolderStates = R"(
alter table folders add column read_since {int};
alter table folders add column rests_for text not null default '';
alter table folders add column rests_since {int};
alter table folders add column next_try {int};
update folders set read_since = (select b.window_since from mailboxes b
  where b.company = folders.company and b.id = folders.mailbox and b.importing = 0)
  where role <> 'ignored';
alter table mailboxes drop column importing;
alter table mailboxes add column imap_proven {int};
create index import_attempts_by_reason on import_attempts(company, mailbox, reason, folder);
)";

// What lists are paged by, and what is counted before one more is made.
constexpr std::string_view kBounds = R"(
create index jobs_by_state on jobs(company, is_open, id);
create index tokens_by_user on tokens(company, user_id);
create index sessions_by_user on sessions(company, user_id, created, id);
create index invitations_to on invitations(company, to_user, at);
create index outbox_by_author on outbox(company, author, created, id)
  where state in ('scheduled', 'queued', 'sending', 'uncertain', 'failed');
create index import_attempts_by_time on import_attempts(company, mailbox, since);
create index import_attempts_waiting on import_attempts(company, mailbox, folder, uid_validity, uid)
  where given_up = 0;
)";

// T-8: a thread is named by its earliest message, whichever came first.
constexpr std::string_view kThreadNames = R"(
update threads set subject = coalesce((select m.subject from placements p
  join messages m on m.company = p.company and m.id = p.message
  where p.company = threads.company and p.thread = threads.id
  order by p.message_date, p.message limit 1), subject);
)";

// Addresses taken off their candidates, while what they placed, found by address, is leaving.
constexpr std::string_view kTakenOff = R"(
create table addresses_taken_off(
  company {blob} not null, candidate {blob} not null, normal {key} not null, at {int} not null,
  primary key (company, candidate, normal),
  foreign key (company, candidate) references candidates(company, id) on delete cascade) {narrow};
create index placements_by_address on placements(company, candidate, detail, thread)
  where placed_by = 'address';
)";

// What lies below a folder for which a person chose follows at once.
constexpr std::string_view kFolderLevels = R"(
alter table folders add column delimiter text not null default '';
)";

// Whether a mailbox has brought a Message-ID is one look, however many bear it.
constexpr std::string_view kBearers = R"(
alter table copies add column message_id text not null default '';
update copies set message_id = (select m.message_id from messages m
  where m.company = copies.company and m.id = copies.message);
create index copies_by_message_id on copies(company, message_id, mailbox);
create index messages_of_ours on messages(company, message_id) where direction = 'outgoing';
create index outbox_by_message_id on outbox(company, message_id);
create index body_ledger_by_time on body_ledger(company, mailbox, at);
)";

// How much each user made on which day. A company has as many jobs as it likes, as long as not too
// many of them are open.
constexpr std::string_view kDayCounts = R"(
create table day_counts(
  company {blob} not null, user_id {blob} not null, counted {key} not null, day {int} not null,
  made {int} not null,
  primary key (company, user_id, counted, day),
  foreign key (company, user_id) references users(company, id)) {narrow};
create index day_counts_by_day on day_counts(company, day);
)";

// Blobs are sealed in frames (0: in one piece), and files are read without their messages.
constexpr std::string_view kExtents = R"(
alter table blobs add column frame_octets {int} not null default 0;
alter table attachments add column raw_at {int};
alter table attachments add column raw_octets {int};
alter table attachments add column coding text;
)";

// D-1: whose mail a quarantined message is, by its header.
constexpr std::string_view kQuarantinedAbout = R"(
create table quarantined_about(
  company {blob} not null, mailbox {blob} not null, folder {blob} not null,
  uid_validity {int} not null, uid {int} not null, candidate {blob} not null,
  primary key (company, mailbox, folder, uid_validity, uid, candidate),
  foreign key (company, mailbox, folder, uid_validity, uid)
    references import_attempts(company, mailbox, folder, uid_validity, uid)
    on delete cascade) {narrow};
create index quarantined_about_by_candidate on quarantined_about(company, candidate);
)";

// M-8. A conversation lies, in its reader's own views, under whose turn it is: the place's word is
// followed by it. `answered`: the newest of ours that stands as an answer; `asked_at`: the oldest
// that asks for one since.
constexpr std::string_view kTriage = R"(
alter table threads add column answered {blob};
alter table threads add column asked_at {int};
create table thread_done(
  company {blob} not null, thread {blob} not null, user_id {blob} not null, at {int} not null,
  last_at {int} not null,
  primary key (company, thread, user_id),
  foreign key (company, thread) references threads(company, id) on delete cascade,
  foreign key (company, user_id) references users(company, id)) {narrow};
create index thread_done_by_user on thread_done(company, user_id);
update threads set answered = (select p.message from placements p
  join messages m on m.company = p.company and m.id = p.message
  where p.company = threads.company and p.thread = threads.id and m.direction = 'outgoing'
  and m.kind <> 'automatic'
  and not exists (select 1 from outbox o where o.company = p.company and o.message = p.message
    and o.thread = p.thread and o.state in ('uncertain', 'bounced', 'failed', 'cancelled'))
  order by p.message_date desc, p.message desc limit 1);
update threads set asked_at = (select min(p.message_date) from placements p
  join messages m on m.company = p.company and m.id = p.message
  left join messages o on o.company = p.company and o.id = threads.answered
  where p.company = threads.company and p.thread = threads.id and m.direction = 'incoming'
  and m.kind in ('human', 'bounce') and (o.id is null
    or exists (select 1 from message_refs r where r.company = p.company and r.message = m.id
      and r.message_id = o.message_id)
    or (p.message_date > o.date and not exists (select 1 from message_refs r
      where r.company = p.company and r.message = o.id and r.message_id = m.message_id))))
  where kind = 'conversation';
update view_rows set place = place || case when (select th.asked_at from threads th
    where th.company = view_rows.company and th.id = view_rows.thread) is null
    then '-waiting' else '-to-answer' end
  where place <> 'all';
)";

// M-7: what somebody hasn't read; `at` is the date of the newest of it.
constexpr std::string_view kUnread = R"(
create table thread_unread(
  company {blob} not null, user_id {blob} not null, thread {blob} not null, at {int} not null,
  primary key (company, user_id, thread),
  foreign key (company, thread) references threads(company, id) on delete cascade,
  foreign key (company, user_id) references users(company, id)) {narrow};
create index thread_unread_by_thread on thread_unread(company, thread);
)";

// In which order messages came to each thread: a date doesn't say it. Threads begin at 1, which all
// that lay there before this was counted bears, too.
constexpr std::string_view kCame = R"(
alter table threads add column came {int} not null default 1;
alter table placements add column came {int} not null default 1;
alter table thread_unread add column came {int} not null default 1;
)";

// Where somebody goes on from a conversation that they answered or put away.
constexpr std::string_view kAfterAnswer = R"(
alter table users add column after_answer text not null default 'next';
)";

// What came to somebody is read where it stands on a screen; what they marked as unread isn't.
constexpr std::string_view kMarkedUnread = R"(
alter table thread_unread add column marked {int} not null default 0;
)";

// A candidate's messages in the order of their timeline (M-9), however many have one date.
constexpr std::string_view kTimeline = R"(
drop index placements_by_candidate;
create index placements_by_candidate on placements(company, candidate, message_date, message);
)";

// M-2: who follows whom, and which job.
constexpr std::string_view kFollows = R"(
create table candidate_follows(
  company {blob} not null, user_id {blob} not null, candidate {blob} not null, at {int} not null,
  primary key (company, user_id, candidate),
  foreign key (company, candidate) references candidates(company, id) on delete cascade,
  foreign key (company, user_id) references users(company, id)) {narrow};
create index candidate_follows_by_candidate on candidate_follows(company, candidate, at);
create table job_follows(
  company {blob} not null, user_id {blob} not null, job {blob} not null, at {int} not null,
  primary key (company, user_id, job),
  foreign key (company, job) references jobs(company, id) on delete cascade,
  foreign key (company, user_id) references users(company, id)) {narrow};
create index job_follows_by_job on job_follows(company, job);
)";

// S-5: the match revision whose addresses all that a mailbox's window reaches was searched for.
constexpr std::string_view kSearched = R"(
alter table mailboxes add column searched {int} not null default 0;
create index mailboxes_by_search on mailboxes(company, searched)
  where removed = 0 and address_proof in ('sign-in', 'admin');
create index folders_resting on folders(company, mailbox) where rests_for <> '';
)";

// What a migration says in SQL, and does beyond it.
struct Migration {
  std::string_view sql;
  void (*also)(Db&) = nullptr;
  std::string_view then = {};
};

constexpr Migration kMigrations[] = {
    {kFirst},
    {kRightsAndViews},
    {kErrands},
    {kJournal},
    {kJournalByTime},
    {kOutboxLanes},
    {kSeeks},
    {kUnitedThreads},
    {kAddressProofs},
    {kFilingBegun},
    {kVanishedFolders},
    {kThreadReferences},
    {kFolderStates},
    {kBounds},
    {kThreadNames},
    {kTakenOff},
    {kFolderLevels},
    {kBearers},
    {kDayCounts},
    {"", renew_search_keys},  // accents don't matter any more in what is looked for
    {kExtents},
    {kQuarantinedAbout, note_unknown},
    {kTriage},
    {kUnread},
    {kCame},
    {kAfterAnswer},
    {kMarkedUnread},
    {kTimeline},
    {kFollows},
    {kSearched},
    {kPeople},
    {kClosedJobs},
    {kStages, name_stages, kApplicationsByStage},
    {"", add_search},
    {kArchive},
    {kMarksOfThoseWhoLeft},
    {"", index_again},
    {kCandidateWords, name_all},
    {kCorrections},
    {kNonCandidates},
    {kMergedCandidates},
    {kPictures},
    {kExternalIds, name_job_keys, kJobsByTitle},
    {kFileContents, add_contents},
    {kErrandsReach},
    {kAddedAndTakenOut},
    {kCandidateFiles},
    {kNarrowedLists},
    {kNeverSynced},
    {kPast},
    {kLongestWaiting},
    {kMissed},
    {kJudgedOnceMore},
    {kReopened},
    {kAddressChanges, note_addresses_of_old},
    {kRemovedFiles},
    {kLookedThrough},
    {kAwake},
    {"", add_file_documents},
    {kToldInJobs, note_jobs_of_old, kToldGoesBack},
};

void run_all(const Database& database, Db& db, std::string_view migration) {
  while (!migration.empty()) {
    const auto end = migration.find(";\n");
    auto statement = trim(migration.substr(0, end));
    if (!statement.empty()) db.run(database.in_dialect(statement), {});
    migration.remove_prefix(end == migration.npos ? migration.size() : end + 2);
  }
}

// Changing the schema looks at every row of every table: not where there is nothing to change.
bool is_at(Database& database, int number) {
  try {
    bool there = false;
    database.read([&](Db& db) {
      auto found = db.row("select coalesce(max(number), 0) from schema_migrations");
      there = found->number() == number;
    });
    return there;
  } catch (const Refused&) {
    return false;  // a new database, or one that says below what ails it
  }
}

}  // namespace

int newest_schema() { return static_cast<int>(std::size(kMigrations)); }

void migrate(Database& database, int upto) {
  if (is_at(database, upto)) return;
  database.change_schema([&](Db& db) {
    db.run(database.in_dialect("create table if not exists schema_migrations("
                               "number {int} not null primary key) {rows}"),
           {});
    const auto found = db.row("select coalesce(max(number), 0) from schema_migrations");
    const auto present = static_cast<int>(Row(*found).number());
    if (present > newest_schema())
      refuse(Kind::permanent, "store.newer-schema",
             "This database was last used by a newer version of Hearback (schema " +
                 std::to_string(present) + ", this version knows " +
                 std::to_string(newest_schema()) + ").",
             "Start the newer version, or restore a backup made before the upgrade.");
    for (int number = present + 1; number <= upto; ++number) {
      const auto& migration = kMigrations[number - 1];
      run_all(database, db, migration.sql);
      if (migration.also) migration.also(db);
      run_all(database, db, migration.then);
      db.change("insert into schema_migrations(number) values ($1)", number);
    }
  });
}

}  // namespace hearback::store
