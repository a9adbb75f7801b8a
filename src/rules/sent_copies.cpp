#include "rules/sent_copies.hpp"

namespace hearback::rules {

CopyVerdict next_for_copy(const CopyFacts& facts) {
  if (facts.there) return {CopyStep::settled, SavesSent::yes};
  switch (facts.habit) {
    case SavesSent::no: return {CopyStep::file, SavesSent::no};
    case SavesSent::unknown:
      if (facts.waited < facts.patience) return {CopyStep::wait, SavesSent::unknown};
      return {CopyStep::file, SavesSent::no};
    case SavesSent::yes:
      if (facts.waited < kProviderMayBeLate) return {CopyStep::wait, SavesSent::yes};
      return {CopyStep::file, SavesSent::unknown};  // it has changed its ways: learn anew
  }
  return {};
}

}  // namespace hearback::rules
