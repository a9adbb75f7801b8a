#pragma once
// What an earlier version has stored is made findable in steps, the newest first; search works
// meanwhile, and says that it isn't complete.
#include <optional>
#include <string>

#include "rules/nouns.hpp"
#include "store/engine/db.hpp"
#include "store/vault/blobs.hpp"
#include "store/vault/vault.hpp"

namespace hearback::store {

// One step. False: none is left. What can't be read just now is passed over: where nothing else is
// left, or too much of it comes one behind the other, it throws Unread.
bool index_some(Database& database, const Vault& vault, const BlobFiles& files);

// The source of a message without its files. nullopt: it isn't there any more, or damaged. Throws
// Unread.
std::optional<std::string> source_beside_files(Db& db, const Vault& vault, const BlobFiles& files,
                                               CompanyId company, const rules::Message& message);
// What one of its files says, as it was kept. nullopt: it is damaged. Throws Unread.
std::optional<std::string> text_in(Db& db, const Vault& vault, const BlobFiles& files,
                                   CompanyId company, BlobId blob);

}  // namespace hearback::store
