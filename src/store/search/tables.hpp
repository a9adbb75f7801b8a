#pragma once
// The tables of search. What databases have no common words for stands here and in words.hpp: in
// SQLite an index of FTS5 beside `search_documents`, which triggers keep; in PostgreSQL a tsvector
// in it. Likewise of the files that lie on profiles, `file_documents`.
#include "store/engine/db.hpp"

namespace hearback::store {

// The migration (M-6). What is stored already gets a document without words each: made findable in
// steps (backlog.hpp).
void add_search(Db& db);

// A migration as well: what stands in files is found, too. All that came with one waits to be read,
// the newest first.
void add_contents(Db& db);

// A migration as well: the files that lie on profiles are found by their names and by what stands
// in them (W-9). Those that lie there wait for both, the newest first.
void add_file_documents(Db& db);

// A migration as well: what words are, or which of a message's are indexed, has changed. All
// documents, of files too, are without words again, and made findable in steps.
void index_again(Db& db);

}  // namespace hearback::store
