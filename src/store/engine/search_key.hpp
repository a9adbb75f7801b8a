#pragma once
// How a name, an address or a title is looked for, and listed (mail/folded). Databases disagree
// about all of this, so they compare what comes from here octet by octet.
#include <string>
#include <string_view>

#include "store/engine/db.hpp"

namespace hearback::store {

std::string search_key(std::string_view text);
// Of an address as it was written, and in its normal form.
std::string address_search_key(std::string_view address, std::string_view normal);

// Makes anew the keys that are stored, where an earlier version made others. For a migration.
void renew_search_keys(Db& db);

}  // namespace hearback::store
