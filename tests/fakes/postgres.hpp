#pragma once
// A PostgreSQL cluster of the tests' own: made in a private folder, on a free loopback port,
// stopped and removed at the end of the program.
#include <string>

namespace hearback::fakes {

class Postgres {
 public:
  // The one of this program, started when first asked for. Throws std::runtime_error, saying what
  // is missing, if PostgreSQL 15 isn't installed or doesn't start.
  static Postgres& instance();

  // Libpq URIs: of a new, empty database; and of one that is as `original` is, to which nobody may
  // be connected. It takes the place of the copy before.
  std::string new_database();
  std::string copy_of(const std::string& original);

  Postgres(const Postgres&) = delete;
  ~Postgres();

 private:
  Postgres();
  void start();
  bool started();
  void run(const std::string& uri, const std::string& sql);
  std::string folder_;
  int port_ = 0;
  int databases_ = 0;
  std::string copy_;  // the name of the last one
  long server_ = 0;   // process id
};

}  // namespace hearback::fakes
