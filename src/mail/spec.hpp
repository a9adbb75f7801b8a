#pragma once
// The two halves of an address.
#include <optional>
#include <string>
#include <string_view>

namespace hearback::mail {

struct SpecParts {
  std::string local, domain;
};

// The normal form's halves from a local part without quotes and a domain as written. nullopt:
// unusable, or readable in more than one way.
std::optional<SpecParts> normal_parts(std::string_view local, bool was_quoted,
                                      std::string_view domain);

// What to write into a message for a spec that has a normal form: the local part as it is written
// (its case kept), the domain as A-labels.
std::optional<SpecParts> sendable_parts(std::string_view spec);

// No control characters, of any script, and nothing else that isn't seen (bidirectional overrides,
// joiners, soft hyphens).
bool all_visible(std::string_view text);

// Lower-case A-labels (UTS-46, non-transitional); nullopt: no domain name.
std::optional<std::string> normal_domain(std::string_view domain);

}  // namespace hearback::mail
