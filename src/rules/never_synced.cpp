#include "rules/never_synced.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "mail/address.hpp"

namespace hearback::rules {
namespace {

// Of one that has no normal form, as far as there is anything to go by.
std::string unread_domain(std::string_view spec) {
  const auto at = spec.rfind('@');
  if (at == spec.npos) return {};
  auto domain = trim(spec.substr(at + 1));
  while (domain.ends_with('.') || domain.ends_with('>')) domain.remove_suffix(1);
  return ascii_lower(domain);
}

}  // namespace

std::optional<NeverSyncedEntry> never_synced_entry(std::string_view written) {
  written = trim(written);
  if (written.size() > kNeverSyncedOctets) return std::nullopt;
  auto domain = written;
  if (domain.starts_with('@')) domain.remove_prefix(1);
  if (domain.contains('@')) {
    auto normal = mail::kept_form(written);
    if (!normal) return std::nullopt;
    return NeverSyncedEntry{std::move(*normal), std::string(written)};
  }
  const auto anybody = mail::kept_form("x@" + std::string(domain));
  if (!anybody) return std::nullopt;
  std::string normal(mail::domain_of(*anybody));
  if (!normal.contains('.')) return std::nullopt;
  return NeverSyncedEntry{std::move(normal), std::string(domain)};
}

NeverSynced::NeverSynced(const std::vector<NeverSyncedEntry>& entries, std::string own)
    : own_(std::move(own)) {
  for (const auto& entry : entries) {
    entries_.insert(entry.normal);
    if (!entry.normal.contains('@')) domains_.insert(entry.normal.size());
  }
}

// Who writes to us chooses how long a domain is, and of how many parts: what is looked up are ends
// as long as one that is named.
bool NeverSynced::has_domain(std::string_view domain) const {
  return std::ranges::any_of(domains_, [&](std::size_t length) {
    if (length > domain.size()) return false;
    const auto end = domain.substr(domain.size() - length);
    return (length == domain.size() || domain[domain.size() - length - 1] == '.') &&
           entries_.contains(end);
  });
}

bool NeverSynced::has(std::string_view normal) const {
  if (entries_.contains(normal)) return true;
  const auto domain = mail::domain_of(normal);
  const auto local = normal.substr(0, normal.size() - domain.size());
  if (const auto tag = local.find('+'); tag != local.npos && tag > 0)
    if (entries_.contains(std::string(local.substr(0, tag)) + '@' + std::string(domain)))
      return true;
  return has_domain(domain);
}

bool NeverSynced::names(const mail::Envelope& envelope) const {
  if (entries_.empty()) return false;
  bool found = false;
  for_each_participant(envelope, [&](const mail::Address& address) {
    if (found || (!address.normal.empty() && address.normal == own_)) return;
    found = address.normal.empty() ? has_domain(unread_domain(address.spec)) : has(address.normal);
  });
  return found;
}

}  // namespace hearback::rules
