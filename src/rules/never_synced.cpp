#include "rules/never_synced.hpp"

#include <utility>

#include "base/text.hpp"
#include "mail/address.hpp"

namespace hearback::rules {

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
  for (const auto& entry : entries) entries_.insert(entry.normal);
}

bool NeverSynced::has(std::string_view normal) const {
  if (entries_.contains(normal)) return true;
  for (auto domain = mail::domain_of(normal); !domain.empty();) {
    if (entries_.contains(domain)) return true;
    const auto dot = domain.find('.');
    domain = dot == domain.npos ? std::string_view{} : domain.substr(dot + 1);
  }
  return false;
}

bool NeverSynced::names(const mail::Envelope& envelope) const {
  if (entries_.empty()) return false;
  bool found = false;
  for_each_participant(envelope, [&](const mail::Address& address) {
    found = found || (!address.normal.empty() && address.normal != own_ && has(address.normal));
  });
  return found;
}

}  // namespace hearback::rules
