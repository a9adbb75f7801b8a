#pragma once
// What becomes of a line of a file of candidates or of jobs (O-3)? The same answer for a dry run
// and for the import itself: `known` is what there is, as far as the asker may see it, and each
// line that was judged adds to it, so that the next one finds what this one made.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"
#include "rules/imported_columns.hpp"
#include "rules/nouns.hpp"
#include "rules/stages.hpp"

namespace hearback::rules {

// ---- what a line says
// ----------------------------------------------------------------------------

struct Line {
  std::size_t number = 0;  // in the file, where it begins; the first is 1
  // Candidates.
  std::string name, external_id, job, phase, status;
  std::vector<std::string> addresses;  // as written
  // Jobs.
  std::string title, kind;
  std::vector<std::string> phases, team;
  bool too_long = false;   // it has cells beyond the last column
  bool too_many = false;   // more addresses, phases or colleagues than there may be; the rest isn't
                           // read
  std::size_t before = 0;  // the first line of the file that names the same one; 0: none
};
// `cells`: of a line, as they stand in the file. An empty one says nothing.
Line read_line(std::size_t number, std::span<const Column> columns,
               std::span<const std::string> cells);

// What lines name, to be asked for: addresses, and colleagues', in their normal form.
struct NamesOfLines {
  std::set<std::string> candidates, jobs;  // external ids
  std::set<std::string> titles;            // folded
  std::set<std::string> addresses, colleagues;
};
void add_names(Imported what, const Line& line, NamesOfLines& names);

// For each line the first earlier ones that name the same person or job: by their positions.
std::vector<std::vector<std::size_t>> named_before(Imported what, std::span<const Line> lines);

// ---- what there is
// -------------------------------------------------------------------------------

struct KnownJob {
  Job job;
  std::vector<UserId> team;
  Stages stages;
  std::uint64_t version = 0;
};
struct KnownPerson {
  Candidate candidate;
  std::vector<Application> applications;  // in jobs that the asker may see
};
struct KnownOfLines {
  bool sees_all_jobs = false;
  std::map<CandidateId, KnownPerson> people;
  std::map<std::string, CandidateId> people_by_id;            // external
  std::multimap<std::string, CandidateId> people_by_address;  // normal form
  std::map<JobId, KnownJob> jobs;
  std::map<std::string, JobId> jobs_by_id;          // external
  std::multimap<std::string, JobId> jobs_by_title;  // folded
  std::set<std::string> internal;                   // addresses that are colleagues' or mailboxes'
  std::map<std::string, UserId> colleagues;         // by the address that they sign in with
  std::size_t candidates_left = 0, jobs_left = 0, open_jobs_left = 0;  // that may still be made
};

// ---- what becomes of it
// --------------------------------------------------------------------------

enum class Outcome { made, changed, same, refused };

// One thing that the line sets: `what` is a column's word. `from` is empty where nothing was there.
struct LineChange {
  std::string what, from, to;
};
// What is done and may not be what was meant.
enum class Warning {
  internal_address,  // I-1: it is stored, and takes no part in matching; `detail` is which
  by_address,        // the line was matched by this address, not by its external id
  repeated,          // an earlier line names the same one; `detail` is its number
  other_name,        // matched by an address alone: they stay called `detail`
};
struct LineWarning {
  Warning warning;
  std::string detail;
};

struct CandidatePlan {
  CandidateId id;
  std::string name;                        // empty: stays
  std::vector<CandidateAddress> added;     // to those that are there
  std::string external_id;                 // to be set; empty: stays
  std::optional<Application> application;  // a new one
  std::optional<Application> moved;        // one that was there; where to
  StageId seen_phase, seen_status;
  bool put = false;  // name or addresses change, or it is new
};
struct JobPlan {
  Job job;
  std::vector<UserId> team;   // of a new one
  std::vector<UserId> added;  // to the team of one that is there
  std::optional<JobKind> kind;
  std::string external_id;
  std::optional<std::vector<Stage>> phases;  // whole list
  std::uint64_t version = 0;
  bool made = false;
  bool first = false;   // no job that the asker sees was called so
  bool titled = false;  // or phases
};

struct LineVerdict {
  std::size_t number = 0;
  Outcome outcome = Outcome::refused;
  std::string name;  // whom or what the line names
  std::string id;    // of the candidate or job that was there; empty: there was none
  std::optional<Error> problem;
  std::string detail;  // what the problem is about: a title, a phase, an address
  std::vector<LineChange> changes;
  std::vector<LineWarning> warnings;
  std::optional<CandidatePlan> candidate;
  std::optional<JobPlan> job;
};

// Ids for what is made.
struct NewIds {
  CandidateId candidate;
  ApplicationId application;
  JobId job;
  std::vector<StageId> stages;  // as many as the line has phases
};

LineVerdict judge_candidate(const Line& line, KnownOfLines& known, const NewIds& ids, Instant now);
LineVerdict judge_job(const Line& line, KnownOfLines& known, const NewIds& ids, UserId maker,
                      std::string_view language);

}  // namespace hearback::rules
