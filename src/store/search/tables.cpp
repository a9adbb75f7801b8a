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
  const std::string date = "(case when date < 0 then 0 when date > " + std::to_string(kNewestDate) +
                           " then " + std::to_string(kNewestDate) + " else date end)";
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

void index_again(Db& db) {
  if (db.dialect() == Dialect::sqlite)
    db.run("insert into search_words(search_words) values ('delete-all')", {});
  // In SQLite no trigger of those above follows it.
  db.run("update search_documents set words = null, tag = '' where words is not null", {});
}

}  // namespace hearback::store
