#pragma once
// Who may see this candidate, this thread; who may use this mailbox? (P-1, P-2, C-6, C-10)
// A Scope is a reader's eyes. Rights are rows: hiring teams, `thread_access`, `mailbox_members`.
// They are interpreted in two places that a property test holds equal on both databases: here, and
// in `store/…/scope_sql`. The doors that ask are listed in docs/doors.md.
#include <vector>

#include "base/ids.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

struct Scope {
  enum class Kind { engine, user, nobody } kind = Kind::user;
  CompanyId company;
  UserId user;            // Kind::user only
  bool all_jobs = false;  // admins, and users who see all jobs
  bool admin = false;
  bool operator==(const Scope&) const = default;
};

Scope engine_scope(CompanyId company);
// Somebody who isn't active any more is nobody.
Scope user_scope(CompanyId company, const User& user);

// ---- candidates --------------------------------------------------------------------------

// What access to a candidate depends on.
struct CandidateFacts {
  std::vector<std::vector<UserId>> hiring_teams;  // of each job the candidate has an application in
};
// All-jobs users see every candidate; others those with an application in a job whose hiring team
// they are on.
bool may_see_candidate(const Scope& scope, const CandidateFacts& facts);

// ---- threads -----------------------------------------------------------------------------

struct ThreadFacts {
  CandidateFacts candidate;
  bool is_private = false;
  std::vector<UserId> access;  // who was given the thread itself
};
// Who may see the candidate, unless the thread is private; and always those who were given it.
// Admins are no exception to a private thread (P-3).
bool may_see_thread(const Scope& scope, const ThreadFacts& facts);

// ---- mailboxes ---------------------------------------------------------------------------

struct MailboxFacts {
  struct Grant {
    std::vector<UserId> users;  // one, or those of a team
    MailboxRight right = MailboxRight::see;
  };
  std::vector<Grant> grants;
};
// A personal mailbox has one member, its owner, who may manage it; admins have no part in it (C-6).
bool may_use_mailbox(const Scope& scope, const MailboxFacts& facts, MailboxRight right);

// ---- what a user may do, apart from what they may see ------------------------------------

bool may_edit_candidates(const User& user);    // admins and managers
bool may_move_applications(const User& user);  // to another phase or status: the same (O-5)
bool may_write_mail(const User& user);      // everybody who may see the candidate: evaluators too
bool may_manage_company(const User& user);  // users, invitations, company settings: admins

}  // namespace hearback::rules
