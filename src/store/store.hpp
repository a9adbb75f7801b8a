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
  // 32 octets; seals blob keys and credentials. See store/master_key.hpp.
  std::string master_key;
  // Connections to PostgreSQL, readers of SQLite.
  int connections = 4;
};

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

  // Called, on any thread, after a commit of this process or (PostgreSQL: LISTEN) of another.
  // Only a hint: the truth is Since. It must not block. Returns a number for forget(), after which
  // it isn't called any more.
  virtual int on_commit(std::function<void(CompanyId, std::uint64_t revision)> heard) = 0;
  virtual void forget(int listener) = 0;

 protected:
  // Runs `answer` inside one consistent view of the data.
  virtual Result<void> read(const std::function<void(Reading&)>& answer) = 0;
};

}  // namespace hearback::store
