#pragma once
// Whom is a message with that goes to no candidate, and who may make a candidate of them? (M-3)
// docs/decisions/0047-non-candidates.md
#include <optional>
#include <span>
#include <string>

#include "rules/access.hpp"

namespace hearback::rules {

// The first of these recipients who is no colleague, as written; none: all are colleagues, or what
// was written is no address. `internal`: normal forms.
std::optional<std::string> correspondent(std::span<const std::string> to,
                                         std::span<const std::string> internal);

// Who wrote first with a non-candidate keeps the exchange, unless they see all jobs: then it is of
// all who do.
std::optional<UserId> keeper_of_exchange(const Scope& writer);

// Making a candidate of somebody shows all of the exchange with them to whoever may see that
// candidate. So it takes one who sees all of it: those who see all jobs, or its keeper.
bool may_take_over(const Scope& scope, const std::optional<UserId>& keeper);

}  // namespace hearback::rules
