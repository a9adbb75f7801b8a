// Migrations, with data in every table: whatever version a database is of, what it holds is still
// there when it is of the newest.
#include "store/engine/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>

#include "fakes/store_conformance.hpp"

namespace hearback::store {
namespace {

// What a later migration drops or changes on purpose stands here, and what it puts others beside:
// "table" or "table.column".
const std::vector<std::string> kChangedOnPurpose = {"mailboxes.importing",
                                                    "threads.subject",
                                                    "candidates.name_key",
                                                    "job_candidates.name_key",
                                                    "candidate_addresses.address_key",
                                                    "applications.phase",
                                                    "applications.status",
                                                    "stage_words",
                                                    "folder_ranges.match_revision",
                                                    "application_moves.id"};

class Schema : public testing::TestWithParam<On> {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "hearback-schema-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override {
    database.reset();
    std::filesystem::remove_all(folder);
  }

  void open() {
    database.reset();
    auto opened =
        GetParam() == On::file
            ? open_sqlite(folder + "/" + std::to_string(++databases) + ".db", 1, kTestWithin)
            : open_postgres(fakes::Postgres::instance().new_database(), 1, kTestWithin);
    ASSERT_TRUE(opened) << opened.error().what;
    database = std::move(*opened);
  }

  // In the order in which they were made, so that what is referred to comes first. Not those of
  // search: what lies in an index isn't anything (M6_… below).
  std::vector<std::string> tables(Db& db) const {
    std::vector<std::string> names;
    for (auto& row :
         db.rows(GetParam() == On::file
                     ? "select name from sqlite_schema where type = 'table'"
                       " and name not like 'sqlite_%' and name <> 'schema_migrations'"
                       " and name not like 'search_%' and name not like 'file_words%'"
                       " and name not in ('file_documents', 'file_traces') order by rowid"
                     : "select cast(relname as text) from pg_class where relkind = 'r'"
                       " and relnamespace = 'public'::regnamespace"
                       " and relname <> 'schema_migrations' and relname not like 'search_%'"
                       " and relname <> 'file_documents'"
                       " order by oid"))
      names.push_back(row.text());
    return names;
  }
  // Name → type, as the database says it.
  std::map<std::string, std::string> columns(Db& db, const std::string& table) const {
    std::map<std::string, std::string> found;
    for (auto& row : db.rows(GetParam() == On::file
                                 ? "select name, type from pragma_table_info($1)"
                                 : "select cast(column_name as text), cast(data_type as text)"
                                   " from information_schema.columns where table_name = $1",
                             table)) {
      auto name = row.text();
      found[name] = row.text();
    }
    return found;
  }

  // Every id is the same one, so that every reference is good. A migration that reads words of the
  // product's gets them here.
  static Value something(const std::string& table, const std::string& column,
                         const std::string& type) {
    static const std::map<std::string, std::string> kWords = {{"users.role", "admin"},
                                                              {"mailboxes.state", "active"},
                                                              {"mailboxes.address_proof", "admin"},
                                                              {"outbox.state", "sent"},
                                                              {"outbox.phase", "none"},
                                                              {"messages.direction", "incoming"},
                                                              {"messages.kind", "human"},
                                                              {"mailboxes.kind", "personal"}};
    if (type == "integer" || type == "INTEGER" || type == "bigint") return std::int64_t{1};
    if (type == "blob" || type == "BLOB" || type == "bytea") return Blob{std::string(16, '\x07')};
    const auto word = kWords.find(table + "." + column);
    return word == kWords.end() ? "text of " + column : word->second;
  }

  void fill_empty_tables(Db& db) const {
    for (const auto& table : tables(db)) {
      if (db.row("select 1 as one from " + table + " limit 1")) continue;
      std::string names, places;
      std::vector<Value> values;
      for (const auto& [column, type] : columns(db, table)) {
        (names += names.empty() ? "" : ", ") += column;
        values.push_back(something(table, column, type));
        (places += places.empty() ? "$" : ", $") += std::to_string(values.size());
      }
      db.run("insert into " + table + "(" + names + ") values (" + places + ")", values);
    }
  }

