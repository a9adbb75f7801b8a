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

std::vector<std::size_t> first_versions(std::span<const Bearer> bearers) {
  std::vector<std::size_t> firsts;
  std::vector<std::vector<MailboxId>> mailboxes;  // of each first: those of all its versions
  const auto may_join = [&](std::size_t at, std::size_t first) {
    const auto& here = bearers[at].mailboxes;
    const auto& there = mailboxes[first];
    return firsts[first] == first && !here.empty() && !there.empty() &&
           std::ranges::find_first_of(here, there) == here.end() &&
           may_be_versions(*bearers[first].envelope, *bearers[at].envelope);
  };
  for (std::size_t at = 0; at < bearers.size(); ++at) {
    std::size_t first = 0;
    while (first < at && !may_join(at, first)) ++first;
    firsts.push_back(first);
    mailboxes.push_back(bearers[at].mailboxes);
    if (first != at)
      mailboxes[first].insert(mailboxes[first].end(), bearers[at].mailboxes.begin(),
                              bearers[at].mailboxes.end());
  }
  return firsts;
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
