#pragma once
// May these messages lie in that conversation instead, because a person says so? (T-5)
#include <optional>

#include "base/ids.hpp"
#include "rules/nouns.hpp"

namespace hearback::rules {

// Who groups the mail of a candidate anew, for all who see it: admins and managers.
bool may_correct_placements(const User& user);

// What matters of a conversation that its corrector sees.
struct Standing {
  ThreadId id;
  CandidateId candidate;
  ThreadKind kind = ThreadKind::conversation;
  bool is_private = false;
  bool is_given = false;  // to somebody, beside those who see the candidate
};

enum class NotMoved {
  same,             // it lies there already
  other_candidate,  // T-2
  other_kind,       // T-3: among us, or with the candidate
  for_a_few,        // P-2: who reads one of the two isn't who reads the other
};
// nullopt: they may. Whoever sees the one conversation sees the other: nobody is shown more.
std::optional<NotMoved> why_not_moved(const Standing& from, const Standing& into);
// As well, into a conversation of their own.
std::optional<NotMoved> why_not_split(const Standing& from);

}  // namespace hearback::rules
