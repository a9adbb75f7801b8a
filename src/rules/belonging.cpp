#include "rules/belonging.hpp"

#include <algorithm>

namespace hearback::rules {
namespace {

bool names(std::span<const Reason> reasons, const CandidateId& candidate) {
  return std::ranges::any_of(reasons, [&](const Reason& r) { return r.candidate == candidate; });
}

std::vector<Reason> by_address(const Directory& directory, const mail::Envelope& envelope) {
  std::vector<Reason> reasons;
  for_each_participant(envelope, [&](const mail::Address& address) {
    if (address.normal.empty()) return;
    for (const auto& candidate : directory.candidates_of(address.normal))
      if (!names(reasons, candidate))
        reasons.push_back({candidate, PlacedBy::address, address.normal});
  });
  return reasons;
}

bool answers(const mail::Envelope& envelope, const Internal& internal, const StoredReference& s) {
  const auto holds = [&](const mail::Address& writer) {
    return !writer.normal.empty() && std::ranges::find(s.holders, writer.normal) != s.holders.end();
  };
  const bool known =
      s.here || (!envelope.from.empty() && std::ranges::all_of(envelope.from, holds));
  return !s.rests && known && (s.ours || any_internal(envelope, internal));
}

// Those of the nearest reference that is stored.
std::vector<Reason> by_reference(const mail::Envelope& envelope, const Internal& internal,
                                 std::span<const std::string> references,
                                 std::span<const StoredReference> stored) {
  std::vector<Reason> reasons;
  for (const auto& id : references) {
    for (const auto& s : stored)
      if (s.message_id == id && !names(reasons, s.candidate) && answers(envelope, internal, s))
        reasons.push_back({s.candidate, PlacedBy::reply_to, id});
    if (!reasons.empty()) break;
  }
  return reasons;
}

// What was written to whoever writes this now, and their address alone can't tell.
bool is_of_writer(const mail::Envelope& envelope, std::span<const StoredReference> stored,
                  const Reason& reason) {
  return std::ranges::any_of(stored, [&](const StoredReference& s) {
    return s.candidate == reason.candidate &&
           std::ranges::any_of(envelope.from, [&](const auto& from) {
             return std::ranges::find(s.apart, from.normal) != s.apart.end();
           });
  });
}

}  // namespace

Directory::Directory(const std::vector<Entry>& synced, const std::vector<std::string>& internal)
    : internal_(internal) {
  candidates_.reserve(synced.size());
  for (const auto& entry : synced) {
    if (entry.normal.empty() || internal_.knows(entry.normal)) continue;
    auto& owners = candidates_[entry.normal];
    if (std::ranges::find(owners, entry.candidate) == owners.end())
      owners.push_back(entry.candidate);
  }
}

std::span<const CandidateId> Directory::candidates_of(std::string_view normal) const {
  auto found = candidates_.find(normal);
  if (found == candidates_.end()) return {};
  return found->second;
}

std::string_view Match::rule() const {
  return reasons_.front().by == PlacedBy::reply_to ? "reply-to-stored" : "candidate-address";
}

std::optional<Match> match_by_address(const Directory& directory, const mail::Envelope& envelope) {
  auto reasons = by_address(directory, envelope);
  if (reasons.empty()) return std::nullopt;
  return Match(std::move(reasons));
}

std::vector<CandidateId> candidates_on(const Directory& directory, const mail::Envelope& envelope) {
  std::vector<CandidateId> candidates;
  for (const auto& reason : by_address(directory, envelope)) candidates.push_back(reason.candidate);
  return candidates;
}

std::optional<Match> match_by_reference(const mail::Envelope& envelope, const Internal& internal,
                                        std::span<const StoredReference> stored) {
  if (stored.empty()) return std::nullopt;
  auto reasons = by_reference(envelope, internal, nearest_references(envelope), stored);
  if (reasons.empty()) return std::nullopt;
  return Match(std::move(reasons));
}

std::vector<std::string> writers_of(const mail::Envelope& envelope) {
  constexpr std::size_t kTogether = 4;
  std::vector<std::string> writers;
  if (envelope.from.size() > kTogether) return writers;
  for (const auto& writer : envelope.from)
    if (!writer.normal.empty()) writers.push_back(writer.normal);
  return writers;
}

std::vector<std::string> nearest_references(const mail::Envelope& envelope) {
  std::vector<std::string> ids;
  auto add = [&](const std::string& id) {
    if (!id.empty() && id != envelope.message_id && std::ranges::find(ids, id) == ids.end())
      ids.push_back(id);
  };
  for (const auto& id : envelope.in_reply_to) add(id);
  for (auto id = envelope.references.rbegin(); id != envelope.references.rend(); ++id) add(*id);
  return ids;
}

std::vector<Reason> belongs(const Directory& directory, const mail::Envelope& envelope,
                            std::span<const std::string> references,
                            std::span<const StoredReference> stored) {
  auto addressed = by_address(directory, envelope);
  const bool from_candidate = std::ranges::any_of(envelope.from, [&](const mail::Address& from) {
    return !from.normal.empty() && !directory.candidates_of(from.normal).empty();
  });
  auto answered = by_reference(envelope, directory.internal(), references, stored);
  if (from_candidate) {
    for (auto& reason : answered)
      if (!names(addressed, reason.candidate) && is_of_writer(envelope, stored, reason))
        addressed.push_back(std::move(reason));
    return addressed;
  }
  bool within =
      std::ranges::any_of(answered, [&](const Reason& r) { return names(addressed, r.candidate); });
  if (within) return addressed;
  for (auto& reason : answered)
    if (!names(addressed, reason.candidate)) addressed.push_back(std::move(reason));
  return addressed;
}

std::vector<Reason> keep_whole(std::vector<Reason> reasons, const Directory& directory,
                               const mail::Envelope& envelope,
                               std::span<const CandidateId> holders) {
  const auto holds = [&](const CandidateId& candidate) {
    return std::ranges::find(holders, candidate) != holders.end();
  };
  // By which address of theirs, shared with no holder, each takes part.
  std::unordered_map<CandidateId, std::string> own;
  for_each_participant(envelope, [&](const mail::Address& address) {
    const auto candidates = directory.candidates_of(address.normal);
    if (std::ranges::any_of(candidates, holds)) return;
    for (const auto& candidate : candidates) own.try_emplace(candidate, address.normal);
  });
  std::erase_if(reasons, [&](Reason& reason) {
    if (reason.by != PlacedBy::address || holds(reason.candidate)) return false;
    const auto found = own.find(reason.candidate);
    if (found != own.end()) reason.detail = found->second;
    return found == own.end();
  });
  return reasons;
}

}  // namespace hearback::rules
