#pragma once
// The tables, as numbered migrations that are recorded in the database they made. The company is in
// every primary key, unique index and foreign key, so that a database that distributes rows by
// company can take the schema as it stands.
#include "store/db.hpp"

namespace hearback::store {

// Brings the schema up to this program's. A schema newer than that is refused: an older program
// must not write into it. Throws Refused.
void migrate(Database& database);

// The number of the newest migration that this program knows.
int newest_schema();

}  // namespace hearback::store
