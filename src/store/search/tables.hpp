#pragma once
// The tables of search. What databases have no common words for stands here and in words.hpp: in
// SQLite an index of FTS5 beside `search_documents`, which triggers keep; in PostgreSQL a tsvector
// in it.
#include "store/engine/db.hpp"

namespace hearback::store {

// The migration (M-6). What is stored already gets a document without words each: made findable in
// steps (backlog.hpp).
void add_search(Db& db);

// A migration as well: what stands in files is found, too. All that came with one waits to be read,
// the newest first.
void add_contents(Db& db);

// A migration as well: what words are, or which of a message's are indexed, has changed. All
// documents are without words again, and made findable in steps.
void index_again(Db& db);

}  // namespace hearback::store
