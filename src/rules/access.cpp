#include "rules/access.hpp"

#include <algorithm>

namespace hearback::rules {
namespace {

bool contains(const std::vector<UserId>& users, UserId user) {
  return std::ranges::find(users, user) != users.end();
}

}  // namespace

Scope engine_scope(CompanyId company) {
  Scope scope;
  scope.kind = Scope::Kind::engine;
  scope.company = company;
  return scope;
}

Scope user_scope(CompanyId company, const User& user) {
  Scope scope;
  scope.company = company;
  scope.kind = user.active ? Scope::Kind::user : Scope::Kind::nobody;
  if (!user.active) return scope;
  scope.user = user.id;
  scope.admin = user.role == Role::admin;
  scope.all_jobs = scope.admin || user.all_jobs;
  return scope;
}

bool may_see_candidate(const Scope& scope, const CandidateFacts& facts) {
  if (scope.kind != Scope::Kind::user) return scope.kind == Scope::Kind::engine;
  if (scope.all_jobs) return true;
  return std::ranges::any_of(facts.hiring_teams, [&](const std::vector<UserId>& team) {
    return contains(team, scope.user);
  });
}

bool may_see_thread(const Scope& scope, const ThreadFacts& facts) {
  if (scope.kind != Scope::Kind::user) return scope.kind == Scope::Kind::engine;
  if (contains(facts.access, scope.user)) return true;
  return !facts.is_private && may_see_candidate(scope, facts.candidate);
}

bool may_use_mailbox(const Scope& scope, const MailboxFacts& facts, MailboxRight right) {
  if (scope.kind != Scope::Kind::user) return scope.kind == Scope::Kind::engine;
  return std::ranges::any_of(facts.grants, [&](const MailboxFacts::Grant& grant) {
    return grant.right >= right && contains(grant.users, scope.user);
  });
}

bool may_edit_candidates(const User& user) {
  return user.active && (user.role == Role::admin || user.role == Role::manager);
}

bool may_move_applications(const User& user) { return may_edit_candidates(user); }

bool may_write_mail(const User& user) { return user.active; }

bool may_manage_company(const User& user) { return user.active && user.role == Role::admin; }

}  // namespace hearback::rules
