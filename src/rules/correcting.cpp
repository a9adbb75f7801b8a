#include "rules/correcting.hpp"

#include "rules/access.hpp"

namespace hearback::rules {
namespace {

bool is_for_a_few(const Standing& one) { return one.is_private || one.is_given; }

}  // namespace

bool may_correct_placements(const User& user) { return may_edit_candidates(user); }

std::optional<NotMoved> why_not_moved(const Standing& from, const Standing& into) {
  if (from.id == into.id) return NotMoved::same;
  if (from.candidate != into.candidate) return NotMoved::other_candidate;
  if (from.kind != into.kind) return NotMoved::other_kind;
  if (is_for_a_few(from) || is_for_a_few(into)) return NotMoved::for_a_few;
  return std::nullopt;
}

std::optional<NotMoved> why_not_split(const Standing& from) {
  if (is_for_a_few(from)) return NotMoved::for_a_few;
  return std::nullopt;
}

}  // namespace hearback::rules
