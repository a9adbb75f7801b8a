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

// SQLite's `:memory:` with this program's schema. Only the first one of a process is migrated, the
// others are copies of it as it was then: a simulation opens thousands, and migrating would take
// most of its time.
Result<std::unique_ptr<Database>> open_in_memory(Duration within = kAnswerWithin);

}  // namespace hearback::store
