#pragma once
// O-3: what another system calls jobs, candidates and applications.
// docs/decisions/0048-external-ids-and-imports.md
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "rules/access.hpp"
#include "store/engine/page.hpp"

namespace hearback::store {

class Db;
struct Writing;

using NamedThing = std::variant<JobId, CandidateId, ApplicationId>;

// ---- changes -----------------------------------------------------------------------------------

// An external id leads to one thing of its kind, as far as `by` may see: "external-id.taken" where
// another one has it whom they see. One that they don't see isn't told of, and keeps it as well
// (C-14); who sees both is led to the one that had it first. Kind::missing, "….missing": `by`
// doesn't see the thing itself.
struct SetExternalId {
  rules::Scope by;
  NamedThing what;
  std::string external_id;  // empty: it has none any more
};

// ---- questions ---------------------------------------------------------------------------------

// To what these external ids lead, of what the scope may see. That of a candidate who became part
// of another one leads to that one, and so do those of their applications.
struct NamedExternally {
  Scope scope;
  std::vector<std::string> jobs, candidates, applications;
  struct Answer {
    std::map<std::string, JobId> jobs;
    std::map<std::string, CandidateId> candidates;
    std::map<std::string, ApplicationId> applications;
  };
};

// ---- for the store's own questions and changes --------------------------------------------------

// What these are called, by their ids; a candidate without an external id of their own by that of
// the last one who became part of them.
std::map<JobId, std::string> external_ids_of(Db& db, CompanyId company,
                                             const std::vector<JobId>& jobs);
std::map<CandidateId, std::string> external_ids_of(Db& db, CompanyId company,
                                                   const std::vector<CandidateId>& candidates);
std::map<ApplicationId, std::string> external_ids_of(
    Db& db, CompanyId company, const std::vector<ApplicationId>& applications);

// They go with their candidate (D-1), those of whom was merged too, and of all applications.
void forget_external_ids(Writing& writing, CandidateId candidate);
// Before it is forgotten which applications a merge put aside: each one's goes on to the one that
// the kept candidate has in its place, where that has none, else it is gone.
void hand_on_external_ids(Writing& writing, CandidateId merged);

}  // namespace hearback::store
