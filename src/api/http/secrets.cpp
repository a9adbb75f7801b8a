#include "api/http/secrets.hpp"

#include <sodium.h>

#include <array>

#include "base/text.hpp"

namespace hearback::api {
namespace {

constexpr std::size_t kSecretOctets = 32;

bool sodium_ready() {
  static const bool ready = sodium_init() >= 0;
  return ready;
}

}  // namespace

Result<std::string> hash_password(std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (!sodium_ready() ||
      crypto_pwhash_str_alg(out.data(), password.data(), password.size(),
                            crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(Kind::transient, "password.no-memory",
                "There is too little memory to check a password just now.", "Try again.");
  return std::string(out.data());
}

bool password_matches(std::string_view hash, std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> stored{};
  if (!sodium_ready() || hash.size() >= stored.size()) return false;
  hash.copy(stored.data(), hash.size());
  return crypto_pwhash_str_verify(stored.data(), password.data(), password.size()) == 0;
}

void pretend_to_check(std::string_view password) {
  static const std::string nobody = hash_password("a password that nobody has").value_or("");
  (void)password_matches(nobody, password);
}

Bearer Bearer::make(CompanyId company, Random& random) {
  std::string octets(kSecretOctets, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(octets.data()), octets.size()});
  return {company, to_base64url(octets)};
}

std::string Bearer::text() const { return company.text() + "." + secret; }

std::optional<Bearer> Bearer::parse(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  auto company = CompanyId::parse(text.substr(0, dot));
  auto secret = text.substr(dot + 1);
  if (!company || secret.size() < 40 || secret.size() > 64) return std::nullopt;
  return Bearer{*company, std::string(secret)};
}

namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string random_octets(std::size_t count, Random& random) {
  std::string drawn(count, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(drawn.data()), drawn.size()});
  return drawn;
}

}  // namespace

Seal::Seal(Random& random)
    : key_(random_octets(crypto_aead_xchacha20poly1305_ietf_KEYBYTES, random)) {}

std::string Seal::close(std::string_view plain, std::string_view whose, Random& random) const {
  auto sealed = random_octets(kNonce, random);
  sealed.resize(kNonce + plain.size() + kTag);
  crypto_aead_xchacha20poly1305_ietf_encrypt(octets(sealed) + kNonce, nullptr, octets(plain),
                                             plain.size(), octets(whose), whose.size(), nullptr,
                                             octets(sealed), octets(key_));
  return to_base64url(sealed);
}

std::optional<std::string> Seal::open(std::string_view text, std::string_view whose) const {
  const auto sealed = from_base64url(text);
  if (!sealed || sealed->size() < kNonce + kTag) return std::nullopt;
  std::string plain(sealed->size() - kNonce - kTag, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          octets(plain), nullptr, nullptr, octets(*sealed) + kNonce, sealed->size() - kNonce,
          octets(whose), whose.size(), octets(*sealed), octets(key_)) != 0)
    return std::nullopt;
  return plain;
}

bool same_secret(std::string_view one, std::string_view other) {
  const auto a = digest(one), b = digest(other);
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string digest(std::string_view bytes) {
  std::string out(crypto_generichash_BYTES, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr,
                     0);
  return to_hex(out);
}

}  // namespace hearback::api
