#include "sync/matcher.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hearback::sync {
namespace {

void sort_once(std::vector<std::string>& items) {
  std::ranges::sort(items);
  const auto repeated = std::ranges::unique(items);
  items.erase(repeated.begin(), repeated.end());
}

}  // namespace

Result<Matcher> Matcher::about(store::Store& store, CompanyId company, const Envelopes& addressed,
                               const Envelopes& answers) {
  store::PeopleNamed people{rules::engine_scope(company), {}};
  store::StoredMessageIds answered{rules::engine_scope(company), {}};
  for (const auto* envelope : addressed)
    rules::for_each_participant(*envelope, [&](const mail::Address& address) {
      if (!address.normal.empty()) people.normals.push_back(address.normal);
    });
  for (const auto* list : {&addressed, &answers})
    for (const auto* envelope : *list)
      for (auto& id : rules::nearest_references(*envelope))
        answered.message_ids.push_back(std::move(id));
  sort_once(people.normals);
  sort_once(answered.message_ids);
  auto known = store.ask(people);
  if (!known) return Failure(known.error());
  auto rows = store.ask(answered);
  if (!rows) return Failure(rows.error());
  Matcher matcher;
  std::vector<rules::Directory::Entry> entries;
  for (auto& match : known->candidates)
    entries.push_back({std::move(match.normal), match.candidate});
  matcher.directory_ = rules::Directory(entries, known->internal);
  for (auto& row : *rows)
    matcher.stored_[row.message_id].push_back({row.message_id, row.candidate});
  return matcher;
}

std::optional<rules::Match> Matcher::match(const mail::Envelope& envelope) const {
  if (auto match = rules::match_by_address(directory_, envelope)) return match;
  std::vector<rules::StoredReference> named;
  for (const auto& id : rules::nearest_references(envelope))
    if (auto known = stored_.find(id); known != stored_.end())
      named.insert(named.end(), known->second.begin(), known->second.end());
  return rules::match_by_reference(envelope, named);
}

}  // namespace hearback::sync
