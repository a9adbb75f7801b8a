#pragma once
// Jobs, candidates, and what a judgment on who is matched expects.
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "rules/access.hpp"
#include "rules/nouns.hpp"

namespace hearback::store {

struct PutJob {  // a new one counts toward what its maker may make in a day
                 // ("jobs.too-many-today"), an open one toward what the company may have
                 // ("jobs.too-many")
  rules::Job job;
  std::vector<UserId> team;
  Instant at;
  std::optional<UserId> by = std::nullopt;
};
struct SetJobOpen {  // closed or opened again; "jobs.too-many" as above. Mail of those who are in
                     // closed jobs alone no longer comes in (S-6)
  JobId job;
  bool open = true;
  rules::Scope by;  // who sees it; "job.missing"
  Instant at;
  bool catch_up = false;  // opened: mailboxes are searched for what came meanwhile
};
struct PutCandidate {  // name and addresses; addresses are replaced as a set. An address equal to
                       // an internal one is stored unsynced (I-1), and so is one of a candidate
                       // whom `by` may not see (C-14). New synced addresses move the match
                       // revision; one that is taken off takes along what only it placed. A new
                       // candidate counts toward what `by` may make in a day
                       // ("candidate.too-many-today").
  CandidateId id;
  std::string name;
  std::vector<rules::CandidateAddress> addresses;
  Instant at;
  std::optional<rules::Scope> by = std::nullopt;  // who adds them; nobody: they see all
  bool adds = false;  // to one that is there: the addresses to those that they have by then, which
                      // stay as they are, and a name only where one is given.
                      // "import.too-many-addresses"
  bool is_there = false;  // one is changed whom `by` sees; "candidate.missing" where that isn't so
                          // (any more): who was deleted doesn't come back by it (D-1)
  std::vector<std::string> takes_off = {};  // with `adds`: which go, by their normal form; of the
                                            // others none does, whoever has added it meanwhile
  std::optional<std::size_t> place = std::nullopt;  // with `adds`: how many stand before them; else
                                                    // they come last
};
struct PutApplication {  // none comes into a job while that is closed ("job.closed"). Phase and
                         // status by their ids, which must be the job's
                         // ("application.stage-unknown"); empty: those it is in, or the job's
                         // first. A candidate is in a job once ("application.exists"). One that was
                         // there and changes them moves (below). The job is one that `by` sees
                         // ("store.reference-missing"); that they see the candidate is for the
                         // change that puts or takes over the candidate in the same commit to ask
  rules::Application application;
  std::optional<rules::Scope> by = std::nullopt;  // nobody: they see all
  std::string how = "api";                        // "person", "api", "import", "rule"
};
struct ForgetCandidate {  // S-7: at once nobody sees the candidate, no mail matches, nothing
                          // leaves; messages of nobody else, placements, threads, outbox and blobs
                          // go in the steps of an errand that begins here. "candidate.missing" for
                          // one whom `by` doesn't see (any more), and for who is none (M-3)
  CandidateId id;
  std::optional<rules::Scope> by;  // nobody: they see all
  Instant at;
};

}  // namespace hearback::store