  using Dump = std::map<std::string, Value>;  // "table.column" → the value in its one row
  Dump dump(Db& db) const {
    Dump all;
    for (const auto& table : tables(db))
      for (const auto& [column, type] : columns(db, table)) {
        // PostgreSQL keeps statements, and refuses one whose column has got another type.
        auto row = db.row("select " + column + " from " + table + " limit 1 -- " + type);
        if (!row) continue;
        auto& value = all[table + "." + column];
        if (type == "integer" || type == "INTEGER" || type == "bigint") {
          if (auto number = row->maybe_number()) value = *number;
        } else if (type == "blob" || type == "BLOB" || type == "bytea") {
          if (auto bytes = row->maybe_blob()) value = *bytes;
        } else if (auto text = row->maybe_text()) {
          value = *text;
        }
      }
    return all;
  }

  // In a row of an earlier version a new column has its default, which a step that loses what was
  // there would leave as well.
  void fill_new_columns(Db& db, const Dump& before) const {
    const Dump now = dump(db);
    for (const auto& table : tables(db)) {
      const auto first = before.lower_bound(table + ".");
      if (first == before.end() || !first->first.starts_with(table + ".")) continue;
      for (const auto& [column, type] : columns(db, table)) {
        const auto name = table + "." + column;
        if (before.contains(name) || !now.contains(name)) continue;
        auto value = something(table, column, type);
        if (value == Value{std::int64_t{1}} && value == now.at(name)) value = std::int64_t{0};
        db.run("update " + table + " set " + column + " = $1", std::vector{value});
      }
    }
  }

  void expect_kept(const Dump& before, int version) const {
    Dump after;
    database->read([&](Db& db) { after = dump(db); });
    for (const auto& [name, value] : before) {
      const auto table = name.substr(0, name.find('.'));
      const auto meant = [&](const std::string& what) { return what == table || what == name; };
      if (std::ranges::any_of(kChangedOnPurpose, meant)) continue;
      ASSERT_TRUE(after.contains(name)) << name << " in version " << version;
      EXPECT_TRUE(after.at(name) == value) << name << " in version " << version;
    }
  }

