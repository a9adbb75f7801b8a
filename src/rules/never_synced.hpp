#pragma once
// With whom a mailbox's owner keeps mail from Hearback (C-14).
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "mail/envelope.hpp"
#include "rules/internal.hpp"

namespace hearback::rules {

inline constexpr std::size_t kNeverSyncedMost = 500, kNeverSyncedOctets = 320;
// The ledger's word for what was withheld; it names nobody.
inline constexpr std::string_view kNeverSyncedRule = "never-synced";

// A person by their address, or everybody of a domain and of those below it.
struct NeverSyncedEntry {
  std::string normal;   // "jane@example.org", or "example.org"
  std::string written;  // as its owner wrote it
  bool operator==(const NeverSyncedEntry&) const = default;
};

// "jane@example.org", "example.org" or "@example.org". nullopt: neither an address nor a domain, or
// a domain of one word: that would be everybody of a country.
std::optional<NeverSyncedEntry> never_synced_entry(std::string_view written);

class NeverSynced {
 public:
  NeverSynced() = default;
  // `own`: the mailbox's own address, in normal form, which is on nearly all that lies there.
  NeverSynced(const std::vector<NeverSyncedEntry>& entries, std::string own);

  // Anybody on it but the mailbox itself is named. Whom nobody can tell for sure is meant as well
  // as they are written: an address that can't be read counts with its domain, and whoever is named
  // is named with every +tag of theirs.
  bool names(const mail::Envelope& envelope) const;

 private:
  bool has(std::string_view normal) const;
  bool has_domain(std::string_view domain) const;

  std::unordered_set<std::string, TextHash, std::equal_to<>> entries_;
  std::set<std::size_t> domains_;  // how long those are that are named
  std::string own_;
};

}  // namespace hearback::rules
