#include "store/vault/vault.hpp"

#include <sodium.h>

namespace hearback::store {
namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kNonce + kTag == Vault::kSealOctets);

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string_view view(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.data()), id.size()};
}

}  // namespace

std::string purpose(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (auto part : parts) {
    joined += std::to_string(part.size());
    joined += ':';
    joined += part;
  }
  return joined;
}

std::string blob_key_purpose(CompanyId company, BlobId blob) {
  return purpose({"blob key", view(company.bytes), view(blob.bytes)});
}

std::string blob_purpose(CompanyId company, BlobId blob) {
  return purpose({"blob", view(company.bytes), view(blob.bytes)});
}

std::string password_purpose(CompanyId company, MailboxId mailbox, std::string_view protocol,
                             const rules::ServerSettings& server) {
  return purpose({"password", view(company.bytes), view(mailbox.bytes), protocol, server.host,
                  std::to_string(server.port), server.security, server.user});
}

Vault::~Vault() { sodium_memzero(master_key_.data(), master_key_.size()); }

std::string Vault::random_octets(std::size_t count) {
  std::string out(count, '\0');
  std::lock_guard lock(drawing_);
  random_.fill({octets(out), out.size()});
  return out;
}

std::string Vault::seal_with(std::string_view key, std::string_view plain,
                             std::string_view purpose) {
  std::string sealed = random_octets(kNonce);
  sealed.resize(kNonce + plain.size() + kTag);
  unsigned long long written = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(octets(sealed) + kNonce, &written, octets(plain),
                                             plain.size(), octets(purpose), purpose.size(), nullptr,
                                             octets(sealed), octets(key));
  return sealed;
}

std::optional<std::string> Vault::open_with(std::string_view key, std::string_view sealed,
                                            std::string_view purpose) {
  if (key.size() != kKeyOctets || sealed.size() < kNonce + kTag) return std::nullopt;
  std::string plain(sealed.size() - kNonce - kTag, '\0');
  unsigned long long written = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          octets(plain), &written, nullptr, octets(sealed) + kNonce, sealed.size() - kNonce,
          octets(purpose), purpose.size(), octets(sealed), octets(key)) != 0)
    return std::nullopt;
  return plain;
}

}  // namespace hearback::store
