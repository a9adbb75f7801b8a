#pragma once
// The tables, as numbered migrations that are recorded in the database they made. The company is in
// every primary key, unique index and foreign key, so that a database that distributes rows by
// company can take the schema as it stands.
#include "store/engine/db.hpp"

namespace hearback::store {

// Brings the schema up to this program's. A schema newer than that is refused: an older program
// must not write into it. Throws Refused. `upto`: no further than this migration, for tests and
// benches that put data into the tables of an earlier version.
int newest_schema();
void migrate(Database& database, int upto = newest_schema());

}  // namespace hearback::store
