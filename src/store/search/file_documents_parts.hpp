#pragma once
// What becomes of the documents of files that lie on profiles.
#include <cstddef>

#include "base/ids.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/db.hpp"
#include "store/vault/blobs.hpp"
#include "store/vault/vault.hpp"

namespace hearback::store {

// It has come to lie there, or does so again: found by its name from now on, and waiting to be read
// if it may say something.
void keep_file_findable(Writing& writing, UploadId file);
// Found no longer; what was read of it goes.
void drop_file_document(Writing& writing, UploadId file);
// Likewise at most `rows` of a candidate's. → how many.
std::size_t forget_file_documents(Writing& writing, CandidateId candidate, std::size_t rows);

// A step of index_some (backlog.hpp), of these.
bool index_some_files(Database& database, const Vault& vault, const BlobFiles& files);

}  // namespace hearback::store
