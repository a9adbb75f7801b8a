#include "rules/past.hpp"

namespace hearback::rules {

bool past_is_open(const PastFacts& facts) {
  if (facts.owner_added) return true;
  if (facts.answer == PastAnswer::none)
    return facts.added <= facts.connected || facts.choice == PastChoice::open;
  return facts.answer == PastAnswer::opened;
}

}  // namespace hearback::rules
