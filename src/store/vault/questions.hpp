#pragma once
// The bytes of messages and files.
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/octet_range.hpp"

namespace hearback::store {

// Decrypted. Missing: erased or damaged. What can't be read just now is an error of all of these
// (Kind::transient, "store.blob-files").
struct BlobBytes {
  CompanyId company;
  BlobId blob;
  using Answer = std::optional<std::string>;
};

// What a blob holds of these stretches, one behind the other; for those of old versions
// (not `in_frames`) at the price of the whole.
struct BlobRanges {
  CompanyId company;
  BlobId blob;
  std::vector<OctetRange> ranges;
  using Answer = std::optional<std::string>;
};

struct BlobForm {
  CompanyId company;
  BlobId blob;
  struct Form {
    std::uint64_t octets = 0;
    bool in_frames = false;
  };
  using Answer = std::optional<Form>;
};

}  // namespace hearback::store
