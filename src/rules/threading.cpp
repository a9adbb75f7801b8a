#include "rules/threading.hpp"

#include <algorithm>

namespace hearback::rules {
namespace {

struct Fits {
  bool conversation = true, internal_forward = true;
  bool operator()(ThreadKind kind) const {
    return kind == ThreadKind::conversation ? conversation : internal_forward;
  }
};

// Whether the candidate takes part is the reason's word: belonging names an address where it can.
Fits fitting(const Reason& reason, Sender sender) {
  if (reason.by == PlacedBy::address) return {true, false};
  if (sender.is_internal) return {false, true};
  return {true, true};  // say, the candidate's answer from another address, or a bounce
}

const KnownPlace* find(const std::vector<KnownPlace>& places, const CandidateId& candidate,
                       Fits fits, const std::string* message_id) {
  for (const auto& place : places)
    if (place.candidate == candidate && fits(place.kind) &&
        (!message_id || place.message_id == *message_id))
      return &place;
  return nullptr;
}

bool contains(const auto& list, const auto& item) {
  return std::ranges::find(list, item) != list.end();
}

bool is_stored(const Relatives& relatives, const std::string& message_id) {
  return std::ranges::any_of(relatives.ancestors,
                             [&](const KnownPlace& a) { return a.message_id == message_id; });
}

}  // namespace

std::vector<CandidateId> holders_of(std::span<const std::string> references,
                                    const Relatives& relatives) {
  std::vector<CandidateId> holders;
  const auto add = [&](const std::vector<KnownPlace>& places, const std::string* message_id) {
    for (const auto& place : places)
      if ((!message_id || place.message_id == *message_id) &&
          std::ranges::find(holders, place.candidate) == holders.end())
        holders.push_back(place.candidate);
    return !holders.empty();
  };
  for (const auto& id : references)
    if (add(relatives.ancestors, &id) || add(relatives.siblings, &id)) return holders;
  add(relatives.descendants, nullptr);
  return holders;
}

ThreadChoice choose_thread(const Reason& reason, Sender sender,
                           std::span<const std::string> references, const Relatives& relatives) {
  const Fits fits = fitting(reason, sender);
  auto joined = [&](const KnownPlace& place, PlacedBy by, const std::string& detail) {
    return ThreadChoice{reason.candidate, place.thread, place.kind, by, detail};
  };
  for (const auto& id : references) {
    if (auto* ancestor = find(relatives.ancestors, reason.candidate, fits, &id))
      return joined(*ancestor, PlacedBy::reply_to, id);
    // Two answers to one stored message needn't be one thread (two forwards aren't): only a
    // message that is missing is stood in for by its other answers.
    if (is_stored(relatives, id)) continue;
    if (auto* sibling = find(relatives.siblings, reason.candidate, fits, &id))
      return joined(*sibling, PlacedBy::reply_to, id);
  }
  if (auto* child = find(relatives.descendants, reason.candidate, fits, nullptr))
    return joined(*child, reason.by, reason.detail);
  auto kind = reason.by != PlacedBy::address && sender.is_internal ? ThreadKind::internal_forward
                                                                   : ThreadKind::conversation;
  return {reason.candidate, std::nullopt, kind, reason.by, reason.detail};
}

Union unite_threads(const ThreadChoice& choice, std::span<const std::string> named,
                    const Relatives& relatives) {
  Union found{*choice.join, {}};
  bool stays_alone = false;
  const auto add = [&](const KnownPlace& place) {
    if (place.thread == *choice.join) {
      stays_alone = stays_alone || place.is_private || place.by_hand;
    } else if (place.candidate == choice.candidate && place.kind == choice.kind &&
               !place.is_private && !place.by_hand && !contains(found.others, place.thread)) {
      found.others.push_back(place.thread);
    }
  };
  for (const auto& ancestor : relatives.ancestors)
    if (*choice.join == ancestor.thread || contains(named, ancestor.message_id)) add(ancestor);
  for (const auto& sibling : relatives.siblings)
    if (*choice.join == sibling.thread ||
        (contains(named, sibling.message_id) && !is_stored(relatives, sibling.message_id)))
      add(sibling);
  for (const auto& child : relatives.descendants) add(child);
  if (stays_alone) return {*choice.join, {}};
  for (auto& other : found.others)
    if (other < found.into) std::swap(other, found.into);
  return found;
}

}  // namespace hearback::rules
