#pragma once
// Blobs are sealed in frames of one size, so that a stretch of one is opened alone. Each frame is
// bound to its blob, to its place and to the blob's length: none can be moved, repeated or left
// out.
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/octet_range.hpp"
#include "store/vault/vault.hpp"

namespace hearback::store {

struct Frames {
  CompanyId company;
  BlobId blob;
  std::uint64_t octets = 0;  // of the whole blob
  std::uint64_t each = kUsual;

  static constexpr std::uint64_t kUsual = 64u << 10;
  std::uint64_t count() const { return octets == 0 ? 1 : (octets + each - 1) / each; }
  // The frames in which these octets lie, of which there is at least one.
  OctetRange around(OctetRange octets) const;
  // Where they stand, sealed, one behind the other.
  OctetRange sealed(OctetRange frames) const;

  std::string seal(Vault& vault, std::string_view key, std::string_view plain) const;
  // nullopt: damaged, or not those.
  std::optional<std::string> open(std::string_view key, std::string_view sealed,
                                  OctetRange frames) const;
};

}  // namespace hearback::store
