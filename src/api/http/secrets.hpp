#pragma once
// Passwords (argon2id) and the random secrets of sessions and tokens. Only hashes are ever stored.
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/result.hpp"

namespace hearback::api {

// About 0.1 s and 64 MiB (libsodium's INTERACTIVE): call it on a worker.
Result<std::string> hash_password(std::string_view password);
bool password_matches(std::string_view hash, std::string_view password);
// Costs as much as password_matches and is never true: for addresses that nobody has.
void pretend_to_check(std::string_view password);

// "<company>.<secret>": what a cookie or token holds. The company says where to look, the secret
// (256 bits) is the proof.
struct Bearer {
  CompanyId company;
  std::string secret;

  static Bearer make(CompanyId company, Random& random);
  std::string text() const;
  static std::optional<Bearer> parse(std::string_view text);
};

// Takes as long wherever they differ.
bool same_secret(std::string_view one, std::string_view other);

// Seals what a client keeps for us and must neither read nor make up: XChaCha20-Poly1305 with a key
// of this process, so it is good until that ends.
class Seal {
 public:
  explicit Seal(Random& random);
  // `whose` it is; nobody else's opens. Equal ones look different.
  std::string close(std::string_view plain, std::string_view whose, Random& random) const;
  std::optional<std::string> open(std::string_view text, std::string_view whose) const;

 private:
  std::string key_;
};

// BLAKE2b-256, in hexadecimal.
std::string digest(std::string_view bytes);

}  // namespace hearback::api
