#include "store/engine/scope_sql.hpp"

namespace hearback::store {

using rules::Scope;

std::vector<Value> scope_params(const Scope& scope) {
  const bool everything = scope.kind == Scope::Kind::engine || scope.all_jobs || scope.admin;
  return {value_of(scope.company), value_of(scope.user), value_of(everything)};
}

std::string may_see_candidate(std::string_view column) {
  return "($3 = 1 or exists (select 1 from applications scope_a join job_team scope_t"
         " on scope_t.company = scope_a.company and scope_t.job = scope_a.job"
         " where scope_a.company = $1 and scope_a.candidate = " +
         std::string(column) + " and scope_t.user_id = $2))";
}

std::string may_see_job(std::string_view column) {
  return "($3 = 1 or exists (select 1 from job_team scope_t where scope_t.company = $1"
         " and scope_t.job = " +
         std::string(column) + " and scope_t.user_id = $2))";
}

std::string may_see_mailbox(const Scope& scope, std::string_view owner) {
  if (scope.kind == Scope::Kind::engine) return "(1 = 1)";
  return "(" + std::string(owner) + " = $2)";
}

std::string may_hear_of(const Scope& scope, std::string_view table) {
  if (scope.kind == Scope::Kind::engine) return "(1 = 1)";
  const std::string candidate = std::string(table) + ".candidate";
  const std::string user = std::string(table) + ".user_id";
  return "case when " + candidate + " is not null then " + may_see_candidate(candidate) + " else " +
         user + " is null or " + user + " = $2 end";
}

}  // namespace hearback::store
