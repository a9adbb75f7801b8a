#include "store/vault/installation.hpp"

#include <algorithm>

namespace hearback::store {
namespace {

std::optional<std::string> id_of(Database& database) {
  std::optional<std::string> id;
  database.read([&](Db& db) {
    if (auto row = db.row("select value from installation where name = 'id'")) id = row->blob();
  });
  return id;
}

std::vector<std::string> some_files(Database& database) {
  std::vector<std::string> files;
  database.read([&](Db& db) {
    for (auto& row : db.rows("select file from blobs where file <> '' limit 100"))
      files.push_back(row.text());
  });
  return files;
}

bool shares_a_file(const std::vector<std::string>& known, const BlobFiles& files) {
  return std::ranges::any_of(known, [&](const std::string& name) { return files.holds(name); });
}

[[noreturn]] void foreign(const BlobFiles& files) {
  refuse(Kind::permanent, "store.blob-folder-foreign",
         "The blob folder " + files.directory() + " belongs to another database than this one.",
         "Name the database that the data folder was made with (--database), or give this one a "
         "data folder of its own (--data). Nothing was changed. If they do belong together, remove "
         "the file named installation there.");
}

// The database has an id or not, the folder has none: it is new, or both are of a version that gave
// none, or a crash came between the two writes below.
void expect_related(Database& database, const BlobFiles& files, const std::string& id) {
  const auto known = some_files(database);
  if (shares_a_file(known, files)) return;
  if (!known.empty())
    refuse(
        Kind::permanent, "store.blob-folder-missing",
        "The blob folder " + files.directory() + " holds none of the files of this database.",
        "Put back the folder that belongs to it. If its files are lost for good, write the line " +
            id +
            " into a file named installation there: the messages stay without their "
            "sources and files.");
  if (!files.empty()) foreign(files);
}

}  // namespace

void expect_one_installation(Database& database, const BlobFiles& files, Random& random) {
  if (!files.used()) return;
  constexpr std::size_t kOctets = 16;
  // In this order: the mark is written after the id, perhaps by another process just now.
  const auto mark = files.mark();
  const auto ours = id_of(database);
  if (ours && mark) {
    if (to_hex(*ours) == *mark) return;
    refuse(Kind::permanent, "store.other-installation",
           "The blob folder " + files.directory() +
               " belongs to another database: it is of the "
               "installation " +
               *mark + ", the database of " + to_hex(*ours) + ".",
           "Name the database that the data folder was made with (--database), or give this one "
           "a data folder of its own (--data). Nothing was changed.");
  }
  std::string id(kOctets, '\0');
  if (mark) {
    // A database without an id, new or from an old backup: only its files can tell.
    if (!shares_a_file(some_files(database), files)) foreign(files);
    id = from_hex(*mark).value_or(id);
  } else {
    random.fill({reinterpret_cast<std::uint8_t*>(id.data()), id.size()});
    if (ours) id = *ours;
    expect_related(database, files, to_hex(id));
  }
  database.write([&](Db& db) {
    db.change("insert into installation(name, value) values ('id', $1) on conflict do nothing",
              Blob{id});
    auto row = db.row("select value from installation where name = 'id'");
    id = row->blob();
  });
  files.put_mark(to_hex(id));
}

bool has_been_used(Database& database) {
  bool used = false;
  database.read([&](Db& db) {
    used = db.row("select 1 from installation where name = 'key-check'").has_value();
  });
  return used;
}

}  // namespace hearback::store
