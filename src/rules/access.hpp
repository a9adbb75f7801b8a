#pragma once
// Who may see this candidate, this thread, this mailbox? (P-1, C-6)
// A Scope is a reader's eyes. It is interpreted in two places that a property test holds equal on
// both databases: may_see() here and `store/scope_sql`.
#include <vector>

#include "base/ids.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

struct Scope {
  enum class Kind { engine, user } kind = Kind::user;
  CompanyId company;
  UserId user;            // Kind::user only
  bool all_jobs = false;  // admins, and users who see all jobs
  bool admin = false;
  bool operator==(const Scope&) const = default;
};

Scope engine_scope(CompanyId company);
Scope user_scope(CompanyId company, const User& user);

// What access to a candidate depends on.
struct CandidateFacts {
  std::vector<std::vector<UserId>> hiring_teams;  // of each job the candidate has an application in
};

// All-jobs users see every candidate; others those with an application in a job whose hiring team
// they are on.
bool may_see(const Scope& scope, const CandidateFacts& facts);
// A personal mailbox is its owner's alone, admins included (C-6).
bool may_see(const Scope& scope, const Mailbox& mailbox);

// What a user may do, apart from what they may see.
bool may_edit_candidates(const User& user);  // admins and managers
bool may_write_mail(const User& user);       // everybody who may see the candidate: evaluators too
bool may_manage_company(const User& user);   // users, invitations, company settings: admins

}  // namespace hearback::rules
