#pragma once
// What an earlier version has stored is made findable in steps, the newest first; search works
// meanwhile, and says that it isn't complete.
#include "store/engine/db.hpp"
#include "store/vault/blobs.hpp"
#include "store/vault/vault.hpp"

namespace hearback::store {

// One step. False: none is left.
bool index_some(Database& database, const Vault& vault, const BlobFiles& files);

}  // namespace hearback::store
