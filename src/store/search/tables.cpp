#include "store/search/tables.hpp"

#include <string>

#include "store/search/words.hpp"

namespace hearback::store {
namespace {

// A document of each message. `doc` is its date and, below that, a number that tells those of one
// instant apart: whoever reads by it reads by date. `words`: rules::findable; null: not yet.
constexpr std::string_view kDocumentsSqlite[] = {
    "create table search_documents(company blob not null, message blob not null,"
    " doc integer not null, tag text not null, words text, primary key (company, message),"
    " foreign key (company, message) references messages(company, id) on delete cascade) strict",
    // The tokens are made by us: it splits at blanks alone, and keeps no text.
    "create virtual table search_words using fts5(words, content='', columnsize=0, tokenize=ascii)",
    // Of how many documents the words went, and of how many they have left the index as well.
    "create table search_traces(removed integer not null, cleared integer not null) strict",
    "insert into search_traces(removed, cleared) values (0, 0)",
    "create trigger search_document_added after insert on search_documents"
    " when new.words is not null begin"
    " insert into search_words(rowid, words) values"
    "  (new.doc, new.tag || replace(new.words, ' ', ' ' || new.tag)); end",
    "create trigger search_document_indexed after update of words on search_documents"
    " when old.words is null and new.words is not null begin"
    " insert into search_words(rowid, words) values"
    "  (new.doc, new.tag || replace(new.words, ' ', ' ' || new.tag)); end",
    "create trigger search_document_removed after delete on search_documents"
    " when old.words is not null begin"
    " insert into search_words(search_words, rowid, words) values"
    "  ('delete', old.doc, old.tag || replace(old.words, ' ', ' ' || old.tag));"
    " update search_traces set removed = removed + 1; end"};
constexpr std::string_view kDocumentsPostgres[] = {
    "create table search_documents(company bytea not null, message bytea not null,"
    " doc bigint not null, tag text collate \"C\" not null, words tsvector,"
    " primary key (company, message),"
    " foreign key (company, message) references messages(company, id) on delete cascade)",
    "create index search_documents_by_words on search_documents using gin (words)"};

// A document of each file that lies on a profile, as those of messages are. `unread` and `begun`:
// as `files_unread` and `files_begun` there; `contents`: what was read of it, a blob.
constexpr std::string_view kFileDocumentsSqlite[] = {
    "create table file_documents(company blob not null, file blob not null, doc integer not null,"
    " tag text not null, words text, unread integer not null default 0,"
    " begun integer not null default 0, contents blob, primary key (company, file),"
    " foreign key (company, file) references candidate_files(company, id) on delete cascade) "
    "strict",
    "create virtual table file_words using fts5(words, content='', columnsize=0, tokenize=ascii)",
    "create table file_traces(removed integer not null, cleared integer not null) strict",
    "insert into file_traces(removed, cleared) values (0, 0)",
    "create trigger file_document_added after insert on file_documents"
    " when new.words is not null begin"
    " insert into file_words(rowid, words) values"
    "  (new.doc, new.tag || replace(new.words, ' ', ' ' || new.tag)); end",
    "create trigger file_document_indexed after update of words on file_documents"
    " when old.words is null and new.words is not null begin"
    " insert into file_words(rowid, words) values"
    "  (new.doc, new.tag || replace(new.words, ' ', ' ' || new.tag)); end",
    "create trigger file_document_changed after update of words on file_documents"
    " when old.words is not null and new.words is not null begin"
    " insert into file_words(file_words, rowid, words) values"
    "  ('delete', old.doc, old.tag || replace(old.words, ' ', ' ' || old.tag));"
    " insert into file_words(rowid, words) values"
    "  (new.doc, new.tag || replace(new.words, ' ', ' ' || new.tag)); end",
    "create trigger file_document_removed after delete on file_documents"
    " when old.words is not null begin"
    " insert into file_words(file_words, rowid, words) values"
    "  ('delete', old.doc, old.tag || replace(old.words, ' ', ' ' || old.tag));"
    " update file_traces set removed = removed + 1; end"};
constexpr std::string_view kFileDocumentsPostgres[] = {
    "create table file_documents(company bytea not null, file bytea not null, doc bigint not null,"
    " tag text collate \"C\" not null, words tsvector, unread bigint not null default 0,"
    " begun bigint not null default 0, contents bytea, primary key (company, file),"
    " foreign key (company, file) references candidate_files(company, id) on delete cascade)",
    "create index file_documents_by_words on file_documents using gin (words)"};

// Where a document's number begins, of the date in this column.
std::string docs_from(const std::string& column) {
  const auto newest = std::to_string(kNewestDate);
  return "(case when " + column + " < 0 then 0 when " + column + " > " + newest + " then " +
         newest + " else " + column + " end)";
}

// Migrations that come before them know none.
bool has_file_documents(Db& db) {
  return db
      .row(db.dialect() == Dialect::sqlite
               ? "select 1 from sqlite_schema where name = 'file_documents'"
               : "select 1 where to_regclass('file_documents') is not null")
      .has_value();
}

}  // namespace

void add_search(Db& db) {
  if (db.dialect() == Dialect::sqlite)
    for (const auto sql : kDocumentsSqlite) db.run(sql, {});
  else
    for (const auto sql : kDocumentsPostgres) db.run(sql, {});
  db.run("create unique index search_documents_by_date on search_documents(company, doc)", {});
  db.run(
      "create index search_documents_waiting on search_documents(company, doc)"
      " where words is null",
      {});
  const auto date = docs_from("date");
  db.run("insert into search_documents(company, message, doc, tag) select company, id, " + date +
             " * " + std::to_string(kDocsOfInstant) +
             " + row_number() over (partition by company, " + date +
             " order by id) - 1, '' from messages",
         {});
}

void add_contents(Db& db) {
  if (db.dialect() == Dialect::sqlite)
    db.run(
        "create trigger search_document_changed after update of words on search_documents"
        " when old.words is not null and new.words is not null begin"
        " insert into search_words(search_words, rowid, words) values"
        "  ('delete', old.doc, old.tag || replace(old.words, ' ', ' ' || old.tag));"
        " insert into search_words(rowid, words) values"
        "  (new.doc, new.tag || replace(new.words, ' ', ' ' || new.tag)); end",
        {});
  db.run(
      "create index search_documents_unread on search_documents(company, files_unread, doc)"
      " where files_unread > 0",
      {});
  db.run(
      "update search_documents set files_unread = 1 where exists (select 1 from attachments a"
      " where a.company = search_documents.company and a.message = search_documents.message"
      " and a.is_inline = 0)",
      {});
}

void add_file_documents(Db& db) {
  if (db.dialect() == Dialect::sqlite)
    for (const auto sql : kFileDocumentsSqlite) db.run(sql, {});
  else
    for (const auto sql : kFileDocumentsPostgres) db.run(sql, {});
  for (const auto* sql :
       {"create unique index file_documents_by_date on file_documents(company, doc)",
        "create index file_documents_waiting on file_documents(company, doc) where words is null",
        "create index file_documents_unread on file_documents(company, unread, doc)"
        " where unread > 0",
        "create index file_documents_by_contents on file_documents(company, contents)"
        " where contents is not null"})
    db.run(sql, {});
  const auto date = docs_from("at");
  db.run("insert into file_documents(company, file, doc, tag, unread) select company, id, " + date +
             " * " + std::to_string(kDocsOfInstant) +
             " + row_number() over (partition by company, " + date +
             " order by id) - 1, '', case when octets > 0 then 1 else 0 end"
             " from candidate_files",
         {});
}

void index_again(Db& db) {
  if (db.dialect() == Dialect::sqlite)
    db.run("insert into search_words(search_words) values ('delete-all')", {});
  // In SQLite no trigger of those above follows it.
  db.run("update search_documents set words = null, tag = '' where words is not null", {});
  if (!has_file_documents(db)) return;
  if (db.dialect() == Dialect::sqlite)
    db.run("insert into file_words(file_words) values ('delete-all')", {});
  db.run("update file_documents set words = null, tag = '' where words is not null", {});
}

}  // namespace hearback::store
