#include "rules/access.hpp"

#include <algorithm>

namespace hearback::rules {

Scope engine_scope(CompanyId company) {
  Scope scope;
  scope.kind = Scope::Kind::engine;
  scope.company = company;
  return scope;
}

Scope user_scope(CompanyId company, const User& user) {
  Scope scope;
  scope.kind = Scope::Kind::user;
  scope.company = company;
  scope.user = user.id;
  scope.admin = user.role == Role::admin;
  scope.all_jobs = scope.admin || user.all_jobs;
  return scope;
}

bool may_see(const Scope& scope, const CandidateFacts& facts) {
  if (scope.kind == Scope::Kind::engine || scope.all_jobs || scope.admin) return true;
  return std::ranges::any_of(facts.hiring_teams, [&](const std::vector<UserId>& team) {
    return std::ranges::find(team, scope.user) != team.end();
  });
}

bool may_see(const Scope& scope, const Mailbox& mailbox) {
  return scope.kind == Scope::Kind::engine || scope.user == mailbox.owner;
}

bool may_edit_candidates(const User& user) {
  return user.active && (user.role == Role::admin || user.role == Role::manager);
}

bool may_write_mail(const User& user) { return user.active; }

bool may_manage_company(const User& user) { return user.active && user.role == Role::admin; }

}  // namespace hearback::rules
