#pragma once
// The memory of the program. Few verbs; all of them block and may be called from any worker
// thread. One conformance suite holds on SQLite and PostgreSQL alike.
#include <functional>
#include <memory>
#include <string>

#include "base/random.hpp"
#include "base/result.hpp"
#include "store/changes.hpp"
#include "store/questions.hpp"

namespace hearback::store {

struct Options {
  // "sqlite:///var/lib/hearback/hearback.db", "sqlite::memory:", or a libpq URI "postgresql://…"
  std::string database;
  // Holds large blobs; empty with ":memory:" keeps them in the database.
  std::string blob_directory;
  // 32 octets; seals blob keys and credentials. Empty: it is read from `master_key_file`, and made
  // there for a database that is new. See store/vault/master_key.hpp.
  std::string master_key;
  std::string master_key_file;
  // Connections to PostgreSQL, readers of SQLite.
  int connections = 4;
  // The only process on the database: another is refused as long as this one lives. False for tests
  // that stand for several.
  bool sole_process = true;
  // A question or a commit has failed at the latest after this time, whatever the database does.
  Duration answer_within = std::chrono::seconds(30);
};

// What would fail whatever else is to be stored, too: for the operator to mend. Room is wanting
// ("store.disk", "store.blob-files"), or the database doesn't let this process write
// ("store.read-only", "store.not-held", "store.taken-over", "store.database").
bool wants_room(const Error& error);
bool stops_writing(const Error& error);

struct Reading;

class Store {
 public:
  virtual ~Store() = default;

  // Opens, creating and migrating the schema as needed.
  static Result<std::unique_ptr<Store>> open(const Options& options, Random& random);

  template <class Question>
  Result<typename Question::Answer> ask(const Question& question);

  // The company's feed revision after the commit.
  virtual Result<std::uint64_t> commit(const Commit& commit) = 0;

  // Whether what is committed can be stored: an error where a commit failed for what
  // stops_writing() and another still would, where it is known beforehand that it would (next to no
  // room is left, another server has taken the database over), or where the database can't be
  // asked. Costs next to nothing as long as all is well.
  virtual Result<void> storing() = 0;

  // One bounded step, 0 … sweep_steps - 1, of looking for blob files that the database doesn't know
  // (they go to a trash first) and for files in the trash that it does. See store/vault/blobs.hpp.
  virtual Result<void> sweep(int step) = 0;
  static constexpr int sweep_steps = 257;

  // One bounded step of making messages findable that an earlier version stored, the newest first.
  // False: none is left.
  virtual Result<bool> make_findable() = 0;

  // Takes what was erased out of the database's files as well, so that no octet of it is left where
  // the database leaves that to us (SQLite). False: somebody still reads the state before; try
  // again.
  virtual Result<bool> clear_traces() = 0;

  // Called, on any thread, after a commit of this process or (PostgreSQL: LISTEN) of another, and
  // after one of which nobody knows whether it happened (revision 0). Only a hint: the truth is
  // Since. It must not block. Returns a number for forget(), after which
  // it isn't called any more.
  virtual int on_commit(std::function<void(CompanyId, std::uint64_t revision)> heard) = 0;
  virtual void forget(int listener) = 0;

 protected:
  // Runs `answer` inside one consistent view of the data.
  virtual Result<void> read(const std::function<void(Reading&)>& answer) = 0;
};

}  // namespace hearback::store
