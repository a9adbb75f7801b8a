#include "rules/versions.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace hearback::rules {
namespace {

std::vector<std::string> sorted_writers(const mail::Envelope& envelope) {
  auto writers = writers_of(envelope);
  std::ranges::sort(writers);
  return writers;
}

}  // namespace

bool may_be_versions(const mail::Envelope& a, const mail::Envelope& b) {
  if (a.message_id.empty() || a.message_id != b.message_id || !a.date || a.date != b.date)
    return false;
  const auto writers = sorted_writers(a);
  return !writers.empty() && writers == sorted_writers(b);
}

std::optional<ThreadChoice> join_version(const Reason& reason, Sender sender,
                                         std::span<const KnownPlace> places) {
  // As an answer to it would, but it is here for its own reason.
  static const std::string kItself = "itself";
  Relatives relatives;
  relatives.ancestors.assign(places.begin(), places.end());
  for (auto& place : relatives.ancestors) place.message_id = kItself;
  auto choice = choose_thread(reason, sender, std::span(&kItself, 1), relatives);
  if (!choice.join) return std::nullopt;
  choice.by = reason.by;
  choice.detail = reason.detail;
  return choice;
}

}  // namespace hearback::rules
