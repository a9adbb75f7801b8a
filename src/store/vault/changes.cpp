#include "store/vault/changes.hpp"

#include "store/engine/applying.hpp"

namespace hearback::store {

void apply(Writing& writing, const PutBlob& change) {
  insert_blob(writing.db, writing.company, writing.blobs.at(change.id));
}

}  // namespace hearback::store
