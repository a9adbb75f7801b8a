#pragma once
// The migrations that made rows of the texts which applications had as phase and status, and of
// when they came into their job.
#include <string_view>

#include "store/engine/db.hpp"

namespace hearback::store {

// O-5: phases and statuses are their job's rows, and applications name them; who moved which one
// when is kept with the candidate. `stage_words`: what the texts that applications held have
// become.
inline constexpr std::string_view kStages = R"(
alter table jobs add column version {int} not null default 1;
create table job_stages(
  company {blob} not null, job {blob} not null, id {blob} not null, kind text not null,
  position {int} not null, name text not null,
  primary key (company, job, id),
  foreign key (company, job) references jobs(company, id) on delete cascade) {rows};
create table stage_words(
  company {blob} not null, job {blob} not null, kind text not null, word text not null,
  stage {blob} not null) {rows};
create table application_moves(
  company {blob} not null, id {blob} not null, candidate {blob} not null,
  application {blob} not null, job {blob} not null, at {int} not null, moved_by {blob},
  how text not null, from_phase text not null, to_phase text not null, from_status text not null,
  to_status text not null,
  primary key (company, id),
  foreign key (company, candidate) references candidates(company, id) on delete cascade) {rows};
create index application_moves_by_candidate on application_moves(company, candidate, at, id);
)";
inline constexpr std::string_view kApplicationsByStage = R"(
create table applications_new(
  company {blob} not null, id {blob} not null, candidate {blob} not null, job {blob} not null,
  phase {blob} not null, status {blob} not null, created {int} not null, moved_at {int},
  moved_by {blob},
  primary key (company, id),
  foreign key (company, candidate) references candidates(company, id) on delete cascade,
  foreign key (company, job) references jobs(company, id),
  foreign key (company, job, phase) references job_stages(company, job, id),
  foreign key (company, job, status) references job_stages(company, job, id)) {rows};
insert into applications_new(company, id, candidate, job, phase, status, created)
  select a.company, a.id, a.candidate, a.job, p.stage, s.stage, a.created from applications a
  join stage_words p on p.company = a.company and p.job = a.job and p.kind = 'phase'
    and p.word = a.phase
  join stage_words s on s.company = a.company and s.job = a.job and s.kind = 'status'
    and s.word = a.status;
drop table applications;
alter table applications_new rename to applications;
drop table stage_words;
create index applications_by_candidate on applications(company, candidate);
create index applications_by_phase on applications(company, job, phase);
create index applications_by_status on applications(company, job, status);
)";

// Between the two: every job gets those that a new one begins with, in the language of who came
// first, and after them whatever else its applications were in.
void name_stages(Db& db);

// M-9: what there is to tell of how candidates came into their jobs, and out of them, from before
// that was noted. Nobody knows any more who added them.
void note_jobs_of_old(Db& db);

}  // namespace hearback::store
