#pragma once
// How names and titles are listed, and compared with what is typed (mail/folded). Databases
// disagree about all of this, so they compare what comes from here octet by octet.
#include <string>
#include <string_view>

#include "store/engine/db.hpp"

namespace hearback::store {

std::string search_key(std::string_view text);

// Makes anew the keys of candidates, where an earlier version made others. For a migration.
void renew_search_keys(Db& db);
// Likewise those of jobs, which had none.
void name_job_keys(Db& db);

}  // namespace hearback::store
