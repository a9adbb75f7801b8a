#include "rules/non_candidates.hpp"

#include <algorithm>

#include "mail/address.hpp"

namespace hearback::rules {

std::optional<std::string> correspondent(std::span<const std::string> to,
                                         std::span<const std::string> internal) {
  for (const auto& spec : to) {
    const auto normal = mail::normal_form(spec);
    if (normal && std::ranges::find(internal, *normal) == internal.end()) return spec;
  }
  return std::nullopt;
}

std::optional<UserId> keeper_of_exchange(const Scope& writer) {
  if (writer.all_jobs) return std::nullopt;
  return writer.user;
}

bool may_take_over(const Scope& scope, const std::optional<UserId>& keeper) {
  if (scope.kind != Scope::Kind::user) return scope.kind == Scope::Kind::engine;
  return scope.all_jobs || keeper == scope.user;
}

}  // namespace hearback::rules
