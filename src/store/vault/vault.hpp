#pragma once
// Sealing (D-2, SEC11, SEC12): XChaCha20-Poly1305 with a fresh nonce. What a sealed value is for is
// bound into it, so that it can't be moved to another row, company or server.
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/random.hpp"
#include "rules/nouns.hpp"

namespace hearback::store {

// What a value belongs to, unambiguously: each part with its length.
std::string purpose(std::initializer_list<std::string_view> parts);
std::string blob_key_purpose(CompanyId company, BlobId blob);
std::string blob_purpose(CompanyId company, BlobId blob);
// `protocol`: "imap" or "smtp". A password is good for one server, one port, one security, one
// login name: change any of them and the stored one can't be opened any more.
std::string password_purpose(CompanyId company, MailboxId mailbox, std::string_view protocol,
                             const rules::ServerSettings& server);

class Vault {
 public:
  static constexpr std::size_t kKeyOctets = 32;
  static constexpr std::size_t kSealOctets = 24 + 16;  // that sealing adds: nonce and tag

  Vault(std::string master_key, Random& random)
      : master_key_(std::move(master_key)), random_(random) {}
  Vault(const Vault&) = delete;
  ~Vault();

  std::string new_key() { return random_octets(kKeyOctets); }
  std::string random_octets(std::size_t count);

  // With the master key.
  std::string seal(std::string_view plain, std::string_view purpose) {
    return seal_with(master_key_, plain, purpose);
  }
  std::optional<std::string> open(std::string_view sealed, std::string_view purpose) const {
    return open_with(master_key_, sealed, purpose);
  }
  // With a key of its own. nullopt: another key, another purpose, or damaged.
  std::string seal_with(std::string_view key, std::string_view plain, std::string_view purpose);
  static std::optional<std::string> open_with(std::string_view key, std::string_view sealed,
                                              std::string_view purpose);

 private:
  std::string master_key_;
  std::mutex drawing_;  // one generator, many threads
  Random& random_;
};

}  // namespace hearback::store
