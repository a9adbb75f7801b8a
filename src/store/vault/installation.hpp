#pragma once
// Ownership: a database and a blob folder belong together, and both say so by the same installation
// id. A program that is started with one of them and a stranger to it touches neither.
#include "base/random.hpp"
#include "store/engine/db.hpp"
#include "store/vault/blobs.hpp"

namespace hearback::store {

// Compares the ids, and gives them to the two that meet for the first time. Throws Refused
// ("store.other-installation", "store.blob-folder-foreign", "store.blob-folder-missing").
void expect_one_installation(Database& database, const BlobFiles& files, Random& random);

// Whether a master key has been used on this database.
bool has_been_used(Database& database);

}  // namespace hearback::store
