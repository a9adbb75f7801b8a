#pragma once
// The bytes of messages and files.
#include <string>

#include "base/ids.hpp"

namespace hearback::store {

struct PutBlob {  // encrypted with its own key; small ones in the database, large ones in files
  BlobId id;
  std::string bytes;
};

}  // namespace hearback::store