  std::string folder;
  int databases = 0;
  std::unique_ptr<Database> database;
};
INSTANTIATE_TEST_SUITE_P(Each, Schema, testing::Values(On::file, On::postgres), name_of);

// Each step with data in every table and column that there was before it: what each step keeps, all
// of them do.
TEST_P(Schema, NothingIsLostFromAnyVersionToTheNewest) {
  open();
  Dump before;
  for (int version = 1; version <= newest_schema(); ++version) {
    migrate(*database, version);
    expect_kept(before, version);
    database->write([&](Db& db) {
      fill_new_columns(db, before);
      fill_empty_tables(db);
    });
    database->read([&](Db& db) { before = dump(db); });
  }
}

// All steps at once, and what came later is empty.
TEST_P(Schema, NothingIsLostFromTheFirstVersionToTheNewest) {
  open();
  Dump before;
  migrate(*database, 1);
  database->write([&](Db& db) { fill_empty_tables(db); });
  database->read([&](Db& db) { before = dump(db); });
  migrate(*database);
  expect_kept(before, newest_schema());
}

// M-6: each message that is there gets a document that waits to be made findable, in the order of
// their dates, those of one instant as well.
TEST_P(Schema, M6_WhatIsStoredWaitsToBeMadeFindable) {
  constexpr int kBefore = 33;
  open();
  migrate(*database, kBefore);
  const auto id = [](char c) { return Blob{std::string(16, c)}; };
  database->write([&](Db& db) {
    fill_empty_tables(db);
    for (const auto& [name, date] : {std::pair{'a', 5'000}, {'b', 5'000}, {'c', -7}, {'d', 9'000}})
      db.change(
          "insert into messages(company, id, message_id, fingerprint, kind, direction, subject,"
          " date, octets, snippet, raw, added) select company, $1, '', '', kind, direction, '', $2,"
          " 1, '', raw, 1 from messages where id = $3",
          id(name), date, id('\x07'));
  });
  migrate(*database);
  std::string order;
  database->read([&](Db& db) {
    EXPECT_EQ(db.row("select count(*) from search_documents where words is null")->number(), 5);
    for (auto& row : db.rows("select message, doc from search_documents order by doc desc")) {
      const auto message = row.blob();
      order += message[0] == '\x07' ? '1' : message[0];
      EXPECT_GE(row.number(), 0);
    }
  });
  EXPECT_EQ(order, "dba1c");
}

// M-6: so does what stands in the files that came, but for pictures that are drawn in a message; of
// what is sealed, once it lies in a conversation.
TEST_P(Schema, M6_FilesThatCameWaitToBeRead) {
  constexpr int kBefore = 43;
  open();
  migrate(*database, kBefore);
  const auto id = [](char c) { return Blob{std::string(16, c)}; };
  database->write([&](Db& db) {
    fill_empty_tables(db);
    db.change("delete from attachments");
    std::int64_t doc = 1'000'000;
    for (const char name : {'a', 'b', 'c', 'd'}) {
      db.change(
          "insert into messages(company, id, message_id, fingerprint, kind, direction, subject,"
          " date, octets, snippet, raw, added) select company, $1, '', '', kind, direction, '', 1,"
          " 1, '', raw, 1 from messages where id = $2",
          id(name), id('\x07'));
      db.change("insert into search_documents(company, message, doc, tag) values ($1, $2, $3, '')",
                id('\x07'), id(name), ++doc);
      if (name == 'a') continue;
      db.change(
          "insert into attachments(company, message, position, filename, type, octets,"
          " content_id, is_inline) values ($1, $2, 0, 'x', 'y', 1, '', $3)",
          id('\x07'), id(name), name == 'b');
    }
    db.change(
        "insert into placements(company, thread, message, candidate, placed_by, detail,"
        " message_date) select company, thread, $1, candidate, placed_by, detail, message_date"
        " from placements where message = $2",
        id('d'), id('\x07'));
  });
  migrate(*database);
  database->read([&](Db& db) {
    std::map<std::string, std::int64_t> waits;
    for (auto& row : db.rows("select message, files_unread from search_documents"
                             " where files_unread <> 0")) {
      auto message = row.blob();
      waits.emplace(std::move(message), row.number());
    }
    EXPECT_EQ(waits,
              (std::map<std::string, std::int64_t>{{id('c').bytes, -1}, {id('d').bytes, 1}}));
  });
}

// M-6, W-9: so do the files that lie on profiles, those of one instant as well.
TEST_P(Schema, M6_FilesOfProfilesWaitToBeFoundAndRead) {
  constexpr int kBefore = 58;
  open();
  migrate(*database, kBefore);
  const auto id = [](char c) { return Blob{std::string(16, c)}; };
  database->write([&](Db& db) {
    fill_empty_tables(db);
    for (const auto& [name, at, octets] :
         {std::tuple{'a', 5'000, 1}, {'b', 5'000, 1}, {'c', -7, 1}, {'d', 9'000, 0}})
      db.change(
          "insert into candidate_files(company, id, candidate, put_on, filename, type, blob_id,"
          " octets, added_by, at) select company, $1, candidate, put_on, filename, type, blob_id,"
          " $2, added_by, $3 from candidate_files where id = $4",
          id(name), octets, at, id('\x07'));
  });
  migrate(*database);
  std::string order;
  database->read([&](Db& db) {
    for (auto& row : db.rows("select file, unread from file_documents where words is null"
                             " order by doc desc")) {
      const auto file = row.blob();
      if (file[0] == '\x07') continue;
      order += file[0];
      EXPECT_EQ(row.number(), file[0] == 'd' ? 0 : 1);
    }
  });
  EXPECT_EQ(order, "dbac");
}

// O-5: what applications were in, in words of anybody's own, they are in afterwards.
TEST_P(Schema, O5_OldPhasesAndStatusesBecomeTheirJobs) {
  constexpr int kBefore = 30;
  open();
  migrate(*database, kBefore);
  const auto id = [](char c) { return Blob{std::string(16, c)}; };
  database->write([&](Db& db) {
    fill_empty_tables(db);
    db.change("update users set language = 'fr'");
    char next = 'a';
    for (const auto& [phase, status] : {std::pair{"application", "new"},
                                        {"", ""},
                                        {"entretien", "Call back"},
                                        {"Test day", "new"}})
      db.change(
          "insert into applications(company, id, candidate, job, phase, status, created)"
          " values ($1, $2, $1, $1, $3, $4, 1)",
          id('\x07'), id(next++), std::string(phase), std::string(status));
  });
  migrate(*database);
  database->read([&](Db& db) {
    const auto of = [&](char application) {
      auto row = db.row(
          "select p.name, s.name from applications a join job_stages p on p.company = a.company"
          " and p.job = a.job and p.id = a.phase and p.kind = 'phase' join job_stages s"
          " on s.company = a.company and s.job = a.job and s.id = a.status and s.kind = 'status'"
          " where a.id = $1",
          id(application));
      const auto phase = row->text();
      return phase + ", " + row->text();
    };
    EXPECT_EQ(of('a'), "Candidature, Nouvelle");
    EXPECT_EQ(of('b'), "Candidature, Nouvelle");
    EXPECT_EQ(of('c'), "Entretien, Call back");
    EXPECT_EQ(of('d'), "Test day, Nouvelle");
    EXPECT_EQ(of('\x07'), "text of phase, text of status");
    std::string phases;
    for (auto& row : db.rows("select name from job_stages where kind = 'phase' order by position"))
      phases += (phases.empty() ? "" : ", ") + row.text();
    EXPECT_EQ(phases, "Candidature, Étude du dossier, Entretien, Offre, Test day, text of phase");
  });
}

// S-5: addresses of old databases don't tell since when they take part. What was judged before the
// newest of them is judged again; what was judged with all of them isn't.
TEST_P(Schema, S5_OnlyOutdatedRangesAreJudgedAgain) {
  constexpr int kBefore = 4, kThen = 7;
  const auto judged_under = [&](std::int64_t revision) {
    open();
    for (int version = 1; version <= kBefore; ++version) migrate(*database, version);
    database->write([&](Db& db) {
      fill_empty_tables(db);
      db.change("update companies set match_revision = 7");
      db.change("update folder_ranges set match_revision = $1", revision);
    });
    migrate(*database, kThen);
    std::int64_t after = -1;
    database->read([&](Db& db) {
      after = db.row("select match_revision from folder_ranges")->number();
      EXPECT_EQ(db.row("select match_revision from candidate_addresses")->number(), 0);
    });
    return after;
  };
  EXPECT_EQ(judged_under(6), 0);
  EXPECT_EQ(judged_under(7), 7);
}

// T-3: which answers wait, and which folders others were settled without, was known in memory
// alone.
TEST_P(Schema, T3_S10_AllIsJudgedOnceMoreForWhatWasNotStored) {
  constexpr int kBefore = 51;
  open();
  for (int version = 1; version <= kBefore; ++version) migrate(*database, version);
  database->write([&](Db& db) {
    fill_empty_tables(db);
    db.change("update folder_ranges set match_revision = 7");
  });
  migrate(*database);
  database->read([&](Db& db) {
    EXPECT_EQ(db.row("select match_revision from folder_ranges")->number(), 0);
    EXPECT_EQ(db.row("select missed from folders")->number(), 0);
  });
}

// Before a start looks at all headers no more, what was settled while it did is judged once more.
TEST_P(Schema, S10_AllIsJudgedOnceMoreBeforeAStartReadsNothingAgain) {
  constexpr int kBefore = 52;
  open();
  for (int version = 1; version <= kBefore; ++version) migrate(*database, version);
  database->write([&](Db& db) {
    fill_empty_tables(db);
    db.change("update folder_ranges set match_revision = 7");
  });
  migrate(*database);
  database->read(
      [&](Db& db) { EXPECT_EQ(db.row("select match_revision from folder_ranges")->number(), 0); });
}

// C-14: what was there before owners had a say stays as it was: nothing is judged again, nobody is
// named, what was added is open, and whose past isn't chosen about is asked.
TEST_P(Schema, C14_WhatWasThereBeforeOwnersDecideIsOpen) {
  constexpr int kBefore = 48;
  open();
  for (int version = 1; version <= kBefore; ++version) migrate(*database, version);
  database->write([&](Db& db) {
    fill_empty_tables(db);
    db.change("update candidate_addresses set synced = 1");
  });
  migrate(*database);
  database->read([&](Db& db) {
    const auto count = [&](const std::string& from) {
      return db.row("select count(*) from " + from)->number();
    };
    EXPECT_EQ(count("mailboxes where past = 'ask' and judged_anew = 0 and judged_to = 0"), 1);
    EXPECT_EQ(count("folder_ranges r join mailboxes b on b.company = r.company"
                    " and b.id = r.mailbox where r.judged_anew = b.judged_anew"),
              1);
    EXPECT_EQ(count("candidate_addresses where synced = 1 and added_by is null"), 1);
    EXPECT_EQ(count("merged_addresses where added_by is null"), 1);
    EXPECT_EQ(count("body_ledger where rule <> 'never-synced'"), 1);
    for (const std::string table : {"added_addresses", "past_requests", "never_synced",
                                    "taken_off_addresses", "merged_taken_off"})
      EXPECT_EQ(count(table), 0) << table;
  });
}

// M-9: the timeline tells what it told before: which addresses came later, or are a colleague's.
TEST_P(Schema, M9_TheTimelineTellsOfAddressesThatAreThere) {
  constexpr int kBefore = 52;
  const auto told = [&](std::int64_t since, const std::string& why_not) {
    open();
    for (int version = 1; version <= kBefore; ++version) migrate(*database, version);
    database->write([&](Db& db) {
      fill_empty_tables(db);
      db.change("update candidates set created = 100000, non_candidate = 0");
      db.change("update candidate_addresses set since = $1, why_not = $2, address = 'A@x'", since,
                why_not);
    });
    migrate(*database);
    std::string all;
    database->read([&](Db& db) {
      for (auto& row : db.rows("select address, added, at, how, case when changed_by is null"
                               " then 'nobody' else 'somebody' end from address_changes")) {
        all += row.text() + (row.flag() ? " + " : " - ") + std::to_string(row.number()) + " ";
        const auto how = row.text();
        all += how + " " + row.text() + ";";
      }
    });
    return all;
  };
  EXPECT_EQ(told(100'000, ""), "");
  EXPECT_EQ(told(200'000, ""), "A@x + 200000 person somebody;");
  EXPECT_EQ(told(200'000, "other-candidate"), "A@x + 200000 person somebody;");
  EXPECT_EQ(told(200'000, "internal-user"), "A@x - 200000 internal-user nobody;");
}

TEST_P(Schema, T8_OldThreadsAreNamedByTheirEarliestMessage) {
  constexpr int kBefore = 14;
  open();
  for (int version = 1; version <= kBefore; ++version) migrate(*database, version);
  database->write([&](Db& db) {
    fill_empty_tables(db);
    db.change("update messages set subject = 'My application'");
    db.change("update threads set subject = 'Re: My application'");
  });
  migrate(*database);
  database->read(
      [&](Db& db) { EXPECT_EQ(db.row("select subject from threads")->text(), "My application"); });
}

// SYNC-7: what messages name, counted for each thread: of one candidate the first sixteen.
TEST_P(Schema, SYNC7_WhatIsNamedIsCountedFromTheMessagesThatAreThere) {
  constexpr int kBefore = 11;
  open();
  for (int version = 1; version <= kBefore; ++version) migrate(*database, version);
  const auto id = [](int n) { return Blob{std::string(15, '\x08') + static_cast<char>(n)}; };
  database->write([&](Db& db) {
    fill_empty_tables(db);
    const Blob company{std::string(16, '\x07')};
    for (int n = 1; n <= 40; ++n) {
      const int thread = n % 20 + 1;
      if (n <= 20)
        db.change(
            "insert into threads(company, id, candidate, kind, subject, last_at)"
            " values ($1, $2, $1, 'conversation', '', 1)",
            company, id(thread));
      db.change(
          "insert into messages(company, id, message_id, fingerprint, kind, direction, subject,"
          " date, octets, snippet, raw, added) values ($1, $2, '', '', 'human', 'incoming', '',"
          " $3, 1, '', $1, 1)",
          company, id(n), 100 - n);
      db.change(
          "insert into placements(company, thread, message, candidate, placed_by, detail,"
          " message_date) values ($1, $2, $3, $1, 'address', '', $4)",
          company, id(thread), id(n), 100 - n);
      for (const char* field : {"in-reply-to", "references"})
        db.change(
            "insert into message_refs(company, message, field, position, message_id)"
            " values ($1, $2, $3, 0, $4)",
            company, id(n), field, n % 20 < 10 ? "some" : "many");
      db.change(
          "insert into message_refs(company, message, field, position, message_id)"
          " values ($1, $2, 'references', 1, 'all')",
          company, id(n));
    }
  });
  migrate(*database);
  database->read([&](Db& db) {
    const std::string truth = "(" + kReferencesTruth + ") t";
    const std::string kept =
        " from (select company, message_id, candidate, thread, at, message"
        " from thread_references) k";
    EXPECT_EQ(db.row("select count(*)" + kept)->number(), 1 + 10 + 10 + 16);
    EXPECT_EQ(
        db.row("select count(*) from (select *" + kept + " except select * from " + truth + ") d")
            ->number(),
        0);
    EXPECT_EQ(db.row("select count(*) from (select * from " + truth +
                     " where message_id <> 'all' except select *" + kept + ") d")
                  ->number(),
              0);
    // The first by date came last here.
    EXPECT_EQ(db.row("select min(at) from thread_references where message_id = 'all'")->number(),
              60);
  });
}

// M-6: candidates of an older database are found without their accents, too.
TEST_P(Schema, M6_KeysThatAnEarlierVersionMadeAreMadeAnew) {
  constexpr int kBefore = 19;
  open();
  for (int version = 1; version <= kBefore; ++version) migrate(*database, version);
  const auto id = [](int n) {
    return Blob{std::string(14, '\x08') + static_cast<char>(n / 100) + static_cast<char>(n % 100)};
  };
  constexpr int kCandidates = 1201;  // more than are read at once
  database->write([&](Db& db) {
    fill_empty_tables(db);
    const Blob company{std::string(16, '\x07')};
    for (int n = 1; n <= kCandidates; ++n) {
      const std::string name = "Élodie " + std::to_string(n), key = "élodie " + std::to_string(n);
      db.change(
          "insert into candidates(company, id, name, name_key, created) values ($1, $2, $3, $4, 1)",
          company, id(n), name, key);
      db.change(
          "insert into job_candidates(company, job, name_key, candidate) values ($1, $1, $2, $3)",
          company, key, id(n));
      db.change(
          "insert into candidate_addresses(company, candidate, normal, position, address,"
          " address_key, synced, why_not, since) values ($1, $2, 'é@x.example', 0, 'É@x.example',"
          " 'é@x.example é@x.example', 1, '', 1)",
          company, id(n));
    }
  });
  migrate(*database);
  database->read([&](Db& db) {
    for (const char* where :
         {"candidates where name_key like 'elodie %'",
          "job_candidates where name_key like 'elodie %'", "candidate_words where word = 'elodie'",
          "candidate_words where word = 'e'"})
      EXPECT_EQ(db.row("select count(*) from " + std::string(where))->number(), kCandidates)
          << where;
  });
}

// Conversations of an older database lie where those that come now do.
TEST_P(Schema, M8_OldConversationsAreSortedByWhoseTurnItIs) {
  constexpr int kBefore = 22;
  open();
  for (int version = 1; version <= kBefore; ++version) migrate(*database, version);
  struct Message {
    const char* direction;
    const char* kind;
    int date;
    int names = 0;                // which of these, from 1
    const char* state = nullptr;  // of its way out
  };
  struct Case {
    const char* kind;
    std::vector<Message> messages;
    int answered;  // likewise
    std::optional<std::int64_t> asked;
  };
  const char *in = "incoming", *out = "outgoing", *human = "human";
  const std::vector<Case> cases = {
      {"conversation", {{in, human, 10}, {in, human, 20}}, 0, 10},
      {"conversation", {{in, human, 10}, {out, human, 20}, {in, human, 20}}, 2, {}},
      {"conversation", {{out, human, 20}, {in, human, 30}, {in, "bounce", 40}}, 1, 30},
      {"conversation", {{out, human, 20}, {in, "automatic", 30}, {in, "list", 40}}, 1, {}},
      {"conversation", {{in, human, 10}, {out, "automatic", 20}}, 0, 10},
      // Clocks differ.
      {"conversation", {{out, human, 20}, {in, human, 10, 1}}, 1, 10},
      {"conversation", {{in, human, 30}, {out, human, 20, 1}, {in, human, 40, 2}}, 2, 40},
      // What didn't arrive.
      {"conversation", {{in, human, 10}, {out, human, 20, 0, "failed"}}, 0, 10},
      {"conversation", {{in, human, 10}, {out, human, 20, 0, "sent"}}, 2, {}},
      {"internal-forward", {{in, human, 10}}, 0, {}},
  };
  const Blob company{std::string(16, '\x07')};
  const auto thread_id = [](std::size_t i) {
    return Blob{std::string(15, '\x09') + static_cast<char>(i)};
  };
  const auto message_id = [](std::size_t i, int n) {
    return Blob{std::string(14, '\x08') + static_cast<char>(i) + static_cast<char>(n)};
  };
  const auto add = [&](Db& db, std::size_t i) {
    const auto thread = thread_id(i);
    db.change(
        "insert into threads(company, id, candidate, kind, subject, last_at)"
        " values ($1, $2, $1, $3, '', 1)",
        company, thread, cases[i].kind);
    for (const char* place : {"all", "inbox", "sent"})
      db.change(
          "insert into view_rows(company, place, holder, audience, at, thread)"
          " values ($1, $2, $1, $1, 1, $3)",
          company, place, thread);
    int n = 0;
    for (const auto& one : cases[i].messages) {
      const auto id = message_id(i, ++n);
      const auto name = [&](int of) { return std::to_string(i) + "." + std::to_string(of) + "@x"; };
      db.change(
          "insert into messages(company, id, message_id, fingerprint, kind, direction, subject,"
          " date, octets, snippet, raw, added) values ($1, $2, $3, '', $4, $5, '', $6, 1, '', $1,"
          " 1)",
          company, id, name(n), one.kind, one.direction, one.date);
      db.change(
          "insert into placements(company, thread, message, candidate, placed_by, detail,"
          " message_date) values ($1, $2, $3, $1, 'address', '', $4)",
          company, thread, id, one.date);
      if (one.names > 0)
        db.change(
            "insert into message_refs(company, message, field, position, message_id)"
            " values ($1, $2, 'references', 0, $3)",
            company, id, name(one.names));
      if (one.state)
        db.change(
            "insert into outbox(company, id, author, mailbox, candidate, thread, message,"
            " message_id, envelope_from, bytes, state, phase, attempts, fence, created, not_before,"
            " copy_filed, why, answer) values ($1, $2, $1, $1, $1, $3, $2, $4, '', $1, $5, 'none',"
            " 0, 0, 1, 1, 0, '', '')",
            company, id, thread, name(n), one.state);
    }
  };
  database->write([&](Db& db) {
    fill_empty_tables(db);
    for (std::size_t i = 0; i < cases.size(); ++i) add(db, i);
  });
  migrate(*database);
  database->read([&](Db& db) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      auto row = db.row("select asked_at, answered from threads where company = $1 and id = $2",
                        company, thread_id(i));
      EXPECT_EQ(row->maybe_number(), cases[i].asked) << i;
      const auto answered = row->maybe_blob();
      EXPECT_EQ(answered.has_value(), cases[i].answered > 0) << i;
      if (answered) EXPECT_TRUE(*answered == message_id(i, cases[i].answered)) << i;
      std::string places;
      for (auto& place : db.rows("select place from view_rows where company = $1 and thread = $2"
                                 " order by place",
                                 company, thread_id(i)))
        places += place.text() + " ";
      const std::string turn = cases[i].asked ? "to-answer" : "waiting";
      const auto lists = [&](std::string place) {
        if (!cases[i].asked) return place == "all" ? "" : place + "-waiting ";
        return place + "-longest-to-answer " + place + "-to-answer ";
      };
      EXPECT_EQ(places, "all " + lists("all") + lists("inbox") + lists("sent")) << i;
      for (auto& longest : db.rows("select at from view_rows where company = $1 and thread = $2"
                                   " and place like '%-longest-%'",
                                   company, thread_id(i)))
        EXPECT_EQ(longest.number(), -*cases[i].asked) << i;
    }
  });
}

// Under enforced references, what refers to a table would go with it when it is made anew.
TEST_P(Schema, ATableIsMadeAnewWithoutLosingWhatRefersToIt) {
  if (GetParam() != On::file) return;  // PostgreSQL changes tables where they stand
  open();
  migrate(*database);
  database->write([&](Db& db) { fill_empty_tables(db); });
  const auto rebuild = [](Db& db, const std::string& keep) {
    db.run(
        "create table candidates_new(company blob not null references companies(company),"
        " id blob not null, name text not null, name_key text not null, created integer not null,"
        " note text, primary key (company, id)) strict",
        {});
    db.run(
        "insert into candidates_new(company, id, name, name_key, created)"
        " select company, id, name, name_key, created from candidates where " +
            keep,
        {});
    db.run("drop table candidates", {});
    db.run("alter table candidates_new rename to candidates", {});
  };
  const auto count = [&](const char* table) {
    std::int64_t rows = 0;
    database->read(
        [&](Db& db) { rows = db.row("select count(*) from " + std::string(table))->number(); });
    return rows;
  };
  database->change_schema([&](Db& db) { rebuild(db, "1 = 1"); });
  EXPECT_EQ(count("candidates"), 1);
  EXPECT_EQ(count("candidate_addresses"), 1);
  EXPECT_EQ(count("threads"), 1);
  EXPECT_EQ(count("placements"), 1);
  // References hold again afterwards: deleting takes along what belongs to it.
  database->write([](Db& db) { db.change("delete from placements"); });
  // One that loses what others refer to is refused, and nothing is changed.
  try {
    database->change_schema([&](Db& db) { rebuild(db, "1 = 0"); });
    FAIL() << "a broken reference was accepted";
  } catch (const Refused& refused) {
    EXPECT_EQ(refused.error.code, "store.schema-broken");
  }
  EXPECT_EQ(count("candidates"), 1);
  database->write([](Db& db) {
    EXPECT_THROW(db.change("insert into job_team(company, job, user_id) values ($1, $1, $1)",
                           Blob{std::string(16, '\x01')}),
                 Refused);
  });
}

TEST_P(Schema, ASQLiteConnectionIsDurableAndOverwritesWhatIsDeleted) {
  if (GetParam() != On::file) return;
  open();
  database->write([](Db& db) {
    EXPECT_EQ(db.row("pragma synchronous")->number(), 2);
    EXPECT_EQ(db.row("pragma secure_delete")->number(), 1);
    EXPECT_EQ(db.row("pragma foreign_keys")->number(), 1);
    EXPECT_EQ(db.row("pragma journal_mode")->text(), "wal");
  });
}

}  // namespace
}  // namespace hearback::store
