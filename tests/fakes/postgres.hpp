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

  // A new, empty database; returns its libpq URI.
  std::string new_database();

  Postgres(const Postgres&) = delete;
  ~Postgres();

 private:
  Postgres();
  void start();
  std::string folder_;
  int port_ = 0;
  int databases_ = 0;
  long server_ = 0;  // process id
};

}  // namespace hearback::fakes
