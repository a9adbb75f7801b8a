#pragma once
// The bytes of messages and files.
#include <optional>
#include <string>

#include "base/ids.hpp"

namespace hearback::store {

struct BlobBytes {  // decrypted; missing: erased or damaged
  CompanyId company;
  BlobId blob;
  using Answer = std::optional<std::string>;
};

}  // namespace hearback::store
